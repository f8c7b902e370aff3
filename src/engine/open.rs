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
