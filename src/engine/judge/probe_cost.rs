//! What probing a judge will cost, before a question leaves.

use super::super::Result;
use super::offer::{ANSWER_TOKENS, Cost};
use super::order::By;
use super::probing::ProbeOrder;
use crate::judge::probes;
use crate::judge::prompt::Prepared;
use crate::judge::subject::Subject;
use crate::provider::Usage;

/// What probes take, estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProbeOffer {
    /// Calls, before re-asks.
    pub calls: u64,
    /// Price.
    pub price: Cost,
}

impl ProbeOrder {
    /// What putting every probe and its twin to the judge takes. Refused where the judge cannot be read from its
    /// name; what cannot be probed counts no call and is refused by [`super::probe_judge`].
    pub fn offer(&self) -> Result<ProbeOffer> {
        let own = probes::rubric();
        let rubric = self.rubric.as_ref().unwrap_or(&own);
        let questions = Prepared::all(rubric, &[]).unwrap_or_default();
        let texts: Vec<Subject> = probes::all()
            .iter()
            .flat_map(|probe| [probe.clean_subject(), probe.planted_subject()])
            .collect();
        let calls = (texts.len() * questions.len()) as u64;
        let standing: u64 = questions.iter().map(Prepared::standing_tokens).sum();
        let shown: u64 = texts.iter().map(tokens).sum();
        let priced = By::read(&self.judge.judge, &self.judge.reach)?.price();
        let usage = Usage {
            input: standing * texts.len() as u64 + shown * questions.len() as u64,
            output: calls * ANSWER_TOKENS,
            ..Usage::default()
        };
        Ok(ProbeOffer {
            calls,
            price: Cost::of(priced, usage),
        })
    }
}

/// About how many tokens a text to judge has: four characters each, as everywhere before a call.
fn tokens(subject: &Subject) -> u64 {
    let asked: usize = subject.request.iter().map(|turn| turn.text.len()).sum();
    let answered: usize = subject.outputs.iter().map(|one| one.text.len()).sum();
    ((asked + answered) / 4) as u64
}

#[cfg(test)]
mod tests {
    use super::super::order::JudgeOrder;
    use super::*;

    #[test]
    fn probes_are_two_dozen_calls_and_cost_what_their_tokens_do() {
        let order = |judge: &str| ProbeOrder {
            judge: JudgeOrder::new("", judge),
            rubric: None,
            stays: false,
            secret: [0; 32],
        };
        let known = order("openai/gpt-4.1-mini").offer().unwrap();
        assert_eq!(known.calls, 24);
        let Cost::Micros(micros) = known.price else {
            panic!("{known:?}");
        };
        // 24 answers of 250 tokens at 1.60 a million are 9,600 millionths; the questions add some.
        assert!((9_600..50_000).contains(&micros), "{micros}");
        assert_eq!(
            order("openai/unheard-of").offer().unwrap().price,
            Cost::Unpriced
        );
        assert_eq!(order("scripted:x").offer().unwrap().price, Cost::Free);
    }
}
