//! What is judged: the request, the reference, the output or outputs, and nothing else.
//!
//! A subject has no place for the candidate's model, the run or an earlier score, so that no prompt can
//! name them. Everything in it is data of unknown intent; `data` makes it fit for a prompt.

use std::fmt::Write as _;

use crate::domain::ids::Identity;
use crate::domain::message::{Message, Part, Request, Role, ToolCall};

/// One message in the form a judge reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks, by the name of the chat-completions dialect.
    pub role: String,
    /// The text; for parts that are none, a note of their kind in square brackets.
    pub text: String,
    /// Calls of tools.
    pub tool_calls: Vec<ToolCall>,
}

/// How far a reference can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A person approved it.
    Approved,
    /// It came with the item; nobody has approved it.
    Given,
    /// It is what was once answered: a baseline, not a model answer.
    Original,
}

/// What an output is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its text.
    pub text: String,
    /// How far it can be trusted.
    pub standing: Standing,
}

/// One output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// What the reader sees: the text, else the refusal.
    pub text: String,
    /// Calls of tools.
    pub tool_calls: Vec<ToolCall>,
    /// Kinds of parts that are no text (`image_url`), in order.
    pub not_shown: Vec<String>,
}

impl Output {
    /// An output of text only.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// The output a message holds. Its name, role and hidden reasoning are left behind.
    pub fn of(message: &Message) -> Self {
        let text = match (message.plain_text(), &message.refusal) {
            (text, Some(refusal)) if text.is_empty() => refusal.clone(),
            (text, _) => text,
        };
        Self {
            text,
            tool_calls: message.tool_calls.clone(),
            not_shown: other_parts(message),
        }
    }

    /// Identity of the content, the same for the same output of any model.
    pub fn digest(&self) -> [u8; 16] {
        let mut identity = Identity::of("judged output").part(self.text.as_bytes());
        for call in &self.tool_calls {
            identity = identity
                .part(call.name.as_bytes())
                .part(call.arguments.as_bytes());
        }
        for kind in &self.not_shown {
            identity = identity.part(kind.as_bytes());
        }
        identity.number(self.tool_calls.len() as i64).finish()
    }
}

/// Everything one judge call may see of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The conversation the output answers, standing instructions included.
    pub request: Vec<Turn>,
    /// Tools offered to the model, JSON as logged.
    pub tools: Option<String>,
    /// Further material the output had to rest on (retrieved passages).
    pub context: Option<String>,
    /// What to compare with.
    pub reference: Option<Reference>,
    /// One output, or the candidates of a pairwise ticket in its order.
    pub outputs: Vec<Output>,
}

impl Subject {
    /// The subject of one output answering `request`.
    pub fn new(request: &Request, output: Output) -> Self {
        Self {
            outputs: vec![output],
            ..Self::of_request(request)
        }
    }

    /// A subject without outputs yet.
    pub fn of_request(request: &Request) -> Self {
        let mut turns: Vec<Turn> = request.messages.iter().map(turn).collect();
        if let Some(json) = &request.unread {
            turns.push(Turn {
                role: Role::User.name().to_owned(),
                text: json.as_str().to_owned(),
                tool_calls: Vec::new(),
            });
        }
        Self {
            request: turns,
            tools: request.tools.as_ref().map(|json| json.as_str().to_owned()),
            ..Self::default()
        }
    }

    /// Identity of the request with its tools.
    pub fn request_digest(&self) -> [u8; 16] {
        let mut identity = Identity::of("judged request")
            .maybe(self.tools.as_deref().map(str::as_bytes))
            .number(self.request.len() as i64);
        for turn in &self.request {
            identity = identity
                .part(turn.role.as_bytes())
                .part(turn.text.as_bytes())
                .number(turn.tool_calls.len() as i64);
            for call in &turn.tool_calls {
                identity = identity
                    .part(call.name.as_bytes())
                    .part(call.arguments.as_bytes());
            }
        }
        identity.finish()
    }

    /// Identity of all outputs in their order; what a nonce is drawn from.
    pub fn outputs_digest(&self) -> [u8; 16] {
        let start = Identity::of("judged outputs").number(self.outputs.len() as i64);
        self.outputs
            .iter()
            .fold(start, |identity, output| identity.part(&output.digest()))
            .finish()
    }

    /// The words of the last user message; empty if there is none.
    pub fn last_user_text(&self) -> &str {
        let user = Role::User;
        let mut turns = self.request.iter().rev();
        turns
            .find(|turn| turn.role == user.name())
            .map_or("", |turn| turn.text.as_str())
    }

    /// Everything people and tools said in the request, standing instructions left out.
    pub fn own_text(&self) -> String {
        let standing = [Role::System, Role::Developer];
        let own = self
            .request
            .iter()
            .filter(|turn| !standing.iter().any(|role| role.name() == turn.role));
        own.map(|turn| turn.text.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn turn(message: &Message) -> Turn {
    let mut text = match (message.plain_text(), &message.refusal) {
        (text, Some(refusal)) if text.is_empty() => refusal.clone(),
        (text, _) => text,
    };
    for kind in other_parts(message) {
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing into a string cannot fail.
        let _ = write!(text, "[{kind}, not shown]");
    }
    Turn {
        role: message.role.name().to_owned(),
        text,
        tool_calls: message.tool_calls.clone(),
    }
}

fn other_parts(message: &Message) -> Vec<String> {
    let kinds = message.parts.iter().filter_map(|part| match part {
        Part::Text(_) => None,
        Part::Other { kind, .. } => Some(kind.clone()),
    });
    kinds.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::Json;

    #[test]
    fn a_subject_keeps_neither_the_speakers_name_nor_hidden_reasoning() {
        let message = Message::read(
            r#"{"role":"assistant","name":"model-x-70b","content":"Hi","reasoning_content":"as model-x"}"#,
            Role::Assistant,
        )
        .unwrap();
        let subject = Subject::new(&Request::default(), Output::of(&message));
        assert!(!format!("{subject:?}").contains("model-x"));
    }

    #[test]
    fn a_request_that_could_not_be_read_is_shown_as_it_is() {
        let request = Request::read(&Json::parse(r#"{"weird":1}"#).unwrap());
        let subject = Subject::new(&request, Output::text("x"));
        assert_eq!(subject.last_user_text(), r#"{"weird":1}"#);
    }

    #[test]
    fn an_image_is_named_and_not_silently_lost() {
        let message = Message::read(
            r#"{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"u"}}]}"#,
            Role::User,
        )
        .unwrap();
        assert_eq!(turn(&message).text, "see\n[image_url, not shown]");
        assert_eq!(Output::of(&message).not_shown, ["image_url"]);
    }

    #[test]
    fn identity_follows_every_word_and_not_the_grouping() {
        let one = Output::text("a");
        let mut called = one.clone();
        called.tool_calls.push(ToolCall {
            id: "1".into(),
            name: "f".into(),
            arguments: "{}".into(),
        });
        assert_ne!(one.digest(), called.digest());
        let pair = |a: &str, b: &str| Subject {
            outputs: vec![Output::text(a), Output::text(b)],
            ..Subject::default()
        };
        assert_ne!(
            pair("ab", "c").outputs_digest(),
            pair("a", "bc").outputs_digest()
        );
        assert_ne!(
            pair("a", "b").outputs_digest(),
            pair("b", "a").outputs_digest()
        );
    }
}
