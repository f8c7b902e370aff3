//! What people decided about a ticket, as far as an export asks: who reviewed it, the correction that counts,
//! the answer a majority preferred.
//!
//! It reads the kept fold without building all of it, because a pass over a million tickets does nothing else
//! as often. Practice is not in the fold; imported reviews are; a second opinion stands for its first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::ids::OutputId;
use crate::domain::review::{How, Taken};
use crate::domain::rubric::{Answers, Choice, Rubric};
use crate::domain::training::Refusal;

/// What names a judge among reviewers.
const JUDGE: &str = "judge:";

/// The kept fold of a ticket, in part.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Evidence<'a> {
    #[serde(borrow, default)]
    reviews: Vec<Reviewed<'a>>,
    #[serde(borrow, default)]
    correction: Option<Corrected<'a>>,
    #[serde(borrow, default)]
    adjudicated: Option<Adjudicated<'a>>,
}

#[derive(Debug, Deserialize)]
struct Reviewed<'a> {
    #[serde(borrow)]
    reviewer: Cow<'a, str>,
    #[serde(borrow)]
    first: &'a RawValue,
    #[serde(borrow, default)]
    second: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Corrected<'a> {
    #[serde(borrow)]
    reviewer: Cow<'a, str>,
    #[serde(borrow)]
    value: Words<'a>,
}

#[derive(Debug, Deserialize)]
struct Words<'a> {
    base: OutputId,
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(default)]
    taken: Option<Taken>,
}

#[derive(Debug, Deserialize)]
struct Adjudicated<'a> {
    #[serde(borrow)]
    reviewer: Cow<'a, str>,
    value: Answers,
}

#[derive(Deserialize)]
struct Answered {
    answers: Answers,
}

impl<'a> Evidence<'a> {
    /// Reads the kept fold; `None` if it cannot be read.
    pub(super) fn read(fold: Option<&'a str>) -> Option<Self> {
        match fold {
            Some(fold) => serde_json::from_str(fold).ok(),
            None => Some(Self::default()),
        }
    }

    /// The text a person put in the output's place.
    pub(super) fn correction(&self) -> Option<&str> {
        let corrected = self.correction.as_ref()?;
        is_person(&corrected.reviewer).then_some(corrected.value.text.as_ref())
    }

    /// How much of that text a judge had suggested.
    pub(super) fn taken(&self) -> Option<How> {
        let taken = self.correction.as_ref()?.value.taken?;
        Some(taken.how)
    }

    /// Whether anybody reviewed it.
    pub(super) fn is_reviewed(&self) -> bool {
        !self.reviews.is_empty()
    }

    /// The output it was put in the place of.
    pub(super) fn corrects(&self) -> Option<OutputId> {
        Some(self.correction.as_ref()?.value.base)
    }

    /// Everyone whose word the row rests on, in the order of their reviews.
    pub(super) fn people(&self) -> Vec<String> {
        let reviewers = self.reviews.iter().map(|review| &review.reviewer);
        let corrector = self
            .correction
            .iter()
            .map(|correction| &correction.reviewer);
        let decider = self.adjudicated.iter().map(|decided| &decided.reviewer);
        let mut names: Vec<String> = Vec::new();
        for name in reviewers.chain(corrector).chain(decider) {
            if is_person(name) && !names.iter().any(|known| known == name.as_ref()) {
                names.push(name.as_ref().to_owned());
            }
        }
        names
    }

    /// The place, from 0, of the output that people prefer: what a disagreement was decided to, else what more
    /// than half of those who could choose say. Or why there is none.
    pub(super) fn preferred(&self, rubric: &Rubric, outputs: usize) -> Result<usize, Refusal> {
        let choice = match &self.adjudicated {
            Some(decided) => rubric.preference(&decided.value).ok(),
            None => majority(&self.choices(rubric))?,
        };
        match choice {
            Some(Choice::Candidate(place)) if (1..=outputs).contains(&usize::from(place)) => {
                Ok(usize::from(place) - 1)
            }
            Some(Choice::Candidate(place)) => Err(Refusal::new(
                "no_such_output",
                format!("output {place} is preferred, and there are {outputs}"),
            )),
            Some(Choice::Tie) => Err(Refusal::new("tie", "neither output is preferred")),
            None => Err(Refusal::new("no_choice", "nobody could choose an output")),
        }
    }

    fn choices(&self, rubric: &Rubric) -> Vec<Choice> {
        let current = |review: &Reviewed<'a>| {
            let review = review.second.unwrap_or(review.first);
            let answered = serde_json::from_str::<Answered>(review.get()).ok()?;
            // Who cannot judge has no vote.
            rubric.preference(&answered.answers).ok()
        };
        let people = self.reviews.iter().filter(|r| is_person(&r.reviewer));
        people.filter_map(current).collect()
    }
}

