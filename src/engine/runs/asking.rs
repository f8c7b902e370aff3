//! One item to one candidate: from the question to a reply or the class of a failure.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::super::judge::drive::{Asks, meets_all};
use super::super::judge::purse::starved;
use crate::domain::failure::Class;
use crate::domain::ids::ItemId;
use crate::domain::json::Json;
use crate::provider::{Ask, Failure, Finish, Model, Priced, Reply, Slot, Usage};
use crate::store::jobs::CallFact;

/// Refused requests in a row, with none answered before, after which the endpoint is taken to refuse them all. One
/// odd item must not stop a run, and a wrong setting must not ask ten thousand times.
const HOPELESS: u32 = 10;

/// An item to be asked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// Local row.
    pub item: i64,
    pub id: ItemId,
    /// Place among the candidate's runs.
    pub run: usize,
    pub ask: Ask,
    /// What the answer is remembered by.
    pub key: [u8; 32],
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Done {
    pub question: Question,
    pub outcome: Result<Reply, Failure>,
    pub calls: Vec<CallFact>,
}

/// What every question of one candidate shares.
pub(super) struct Asking {
    pub model: Arc<dyn Model>,
    pub candidate: String,
    pub price: Priced,
    pub refused: AtomicU32,
    pub answered: AtomicBool,
}

impl Asks for Asking {
    type Next = Question;
    type Done = Done;

    fn model(&self) -> &dyn Model {
        &*self.model
    }

    fn run(self: Arc<Self>, question: Question, slot: Slot) -> impl Future<Output = Done> {
        self.answer(question, slot)
    }

    fn hopeless(&self, done: &Done, first: bool) -> Option<Failure> {
        let Err(failure) = &done.outcome else {
            self.answered.store(true, Ordering::Relaxed);
            return None;
        };
        let hopeless = match failure.class {
            Class::BadRequest => {
                let refused = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
                refused >= HOPELESS && !self.answered.load(Ordering::Relaxed)
            }
            _ if failure.lasting => true,
            class => meets_all(class, first),
        };
        hopeless.then(|| failure.clone())
    }
}

impl Asking {
    async fn answer(self: Arc<Self>, question: Question, slot: Slot) -> Done {
        let mut slot = Some(slot);
        let mut calls = Vec::new();
        let outcome = loop {
            let reply = self.model.ask(&question.ask, slot.take()).await;
            match reply {
                // Other calls hold money that may come back.
                Err(failure) if starved(&failure).is_some() => {
                    tokio::time::sleep(starved(&failure).unwrap_or_default()).await;
                }
                Ok(reply) => {
                    let withheld = withheld(&reply);
                    let class = withheld.as_ref().map_or("answered", |no| no.class.name());
                    calls.push(self.call(class, reply.usage, reply.took.as_millis()));
                    break withheld.map_or(Ok(reply), Err);
                }
                Err(failure) => {
                    if failure.sent > 0 {
                        calls.push(self.call(failure.class.name(), failure.usage, 0));
                    }
                    break Err(failure);
                }
            }
        };
        Done {
            question,
            outcome,
            calls,
        }
    }

    fn call(&self, class: &'static str, usage: Option<Usage>, took_ms: u128) -> CallFact {
        CallFact {
            ticket: None,
            criterion: self.candidate.clone(),
            class,
            tokens: usage.map(|usage| {
                [
                    usage.input,
                    usage.cached_input,
                    usage.output,
                    usage.reasoning,
                ]
            }),
            micros: match self.price {
                // Free stays free where nobody counts.
                Priced::Free => Some(0),
                price => usage.and_then(|usage| price.cost(usage)),
            },
            took_ms: took_ms as u64,
        }
    }
}

/// Why a reply is none: it was cut off or withheld before its first word. One that says nothing of its own accord is
/// an empty output.
fn withheld(reply: &Reply) -> Option<Failure> {
    let silent =
        reply.text.trim().is_empty() && reply.tool_calls.is_empty() && reply.refusal.is_none();
    let class = match reply.finish {
        Finish::Length if silent => Class::Truncated,
        Finish::ContentFilter if silent => Class::Refusal,
        _ => return None,
    };
    Some(Failure {
        usage: reply.usage,
        ..Failure::new(class, said(class))
    })
}

/// What a class means where a candidate is asked.
fn said(class: Class) -> &'static str {
    if class == Class::Truncated {
        "the token room was used up before the first word; give it more: `--set max_tokens=N`"
    } else {
        "the endpoint's filter withheld the reply"
    }
}

/// The assistant's message in the form of chat completions; text alone is a string.
pub(super) fn message(reply: &Reply) -> Json {
    if reply.tool_calls.is_empty() && reply.refusal.is_none() {
        return Json::string(&reply.text);
    }
    let calls: Vec<serde_json::Value> = reply
        .tool_calls
        .iter()
        .map(|call| {
            serde_json::json!({
                "id": call.id,
                "type": "function",
                "function": { "name": call.name, "arguments": call.arguments },
            })
        })
        .collect();
    let mut message = serde_json::json!({
        "role": "assistant",
        "content": (!reply.text.is_empty()).then_some(&reply.text),
    });
    if let Some(refusal) = &reply.refusal {
        message["refusal"] = serde_json::json!(refusal);
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    Json::of(&message)
}

/// Why the model stopped, in the words of chat completions.
pub(super) fn finish(finish: &Finish) -> Option<&str> {
    Some(match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ContentFilter => "content_filter",
        Finish::ToolCalls => "tool_calls",
        Finish::Other(other) => other,
        Finish::Unnamed => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Message, Role, ToolCall};
    use crate::provider::Mode;

    #[test]
    fn what_was_withheld_or_cut_off_before_a_word_is_a_failure_and_an_empty_answer_is_none() {
        let reply = |text: &str, finish| Reply {
            finish,
            ..Reply::of_text(text, Mode::Text)
        };
        let class = |reply: Reply| withheld(&reply).map(|failure| failure.class);
        assert_eq!(class(reply(" ", Finish::Length)), Some(Class::Truncated));
        assert_eq!(
            class(reply("", Finish::ContentFilter)),
            Some(Class::Refusal)
        );
        assert_eq!(class(reply("half a", Finish::Length)), None);
        assert_eq!(class(reply("", Finish::Stop)), None);
        let refused = Reply {
            refusal: Some("I cannot".into()),
            ..reply("", Finish::ContentFilter)
        };
        assert_eq!(class(refused), None);
    }

    #[test]
    fn a_reply_becomes_the_message_it_was() {
        assert_eq!(
            message(&Reply::of_text("a \"b\"", Mode::Text)).as_str(),
            r#""a \"b\"""#
        );
        let reply = Reply {
            refusal: Some("no".into()),
            tool_calls: vec![ToolCall {
                id: "c1".into(),
                name: "look".into(),
                arguments: "{\"a\":1}".into(),
            }],
            ..Reply::of_text("", Mode::Text)
        };
        let read = Message::read(message(&reply).as_str(), Role::Assistant).unwrap();
        assert_eq!(read.tool_calls, reply.tool_calls);
        assert_eq!(read.refusal.as_deref(), Some("no"));
    }
}
