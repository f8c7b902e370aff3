//! Which output of an item a person prefers, said side by side.
//!
//! Decided here as well is whether it was blind: a screen cannot call a preference blind after the names were shown.
//! Preferences are events about no ticket. They stand in no projection: whoever counts them folds them from the
//! ledger, so that nothing they say can slip into a score.

use super::super::{Engine, Pen, Result};
use super::beside::Beside;
use crate::domain::event::{Body, Event};
use crate::domain::ids::{EventId, GroupId};
use crate::domain::plan::ticket_id;
use crate::domain::preference::{
    MOST_OUTPUTS, Opinion, Preference, PreferenceGiven, SeenOutput, opinions,
};
use crate::domain::review::Sight;
use crate::domain::view::Prefer;
use crate::store::{Db, StoreError, ledger, runs};

/// Kinds of events that say what people prefer, or take such a word back.
const KINDS: [&str; 3] = ["preference_given", "undone", "redone"];

impl Engine {
    /// Keeps which output of an item this reviewer prefers. Refused where what they saw is not what is there, where
    /// fewer than two outputs or more than nine stand beside each other, and for a place without an output.
    pub fn prefer(&self, wanted: &Prefer) -> Result<PreferenceGiven> {
        let beside = self.beside(&wanted.group, wanted.item)?;
        let (engine, wanted) = (self.clone(), wanted.clone());
        Ok(self.store().write(move |db| {
            let given = engine.preference(db, &beside, &wanted)?;
            let body = Body::PreferenceGiven(Box::new(given.clone()));
            Pen::new(&engine).write(db, None, None, body)?;
            Ok(given)
        })?)
    }

    fn preference(
        &self,
        db: &Db,
        beside: &Beside,
        wanted: &Prefer,
    ) -> crate::store::Result<PreferenceGiven> {
        let seen = beside.seen(db)?;
        if !seen
            .iter()
            .map(|one| one.output)
            .eq(wanted.shown.iter().copied())
        {
            let why = "the outputs of this item have changed since; look at it again";
            return Err(StoreError::Refused(why.to_owned()));
        }
        if let Some(why) = refusal(&seen, wanted.preference) {
            return Err(StoreError::Refused(why));
        }
        let (_, sight) = beside.sight(db, self.reviewer())?;
        let opened = beside.eval.opened_by(self.reviewer()).is_some();
        let blind_eval = beside.eval.policy.mode == crate::domain::eval::Mode::Blind;
        Ok(PreferenceGiven {
            group: beside.group.id,
            item: beside.scores.items[0].id,
            seed: beside.seed,
            seen,
            preference: wanted.preference,
            sight: if wanted.named { Sight::Assisted } else { sight },
            numbers_seen: opened || !blind_eval,
        })
    }

    /// The preferences that count in a group.
    pub(in crate::engine) fn opinions(&self, group: &GroupId) -> Result<Vec<Opinion>> {
        Ok(self.store().read(|db| opinions_in(db, group))?)
    }
}

/// The same in a state of the workspace.
pub(in crate::engine) fn opinions_in(
    db: &Db,
    group: &GroupId,
) -> crate::store::Result<Vec<Opinion>> {
    Ok(opinions(&ledger::global_of(db, &KINDS)?, group))
}

fn refusal(seen: &[SeenOutput], preference: Preference) -> Option<String> {
    let there = seen.iter().filter(|one| one.output.is_some()).count();
    if there < 2 {
        return Some("there are no two outputs of this item to choose between".to_owned());
    }
    if seen.len() > MOST_OUTPUTS {
        let why = format!(
            "{} outputs stand beside each other: a digit tells {MOST_OUTPUTS} apart at most",
            seen.len()
        );
        return Some(why);
    }
    let Preference::Best(place) = preference else {
        return None;
    };
    let chosen = seen.get(usize::from(place));
    let empty = chosen.is_none_or(|one| one.output.is_none());
    empty.then(|| format!("there is no output {}", u32::from(place) + 1))
}

/// The event by which the names of a blind preference's outputs were shown to the same person since: then that word
/// stays, and another one stands beside it.
pub(in crate::engine) fn named_since(
    db: &Db,
    event: &Event,
    given: &PreferenceGiven,
) -> crate::store::Result<Option<EventId>> {
    if given.sight != Sight::Blind {
        return Ok(None);
    }
    let groups = runs::groups(db)?;
    let Some(group) = groups.into_iter().find(|group| group.id == given.group) else {
        return Ok(None);
    };
    for output in given.seen.iter().filter_map(|one| one.output) {
        let ticket = ticket_id(&group.tickets, &[output]);
        let seen = ledger::of_ticket(db, &ticket)?.into_iter().find(|later| {
            later.hlc > event.hlc
                && later.reviewer == event.reviewer
                && matches!(later.body, Body::Revealed(_))
        });
        if let Some(seen) = seen {
            return Ok(Some(seen.id));
        }
    }
    Ok(None)
}

/// What is said of a preference that was kept: `output 2 is best`.
pub fn words(given: &PreferenceGiven) -> String {
    let said = match given.preference {
        Preference::Best(place) => format!("output {} is best", u32::from(place) + 1),
        Preference::Tie => "a tie".to_owned(),
        Preference::CannotTell => "cannot tell".to_owned(),
    };
    match given.sight {
        Sight::Blind => said,
        Sight::Assisted => format!("{said} (not blind: counted apart)"),
    }
}
