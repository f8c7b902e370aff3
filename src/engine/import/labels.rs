//! Scores, labels and corrections that came with a row, as the decisions and verdicts they were.
//!
//! A person's labels on one ticket are one review, a correction beside them is part of it. Judges and programs
//! give verdicts; what one said that is no level stays, unscored. Ids follow from the row, so that a second
//! import, or a merge with a copy that imported the same file, adds nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Aim;
use super::report::Counts;
use crate::domain::event::{Body, Event, SCHEMA};
use crate::domain::ids::{ActionId, EventId, Hlc, OutputId, RawId, TicketId};
use crate::domain::json::Json;
use crate::domain::plan::ticket_id;
use crate::domain::record::{Label, LabelKind, LabelValue, Record};
use crate::domain::review::{
    Correction, Note, Purpose, Review, ReviewSource, Round, Sight, Subject,
};
use crate::domain::rubric::{Answer, Answers, Choice, Question, Rubric, Takes};
use crate::domain::verdict::{Outcome, Verdict};
use crate::store::ingest::VerdictFact;

/// Who gave a label that names nobody.
const NOBODY: &str = "imported";

/// Names the readers give to a label whose source has no name for it.
const NAMELESS: [&str; 2] = ["preference", "label"];

/// 2100-01-01, in milliseconds: a wrong clock in a log must not put its reviews behind all that come later.
const LATEST_MS: i64 = 4_102_444_800_000;

/// What a row decides.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Reviews and corrections of people.
    pub events: Vec<Event>,
    /// What judges and programs found.
    pub verdicts: Vec<VerdictFact>,
}

/// Why a value is no answer.
struct Unfit {
    /// The class of an unscored verdict.
    class: &'static str,
    /// For people.
    reason: &'static str,
}

const fn unfit(class: &'static str, reason: &'static str) -> Unfit {
    Unfit { class, reason }
}

/// What one person said about one ticket.
#[derive(Default)]
struct Said {
    answers: Answers,
    reasons: Vec<(String, String)>,
    correction: Option<Correction>,
}

/// The decisions in a row, for the tickets its outputs make in the eval aimed at.
pub(super) fn decide(
    aim: &Aim,
    raw: &RawId,
    record: &Record<'_>,
    outputs: &[OutputId],
    unmapped: &mut Counts,
) -> Decided {
    let mut row = Row {
        aim,
        raw,
        record,
        outputs,
        people: BTreeMap::new(),
        verdicts: Vec::new(),
    };
    for label in &record.labels {
        let missed = match label.kind {
            LabelKind::Human => row.human(label),
            LabelKind::Judge | LabelKind::Code => row.judge(label),
        };
        if let Some(reason) = missed {
            unmapped.add(&format!("{}: {reason}", label.name));
        }
    }
    row.corrections();
    Decided {
        events: row.events(),
        verdicts: row.verdicts,
    }
}

struct Row<'a> {
    aim: &'a Aim,
    raw: &'a RawId,
    record: &'a Record<'a>,
    outputs: &'a [OutputId],
    /// By ticket of the row and name.
    people: BTreeMap<(usize, String), Said>,
    verdicts: Vec<VerdictFact>,
}

