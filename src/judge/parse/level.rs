//! A level as written to a level of the scale. Never rounded, never clamped.

use super::{Rejected, brief};
use crate::domain::failure::Class;
use crate::domain::rubric::Scale;

/// A level from the JSON it was written in: a number, or a text that is one.
pub(super) fn of_raw(raw: &str, scale: Scale) -> Result<i32, Rejected> {
    match raw.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => of_text(&text, scale),
            Err(_) => Err(no_level(raw)),
        },
        Some(b'-' | b'0'..=b'9') => of_text(raw, scale),
        _ => Err(no_level(raw)),
    }
}

/// A level from `4`, `4.0` or `4/5`, where the part behind the stroke is the scale's best level.
pub(super) fn of_text(text: &str, scale: Scale) -> Result<i32, Rejected> {
    let text = text.trim();
    let (level, of) = match text.split_once('/') {
        Some((level, of)) => (level.trim(), Some(of.trim())),
        None => (text, None),
    };
    let value = number(level).ok_or_else(|| no_level(text))?;
    if let Some(of) = of {
        let of = number(of).ok_or_else(|| no_level(text))?;
        if of != Number::Whole(i64::from(scale.max())) {
            return Err(outside(text, scale));
        }
    }
    match value {
        Number::Whole(level) => i32::try_from(level)
            .ok()
            .filter(|level| scale.allows(*level))
            .ok_or_else(|| outside(text, scale)),
        Number::Other => Err(outside(text, scale)),
    }
}

#[derive(PartialEq, Eq)]
enum Number {
    Whole(i64),
    /// A fraction, or too large to be a level.
    Other,
}

/// A decimal number; `None` if the text is none.
fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = text.parse().ok().filter(|_| plain)?;
    // Read as text, because 4.00000000000000001 is 4 to a float.
    if let Some((whole, fraction)) = text.split_once('.')
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        let zeros = fraction.bytes().all(|byte| byte == b'0');
        return Some(match whole.parse() {
            Ok(level) if zeros => Number::Whole(level),
            _ => Number::Other,
        });
    }
    if let Ok(level) = text.parse() {
        return Some(Number::Whole(level));
    }
    let whole = value.is_finite() && value.fract() == 0.0 && value.abs() < 1e15;
    Some(if whole {
        Number::Whole(value as i64)
    } else {
        Number::Other
    })
}

fn no_level(text: &str) -> Rejected {
    Rejected::new(Class::Unparsable, format!("`{}` is no level", brief(text)))
}

fn outside(text: &str, scale: Scale) -> Rejected {
    Rejected::new(
        Class::OutOfRange,
        format!(
            "the level must be a whole number from {} to {}, not `{}`",
            scale.min(),
            scale.max(),
            brief(text)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_taken_only_where_it_says_exactly_one() {
        let scale = Scale::Level5;
        for (text, level) in [
            ("4", 4),
            ("4.0", 4),
            ("4/5", 4),
            (" 0 / 5 ", 0),
            ("5.00", 5),
            ("4e0", 4),
        ] {
            assert_eq!(of_text(text, scale).ok(), Some(level), "{text}");
        }
        for text in [
            "3.5",
            "6",
            "-1",
            "4/10",
            "40",
            "99999999999999999999",
            "1e999",
            "4.0000000000000000001",
            "4e-1",
        ] {
            assert_eq!(
                of_text(text, scale).unwrap_err().class,
                Class::OutOfRange,
                "{text}"
            );
        }
        for text in [
            "",
            "high",
            "4 stars",
            "four",
            "٤",
            "4/",
            "4/five",
            "NaN",
            "inf",
            "4\u{200b}",
            "0x4",
            "4 or 5",
        ] {
            assert_eq!(
                of_text(text, scale).unwrap_err().class,
                Class::Unparsable,
                "{text}"
            );
        }
        for raw in ["true", "null", "[4]", "{\"x\":4}"] {
            assert_eq!(
                of_raw(raw, scale).unwrap_err().class,
                Class::Unparsable,
                "{raw}"
            );
        }
    }
}
