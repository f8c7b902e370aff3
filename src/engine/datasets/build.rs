//! Building a dataset from what is in the workspace: filters over everything imported, tickets, a list, hard items.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::super::evals::check_name;
use super::super::queue::QueueError;
use super::super::{Engine, EngineError, Pen, Result};
use super::hard::HardItem;
use super::overlap::{SharedWith, shared_with};
use super::{Loss, losses, name_dataset_as};
use crate::domain::catalog::Dataset;
use crate::domain::eval::{DatasetRole, Eval, Mode, dataset_id};
use crate::domain::filter::{Expr, Filter, Test, WordField};
use crate::domain::ids::{DatasetVersionId, TicketId};
use crate::domain::recipe::{Drawn, OfEval, Recipe};
use crate::domain::split::uniform;
use crate::domain::view::Order;
use crate::store::datasets::{self, Ranges};
use crate::store::filter_sql::items::Asker;
use crate::store::pick::Unseen;
use crate::store::{Db, StoreError, catalog, pick, queue, tickets};
use crate::text::search_terms::fts_query;

/// What a dataset is to be built from. Parts are united.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BuildOrder {
    /// Its name; made if it is not there.
    pub name: String,
    /// Its role, if it is made.
    pub role: DatasetRole,
    /// Filters over everything imported; an empty one takes everything.
    pub from: Vec<String>,
    /// Tickets of an eval, by a filter.
    pub tickets: Option<OfEval>,
    /// Items by id, and what the list is called.
    pub list: Option<(String, Vec<String>)>,
    /// So many low, disputed and flickering items, of this eval or of all that may be looked at.
    pub hard: Option<(u64, Option<String>)>,
    /// At most so many of all that.
    pub sample: Option<Drawn>,
    /// Whether what is there and is not named goes out.
    pub replace: bool,
    /// Only says what would come of it.
    pub dry: bool,
}

/// What came of it, or would.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Built {
    /// Name of the dataset.
    pub dataset: String,
    /// Its role.
    pub role: DatasetRole,
    /// Number of its version now.
    pub number: u64,
    /// Items that were named, after the sample was drawn.
    pub named: u64,
    /// Of these, items that were not in it.
    pub added: u64,
    /// Items that went out.
    pub removed: u64,
    /// Items in it now.
    pub items: u64,
    /// Clusters of those that came in that were exported for training before.
    pub trained: u64,
    /// Items and tickets not looked at because what the filter asks about is still hidden there: a blind eval, or the
    /// blind share of an assisted one.
    pub hidden: u64,
    /// Requests of it that are held out elsewhere, or reviewed elsewhere if it is held out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<SharedWith>,
    /// The hard items among those that came in, and why they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hard: Vec<HardItem>,
    /// What evals on the dataset lose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
    /// The version's identity.
    #[serde(skip)]
    pub version: Option<DatasetVersionId>,
}

/// What was chosen, before it is put anywhere.
struct Chosen {
    rows: Ranges,
    hidden: u64,
    hard: Vec<HardItem>,
}

impl Engine {
    /// Builds a dataset, or its next version.
    pub fn build_dataset(&self, order: &BuildOrder) -> Result<Built> {
        check_name("dataset", &order.name)?;
        if order.sample.is_some_and(|drawn| drawn.size == 0) {
            return Err(EngineError::refused(
                "a sample of 0 items is none",
                "say how many: `--sample 200`",
            ));
        }
        let id = dataset_id(&self.identity.id, &order.name);
        let (known, before) = self
            .store
            .read(|db| Ok((catalog::dataset(db, &id)?, datasets::current(db, &id)?)))?;
        may_be_built(order, known.as_ref())?;
        let chosen = self.choose(order, &before)?;
        let recipe = recipe(order);
        let (engine, order) = (self.clone(), order.clone());
        Ok(self.store.write(move |db| {
            let role = catalog::dataset(db, &id)?.map_or(order.role, |set| set.role);
            let before = datasets::current(db, &id)?;
            let after = if order.replace {
                chosen.rows.clone()
            } else {
                before.with(&chosen.rows)
            };
            let (gone, come) = (before.without(&after), after.without(&before));
            let mut built = Built {
                dataset: order.name.clone(),
                role,
                number: datasets::last_version(db, &id)?.map_or(0, |(_, number)| number),
                named: chosen.rows.len(),
                added: come.len(),
                removed: gone.len(),
                items: after.len(),
                trained: trained(db, &come)?,
                hidden: chosen.hidden,
                shared: shared_with(db, (&id, role), &after)?,
                hard: chosen.hard.clone(),
                losses: losses(db, &id, &gone)?,
                version: None,
            };
            if !order.dry && !after.is_empty() {
                name_dataset_as(
                    db,
                    &Pen::new(&engine),
                    (&order.name, id, role),
                    &after,
                    Some(recipe),
                )?;
                let last = datasets::last_version(db, &id)?;
                built.version = last.map(|(version, _)| version);
                built.number = last.map_or(0, |(_, number)| number);
            }
            Ok(built)
        })?)
    }

