//! From messages to text with meanings.

use std::collections::BTreeSet;

use crate::domain::count::counted;
use crate::domain::message::{Message, Part, Request, Role, ToolCall};
use crate::text::json::{Folding, Pretty};
use crate::text::style::{Builder, Role as Speaker};
use crate::text::{Style, StyledText, json, markdown};

use super::{Source, TextOptions};

/// The text of a source. `toggled` holds the JSON nodes that a person folded or opened.
pub fn build(
    source: &Source,
    options: TextOptions,
    width: usize,
    toggled: &BTreeSet<usize>,
) -> Pretty {
    let folding = |base: Folding| Folding {
        toggled: toggled.clone(),
        ..base
    };
    match source {
        Source::Styled(text) => flat(text.as_ref().clone()),
        Source::Plain(text) => flat(StyledText::plain(text)),
        Source::Text(text) if options.raw => flat(StyledText::plain(text)),
        Source::Text(text) => rendered(text, width, &folding(Folding::default())),
        Source::Message(_, Some(raw)) | Source::Request(_, Some(raw)) if options.raw => {
            json::pretty_or_plain(raw.as_str(), &folding(Folding::none()))
        }
        Source::Message(message, _) => {
            answer(message, options, width, &folding(Folding::default()))
        }
        Source::Request(request, _) => flat(conversation(request, options, width)),
    }
}

/// A text without anything to fold.
fn flat(text: StyledText) -> Pretty {
    Pretty {
        text,
        folds: Vec::new(),
    }
}

/// Bytes a source has about, to tell long ones.
pub fn source_len(source: &Source, options: TextOptions) -> usize {
    let message = |message: &Message| {
        let parts = message.parts.iter().map(|part| match part {
            Part::Text(text) => text.len(),
            Part::Other { .. } => 32,
        });
        let calls = message.tool_calls.iter().map(|call| call.arguments.len());
        parts.chain(calls).sum::<usize>()
    };
    match source {
        Source::Styled(text) => text.text().len(),
        Source::Plain(text) | Source::Text(text) => text.len(),
        Source::Message(_, Some(raw)) | Source::Request(_, Some(raw)) if options.raw => {
            raw.as_str().len()
        }
        Source::Message(one, _) => message(one),
        Source::Request(request, _) => request.messages.iter().map(message).sum(),
    }
}

/// The first bytes of a long source, unstyled, to show at once.
pub(super) fn beginning(source: &Source, options: TextOptions, bytes: usize) -> StyledText {
    let cut = |text: &str| {
        let mut end = bytes.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        StyledText::plain(&text[..end])
    };
    match source {
        Source::Styled(text) => text.as_ref().clone(),
        Source::Plain(text) | Source::Text(text) => cut(text),
        Source::Message(_, Some(raw)) | Source::Request(_, Some(raw)) if options.raw => {
            cut(raw.as_str())
        }
        Source::Message(message, _) => cut(&first_text(message)),
        Source::Request(request, _) => {
            let last = request.messages.iter().rev().find(|m| m.role == Role::User);
            cut(&last.map(first_text).unwrap_or_default())
        }
    }
}

/// The words of an answer: what a map of its text leads back to.
pub(super) fn first_text(message: &Message) -> String {
    let text = message.plain_text();
    match (&message.refusal, text.is_empty()) {
        (Some(refusal), true) => refusal.clone(),
        _ => text,
    }
}

/// Model text: JSON is laid out, everything else read as Markdown.
fn rendered(text: &str, width: usize, folding: &Folding) -> Pretty {
    if json::is_container(text) {
        json::pretty_or_plain(text, folding)
    } else {
        flat(markdown::render(text, width))
    }
}

/// Words of the screen where a text says nothing, so that a blank pane is no riddle. They are no part of the text.
fn silent(text: &str) -> &'static str {
    if text.is_empty() {
        "(empty)"
    } else {
        "(only white space)"
    }
}

/// A text of the screen's own that stands where there is none.
pub fn note(words: &str) -> StyledText {
    let mut out = Builder::with_capacity(words.len());
    out.own(words, Style::Dim);
    out.finish()
}

/// What stands for a text that says nothing; `None` if it says something.
pub fn blank(text: &str) -> Option<StyledText> {
    text.trim().is_empty().then(|| note(silent(text)))
}

/// One answer. The text parts come first and map back to the text a reviewer edits.
fn answer(message: &Message, options: TextOptions, width: usize, folding: &Folding) -> Pretty {
    let text = first_text(message);
    let plain = message.tool_calls.is_empty()
        && message.reasoning.is_none()
        && !message
            .parts
            .iter()
            .any(|p| matches!(p, Part::Other { .. }));
    if plain {
        return if let Some(nothing) = blank(&text) {
            flat(nothing)
        } else if options.raw {
            flat(StyledText::plain(&text))
        } else {
            rendered(&text, width, folding)
        };
    }
    let mut out = Builder::with_capacity(text.len() + 256);
    if !text.is_empty() {
        out.source(&text, 0, Style::Plain);
        out.newline();
    }
    extras(&mut out, message, options, text.len());
    flat(out.finish())
}

