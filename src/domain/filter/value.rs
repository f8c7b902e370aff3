//! Numbers with units, and dates.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::field::Measure;

/// A number in the unit of its measure: `80%` of a score, `4k` tokens, `2s` of latency.
pub(super) fn number(measure: &Measure, text: &str) -> Result<f64, String> {
    let units: &[(&str, f64)] = match measure {
        Measure::Score | Measure::Judge => &[("%", 0.01)],
        Measure::Tokens | Measure::Chars => &[("k", 1e3), ("K", 1e3), ("m", 1e6), ("M", 1e6)],
        Measure::Latency => &[("ms", 1.0), ("s", 1e3)],
        Measure::Level(_) | Measure::Cost | Measure::Rerun => &[],
    };
    let unit = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (digits, factor) = unit.unwrap_or((text, 1.0));
    // `parse` alone would take `inf`, `nan` and `infinity`.
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let number = digits.parse::<f64>().ok().filter(|_| plain);
    // Dividing keeps 80% at exactly 0.8, which multiplying by 0.01 does not.
    let scaled = number.map(|number| {
        if factor < 1.0 {
            number / (1.0 / factor).round()
        } else {
            number * factor
        }
    });
    match scaled.filter(|number| number.is_finite()) {
        Some(number) => Ok(number),
        None => Err(match measure {
            Measure::Score | Measure::Judge => "write a share such as `0.8` or `80%`",
            Measure::Tokens | Measure::Chars => "write a number such as `4000` or `4k`",
            Measure::Latency => "write `500ms` or `2s`",
            Measure::Level(_) | Measure::Cost | Measure::Rerun => "write a number such as `2`",
        }
        .to_owned()),
    }
}

/// What a date or moment spans: the first millisecond, and the first one after it.
pub(super) fn moment(text: &str) -> Result<(i64, i64), String> {
    const FORMS: &str =
        "write a day such as `2026-10-01` or a moment such as `2026-10-01T08:30:00Z`";
    let refuse = || FORMS.to_owned();
    if let Ok(moment) = text.parse::<Timestamp>() {
        let millis = moment.as_millisecond();
        return Ok((millis, millis.saturating_add(1)));
    }
    // A civil date would also be read out of a longer text.
    if text.len() != 10 {
        return Err(refuse());
    }
    let day: Date = text.parse().map_err(|_| refuse())?;
    let start = |day: Date| {
        day.to_zoned(TimeZone::UTC)
            .map(|zoned| zoned.timestamp().as_millisecond())
    };
    let next = day.checked_add(1.day()).map_err(|_| refuse())?;
    Ok((
        start(day).map_err(|_| refuse())?,
        start(next).map_err(|_| refuse())?,
    ))
}