    fn choose(&self, order: &BuildOrder, there: &Ranges) -> Result<Chosen> {
        let mut chosen = Chosen {
            rows: Ranges::default(),
            hidden: 0,
            hard: Vec::new(),
        };
        for typed in &order.from {
            let (rows, hidden) = self.items_passing(typed)?;
            chosen.rows = chosen.rows.with(&rows);
            chosen.hidden += hidden;
        }
        if let Some(of) = &order.tickets {
            let (found, hidden) = self.tickets_passing(of)?;
            let rows = self.store.read(|db| pick::of_tickets(db, &found))?;
            chosen.rows = chosen.rows.with(&rows);
            chosen.hidden += hidden;
        }
        if let Some((label, ids)) = &order.list {
            chosen.rows = chosen.rows.with(&self.items_listed(label, ids)?);
        }
        if let Some((most, eval)) = &order.hard {
            let already = if order.replace {
                Ranges::default()
            } else {
                there.clone()
            };
            chosen.hard = self.hard_items(eval.as_deref(), &already, *most)?;
            let rows = chosen.hard.iter().map(|item| item.row);
            chosen.rows = chosen.rows.with(&Ranges::of_rows(rows));
        }
        if let Some(drawn) = order.sample {
            chosen.rows = self.store.read(|db| sample(db, &chosen.rows, drawn))?;
        }
        Ok(chosen)
    }

    /// Items of which any output passes, whatever eval or dataset they are in; how many were left out because a blind
    /// eval still hides from this reviewer what the filter asks about.
    pub fn items_passing(&self, typed: &str) -> Result<(Ranges, u64)> {
        let filter = Filter::parse(typed).map_err(|error| {
            EngineError::refused(
                format!("the filter `{typed}` cannot be used: {error}"),
                "docs/filters.md lists every field",
            )
        })?;
        if filter.root.as_ref().is_some_and(needs_index) {
            self.fill_search(&AtomicBool::new(false), |_, _| {})?;
        }
        Ok(self.store.read(|db| {
            let unseen = self.unseen(db, &filter)?;
            let asker = Asker {
                reviewer: self.reviewer(),
                words: &fts_query,
            };
            pick::items(db, &filter, &asker, &unseen)
        })?)
    }

    /// Tickets whose scores, models or reviews this reviewer must not be told of, as far as a filter asks about them.
    fn unseen(&self, db: &Db, filter: &Filter) -> crate::store::Result<Unseen> {
        let mut unseen = Unseen::default();
        if filter.blind_refusal(self.reviewer()).is_none() {
            return Ok(unseen);
        }
        for (row, eval) in catalog::evals(db)? {
            if eval.policy.mode == Mode::Blind {
                if self.is_closed(db, row, &eval)? {
                    unseen.closed.push(row);
                }
            } else if let Some(audit) = self.audit_of(&eval, filter) {
                unseen.audits.push((row, audit));
            }
        }
        Ok(unseen)
    }

    /// The tickets of an eval a filter shows, and how many were not looked at because this reviewer is still blind to
    /// what it asks.
    fn tickets_passing(&self, of: &OfEval) -> Result<(Vec<TicketId>, u64)> {
        let eval = self.eval_named(&of.eval)?;
        let unusable = |why: &str, hint: String| {
            EngineError::refused(
                format!("the filter `{}` cannot be used: {why}", of.filter),
                hint,
            )
        };
        let filter = Filter::parse(&of.filter).map_err(|error| {
            unusable(
                &error.to_string(),
                "docs/filters.md lists every field".to_owned(),
            )
        })?;
        let tells = filter.blind_refusal(self.reviewer());
        if let (Some(why), Mode::Blind) = (&tells, eval.policy.mode) {
            let closed = self.store.read(|db| {
                let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
                Ok::<_, StoreError>((row, self.is_closed(db, row, &eval)?))
            })?;
            if closed.1 {
                let hint = format!(
                    "review your tickets first; or open its scores, which is logged and makes your later reviews there \
                     assisted: `docket agree {} --yes`",
                    eval.name
                );
                return Err(unusable(why, hint));
            }
            // Nothing of it is hidden from this reviewer any more.
            let found = self.store.read(|db| {
                queue::matching(db, &self.ask(closed.0, &filter, Order::Arrival), u32::MAX)
            })?;
            return Ok((found, 0));
        }
        let found = self
            .matching(eval.id, &of.filter, u32::MAX)
            .map_err(|error| match error {
                QueueError::BadFilter(bad) => {
                    unusable(&bad.why, "docs/filters.md lists every field".to_owned())
                }
                QueueError::Engine(error) => error,
            })?;
        let audit = tells.and_then(|_| self.audit_of(&eval, &filter));
        let hidden = match audit {
            Some(audit) => self.store.read(|db| {
                let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
                pick::hidden(db, row, audit, self.reviewer())
            })?,
            None => 0,
        };
        Ok((found, hidden))
    }

