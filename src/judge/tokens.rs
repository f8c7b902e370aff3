//! How many tokens a text will be, near enough to decide whether it fits and what it may cost.

/// Tokens of a text, estimated on the high side: four ASCII characters or one other character each.
///
/// Tokenisers differ by model. English prose runs at four to five characters a token, code at three to
/// four, Chinese and emoji at one to two tokens a character.
pub fn estimate(text: &str) -> u64 {
    let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
    // Their first bytes: this counts many at once.
    let others = text.bytes().filter(|byte| *byte >= 0xc0).count() as u64;
    ascii.div_ceil(4) + others
}

#[cfg(test)]
mod tests {
    use super::estimate;

    #[test]
    fn scripts_without_spaces_are_not_underestimated() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("four"), 1);
        assert_eq!(estimate("five5"), 2);
        assert_eq!(estimate("日本語"), 3);
        assert_eq!(estimate("é!"), 2);
    }
}
