//! From what a reply says to verdicts that can be kept.

use super::work::Work;
use crate::domain::verdict::{Call, Verdict};
use crate::judge::aggregate::round_robin;
use crate::judge::{evidence, parse};

/// Verdicts of a reading; quotes that stand nowhere are flagged.
pub(super) fn verdicts(reading: parse::Reading, raw: &str, work: &Work) -> Vec<Verdict> {
    let step = reading.step;
    let raw = crate::domain::json::Json::string(raw);
    let mut verdicts = Vec::with_capacity(reading.answers.len());
    for read in reading.answers {
        let mut verdict = read.verdict(step);
        evidence::verify_verdict(&mut verdict, &work.subject);
        // One raw reply is kept once, on the first of the verdicts it gave.
        verdict.raw = verdicts.is_empty().then(|| raw.clone());
        verdicts.push(verdict);
    }
    verdicts
}

/// Puts what a call cost on the first of its verdicts, so that sums count it once.
pub(super) fn with_call(mut verdicts: Vec<Verdict>, call: &Call) -> Vec<Verdict> {
    if let Some(first) = verdicts.first_mut() {
        first.call = Some(call.clone());
    }
    for verdict in verdicts.iter_mut().skip(1) {
        verdict.call = Some(Call {
            model: call.model.clone(),
            fingerprint: call.fingerprint.clone(),
            ..Call::default()
        });
    }
    verdicts
}

pub(super) fn together(column: Vec<(u16, u16, Verdict)>) -> Option<Verdict> {
    let mut results = Vec::with_capacity(column.len());
    for (first, second, verdict) in &column {
        match verdict.outcome.answer() {
            Some(answer) => results.push((*first, *second, answer.choice()?)),
            None => return Some(verdict.clone()),
        }
    }
    let several = column.len() > 1;
    let slots: String = column.iter().map(|(.., one)| one.slots.as_str()).collect();
    let mut verdict = column.into_iter().next()?.2;
    if several {
        let choice = crate::domain::rubric::Answer::Choice(round_robin(&results));
        verdict.outcome = crate::domain::verdict::Outcome::Scored(choice);
    }
    verdict.slots = slots;
    Some(verdict)
}

pub(super) fn add(total: &mut Call, one: &Call) {
    fn sum<T: std::ops::Add<Output = T> + Copy>(total: &mut Option<T>, one: Option<T>) {
        *total = match (*total, one) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }
    sum(&mut total.input_tokens, one.input_tokens);
    sum(&mut total.cached_input_tokens, one.cached_input_tokens);
    sum(&mut total.output_tokens, one.output_tokens);
    sum(&mut total.reasoning_tokens, one.reasoning_tokens);
    sum(&mut total.cost_micros, one.cost_micros);
    sum(&mut total.latency_ms, one.latency_ms);
    sum(&mut total.attempts, one.attempts);
    total.model = one.model.clone().or(total.model.take());
    total.fingerprint = one.fingerprint.clone().or(total.fingerprint.take());
}
