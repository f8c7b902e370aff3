//! Times as logs write them: RFC 3339, or seconds, milliseconds, microseconds or nanoseconds since 1970.

use super::fields::scalar;

/// Milliseconds since 1970 of a JSON value; `None` if it is no time.
///
/// Numbers are told apart by size: seconds until the year 5138 stay below 1e11, milliseconds below 1e14.
/// A date without a zone is taken as UTC.
pub(super) fn millis(json: &str) -> Option<i64> {
    let text = scalar(json)?;
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return epoch(number);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

fn epoch(number: f64) -> Option<i64> {
    // Smaller numbers are counts or durations, not times: 1e8 s is March 1973.
    let size = number.abs();
    let millis = if !(1e8..1e20).contains(&size) {
        return None;
    } else if size < 1e11 {
        number * 1e3
    } else if size < 1e14 {
        number
    } else if size < 1e17 {
        number / 1e3
    } else {
        number / 1e6
    };
    Some(millis.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_moment_is_the_same_time() {
        for json in [
            "\"2024-05-01T10:00:00Z\"",
            "\"2024-05-01T12:00:00+02:00\"",
            "\"2024-05-01T10:00:00.000\"",
            "\"2024-05-01 10:00:00\"",
            "1714557600",
            "\"1714557600\"",
            "1714557600.0",
            "1714557600000",
            "1714557600000000",
            "1714557600000000000",
        ] {
            assert_eq!(millis(json), Some(1_714_557_600_000), "{json}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for json in ["3", "\"yesterday\"", "null", "true", "{}", "1e300"] {
            assert_eq!(millis(json), None, "{json}");
        }
    }
}