fn extras(out: &mut Builder, message: &Message, options: TextOptions, end: usize) {
    for part in &message.parts {
        if let Part::Other { kind, .. } = part {
            out.own(&format!("[{kind}]"), Style::Dim);
            out.newline();
        }
    }
    for call in &message.tool_calls {
        tool_call(out, call, end);
    }
    if let Some(reasoning) = &message.reasoning {
        let words = reasoning.split_whitespace().count();
        if options.unfolded {
            out.own("▾ reasoning", Style::Dim);
            out.newline();
            out.decoded(reasoning, end..end, Style::Dim);
        } else {
            out.own(
                &format!("▸ reasoning ({})", counted(words, "word")),
                Style::Dim,
            );
        }
        out.newline();
    }
}

fn tool_call(out: &mut Builder, call: &ToolCall, end: usize) {
    out.own("calls ", Style::Dim);
    out.decoded(&call.name, end..end, Style::Code);
    out.newline();
    let pretty = json::pretty_or_plain(&call.arguments, &Folding::default()).text;
    for line in 0..pretty.lines().len() {
        out.own("  ", Style::Plain);
        out.decoded(pretty.line(line), end..end, Style::Code);
        out.newline();
    }
}

fn speaker(role: &Role) -> (Speaker, &str) {
    match role {
        Role::System | Role::Developer => (Speaker::System, "instructions"),
        Role::User => (Speaker::User, "user"),
        Role::Assistant => (Speaker::Assistant, "assistant"),
        Role::Tool => (Speaker::Tool, "tool"),
        Role::Other(name) => (Speaker::Other, name),
    }
}

fn conversation(request: &Request, options: TextOptions, width: usize) -> StyledText {
    let mut out = Builder::with_capacity(256);
    if let Some(unread) = &request.unread {
        let pretty = json::pretty_or_plain(unread.as_str(), &Folding::default());
        return pretty.text;
    }
    if request.messages.is_empty() {
        return note("(no request)");
    }
    for message in &request.messages {
        if !out.is_empty() {
            out.newline();
        }
        let (role, name) = speaker(&message.role);
        let text = first_text(message);
        let standing = matches!(message.role, Role::System | Role::Developer);
        if standing && !options.unfolded {
            let words = text.split_whitespace().count();
            out.own(
                &format!("▸ system prompt ({})", counted(words, "word")),
                Style::Dim,
            );
            out.newline();
            continue;
        }
        out.decoded(name, 0..0, Style::Role(role));
        if let Some(who) = &message.name {
            out.own(" ", Style::Plain);
            out.decoded(who, 0..0, Style::Dim);
        }
        out.newline();
        let alone = message.parts.iter().all(|p| matches!(p, Part::Text(_)))
            && message.tool_calls.is_empty()
            && message.reasoning.is_none();
        match blank(&text) {
            Some(_) if alone => {
                out.own(silent(&text), Style::Dim);
                out.newline();
            }
            Some(_) => {}
            None if options.raw => push_styled(&mut out, &StyledText::plain(&text)),
            None => push_styled(&mut out, &rendered(&text, width, &Folding::default()).text),
        }
        extras(&mut out, message, options, 0);
    }
    if let Some(tools) = &request.tools {
        out.newline();
        if options.unfolded {
            let pretty = json::pretty_or_plain(tools.as_str(), &Folding::default()).text;
            push_styled(&mut out, &pretty);
        } else {
            out.own("▸ tools the model could call", Style::Dim);
            out.newline();
        }
    }
    out.finish()
}

/// Appends a styled text line by line. Its places lead nowhere: notes stand on answers only.
fn push_styled(out: &mut Builder, text: &StyledText) {
    for at in 0..text.lines().len() {
        let line = &text.lines()[at];
        let mut from = line.start;
        for (run, style) in text.runs_in(&(line.start..line.end)) {
            let (start, end) = (run.start.max(line.start), run.end.min(line.end));
            if from < start {
                out.decoded(&text.text()[from..start], 0..0, Style::Plain);
            }
            if start < end {
                out.decoded(&text.text()[start..end], 0..0, *style);
                from = end;
            }
        }
        if from < line.end {
            out.decoded(&text.text()[from..line.end], 0..0, Style::Plain);
        }
        out.newline();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn shown(source: &Source) -> StyledText {
        build(source, TextOptions::default(), 40, &BTreeSet::new()).text
    }

    #[test]
    fn an_answer_that_says_nothing_is_named_in_words_that_are_no_part_of_it() {
        for (said, words) in [("", "(empty)"), (" \n\t", "(only white space)")] {
            let message = Message::text(Role::Assistant, said);
            let text = shown(&Source::Message(Arc::new(message), None));
            assert_eq!(text.text(), words);
            let (_, style) = &text.runs_in(&(0..words.len()))[0];
            assert_eq!(*style, Style::Dim);
        }
        let call = Message {
            tool_calls: vec![ToolCall {
                id: String::new(),
                name: "find".into(),
                arguments: "{}".into(),
            }],
            ..Message::text(Role::Assistant, "")
        };
        let text = shown(&Source::Message(Arc::new(call), None));
        assert!(!text.text().contains("(empty)"), "{}", text.text());
    }

    #[test]
    fn an_empty_request_is_named_under_its_speaker() {
        let request = Request {
            messages: vec![Message::text(Role::User, "")],
            ..Request::default()
        };
        let text = shown(&Source::Request(Arc::new(request), None));
        assert_eq!(text.text().trim_end(), "user\n(empty)");
        let none = shown(&Source::Request(Arc::new(Request::default()), None));
        assert_eq!(none.text(), "(no request)");
    }
}
