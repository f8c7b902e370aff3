//! What a person was shown of a ticket, and whether what they say next is a first opinion.

use super::super::{Engine, Pen};
use super::Desk;
use crate::domain::event::{Body, Revealed};
use crate::domain::ids::{EventId, TicketId, VerdictId};
use crate::domain::review::{Round, Sight};
use crate::domain::sight;
use crate::domain::view::Submission;
use crate::store::Db;

/// What a reveal shows: the judge's word on a ticket.
pub(super) const JUDGE: &str = "judge";
/// What a committed ticket shows by itself, said with the review that rests on it: models' names, other reviews.
const NAMES: &str = "names";

impl Engine {
    /// A first opinion, or a second one: decided by what this reviewer has done and could see, so that a screen
    /// cannot overwrite a blind opinion afterwards. Where nothing has said yet that they saw more (names and other
    /// reviews after their own commit, the judge of an eval that is not blind any more), it is written with the
    /// review that rests on it.
    pub(super) fn round(
        &self,
        db: &Db,
        desk: &Desk,
        submission: &Submission,
    ) -> crate::store::Result<Round> {
        let Some(mine) = desk.folded.by(&self.reviewer) else {
            return Ok(Round::First);
        };
        let seen = desk.folded.revealed.get(&self.reviewer).copied();
        let seen = seen
            .or_else(|| desk.eval.opened_by(&self.reviewer))
            .or(submission.second_after);
        let named = desk.outputs.iter().any(|output| output.model.is_some());
        let informed = sight::informed(&desk.folded, desk.view, named, &self.reviewer);
        Ok(match seen {
            Some(event) => Round::Second(event),
            None if informed && mine.first.sight == Sight::Blind => {
                let what = if desk.view.open { JUDGE } else { NAMES };
                let seen = submission.verdicts_seen.clone();
                Round::Second(self.saw(db, submission.ticket, what, seen)?)
            }
            None => Round::First,
        })
    }

    /// Writes that the judge of a ticket was shown.
    pub(in super::super) fn reveal_in(
        &self,
        db: &Db,
        ticket: TicketId,
        verdicts: Vec<VerdictId>,
    ) -> crate::store::Result<EventId> {
        self.saw(db, ticket, JUDGE, verdicts)
    }

    fn saw(
        &self,
        db: &Db,
        ticket: TicketId,
        what: &str,
        verdicts: Vec<VerdictId>,
    ) -> crate::store::Result<EventId> {
        let body = Body::Revealed(Revealed {
            what: what.into(),
            verdicts,
            eval: None,
        });
        Ok(Pen::new(self).write(db, Some(ticket), None, body)?.id)
    }
}
