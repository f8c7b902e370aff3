//! [`Scripted`]: a model that answers from a list, for tests and for `--judge scripted:FILE`.
//!
//! One JSON object a line. A line with `match` answers every question that contains that text, as often as `times`
//! says; the others are used once each, in order. `$verdict_id` in a reply becomes the word that follows the last
//! `verdict_id` of the question, so that a script can answer questions whose ids it cannot know.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::domain::failure::Class;
use crate::domain::json::Json;

use super::gate::Gate;
use super::job::Counts;
use super::purse::{Reservation, Spent};
use super::{
    Ask, Boxed, Capabilities, Failure, Finish, Job, Mode, Model, Prompt, Reply, Slot, Traffic,
    Usage, price,
};

/// What becomes the question's id.
const ID: &str = "$verdict_id";

/// One line of a script.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// Answers questions that contain this text.
    #[serde(rename = "match")]
    pub matches: Option<String>,
    /// How often; without `match` once, with it without end.
    pub times: Option<u32>,
    /// The reply's text.
    pub text: Option<String>,
    /// The reply as JSON, instead of a text.
    pub reply: Option<Json>,
    /// Why it stopped, in the words of chat completions; `stop` if not given.
    pub finish: Option<String>,
    /// A refusal in its own field.
    pub refusal: Option<String>,
    /// Hidden reasoning.
    pub reasoning: Option<String>,
    /// Fails with this class instead.
    pub error: Option<Class>,
    /// Tokens it counts.
    pub usage: Option<Usage>,
    /// How long it takes.
    pub delay_ms: u64,
}

impl Line {
    /// A line that answers with this text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It cannot be read.
    #[error("cannot read script `{}`: {why}", .file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// A line is none.
    #[error("script, line {line}: {why}; a line is a JSON object with `text`, `reply` or `error`")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
    /// Nothing in it.
    #[error("the script holds no line; a line is a JSON object with `text`, `reply` or `error`")]
    Empty,
}

/// A model that answers from a list.
#[derive(Debug)]
pub struct Scripted {
    lines: Mutex<Vec<Line>>,
    job: Job,
    gate: Arc<Gate>,
    counts: Counts,
}

impl Scripted {
    /// Answers from these lines.
    pub fn new(lines: Vec<Line>, job: Job) -> Self {
        Self {
            lines: Mutex::new(lines),
            gate: Gate::new(job.concurrency),
            counts: Counts::default(),
            job,
        }
    }

    /// Reads a script; blank lines do not count.
    pub fn read(text: &str, job: Job) -> Result<Self, ScriptError> {
        let mut lines = Vec::new();
        for (at, text) in text.lines().enumerate() {
            if text.trim().is_empty() {
                continue;
            }
            let refuse = |why: String| ScriptError::Line { line: at + 1, why };
            let line: Line = serde_json::from_str(text).map_err(|why| refuse(why.to_string()))?;
            let says = [
                line.text.is_some(),
                line.reply.is_some(),
                line.error.is_some(),
            ];
            let says = says.iter().filter(|said| **said).count();
            if says > 1 || (says == 0 && line.refusal.is_none() && line.reasoning.is_none()) {
                return Err(refuse(
                    "it must hold one of `text`, `reply` and `error`".to_owned(),
                ));
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Err(ScriptError::Empty);
        }
        Ok(Self::new(lines, job))
    }

    /// Reads a script from a file.
    pub fn open(file: &Path, job: Job) -> Result<Self, ScriptError> {
        let text = std::fs::read_to_string(file).map_err(|why| ScriptError::Read {
            file: file.to_owned(),
            why,
        })?;
        Self::read(&text, job)
    }

    /// The line for this question; used up if it has no times left.
    fn pick(&self, question: &str) -> Option<Line> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |line: &Line| {
            line.matches
                .as_deref()
                .is_some_and(|text| question.contains(text))
        };
        let at = lines
            .iter()
            .position(fits)
            .or_else(|| lines.iter().position(|line| line.matches.is_none()))?;
        let line = lines[at].clone();
        match (lines[at].times, line.matches.is_some()) {
            (Some(0 | 1), _) | (None, false) => {
                lines.remove(at);
            }
            (Some(times), _) => lines[at].times = Some(times - 1),
            (None, true) => {}
        }
        Some(line)
    }

    async fn run(&self, ask: &Ask, slot: Option<Slot>) -> Result<Reply, Failure> {
        let _place = match slot {
            Some(slot) => slot,
            None => self.enter().await?,
        };
        if self.job.cancel.is_cancelled() {
            return Err(Failure::cancelled());
        }
        let held = Reservation::take(&*self.job.purse, price::estimate(ask))?;
        let _under_way = self.counts.send(false);
        let question = question(&ask.prompt);
        let line = self.pick(&question).ok_or_else(|| {
            let why =
                "the script has no reply left for this question; add a line, or one with `match`";
            Failure {
                sent: 1,
                ..Failure::new(Class::BadRequest, why)
            }
        })?;
        let start = Instant::now();
        if line.delay_ms > 0 {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(line.delay_ms)) => {}
                () = self.job.cancel.cancelled() => return Err(Failure::cancelled()),
            }
        }
        held.settle(line.usage.map_or(Spent::Nothing, Spent::Tokens));
        if let Some(class) = line.error {
            self.gate.replied(class == Class::RateLimit);
            let message = format!("the script fails here: {}", class.words());
            return Err(Failure {
                usage: line.usage,
                sent: 1,
                ..Failure::new(class, message)
            });
        }
        self.gate.replied(false);
        Ok(reply(ask, &line, &question, start.elapsed()))
    }

    async fn enter(&self) -> Result<Slot, Failure> {
        tokio::select! {
            biased;
            () = self.job.cancel.cancelled() => Err(Failure::cancelled()),
            slot = self.gate.enter() => Ok(slot),
        }
    }
}

