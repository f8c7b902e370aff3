//! From a finished ticket to training rows.
//!
//! | the format needs | corrected | as it stands | compared |
//! | --- | --- | --- | --- |
//! | one answer | the correction | the output | – |
//! | a better and a worse | correction over output | – | the preferred over each other one |
//! | labelled answers | correction wanted; output as it passed | wanted if it passed | preferred wanted, others not |
//!
//! A ticket whose outputs were compared may have a correction too, of one of them: it gives the rows of both.
//!
//! A correction replaces the words of an output: its text, or its refusal. Tool calls beside a text stay, for a
//! reviewer cannot edit them; an output of nothing but calls is replaced whole.

use super::evidence::Evidence;
use super::suggested::Suggested;
use crate::domain::json::Json;
use crate::domain::message::{Message, Part, Request, Role};
use crate::domain::rubric::Rubric;
use crate::domain::training::{
    Decision, Needs, Origin, Refusal, TrainingFormat, TrainingRow, answer_extras, request_extras,
};
use crate::formats::training::same_answer;
use crate::store::export::{Candidate, Side, Wanted};

/// What came of one ticket.
#[derive(Debug)]
pub(super) enum Found {
    /// A row.
    Row(TrainingRow),
    /// No row, and why.
    Out(TrainingRow, Refusal),
}

/// What all rows of a pass have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Maker<'a> {
    pub format: TrainingFormat,
    pub rubric: &'a Rubric,
    /// What is asked for.
    pub wanted: Wanted,
    /// What decides about suggestions, if they are what is asked for.
    pub suggested: Option<Suggested<'a>>,
}

