//! Ctrl-C for long jobs: the first asks the job to stop where nothing is lost, the second ends the program.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
                runtime.block_on(async {
                    while tokio::signal::ctrl_c().await.is_ok() {
                        if seen.swap(true, Ordering::Relaxed) {
                            // A bar may stand in the line.
                            let _ = writeln!(
                                std::io::stderr(),
                                "\nended at once; what was finished is kept, and the same command goes on from there"
                            );
                            std::process::exit(INTERRUPTED);
                        }
                    }
                });
            });
    }
    flag
}
