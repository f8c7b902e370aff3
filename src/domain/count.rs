//! Counts in sentences: `1 row`, `2 rows`.
//!
//! Every message that counts something goes through here, so that none says `1 rows`.

/// A count with its noun, which takes an `s` in the plural (`y` after a consonant becomes `ies`).
pub fn counted(n: impl TryInto<u64>, one: &str) -> String {
    // What does not fit is a great many.
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{n} {}", noun(n, one))
}

/// The noun alone, in the form the count asks for.
pub fn noun(n: u64, one: &str) -> String {
    if n == 1 {
        return one.to_owned();
    }
    match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{one}s"),
    }
}

/// One of two words, by a count: `is` or `are`, `criterion` or `criteria`.
pub fn either<'a>(n: impl TryInto<u64>, one: &'a str, many: &'a str) -> &'a str {
    if n.try_into().is_ok_and(|n| n == 1) {
        one
    } else {
        many
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_thing_is_told_in_the_singular() {
        for (n, one, told) in [
            (0_u64, "row", "0 rows"),
            (1, "row", "1 row"),
            (2, "row", "2 rows"),
            (1, "reply", "1 reply"),
            (2, "reply", "2 replies"),
            (3, "key", "3 keys"),
        ] {
            assert_eq!(counted(n, one), told);
        }
        assert_eq!(either(1_usize, "is", "are"), "is");
        assert_eq!(either(0_u64, "is", "are"), "are");
    }
}