impl Maker<'_> {
    /// The rows of a ticket with one output.
    pub(super) fn single(&self, from: &Candidate<'_>) -> Vec<Found> {
        let (base, evidence) = self.base(from);
        let Some(evidence) = evidence else {
            return vec![unreadable(base)];
        };
        let original = answer(from.message, "the output");
        if !from.corrected {
            return vec![self.as_it_stands(base, from, original)];
        }
        let Some(text) = evidence.correction() else {
            let why = "the correction is a judge's, not a person's";
            return vec![Found::Out(base, Refusal::new("not_a_person", why))];
        };
        let correction = corrected(original.as_ref().ok(), text);
        match (self.format.needs(), original) {
            (Needs::Single, _) => vec![Found::Row(learned(base, &evidence, correction))],
            (Needs::Preference, Ok(original)) => {
                let row = learned(base, &evidence, correction);
                vec![Found::Row(TrainingRow {
                    rejected: Some(original),
                    ..row
                })]
            }
            (Needs::Preference, Err(refusal)) => vec![Found::Out(base, refusal)],
            (Needs::Labelled, Ok(original)) if same_answer(&original, &correction) => {
                // As it stands and corrected are one answer: it cannot be both unwanted and wanted.
                let row = learned(base, &evidence, correction);
                vec![same(
                    row,
                    "the output and its correction are the same answer",
                )]
            }
            (Needs::Labelled, original) => {
                let passed = from.pass.unwrap_or(false);
                let row = TrainingRow {
                    label: Some(true),
                    ..learned(base.clone(), &evidence, correction)
                };
                vec![
                    Found::Row(row),
                    labelled(base, from.message, original, passed),
                ]
            }
        }
    }

    fn as_it_stands(
        &self,
        base: TrainingRow,
        from: &Candidate<'_>,
        original: Result<Message, Refusal>,
    ) -> Found {
        if self.format.needs() == Needs::Labelled {
            return labelled(base, from.message, original, from.pass.unwrap_or(false));
        }
        taken(base, from.message, original)
    }

    /// The rows of a ticket whose outputs were compared.
    pub(super) fn compared(&self, from: &Candidate<'_>, sides: &[Side]) -> Vec<Found> {
        let (base, evidence) = self.base(from);
        let Some(evidence) = evidence else {
            return vec![unreadable(base)];
        };
        let mut found = Vec::new();
        if self.wanted.corrected && from.corrected {
            found.push(self.corrected_side(&base, &evidence, sides));
        }
        // A correction that came with the data needs no comparison beside it.
        if self.wanted.compared && (found.is_empty() || evidence.is_reviewed()) {
            found.extend(self.preferred(base, &evidence, sides));
        }
        found
    }

    /// The correction of one of several outputs; where a worse one is needed, over the output it corrects.
    fn corrected_side(&self, base: &TrainingRow, evidence: &Evidence<'_>, sides: &[Side]) -> Found {
        let Some(text) = evidence.correction() else {
            let why = "the correction is a judge's, not a person's";
            return Found::Out(base.clone(), Refusal::new("not_a_person", why));
        };
        let of = evidence.corrects();
        let Some(place) = sides.iter().position(|side| Some(side.id) == of) else {
            let why = "the correction is of an output that is not compared here";
            return Found::Out(base.clone(), Refusal::new("no_such_output", why));
        };
        let base = TrainingRow {
            raw: Some(sides[place].raw),
            ..base.clone()
        };
        let original = side(sides, place);
        let row = learned(
            base.clone(),
            evidence,
            corrected(original.as_ref().ok(), text),
        );
        match (self.format.needs(), original) {
            (Needs::Single, _) => Found::Row(row),
            (Needs::Labelled, _) => Found::Row(TrainingRow {
                label: Some(true),
                ..row
            }),
            (Needs::Preference, Ok(original)) => Found::Row(TrainingRow {
                rejected: Some(original),
                ..row
            }),
            (Needs::Preference, Err(refusal)) => Found::Out(base, refusal),
        }
    }

    /// The rows a comparison gives.
    fn preferred(&self, base: TrainingRow, evidence: &Evidence<'_>, sides: &[Side]) -> Vec<Found> {
        let best = match evidence.preferred(self.rubric, sides.len()) {
            Ok(best) => best,
            Err(refusal) => return vec![Found::Out(base, refusal)],
        };
        let others = || (0..sides.len()).filter(|place| *place != best);
        if self.format.needs() == Needs::Labelled {
            let equal = equal_to(sides, best);
            let row = |place: usize| {
                let read = side(sides, place);
                let base = TrainingRow {
                    raw: Some(sides[place].raw),
                    ..base.clone()
                };
                if equal.contains(&place) {
                    let base = TrainingRow {
                        label: Some(place == best),
                        ..base
                    };
                    return same(base, &equal_words(&equal));
                }
                let message = sides[place].message.as_deref();
                match labelled(base, message, read, place == best) {
                    Found::Row(row) if place == best => Found::Row(TrainingRow {
                        decision: Decision::Preferred,
                        ..row
                    }),
                    other => other,
                }
            };
            return std::iter::once(best).chain(others()).map(row).collect();
        }
        others()
            .map(|other| preference(&base, sides, best, other))
            .collect()
    }

    /// Everything but the answer; the evidence is `None` where it cannot be read.
    pub(super) fn base<'c>(&self, from: &Candidate<'c>) -> (TrainingRow, Option<Evidence<'c>>) {
        let evidence = Evidence::read(from.fold);
        let json = from.request.map(Json::trusted);
        let request = json.as_ref().map(Request::read).unwrap_or_default();
        let keeps_logged = self.format == TrainingFormat::Pairs;
        let row = TrainingRow {
            ticket: from.ticket,
            item: from.item,
            cluster: from.cluster,
            raw: Some(from.raw),
            external_id: from.external_id.map(str::to_owned),
            extras: json.as_ref().map(request_extras).unwrap_or_default(),
            request,
            request_json: json.filter(|_| keeps_logged),
            chosen: Message::text(Role::Assistant, ""),
            rejected: None,
            label: None,
            reviewers: evidence.as_ref().map(Evidence::people).unwrap_or_default(),
            decision: Decision::Accepted,
            origin: Origin::Human,
            judge: None,
            taken: None,
            reference: from.reference.filter(|_| keeps_logged).map(Json::trusted),
            score: from.score,
        };
        (row, evidence)
    }
}

