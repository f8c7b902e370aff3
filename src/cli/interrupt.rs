//! Ctrl-C for long jobs: the first asks the job to stop where nothing is lost, the second ends the program.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
