//! Signals that ask for something.

use std::io;

use rustix::process::Signal;
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

/// To the background, please.
pub(super) const STOP: i32 = Signal::TSTP.as_raw();
/// Running again.
pub(super) const GO_ON: i32 = Signal::CONT.as_raw();
/// Ctrl-C while the terminal is not ours.
pub(super) const INTERRUPT: i32 = Signal::INT.as_raw();
/// The terminal is gone.
pub(super) const HANG_UP: i32 = Signal::HUP.as_raw();
/// The end, please.
const END: i32 = Signal::TERM.as_raw();

/// The end at once, from another terminal.
const QUIT: i32 = Signal::QUIT.as_raw();

/// Waits for any of them.
pub(super) struct Asked {
    end: Signals,
    quit: Signals,
    hang_up: Signals,
    interrupt: Signals,
    stop: Signals,
    go_on: Signals,
}

impl Asked {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            end: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(STOP))?,
            go_on: signal(SignalKind::from_raw(GO_ON))?,
        })
    }

    /// The number of the next one.
    pub(super) async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.end.recv() => END,
            _ = self.quit.recv() => QUIT,
            _ = self.hang_up.recv() => HANG_UP,
            _ = self.interrupt.recv() => INTERRUPT,
            _ = self.stop.recv() => STOP,
            _ = self.go_on.recv() => GO_ON,
        }
    }
}
