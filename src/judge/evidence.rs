//! Whether a judge's quotes stand in the output.

use super::data::output_text;
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
    let outputs: Vec<String> = subject.outputs.iter().map(output_text).collect();
    evidence.iter().all(|quote| {
        outputs
            .iter()
            .any(|text| locate(text, &quote.quote).is_some())
    })
}
