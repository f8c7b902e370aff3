//! Growing an eval: items join its dataset as a new version, their outputs become tickets in a plan of their own.
//!
//! The plans before stay as they were drawn, with their reviews: the tickets reviewed of each are a sample of that
//! plan, and an estimate over all weighs each plan by its tickets.

use std::collections::HashSet;

use serde::Serialize;

use super::datasets::name_dataset_as;
use super::{Engine, EngineError, Pen, Result};
use crate::domain::count::counted;
use crate::domain::eval::{DatasetRole, Eval};
use crate::domain::recipe::Recipe;
use crate::domain::rubric::Kind;
use crate::store::datasets::{self, Ranges};
use crate::store::ingest::{Target, tickets_of_sets};
use crate::store::{StoreError, catalog, pick, rubrics, runs, tickets};

/// Tickets made in one transaction.
const STEP: usize = 500;

/// What an eval is to grow by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Growth {
    /// Datasets whose items it is to review as well.
    pub to: Vec<String>,
    /// Only says what would come of it.
    pub dry: bool,
}

/// What came of it, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grown {
    /// Name of the eval.
    pub eval: String,
    /// Name of its dataset.
    pub dataset: String,
    /// Number of the dataset's version now.
    pub version: u64,
    /// Items that joined the dataset.
    pub items: u64,
    /// Tickets it had.
    pub before: u64,
    /// Tickets that came, in a plan of their own.
    pub tickets: u64,
    /// Number of that plan.
    pub plan: u32,
    /// Items of the dataset without an output that could be reviewed.
    pub without_output: u64,
}

impl Engine {
    /// Grows an eval by the items of its dataset that it has no ticket of, and by those of other datasets. Reviews and
    /// plans that are there stay.
    pub fn grow_eval(&self, name: &str, growth: &Growth) -> Result<Grown> {
        let eval = self.eval_named(name)?;
        let group = self.store.read(|db| runs::group_of(db, &eval.id))?;
        if group.is_some() {
            return Err(EngineError::refused(
                format!(
                    "`{name}` holds the tickets of a run group, which stays over the items it was made with"
                ),
                "grow the eval it was made from, and start another group: `docket run EVAL --group NAME`",
            ));
        }
        let joining = self.joining(&eval, &growth.to)?;
        let kind = self.store.read(|db| rubrics::get(db, &eval.rubric))?.kind;
        let (own, row, there) = self.store.read(|db| {
            let own = catalog::dataset(db, &eval.dataset)?
                .ok_or_else(|| StoreError::Damaged(format!("eval `{}`: its dataset", eval.name)))?;
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            Ok((own, row, datasets::current(db, &eval.dataset)?))
        })?;
        let all = there.with(&joining);
        let (sets, without_output) = self.offered(row, &all, kind)?;
        let target = self.target(&eval)?;
        let before = self.store.read(|db| tickets::count(db, row))?;
        let mut grown = Grown {
            eval: eval.name.clone(),
            dataset: own.name.clone(),
            version: 0,
            items: all.len() - there.len(),
            before,
            tickets: sets.len() as u64,
            plan: target.plan,
            without_output,
        };
        if !growth.dry {
            self.join_dataset(&eval, &own.name, own.role, &joining, &growth.to)?;
            grown.tickets = self.make_tickets(target, &sets)?;
        }
        let last = self
            .store
            .read(|db| datasets::last_version(db, &eval.dataset))?;
        grown.version = last.map_or(0, |(_, number)| number);
        Ok(grown)
    }

    fn joining(&self, eval: &Eval, names: &[String]) -> Result<Ranges> {
        let mut joining = Ranges::default();
        for name in names {
            let set = self.dataset_named(name)?;
            if set.role == DatasetRole::Train {
                return Err(EngineError::refused(
                    format!(
                        "`{name}` was exported for training: `{}` cannot measure on it",
                        eval.name
                    ),
                    "name a dataset to review or a held-out one",
                ));
            }
            let rows = self.store.read(|db| datasets::current(db, &set.id))?;
            joining = joining.with(&rows);
        }
        Ok(joining)
    }

    /// Outputs of items that the eval has no ticket of yet, as the tickets they will be; and how many such items have
    /// none.
    fn offered(&self, row: i64, all: &Ranges, kind: Kind) -> Result<(Vec<Vec<i64>>, u64)> {
        Ok(self.store.read(|db| {
            let there = Ranges::of_rows(tickets::items(db, row)?);
            let new = all.without(&there);
            let mut sets: Vec<Vec<i64>> = Vec::new();
            let mut items = HashSet::new();
            let mut last = None;
            for one in pick::outputs(db, &new)? {
                match sets.last_mut() {
                    Some(set) if kind == Kind::Pairwise && last == Some((one.item, one.raw)) => {
                        set.push(one.output);
                    }
                    _ => sets.push(vec![one.output]),
                }
                last = Some((one.item, one.raw));
                items.insert(one.item);
            }
            if kind == Kind::Pairwise {
                sets.retain(|set| set.len() > 1);
            }
            Ok((sets, new.len().saturating_sub(items.len() as u64)))
        })?)
    }

    fn join_dataset(
        &self,
        eval: &Eval,
        name: &str,
        role: DatasetRole,
        joining: &Ranges,
        from: &[String],
    ) -> Result<()> {
        if joining.is_empty() {
            return Ok(());
        }
        let (engine, id, name) = (self.clone(), eval.dataset, name.to_owned());
        let (joining, from) = (joining.clone(), from.to_vec());
        Ok(self.store.write(move |db| {
            let all = datasets::current(db, &id)?.with(&joining);
            let recipe = Recipe {
                datasets: from,
                ..Recipe::default()
            };
            name_dataset_as(
                db,
                &Pen::new(&engine),
                (&name, id, role),
                &all,
                Some(recipe),
            )
        })?)
    }

    /// Makes tickets and freezes their plan. A kill between the steps leaves tickets that the same call completes.
    fn make_tickets(&self, target: Target, sets: &[Vec<i64>]) -> Result<u64> {
        for chunk in sets.chunks(STEP) {
            let chunk = chunk.to_vec();
            self.store
                .write_light(move |db| tickets_of_sets(db, &target, &chunk))?;
        }
        self.draw_plan(target)
    }
}

impl Grown {
    /// In one sentence.
    pub fn sentence(&self) -> String {
        if self.tickets == 0 {
            return format!("`{}` has a ticket of every output already", self.eval);
        }
        format!(
            "`{}` grows from {} to {}: {} in plan {}; the reviews of the plans before stay",
            self.eval,
            self.before,
            counted(self.before + self.tickets, "ticket"),
            counted(self.tickets, "new one"),
            self.plan
        )
    }
}
