//! How long a call took and what it cost, as logs tell it.
//!
//! A duration counts where its unit is told: by the key (`latency_ms`, `duration_seconds`) or with the value
//! (`"840 ms"`). A bare `latency: 1.2` may be anything and is left alone, with a remark.

use super::fields::{Fields, elements, key, number, scalar};
use super::read::count_tokens;
use crate::domain::record::RecordOutput;

/// Milliseconds in a unit.
pub(super) const MS: f64 = 1.0;
pub(super) const SECOND: f64 = 1_000.0;
const MICRO: f64 = 1e-3;
const NANO: f64 = 1e-6;
/// The key names no unit.
const UNTOLD: f64 = 0.0;

/// What a key is about.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure {
    /// The time until the whole answer, in this unit.
    Whole(f64),
    /// The time until its first token.
    First(f64),
    /// Currency units.
    Cost,
}

/// What a key is about. Every name here stands in [`key::DETAIL`] too.
fn measure(name: &str) -> Option<Measure> {
    use Measure::{Cost, First, Whole};
    Some(match name {
        "latency_ms" | "latencyMs" | "duration_ms" | "durationMs" | "response_time_ms"
        | "responseTimeMs" | "response_ms" | "elapsed_ms" | "elapsedMs" => Whole(MS),
        "latency_s"
        | "latency_sec"
        | "latency_seconds"
        | "latencySeconds"
        | "duration_s"
        | "duration_sec"
        | "duration_seconds"
        | "durationSeconds"
        | "response_time_s"
        | "response_time_seconds"
        | "elapsed_s"
        | "elapsed_seconds" => Whole(SECOND),
        "latency_us" | "duration_us" => Whole(MICRO),
        "latency_ns" | "duration_ns" => Whole(NANO),
        "latency" | "duration" | "response_time" | "elapsed" => Whole(UNTOLD),
        "first_token_ms"
        | "ttft_ms"
        | "ttftMs"
        | "time_to_first_token_ms"
        | "timeToFirstTokenMs" => First(MS),
        "ttft_s" | "time_to_first_token_s" | "time_to_first_token_seconds" => First(SECOND),
        "ttft" | "time_to_first_token" => First(UNTOLD),
        "cost" | "cost_usd" | "costUsd" | "total_cost" | "totalCost" | "response_cost" => Cost,
        _ => return None,
    })
}

/// Units as values name them.
const UNITS: [(&str, f64); 14] = [
    ("ms", MS),
    ("msec", MS),
    ("millisecond", MS),
    ("milliseconds", MS),
    ("s", SECOND),
    ("sec", SECOND),
    ("secs", SECOND),
    ("second", SECOND),
    ("seconds", SECOND),
    ("us", MICRO),
    ("\u{b5}s", MICRO),
    ("\u{3bc}s", MICRO),
    ("ns", NANO),
    ("nanoseconds", NANO),
];

/// What an object says.
#[derive(Default)]
struct Told {
    whole: Option<u32>,
    first: Option<u32>,
    cost: Option<i64>,
    /// A time without a unit: what it is a time of, and its key.
    untold: Option<(Measure, String)>,
}

impl Told {
    fn by(from: &Fields<'_>) -> Self {
        let mut told = Self::default();
        if !from.any(key::DETAIL) {
            return told;
        }
        for name in from.names() {
            let Some(measure) = measure(name) else {
                continue;
            };
            let Some(json) = from.get(name) else { continue };
            let (to, unit) = match measure {
                Measure::Whole(unit) => (&mut told.whole, unit),
                Measure::First(unit) => (&mut told.first, unit),
                Measure::Cost => {
                    told.cost = told.cost.or(number(json).and_then(micros));
                    continue;
                }
            };
            *to = to.or(millis(json, unit));
            if unit == UNTOLD && to.is_none() && number(json).is_some() {
                told.untold = Some((measure, name.to_owned()));
            }
        }
        told
    }

    fn times(&self, output: &mut RecordOutput<'_>) {
        output.latency_ms = output.latency_ms.or(self.whole);
        output.first_token_ms = output.first_token_ms.or(self.first);
    }
}