fn reply(ask: &Ask, line: &Line, question: &str, took: Duration) -> Reply {
    let text = line
        .text
        .as_deref()
        .or(line.reply.as_ref().map(Json::as_str))
        .unwrap_or_default();
    let text = match id(question).filter(|_| text.contains(ID)) {
        Some(id) => text.replace(ID, id),
        None => text.to_owned(),
    };
    let mode = if ask.shape.is_some() {
        Mode::Schema
    } else {
        Mode::Text
    };
    Reply {
        refusal: line.refusal.clone(),
        reasoning: line.reasoning.clone(),
        finish: match line.finish.as_deref() {
            None | Some("stop") => Finish::Stop,
            Some("length") => Finish::Length,
            Some("content_filter") => Finish::ContentFilter,
            Some("tool_calls") => Finish::ToolCalls,
            Some(other) => Finish::Other(other.to_owned()),
        },
        usage: line.usage,
        model: Some("scripted".to_owned()),
        took,
        raw: text.clone(),
        ..Reply::of_text(text, mode)
    }
}

fn question(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Written {
            system,
            prefix,
            rest,
        } => format!("{system}\n{prefix}{rest}"),
        Prompt::Logged { messages, .. } => messages.as_str().to_owned(),
    }
}

/// The word after the last `verdict_id` that has one; quotes, colons, equals signs and blanks between are skipped.
fn id(question: &str) -> Option<&str> {
    let word = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    question
        .rmatch_indices("verdict_id")
        .find_map(|(at, name)| {
            let rest = &question[at + name.len()..];
            let rest = rest.trim_start_matches([' ', '"', '\'', '`', ':', '=', '\\', '\n']);
            let end = rest.find(|sign| !word(sign)).unwrap_or(rest.len());
            (end > 0).then(|| &rest[..end])
        })
}

impl Model for Scripted {
    fn slot(&self) -> Boxed<'_, Result<Slot, Failure>> {
        Box::pin(self.enter())
    }

    fn ask<'a>(&'a self, ask: &'a Ask, slot: Option<Slot>) -> Boxed<'a, Result<Reply, Failure>> {
        Box::pin(self.run(ask, slot))
    }

    fn place(&self) -> String {
        "`scripted`".to_owned()
    }

    fn is_local(&self) -> bool {
        true
    }

    fn capabilities(&self) -> Capabilities {
        self.job.capabilities.clone()
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            sent: self.counts.sent.load(Ordering::Relaxed),
            in_flight: self.counts.in_flight.load(Ordering::Relaxed),
            ceiling: self.gate.ceiling(),
            ..Traffic::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(rest: &str) -> Ask {
        let mut ask = super::super::send::tiny("any", None);
        ask.prompt = Prompt::Written {
            system: "standing".into(),
            prefix: "".into(),
            rest: rest.into(),
        };
        ask
    }

    async fn texts(script: &Scripted, questions: &[&str]) -> Vec<String> {
        let mut all = Vec::new();
        for question in questions {
            all.push(match script.ask(&ask(question), None).await {
                Ok(reply) => reply.text,
                Err(failure) => failure.class.name().to_owned(),
            });
        }
        all
    }

    #[tokio::test]
    async fn lines_answer_by_text_first_and_then_in_order() {
        let script = Scripted::read(
            r#"{"text": "one"}

{"match": "cat", "text": "meow"}
{"text": "two"}
{"match": "dog", "times": 2, "error": "rate_limit"}
"#,
            Job::default(),
        )
        .unwrap();
        assert_eq!(
            texts(&script, &["a", "cat", "dog", "b", "cat", "dog", "dog"]).await,
            [
                "one",
                "meow",
                "rate_limit",
                "two",
                "meow",
                "rate_limit",
                "bad_request"
            ]
        );
    }

    #[tokio::test]
    async fn the_id_of_the_question_is_put_into_the_reply() {
        let script = Scripted::read(
            r#"{"match": "", "reply": {"verdict_id":"$verdict_id","level":4}}"#,
            Job::default(),
        )
        .unwrap();
        let question = "verdict_id\": \"old0\" and then verdict_id = `a1b2c3`; say verdict_id";
        assert_eq!(
            texts(&script, &[question]).await,
            [r#"{"verdict_id":"say","level":4}"#.replace("say", "a1b2c3")]
        );
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        for bad in [
            "{\"text\":\"a\"}\nnonsense",
            "\n{\"test\":\"a\"}",
            "{\"text\":\"a\"}\n{}",
            "{\"text\":\"a\"}\n{\"text\":\"a\",\"error\":\"auth\"}",
        ] {
            let error = Scripted::read(bad, Job::default()).unwrap_err().to_string();
            assert!(error.contains("line 2"), "{error}");
        }
        assert!(Scripted::read("\n", Job::default()).is_err());
    }

    #[tokio::test]
    async fn a_cancelled_job_ends_a_slow_line_at_once() {
        let line = Line {
            delay_ms: 60_000,
            ..Line::text("late")
        };
        let job = Job::default();
        let cancel = job.cancel.clone();
        let script = Arc::new(Scripted::new(vec![line], job));
        let asking = Arc::clone(&script);
        let task = tokio::spawn(async move { asking.ask(&ask("x"), None).await });
        tokio::task::yield_now().await;
        cancel.cancel();
        let failure = task.await.unwrap().unwrap_err();
        assert_eq!(failure.class, Class::Cancelled);
        assert_eq!(script.slot().await.unwrap_err().class, Class::Cancelled);
    }
}
