//! Rubrics drafted from what people wrote: by a model over an eval, or from the note on one ticket.
//!
//! A draft is a text to edit. Nothing here puts it to use.

use std::collections::BTreeMap;
use std::time::Instant;

use super::super::judge::JudgeOrder;
use super::super::judge::order::{Judge, on_network};
use super::super::judge::work::subject;
use super::super::{Engine, EngineError, Result};
use super::sending::{self, Line};
use crate::domain::eval::Eval;
use crate::domain::fold::Folded;
use crate::domain::ids::TicketId;
use crate::domain::rubric::{
    Answer, Answers, Criterion, Example, Kind, Problem, Rubric, Scale, Severity, slug,
};
use crate::domain::sight;
use crate::judge::generate::{self, Draft, Seen};
use crate::judge::nonce::Nonce;
use crate::judge::parse::Rejected;
use crate::judge::suggest::Wanted;
use crate::provider::{Ask, Job, Priced, Usage};
use crate::store::{Db, catalog, tickets};

/// Tokens a drafted rubric may take.
const DRAFT_TOKENS: u32 = 4_000;
/// Tokens of material put before the model at most.
const ROOM: u64 = 60_000;

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
struct Question {
    eval: Eval,
    judge: Judge,
    wanted: Wanted,
    nonce: Nonce,
    shown: Vec<Seen>,
}

