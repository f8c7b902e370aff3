//! Rules several formats share. Each names a turn by its 1-based place in the request.

use std::borrow::Cow;

use super::extras::{self, Weights};
use super::tools;
use crate::domain::message::{Message, Part, Role, ToolCall};
use crate::domain::training::{Refusal, TrainingRow};

/// Where the standing instructions may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    /// Anywhere, more than once.
    Anywhere,
    /// Once, before everything else: templates drop or misplace any other.
    FirstOnly,
}

/// What a format takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Images in user messages.
    pub images: bool,
    /// Tools and their turns.
    pub tools: bool,
    /// Whether calls and answers must name each other.
    pub tool_ids: bool,
    /// Standing instructions.
    pub system: System,
    /// Per-message weights.
    pub weights: Weights,
}

/// A format's rules for text conversations with tools whose system prompt comes first.
pub(super) const TEXT: Rules = Rules {
    images: false,
    tools: true,
    tool_ids: false,
    system: System::FirstOnly,
    weights: Weights::Moot,
};

/// Everything about the request.
pub(super) fn prompt(row: &TrainingRow, rules: Rules, found: &mut Vec<Refusal>) {
    if !readable(row, found) {
        return;
    }
    let messages = &row.request.messages;
    for (at, message) in messages.iter().enumerate() {
        turn(message, at + 1, rules, found);
    }
    if rules.system == System::FirstOnly {
        let late = |(at, m): (usize, &Message)| at > 0 && is_system(m);
        if let Some(at) = messages.iter().enumerate().position(late) {
            found.push(Refusal::new(
                "system_not_first",
                format!(
                    "message {} is a system prompt; this format has one at most, before everything else",
                    at + 1
                ),
            ));
        }
    }
    ends_with_a_question(messages, found);
    if rules.tools {
        tools::check_offered(row, found);
        tools::check_turns(messages, rules.tool_ids, found);
    } else {
        tools::check_none(row, found);
    }
    extras::check(row, rules.weights, found);
}

/// Whether there are messages to write at all.
pub(super) fn readable(row: &TrainingRow, found: &mut Vec<Refusal>) -> bool {
    let refusal = if row.request.unread.is_some() {
        Refusal::new(
            "unread_request",
            "the request could not be read as chat messages",
        )
    } else if row.request.messages.is_empty() {
        Refusal::new("empty_prompt", "the request has no messages")
    } else {
        return true;
    };
    found.push(refusal);
    false
}

fn turn(message: &Message, turn: usize, rules: Rules, found: &mut Vec<Refusal>) {
    if let Role::Other(name) = &message.role {
        found.push(Refusal::new(
            "unknown_role",
            format!("message {turn} has the role `{name}`, which trainers do not know"),
        ));
    }
    for part in &message.parts {
        if let Part::Other { kind, json } = part {
            let image = kind == "image_url";
            check_part(
                message,
                turn,
                kind,
                json.as_str(),
                rules.images && image,
                found,
            );
        }
    }
    if message.role == Role::Assistant {
        answer_content(message, &format_args!("message {turn}"), found);
    }
}

fn check_part(
    message: &Message,
    turn: usize,
    kind: &str,
    json: &str,
    allowed: bool,
    found: &mut Vec<Refusal>,
) {
    if matches!(kind, "content" | "part") {
        let what = if json.trim_ascii_start().starts_with('{') {
            "an object"
        } else {
            "no text"
        };
        found.push(Refusal::new(
            "content_not_text",
            format!(
                "the content of message {turn} is {what}, where text or a list of parts belongs"
            ),
        ));
    } else if !allowed {
        found.push(Refusal::new(
            "text_only",
            format!(
                "message {turn} has a part of the type `{kind}`, which this format does not take"
            ),
        ));
    } else if message.role != Role::User {
        found.push(Refusal::new(
            "image_outside_user",
            format!(
                "message {turn} ({}) has an image, which only user messages may have",
                message.role.name()
            ),
        ));
    }
}

fn ends_with_a_question(messages: &[Message], found: &mut Vec<Refusal>) {
    match messages.last() {
        Some(last) if last.role == Role::Assistant => found.push(Refusal::new(
            "prompt_ends_with_assistant",
            "the request ends with an answer, so the reviewed one would follow it unasked",
        )),
        Some(last) if last.role == Role::User && is_blank(last) => found.push(Refusal::new(
            "empty_prompt",
            "the last message of the request is empty",
        )),
        _ => {}
    }
}

/// Everything about the answer that is learned.
pub(super) fn answer(row: &TrainingRow, rules: Rules, found: &mut Vec<Refusal>) {
    if row.chosen.role != Role::Assistant {
        found.push(Refusal::new(
            "last_not_assistant",
            format!(
                "the row would end with a message of the role `{}`, and only the assistant's answer can be learned",
                row.chosen.role.name()
            ),
        ));
    }
    one_answer(&row.chosen, "the answer", rules, found);
    if row.label == Some(false) {
        return;
    }
    for call in &row.chosen.tool_calls {
        if !tools::arguments_are_json(&call.arguments) {
            found.push(Refusal::new(
                "arguments_not_json",
                format!(
                    "the arguments of the call of `{}` are no JSON object",
                    call.name
                ),
            ));
        }
    }
}

