//! Verdicts written as data: an object with the keys of a judge's reply, or levels under the rubric's own names.

use std::ops::Range;

use super::Levels;

/// Keys that carry a verdict.
const CARRY: [&str; 5] = ["level", "score", "verdict", "rating", "grade"];
/// Keys that stand beside one.
const EXPLAIN: [&str; 5] = ["reasoning", "criterion", "evidence", "cannot_judge", "pass"];
/// Longest key looked at; ids of criteria are no longer.
const LONGEST: usize = 64;

/// A quoted key with its place and what follows the colon.
struct Key<'t> {
    name: &'t str,
    at: Range<usize>,
    /// What stands before it and its brace, where it is the first of its object.
    opens: Option<&'t str>,
    value: &'t str,
}

impl Key<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The number it names, and what follows it.
    fn number(&self) -> Option<(f64, &str)> {
        number(self.value)
    }
}

/// The quoted keys of a text, in order. Each sign is looked at a bounded number of times.
fn keys(text: &str) -> Vec<Key<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for open in memchr::memchr2_iter(b'"', b'\'', bytes) {
        let rest = &bytes[open + 1..];
        let near = &rest[..rest.len().min(LONGEST + 1)];
        let Some(len) = memchr::memchr(bytes[open], near).filter(|len| *len > 0) else {
            continue;
        };
        let close = open + 1 + len;
        let (Some(name), Some(after)) = (text.get(open + 1..close), text.get(close + 1..)) else {
            continue;
        };
        if let Some(value) = after.trim_start().strip_prefix(':') {
            let before = text[..open].trim_end();
            found.push(Key {
                name,
                at: open..close + 1,
                opens: before.strip_suffix('{').map(str::trim_end),
                value: value.trim_start(),
            });
        }
    }
    found
}

/// A number at the start of a text, quoted or not, and what follows it.
fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.strip_prefix(['"', '\'']).unwrap_or(text);
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let end = text.find(|c| !digits(c)).unwrap_or(text.len());
    let value = text[..end].trim_end_matches('.').parse().ok()?;
    let rest = &text[end..];
    Some((value, rest.strip_prefix(['"', '\'']).unwrap_or(rest)))
}

/// An object with a verdict: a carrying key beside an explaining one, one that holds nothing but a level, or levels under
/// names of the rubric.
pub(super) fn verdict(text: &str, levels: &Levels<'_>) -> Option<Range<usize>> {
    let keys = keys(text);
    let first = keys.first()?;
    let any = |names: &[&str]| {
        let known = |key: &&Key<'_>| names.iter().any(|name| key.is(name));
        keys.iter().find(known)
    };
    if let (Some(carries), Some(explains)) = (any(&CARRY), any(&EXPLAIN)) {
        let ends = [&carries.at, &explains.at];
        return Some(ends[0].start.min(ends[1].start)..ends[0].end.max(ends[1].end));
    }
    let alone = |key: &&Key<'_>| {
        // As a value of another object it is that one's: `{"battery": {"level": 3}}`.
        let whole = key
            .opens
            .is_some_and(|before| !before.ends_with([':', ',', '[']));
        let closes = |rest: &str| rest.trim_start().starts_with('}');
        whole
            && CARRY.iter().any(|name| key.is(name))
            && key
                .number()
                .is_some_and(|(value, rest)| levels.has(value) && closes(rest))
    };
    if let Some(key) = keys.iter().find(alone) {
        return Some(key.at.clone());
    }
    let mut named: Vec<&str> = Vec::new();
    for key in &keys {
        let Some(id) = levels.ids.iter().find(|id| key.is(id)) else {
            continue;
        };
        if key.number().is_some_and(|(value, _)| levels.has(value)) && !named.contains(id) {
            named.push(id);
        }
    }
    (!named.is_empty() && named.len() >= levels.ids.len().min(2)).then(|| first.at.clone())
}

/// Lines that give levels to names of the rubric, such as `factual: 5`: to two of them, or to its only one.
pub(super) fn lines(text: &str, levels: &Levels<'_>) -> Option<Range<usize>> {
    let mut named: Vec<&str> = Vec::new();
    let mut first = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let mark = |c: char| c.is_whitespace() || matches!(c, '>' | '*' | '#' | '_' | '-' | '`');
        let Some((name, value)) = line.split_once([':', '=']) else {
            continue;
        };
        let name = name.trim_matches(mark);
        let Some(id) = levels.ids.iter().find(|id| name.eq_ignore_ascii_case(id)) else {
            continue;
        };
        let ends = |rest: &str| rest.trim_matches(|c| mark(c) || c == '.').is_empty();
        let is_level = number(value.trim_matches(mark)).is_some_and(|(value, rest)| {
            levels.has(value) && (ends(rest) || rest.trim_start().starts_with('/'))
        });
        if is_level && !named.contains(id) {
            named.push(id);
            first.get_or_insert(start..start + line.trim_end().len());
        }
    }
    first.filter(|_| named.len() >= levels.ids.len().min(2))
}
