//! A dataset with its versions: what came in, what went out, by whom and how it was put together.

use std::collections::HashMap;

use serde::Serialize;

use super::super::{Engine, EngineError, Result};
use super::trained;
use crate::domain::catalog::Dataset;
use crate::domain::effective;
use crate::domain::event::Body;
use crate::domain::ids::{DatasetId, DatasetVersionId};
use crate::domain::message::Request;
use crate::domain::recipe::Recipe;
use crate::store::datasets::{self, Ranges};
use crate::store::{Db, catalog, ledger, listing, runs};
use crate::text::preview::preview;

/// A dataset with its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// As it stands.
    pub dataset: Dataset,
    /// Clusters of its items.
    pub clusters: u64,
    /// Of these, clusters that were exported for training.
    pub trained: u64,
    /// Evals that review it.
    pub evals: Vec<String>,
    /// Oldest first.
    pub versions: Vec<Version>,
}

/// A frozen version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// From 1.
    pub number: u64,
    /// Identity: the hash of its item ids.
    pub id: DatasetVersionId,
    /// Items in it.
    pub items: u64,
    /// Items the version before had not.
    pub added: u64,
    /// Items only the version before had.
    pub removed: u64,
    /// Who made it; `None` for one that came with another copy.
    pub by: Option<String>,
    /// When, in milliseconds since 1970.
    pub at_ms: Option<i64>,
    /// How it was put together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe: Option<Recipe>,
}

/// An item of a difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemName {
    /// Whether it came in, or went out.
    pub added: bool,
    /// Identity.
    pub id: String,
    /// The row's own id.
    pub external_id: Option<String>,
    /// Unit of every split.
    pub cluster: String,
    /// First words of the request.
    pub preview: String,
}

impl Engine {
    /// A dataset with its versions.
    pub fn dataset_shown(&self, name: &str) -> Result<Shown> {
        let dataset = self.dataset_named(name)?;
        Ok(self.store.read(|db| {
            let rows = datasets::current(db, &dataset.id)?;
            let evals = catalog::evals(db)?.into_iter();
            let evals = evals.filter(|(_, eval)| eval.dataset == dataset.id);
            Ok(Shown {
                clusters: datasets::clusters(db, &rows)?.len() as u64,
                trained: trained(db, &rows)?,
                evals: evals.map(|(_, eval)| eval.name).collect(),
                versions: versions(db, &dataset.id)?,
                dataset,
            })
        })?)
    }

    /// What came in and what went out with a version, or between two. `None` for `from` is the version before.
    pub fn dataset_difference(
        &self,
        name: &str,
        from: Option<u64>,
        to: u64,
    ) -> Result<Vec<ItemName>> {
        let dataset = self.dataset_named(name)?;
        let from = from.unwrap_or(to.saturating_sub(1));
        let last = self
            .store
            .read(|db| datasets::last_version(db, &dataset.id))?;
        let last = last.map_or(0, |(_, number)| number);
        if let Some(none) = [to, from].into_iter().find(|number| *number > last) {
            return Err(EngineError::refused(
                format!("`{name}` has no version {none}"),
                format!("its last version is {last}: `docket dataset show {name}` lists them"),
            ));
        }
        Ok(self.store.read(|db| {
            let rows = |number| match number {
                0 => Ok(Ranges::default()),
                number => runs::version_rows(db, &dataset.id, number),
            };
            let (old, new) = (rows(from)?, rows(to)?);
            let mut all = Vec::new();
            for (added, rows) in [(true, new.without(&old)), (false, old.without(&new))] {
                for item in listing::items_in(db, &rows)? {
                    let request = item.request.as_ref();
                    let words = request.map(|json| Request::read(json).own_text());
                    all.push(ItemName {
                        added,
                        id: item.id.to_string(),
                        external_id: item.external_id,
                        cluster: item.cluster.to_string(),
                        preview: preview(&words.unwrap_or_default()),
                    });
                }
            }
            Ok(all)
        })?)
    }

    /// How the last version of a dataset that was built was put together.
    pub(in crate::engine) fn last_recipe(&self, id: &DatasetId) -> Result<Option<Recipe>> {
        let versions = self.store.read(|db| versions(db, id))?;
        Ok(versions.into_iter().rev().find_map(|one| one.recipe))
    }
}

fn versions(db: &Db, id: &DatasetId) -> crate::store::Result<Vec<Version>> {
    let mut events = ledger::global(db)?;
    effective::sort(&mut events);
    let mut named: HashMap<DatasetVersionId, Vec<_>> = HashMap::new();
    for event in events {
        if let Body::DatasetNamed(body) = event.body
            && body.dataset == *id
        {
            named.entry(body.version).or_default().push((
                event.reviewer,
                event.hlc.millis(),
                body.recipe,
            ));
        }
    }
    let mut before = Ranges::default();
    let mut all = Vec::new();
    for (version, number) in datasets::versions(db, id)? {
        let rows = runs::version_rows(db, id, number)?;
        // The same items may have been a version before; then the decisions come in the same order.
        let decision = named.get_mut(&version).filter(|list| !list.is_empty());
        let decision = decision.map(|list| list.remove(0));
        let (by, at_ms, recipe) = match decision {
            Some((by, at, recipe)) => (Some(by), Some(at), recipe),
            None => (None, None, None),
        };
        all.push(Version {
            number,
            id: version,
            items: rows.len(),
            added: rows.without(&before).len(),
            removed: before.without(&rows).len(),
            by,
            at_ms,
            recipe,
        });
        before = rows;
    }
    Ok(all)
}
