//! What a refusal looks like when a model gives it as an ordinary text.

use crate::domain::failure::Class;

/// A refusal says little else; longer texts are answers that begin with an apology.
const MOST_CHARS: usize = 400;

/// How refusals begin, in lower case, curly apostrophes straightened.
const OPENINGS: [&str; 30] = [
    "i can't help with",
    "i cannot help with",
    "i can't assist",
    "i cannot assist",
    "i can't comply",
    "i cannot comply",
    "i can't provide",
    "i cannot provide",
    "i can't fulfill",
    "i cannot fulfill",
    "i can't evaluate",
    "i cannot evaluate",
    "i can't grade",
    "i cannot grade",
    "i'm not able to help",
    "i am not able to help",
    "i'm unable to",
    "i am unable to",
    "i won't be able to",
    "i will not",
    "i must decline",
    "i have to decline",
    "as an ai language model, i can",
    "this request violates",
    "es tut mir leid, aber",
    "tut mir leid, aber das kann ich nicht",
    "lo siento, pero no puedo",
    "je suis désolé, mais je ne peux",
    "je ne peux pas vous aider",
    "mi dispiace, ma non posso",
];

/// What may stand before the refusal itself.
const APOLOGIES: [&str; 5] = [
    "i'm sorry",
    "i am sorry",
    "sorry",
    "i apologize",
    "unfortunately",
];

/// Whether a text is a refusal and nothing else.
pub fn is_refusal(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MOST_CHARS {
        return false;
    }
    let lower = text.to_lowercase().replace('’', "'");
    let mut rest = lower.as_str();
    for apology in APOLOGIES {
        if let Some(behind) = rest.strip_prefix(apology) {
            rest = behind.trim_start_matches([',', '.', ' ', ';', '!']);
            rest = rest.strip_prefix("but ").unwrap_or(rest);
            break;
        }
    }
    OPENINGS.iter().any(|opening| rest.starts_with(opening))
}

/// The class a stop reason of another dialect stands for.
pub(super) fn stop_word(word: &str) -> Option<Class> {
    let word = word.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|part| word.contains(part));
    if is(&[
        "refus",
        "filter",
        "safety",
        "prohibited",
        "blocklist",
        "recitation",
        "guardrail",
    ]) {
        Some(Class::Refusal)
    } else if is(&["context", "input_too_long"]) {
        Some(Class::TooLong)
    } else if is(&["length", "max_tokens", "max_output", "truncat"]) {
        Some(Class::Truncated)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_from_an_answer_that_apologises() {
        for text in [
            "I'm sorry, but I can't help with that.",
            "I’m sorry, I cannot assist with this request.",
            "Sorry, but I can't evaluate this content.",
            "I must decline.",
            "Lo siento, pero no puedo ayudar con eso.",
        ] {
            assert!(is_refusal(text), "{text}");
        }
        for text in [
            "",
            "I'm sorry to hear that your parcel is late. It will be there on Monday.",
            "Sorry, that was our mistake. We have refunded you.",
            "I will gladly help.",
            &format!(
                "I can't help with that. {}",
                "But here is more. ".repeat(40)
            ),
        ] {
            assert!(!is_refusal(text), "{text}");
        }
    }

    #[test]
    fn stop_reasons_of_other_dialects_are_known() {
        assert_eq!(stop_word("refusal"), Some(Class::Refusal));
        assert_eq!(stop_word("SAFETY"), Some(Class::Refusal));
        assert_eq!(
            stop_word("model_context_window_exceeded"),
            Some(Class::TooLong)
        );
        assert_eq!(stop_word("max_tokens"), Some(Class::Truncated));
        assert_eq!(stop_word("eos"), None);
    }
}
