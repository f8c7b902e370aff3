//! Plots as SVG: means with their intervals, scores in tenths, baseline against candidate. Each says in words what it shows.

use std::fmt::Write as _;

use super::line;
use crate::domain::decimal::fixed;
use crate::domain::view::compare::{CandidateSummary, Comparison, Ranged};
use crate::text::html::escape_line;

/// Width of a plot, in units of its own.
const WIDE: f64 = 640.0;
/// Where the axis of scores begins and ends.
const AXIS: (f64, f64) = (180.0, 600.0);
/// Height of a row.
const ROW: f64 = 30.0;
/// Edge of the square of points.
const SQUARE: f64 = 320.0;

fn open(height: f64, says: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDE} {height}\" role=\"img\" aria-label=\"{0}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title>{0}</title>",
        escape_line(says)
    )
}

fn text(out: &mut String, x: f64, y: f64, class: &str, words: &str) {
    let _ = write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{}</text>",
        escape_line(words)
    );
}

/// A score from 0 to 1 on the axis.
fn across(score: f64) -> f64 {
    AXIS.0 + score.clamp(0.0, 1.0) * (AXIS.1 - AXIS.0)
}

/// Mean scores with their intervals, and the threshold.
pub(super) fn means(comparison: &Comparison) -> String {
    let said: Vec<String> = comparison
        .candidates
        .iter()
        .map(|one| format!("{} {}", line(&one.name), words(one.mean.as_ref())))
        .collect();
    let height = ROW * (comparison.candidates.len() as f64 + 1.8);
    let mut out = open(
        height,
        &format!(
            "Mean score of each candidate with its 95 % interval: {}",
            said.join("; ")
        ),
    );
    let bottom = height - ROW * 1.4;
    for tenth in [0.0, 0.5, 1.0] {
        let x = across(tenth);
        let _ = write!(
            out,
            "<line x1=\"{x:.1}\" y1=\"6\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" class=\"grid\"/>"
        );
        text(&mut out, x, bottom + 16.0, "mid", &format!("{tenth:.1}"));
    }
    let x = across(comparison.threshold);
    let _ = write!(
        out,
        "<line x1=\"{x:.1}\" y1=\"6\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" class=\"mark\"/>"
    );
    text(
        &mut out,
        x,
        bottom + 37.0,
        "mid",
        &format!("passes from {:.2}", comparison.threshold),
    );
    for (at, one) in comparison.candidates.iter().enumerate() {
        mean(&mut out, one, ROW * (at as f64 + 0.7));
    }
    out.push_str("</svg>");
    out
}

fn words(range: Option<&Ranged>) -> String {
    match range {
        None => "n/a".to_owned(),
        Some(range) => match range.interval {
            Some((low, high)) => format!(
                "{} ({} to {})",
                fixed(range.estimate, 3),
                fixed(low, 3),
                fixed(high, 3)
            ),
            None => format!("{} (interval n/a)", fixed(range.estimate, 3)),
        },
    }
}

fn mean(out: &mut String, one: &CandidateSummary, y: f64) {
    let name: String = line(&one.name).chars().take(22).collect();
    text(out, AXIS.0 - 14.0, y + 4.0, "end", &name);
    let Some(range) = &one.mean else {
        text(out, AXIS.0 + 6.0, y + 4.0, "start", "n/a");
        return;
    };
    if let Some((low, high)) = range.interval {
        let _ = write!(
            out,
            "<line x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" class=\"bar\"/>",
            across(low),
            across(high)
        );
    }
    let _ = write!(
        out,
        "<circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"5\" class=\"dot\"/>",
        across(range.estimate)
    );
}

/// Items by score in tenths.
pub(super) fn histogram(one: &CandidateSummary) -> String {
    let most = one.histogram.iter().copied().max().unwrap_or(0).max(1) as f64;
    let counts: Vec<String> = one.histogram.iter().map(ToString::to_string).collect();
    let mut out = open(
        150.0,
        &format!(
            "Items of {} by score, from 0 to 1 in tenths: {}",
            line(&one.name),
            counts.join(", ")
        ),
    );
    let step = (AXIS.1 - AXIS.0) / 10.0;
    for (at, count) in one.histogram.iter().enumerate() {
        let x = AXIS.0 + step * at as f64;
        let tall = 100.0 * *count as f64 / most;
        let _ = write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\" class=\"fill\"/>",
            x + 2.0,
            120.0 - tall,
            step - 4.0
        );
        if *count > 0 {
            text(
                &mut out,
                x + step / 2.0,
                114.0 - tall,
                "mid",
                &count.to_string(),
            );
        }
    }
    let _ = write!(
        out,
        "<line x1=\"{:.1}\" y1=\"120\" x2=\"{:.1}\" y2=\"120\" class=\"axis\"/>",
        AXIS.0, AXIS.1
    );
    text(&mut out, AXIS.0, 138.0, "mid", "0");
    text(&mut out, AXIS.1, 138.0, "mid", "1");
    let name: String = line(&one.name).chars().take(22).collect();
    text(&mut out, AXIS.0 - 14.0, 80.0, "end", &name);
    out.push_str("</svg>");
    out
}

/// Baseline to the right, candidate upwards, a point an item; above the line the candidate is better.
pub(super) fn points(pairs: &[(f64, f64)], baseline: &str, candidate: &str) -> String {
    let above = pairs.iter().filter(|(a, b)| b > a).count();
    let below = pairs.iter().filter(|(a, b)| b < a).count();
    let (baseline, candidate) = (line(baseline), line(candidate));
    let mut out = open(
        SQUARE + 50.0,
        &format!(
            "Each item's score by {baseline} and by {candidate}: {candidate} is higher on {above}, lower on {below} of {}",
            pairs.len()
        ),
    );
    let (left, top) = (AXIS.0, 10.0);
    let x = |score: f64| left + score.clamp(0.0, 1.0) * SQUARE;
    let y = |score: f64| top + (1.0 - score.clamp(0.0, 1.0)) * SQUARE;
    let _ = write!(
        out,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{SQUARE}\" height=\"{SQUARE}\" class=\"frame\"/>\
         <line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" class=\"grid\"/>",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0)
    );
    // Items with the same two scores are one larger point, so that the page stays small whatever their number.
    let mut places: std::collections::BTreeMap<(i64, i64), usize> =
        std::collections::BTreeMap::new();
    for (a, b) in pairs {
        let cell = |score: f64| (score * 200.0).round() as i64;
        *places.entry((cell(*a), cell(*b))).or_default() += 1;
    }
    for ((a, b), count) in places {
        let radius = (2.5 + (count as f64).sqrt()).min(12.0);
        let _ = write!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" class=\"point\"/>",
            x(a as f64 / 200.0),
            y(b as f64 / 200.0)
        );
    }
    text(&mut out, left, top + SQUARE + 16.0, "mid", "0");
    text(&mut out, left + SQUARE, top + SQUARE + 16.0, "mid", "1");
    text(&mut out, left - 10.0, top + 8.0, "end", "1");
    text(&mut out, left - 10.0, top + SQUARE, "end", "0");
    let short = |name: &str| name.chars().take(30).collect::<String>();
    text(
        &mut out,
        left + SQUARE / 2.0,
        top + SQUARE + 32.0,
        "mid",
        &short(&baseline),
    );
    text(
        &mut out,
        left - 14.0,
        top + SQUARE / 2.0,
        "end",
        &short(&candidate).chars().take(20).collect::<String>(),
    );
    out.push_str("</svg>");
    out
}
