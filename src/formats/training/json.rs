//! JSON written straight into the row's buffer.
//!
//! No tree is built: a million rows pass here, and logged JSON must keep its key order and number spelling.

use crate::domain::json::decode_string;

/// `text` as a string literal; only what JSON demands is escaped.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a str into a Vec cannot fail: no I/O, no map key.
    let _ = serde_json::to_writer(out, text);
}

/// Appends bytes that are JSON already.
pub(super) fn raw(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// `"key":`, after a comma where one is due.
pub(super) fn key(out: &mut Vec<u8>, name: &str) {
    separate(out);
    string(out, name);
    out.push(b':');
}

/// A comma, unless a value has just been opened.
pub(super) fn separate(out: &mut Vec<u8>) {
    if !matches!(out.last(), None | Some(b'{' | b'[' | b':' | b'\n')) {
        out.push(b',');
    }
}

/// Checked JSON on one line: white space between tokens goes, escapes that UTF-8 does not need are undone,
/// key order and number spelling stay.
pub(super) fn compact(out: &mut Vec<u8>, json: &str) {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'"' => {
                let end = string_end(bytes, at);
                let literal = &json[at..end];
                match decode_string(literal).filter(|_| literal.contains("\\u")) {
                    Some(text) => string(out, &text),
                    // Lone surrogates cannot be decoded and stay as they were logged.
                    None => raw(out, literal),
                }
                at = end;
            }
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
}

/// The index behind the closing quote of the literal that opens at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn compacted(json: &str) -> String {
        let mut out = Vec::new();
        compact(&mut out, json);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn white_space_goes_and_order_numbers_and_words_stay() {
        assert_eq!(
            compacted("{ \"b\" : 1.0e0,\n \"a\":[ \"x  y\", \"\\\"\\n\" ] }"),
            r#"{"b":1.0e0,"a":["x  y","\"\n"]}"#
        );
    }

    #[test]
    fn needless_escapes_are_undone_and_lone_surrogates_kept() {
        assert_eq!(compacted(r#""Z\u00fcrich \ud83d\ude00""#), "\"Zürich 😀\"");
        assert_eq!(compacted(r#""\ud83d""#), r#""\ud83d""#);
        assert_eq!(compacted(r#""\u0000\u001b""#), r#""\u0000\u001b""#);
    }

    proptest! {
        #[test]
        fn compact_text_means_the_same(texts in proptest::collection::vec(".*", 0..4)) {
            let value = Value::from(texts);
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            let line = compacted(&pretty);
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
        }
    }
}
