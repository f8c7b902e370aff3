//! Datasets: naming, roles, building, holding out, moving whole clusters.

mod build;
mod hard;
mod hold_out;
mod overlap;
mod shown;

pub(in crate::engine) use build::trained;
pub use build::{BuildOrder, Built};
pub use hard::HardItem;
pub use hold_out::{HeldOutNow, HoldOut};
pub(in crate::engine) use overlap::held_out;
pub use overlap::{DatasetOverlap, SharedWith};
pub use shown::{ItemName, Shown, Version};

use serde::Serialize;

use super::evals::check_name;
use super::{Engine, EngineError, Pen, Result};
use crate::domain::catalog::Dataset;
use crate::domain::eval::{DatasetRole, dataset_id};
use crate::domain::event::{Body, DatasetNamed, ItemsMoved, RoleChanged};
use crate::domain::ids::{ClusterId, DatasetId};
use crate::domain::recipe::Recipe;
use crate::store::datasets::{self, Ranges};
use crate::store::{Db, StoreError, catalog, pick, tickets};

/// What moving clusters did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Whole clusters.
    pub clusters: u64,
    /// Items in them.
    pub items: u64,
    /// Per eval on the source dataset.
    pub losses: Vec<Loss>,
}

/// What an eval loses from its dataset. Its tickets stay, with their reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Name of the eval.
    pub eval: String,
    /// Tickets on items that go.
    pub tickets: u64,
    /// Of these, with a person's score.
    pub reviewed: u64,
}

impl Engine {
    /// All datasets.
    pub fn datasets(&self) -> Result<Vec<Dataset>> {
        Ok(self.store.read(catalog::datasets)?)
    }

    /// A dataset by name.
    pub fn dataset_named(&self, name: &str) -> Result<Dataset> {
        let found = self.store.read(|db| catalog::dataset_named(db, name))?;
        match found {
            Some(dataset) => Ok(dataset),
            None => Err(self.unknown(
                "dataset",
                name,
                self.datasets()?.into_iter().map(|set| set.name),
            )),
        }
    }

    /// The dataset an eval reviews.
    pub fn dataset_of(&self, eval: &str) -> Result<Dataset> {
        let eval = self.eval_named(eval)?;
        let found = self.store.read(|db| catalog::dataset(db, &eval.dataset))?;
        Ok(found.ok_or_else(|| {
            StoreError::Damaged(format!("eval `{}`: its dataset is missing", eval.name))
        })?)
    }

    /// Gives a dataset another role.
    pub fn set_role(&self, name: &str, role: DatasetRole, reason: &str) -> Result<()> {
        let dataset = self.dataset_named(name)?;
        let (engine, reason) = (self.clone(), reason.to_owned());
        Ok(self.store.write(move |db| {
            let body = RoleChanged {
                dataset: dataset.id,
                from: dataset.role,
                to: role,
                reason,
            };
            Pen::new(&engine).write(db, None, None, Body::RoleChanged(body))?;
            catalog::refold(db).map(|_| ())
        })?)
    }

    /// Adds item rows to a dataset, making it if needed; one event if anything changed.
    pub(crate) fn add_to_dataset(
        &self,
        name: &str,
        role: DatasetRole,
        rows: Ranges,
    ) -> Result<Dataset> {
        check_name("dataset", name)?;
        let (engine, name) = (self.clone(), name.to_owned());
        Ok(self.store.write(move |db| {
            let id = dataset_id(&engine.identity.id, &name);
            let all = datasets::current(db, &id)?.with(&rows);
            name_dataset(db, &Pen::new(&engine), &name, id, role, &all)?;
            catalog::dataset(db, &id)?.ok_or(StoreError::NotFound {
                what: "dataset",
                name,
            })
        })?)
    }