fn is_person(reviewer: &str) -> bool {
    !reviewer.starts_with(JUDGE)
}

/// What more than half say; `None` of no votes.
fn majority(votes: &[Choice]) -> Result<Option<Choice>, Refusal> {
    let mut counts = BTreeMap::<Choice, usize>::new();
    for vote in votes {
        *counts.entry(*vote).or_default() += 1;
    }
    let most = counts.iter().find(|(_, n)| **n * 2 > votes.len());
    match most {
        Some((choice, _)) => Ok(Some(*choice)),
        None if votes.is_empty() => Ok(None),
        None => {
            let said: Vec<String> = counts
                .iter()
                .map(|(choice, n)| format!("{n} for {choice}"))
                .collect();
            Err(Refusal::new(
                "no_majority",
                format!("the reviewers differ: {}", said.join(", ")),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::{Criterion, Kind};

    fn rubric() -> Rubric {
        let mut rubric = Rubric::from_sentence("Which?", crate::domain::rubric::Scale::Binary);
        rubric.kind = Kind::Pairwise;
        let criteria: &mut Vec<Criterion> = &mut rubric.criteria;
        criteria[0].id = "q".into();
        rubric
    }

    fn fold(choices: &[&str]) -> String {
        let review = |(at, choice): (usize, &&str)| {
            format!(
                r#"{{"reviewer":"r{at}","first":{{"answers":{{"q":{choice}}},"seat":1}},"extra":[1]}}"#
            )
        };
        let reviews: Vec<String> = choices.iter().enumerate().map(review).collect();
        format!(r#"{{"state":"done","reviews":[{}]}}"#, reviews.join(","))
    }

    fn preferred(choices: &[&str]) -> Result<usize, &'static str> {
        let fold = fold(choices);
        let evidence = Evidence::read(Some(&fold)).unwrap();
        evidence.preferred(&rubric(), 2).map_err(|r| r.code)
    }

    #[test]
    fn more_than_half_of_those_who_could_choose_decide() {
        const FIRST: &str = r#"{"choice":1}"#;
        const SECOND: &str = r#"{"choice":2}"#;
        const TIE: &str = r#"{"choice":"tie"}"#;
        const PASS: &str = r#"{"cannot_judge":"no"}"#;
        let table: [(&[&str], Result<usize, &str>); 9] = [
            (&[FIRST], Ok(0)),
            (&[FIRST, FIRST, SECOND], Ok(0)),
            (&[SECOND, TIE, SECOND], Ok(1)),
            (&[FIRST, SECOND], Err("no_majority")),
            (&[FIRST, SECOND, TIE], Err("no_majority")),
            (&[TIE, TIE, FIRST], Err("tie")),
            (&[PASS, SECOND], Ok(1)),
            (&[PASS], Err("no_choice")),
            (&[r#"{"choice":3}"#], Err("no_such_output")),
        ];
        for (choices, expected) in table {
            assert_eq!(preferred(choices), expected, "{choices:?}");
        }
    }

    #[test]
    fn a_decided_disagreement_beats_the_majority_and_a_second_opinion_its_first() {
        let adjudicated = r#"{"reviews":[{"reviewer":"a","first":{"answers":{"q":{"choice":1}}}}],
            "adjudicated":{"reviewer":"c","hlc":1,"value":{"q":{"choice":2}}}}"#;
        let evidence = Evidence::read(Some(adjudicated)).unwrap();
        assert_eq!(evidence.preferred(&rubric(), 2).unwrap(), 1);
        assert_eq!(evidence.people(), ["a", "c"]);
        let second = r#"{"reviews":[{"reviewer":"a","first":{"answers":{"q":{"choice":1}}},
            "second":{"answers":{"q":{"choice":2}}}}]}"#;
        let evidence = Evidence::read(Some(second)).unwrap();
        assert_eq!(evidence.preferred(&rubric(), 2).unwrap(), 1);
    }

    #[test]
    fn what_a_judge_wrote_is_no_correction_and_its_vote_is_none() {
        let fold = r#"{"reviews":[{"reviewer":"judge:ab","first":{"answers":{"q":{"choice":1}}}}],
            "correction":{"reviewer":"judge:ab","hlc":1,"value":{"base":"00000000000000000000000000000000","text":"x"}}}"#;
        let evidence = Evidence::read(Some(fold)).unwrap();
        assert_eq!(evidence.correction(), None);
        assert_eq!(evidence.people(), [] as [&str; 0]);
        assert_eq!(
            evidence.preferred(&rubric(), 2).unwrap_err().code,
            "no_choice"
        );
    }
}