/// The answer a chosen one is preferred to: there, the assistant's, not empty, and another one.
pub(super) fn rejected(row: &TrainingRow, rules: Rules, found: &mut Vec<Refusal>) {
    let Some(rejected) = &row.rejected else {
        found.push(Refusal::new(
            "no_rejected_answer",
            "there is no second answer to prefer this one to",
        ));
        return;
    };
    if rejected.role != Role::Assistant {
        found.push(Refusal::new(
            "last_not_assistant",
            format!(
                "the rejected answer has the role `{}`",
                rejected.role.name()
            ),
        ));
    }
    one_answer(rejected, "the rejected answer", rules, found);
    if same_answer(rejected, &row.chosen) {
        found.push(Refusal::new(
            "chosen_equals_rejected",
            "the chosen and the rejected answer are the same",
        ));
    }
}

/// Whether two answers teach the same: the same words and the same calls.
pub fn same_answer(one: &Message, other: &Message) -> bool {
    let calls = |(a, b): (&ToolCall, &ToolCall)| a.name == b.name && a.arguments == b.arguments;
    said(one) == said(other)
        && one.tool_calls.len() == other.tool_calls.len()
        && one.tool_calls.iter().zip(&other.tool_calls).all(calls)
}

fn one_answer(message: &Message, what: &str, rules: Rules, found: &mut Vec<Refusal>) {
    answer_content(message, &what, found);
    for part in &message.parts {
        if let Part::Other { kind, .. } = part {
            let code = match kind.as_str() {
                "content" | "part" => "content_not_text",
                "image_url" if rules.images => "image_outside_user",
                _ => "text_only",
            };
            found.push(Refusal::new(
                code,
                format!("{what} has content of the type `{kind}`"),
            ));
        }
    }
    if rules.tools {
        tools::check_calls(message, &what, rules.tool_ids, found);
    }
}

/// An answer says something, and says it in one place.
fn answer_content(message: &Message, what: &dyn std::fmt::Display, found: &mut Vec<Refusal>) {
    if is_blank(message) && message.tool_calls.is_empty() {
        found.push(Refusal::new(
            "empty_answer",
            format!("{what} is an empty answer"),
        ));
    }
    if refusal(message).is_some() && !text(message).trim().is_empty() {
        found.push(Refusal::new(
            "refusal_beside_text",
            format!("{what} has both text and a refusal, and a file has room for one"),
        ));
    }
}

/// A label to learn from.
pub(super) fn labelled(row: &TrainingRow, found: &mut Vec<Refusal>) {
    if row.label.is_none() {
        found.push(Refusal::new(
            "no_label",
            "the answer is marked neither wanted nor unwanted",
        ));
    }
}

/// System and developer messages are one thing to all but the newest dialect.
pub(super) fn is_system(message: &Message) -> bool {
    matches!(message.role, Role::System | Role::Developer)
}

/// The conversation without its leading system prompt, which most formats keep elsewhere.
pub(super) fn split_system(messages: &[Message]) -> (Option<&Message>, &[Message]) {
    match messages.split_first() {
        Some((first, rest)) if is_system(first) => (Some(first), rest),
        _ => (None, messages),
    }
}

/// Refuses turns that do not alternate between the asking and the answering side, the asking side first.
pub(super) fn alternation(row: &TrainingRow, found: &mut Vec<Refusal>) {
    let (system, rest) = split_system(&row.request.messages);
    let before = usize::from(system.is_some());
    for (at, message) in rest.iter().enumerate() {
        if (at % 2 == 0) == (message.role == Role::Assistant) {
            found.push(Refusal::new(
                "turns_do_not_alternate",
                format!(
                    "message {} ({}) breaks the alternation of question and answer this format needs",
                    before + at + 1,
                    message.role.name()
                ),
            ));
            return;
        }
    }
    if rest.is_empty() {
        found.push(Refusal::new(
            "empty_prompt",
            "the request has nothing but a system prompt",
        ));
    }
}

/// Whether a message has nothing to say: no text but white space, no other part, no refusal.
pub(super) fn is_blank(message: &Message) -> bool {
    let silent = |part: &Part| matches!(part, Part::Text(text) if text.trim().is_empty());
    message.parts.iter().all(silent) && refusal(message).is_none()
}

/// The text of a message.
pub(super) fn text(message: &Message) -> Cow<'_, str> {
    match message.parts.as_slice() {
        [] => Cow::Borrowed(""),
        [Part::Text(text)] => Cow::Borrowed(text),
        _ => Cow::Owned(message.plain_text()),
    }
}

/// A refusal that says something.
pub(super) fn refusal(message: &Message) -> Option<&str> {
    message
        .refusal
        .as_deref()
        .filter(|text| !text.trim().is_empty())
}

/// What a message says: its text or, lacking that, its refusal. A model that declines is to learn the words.
pub(super) fn said(message: &Message) -> Cow<'_, str> {
    let text = text(message);
    match refusal(message) {
        Some(refusal) if text.trim().is_empty() => Cow::Borrowed(refusal),
        _ => text,
    }
}
