//! Advice on the wording of a rubric: what two careful readers would answer differently.
//!
//! Warnings only, each with what to do. What makes a rubric unusable, and missing anchors, is said by
//! `domain::rubric::lint`; this looks at what the words say.

use std::collections::BTreeSet;

use crate::domain::rubric::{Problem, Question, Rubric, Severity};

/// Words of praise that say nothing by themselves.
const EMPTY_WORDS: [&str; 28] = [
    "good",
    "great",
    "nice",
    "bad",
    "poor",
    "okay",
    "ok",
    "fine",
    "appropriate",
    "inappropriate",
    "proper",
    "suitable",
    "adequate",
    "acceptable",
    "reasonable",
    "quality",
    "high-quality",
    "excellent",
    "best",
    "better",
    "well",
    "perfect",
    "average",
    "decent",
    "satisfactory",
    "helpful",
    "high",
    "low",
];

/// Words that carry no meaning of their own in a question or an anchor.
const FILLERS: [&str; 39] = [
    "is",
    "are",
    "the",
    "a",
    "an",
    "it",
    "this",
    "that",
    "output",
    "response",
    "answer",
    "reply",
    "how",
    "what",
    "does",
    "do",
    "of",
    "in",
    "and",
    "or",
    "very",
    "quite",
    "really",
    "overall",
    "generally",
    "somewhat",
    "not",
    "was",
    "were",
    "be",
    "text",
    "meet",
    "meets",
    "to",
    "for",
    "give",
    "gives",
    "answers",
    "outputs",
];

/// What follows a joined question: a second one of its own.
const VERBS: [&str; 24] = [
    "is",
    "are",
    "does",
    "do",
    "has",
    "have",
    "can",
    "would",
    "will",
    "should",
    "polite",
    "complete",
    "correct",
    "concise",
    "clear",
    "accurate",
    "friendly",
    "relevant",
    "safe",
    "short",
    "kind",
    "factual",
    "honest",
    "consistent",
];

/// Everything worth saying about the wording, in the order of the rubric.
pub fn lint(rubric: &Rubric) -> Vec<Problem> {
    let mut problems = Vec::new();
    instructions(rubric, &mut problems);
    let criteria = rubric.criteria.len();
    for (at, question) in rubric.questions().enumerate() {
        let place = if at < criteria {
            format!("criterion[{at}]")
        } else {
            format!("requirement[{}]", at - criteria)
        };
        wording(&question, &place, &mut problems);
        if !question.from_check {
            anchors(&question, &place, &mut problems);
        }
    }
    problems
}

fn warn(
    problems: &mut Vec<Problem>,
    code: &'static str,
    place: String,
    message: String,
    hint: &str,
) {
    problems.push(Problem {
        severity: Severity::Warning,
        code,
        place,
        message,
        hint: hint.to_owned(),
    });
}

fn instructions(rubric: &Rubric, problems: &mut Vec<Problem>) {
    let text = rubric.instructions.trim();
    if text.is_empty() {
        warn(
            problems,
            "no_instructions",
            "instructions".to_owned(),
            "the judge is not told what the outputs are for".to_owned(),
            "say in two sentences who asks, who reads the output, and which rules it must follow",
        );
    } else if only_empty(text) {
        warn(
            problems,
            "vague_instructions",
            "instructions".to_owned(),
            format!("`{}` does not say what counts", super::parse::brief(text)),
            "name what a good output does and what makes one fail",
        );
    }
}

fn wording(question: &Question<'_>, place: &str, problems: &mut Vec<Problem>) {
    let key = if question.anchors.is_some() {
        "question"
    } else {
        "text"
    };
    let place = format!("{place}.{key}");
    let text = question.text.trim();
    let described = question
        .anchors
        .is_some_and(|anchors| anchors.values().any(|text| !only_empty(text)));
    if only_empty(text) && !described && !text.is_empty() {
        warn(
            problems,
            "vague_question",
            place.clone(),
            format!(
                "`{}` asks `{}`, which every reader fills in differently",
                question.id,
                super::parse::brief(text)
            ),
            "ask for one thing a reader can point at in the output, or describe every level",
        );
    }
    if let Some(second) = double(text) {
        warn(
            problems,
            "double_question",
            place,
            format!(
                "`{}` asks two things at once (`{second}`); an output that does one of them has no level",
                question.id
            ),
            "split it into two criteria, or drop the lesser one",
        );
    }
}

