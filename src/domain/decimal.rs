//! Numbers with so many decimals, as everybody prints them.
//!
//! What rounds to nothing is `0.000`: a sign before it would claim a side that the digits do not show.

/// `0.120`, `-0.031`, `0.000`.
pub fn fixed(value: f64, places: usize) -> String {
    unsigned_zero(format!("{value:.places$}"))
}

/// The same with a plus sign: `+0.120`, `-0.031`, `0.000`.
pub fn signed(value: f64, places: usize) -> String {
    unsigned_zero(format!("{value:+.places$}"))
}

fn unsigned_zero(text: String) -> String {
    let is_zero = text
        .bytes()
        .all(|byte| matches!(byte, b'+' | b'-' | b'0' | b'.'));
    match text.strip_prefix(['+', '-']) {
        Some(digits) if is_zero => digits.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        for nothing in [0.0, -0.0, -0.000_4, 0.000_4] {
            assert_eq!(fixed(nothing, 3), "0.000");
            assert_eq!(signed(nothing, 3), "0.000");
        }
        assert_eq!(
            [fixed(-0.031, 3), signed(0.12, 3), signed(-0.000_6, 3)],
            ["-0.031", "+0.120", "-0.001"]
        );
        assert_eq!([fixed(-0.3, 0), signed(f64::NAN, 1)], ["0", "NaN"]);
    }
}