/// Fills in what an object says of the time and the cost of an output that are not known yet. Gives the key of a time
/// that was not read because nothing tells its unit.
pub(super) fn fill(from: &Fields<'_>, output: &mut RecordOutput<'_>) -> Option<String> {
    let told = Told::by(from);
    told.times(output);
    output.cost_micros = output.cost_micros.or(told.cost);
    if from.any(key::DETAIL) {
        usage(from, output);
    }
    let (measure, name) = told.untold?;
    let known = match measure {
        Measure::First(_) => output.first_token_ms.is_some(),
        Measure::Whole(_) | Measure::Cost => output.latency_ms.is_some(),
    };
    (!known).then_some(name)
}

/// The times of an object that is about every output alike.
pub(super) fn fill_times(from: &Fields<'_>, outputs: &mut [RecordOutput<'_>]) {
    let told = Told::by(from);
    for output in outputs {
        told.times(output);
    }
}

/// The time until the first token of an output, by its place among those of the record, as the record it came in tells it
/// under one of the usual names: in the output itself, in the row, or in its `response`, `metrics` or `metadata`.
pub fn first_token(record: &str, place: usize) -> Option<u32> {
    let row = Fields::of(record)?;
    let mut output = RecordOutput::default();
    let own = row.get("outputs").and_then(elements);
    if let Some(own) = own.and_then(|all| Fields::of(all.get(place)?)) {
        Told::by(&own).times(&mut output);
    }
    Told::by(&row).times(&mut output);
    for name in ["response", "metrics", "metadata"] {
        if let Some(part) = row.get(name).and_then(Fields::of) {
            Told::by(&part).times(&mut output);
        }
    }
    output.first_token_ms
}

/// Tokens, and the cost some gateways put among them.
fn usage(from: &Fields<'_>, output: &mut RecordOutput<'_>) {
    let counted = output.prompt_tokens.is_some() || output.completion_tokens.is_some();
    let Some(usage) = from.get("usage").and_then(Fields::of) else {
        if !counted {
            count_tokens(from, output);
        }
        return;
    };
    if !counted {
        count_tokens(&usage, output);
    }
    if output.cost_micros.is_none() {
        output.cost_micros = Told::by(&usage).cost;
    }
}

/// A duration in whole milliseconds: in the unit the value names, else in the given one, told by its milliseconds.
pub(super) fn millis(json: &str, unit: f64) -> Option<u32> {
    let text = scalar(json)?;
    let text = text.trim();
    let (value, unit) = if let Ok(value) = text.parse::<f64>() {
        (value, unit)
    } else {
        let at = text.find(|sign: char| sign.is_alphabetic() && sign != 'e' && sign != 'E')?;
        let (value, name) = text.split_at(at);
        let told = UNITS.iter().find(|(unit, _)| *unit == name.trim())?;
        (value.trim().parse().ok()?, told.1)
    };
    let ms = (value * unit).round();
    // A time below nothing, or of weeks, is none.
    (unit > UNTOLD && (0.0..f64::from(u32::MAX)).contains(&ms)).then_some(ms as u32)
}

