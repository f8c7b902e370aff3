//! From a reply to an answer, or to the class of what is wrong with it.
//!
//! Stop reasons come first. Then everything in the reply that could be an answer is gathered (the whole
//! reply, the last fenced block, every top-level JSON object, a `VERDICT` line at the end), and only what
//! carries this question's id counts. Two answers that count and differ are refused as ambiguous: nothing
//! tells which one the judge meant. Nothing is guessed: no number from prose, no clamping, no defaults.
//! The only repairs are a byte order mark, a fence and a trailing comma.

mod answer;
mod level;
mod object;
mod refusal;

#[cfg(test)]
mod tests;

pub use refusal::is_refusal;

use super::prompt::{Expected, Form};
use crate::domain::failure::Class;
use crate::domain::record::Quote;
use crate::domain::rubric::{Answer, Choice};
use crate::domain::verdict::{Flag, Outcome, Step, Verdict};
use crate::provider::{Finish, Mode, Reply};
use answer::Found;
use object::Object;

/// The answer to one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The criterion.
    pub criterion: String,
    /// The answer; abstaining is one.
    pub answer: Answer,
    /// The judge's words.
    pub reasoning: String,
    /// What it quotes, unchecked ([`super::evidence`] looks each up).
    pub evidence: Vec<Quote>,
    /// Flags the reply itself raises.
    pub flags: Vec<Flag>,
}

impl Read {
    /// The verdict this is, without cost and raw reply.
    pub fn verdict(&self, step: Step) -> Verdict {
        let problem = match &self.answer {
            Answer::CannotJudge { reason } if !reason.is_empty() => Some(reason.clone()),
            _ => None,
        };
        Verdict {
            reasoning: self.reasoning.clone(),
            evidence: self.evidence.clone(),
            flags: self.flags.clone(),
            step: Some(step),
            problem,
            ..Verdict::new(self.criterion.clone(), Outcome::of(self.answer.clone()))
        }
    }
}

/// Everything one reply answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// One per criterion asked, in that order.
    pub answers: Vec<Read>,
    /// How they were found.
    pub step: Step,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejected {
    /// The class decides what follows.
    pub class: Class,
    /// What is wrong, fit to be told to people and to the judge.
    pub message: String,
}

impl Rejected {
    /// A reply that does not count, and why.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
        }
    }
}

/// Reads a reply.
pub fn read(reply: &Reply, expected: &Expected) -> Result<Reading, Rejected> {
    stopped(reply)?;
    read_text(&reply.text, reply.mode, expected).map_err(|rejected| {
        let silent = reply.text.trim().is_empty() && reply.reasoning.is_some();
        if silent {
            Rejected::new(
                Class::Unparsable,
                "the reply holds hidden reasoning only and no answer",
            )
        } else {
            rejected
        }
    })
}

/// Stop reasons, before anything is parsed: half a reply may look like a whole one.
pub(super) fn stopped(reply: &Reply) -> Result<(), Rejected> {
    if let Some(words) = reply
        .refusal
        .as_deref()
        .filter(|words| !words.trim().is_empty())
    {
        return Err(Rejected::new(
            Class::Refusal,
            format!("the judge refused: {}", brief(words)),
        ));
    }
    let class = match &reply.finish {
        Finish::Length => Class::Truncated,
        Finish::ContentFilter => Class::Refusal,
        Finish::Other(word) => match refusal::stop_word(word) {
            Some(class) => class,
            None => return Ok(()),
        },
        Finish::Stop | Finish::ToolCalls | Finish::Unnamed => return Ok(()),
    };
    let message = match class {
        Class::Truncated => "the reply ended at its token room",
        Class::TooLong => "the question does not fit the judge's context",
        _ => "a filter of the endpoint stopped the reply",
    };
    Err(Rejected::new(class, message))
}

/// Reads the text of a reply whose stop reason is in order.
pub fn read_text(text: &str, mode: Mode, expected: &Expected) -> Result<Reading, Rejected> {
    let gathered = object::gather(text, mode)?;
    let mut found = Vec::new();
    let mut strangers = 0;
    for (step, object) in &gathered {
        match answer::bound(object, expected) {
            answer::Bound::Ours => found.push((*step, answer::read(object, expected))),
            answer::Bound::Other => strangers += 1,
            answer::Bound::None => {}
        }
    }
    if let Some(line) = line(text, expected) {
        found.push((Step::Line, line));
    }
    decide(found, strangers, text)
}

