//! A rubric drafted by a model from an eval's inputs, outputs and notes.
//!
//! A draft is a text to edit. Nothing here puts it to use.

use std::collections::BTreeMap;
use std::time::Instant;

use super::super::judge::JudgeOrder;
use super::super::judge::first_send::announcing;
use super::super::judge::order::{Judge, on_network};
use super::super::{Engine, EngineError, Result};
use super::sending::{self, Line};
use crate::domain::eval::Eval;
use crate::domain::rubric::{Problem, Rubric, Severity};
use crate::judge::generate::{self, Draft, Seen};
use crate::judge::nonce::Nonce;
use crate::judge::parse::Rejected;
use crate::judge::suggest::Wanted;
use crate::provider::{Ask, Job, Priced, Usage};

/// Tokens a drafted rubric may take.
const DRAFT_TOKENS: u32 = 4_000;
/// Tokens of material put before the model at most.
pub(super) const ROOM: u64 = 60_000;

/// Which examples a draft is made from, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateOrder {
    /// The judge with its endpoint; names the eval too.
    pub judge: JudgeOrder,
    /// Examples at most; those with a note come first.
    pub tickets: usize,
}

/// What drafting would send and cost.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateOffer {
    /// The judge in people's words.
    pub judge: String,
    /// Where texts would go.
    pub place: String,
    /// Examples that are shown.
    pub tickets: usize,
    /// Notes among them.
    pub notes: usize,
    /// Tokens of the question, and the most the reply may have.
    pub tokens: (u64, u64),
    /// The most it costs, in millionths; `None` is unpriced.
    pub cost_micros: Option<i64>,
    /// Fields that leave for this place for the first time.
    pub first_send: Vec<String>,
}

/// A drafted rubric and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// To be edited.
    pub rubric: Rubric,
    /// Why each criterion is proposed, by its id.
    pub why: BTreeMap<String, String>,
    /// What should be mended before use.
    pub problems: Vec<Problem>,
    /// Tokens of question and reply, as far as they were counted.
    pub tokens: (u64, u64),
    /// Millionths; `None` is unpriced, not free.
    pub cost_micros: Option<i64>,
    /// Milliseconds.
    pub took_ms: u64,
}

/// A question ready to be sent.
pub(super) struct Question {
    pub eval: Eval,
    pub judge: Judge,
    /// Asked although it wants to be left alone until later.
    pub sooner: bool,
    pub wanted: Wanted,
    pub nonce: Nonce,
    pub shown: Vec<Seen>,
}

impl Engine {
    /// What drafting a rubric from an eval would send and cost.
    pub fn generate_offer(&self, order: &GenerateOrder) -> Result<GenerateOffer> {
        let question = self.draft_question(order)?;
        let room = u64::from(DRAFT_TOKENS);
        let price = question.judge.by.price();
        Ok(GenerateOffer {
            judge: question.judge.version.name.clone(),
            place: question.judge.by.place(),
            tickets: question.shown.len(),
            notes: question.shown.iter().map(|one| one.notes.len()).sum(),
            tokens: (question.wanted.tokens, room),
            cost_micros: micros(
                &price,
                Some(Usage {
                    input: question.wanted.tokens,
                    output: room,
                    ..Usage::default()
                }),
            ),
            first_send: sending::first_send(self, &question.eval, &question.judge)?,
        })
    }

    /// Drafts a rubric from an eval's inputs, outputs and the notes this person may read.
    pub fn generate_rubric(&self, order: &GenerateOrder) -> Result<Drafted> {
        let question = self.draft_question(order)?;
        self.put(&question)
    }

    fn draft_question(&self, order: &GenerateOrder) -> Result<Question> {
        let eval = self.eval_named(&order.judge.eval)?;
        let rubric = self.rubric_of(&eval)?;
        let judge = self.asked_judge(&order.judge, &eval, &rubric)?;
        let mut shown = self.examples(&eval, order.tickets)?;
        if shown.is_empty() {
            return Err(EngineError::refused(
                format!("the eval `{}` has no tickets to draft from", eval.name),
                "`docket import FILE --eval NAME` brings some",
            ));
        }
        let nonce = Nonce::of_task(&self.identity().secret, "generate", &eval.id.0);
        let purpose = [&eval.purpose, &eval.instructions].map(|text| text.trim());
        let (wanted, fit) = generate::prompt(purpose.join("\n").trim(), &shown, &nonce, Some(ROOM))
            .map_err(|no| refuse(&no))?;
        shown.truncate(fit);
        Ok(Question {
            eval,
            judge,
            sooner: order.judge.reach.sooner,
            wanted,
            nonce,
            shown,
        })
    }

    /// The judge that is to word a draft.
    pub(super) fn asked_judge(
        &self,
        order: &JudgeOrder,
        eval: &Eval,
        rubric: &Rubric,
    ) -> Result<Judge> {
        if order.judge == "checks" {
            return Err(EngineError::refused(
                "checks write no rubrics",
                "name a model: `--judge openai/MODEL`",
            ));
        }
        sending::judge_for(self, order, eval, rubric)
    }

