//! Runs of thirteen words that training rows share with items measured on: too little to be the same request, too much
//! to be chance. Such an item is told of and never dropped; equal and near-duplicate requests are in one cluster, are
//! refused by that, and do not count here.
//!
//! Only the request's own text is looked at, and runs that stand in more than 1 % of the texts (or 20) are a template.
//! Memory is bounded: where there are many runs they are held a part at a time. Paraphrases are not found.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::super::{Engine, Result};
use super::look::own_text;
use crate::domain::canonical::cluster_id;
use crate::domain::count::{counted, either};
use crate::domain::ids::ClusterId;
use crate::stats::overlap::{Grams, RUN, WINDOW, is_common_in};
use crate::store::datasets::{self, Ranges};
use crate::store::near::{self, ItemText};
use crate::store::{Db, listing};

/// Distinct runs of measured items held in memory at once.
const HELD: usize = 2_000_000;
/// Items named one by one.
const EXAMPLES: usize = 3;
/// Runs kept of one item, of which the first is shown.
const SOME: usize = 64;

/// What measured items share with training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct SharedRuns {
    /// Measured items that share a run.
    pub items: u64,
    /// Items of training rows they share one with first.
    pub trained: u64,
    /// The items that share most.
    pub examples: Vec<SharedRun>,
}

/// One measured item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedRun {
    /// Its own id, else the start of docket's.
    pub item: String,
    /// The same of an item that was trained on.
    pub trained: String,
    /// Share of its runs that training rows have, above 0.
    pub share: f64,
    /// One of the runs, normalised.
    pub run: String,
}

impl SharedRuns {
    /// That items share runs, in a sentence; `None` if none does.
    pub fn words(&self) -> Option<String> {
        let first = self.examples.first()?;
        Some(format!(
            "{} measured on {} runs of {RUN} words with {} of training rows (such as `{}` with `{}`: \"{}\"): a model trained \
             on them has seen parts of what it is measured on; paraphrases are not found",
            counted(self.items, "item"),
            either(self.items, "shares", "share"),
            counted(self.trained, "item"),
            first.item,
            first.trained,
            first.run
        ))
    }
}

impl Engine {
    /// What these measured items share with these training rows.
    pub fn shared_runs(&self, trained: &Ranges, measured: &Ranges) -> Result<SharedRuns> {
        if trained.is_empty() || measured.is_empty() {
            return Ok(SharedRuns::default());
        }
        self.settle_clusters()?;
        let never = AtomicBool::new(false);
        let found = self
            .store()
            .read(|db| between(db, trained, measured, &never))?;
        Ok(found.unwrap_or_default())
    }
}

/// A run of a measured item.
#[derive(Default)]
struct Run {
    /// Different texts that have it.
    texts: u32,
    /// The first training item that has it; 0 for none.
    trained: i64,
}

/// What a measured item shares.
#[derive(Default)]
struct Hit {
    shared: usize,
    all: usize,
    trained: i64,
    /// Some of the runs, by hash.
    some: Vec<u64>,
}

/// The same in one state of the workspace, whose clusters are known; `None` if it was stopped.
pub(in crate::engine) fn between(
    db: &Db,
    trained: &Ranges,
    measured: &Ranges,
    cancel: &AtomicBool,
) -> crate::store::Result<Option<SharedRuns>> {
    if trained.is_empty() || measured.is_empty() {
        return Ok(Some(SharedRuns::default()));
    }
    let texts = Texts { db, cancel };
    let known = datasets::clusters(db, trained)?;
    let mut all = 0;
    texts.each(measured, |_, grams, _| all += grams.len())?;
    let parts = (all / HELD + 1) as u64;
    let mut hits: BTreeMap<i64, Hit> = BTreeMap::new();
    for part in 0..parts {
        look(
            &texts,
            (trained, measured),
            &known,
            (part, parts),
            &mut hits,
        )?;
    }
    if cancel.load(Ordering::Relaxed) {
        return Ok(None);
    }
    hits.retain(|_, hit| hit.shared > 0);
    told(db, hits).map(Some)
}

