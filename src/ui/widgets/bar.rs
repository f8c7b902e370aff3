//! Bars: progress in eighths of a cell, levels as small columns, histograms.

use std::fmt::Write as _;

use ratatui::layout::Rect;

use crate::domain::view::Progress;

use super::super::glyph;
use super::super::pen::{Pen, Words, cut_left, shift_right};
use super::super::theme::Look;

/// The filled part of a bar of `cells` cells, in eighths; never wider than the bar.
pub fn filled(share: f64, cells: u16) -> String {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let eighths = (share * f64::from(cells) * 8.0).round() as usize;
    let mut bar = glyph::EIGHTHS[8].repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push_str(glyph::EIGHTHS[eighths % 8]);
    }
    bar
}

/// `▕██▋  ▏` with `cells` cells between the ends.
pub fn progress(pen: &mut Pen<'_>, area: Rect, share: f64) {
    if area.width < 3 || area.height == 0 {
        return;
    }
    let inner = area.width - 2;
    pen.put(area.x, area.y, 1, "▕", Look::Faint);
    pen.put(
        area.x + 1,
        area.y,
        inner,
        &filled(share, inner),
        Look::Accent,
    );
    pen.put(area.right() - 1, area.y, 1, "▏", Look::Faint);
}

/// A long job in one row: what, bar, share, rate, time left.
pub fn job(pen: &mut Pen<'_>, area: Rect, job: &Progress) {
    let numbers = numbers(job);
    let numbers_width = crate::text::width::of(&numbers) as u16;
    let (what, rest) = cut_left(area, area.width.saturating_mul(2) / 5, 2);
    pen.line(what, &job.what, Look::Text);
    let bar_width = rest.width.saturating_sub(numbers_width + 2).min(24);
    match job.total {
        Some(total) if total > 0 && bar_width >= 6 => {
            let (bar, rest) = cut_left(rest, bar_width, 1);
            progress(pen, bar, job.done as f64 / total as f64);
            pen.line(rest, &numbers, Look::Dim);
        }
        _ => {
            pen.line(rest, &numbers, Look::Dim);
        }
    }
}

/// Share, rate and time left, each only if it is known.
pub fn numbers(job: &Progress) -> String {
    let mut text = match job.total {
        Some(total) if total > 0 => {
            let share = (job.done.min(total) as f64 / total as f64 * 100.0).floor();
            format!("{share:.0} %")
        }
        _ => format!("{} {}", thousands(job.done), job.unit),
    };
    if job.rate > 0.0 && job.rate.is_finite() {
        let rate = if job.rate < 10.0 {
            format!("{:.1}", job.rate)
        } else {
            thousands(job.rate as u64)
        };
        let _ = write!(text, "  {rate} {}/s", job.unit);
        if let Some(total) = job.total {
            let left = total.saturating_sub(job.done) as f64 / job.rate;
            let _ = write!(text, "  {} left", seconds(left));
        }
    }
    text
}

/// A time span for people: `8 s`, `4 min`, `2 h`.
pub fn seconds(seconds: f64) -> String {
    let seconds = if seconds.is_finite() {
        seconds.max(0.0)
    } else {
        0.0
    };
    if seconds < 90.0 {
        format!("{:.0} s", seconds.ceil())
    } else if seconds < 90.0 * 60.0 {
        format!("{:.0} min", (seconds / 60.0).ceil())
    } else {
        format!("{:.0} h", (seconds / 3600.0).ceil())
    }
}

/// A whole number with thin groups: `1,204,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Places between 0 and 1 as small columns, `▃▁▅`; a missing one is `·`.
pub fn levels(places: impl IntoIterator<Item = Option<f64>>) -> String {
    places
        .into_iter()
        .map(|place| match place {
            Some(place) => glyph::LEVELS[(place.clamp(0.0, 1.0) * 7.0).round() as usize],
            None => glyph::DOT,
        })
        .collect()
}

/// Counts as columns, scaled to the largest; an empty class is blank, a small one still shows.
pub fn histogram(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0);
    counts
        .iter()
        .map(|&count| match (count, most) {
            (0, _) | (_, 0) => " ",
            _ => {
                glyph::LEVELS[((count as f64 / most as f64 * 8.0).ceil() as usize).clamp(1, 8) - 1]
            }
        })
        .collect()
}

/// A score with small columns, its sign and its two decimals: `▃▁▅ 0.31 ✗`. Whether it passes may be known
/// better than the number tells: a floor may be missed.
pub fn scored<'a>(
    columns: &[Option<f64>],
    score: f64,
    pass: Option<bool>,
    threshold: f64,
) -> Words<'a> {
    // The same slack as the score's own comparison, so that 0.8 reached by rounding passes.
    let passes = pass.unwrap_or(score >= threshold - 1e-9);
    let (sign, look) = if passes {
        (glyph::CHECK, Look::Good)
    } else {
        (glyph::CROSS, Look::Bad)
    };
    Words::new()
        .add(Look::Faint, levels(columns.iter().copied()))
        .add(Look::Text, format!(" {score:.2} "))
        .add(look, sign)
}

/// Cells the numbers of a count take: those of the widest make all bars of a list equally long.
pub fn count_cells(done: u64, total: u64) -> u16 {
    crate::text::width::of(&count_words(done, total)) as u16
}

fn count_words(done: u64, total: u64) -> String {
    format!("{}/{}", thousands(done), thousands(total))
}

/// Progress of a count: bar and `46/60`, with room for numbers of so many cells.
pub fn count(pen: &mut Pen<'_>, area: Rect, (done, total): (u64, u64), cells: u16) {
    let text = count_words(done, total);
    let bar = area.width.saturating_sub(cells + 1);
    if bar >= 4 {
        let share = if total == 0 {
            0.0
        } else {
            done as f64 / total as f64
        };
        progress(pen, Rect { width: bar, ..area }, share);
        pen.line(shift_right(area, bar + 1), &text, Look::Text);
    } else {
        pen.line(area, &text, Look::Text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_by_eighths_and_never_overflows() {
        assert_eq!(filled(0.0, 10), "");
        assert_eq!(filled(0.5, 3), "█▌");
        assert_eq!(filled(1.0, 3), "███");
        assert_eq!(filled(7.0, 3), "███");
        assert_eq!(filled(f64::NAN, 3), "");
        assert_eq!(filled(0.01, 10), "▏");
    }

    #[test]
    fn a_job_says_only_what_is_known() {
        let mut job = Progress {
            what: "importing logs.jsonl".into(),
            done: 12_000,
            unit: "rows",
            ..Progress::default()
        };
        assert_eq!(numbers(&job), "12,000 rows");
        job.rate = 90_000.0;
        job.total = Some(1_000_000);
        assert_eq!(numbers(&job), "1 %  90,000 rows/s  11 s left");
        job.done = 1_000_000;
        assert_eq!(numbers(&job), "100 %  90,000 rows/s  0 s left");
    }

    #[test]
    fn classes_with_few_rows_stay_visible() {
        assert_eq!(histogram(&[0, 1, 1000]), " ▁█");
        assert_eq!(histogram(&[0, 0]), "  ");
        assert_eq!(levels([Some(0.0), None, Some(1.0)]), "▁·█");
    }

    #[test]
    fn spans_and_numbers_are_for_people() {
        assert_eq!(seconds(7.2), "8 s");
        assert_eq!(seconds(100.0), "2 min");
        assert_eq!(seconds(7200.0), "2 h");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_204_000), "1,204,000");
    }
}