    /// Sends the question and reads the draft.
    pub(super) fn put(&self, question: &Question) -> Result<Drafted> {
        let tickets = question.shown.len() as u64;
        let noted = question.shown.iter().any(|one| !one.notes.is_empty());
        let besides: &[&str] = if noted { &["notes"] } else { &[] };
        let unsaid = sending::unsaid(self, &question.eval, &question.judge, tickets, besides)?;
        let job = Job {
            purse: announcing(self, Job::default().purse, unsaid),
            ..Job::default()
        };
        let Some(line) = sending::open(self, &question.judge, question.sooner, job)? else {
            return Err(EngineError::refused(
                "checks write no rubrics",
                "name a model",
            ));
        };
        let started = Instant::now();
        let ask = Ask {
            model: line.name.clone(),
            prompt: question.wanted.prompt.clone(),
            shape: Some(std::sync::Arc::new(question.wanted.shape.clone())),
            max_output_tokens: Some(DRAFT_TOKENS),
            temperature: Some(0.0),
            seed: Some(0),
            parameters: None,
        };
        let reply = on_network(line.model.ask(&ask, None))?;
        line.keep(self)?;
        let reply = reply.map_err(|failure| {
            EngineError::refused(
                format!("no draft ({}): {}", failure.class.name(), failure.message),
                "`docket doctor` tests the endpoint",
            )
        })?;
        let draft = generate::read(&reply, &question.nonce).map_err(|no| refuse(&no))?;
        Ok(drafted(draft, &line, reply.usage, started))
    }
}

impl Drafted {
    /// The draft as a file, with the reasons on top.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("# A draft: read and edit it before use.\n");
        for (id, why) in self.why.iter().filter(|(_, why)| !why.is_empty()) {
            let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
            text.extend(["# ", id, ": ", &crate::text::sanitise::line(&why), "\n"]);
        }
        text.push_str(&crate::formats::rubric::to_toml(&self.rubric));
        text
    }

    /// What a person should mend, each thing once with the places it is in.
    pub fn to_mend(&self) -> Vec<String> {
        let mut said: Vec<(&Problem, Vec<&str>)> = Vec::new();
        for problem in &self.problems {
            let same =
                |one: &Problem| (&one.message, &one.hint) == (&problem.message, &problem.hint);
            match said.iter_mut().find(|(one, _)| same(one)) {
                Some((_, places)) => places.push(&problem.place),
                None => said.push((problem, vec![&problem.place])),
            }
        }
        let line = |(problem, places): (&Problem, Vec<&str>)| {
            let (message, hint) = (&problem.message, &problem.hint);
            match places.len() {
                1 => format!("{message}; {hint}"),
                n => format!("{n} times ({}): {message}; {hint}", listed(&places)),
            }
        };
        said.into_iter().map(line).collect()
    }

    /// Names what a person should mend before using the draft as it now stands.
    pub(super) fn looked_over(mut self) -> Self {
        self.problems = crate::formats::rubric::lint(&self.rubric);
        self.problems
            .extend(crate::judge::vague::lint(&self.rubric));
        self.problems
            .sort_by_key(|problem| problem.severity != Severity::Error);
        self
    }
}

/// `example 1, 2 and 3`: places of lists, counted from 1 as people do.
fn listed(places: &[&str]) -> String {
    let split = |place: &&str| -> Option<(String, usize)> {
        let (name, rest) = place.split_once('[')?;
        let number: usize = rest.split(']').next()?.parse().ok()?;
        Some((name.to_owned(), number + 1))
    };
    let found: Option<Vec<(String, usize)>> = places.iter().map(split).collect();
    let found = found.filter(|all| all.windows(2).all(|two| two[0].0 == two[1].0));
    let Some(found) = found else {
        return places.join(", ");
    };
    let name = found.first().map(|(name, _)| name.as_str());
    let numbers: Vec<String> = found.iter().map(|(_, at)| at.to_string()).collect();
    let numbers = match numbers.split_last() {
        Some((last, before)) if !before.is_empty() => {
            format!("{} and {last}", before.join(", "))
        }
        _ => numbers.concat(),
    };
    format!("{} {numbers}", name.unwrap_or_default())
}

fn drafted(draft: Draft, line: &Line, usage: Option<Usage>, started: Instant) -> Drafted {
    Drafted {
        rubric: draft.rubric,
        why: draft.why,
        problems: draft.problems,
        tokens: usage.map_or((0, 0), |usage| (usage.input, usage.output)),
        cost_micros: micros(&line.price, usage),
        took_ms: started.elapsed().as_millis() as u64,
    }
}

fn micros(price: &Priced, usage: Option<Usage>) -> Option<i64> {
    match price {
        Priced::Free => Some(0),
        Priced::Unpriced => None,
        Priced::Known(price) => usage.map(|usage| price.cost(usage)),
    }
}

/// No draft, and why.
pub(super) fn refuse(no: &Rejected) -> EngineError {
    EngineError::refused(
        format!("no draft ({}): {}", no.class.name(), no.message),
        "try again, or another model; nothing was written",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_mended_in_several_places_is_said_once() {
        let problem = |place: &str, message: &str| Problem {
            severity: Severity::Warning,
            code: "c",
            place: place.to_owned(),
            message: message.to_owned(),
            hint: "mend it".to_owned(),
        };
        let drafted = Drafted {
            rubric: Rubric::empty("r"),
            why: BTreeMap::new(),
            problems: vec![
                problem("example[0].levels", "it leaves a unanswered"),
                problem("criterion[0]", "it is vague"),
                problem("example[1].levels", "it leaves a unanswered"),
                problem("example[4].levels", "it leaves a unanswered"),
            ],
            tokens: (0, 0),
            cost_micros: None,
            took_ms: 0,
        };
        assert_eq!(
            drafted.to_mend(),
            [
                "3 times (example 1, 2 and 5): it leaves a unanswered; mend it",
                "it is vague; mend it"
            ]
        );
    }
}
