//! Making and opening a workspace.

use std::path::Path;

use super::{Clock, Engine, Result, owner};
use crate::domain::ids::WorkspaceId;
use crate::store::{Store, StoreError, leases, project, workspace};

impl Engine {
    /// Opens the workspace at `path`.
    pub fn open(path: &Path, reviewer: &str, clock: Clock) -> Result<Self> {
        Self::start(workspace::open(path)?, reviewer, clock)
    }

    /// Makes a workspace at `path`, or opens the one that is there. `group` lets the folder's group in.
    pub fn create(path: &Path, reviewer: &str, clock: Clock, group: bool) -> Result<Self> {
        let mut id = [0; 16];
        id.copy_from_slice(&clock.random_bytes()[..16]);
        // Seeds are stored as signed numbers and typed by people: 53 bits also survive JSON readers.
        let seed = clock.random() >> 11;
        let fresh = workspace::Identity {
            id: WorkspaceId(id),
            seed,
            secret: clock.random_bytes(),
        };
        Self::start(workspace::create(path, &fresh, group)?, reviewer, clock)
    }

    /// Takes away a workspace that was made for something which then was refused. One that holds anything stays,
    /// whoever put it there.
    pub fn discard_untouched(self) -> Result<()> {
        if !self.store.read(workspace::is_untouched)? {
            return Ok(());
        }
        let path = self.store.path().to_owned();
        // The last handle closes the file.
        drop(self);
        Ok(workspace::remove(&path)?)
    }

    fn start(store: Store, reviewer: &str, clock: Clock) -> Result<Self> {
        let identity = store
            .read(workspace::identity)?
            .ok_or_else(|| StoreError::Foreign(store.path().to_owned()))?;
        let engine = Self {
            owner: owner(reviewer, &clock),
            store,
            reviewer: reviewer.to_owned(),
            clock,
            identity,
        };
        engine.take_over()?;
        engine.bring_up_to_date()?;
        Ok(engine)
    }

    /// Folds anew, once, what an older program folded by other rules.
    fn bring_up_to_date(&self) -> Result<()> {
        if !self.store.read(project::is_older)? {
            return Ok(());
        }
        match self.store.write(project::bring_up_to_date) {
            // Who cannot write now reads it as it is; the next start tries again.
            Err(StoreError::ReadOnly(_) | StoreError::Full(_) | StoreError::Busy) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Gives back the seats a killed process of this person left, so that their ticket and draft are at hand.
    fn take_over(&self) -> Result<()> {
        let mut gone = self.store.read(|db| leases::owners(db, &self.reviewer))?;
        gone.retain(|owner| super::is_gone(owner));
        if gone.is_empty() {
            return Ok(());
        }
        Ok(self.store.write_light(move |db| {
            gone.iter()
                .try_for_each(|owner| leases::release_all(db, owner))
        })?)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::eval::Mode;
    use crate::engine::Engine;
    use crate::engine::testing::Bench;

    #[test]
    fn scores_of_several_samples_kept_by_an_older_program_are_brought_up_to_date_once() {
        let bench = Bench::new(2, Mode::Assist, 1, true);
        let store = bench.ana.store();
        let right = store
            .write(|db| {
                // A second sample, which is all that tells which tickets an older program may have counted otherwise.
                db.script(
                    "INSERT INTO verdict (id, ticket, criterion, judge, sample, body)
                     SELECT randomblob(16), ticket, criterion, judge, 1, body FROM verdict WHERE ticket = 1",
                )?;
                crate::store::project::rebuild(db)?;
                let right = crate::store::project::dump(db)?;
                db.script(
                    "UPDATE ticket SET judge = 0.987, judge_key = 987000 WHERE row = 1;
                     INSERT INTO meta (key, value) VALUES ('fold_rules', '2')
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                )?;
                Ok(right)
            })
            .unwrap();
        assert_ne!(bench.dump(), right);
        let path = store.path().to_owned();
        let again = Engine::open(&path, "ana", bench.clock.clone()).unwrap();
        assert_eq!(bench.dump(), right);
        let rules = "SELECT value = '2' FROM meta WHERE key = 'fold_rules'";
        let older = again.store().read(|db| db.number(rules, &[])).unwrap();
        assert_eq!(older, 0, "once is enough");
    }
}