/// Millionths of the currency unit; `None` for what cannot be a cost.
pub(super) fn micros(units: f64) -> Option<i64> {
    (0.0..1e9)
        .contains(&units)
        .then(|| (units * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> (RecordOutput<'static>, Option<String>) {
        let mut output = RecordOutput::default();
        let untold = fill(&Fields::parse(json).unwrap(), &mut output);
        (output, untold)
    }

    #[test]
    fn the_first_token_of_a_stored_record_is_read_where_it_stands() {
        for (record, place, first) in [
            (r#"{"response":"a","ttft_ms":210}"#, 0, Some(210)),
            (r#"{"response":{"text":"a","ttft_s":0.3}}"#, 0, Some(300)),
            (
                r#"{"response":"a","metadata":{"ttft":"90 ms"}}"#,
                0,
                Some(90),
            ),
            (
                r#"{"outputs":[{"text":"a"},{"text":"b","first_token_ms":7}],"ttft_ms":9}"#,
                1,
                Some(7),
            ),
            (
                r#"{"outputs":[{"text":"a"},{"text":"b","first_token_ms":7}],"ttft_ms":9}"#,
                0,
                Some(9),
            ),
            (r#"{"response":"a","ttft":0.2}"#, 0, None),
            (r#"["a"]"#, 0, None),
        ] {
            assert_eq!(first_token(record, place), first, "{record}");
        }
    }

    #[test]
    fn a_time_is_read_in_the_unit_its_key_or_its_value_names() {
        for (json, ms) in [
            (r#"{"latency_ms": 840}"#, Some(840)),
            (r#"{"latency_ms": "840.4"}"#, Some(840)),
            (r#"{"latencyMs": 0}"#, Some(0)),
            (r#"{"duration_ms": 1200.6}"#, Some(1201)),
            (r#"{"response_time_seconds": 1.5}"#, Some(1500)),
            (r#"{"durationSeconds": 2}"#, Some(2000)),
            (r#"{"latency_us": 1500}"#, Some(2)),
            (r#"{"duration_ns": 3000000}"#, Some(3)),
            (r#"{"latency": "840 ms"}"#, Some(840)),
            (r#"{"latency": "0.84s"}"#, Some(840)),
            (r#"{"response_time": "1.2 seconds"}"#, Some(1200)),
            (r#"{"latency_ms": "2 s"}"#, Some(2000)),
            (r#"{"duration": 3, "latency_ms": 7}"#, Some(7)),
            (r#"{"latency_ms": -1}"#, None),
            (r#"{"latency_ms": 1e300}"#, None),
            (r#"{"latency_ms": "soon"}"#, None),
            (r#"{"latency_ms": "3 moons"}"#, None),
            (r#"{"latency_ms": null}"#, None),
            (r#"{"latency_ms": [1]}"#, None),
        ] {
            assert_eq!(read(json).0.latency_ms, ms, "{json}");
        }
        assert_eq!(read(r#"{"ttft_ms": 210}"#).0.first_token_ms, Some(210));
        assert_eq!(
            read(r#"{"time_to_first_token_s": 0.3}"#).0.first_token_ms,
            Some(300)
        );
    }

    #[test]
    fn a_time_without_a_unit_is_not_guessed_and_its_key_is_told() {
        for (json, key) in [
            (r#"{"latency": 1.2}"#, Some("latency")),
            (r#"{"duration": "840"}"#, Some("duration")),
            (
                r#"{"time_to_first_token": 0.2}"#,
                Some("time_to_first_token"),
            ),
            (r#"{"latency": 1.2, "latency_ms": 1200}"#, None),
            (r#"{"latency": "fast"}"#, None),
            (r#"{"latency": {"p50": 1}}"#, None),
        ] {
            let (output, untold) = read(json);
            assert_eq!(untold.as_deref(), key, "{json}");
            assert_eq!(output.first_token_ms, None);
        }
        assert_eq!(read(r#"{"latency": 1.2}"#).0.latency_ms, None);
    }

    #[test]
    fn cost_and_tokens_are_read_where_logs_put_them() {
        for (json, cost, tokens) in [
            (r#"{"cost": 0.0021}"#, Some(2_100), None),
            (r#"{"response_cost": "0.5"}"#, Some(500_000), None),
            (r#"{"cost_usd": 0}"#, Some(0), None),
            (r#"{"cost": -1}"#, None, None),
            (
                r#"{"usage": {"prompt_tokens": 5, "cost": 0.001}}"#,
                Some(1_000),
                Some(5),
            ),
            (r#"{"input_tokens": 9, "output_tokens": 2}"#, None, Some(9)),
            (r#"{"usage": {"input_tokens": 4}}"#, None, Some(4)),
        ] {
            let output = read(json).0;
            assert_eq!(output.cost_micros, cost, "{json}");
            assert_eq!(output.prompt_tokens, tokens, "{json}");
        }
    }

    #[test]
    fn what_is_known_stays() {
        let mut output = RecordOutput {
            latency_ms: Some(5),
            cost_micros: Some(6),
            prompt_tokens: Some(7),
            ..RecordOutput::default()
        };
        let before = output.clone();
        let row = Fields::parse(r#"{"latency_ms":1,"cost":1,"prompt_tokens":1,"latency":3}"#);
        assert_eq!(fill(&row.unwrap(), &mut output), None);
        assert_eq!(output, before);
    }

    #[test]
    fn every_key_that_is_read_lets_a_row_be_looked_at() {
        let source = include_str!("measures.rs");
        let table = source.split("fn measure(").nth(1).unwrap();
        let table = table.split("_ => return None").next().unwrap();
        let names: Vec<&str> = table.split('"').skip(1).step_by(2).collect();
        assert!(names.len() > 40, "{names:?}");
        for name in names {
            assert!(measure(name).is_some(), "{name}");
            let row = format!("{{\"{name}\":1}}");
            assert!(Fields::parse(&row).unwrap().any(key::DETAIL), "{name}");
        }
    }
}
