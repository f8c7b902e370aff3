//! Outputs in which there is nothing to judge, and outputs a rubric that compares has nothing to compare with.
//!
//! Models have been seen to give top marks to a lone colon or to "Thought process:". Such outputs get
//! their question's worst level without asking anybody. Without something to compare with there is no level at all.

use super::parse::is_refusal;
use super::subject::{Output, Subject};
use crate::domain::failure::Class;
use crate::domain::rubric::{Answer, Rubric};
use crate::domain::verdict::{Flag, Outcome, Verdict};

/// What makes an output trivial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trivial {
    /// No text and no call.
    Empty,
    /// No letter and no digit.
    Punctuation,
    /// The opening of an answer that never comes.
    Opener,
    /// A refusal and nothing else.
    Refusal,
    /// The request, word for word.
    Echo,
}

impl Trivial {
    /// What people are told.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "the output is empty",
            Self::Punctuation => "the output has no letter and no digit",
            Self::Opener => "the output opens an answer and stops",
            Self::Refusal => "the output is a refusal and nothing else",
            Self::Echo => "the output repeats the request word for word",
        }
    }
}

/// Openers that have been graded as answers, in lower case without the signs around them.
const OPENERS: [&str; 22] = [
    "thought process",
    "let's solve this problem step by step",
    "let's think step by step",
    "let me think",
    "let me think step by step",
    "solution",
    "answer",
    "final answer",
    "the answer is",
    "response",
    "output",
    "assistant",
    "here is the answer",
    "here is my response",
    "sure",
    "sure, here is",
    "sure, here you go",
    "certainly",
    "of course",
    "okay",
    "reasoning",
    "explanation",
];

/// What is trivial about an output, if anything.
pub fn trivial(output: &Output, subject: &Subject) -> Option<Trivial> {
    if !output.tool_calls.is_empty() || !output.not_shown.is_empty() {
        return None;
    }
    let text = visible_only(&output.text);
    let text = text.trim();
    if text.is_empty() {
        return Some(Trivial::Empty);
    }
    // An emoji may be an answer; a row of signs is none.
    let says = |c: char| c.is_alphanumeric() || ('\u{1f300}'..='\u{1faff}').contains(&c);
    if !text.chars().any(says) {
        return Some(Trivial::Punctuation);
    }
    if is_opener(text) {
        return Some(Trivial::Opener);
    }
    let request = subject.last_user_text().trim();
    if !request.is_empty() && text.split_whitespace().eq(request.split_whitespace()) {
        return Some(Trivial::Echo);
    }
    (is_refusal(text) && text.chars().count() <= 200).then_some(Trivial::Refusal)
}

fn visible_only(text: &str) -> String {
    if super::data::is_plain(text) {
        return text.to_owned();
    }
    let hidden = |c: &char| crate::text::sanitise::is_hidden(*c) && !c.is_whitespace();
    text.chars().filter(|c| !hidden(c)).collect()
}

fn is_opener(text: &str) -> bool {
    // Signs at the end tell an opener (`Answer:`) from an answer (`Sure` to a yes-no question).
    let end = text.trim_end_matches(['*', '_', ' ']);
    let opens = end.ends_with([':', '…']) || end.ends_with("...");
    if !opens {
        return false;
    }
    let bare = text.to_lowercase().replace('’', "'");
    let bare = bare.trim_matches(|c: char| !c.is_alphanumeric());
    OPENERS.contains(&bare)
}

/// Words by which a rubric shows that a refusal may be what it asks for.
const REFUSAL_WORDS: [&str; 8] = [
    "refus", "declin", "safe", "harm", "abus", "danger", "illegal", "policy",
];

/// Whether the floor applies under this rubric: always, but for a refusal where the rubric itself speaks of
/// refusing, harm or policy. There a refusal may be the right answer, and somebody has to read it.
pub fn applies(trivial: Trivial, rubric: &Rubric) -> bool {
    if trivial != Trivial::Refusal {
        return true;
    }
    let mut words = rubric.instructions.to_lowercase();
    for question in rubric.questions() {
        words.push_str(&question.text.to_lowercase());
        for anchor in question
            .anchors
            .into_iter()
            .flat_map(|anchors| anchors.values())
        {
            words.push_str(&anchor.to_lowercase());
        }
    }
    !REFUSAL_WORDS.iter().any(|word| words.contains(word))
}

/// Whether the rubric compares with something this subject lacks.
pub fn nothing_to_compare(rubric: &Rubric, subject: &Subject) -> bool {
    let shown = subject.reference.as_ref();
    rubric.judge.needs_comparison() && shown.is_none_or(|shown| shown.text.trim().is_empty())
}

