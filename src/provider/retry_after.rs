//! How long an endpoint asks to wait, in every form endpoints say it. The clock comes in.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Longer than any sensible wait; beyond it the number is taken for a moment, not a span.
const YEAR: f64 = 365.0 * 24.0 * 3600.0;

/// The wait asked for; `None` if nothing readable asks for one. `header` looks a header up by its lower-case name.
///
/// `retry-after-ms` and `retry-after` count alike, and the longer one wins. The `x-ratelimit-reset-*` spans tell when
/// a whole allowance is full again; they count only where nothing else does, and only those of an allowance whose
/// `x-ratelimit-remaining-*` is spent (or not given).
pub(super) fn wait<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    now: Timestamp,
) -> Option<Duration> {
    // The endpoint's own clock, where it tells it: ours may be wrong by hours.
    let now = header("date").and_then(date).unwrap_or(now);
    let plain = header("retry-after").and_then(|text| after(text, now));
    let ms = header("retry-after-ms").and_then(|text| seconds(text, 0.001));
    plain.max(ms).or_else(|| reset(&header, now))
}

fn after(text: &str, now: Timestamp) -> Option<Duration> {
    seconds(text, 1.0)
        .or_else(|| date(text).map(|then| between(now, then)))
        .or_else(|| span(text))
}

/// A number of seconds times `unit`; a number too large for a span is a moment since 1970.
fn seconds(text: &str, unit: f64) -> Option<Duration> {
    let number: f64 = text.trim().parse().ok()?;
    let seconds = number * unit;
    (seconds.is_finite() && (0.0..YEAR).contains(&seconds))
        .then(|| Duration::from_secs_f64(seconds))
}

fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
        .or_else(|| text.parse().ok())
}

fn between(now: Timestamp, then: Timestamp) -> Duration {
    // Negative for a moment that has passed: then there is nothing to wait for.
    Duration::try_from(then.duration_since(now)).unwrap_or_default()
}

fn reset<'a>(header: &impl Fn(&str) -> Option<&'a str>, now: Timestamp) -> Option<Duration> {
    const PAIRS: [(&str, &str); 6] = [
        (
            "x-ratelimit-reset-requests",
            "x-ratelimit-remaining-requests",
        ),
        ("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
        (
            "anthropic-ratelimit-requests-reset",
            "anthropic-ratelimit-requests-remaining",
        ),
        (
            "anthropic-ratelimit-tokens-reset",
            "anthropic-ratelimit-tokens-remaining",
        ),
        ("x-ratelimit-reset", "x-ratelimit-remaining"),
        ("ratelimit-reset", "ratelimit-remaining"),
    ];
    PAIRS
        .iter()
        .filter(|(_, remaining)| {
            header(remaining).is_none_or(|left| left.trim().parse() == Ok(0.0_f64))
        })
        .filter_map(|(reset, _)| {
            let text = header(reset)?;
            seconds(text, 1.0)
                .or_else(|| span(text))
                .or_else(|| date(text).map(|then| between(now, then)))
                .or_else(|| moment(text).map(|then| between(now, then)))
        })
        .max()
}

/// Seconds or milliseconds since 1970.
fn moment(text: &str) -> Option<Timestamp> {
    let number: i64 = text.trim().parse().ok()?;
    if number > 100_000_000_000 {
        Timestamp::from_millisecond(number).ok()
    } else {
        Timestamp::from_second(number).ok()
    }
}

/// `1s`, `6m0s`, `20ms`, `1h2m3.5s`.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|sign: char| !sign.is_ascii_digit() && sign != '.')
            .filter(|&at| at > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest
            .find(|sign: char| !sign.is_ascii_alphabetic() && sign != 'µ')
            .unwrap_or(rest.len());
        total += number
            * match &rest[..letters] {
                "d" => 86_400.0,
                "h" => 3_600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[letters..];
    }
    (total < YEAR).then(|| Duration::from_secs_f64(total))
}

/// A moment as people are told it, `2026-11-21 14:50 UTC`: in the time of no place, as logs are.
pub(super) fn clock(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(
        |_| "a time far off".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(headers: &[(&str, &str)]) -> Option<f64> {
        let now = "1994-11-06T08:49:37Z".parse().unwrap();
        wait(
            |name| {
                headers
                    .iter()
                    .find(|(have, _)| *have == name)
                    .map(|(_, value)| *value)
            },
            now,
        )
        .map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn every_form_of_a_wait_is_understood() {
        for (name, value, seconds) in [
            ("retry-after", "2", 2.0),
            ("retry-after", "1.5", 1.5),
            ("retry-after", "0", 0.0),
            ("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT", 3.0),
            ("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT", 0.0),
            ("retry-after", "1994-11-06T08:49:41Z", 4.0),
            ("retry-after", "20s", 20.0),
            ("retry-after-ms", "250", 0.25),
            ("x-ratelimit-reset-requests", "1s", 1.0),
            ("x-ratelimit-reset-requests", "20ms", 0.02),
            ("x-ratelimit-reset-tokens", "6m0s", 360.0),
            ("x-ratelimit-reset-tokens", "1h2m3.5s", 3723.5),
            ("x-ratelimit-reset", "784111780", 3.0),
            ("x-ratelimit-reset", "784111780000", 3.0),
            (
                "anthropic-ratelimit-requests-reset",
                "1994-11-06T08:49:42Z",
                5.0,
            ),
        ] {
            assert_eq!(asked(&[(name, value)]), Some(seconds), "{name}: {value}");
        }
    }

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        for value in [
            "", "soon", "-1", "nan", "inf", "1x", "5 apples", "1e300", "ms",
        ] {
            assert_eq!(asked(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn the_longer_of_two_waits_wins_and_resets_count_last() {
        assert_eq!(
            asked(&[("retry-after", "2"), ("retry-after-ms", "1500")]),
            Some(2.0)
        );
        assert_eq!(
            asked(&[("retry-after", "1"), ("retry-after-ms", "1500")]),
            Some(1.5)
        );
        assert_eq!(
            asked(&[("retry-after", "1"), ("x-ratelimit-reset-tokens", "6m0s")]),
            Some(1.0)
        );
    }

    #[test]
    fn an_allowance_with_something_left_is_not_waited_for() {
        let headers = [
            ("x-ratelimit-reset-tokens", "6m0s"),
            ("x-ratelimit-remaining-tokens", "5000"),
            ("x-ratelimit-reset-requests", "2s"),
            ("x-ratelimit-remaining-requests", "0"),
        ];
        assert_eq!(asked(&headers), Some(2.0));
    }

    #[test]
    fn the_clock_of_the_endpoint_counts_where_it_tells_it() {
        let headers = [
            ("date", "Sun, 06 Nov 1994 10:00:00 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 10:00:07 GMT"),
        ];
        assert_eq!(asked(&headers), Some(7.0));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(text in "\\PC{0,24}") {
            let now = Timestamp::UNIX_EPOCH;
            let _ = wait(|_| Some(text.as_str()), now);
        }
    }
}
