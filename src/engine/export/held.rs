//! The held-out rule: what is measured on is not trained on, nor is anything in its clusters.

use std::collections::HashSet;

use super::super::folder::HeldOutDataset;
use crate::domain::catalog::Dataset;
use crate::domain::eval::DatasetRole;
use crate::domain::ids::ClusterId;
use crate::store::{Db, catalog, datasets};

/// The clusters of every dataset held out, as they are now.
#[derive(Debug, Default)]
pub(super) struct Held(Vec<(Dataset, HashSet<ClusterId>)>);

impl Held {
    /// Reads the current versions.
    pub(super) fn load(db: &Db) -> crate::store::Result<Self> {
        let mut sets = Vec::new();
        for dataset in catalog::datasets(db)? {
            if dataset.role == DatasetRole::Heldout {
                let rows = datasets::current(db, &dataset.id)?;
                let clusters = datasets::clusters(db, &rows)?;
                sets.push((dataset, clusters));
            }
        }
        Ok(Self(sets))
    }

    /// Places of the datasets that hold a cluster.
    pub(super) fn holding<'s>(
        &'s self,
        cluster: &'s ClusterId,
    ) -> impl Iterator<Item = usize> + 's {
        let holds = move |(_, (_, clusters)): &(usize, &(Dataset, HashSet<ClusterId>))| {
            clusters.contains(cluster)
        };
        self.0.iter().enumerate().filter(holds).map(|(at, _)| at)
    }

    /// The name of the dataset in a place.
    pub(super) fn name(&self, at: usize) -> &str {
        self.0.get(at).map_or("", |(dataset, _)| &dataset.name)
    }

    /// How many datasets are held out.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What was checked against, for the manifest.
    pub(super) fn checked(&self) -> Vec<HeldOutDataset> {
        let line = |(dataset, clusters): &(Dataset, HashSet<ClusterId>)| HeldOutDataset {
            dataset: dataset.name.clone(),
            version: dataset.version.to_string(),
            clusters: clusters.len() as u64,
        };
        self.0.iter().map(line).collect()
    }
}
