//! A sentence is a rubric.

use super::{Criterion, Rubric, Scale};

/// Id of the one question of a rubric made from a sentence.
const QUESTION: &str = "quality";

/// The longest id made from a text, in characters.
const SLUG_CHARS: usize = 40;

impl Rubric {
    /// A rubric with one question: the sentence itself if it asks one, else whether or how well the
    /// output meets it.
    ///
    /// The id is made from the sentence; nothing else is set, so the lint will ask for anchors.
    pub fn from_sentence(text: &str, scale: Scale) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let question = if text.ends_with(['?', '？', '؟']) {
            text.clone()
        } else {
            let stem = text.trim_end_matches(['.', '!', ':', ';', ',', ' ']);
            match scale {
                Scale::Binary => format!("Does the output meet this: {stem}?"),
                Scale::Level5 | Scale::Range { .. } => {
                    format!("How well does the output meet this: {stem}?")
                }
            }
        };
        let id = match slug(&text) {
            slug if slug.is_empty() => QUESTION.to_owned(),
            slug => slug,
        };
        Self {
            criteria: vec![Criterion::new(QUESTION, question, scale)],
            ..Self::empty(id)
        }
    }
}

/// An id made from any text: its ASCII letters and digits in lower case, joined by `-`, at most 40
/// characters, cut at a word. Empty if the text has none.
pub fn slug(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut slug = String::new();
    for word in lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let needed = slug.len() + usize::from(!slug.is_empty()) + word.len();
        if needed > SLUG_CHARS {
            if slug.is_empty() {
                slug.extend(word.chars().take(SLUG_CHARS));
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::super::{Severity, lint};
    use super::*;

    #[test]
    fn a_sentence_becomes_one_question_without_errors() {
        for (text, scale, question) in [
            (
                "Correct, complete, polite",
                Scale::Range { min: 1, max: 10 },
                "How well does the output meet this: Correct, complete, polite?",
            ),
            (
                "Would you  send\nthis?",
                Scale::Binary,
                "Would you send this?",
            ),
            (
                "Answers in one line.",
                Scale::Binary,
                "Does the output meet this: Answers in one line?",
            ),
            (
                "礼儀正しい",
                Scale::Level5,
                "How well does the output meet this: 礼儀正しい?",
            ),
        ] {
            let rubric = Rubric::from_sentence(text, scale);
            assert_eq!(rubric.criteria[0].question, question);
            assert_eq!(rubric.criteria[0].scale, scale);
            assert!(
                lint(&rubric)
                    .iter()
                    .all(|problem| problem.severity == Severity::Warning),
                "{text}"
            );
        }
    }

    #[test]
    fn an_empty_sentence_is_left_to_the_lint() {
        let rubric = Rubric::from_sentence("  ", Scale::Binary);
        assert_eq!(rubric.id, "quality");
    }

    #[test]
    fn an_id_is_cut_at_a_word() {
        assert_eq!(
            slug("Correct, complete & polite!"),
            "correct-complete-polite"
        );
        assert_eq!(
            slug(&"word ".repeat(20)),
            "word-word-word-word-word-word-word-word"
        );
        assert_eq!(slug(&"x".repeat(90)).len(), 40);
        assert_eq!(slug("日本"), "");
    }
}
