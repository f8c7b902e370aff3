//! The bytes of one row, checked before anything is read from them.

use std::sync::LazyLock;

use memchr::{memchr, memchr2_iter, memmem};

use super::error::Refusal;
use super::split::Fault;

/// Deeper nesting than any log needs, and the depth other JSON readers give up at.
const DEPTH: usize = 128;

static ESCAPE: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"\\u"));

/// A row's text; `repaired` where it could not be kept byte for byte.
pub(super) struct Text<'a> {
    pub json: &'a str,
    pub repaired: bool,
}

/// Checks a JSON row. A repaired text is written over `scratch`.
pub(super) fn check<'a>(bytes: &'a [u8], scratch: &'a mut String) -> Result<Text<'a>, Refusal> {
    let bytes = bytes.trim_ascii();
    if let Some(at) = memchr(0, bytes) {
        return Err(at_byte(bytes, at, "a NUL byte").hint(
            "the file may be damaged or hold binary data; in JSON a NUL is written `\\u0000`",
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        at_byte(bytes, error.valid_up_to(), "not valid UTF-8").hint("save the file as UTF-8")
    })?;
    let kind = match bytes.first() {
        Some(b'{') => None,
        Some(b'[') => Some("an array"),
        Some(b'"') => Some("a string"),
        Some(b'0'..=b'9' | b'-') => Some("a number"),
        _ if matches!(text, "true" | "false" | "null") => Some(text),
        _ => return Err(Refusal::new("not valid JSON").column(1)),
    };
    if let Some(kind) = kind {
        return Err(Refusal::new(format!("the row is {kind}, not an object")));
    }
    if memchr2_iter(b'{', b'[', bytes).nth(DEPTH).is_some()
        && let Some(at) = too_deep(bytes)
    {
        return Err(at_byte(
            bytes,
            at,
            &format!("nested more than {DEPTH} deep"),
        ));
    }
    if ESCAPE.find(bytes).is_some()
        && let Some(lone) = lone_surrogates(bytes)
    {
        scratch.clear();
        scratch.push_str(text);
        for at in lone {
            scratch.replace_range(at..at + 6, "\\ufffd");
        }
        return Ok(Text {
            json: scratch,
            repaired: true,
        });
    }
    Ok(Text {
        json: text,
        repaired: false,
    })
}

/// What a fault of the cut means for people.
pub(super) fn refuse(fault: &Fault, max_row: usize) -> Refusal {
    match fault {
        Fault::TooLong { bytes } => Refusal::new(format!(
            "the row has {} MiB, more than the {} MiB a row may have",
            bytes >> 20,
            max_row >> 20
        ))
        .hint("raise the limit with `--max-row`"),
        Fault::BrokenString => Refusal::new("a string is not closed before the end of its line")
            .hint("a line break inside a string is written `\\n`"),
        Fault::NotClosed => Refusal::new("the row is not closed before the end of the file")
            .hint("the file may have been cut off"),
        Fault::ArrayNotClosed => {
            Refusal::new("the array is not closed with `]`").hint("the file may have been cut off")
        }
        Fault::MissingComma => Refusal::new("a comma is missing between two rows"),
        Fault::ExtraComma => Refusal::new("nothing stands between two commas"),
        Fault::AfterTheEnd => Refusal::new("there is more text behind the end of the array"),
        Fault::OpenQuote => Refusal::new("a quoted cell is never closed")
            .hint("a quote inside a cell is written twice, and the cell in quotes"),
    }
}

fn at_byte(bytes: &[u8], at: usize, reason: &str) -> Refusal {
    let before = &bytes[..at];
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let mut refusal = Refusal::new(reason).column((at - start) as u64 + 1);
    refusal.down = super::layout::count_lines(before);
    refusal
}

/// The first byte beyond the allowed depth.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut at) = (0_usize, false, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > DEPTH {
                    return Some(at);
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where escaped halves of a surrogate pair stand alone, as a cut text leaves them; `None` if nowhere.
fn lone_surrogates(bytes: &[u8]) -> Option<Vec<usize>> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut lone = Vec::new();
    let mut at = 0;
    while let Some(hit) = memchr(b'\\', &bytes[at..]) {
        at += hit;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                lone.push(at);
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
        if at >= bytes.len() {
            break;
        }
    }
    (!lone.is_empty()).then_some(lone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(bytes: &[u8]) -> String {
        let refusal = check(bytes, &mut String::new()).err().unwrap();
        refusal.at(1).to_string()
    }

    #[test]
    fn hostile_rows_get_one_clear_reason() {
        assert_eq!(reason(b"{\"a\":\"\0\"}"), "line 1, column 7: a NUL byte");
        assert_eq!(
            reason(b"{\n\"a\":\"\xff\"}"),
            "line 2, column 6: not valid UTF-8"
        );
        assert_eq!(reason(b"[1]"), "line 1: the row is an array, not an object");
        assert_eq!(reason(b"null"), "line 1: the row is null, not an object");
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(
            reason(deep.as_bytes()),
            "line 1, column 133: nested more than 128 deep"
        );
    }

    #[test]
    fn brackets_in_text_are_not_nesting() {
        let text = format!("{{\"a\":\"{}\"}}", "[{".repeat(1000));
        assert!(check(text.as_bytes(), &mut String::new()).is_ok());
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced_and_whole_ones_stay() {
        let mut scratch = String::new();
        let row = br#"{"a":"\ud83d\ude00 \ud83d \\ud83d \u0000 \udE00"}"#;
        let text = check(row, &mut scratch).unwrap();
        assert!(text.repaired);
        assert_eq!(
            text.json,
            r#"{"a":"\ud83d\ude00 \ufffd \\ud83d \u0000 \ufffd"}"#
        );
    }
}
