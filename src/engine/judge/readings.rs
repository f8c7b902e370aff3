//! From what a reply says to verdicts that can be kept.

use super::work::Work;
use crate::domain::comparison;
use crate::domain::record::Quote;
use crate::domain::verdict::{Call, Flag, Verdict};
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
    let said: Vec<String> = column
        .iter()
        .filter(|(.., verdict)| !verdict.reasoning.is_empty())
        .map(|(first, second, verdict)| comparison::of_pair((*first, *second), &verdict.reasoning))
        .collect();
    let mut others: Vec<Quote> = Vec::new();
    let mut flags: Vec<Flag> = Vec::new();
    for (.., verdict) in column.iter().skip(1) {
        others.extend(verdict.evidence.iter().cloned());
        flags.extend(&verdict.flags);
    }
    let mut verdict = column.into_iter().next()?.2;
    if several {
        // What the first pair was said to be is no reason for what all pairs come to.
        verdict.reasoning = said.join("\n\n");
        for quote in others {
            if !verdict.evidence.contains(&quote) {
                verdict.evidence.push(quote);
            }
        }
        for flag in flags {
            verdict.flag(flag);
        }
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
