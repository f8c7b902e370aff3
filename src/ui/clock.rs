//! Times for people, in the zone of the machine.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `12 Oct 2025 14:03`; empty for a time no calendar has.
pub fn date_and_time(time_ms: i64) -> String {
    // What came with the data and had no time.
    if time_ms == 0 {
        return "no date".to_owned();
    }
    format(time_ms, "%-d %b %Y %H:%M")
}

/// `12 Oct 2025`.
pub fn date(time_ms: i64) -> String {
    format(time_ms, "%-d %b %Y")
}

fn format(time_ms: i64, pattern: &str) -> String {
    Timestamp::from_millisecond(time_ms).map_or_else(
        |_| String::new(),
        |time| {
            time.to_zoned(TimeZone::system())
                .strftime(pattern)
                .to_string()
        },
    )
}
