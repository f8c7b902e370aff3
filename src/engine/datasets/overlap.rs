//! What a dataset shares with datasets of another role: requests that are both reviewed and held out, and runs of words
//! that training rows share with what is measured on.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::super::near::{self, SharedRuns};
use super::super::{Engine, Result};
use crate::domain::count::{counted, either};
use crate::domain::eval::DatasetRole;
use crate::domain::ids::DatasetId;
use crate::store::datasets::{self, Ranges};
use crate::store::{Db, catalog, pick};

/// Requests of a dataset that another one has too.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedWith {
    /// The other dataset.
    pub dataset: String,
    /// What it may be used for.
    pub role: DatasetRole,
    /// Clusters in both.
    pub clusters: u64,
    /// Items of this dataset in them.
    pub items: u64,
}

impl SharedWith {
    /// What it means, in a sentence.
    pub fn words(&self) -> String {
        let both = format!(
            "{} ({})",
            counted(self.items, "item"),
            counted(self.clusters, "cluster")
        );
        let are = either(self.items, "is", "are");
        let them = either(self.items, "it", "them");
        if self.role == DatasetRole::Heldout {
            format!(
                "{both} {are} held out in `{}` too: an export leaves {them} out, and whoever reviews {them} here sees what \
                 is measured on there",
                self.dataset
            )
        } else {
            format!(
                "{both} {are} in `{}` too, which is there to be reviewed and corrected: `docket dataset move` keeps {them} \
                 in one",
                self.dataset
            )
        }
    }
}

/// What a dataset shares across roles.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct DatasetOverlap {
    /// Requests that are reviewed and held out.
    pub shared: Vec<SharedWith>,
    /// Runs of words that training rows share with what is held out.
    pub runs: SharedRuns,
}

impl Engine {
    /// What a dataset shares with others across roles. Looks at texts, so that it takes a moment where there are many.
    pub fn dataset_overlap(&self, name: &str) -> Result<DatasetOverlap> {
        let dataset = self.dataset_named(name)?;
        self.settle_clusters()?;
        let never = AtomicBool::new(false);
        Ok(self.store.read(|db| {
            let rows = datasets::current(db, &dataset.id)?;
            let (trained, measured) = match dataset.role {
                // What is reviewed is exported itself; that it is like what was exported says nothing.
                DatasetRole::Review => (Ranges::default(), Ranges::default()),
                DatasetRole::Heldout => (pick::trained(db)?, rows.clone()),
                DatasetRole::Train => (rows.clone(), held_out(db)?),
            };
            let runs = near::shared_runs(db, &trained, &measured, &never)?.unwrap_or_default();
            Ok(DatasetOverlap {
                shared: shared_with(db, (&dataset.id, dataset.role), &rows)?,
                runs,
            })
        })?)
    }
}

impl Engine {
    /// What a run group over a held-out dataset measures on that others have seen, in sentences: requests that are reviewed
    /// elsewhere, and runs of words of training rows. Looks at texts, so that it takes a moment where there are many.
    pub(in crate::engine) fn group_overlap(&self, group: &str) -> Result<Vec<String>> {
        let found = self.group_found(group)?;
        let (shared, trained) = self.store.read(|db| {
            let set = catalog::dataset(db, &found.group.dataset)?;
            match set.filter(|set| set.role == DatasetRole::Heldout) {
                Some(set) => Ok((
                    shared_with(db, (&set.id, set.role), &found.items)?,
                    pick::trained(db)?,
                )),
                None => Ok((Vec::new(), Ranges::default())),
            }
        })?;
        let runs = self.shared_runs(&trained, &found.items)?.words();
        Ok(shared.iter().map(SharedWith::words).chain(runs).collect())
    }
}

/// Everything that is held out.
pub(in crate::engine) fn held_out(db: &Db) -> crate::store::Result<Ranges> {
    let mut held = Ranges::default();
    for set in catalog::datasets(db)? {
        if set.role == DatasetRole::Heldout {
            held = held.with(&datasets::current(db, &set.id)?);
        }
    }
    Ok(held)
}

/// Datasets that hold requests of these rows under the other of the roles `review` and `heldout`.
pub(super) fn shared_with(
    db: &Db,
    (id, role): (&DatasetId, DatasetRole),
    rows: &Ranges,
) -> crate::store::Result<Vec<SharedWith>> {
    let other = match role {
        DatasetRole::Review => DatasetRole::Heldout,
        DatasetRole::Heldout => DatasetRole::Review,
        DatasetRole::Train => return Ok(Vec::new()),
    };
    let mut found = Vec::new();
    let sets = catalog::datasets(db)?.into_iter();
    let mut sets = sets
        .filter(|set| set.role == other && set.id != *id)
        .peekable();
    if sets.peek().is_none() {
        return Ok(found);
    }
    let here = pick::identities(db, rows)?;
    for set in sets {
        let there = datasets::clusters(db, &datasets::current(db, &set.id)?)?;
        let both = here
            .iter()
            .filter(|(_, _, cluster)| there.contains(cluster));
        let clusters: HashSet<_> = both.clone().map(|(_, _, one)| one).collect();
        if !clusters.is_empty() {
            found.push(SharedWith {
                dataset: set.name,
                role: set.role,
                clusters: clusters.len() as u64,
                items: both.count() as u64,
            });
        }
    }
    Ok(found)
}
