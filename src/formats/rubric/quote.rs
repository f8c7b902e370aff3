//! Texts in TOML quotes, as a person would have written them.

use std::fmt::Write as _;

/// A value in quotes: one line where it fits, else a literal block, else an escaped block.
pub(super) fn text(text: &str) -> String {
    if !text.contains('\n') {
        return if text.contains('\\') && literal_fits(text) && !text.contains('\'') {
            format!("'{text}'")
        } else {
            format!("\"{}\"", escaped(text, false))
        };
    }
    if literal_fits(text) && !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    }
    format!("\"\"\"\n{}\"\"\"", escaped(text, true))
}

/// A key, bare where TOML allows it.
pub(super) fn key(key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if bare {
        key.to_owned()
    } else {
        format!("\"{}\"", escaped(key, false))
    }
}

/// Whether a literal, which knows no escapes, can hold the text visibly.
fn literal_fits(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || c == '\t' || !hidden(c))
}

/// Control characters, and those that turn or hide the text around them on screen.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn escaped(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' if lines => out.push('\n'),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if hidden(c) => {
                // Writing into a string cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn back(quoted: &str) -> String {
        let table: toml::Table = toml::from_str(&format!("x = {quoted}")).unwrap();
        table["x"].as_str().unwrap().to_owned()
    }

    #[test]
    fn each_text_gets_the_plainest_quotes_that_hold_it() {
        for (plain, quoted) in [
            ("Is it kind?", "\"Is it kind?\""),
            (r"^\d+$", r"'^\d+$'"),
            ("a\nb\n", "'''\na\nb\n'''"),
            ("it's '''\n\\x", "\"\"\"\nit's '''\n\\\\x\"\"\""),
            ("\u{202e}evil", "\"\\u202Eevil\""),
        ] {
            assert_eq!(text(plain), quoted);
            assert_eq!(back(quoted), plain);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(plain in "(\\PC|['\"\\\\\n\r\t\u{0}\u{1b}\u{85}\u{200b}\u{202e}]){0,12}") {
            prop_assert_eq!(back(&text(&plain)), plain);
        }
    }
}
