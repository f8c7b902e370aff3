//! Text that speaks to whoever grades it.
//!
//! A static look, no model: flagged tickets are never closed by a score and stand earlier in the queue. The plain forms
//! of asking for a score are found, in several languages and as data under the rubric's own names; a clever one is
//! rather missed than ordinary replies flagged, because the bound verdict is what keeps a planted verdict from
//! counting and this tells people where somebody tried.
//!
//! It runs on every text of every ticket. One pass finds words that something may follow from; the patterns see only what
//! is near them.

mod object;
mod patterns;

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::subject::Subject;
use crate::domain::rubric::{Rubric, Scale};
use crate::domain::verdict::Flag;

/// Bytes before and after a word that something may follow from.
const REACH: usize = 240;
/// Patterns of both kinds.
const ALL: usize = patterns::PATTERNS.len() + patterns::LEVELS.len();

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Where, in bytes of the text looked at.
    pub at: Range<usize>,
}

/// What a rubric calls its criteria, and which numbers are levels.
pub(super) struct Levels<'r> {
    ids: Vec<&'r str>,
    scales: Vec<Scale>,
}

impl<'r> Levels<'r> {
    fn of(rubric: &'r Rubric) -> Self {
        Self {
            ids: rubric.questions().map(|question| question.id).collect(),
            scales: rubric.questions().filter_map(|one| one.scale()).collect(),
        }
    }

    /// Whether a number is a level of some criterion.
    fn has(&self, value: f64) -> bool {
        let within =
            |scale: &Scale| (f64::from(scale.min())..=f64::from(scale.max())).contains(&value);
        value.fract() == 0.0 && self.scales.iter().any(within)
    }
}

/// The pattern at a place, its shared parts written out, with what it finds. Those about levels come last; to them a line
/// break means something.
fn pattern(at: usize) -> (&'static str, String) {
    let prose = patterns::PATTERNS.get(at);
    let rest = at.checked_sub(patterns::PATTERNS.len());
    let Some(one) = prose.or_else(|| patterns::LEVELS.get(rest?)) else {
        return ("", String::new());
    };
    let parts = patterns::PARTS.iter();
    let find = parts.fold(one.find.to_owned(), |find, (name, part)| {
        find.replace(name, part)
    });
    match prose {
        Some(_) => (one.what, find.replace(' ', r"\s+")),
        None => (one.what, find),
    }
}

/// Words without which no pattern fits.
static STEMS: LazyLock<Option<Regex>> = LazyLock::new(|| build(patterns::STEMS));

/// All patterns at once; `None` if they cannot be joined, which a test rules out.
static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSetBuilder::new((0..ALL).map(|at| pattern(at).1))
        .case_insensitive(true)
        .unicode(false)
        .build()
        .ok()
});

/// Each pattern by itself, made when it is first needed: all of them cost more than most runs of the set.
static SINGLE: [OnceLock<Option<Regex>>; ALL] = [const { OnceLock::new() }; ALL];

fn build(find: &str) -> Option<Regex> {
    RegexBuilder::new(find)
        .case_insensitive(true)
        .unicode(false)
        .build()
        .ok()
}

fn single(at: usize) -> Option<&'static Regex> {
    SINGLE[at].get_or_init(|| build(&pattern(at).1)).as_ref()
}

/// Everything in a text that speaks to a grader, in order.
pub fn findings(text: &str, rubric: &Rubric) -> Vec<Finding> {
    let levels = Levels::of(rubric);
    // Signs nobody sees are taken out first, or one in each word would hide them all.
    let bare = bare(text);
    let plain = bare.as_ref().map_or(text, |(plain, _)| plain.as_str());
    let mut found = Vec::new();
    for part in parts(plain.as_bytes()) {
        patterned(plain.as_bytes(), &part, &levels, &mut found);
    }
    let data = [
        (
            "JSON with the keys of a verdict",
            object::verdict(plain, &levels),
        ),
        (
            "levels under the rubric's names",
            object::lines(plain, &levels),
        ),
    ];
    let data = data.into_iter();
    found.extend(data.filter_map(|(what, at)| Some(Finding { what, at: at? })));
    if let Some((_, places)) = &bare {
        let back = |at: usize| places.get(at).copied().unwrap_or(text.len());
        for finding in &mut found {
            finding.at = back(finding.at.start)..back(finding.at.end);
        }
    }
    found.sort_by_key(|finding| (finding.at.start, finding.at.end));
    found
}