fn unreadable(base: TrainingRow) -> Found {
    let why =
        "the kept state of the ticket cannot be read; `docket doctor --rebuild` makes it anew";
    Found::Out(base, Refusal::new("damaged_state", why))
}

/// The row that learns a correction. What the log says about the answer was about another one.
fn learned(base: TrainingRow, evidence: &Evidence<'_>, correction: Message) -> TrainingRow {
    TrainingRow {
        chosen: correction,
        decision: Decision::Corrected,
        taken: evidence.taken(),
        ..base
    }
}

/// The row that learns an output as it is.
fn taken(mut base: TrainingRow, json: Option<&str>, read: Result<Message, Refusal>) -> Found {
    match read {
        Ok(chosen) => {
            if let Some(json) = json.filter(|json| json.starts_with('{')) {
                let turns = base.request.messages.len();
                base.extras
                    .extend(answer_extras(&Json::trusted(json), turns));
            }
            base.chosen = chosen;
            Found::Row(base)
        }
        Err(refusal) => Found::Out(base, refusal),
    }
}

fn labelled(
    base: TrainingRow,
    json: Option<&str>,
    read: Result<Message, Refusal>,
    wanted: bool,
) -> Found {
    let base = TrainingRow {
        label: Some(wanted),
        decision: if wanted {
            Decision::Accepted
        } else {
            Decision::Rejected
        },
        ..base
    };
    taken(base, json, read)
}

fn preference(base: &TrainingRow, sides: &[Side], best: usize, other: usize) -> Found {
    let base = TrainingRow {
        raw: Some(sides[best].raw),
        decision: Decision::Preferred,
        ..base.clone()
    };
    match (side(sides, best), side(sides, other)) {
        (Ok(chosen), Ok(rejected)) => {
            let base = TrainingRow {
                rejected: Some(rejected),
                ..base
            };
            taken(base, sides[best].message.as_deref(), Ok(chosen))
        }
        (Err(refusal), _) | (_, Err(refusal)) => Found::Out(base, refusal),
    }
}

/// The preferred output and those that say the same, if there are any: none of them can be wanted and unwanted.
fn equal_to(sides: &[Side], best: usize) -> Vec<usize> {
    let Ok(preferred) = side(sides, best) else {
        return Vec::new();
    };
    let says = |place: &usize| side(sides, *place).is_ok_and(|it| same_answer(&it, &preferred));
    let equal: Vec<usize> = (0..sides.len()).filter(says).collect();
    if equal.len() > 1 { equal } else { Vec::new() }
}

fn equal_words(places: &[usize]) -> String {
    let names: Vec<String> = places.iter().map(|at| (at + 1).to_string()).collect();
    format!(
        "outputs {} are the same answer, and one of them is preferred",
        names.join(" and ")
    )
}

fn same(base: TrainingRow, why: &str) -> Found {
    Found::Out(base, Refusal::new("chosen_equals_rejected", why))
}

fn side(sides: &[Side], place: usize) -> Result<Message, Refusal> {
    answer(
        sides[place].message.as_deref(),
        &format!("output {}", place + 1),
    )
}

pub(super) fn answer(json: Option<&str>, what: &str) -> Result<Message, Refusal> {
    let Some(json) = json else {
        let why = format!("{what} is a failed call without an answer");
        return Err(Refusal::new("no_answer", why));
    };
    Message::read(json, Role::Assistant).ok_or_else(|| {
        let why = format!("{what} could not be read as a message");
        Refusal::new("unread_answer", why)
    })
}

/// The output with a person's words in the place of its own.
pub(super) fn corrected(original: Option<&Message>, text: &str) -> Message {
    let mut message = Message::text(Role::Assistant, text);
    if let Some(original) = original {
        message.name.clone_from(&original.name);
        let says = |part: &Part| matches!(part, Part::Text(text) if !text.trim().is_empty());
        if original.parts.iter().any(says) {
            message.tool_calls.clone_from(&original.tool_calls);
        }
    }
    message
}
