//! Datasets: naming, roles, moving whole clusters.

use super::evals::check_name;
use super::{Engine, Pen, Result};
use crate::domain::catalog::Dataset;
use crate::domain::eval::{DatasetRole, dataset_id};
use crate::domain::event::{Body, DatasetNamed, ItemsMoved, RoleChanged};
use crate::domain::ids::{ClusterId, DatasetId};
use crate::store::datasets::{self, Ranges};
use crate::store::{Db, StoreError, catalog, tickets};

/// What moving clusters did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Whole clusters.
    pub clusters: u64,
    /// Items in them.
    pub items: u64,
    /// Per eval on the source dataset: name, tickets it loses, how many of them were reviewed.
    pub losses: Vec<(String, u64, u64)>,
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
        let (engine, to, reason) = (self.clone(), to.to_owned(), reason.to_owned());
        Ok(self.store.write(move |db| {
            let all = datasets::current(db, &source.id)?;
            let clusters = if clusters.is_empty() {
                datasets::clusters(db, &all)?.into_iter().collect()
            } else {
                clusters
            };
            let mut rows = Ranges::default();
            for cluster in &clusters {
                let inside = datasets::cluster_rows(db, cluster)?;
                rows = rows.with(&inside.without(&inside.without(&all)));
            }
            let moved = Moved {
                clusters: clusters.len() as u64,
                items: rows.len(),
                losses: losses(db, &source, &rows)?,
            };
            if dry || rows.is_empty() {
                return Ok(moved);
            }
            let pen = Pen::new(&engine);
            let target = dataset_id(&engine.identity.id, &to);
            let role = catalog::dataset(db, &target)?.map_or(DatasetRole::Review, |set| set.role);
            let body = ItemsMoved {
                from: source.id,
                to: target,
                clusters,
                items: rows.len(),
                reason,
            };
            pen.write(db, None, None, Body::ItemsMoved(body))?;
            name_dataset(
                db,
                &pen,
                &source.name,
                source.id,
                source.role,
                &all.without(&rows),
            )?;
            let joined = datasets::current(db, &target)?.with(&rows);
            name_dataset(db, &pen, &to, target, role, &joined)?;
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
    };
    pen.write(db, None, None, Body::DatasetNamed(body))?;
    catalog::refold(db).map(|_| ())
}

/// What the evals on a dataset lose with these rows.
fn losses(
    db: &Db,
    source: &Dataset,
    rows: &Ranges,
) -> crate::store::Result<Vec<(String, u64, u64)>> {
    let mut losses = Vec::new();
    for (row, eval) in catalog::evals(db)?
        .into_iter()
        .filter(|(_, eval)| eval.dataset == source.id)
    {
        let (mut lost, mut reviewed) = (0, 0);
        for (lo, hi) in rows.iter() {
            let (all, scored) = tickets::on_items(db, row, lo, hi)?;
            lost += all;
            reviewed += scored;
        }
        losses.push((eval.name, lost, reviewed));
    }
    Ok(losses)
}