impl Engine {
    /// What drafting a rubric from an eval would send and cost.
    pub fn generate_offer(&self, order: &GenerateOrder) -> Result<GenerateOffer> {
        let question = self.draft_question(order)?;
        let room = u64::from(DRAFT_TOKENS);
        let price = sending::price(&question.judge);
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

    /// Drafts a criterion from this person's note on a ticket, with its output as the example; a model words it if
    /// one is named. The draft is the eval's rubric with the criterion added, or, where that rubric asks no levels,
    /// the criterion alone.
    pub fn criterion_from_note(
        &self,
        ticket: TicketId,
        judge: Option<&JudgeOrder>,
    ) -> Result<Drafted> {
        let (eval, seen) = self.store().read(|db| {
            let row = tickets::get(db, &ticket)?;
            let eval = catalog::eval_in_row(db, row.eval)?;
            let seen = self.seen(db, &eval, &ticket)?;
            Ok((eval, seen))
        })?;
        if seen.notes.is_empty() {
            return Err(EngineError::refused(
                format!("you have no note on ticket {}", ticket.short()),
                "write down what is wrong with its output first",
            ));
        }
        let rubric = self.rubric_of(&eval)?;
        let Some(order) = judge else {
            let (criterion, example) = from_words(&seen);
            return Ok(Drafted {
                rubric: joined(&rubric, criterion, example),
                why: BTreeMap::new(),
                problems: Vec::new(),
                tokens: (0, 0),
                cost_micros: Some(0),
                took_ms: 0,
            }
            .looked_over());
        };
        let judge = self.asked_judge(order, &eval, &rubric)?;
        let nonce = Nonce::of_task(&self.identity().secret, "from-note", &ticket.0);
        let wanted = generate::prompt_from_note(&rubric, &seen, &nonce, Some(ROOM))
            .map_err(|no| refuse(&no))?;
        let drafted = self.put(&Question {
            eval,
            judge,
            wanted,
            nonce,
            shown: vec![seen.clone()],
        })?;
        let draft = Draft {
            rubric: drafted.rubric.clone(),
            why: drafted.why.clone(),
            problems: Vec::new(),
        };
        match generate::with_example(&draft, &seen, None) {
            Some((criterion, example)) => Ok(Drafted {
                rubric: joined(&rubric, criterion, example),
                ..drafted
            }
            .looked_over()),
            None => Ok(drafted),
        }
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
            wanted,
            nonce,
            shown,
        })
    }

    fn asked_judge(&self, order: &JudgeOrder, eval: &Eval, rubric: &Rubric) -> Result<Judge> {
        if order.judge == "checks" {
            return Err(EngineError::refused(
                "checks write no rubrics",
                "name a model: `--judge openai/MODEL`",
            ));
        }
        sending::judge_for(self, order, eval, rubric)
    }

    /// Examples with notes first, then the others of the queue.
    fn examples(&self, eval: &Eval, most: usize) -> Result<Vec<Seen>> {
        Ok(self.store().read(|db| {
            let Some((row, _)) = catalog::eval(db, &eval.id)? else {
                return Ok(Vec::new());
            };
            let mut noted = Vec::new();
            let mut bare = Vec::new();
            let touched = tickets::touched(db, row)?;
            for id in &touched {
                let seen = self.seen(db, eval, id)?;
                if seen.notes.is_empty() {
                    bare.push(seen);
                } else {
                    noted.push(seen);
                }
                if noted.len() >= most {
                    break;
                }
            }
            noted.append(&mut bare);
            for id in tickets::first(db, row, most as u32)? {
                if noted.len() >= most {
                    break;
                }
                if !touched.contains(&id) {
                    noted.push(self.seen(db, eval, &id)?);
                }
            }
            noted.truncate(most);
            Ok(noted)
        })?)
    }

    /// One example with the notes this person may read.
    fn seen(&self, db: &Db, eval: &Eval, id: &TicketId) -> crate::store::Result<Seen> {
        let ticket = tickets::get(db, id)?;
        let mut folded = tickets::folded(db, ticket.row)?;
        if !sight::view(eval, id, &folded, self.reviewer()).open {
            sight::veil(&mut folded, self.reviewer());
        }
        let subject = subject(db, &ticket, &Rubric::empty("draft"))?;
        let outputs: Vec<&str> = subject
            .outputs
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        Ok(Seen {
            input: subject.own_text(),
            output: outputs.join("\n\n"),
            notes: notes(&folded),
        })
    }

    fn put(&self, question: &Question) -> Result<Drafted> {
        let tickets = question.shown.len() as u64;
        sending::name_first_send(self, &question.eval, &question.judge, tickets, &["notes"])?;
        let Some(line) = sending::open(&question.judge, Job::default())? else {
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
        let reply = on_network(line.model.ask(&ask, None))?.map_err(|failure| {
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
    /// Names what a person should mend before using the draft as it now stands.
    fn looked_over(mut self) -> Self {
        self.problems = crate::formats::rubric::lint(&self.rubric);
        self.problems
            .extend(crate::judge::vague::lint(&self.rubric));
        self.problems
            .sort_by_key(|problem| problem.severity != Severity::Error);
        self
    }
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

fn refuse(no: &Rejected) -> EngineError {
    EngineError::refused(
        format!("no draft ({}): {}", no.class.name(), no.message),
        "try again, or another model; nothing was written",
    )
}

/// What people wrote, each remark once.
fn notes(folded: &Folded) -> Vec<String> {
    let standing = folded
        .reviews
        .iter()
        .filter_map(|one| one.current().note.as_ref());
    let loose = folded.notes.iter().map(|one| &one.value);
    let mut notes: Vec<String> = Vec::new();
    for note in standing.chain(loose) {
        let text = note.text.trim();
        if !text.is_empty() && notes.iter().all(|known| known != text) {
            notes.push(text.to_owned());
        }
    }
    notes
}

/// A criterion in the note's own words. A note is taken as what is wrong, so its output has the lowest level.
fn from_words(seen: &Seen) -> (Criterion, Example) {
    let said = seen.notes.join(" ");
    let words: Vec<&str> = said.split_whitespace().collect();
    let id = match slug(&words.iter().take(4).copied().collect::<Vec<_>>().join(" ")) {
        id if id.is_empty() => "from-note".to_owned(),
        id => id,
    };
    let said = words.join(" ");
    let mut criterion = Criterion::new(
        id.clone(),
        format!(
            "Is the output free of this fault: {}?",
            said.trim_end_matches(['.', '?', '!'])
        ),
        Scale::Binary,
    );
    criterion.anchors = BTreeMap::from([
        (0, format!("It has the fault: {said}")),
        (1, "Nothing in it has this fault.".to_owned()),
    ]);
    let example = Example {
        input: seen.input.clone(),
        outputs: vec![seen.output.clone()],
        reference: None,
        answers: Answers::from([(id, Answer::Level(0))]),
        why: seen.notes.join("\n"),
        correction: None,
    };
    (criterion, example)
}

/// The rubric with one criterion more, under an id of its own.
fn joined(rubric: &Rubric, mut criterion: Criterion, mut example: Example) -> Rubric {
    let mut draft = if rubric.kind == Kind::Direct {
        rubric.clone()
    } else {
        Rubric::empty(format!("draft-{}", criterion.id))
    };
    let stem = criterion.id.clone();
    for n in 2..=draft.criteria.len() + 2 {
        if draft.question(&criterion.id).is_none() {
            break;
        }
        criterion.id = format!("{stem}-{n}");
    }
    if let Some(answer) = example.answers.remove(&stem) {
        example.answers.insert(criterion.id.clone(), answer);
    }
    draft.criteria.push(criterion);
    draft.examples.push(example);
    draft.scoring = draft.fitting_scoring();
    draft
}
