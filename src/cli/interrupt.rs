//! Ctrl-C and SIGTERM for long jobs: the first asks the job to stop where nothing is lost, the second ends the program.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};

use super::progress::Shown;
use crate::engine::judge::Control;

/// Does a job of calls, shows how far it is, and stops it at the first interrupt.
pub(super) fn stoppable<P, T>(
    work: impl FnOnce(&Control, &mut dyn FnMut(&P)) -> T,
    show: impl Fn(&mut Shown, &P),
) -> T {
    let control = Control::default();
    let interrupted = watch();
    let mut bar = Shown::new();
    let done = work(&control, &mut |progress| {
        if interrupted.load(Ordering::Relaxed) && !control.is_stopped() {
            control.stop();
        }
        show(&mut bar, progress);
    });
    bar.end();
    done
}

/// Exit code of a program ended by an interrupt.
const INTERRUPTED: i32 = 130;
/// Exit code of a program that a service manager or `kill` asked to end.
const TERMINATED: u8 = 143;

/// Whether SIGTERM came while a job listened.
static ENDED: AtomicBool = AtomicBool::new(false);

/// The exit code of a program that was asked to end, whatever its job came to before it did.
pub(super) fn asked_to_end() -> Option<u8> {
    ENDED.load(Ordering::Relaxed).then_some(TERMINATED)
}

/// A flag that the first interrupt sets. Where no handler can be set, an interrupt ends the program at once,
/// which every job survives.
pub(super) fn watch() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    if let Ok(runtime) = runtime {
        // The thread ends with the program.
        let _ = std::thread::Builder::new()
            .name("docket-interrupt".into())
            .spawn(move || {
                runtime.block_on(listen(&seen));
            });
    }
    flag
}

/// Sets the flag at the first signal and ends the program at the second.
async fn listen(seen: &AtomicBool) {
    let (Ok(mut interrupt), Ok(mut end)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return;
    };
    loop {
        tokio::select! {
            Some(()) = interrupt.recv() => {}
            Some(()) = end.recv() => ENDED.store(true, Ordering::Relaxed),
            else => return,
        }
        if seen.swap(true, Ordering::Relaxed) {
            // A bar may stand in the line.
            let _ = writeln!(
                std::io::stderr(),
                "\nended at once; what was finished is kept, and the same command goes on from there"
            );
            std::process::exit(asked_to_end().map_or(INTERRUPTED, i32::from));
        }
    }
}
