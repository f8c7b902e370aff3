//! What a reviewer may see of a ticket: the one place where blindness is decided.

use super::eval::{Eval, Mode};
use super::fold::Folded;
use super::ids::TicketId;
use super::plan::is_audit;
use super::review::Sight;
use super::route::Rule;

/// What one reviewer may see of one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Whether the ticket is in the blind audit share of an assisted eval.
    pub audit: bool,
    /// Whether judge, model names and other reviews are visible now.
    pub open: bool,
    /// What a review committed now would be marked as.
    pub sight: Sight,
}

/// Decides from the eval's mode and what this reviewer has done with the ticket.
pub fn view(eval: &Eval, ticket: &TicketId, folded: &Folded, reviewer: &str) -> View {
    let audit = is_audit(eval.policy.mode, eval.policy.audit_share, eval.seed, ticket);
    let blind = eval.policy.mode == Mode::Blind || audit;
    let revealed = folded.revealed.contains_key(reviewer) || eval.opened_by(reviewer).is_some();
    let committed = folded.by(reviewer).is_some();
    let sight = if !blind || (revealed && !committed) {
        Sight::Assisted
    } else {
        Sight::Blind
    };
    View {
        audit,
        open: !blind || revealed || committed,
        sight,
    }
}

/// Whether a routing rule rests on what a blind reviewer must not know; one that cannot be read is taken to.
pub fn tells(rule: &str) -> bool {
    !Rule::parse(rule).is_ok_and(|rule| rule.tells_nothing())
}

/// Takes out of the fold what the reviewer may not see yet: other people's reviews, corrections and words.
pub fn veil(folded: &mut Folded, reviewer: &str) {
    folded
        .reviews
        .retain(|standing| standing.reviewer == reviewer);
    folded.notes.retain(|note| note.reviewer == reviewer);
    folded
        .comments
        .retain(|comment| comment.reviewer == reviewer);
    folded
        .judge_corrections
        .retain(|said| said.reviewer == reviewer);
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
    if folded
        .routed
        .as_ref()
        .is_some_and(|routed| tells(&routed.value.rule))
    {
        folded.routed = None;
    }
}
