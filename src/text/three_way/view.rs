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
        if chosen == Side::Original {
            gone(&mut builder, old, change.old.start, Style::Plain);
        } else {
            gone(&mut builder, old, change.old.start, Style::Deleted);
        }
        let offers = [
            (Side::Mine, change.mine.as_deref()),
            (Side::Suggested, change.suggested.as_deref()),
        ];
        for (side, words) in offers {
            let Some(words) = words.filter(|_| side == Side::Mine || !change.agrees()) else {
                continue;
            };
            let whose = match side {
                _ if !named => "",
                Side::Mine if change.agrees() => "both",
                Side::Mine => "mine",
                _ => "judge",
            };
            come(&mut builder, words, whose, chosen == side);
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

fn gone(builder: &mut Builder, text: &str, offset: usize, style: Style) {
    if text.is_empty() {
        return;
    }
    builder.own("[-", style);
    // As one line: what is gone must not tear the text apart a second time.
    builder.source_line(text, offset, style);
    builder.own("-]", style);
}

fn come(builder: &mut Builder, text: &str, whose: &str, chosen: bool) {
    if text.is_empty() && whose.is_empty() {
        return;
    }
    let style = if chosen { Style::Inserted } else { Style::Dim };
    let sign = if chosen && !whose.is_empty() {
        "✓"
    } else {
        ""
    };
    builder.own(&format!("{{{sign}{whose}+"), style);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            builder.own("⏎\n", style);
        }
        builder.own(line.strip_suffix('\r').unwrap_or(line), style);
    }
    builder.own("+}", style);
}
