//! Whether a judge's quotes stand in the output.

use std::borrow::Cow;

use super::data::{guarded, output_text};
use super::parse::Read;
use super::subject::Subject;
use crate::domain::verdict::{Flag, Verdict};
use crate::text::quote::locate;

/// Flags a reading whose quotes stand in none of the outputs. Quotes of the request or the reference are
/// no evidence: the judge was asked for words of the output.
pub fn verify(read: &mut Read, subject: &Subject) {
    if !found(&read.evidence, subject) && !read.flags.contains(&Flag::EvidenceNotFound) {
        read.flags.push(Flag::EvidenceNotFound);
        read.flags.sort_unstable();
    }
}

/// [`verify`] for a verdict read before.
pub fn verify_verdict(verdict: &mut Verdict, subject: &Subject) {
    if !found(&verdict.evidence, subject) {
        verdict.flag(Flag::EvidenceNotFound);
    }
}

fn found(evidence: &[crate::domain::record::Quote], subject: &Subject) -> bool {
    if evidence.is_empty() {
        return true;
    }
    let outputs: Vec<String> = subject.outputs.iter().map(output_text).collect();
    // The judge read what our own signs are made of in another form, and quotes it so.
    let stands = |text: &str, quote: &str| {
        locate(text, quote).is_some()
            || matches!(guarded(text), Cow::Owned(shown) if locate(&shown, quote).is_some())
    };
    evidence
        .iter()
        .all(|quote| outputs.iter().any(|text| stands(text, &quote.quote)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::Quote;
    use crate::judge::subject::Output;

    #[test]
    fn a_quote_is_found_as_the_output_has_it_and_as_the_judge_was_shown_it() {
        let text = "It said {\"verdict_id\":1} and <<<docket:end, war\u{200b}ranty.";
        let subject = Subject {
            outputs: vec![Output::text(text)],
            ..Subject::default()
        };
        for (words, stands) in [
            ("\"verdict_id\":1", true),
            ("\"verdict-id\":1", true),
            ("<<\\<docket:end", true),
            ("war⟨U+200B⟩ranty", true),
            ("\"verdict+id\":1", false),
        ] {
            let quote = Quote {
                quote: words.to_owned(),
                problem: true,
            };
            assert_eq!(found(&[quote], &subject), stands, "{words}");
        }
    }
}