/// All findings must agree; a broken one beside a whole one is a difference too.
fn decide(
    found: Vec<(Step, Result<Found, Rejected>)>,
    strangers: usize,
    text: &str,
) -> Result<Reading, Rejected> {
    let mut found = found.into_iter();
    let Some((step, first)) = found.next() else {
        return Err(nothing(strangers, text));
    };
    for (_, other) in found {
        let same = match (&first, &other) {
            (Ok(one), Ok(two)) => one.agrees(two),
            (Err(one), Err(two)) => one == two,
            _ => false,
        };
        if !same {
            return Err(Rejected::new(
                Class::Ambiguous,
                "the reply holds two answers with the right id that differ",
            ));
        }
    }
    first.map(|found| Reading {
        answers: found.answers,
        step,
    })
}

fn nothing(strangers: usize, text: &str) -> Rejected {
    if strangers > 0 {
        return Rejected::new(
            Class::WrongId,
            "the answer does not carry the `verdict_id` of this question",
        );
    }
    if is_refusal(text) {
        return Rejected::new(
            Class::Refusal,
            format!("the judge refused: {}", brief(text)),
        );
    }
    let what = if text.trim().is_empty() {
        "the reply is empty"
    } else {
        "the reply holds no JSON object with a `verdict_id`"
    };
    Rejected::new(Class::Unparsable, what)
}

/// `VERDICT <id> <criterion> <level>` as the last line, for a call about one criterion.
fn line(text: &str, expected: &Expected) -> Option<Result<Found, Rejected>> {
    let [asked] = &expected.asked[..] else {
        return None;
    };
    let last = text.lines().rev().find(|line| !line.trim().is_empty())?;
    let mut words = last.trim().strip_prefix("VERDICT ")?.split_whitespace();
    let (id, criterion, value) = (words.next()?, words.next()?, words.next()?);
    if id != expected.nonce.as_str() || criterion != asked.id || words.next().is_some() {
        return None;
    }
    let answer = match asked.form {
        Form::Level => level::of_text(value, asked.scale).map(Answer::Level),
        Form::Choice => choice(value, expected),
    };
    Some(answer.map(|answer| Found {
        answers: vec![Read {
            criterion: asked.id.clone(),
            answer,
            reasoning: String::new(),
            evidence: Vec::new(),
            flags: Vec::new(),
        }],
    }))
}

/// `A`, `B` or `tie`, as the place of the candidate that stood there.
fn choice(word: &str, expected: &Expected) -> Result<Answer, Rejected> {
    let pair = expected.pair.map(|pair| (pair.a, pair.b));
    let choice = match (word.trim(), pair) {
        ("tie", _) => Choice::Tie,
        ("A", Some((a, _))) => Choice::Candidate(a),
        ("B", Some((_, b))) => Choice::Candidate(b),
        (other, _) => {
            return Err(Rejected::new(
                Class::OutOfRange,
                format!(
                    "the choice must be `A`, `B` or `tie`, not `{}`",
                    brief(other)
                ),
            ));
        }
    };
    Ok(Answer::Choice(choice))
}

/// Words of a reply, short and harmless enough to be repeated in a message.
pub(super) fn brief(text: &str) -> String {
    crate::text::preview::preview_of(text, 80).replace('`', "'")
}

/// Every JSON object a reply of another kind (suggestion, draft) may be, bound by the id alone.
pub(super) fn bound_objects(
    reply: &Reply,
    nonce: &super::nonce::Nonce,
) -> Result<Vec<(Step, String)>, Rejected> {
    stopped(reply)?;
    let gathered = object::gather(&reply.text, reply.mode)?;
    let mut strangers = 0;
    let mut ours: Vec<(Step, String)> = Vec::new();
    for (step, object) in &gathered {
        match object.id() {
            Some(id) if id == nonce.as_str() => ours.push((*step, object.source().to_owned())),
            Some(_) => strangers += 1,
            None => {}
        }
    }
    if ours.is_empty() {
        return Err(nothing(strangers, &reply.text));
    }
    Ok(ours)
}

impl Object {
    /// The id it carries, if it carries exactly one text under that key.
    fn id(&self) -> Option<String> {
        match self.get("verdict_id") {
            object::Field::One(raw) => serde_json::from_str(raw).ok(),
            object::Field::Missing | object::Field::Differ => None,
        }
    }
}
