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
        let of = at.total.map_or(String::new(), |n| format!(" of {n}"));
        let line = || {
            format!(
                "{}: {}{of} {}, {:.0} a second",
                at.what, at.done, at.unit, at.rate
            )
        };
        self.show(|| bar(at), |bar| bar.set_position(at.done), line);
    }

    /// A job of calls is here now: `done` of `total` units, and what there is to say about them.
    pub(super) fn calls(&mut self, (done, total): (u64, u64), unit: &str, about: &str) {
        let draw = |bar: &ProgressBar| {
            bar.set_position(done);
            bar.set_message(sanitise::line(about).into_owned());
        };
        let line = || sanitise::line(&format!("{done} of {total} {unit}, {about}")).into_owned();
        self.show(
            || styled(total, "{bar:30} {human_pos}/{human_len} {msg}"),
            draw,
            line,
        );
    }

    /// Draws, or says a line if the last is some time ago.
    fn show(
        &mut self,
        make: impl FnOnce() -> ProgressBar,
        draw: impl FnOnce(&ProgressBar),
        line: impl FnOnce() -> String,
    ) {
        if self.started.elapsed() < Duration::from_secs(1) {
            return;
        }
        if self.terminal {
            draw(self.bar.get_or_insert_with(make));
        } else if self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            output::say(&line());
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
    let template = "{msg} {bar:30} {human_pos}/{human_len} {per_sec}, {eta} left";
    let bar = styled(at.total.unwrap_or(0), template);
    bar.set_message(sanitise::line(&at.what).into_owned());
    bar
}

fn styled(total: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
