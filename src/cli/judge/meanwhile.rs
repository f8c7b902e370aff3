//! What is said of a job while it runs.

use crate::domain::failure::Class;
use crate::engine::judge::Progress;
use crate::text::numbers::{money, span};

/// `asked again: rate_limit 10, 2 waiting`: what came back without being an answer, and how many wait now.
pub(in crate::cli) fn again(by_class: &[(Class, u64)], waiting: usize) -> Option<String> {
    let each = by_class
        .iter()
        .map(|(class, n)| format!("{} {n}", class.name()));
    let waiting = (waiting > 0).then(|| format!("{waiting} waiting"));
    let parts: Vec<String> = each.chain(waiting).collect();
    (!parts.is_empty()).then(|| format!("asked again: {}", parts.join(", ")))
}

/// Rate, cost, failures, time left.
pub(super) fn about(at: &Progress) -> String {
    let mut parts = vec![format!("{:.1}/s", at.rate)];
    if at.kept.micros > 0 {
        parts.push(format!("{} spent", money(at.kept.micros)));
    }
    let failed: u64 = at
        .kept
        .failed
        .values()
        .chain(at.kept.unscored.values())
        .sum();
    if failed > 0 {
        parts.push(format!("{failed} without a verdict"));
    }
    parts.extend(again(&at.again, at.delayed));
    if at.paused {
        parts.push("held".to_owned());
    } else if let Some(left) = at.left {
        parts.push(format!("{} left", span(left)));
    }
    parts.join(", ")
}