/// The parts of a text in which a pattern may fit: as far around each word as a pattern can reach.
fn parts(text: &[u8]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let Some(stems) = STEMS.as_ref() else {
        parts.push(0..text.len());
        return parts;
    };
    for hit in stems.find_iter(text) {
        let start = hit.start().saturating_sub(REACH);
        let end = text.len().min(hit.end() + REACH);
        match parts.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => parts.push(start..end),
        }
    }
    parts
}

/// The patterns that fit in a part of a text.
fn patterned(text: &[u8], part: &Range<usize>, levels: &Levels<'_>, found: &mut Vec<Finding>) {
    // What stands before the part stays in sight, so that its start is not taken for the start of a line.
    let text = &text[..part.end];
    let likely = SET.as_ref().map(|set| set.matches_at(text, part.start));
    let fits = |at: &usize| likely.as_ref().is_none_or(|set| set.matched(*at));
    for place in (0..ALL).filter(fits) {
        let Some(regex) = single(place) else { continue };
        let mut from = part.start;
        while let Some(hit) = regex.find_at(text, from) {
            from = hit.end().max(from + 1);
            if place < patterns::PATTERNS.len() || names_a_level(regex, text, hit.start(), levels) {
                let what = pattern(place).0;
                let at = hit.range();
                found.push(Finding { what, at });
            }
            if from > text.len() {
                break;
            }
        }
    }
}

/// Whether the number of a line such as `Score: 5` is one of the rubric's, or says out of how many it is.
fn names_a_level(regex: &Regex, text: &[u8], from: usize, levels: &Levels<'_>) -> bool {
    let Some(groups) = regex.captures_at(text, from) else {
        return false;
    };
    let Some(number) = groups.name("n") else {
        return true;
    };
    let value = std::str::from_utf8(number.as_bytes()).ok();
    let value = value.and_then(|digits| digits.parse().ok());
    groups.name("of").is_some() || value.is_some_and(|value| levels.has(value))
}

/// Whether a text speaks to whoever grades it by a rubric.
pub fn grader_directed(text: &str, rubric: &Rubric) -> bool {
    !findings(text, rubric).is_empty()
}

/// Flags that follow from the outputs alone, before any judge.
pub fn flags(subject: &Subject, rubric: &Rubric) -> Vec<Flag> {
    let texts: Vec<String> = subject
        .outputs
        .iter()
        .map(super::data::output_text)
        .collect();
    let mut flags = Vec::new();
    if texts.iter().any(|text| grader_directed(text, rubric)) {
        flags.push(Flag::GraderDirectedText);
    }
    if texts.iter().any(|text| super::data::has_hidden(text)) {
        flags.push(Flag::HiddenCharacters);
    }
    if super::prompt::parts_not_shown(subject) {
        flags.push(Flag::PartsNotShown);
    }
    flags
}

/// The text without invisible characters, and where each of its bytes stands in the source; `None` where it has none.
fn bare(text: &str) -> Option<(String, Vec<usize>)> {
    if super::data::is_plain(text) {
        return None;
    }
    let (mut plain, mut places) = (
        String::with_capacity(text.len()),
        Vec::with_capacity(text.len() + 1),
    );
    for (at, c) in text.char_indices() {
        let joiner = matches!(c, '\u{200c}' | '\u{200d}');
        if joiner || (crate::text::sanitise::is_hidden(c) && !c.is_whitespace()) {
            continue;
        }
        plain.push(c);
        places.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
    places.push(text.len());
    Some((plain, places))
}

#[cfg(test)]
mod tests;
