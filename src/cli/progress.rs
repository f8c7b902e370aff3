//! Progress on standard error: a bar on a terminal, a plain line now and then otherwise.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use crate::domain::view::Progress;
use crate::text::sanitise;

/// Between two plain lines.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how far a job is. Jobs of less than a second show nothing.
pub(super) struct Shown {
    started: Instant,
    last: Instant,
    bar: Option<ProgressBar>,
    terminal: bool,
}

impl Shown {
    /// Nothing to show yet.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            last: now,
            bar: None,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// The job is here now.
    pub(super) fn at(&mut self, at: &Progress) {
        if self.started.elapsed() < Duration::from_secs(1) {
            return;
        }
        if self.terminal {
            let bar = self.bar.get_or_insert_with(|| bar(at));
            bar.set_position(at.done);
        } else if self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            let of = at.total.map_or(String::new(), |n| format!(" of {n}"));
            output::say(&format!(
                "{}: {}{of} {}, {:.0} a second",
                at.what, at.done, at.unit, at.rate
            ));
        }
    }

    /// The job has ended.
    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(at: &Progress) -> ProgressBar {
    let bar = ProgressBar::new(at.total.unwrap_or(0));
    let template = "{msg} {bar:30} {human_pos}/{human_len} {per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(sanitise::line(&at.what).into_owned());
    bar
}