    /// The clusters of a dataset that ids mean: a cluster's, or the start of it, or the id of an item in it.
    pub fn clusters_of(&self, dataset: &str, ids: &[String]) -> Result<Vec<ClusterId>> {
        let set = self.dataset_named(dataset)?;
        let mut all = Vec::new();
        for id in ids {
            let found = self
                .store
                .read(|db| pick::clusters_named(db, id, &datasets::current(db, &set.id)?))?;
            if found.is_empty() {
                let shown: String = id.chars().take(64).collect();
                return Err(EngineError::refused(
                    format!(
                        "`{}` is no cluster of `{dataset}`, nor an item in it",
                        crate::text::sanitise::line(&shown)
                    ),
                    format!(
                        "`docket items --dataset {dataset} --json` shows each item's `id`, `external_id` and `cluster`; any of the \
                         three names its cluster"
                    ),
                ));
            }
            all.extend(found);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// Moves whole clusters from one dataset to another in one transaction. `clusters` empty moves all.
    /// With `dry` nothing is written.
    pub fn move_items(
        &self,
        from: &str,
        to: &str,
        clusters: Vec<ClusterId>,
        reason: &str,
        dry: bool,
    ) -> Result<Moved> {
        check_name("dataset", to)?;
        let source = self.dataset_named(from)?;
        if from == to {
            return Err(EngineError::refused(
                format!("`{from}` is where they are"),
                "name another dataset to move them to",
            ));
        }
        self.move_clusters(&source, (to, DatasetRole::Review), clusters, reason, dry)
    }

    /// The same to a dataset that gets this role if it is made.
    fn move_clusters(
        &self,
        source: &Dataset,
        (to, role): (&str, DatasetRole),
        clusters: Vec<ClusterId>,
        reason: &str,
        dry: bool,
    ) -> Result<Moved> {
        // Near-duplicates are in one cluster once they were looked for.
        self.settle_clusters()?;
        let (engine, source) = (self.clone(), source.clone());
        let (to, reason) = (to.to_owned(), reason.to_owned());
        Ok(self.store.write(move |db| {
            let all = datasets::current(db, &source.id)?;
            let clusters = if clusters.is_empty() {
                datasets::clusters(db, &all)?.into_iter().collect()
            } else {
                clusters
            };
            let mut rows = Vec::new();
            for cluster in &clusters {
                rows.extend(datasets::cluster_rows(db, cluster)?.iter());
            }
            let rows = Ranges::of(rows).within(&all);
            let moved = Moved {
                clusters: clusters.len() as u64,
                items: rows.len(),
                losses: losses(db, &source.id, &rows)?,
            };
            if dry || rows.is_empty() {
                return Ok(moved);
            }
            let pen = Pen::new(&engine);
            let target = dataset_id(&engine.identity.id, &to);
            let role = catalog::dataset(db, &target)?.map_or(role, |set| set.role);
            let recipe = (role == DatasetRole::Heldout).then(|| Recipe {
                held_out_of: Some(source.name.clone()),
                ..Recipe::default()
            });
            let body = ItemsMoved {
                from: source.id,
                to: target,
                clusters,
                items: rows.len(),
                reason,
            };
            pen.write(db, None, None, Body::ItemsMoved(body))?;
            let left = all.without(&rows);
            name_dataset(db, &pen, &source.name, source.id, source.role, &left)?;
            let joined = datasets::current(db, &target)?.with(&rows);
            name_dataset_as(db, &pen, (&to, target, role), &joined, recipe)?;
            Ok(moved)
        })?)
    }
}

/// Names the next version of a dataset; writes nothing when it is the same version.
pub(super) fn name_dataset(
    db: &Db,
    pen: &Pen,
    name: &str,
    id: DatasetId,
    role: DatasetRole,
    rows: &Ranges,
) -> crate::store::Result<()> {
    name_dataset_as(db, pen, (name, id, role), rows, None)
}

/// The same, with how the version was put together.
pub(super) fn name_dataset_as(
    db: &Db,
    pen: &Pen,
    (name, id, role): (&str, DatasetId, DatasetRole),
    rows: &Ranges,
    recipe: Option<Recipe>,
) -> crate::store::Result<()> {
    let known = catalog::dataset(db, &id)?;
    let (version, _) = datasets::set(db, &id, rows)?;
    if known.is_some_and(|known| known.version == version) {
        return Ok(());
    }
    let body = DatasetNamed {
        dataset: id,
        name: name.to_owned(),
        role,
        version,
        items: rows.len(),
        recipe,
    };
    pen.write(db, None, None, Body::DatasetNamed(body))?;
    catalog::refold(db).map(|_| ())
}

/// What the evals on a dataset lose with these rows.
fn losses(db: &Db, dataset: &DatasetId, rows: &Ranges) -> crate::store::Result<Vec<Loss>> {
    let mut losses = Vec::new();
    if rows.is_empty() {
        return Ok(losses);
    }
    for (row, eval) in catalog::evals(db)?
        .into_iter()
        .filter(|(_, eval)| eval.dataset == *dataset)
    {
        let (mut lost, mut reviewed) = (0, 0);
        for (lo, hi) in rows.iter() {
            let (all, scored) = tickets::on_items(db, row, lo, hi)?;
            lost += all;
            reviewed += scored;
        }
        losses.push(Loss {
            eval: eval.name,
            tickets: lost,
            reviewed,
        });
    }
    Ok(losses)
}
