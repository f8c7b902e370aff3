//! What a reviewer may see of a ticket: the one place where blindness is decided.
//!
//! Of a blind ticket nothing shows before the own commit. After it names and other people's reviews do; the judge
//! shows by a `Revealed` event and by nothing else. What a person says after any of that rests on what they saw: it is
//! marked so and stands beside their blind opinion, never in its place.

use super::eval::{Eval, Mode};
use super::fold::Folded;
use super::ids::TicketId;
use super::json::Json;
use super::plan::is_audit;
use super::review::Sight;
use super::route::Rule;

/// What one reviewer may see of one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Whether the ticket is in the blind audit share of an assisted eval.
    pub audit: bool,
    /// Whether the judge, and what was decided on its word, is visible now.
    pub open: bool,
    /// Whether model names and other people's reviews are.
    pub known: bool,
    /// What a review committed now would be marked as.
    pub sight: Sight,
}

/// Decides from the eval's mode and what this reviewer has done with the ticket.
pub fn view(eval: &Eval, ticket: &TicketId, folded: &Folded, reviewer: &str) -> View {
    let audit = is_audit(eval.policy.mode, eval.policy.audit_share, eval.seed, ticket);
    let blind = eval.policy.mode == Mode::Blind || audit;
    let revealed = folded.revealed.contains_key(reviewer) || eval.opened_by(reviewer).is_some();
    let open = !blind || revealed;
    View {
        audit,
        open,
        known: open || folded.by(reviewer).is_some(),
        sight: if open { Sight::Assisted } else { Sight::Blind },
    }
}

/// Names under which a logged request says which model it was sent to.
const MODEL_NAMES: &[&str] = &[
    "model",
    "model_id",
    "model_name",
    "modelId",
    "engine",
    "deployment",
    "deployment_id",
    "provider",
];

/// A request as it was logged, as far as the reviewer may see it: to whom it went is left out while names are hidden.
pub fn request(logged: Json, view: View) -> Json {
    if view.known {
        logged
    } else {
        logged.without(MODEL_NAMES)
    }
}

/// Whether a routing rule rests on what a blind reviewer must not know; one that cannot be read is taken to.
pub fn tells(rule: &str) -> bool {
    !Rule::parse(rule).is_ok_and(|rule| rule.tells_nothing())
}

/// Takes out of the fold what the reviewer may not see before their own commit.
pub fn veil(folded: &mut Folded, reviewer: &str) {
    veil_people(folded, reviewer);
    veil_judge(folded, reviewer);
}

/// Takes out of the fold what the reviewer may not see now.
pub fn veil_for(folded: &mut Folded, view: View, reviewer: &str) {
    if !view.known {
        veil_people(folded, reviewer);
    }
    if !view.open {
        veil_judge(folded, reviewer);
    }
}

/// Whether a person who has committed could see more of the ticket than when they did: then what they say next is no
/// blind opinion any more. `named` says whether the outputs' models have names.
pub fn informed(folded: &Folded, view: View, named: bool, reviewer: &str) -> bool {
    let mut own = folded.clone();
    veil_people(&mut own, reviewer);
    // Who else saw the judge shows nowhere.
    own.revealed.clone_from(&folded.revealed);
    view.open || view.known && (named || own != *folded)
}

/// What was decided on the judge's word, and what other people say of it.
fn veil_judge(folded: &mut Folded, reviewer: &str) {
    folded
        .judge_corrections
        .retain(|said| said.reviewer == reviewer);
    if folded
        .routed
        .as_ref()
        .is_some_and(|routed| tells(&routed.value.rule))
    {
        folded.routed = None;
    }
}

/// Other people's reviews, corrections and words.
fn veil_people(folded: &mut Folded, reviewer: &str) {
    folded
        .reviews
        .retain(|standing| standing.reviewer == reviewer);
    folded.notes.retain(|note| note.reviewer == reviewer);
    folded
        .comments
        .retain(|comment| comment.reviewer == reviewer);
    if folded
        .correction
        .as_ref()
        .is_some_and(|correction| correction.reviewer != reviewer)
    {
        folded.correction = None;
    }
    folded.adjudicated = None;
    folded.gold = None;
    folded.revealed.retain(|name, _| name == reviewer);
}