/// Looks at the runs of one part.
fn look(
    all: &Texts<'_>,
    (trained, measured): (&Ranges, &Ranges),
    known: &HashSet<ClusterId>,
    (part, parts): (u64, u64),
    hits: &mut BTreeMap<i64, Hit>,
) -> crate::store::Result<()> {
    let mut runs: HashMap<u64, Run> = HashMap::new();
    let mut texts: HashSet<ClusterId> = HashSet::new();
    let in_part = |grams: &Grams| -> Vec<u64> {
        let hashes = grams.hashes().iter().copied();
        hashes.filter(|hash| hash % parts == part).collect()
    };
    all.each(measured, |_, grams, text| {
        let fresh = u32::from(texts.insert(text));
        for hash in in_part(grams) {
            runs.entry(hash).or_default().texts += fresh;
        }
    })?;
    all.each(trained, |item, grams, text| {
        let fresh = u32::from(texts.insert(text));
        for hash in in_part(grams) {
            if let Some(run) = runs.get_mut(&hash) {
                run.texts += fresh;
                if run.trained == 0 {
                    run.trained = item.item;
                }
            }
        }
    })?;
    let count = texts.len() as u32;
    all.each(measured, |item, grams, _| {
        if known.contains(&item.cluster) {
            return;
        }
        let hit = hits.entry(item.item).or_default();
        for hash in in_part(grams) {
            let Some(run) = runs.get(&hash) else { continue };
            if is_common_in(run.texts, count) {
                continue;
            }
            hit.all += 1;
            if run.trained != 0 {
                hit.shared += 1;
                // The example shows runs of one of them.
                if hit.trained == 0 {
                    hit.trained = run.trained;
                }
                if hit.trained == run.trained && hit.some.len() < SOME {
                    hit.some.push(hash);
                }
            }
        }
    })
}

/// Where texts are read, and whether to stop.
struct Texts<'a> {
    db: &'a Db,
    cancel: &'a AtomicBool,
}

impl Texts<'_> {
    /// Visits items with the runs of their own texts and what tells equal texts.
    fn each(
        &self,
        rows: &Ranges,
        mut visit: impl FnMut(&ItemText, &Grams, ClusterId),
    ) -> crate::store::Result<()> {
        near::within(self.db, rows, |item| {
            let text = own_text(item);
            if !text.is_empty() {
                visit(item, &Grams::of(&text, RUN), cluster_id(&text));
            }
            !self.cancel.load(Ordering::Relaxed)
        })
    }
}

/// Counts, and names those that share most.
fn told(db: &Db, hits: BTreeMap<i64, Hit>) -> crate::store::Result<SharedRuns> {
    let mut shared = SharedRuns {
        items: hits.len() as u64,
        trained: hits
            .values()
            .map(|hit| hit.trained)
            .collect::<HashSet<_>>()
            .len() as u64,
        examples: Vec::new(),
    };
    let share = |hit: &Hit| hit.shared as f64 / hit.all.max(1) as f64;
    let mut hits: Vec<(i64, Hit)> = hits.into_iter().collect();
    hits.sort_by(|(a, one), (b, two)| share(two).total_cmp(&share(one)).then(a.cmp(b)));
    for (item, hit) in hits.iter().take(EXAMPLES) {
        shared.examples.push(SharedRun {
            item: name(db, *item)?,
            trained: name(db, hit.trained)?,
            share: share(hit),
            run: run(db, *item, &hit.some)?,
        });
    }
    Ok(shared)
}

fn name(db: &Db, row: i64) -> crate::store::Result<String> {
    let line = listing::items_in(db, &Ranges::of_rows([row]))?;
    let name = line.first().map(|line| match &line.external_id {
        Some(own) => crate::text::sanitise::line(own).into_owned(),
        None => line.id.to_string()[..8].to_owned(),
    });
    Ok(name.unwrap_or_default())
}

/// The first of these runs in an item's text, in words.
fn run(db: &Db, row: i64, of: &[u64]) -> crate::store::Result<String> {
    let text = near::text(db, row)?.map(|item| own_text(&item));
    let text = text.unwrap_or_default();
    let is_one = |run: &String| {
        let hashes = Grams::of(run, RUN);
        hashes.hashes().iter().any(|hash| of.contains(hash))
    };
    let words: Vec<&str> = text.split(' ').collect();
    let found = words.windows(RUN).map(|run| run.join(" ")).find(is_one);
    // In scripts without blanks a run is a window of characters.
    Ok(found.unwrap_or_else(|| text.chars().take(WINDOW).collect()))
}