    /// Whether an eval still hides scores from this reviewer.
    pub(super) fn is_closed(&self, db: &Db, row: i64, eval: &Eval) -> crate::store::Result<bool> {
        Ok(eval.policy.mode == Mode::Blind
            && eval.opened_by(self.reviewer()).is_none()
            && tickets::waiting(db, row, self.reviewer())? > 0)
    }

    fn items_listed(&self, label: &str, ids: &[String]) -> Result<Ranges> {
        let mut unknown: Vec<&str> = Vec::new();
        let mut rows = Vec::new();
        self.store.read(|db| {
            for id in ids {
                let found = pick::named(db, id)?;
                if found.is_empty() {
                    unknown.push(id);
                }
                rows.extend(found);
            }
            Ok::<_, StoreError>(())
        })?;
        let Some(first) = unknown.first() else {
            return Ok(Ranges::of_rows(rows));
        };
        let more = match unknown.len() {
            1 => String::new(),
            n => format!(", nor are {} others", n - 1),
        };
        let shown: String = first.chars().take(64).collect();
        let shown = crate::text::sanitise::line(&shown).into_owned();
        Err(EngineError::refused(
            format!("`{shown}` of `{label}` is no item here{more}"),
            "`docket items --limit 0` lists the items with their ids; rows that are not imported yet come in with \
             `docket import FILE --dataset NAME`",
        ))
    }
}

/// Only exports fill what was exported for training.
fn may_be_built(order: &BuildOrder, known: Option<&Dataset>) -> Result<()> {
    let role = known.map_or(order.role, |set| set.role);
    if role != DatasetRole::Train {
        return Ok(());
    }
    Err(EngineError::refused(
        format!(
            "`{}` is what was exported for training, which only exports fill",
            order.name
        ),
        "build a dataset to review, and export what was reviewed: `docket export EVAL`",
    ))
}

/// Whether a filter asks what only the search index tells.
fn needs_index(expr: &Expr) -> bool {
    let mut needs = false;
    expr.visit(&mut |test| {
        needs |= matches!(
            test,
            Test::Text(_)
                | Test::Is {
                    field: WordField::Lang,
                    ..
                }
        );
    });
    needs
}

/// The items with the smallest hashes of seed and identity: a uniform sample that no other item moves.
fn sample(db: &Db, rows: &Ranges, drawn: Drawn) -> crate::store::Result<Ranges> {
    let mut smallest: BTreeSet<(u64, i64)> = BTreeSet::new();
    for (row, id, _) in pick::identities(db, rows)? {
        smallest.insert((uniform(drawn.seed, &id.0), row));
        if smallest.len() as u64 > drawn.size {
            smallest.pop_last();
        }
    }
    Ok(Ranges::of_rows(smallest.into_iter().map(|(_, row)| row)))
}

/// How many clusters of these items were exported for training.
pub(in crate::engine) fn trained(db: &Db, rows: &Ranges) -> crate::store::Result<u64> {
    let left = pick::trained(db)?;
    if left.is_empty() || rows.is_empty() {
        return Ok(0);
    }
    let gone: HashSet<_> = datasets::clusters(db, &left)?;
    let here = datasets::clusters(db, rows)?;
    Ok(here.iter().filter(|cluster| gone.contains(cluster)).count() as u64)
}

fn recipe(order: &BuildOrder) -> Recipe {
    Recipe {
        from: order.from.clone(),
        tickets: order.tickets.clone(),
        file: order.list.as_ref().map(|(label, _)| label.clone()),
        hard: order.hard.as_ref().map(|(most, _)| *most),
        sample: order.sample,
        replaced: order.replace,
        ..Recipe::default()
    }
}
