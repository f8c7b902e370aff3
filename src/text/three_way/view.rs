//! A three-way comparison as one text to read: at each change what went, and whose words could stand there.

use std::ops::Range;

use super::super::style::{Builder, Style, StyledText};
use super::{Side, ThreeWay};

/// A comparison laid out as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreeWayView {
    /// Everything interleaved. Its map leads to the original.
    pub text: StyledText,
    /// Where each change is shown, in their order.
    pub places: Vec<Range<usize>>,
}

/// Lays a comparison out inline. `[-…-]` goes, `{+…+}` comes; where a judge suggests something the words say whose
/// they are, and `✓` stands at what is chosen, for eyes and terminals that get nothing from colour.
pub fn inline(compared: &ThreeWay, choices: &[Side]) -> ThreeWayView {
    let original = compared.original();
    let named = compared.changes().iter().any(|one| one.suggested.is_some());
    let mut builder = Builder::with_capacity(original.len() * 2);
    let mut places = Vec::with_capacity(compared.changes().len());
    let mut from = 0;
    for (at, change) in compared.changes().iter().enumerate() {
        let before = original.get(from..change.old.start).unwrap_or("");
        builder.source(before, from, Style::Plain);
        let start = builder.len();
        let chosen = choices.get(at).copied().unwrap_or_default();
        let old = compared.old_of(change);
        let taken = match chosen {
            Side::Original => &[][..],
            Side::Mine => &change.mine_marks.gone,
            Side::Suggested => &change.suggested_marks.gone,
        };
        gone(&mut builder, old, change.old.start, taken);
        let offers = [
            (Side::Mine, change.mine.as_deref(), &change.mine_marks),
            (
                Side::Suggested,
                change.suggested.as_deref(),
                &change.suggested_marks,
            ),
        ];
        for (side, words, marks) in offers {
            let Some(words) = words.filter(|_| side == Side::Mine || !change.agrees()) else {
                continue;
            };
            let whose = match side {
                _ if !named => "",
                Side::Mine if change.agrees() => "both",
                Side::Mine => "mine",
                _ => "judge",
            };
            come(&mut builder, words, &marks.new, whose, chosen == side);
        }
        places.push(start..builder.len());
        from = change.old.end;
    }
    builder.source(original.get(from..).unwrap_or(""), from, Style::Plain);
    ThreeWayView {
        text: builder.finish(),
        places,
    }
}

/// Cuts a text at the ends of ranges in it: each piece, and whether it is inside one. The ranges are in order.
fn pieces<'a>(
    text: &'a str,
    ranges: &'a [Range<usize>],
) -> impl Iterator<Item = (usize, &'a str, bool)> {
    let mut cuts: Vec<(usize, usize, bool)> = Vec::with_capacity(ranges.len() * 2 + 1);
    let mut at = 0;
    for range in ranges {
        cuts.push((at, range.start, false));
        cuts.push((range.start, range.end, true));
        at = range.end;
    }
    cuts.push((at, text.len(), false));
    cuts.into_iter().filter_map(move |(from, to, inside)| {
        let piece = text.get(from..to).filter(|piece| !piece.is_empty())?;
        Some((from, piece, inside))
    })
}

/// The original's words: those the chosen side takes out, and those that stay in it.
fn gone(builder: &mut Builder, text: &str, offset: usize, taken: &[Range<usize>]) {
    if text.is_empty() {
        return;
    }
    let sign = if taken.is_empty() {
        Style::Plain
    } else {
        Style::Deleted
    };
    builder.own("[-", sign);
    let taken: Vec<Range<usize>> = taken
        .iter()
        .map(|range| range.start.saturating_sub(offset)..range.end.saturating_sub(offset))
        .collect();
    for (at, piece, out) in pieces(text, &taken) {
        let style = if out { Style::Deleted } else { Style::Plain };
        // As one line: what is gone must not tear the text apart a second time.
        builder.source_line(piece, offset + at, style);
    }
    builder.own("-]", sign);
}

/// The words of one side: those that are new stand out from those the original has too.
fn come(builder: &mut Builder, text: &str, new: &[Range<usize>], whose: &str, chosen: bool) {
    if text.is_empty() && whose.is_empty() {
        return;
    }
    let (style, kept) = if chosen {
        (Style::Inserted, Style::Plain)
    } else {
        (Style::Offered, Style::Dim)
    };
    let frame = if chosen { Style::Inserted } else { Style::Dim };
    let sign = if chosen && !whose.is_empty() {
        "✓"
    } else {
        ""
    };
    builder.own(&format!("{{{sign}{whose}+"), frame);
    for (_, piece, is_new) in pieces(text, new) {
        let style = if is_new { style } else { kept };
        for (index, line) in piece.split('\n').enumerate() {
            if index > 0 {
                builder.own("⏎\n", style);
            }
            builder.own(line.strip_suffix('\r').unwrap_or(line), style);
        }
    }
    builder.own("+}", frame);
}
