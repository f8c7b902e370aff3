//! "Did you mean": the known word nearest to a mistyped one.
//!
//! Used wherever a closed set of words is read from a person: rubric keys, filter fields, options.
//! It only ever suggests; nothing is corrected silently.

/// The candidate nearest to `word`, or `None` if none is near enough to be a likely slip of the hand.
///
/// Near means at most one edit in three characters (insert, delete, replace, swap of neighbours),
/// compared without case. Ties go to the earlier candidate.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    within(word, candidates, word.chars().count().div_ceil(3))
}

/// The same with the most edits that count as near.
pub fn within<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    allowed: usize,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    // Very long words are no slips of the hand, and the table below grows with the product of lengths.
    if word.len() > 64 {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Edits between two words, a swap of neighbours counting as one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_finds_the_word_that_was_meant() {
        let known = ["criterion", "check", "example", "judge", "status"];
        for (typed, meant) in [
            ("critereon", "criterion"),
            ("cheks", "check"),
            ("jugde", "judge"),
            ("Status", "status"),
            ("exampel", "example"),
        ] {
            assert_eq!(nearest(typed, known), Some(meant), "{typed}");
        }
    }

    #[test]
    fn a_different_word_gets_no_suggestion() {
        assert_eq!(nearest("temperature", ["criterion", "check"]), None);
        assert_eq!(nearest("", ["check"]), None);
        assert_eq!(nearest(&"x".repeat(10_000), ["check"]), None);
    }
}