fn anchors(question: &Question<'_>, place: &str, problems: &mut Vec<Problem>) {
    let Some(anchors) = question.anchors else {
        return;
    };
    for (level, text) in anchors.iter().filter(|(_, text)| !text.trim().is_empty()) {
        if only_empty(text) {
            warn(
                problems,
                "vague_anchor",
                format!("{place}.anchors.{level}"),
                format!(
                    "level {level} of `{}` is only `{}`",
                    question.id,
                    super::parse::brief(text)
                ),
                "say what an output at this level does or lacks",
            );
        }
    }
    let mut seen = BTreeSet::new();
    for (level, text) in anchors {
        let words = text.trim().to_lowercase();
        if !words.is_empty() && !seen.insert(words) {
            warn(
                problems,
                "same_anchor",
                format!("{place}.anchors.{level}"),
                format!(
                    "level {level} of `{}` says the same as another one",
                    question.id
                ),
                "say what tells the two levels apart, or use fewer levels",
            );
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a text holds empty words and nothing that means more.
fn only_empty(text: &str) -> bool {
    let words = words(text);
    let empty = |word: &String| EMPTY_WORDS.contains(&word.as_str());
    words.iter().any(empty)
        && words
            .iter()
            .all(|word| empty(word) || FILLERS.contains(&word.as_str()))
}

/// The second question behind an `and`, if there is one.
fn double(text: &str) -> Option<String> {
    if text.matches(['?', '？']).count() > 1 {
        return Some("two question marks".to_owned());
    }
    let lower = text.to_lowercase();
    let starts = |word: &str| VERBS.contains(&word) || EMPTY_WORDS.contains(&word);
    let asks = lower
        .split_whitespace()
        .next()
        .is_some_and(|word| ["is", "are", "does", "do", "has", "have"].contains(&word));
    for (at, _) in lower.match_indices(" and ") {
        let (before, behind) = (words(&lower[..at]), words(&lower[at + 5..]));
        let (Some(last), Some(next)) = (before.last(), behind.first()) else {
            continue;
        };
        // `policy and record` joins two things, `polite and complete` two questions.
        let two_qualities = starts(last) && starts(next);
        let second_clause =
            asks && ["is", "are", "does", "do", "has", "have"].contains(&next.as_str());
        if two_qualities || second_clause {
            return Some(format!("{last} and {next}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::{Criterion, Scale};

    fn codes(question: &str, anchors: &[(i32, &str)]) -> Vec<&'static str> {
        let mut rubric = Rubric::empty("r");
        rubric.instructions =
            "Replies to customers of a parcel service, by the policy in the system prompt.".into();
        let mut criterion = Criterion::new("c", question, Scale::Level5);
        criterion.anchors = anchors
            .iter()
            .map(|(level, text)| (*level, (*text).to_owned()))
            .collect();
        rubric.criteria.push(criterion);
        lint(&rubric).iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn vague_words_and_double_questions_are_named() {
        for (question, anchors, expected) in [
            ("Is the response good?", &[][..], &["vague_question"][..]),
            ("Is it appropriate?", &[], &["vague_question"]),
            (
                "Was the quality of the output high?",
                &[],
                &["vague_question"],
            ),
            ("Is it good and polite?", &[], &["double_question"]),
            ("Is the temperature named as high?", &[], &[]),
            ("Is it good?", &[(0, "Contradicts the policy")], &[]),
            ("Is it polite and complete?", &[], &["double_question"]),
            (
                "Is the amount right and does it name the date?",
                &[],
                &["double_question"],
            ),
            ("Is it right? Is it short?", &[], &["double_question"]),
            (
                "Is every statement correct, by the policy and the account record?",
                &[],
                &[],
            ),
            (
                "Does it name the date of the refund?",
                &[(0, "bad"), (5, "very good")],
                &["vague_anchor", "vague_anchor"],
            ),
            (
                "Does it name the date?",
                &[(1, "Names a month"), (2, "names a month")],
                &["same_anchor"],
            ),
        ] {
            assert_eq!(codes(question, anchors), expected, "{question}");
        }
    }

    #[test]
    fn instructions_that_say_nothing_are_named() {
        let mut rubric = Rubric::empty("r");
        assert_eq!(lint(&rubric)[0].code, "no_instructions");
        rubric.instructions = "Give good answers.".into();
        assert_eq!(lint(&rubric)[0].code, "vague_instructions");
        rubric.instructions = "The answer is good.".into();
        assert_eq!(lint(&rubric)[0].code, "vague_instructions");
    }
}