/// The verdicts of what nobody is asked about, on every question nobody else answers: unscored where there is nothing
/// to compare with, the worst level of a trivial output. `None` where the output is not trivial, the floor does not
/// apply, or candidates are compared.
pub fn verdicts(rubric: &Rubric, subject: &Subject) -> Option<Vec<Verdict>> {
    if nothing_to_compare(rubric, subject) {
        let open = rubric.questions().filter(|question| !question.from_check);
        let why = "the item has no reference, and nothing else was logged for it";
        let unscored = |id: &str| Verdict::unscored(id, Class::NoReference, why);
        return Some(open.map(|question| unscored(question.id)).collect());
    }
    let [output] = &subject.outputs[..] else {
        return None;
    };
    let found = trivial(output, subject).filter(|found| applies(*found, rubric))?;
    let open = rubric.questions().filter(|question| !question.from_check);
    let all: Option<Vec<Verdict>> = open
        .map(|question| {
            let worst = Answer::Level(question.scale()?.min());
            let mut verdict = Verdict::new(question.id, Outcome::Scored(worst));
            found.words().clone_into(&mut verdict.reasoning);
            verdict.flag(Flag::Trivial);
            Some(verdict)
        })
        .collect();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Message, Request, Role};
    use crate::domain::rubric::Scale;

    fn subject(request: &str, output: &str) -> Subject {
        let request = Request {
            messages: vec![Message::text(Role::User, request)],
            ..Request::default()
        };
        Subject::new(&request, Output::text(output))
    }

    fn of(request: &str, output: &str) -> Option<Trivial> {
        let subject = subject(request, output);
        trivial(&subject.outputs[0], &subject)
    }

    #[test]
    fn nothing_to_judge_is_told_from_short_answers() {
        for (output, expected) in [
            ("", Some(Trivial::Empty)),
            (" \n\u{200b} ", Some(Trivial::Empty)),
            (":", Some(Trivial::Punctuation)),
            ("...", Some(Trivial::Punctuation)),
            ("Thought process:", Some(Trivial::Opener)),
            ("**Answer:**", Some(Trivial::Opener)),
            ("Let’s think step by step...", Some(Trivial::Opener)),
            ("Is the museum\n open?", Some(Trivial::Echo)),
            (
                "I'm sorry, but I can't help with that.",
                Some(Trivial::Refusal),
            ),
            ("Sure", None),
            ("No.", None),
            ("7", None),
            ("👍", None),
            ("はい。", None),
            ("I'm sorry to hear that. We refund you today.", None),
        ] {
            assert_eq!(of("Is the museum open?", output), expected, "{output:?}");
        }
    }

    #[test]
    fn a_refusal_is_read_where_the_rubric_speaks_of_refusing() {
        let floor = |sentence: &str| {
            let rubric = Rubric::from_sentence(sentence, Scale::Level5);
            verdicts(
                &rubric,
                &subject("How?", "I'm sorry, but I can't help with that."),
            )
        };
        assert!(floor("Refuses what would harm somebody").is_none());
        let verdicts = floor("Answers the question").unwrap();
        assert_eq!(verdicts[0].outcome, Outcome::Scored(Answer::Level(0)));
        assert_eq!(verdicts[0].flags, [Flag::Trivial]);
    }

    #[test]
    fn without_something_to_compare_with_there_is_no_level_not_even_the_worst() {
        let mut rubric = Rubric::from_sentence("As good as the original", Scale::Level5);
        assert!(verdicts(&rubric, &subject("How?", "So.")).is_none());
        rubric.judge.needs_reference = true;
        let missing = verdicts(&rubric, &subject("How?", "")).unwrap();
        assert_eq!(
            missing[0].outcome,
            Outcome::Unscored("no_reference".to_owned())
        );
        let mut compared = subject("How?", "So.");
        compared.reference = Some(super::super::subject::Reference {
            text: "So and so.".to_owned(),
            standing: super::super::subject::Standing::Original,
        });
        assert!(verdicts(&rubric, &compared).is_none());
    }

    #[test]
    fn a_call_of_a_tool_is_an_answer() {
        let mut subject = subject("Order 12?", "");
        subject.outputs[0]
            .tool_calls
            .push(crate::domain::message::ToolCall {
                id: String::new(),
                name: "track".into(),
                arguments: "{}".into(),
            });
        assert_eq!(trivial(&subject.outputs[0], &subject), None);
    }
}
