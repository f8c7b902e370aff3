//! Whether opening the numbers of a blind eval must be agreed to first.
//!
//! Whoever opens them reviews assisted from then on. Where people review, that takes something from them; the outputs of a
//! run group that nobody reviews can be shown to a script.

use super::super::gate::asks_people;
use super::super::{Engine, Result};
use crate::domain::ids::EvalId;
use crate::store::runs::readings::has_people;
use crate::store::{catalog, gates, runs};

impl Engine {
    /// Whether people review the tickets of an eval, or are to. An eval of its own is there for that. In that of a run group
    /// they do once one has begun, one has said which output is best, an order by risk was drawn, or the release rule rests
    /// on people.
    pub fn people_review(&self, eval: EvalId) -> Result<bool> {
        let group = self.store().read(|db| runs::group_of(db, &eval))?;
        let Some(group) = group else {
            return Ok(true);
        };
        let begun = self.store().read(|db| match catalog::eval(db, &eval)? {
            Some((row, _)) => has_people(db, row),
            None => Ok(false),
        })?;
        if begun || !self.opinions(&group.id)?.is_empty() {
            return Ok(true);
        }
        let events = self.store().read(|db| gates::of_group(db, &group.id))?;
        Ok(asks_people(&events))
    }
}