impl Row<'_> {
    fn human(&mut self, label: &Label<'_>) -> Option<&'static str> {
        let at = match self.ticket_of(label.output) {
            Ok(at) => at,
            Err(why) => return Some(why),
        };
        let Some(question) = question(&self.aim.rubric, &label.name) else {
            return Some("the rubric has no such question");
        };
        let answer = match answer(label, question, self.outputs.len()) {
            Ok(answer) => answer,
            Err(unfit) => return Some(unfit.reason),
        };
        let id = question.id.to_owned();
        let said = self
            .people
            .entry((at, name(label.author.as_deref())))
            .or_default();
        if let Some(reason) = label
            .reason
            .as_deref()
            .filter(|reason| !reason.trim().is_empty())
            && !answer.is_cannot_judge()
        {
            said.reasons.push((id.clone(), reason.to_owned()));
        }
        said.answers.insert(id, answer);
        None
    }

    fn judge(&mut self, label: &Label<'_>) -> Option<&'static str> {
        let at = match self.ticket_of(label.output) {
            Ok(at) => at,
            Err(why) => return Some(why),
        };
        let question = question(&self.aim.rubric, &label.name);
        let found = match question {
            Some(question) => answer(label, question, self.outputs.len()),
            None => Err(unfit(
                "unknown_criterion",
                "the rubric has no such question; kept, unscored",
            )),
        };
        let (outcome, missed) = match found {
            Ok(Answer::CannotJudge { .. }) => (Outcome::Unscored("cannot_judge".into()), None),
            Ok(answer) => (Outcome::Scored(answer), None),
            Err(unfit) => (Outcome::Unscored(unfit.class.into()), Some(unfit.reason)),
        };
        let by = match (label.author.as_deref(), label.kind) {
            (Some(author), _) if !author.trim().is_empty() => author.trim(),
            (_, LabelKind::Code) => "code",
            _ => NOBODY,
        };
        let ticket = self.ticket(at);
        let criterion =
            question.map_or_else(|| label.name.to_string(), |question| question.id.to_owned());
        let same = |fact: &&VerdictFact| {
            fact.ticket == ticket && fact.judge == by && fact.verdict.criterion == criterion
        };
        let sample = self.verdicts.iter().filter(same).count() as u32;
        self.verdicts.push(VerdictFact {
            ticket,
            judge: by.to_owned(),
            sample,
            verdict: Verdict {
                reasoning: label.reason.as_deref().unwrap_or_default().to_owned(),
                evidence: label.evidence.clone(),
                badge: label.badge.as_deref().map(str::to_owned),
                raw: Json::parse(&*label.raw).ok(),
                ..Verdict::new(criterion, outcome)
            },
        });
        missed
    }

    fn corrections(&mut self) {
        for given in &self.record.corrections {
            let Some(base) = self.outputs.get(given.output) else {
                continue;
            };
            let at = if self.record.pairwise {
                0
            } else {
                given.output
            };
            let said = self
                .people
                .entry((at, name(given.author.as_deref())))
                .or_default();
            said.correction = Some(Correction {
                base: *base,
                text: given.text.to_string(),
                reason: given.reason.as_deref().map(str::to_owned),
                taken: None,
            });
        }
    }

    /// Which of the row's tickets a label is about.
    fn ticket_of(&self, output: Option<usize>) -> Result<usize, &'static str> {
        match (self.record.pairwise, output, self.outputs.len()) {
            (_, _, 0) => Err("the row has no output"),
            (true, None, _) | (_, Some(0) | None, 1) => Ok(0),
            (true, Some(_), _) => Err("it is about one of the outputs that are compared"),
            (false, Some(at), n) if at < n => Ok(at),
            (false, _, _) => Err("it does not say which output it is about"),
        }
    }

    fn subject(&self, at: usize) -> Subject {
        match self.outputs {
            [only] => Subject::Output(*only),
            all if self.record.pairwise => Subject::Set(all.to_vec()),
            all => Subject::Output(all[at]),
        }
    }

    fn ticket(&self, at: usize) -> TicketId {
        ticket_id(&self.aim.eval, self.subject(at).outputs())
    }

    /// Seats go by the order of names, so that they do not depend on who comes first in the row.
    fn events(&mut self) -> Vec<Event> {
        let people = std::mem::take(&mut self.people);
        let seats: BTreeSet<(usize, String)> = people
            .iter()
            .filter(|(_, said)| !said.answers.is_empty())
            .map(|(key, _)| key.clone())
            .collect();
        let mut events = Vec::with_capacity(people.len());
        for ((at, reviewer), said) in people {
            let seat = seats
                .range((at, String::new())..=(at, reviewer.clone()))
                .count();
            events.push(self.event(at, reviewer, said, seat));
        }
        events
    }

    fn event(&self, at: usize, reviewer: String, said: Said, seat: usize) -> Event {
        let ticket = self.ticket(at);
        let (what, body) = match said.correction {
            Some(correction) if said.answers.is_empty() => {
                ("correction", Body::CorrectionSaved(correction))
            }
            correction => {
                let review = Review {
                    eval: self.aim.eval,
                    rubric: self.aim.rubric_id,
                    subject: self.subject(at),
                    note: note(&said.reasons),
                    answers: said.answers,
                    tags: Vec::new(),
                    correction,
                    active_ms: 0,
                    text_len: self.text_len(at),
                    seat: u8::try_from(seat.max(1)).unwrap_or(u8::MAX),
                    sight: Sight::Blind,
                    verdicts_seen: Vec::new(),
                    round: Round::First,
                    purpose: Purpose::default(),
                    plan: None,
                    source: ReviewSource::Import,
                };
                ("review", Body::ReviewSubmitted(Box::new(review)))
            }
        };
        let id = EventId::imported(self.raw, &reviewer, &format!("{what} {ticket}"));
        Event {
            id,
            hlc: Hlc(self.record.time_ms.unwrap_or(0).clamp(0, LATEST_MS) << 16),
            reviewer,
            schema: SCHEMA,
            ticket: Some(ticket),
            action: ActionId(id.0),
            undoes: None,
            body,
        }
    }

    fn text_len(&self, at: usize) -> u64 {
        let outputs = &self.record.outputs;
        let read = if self.record.pairwise {
            &outputs[..]
        } else {
            &outputs[at..=at]
        };
        read.iter()
            .filter_map(|output| output.message.as_deref())
            .map(|json| json.len() as u64)
            .sum()
    }
}

