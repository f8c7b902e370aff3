//! Giving the terminal away for a while: to the shell, to an editor.

use std::io;
use std::sync::Arc;

use crossterm::event::EventStream;
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};

use crate::app::effect::{Outcome, RequestId};
use crate::app::input::Input;

use super::super::Ended;
use super::super::external;
use super::signals::{GO_ON, INTERRUPT, STOP};
use super::{Shell, Written};

/// Milliseconds of waiting that are skipped when a signal ends the workbench.
const HURRIED_MS: u64 = 1200;
/// Ticks for that, at most; something that moves on the screen asks for one after the other.
const HURRIED_STEPS: usize = 64;

impl Shell<'_> {
    pub(super) fn signal(&mut self, number: i32) -> io::Result<()> {
        match number {
            STOP => self.stop(false),
            GO_ON if std::mem::take(&mut self.continued) => Ok(()),
            GO_ON if self.outside.is_none() => {
                // Stopped without being asked first: the shell has had the terminal meanwhile.
                self.guard.lend();
                self.guard.retake()?;
                self.redraw()
            }
            GO_ON => Ok(()),
            // While somebody writes outside, Ctrl-C belongs to the editor.
            INTERRUPT if self.outside.is_some() => Ok(()),
            _ => {
                self.hurry()?;
                self.leaving = Some(Ended::Signal(number));
                Ok(())
            }
        }
    }

    /// Lets time pass at once for what is due within a second, so that a draft that waits for the typing
    /// to rest is saved before the end.
    pub(super) fn hurry(&mut self) -> io::Result<()> {
        let until = self.now_ms() + HURRIED_MS;
        for _ in 0..HURRIED_STEPS {
            match self.state.next_tick_ms() {
                Some(now_ms) if now_ms <= until => self.input(Input::Tick { now_ms })?,
                _ => break,
            }
        }
        Ok(())
    }

    /// Goes to the background and comes back when continued.
    pub(super) fn stop(&mut self, whole_group: bool) -> io::Result<()> {
        let ours = self.outside.is_none();
        if ours {
            self.events = None;
            self.guard.lend();
        }
        // `STOP`, not `TSTP`: that one is ours to catch. The whole group where we ask ourselves, so that
        // a `cargo run` in front of docket stops with it and the shell gets the terminal.
        let stopped = if whole_group {
            kill_current_process_group(Signal::STOP)
        } else {
            kill_process(getpid(), Signal::STOP)
        };
        stopped?;
        self.continued = true;
        if ours {
            self.guard.retake()?;
            self.events = Some(EventStream::new());
            self.redraw()?;
        }
        Ok(())
    }

    /// Gives the terminal to the editor. Leases, drafts and replies go on meanwhile.
    pub(super) fn go_outside(&mut self, request: RequestId, text: Arc<str>) -> io::Result<()> {
        let command = external::command(self.editor.as_deref(), |name| std::env::var_os(name));
        let command = match command {
            Ok(command) if self.outside.is_none() => command,
            Ok(_) => return Ok(()),
            Err(failure) => {
                let outcome = Outcome::Failed(failure);
                return self.input(Input::Outcome { request, outcome });
            }
        };
        self.events = None;
        self.guard.lend();
        let written = tokio::task::spawn_blocking(move || external::edit(&command, &text));
        self.outside = Some((request, written));
        Ok(())
    }

    pub(super) fn came_back(&mut self, written: Written) -> io::Result<()> {
        let Some((request, _)) = self.outside.take() else {
            return Ok(());
        };
        self.guard.retake()?;
        self.events = Some(EventStream::new());
        self.redraw()?;
        let outcome = match written {
            Ok(text) => Outcome::Edited(text),
            Err(failure) => Outcome::Failed(failure),
        };
        self.input(Input::Outcome { request, outcome })
    }
}
