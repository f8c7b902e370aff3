//! Commands that are told to people: words a shell takes as they are meant.

/// A word of a command line, quoted where a shell would take it apart.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/:+@%,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_blanks_and_quotes_can_be_pasted() {
        for (text, pasted) in [
            ("rubrics/a-b.toml", "rubrics/a-b.toml"),
            ("my rubric.toml", "'my rubric.toml'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(word(text), pasted);
        }
    }
}