fn name(author: Option<&str>) -> String {
    author
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .unwrap_or(NOBODY)
        .to_owned()
}

/// One reason as it is; several with the question they are about.
fn note(reasons: &[(String, String)]) -> Option<Note> {
    let text = match reasons {
        [] => return None,
        [(_, only)] => only.clone(),
        all => {
            let lines = all
                .iter()
                .map(|(question, reason)| format!("{question}: {reason}"));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    Some(Note { text, range: None })
}

/// The question a label answers: the one of its name, or the only one if the source has no name for it.
fn question<'r>(rubric: &'r Rubric, name: &str) -> Option<Question<'r>> {
    let named = rubric.question(name);
    let named = named.or_else(|| {
        rubric
            .questions()
            .find(|question| question.id.eq_ignore_ascii_case(name))
    });
    named.or_else(|| {
        let mut all = rubric.questions();
        let only = all.next().filter(|_| all.next().is_none());
        only.filter(|_| NAMELESS.contains(&name))
    })
}

fn answer(label: &Label<'_>, question: Question<'_>, outputs: usize) -> Result<Answer, Unfit> {
    match (&label.value, question.takes) {
        (LabelValue::Number(n), Takes::Level(scale)) => {
            if n.fract() != 0.0 {
                return Err(unfit(
                    "out_of_range",
                    "a level between two levels of the scale",
                ));
            }
            let level = *n as i64;
            let fits = i32::try_from(level)
                .ok()
                .filter(|level| scale.allows(*level));
            fits.map(Answer::Level)
                .ok_or(unfit("out_of_range", "a level outside the scale"))
        }
        (LabelValue::Flag(flag), Takes::Level(scale)) if (scale.min(), scale.max()) == (0, 1) => {
            Ok(Answer::Level(i32::from(*flag)))
        }
        (LabelValue::Flag(_), Takes::Level(_)) => Err(unfit(
            "unparsable",
            "true or false where the scale has more than two levels",
        )),
        (LabelValue::Prefers(place), Takes::Choice)
            if (1..=outputs).contains(&usize::from(*place)) =>
        {
            Ok(Answer::Choice(Choice::Candidate(u16::from(*place))))
        }
        (LabelValue::Prefers(_), Takes::Choice) => Err(unfit(
            "out_of_range",
            "it prefers an output that is not there",
        )),
        (LabelValue::Tie, Takes::Choice) => Ok(Answer::Choice(Choice::Tie)),
        (LabelValue::Prefers(_) | LabelValue::Tie, Takes::Level(_)) => Err(unfit(
            "unparsable",
            "a preference where a level is asked for",
        )),
        (LabelValue::Number(_) | LabelValue::Flag(_), Takes::Choice) => Err(unfit(
            "unparsable",
            "a number where a preference is asked for",
        )),
        (LabelValue::Text(text), _) if cannot_judge(text) => Ok(Answer::CannotJudge {
            reason: label.reason.as_deref().unwrap_or_default().to_owned(),
        }),
        (LabelValue::Text(_), _) => Err(unfit("unparsable", "a text that is no answer")),
    }
}

fn cannot_judge(text: &str) -> bool {
    let text = text.trim();
    ["cannot judge", "cannot_judge"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}
