//! Whether a correction is a judge's suggestion, and how much of it: decided from the texts, not from what a screen
//! says of itself.

use std::collections::HashSet;
use std::ops::Range;

use super::ticket::answer_text;
use crate::domain::ids::SuggestionId;
use crate::domain::review::{How, Taken};
use crate::store::tickets::OutputRow;
use crate::store::{Db, suggestions};
use crate::text::diff::{Edit, WordDiff};

/// What a correction took of the suggestion it says it was made from. `None` if the ticket has no such suggestion of
/// this output, or nothing of it is left.
pub(super) fn taken(
    db: &Db,
    ticket: i64,
    output: &OutputRow,
    (id, text): (SuggestionId, &str),
) -> crate::store::Result<Option<Taken>> {
    let suggestion = suggestions::by_id(db, ticket, &id)?.filter(|one| one.base == output.id);
    let how = suggestion.and_then(|one| {
        let original = answer_text(output);
        how((&original, &one.edits(&original)), &one.text, text)
    });
    Ok(how.map(|how| Taken {
        suggestion: id,
        how,
    }))
}

/// How much of `suggested` is in `text`, both edits of `original`; the suggestion's changes as they were named may each
/// be there alone, as far as they are known.
fn how((original, edits): (&str, &[Edit]), suggested: &str, text: &str) -> Option<How> {
    if text == suggested {
        return Some(How::Whole);
    }
    let (theirs, mine) = (
        WordDiff::new(original, suggested),
        WordDiff::new(original, text),
    );
    let named = WordDiff::of_edits(original, edits);
    let alone = named.iter().flat_map(changes);
    let theirs: HashSet<(Range<usize>, &str)> = changes(&theirs).chain(alone).collect();
    let (of_it, own): (Vec<_>, Vec<_>) = changes(&mine).partition(|one| theirs.contains(one));
    if !of_it.is_empty() {
        return Some(if own.is_empty() {
            How::Parts
        } else {
            How::Edited
        });
    }
    // A change that was taken and then written on is no longer the same change; one elsewhere is not of it.
    let touches = |one: &Range<usize>| {
        theirs
            .iter()
            .any(|(old, _)| old.start <= one.end && one.start <= old.end)
    };
    own.iter()
        .any(|(old, _)| touches(old))
        .then_some(How::Edited)
}

fn changes(diff: &WordDiff) -> impl Iterator<Item = (Range<usize>, &str)> {
    diff.hunks()
        .map(|hunk| (hunk.old.clone(), diff.new_of(hunk)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_of_a_suggestion_a_correction_holds_is_read_from_the_texts() {
        let original = "Paris is in Italy, as the atlas says. Ask me anything.";
        let suggested = "Paris is in France, as the atlas says. Ask me more.";
        for (text, expected) in [
            (suggested, Some(How::Whole)),
            (
                "Paris is in France, as the atlas says. Ask me anything.",
                Some(How::Parts),
            ),
            (
                "Lyon is in France, as the atlas says. Ask me anything.",
                Some(How::Edited),
            ),
            (
                "Paris is in sunny France, as the atlas says. Ask me anything.",
                Some(How::Edited),
            ),
            ("Paris is in Italy, as the map says. Ask me anything.", None),
        ] {
            assert_eq!(how((original, &[]), suggested, text), expected, "{text}");
        }
    }

    #[test]
    fn one_of_two_named_changes_a_word_apart_is_a_part() {
        let (original, suggested) = ("alpha is BAD", "ALPHA is FINE");
        let edits = [(0..5, "ALPHA".to_owned()), (9..12, "FINE".to_owned())];
        for (text, expected) in [
            ("ALPHA is BAD", How::Parts),
            ("alpha is FINE", How::Parts),
            ("ALPHA is GOOD", How::Edited),
        ] {
            let found = how((original, &edits), suggested, text);
            assert_eq!(found, Some(expected), "{text}");
        }
    }
}
