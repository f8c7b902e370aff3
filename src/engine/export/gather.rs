//! The pass from begin to end, in one state of the workspace, begun again where its first rows misled it.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use super::super::datasets::held_out;
use super::super::folder::SourceFile;
use super::super::{Engine, near};
use super::check::Checked;
use super::held::Held;
use super::pass::{Counts, Pass, Sink, Terms, Watch, foresee};
use super::rows::Maker;
use super::suggested::Suggested;
use super::{ExportError, ExportRequest};
use crate::domain::count::{counted, either};
use crate::domain::eval::DatasetRole;
use crate::domain::split::ExportSplit;
use crate::domain::training::Warning;
use crate::domain::view::Progress;
use crate::formats::training::Columns;
use crate::store::Db;
use crate::store::datasets::Ranges;
use crate::store::export::{self as store, Ask};
use crate::store::filter_sql::Scope;
use crate::text;

/// What came of the pass, with what was read in the same state of the workspace.
pub(super) struct Passed {
    pub counts: Counts,
    pub sink: Sink,
    pub held: Held,
    pub shape: Columns,
    /// Tickets that are no rows yet.
    pub unsettled: u64,
    pub sources: Vec<SourceFile>,
    pub duplicates: u64,
    pub warnings: Vec<Warning>,
}

type Opened = Result<Sink, ExportError>;

impl Engine {
    /// Makes the rows asked for and puts them into what `open` gives.
    pub(super) fn gather(
        &self,
        request: &ExportRequest,
        checked: &Checked,
        open: impl Fn(ExportSplit) -> Opened,
        progress: &mut dyn FnMut(Progress),
        cancel: &AtomicBool,
    ) -> Result<Passed, ExportError> {
        self.know_clusters(cancel)?;
        let words = &text::search_terms::fts_query;
        let ask = Ask {
            scope: Scope {
                eval: checked.eval_row,
                reviewer: self.reviewer(),
                words,
                audit: None,
            },
            wanted: checked.wanted,
            filter: &checked.filter,
            min_score: request.plan.min_score,
        };
        let now_ms = || self.clock().now_ms();
        let mut run = |db: &Db| {
            let mut watch = Watch {
                progress,
                cancel,
                now_ms: &now_ms,
                started_ms: now_ms(),
                span: store::span(db, checked.eval_row)?.unwrap_or((0, -1)),
                what: format!("exporting {}", checked.eval.name),
            };
            passes(db, request, checked, &ask, &open, &mut watch)
        };
        self.store().read(|db| Ok(run(db)))?
    }
}

impl Engine {
    /// Where something is held out, nothing may leave before near-duplicates of it were looked for.
    fn know_clusters(&self, cancel: &AtomicBool) -> Result<(), ExportError> {
        let sets = self.datasets()?;
        if sets.iter().any(|set| set.role == DatasetRole::Heldout) {
            self.near_all(cancel, |_, _| {})?;
        }
        Ok(())
    }
}

/// One pass; another if a late row needs a column that the file was begun without, if a late row contradicts one
/// that was written, or if so few rows came that all of them fell into validation.
fn passes(
    db: &Db,
    request: &ExportRequest,
    checked: &Checked,
    ask: &Ask<'_>,
    open: &impl Fn(ExportSplit) -> Opened,
    watch: &mut Watch<'_>,
) -> Result<Passed, ExportError> {
    let held = Held::load(db)?;
    let mut terms = Terms {
        maker: Maker {
            format: checked.format,
            rubric: &checked.rubric,
            wanted: checked.wanted,
            suggested: checked.wanted.suggested.then(|| Suggested {
                eval: &checked.eval,
                now_ms: (watch.now_ms)(),
                least: request.plan.min_score,
            }),
        },
        held: &held,
        split: checked.split,
        overridden: checked.override_reason.is_some(),
        limit: request.limit,
        contradicted: HashSet::new(),
    };
    // Before the first look, so that a target that cannot be used is told at once.
    let mut sink = open(terms.split)?;
    let mut shape = foresee(db, ask, &terms)?;
    loop {
        let (mut counts, done) = Pass::new(&terms, sink, shape).run(db, ask, watch)?;
        let uneven = Pass::uneven(&terms, shape, &counts);
        let untrained = counts.train == 0 && counts.validation > 0;
        let contradicted = counts.tally.contradicted();
        if !uneven && !untrained && contradicted.is_empty() {
            let split = terms.split;
            let mut warnings = warnings(&mut counts, checked.split, split);
            warnings.extend(shared_runs(db, &counts, watch.cancel)?);
            return Ok(Passed {
                unsettled: store::unsettled(db, checked.eval_row, checked.wanted)?,
                sources: sources(db, &counts)?,
                duplicates: counts.tally.duplicates(),
                warnings,
                sink: done,
                counts,
                shape,
                held,
            });
        }
        // The folder in the making goes before a new one takes its place.
        drop(done);
        shape = shape | counts.tally.shape();
        let rows_change = !contradicted.is_empty();
        terms.contradicted.extend(contradicted);
        if untrained && !rows_change {
            terms.split = terms.split.without_validation();
        }
        sink = open(terms.split)?;
    }
}

fn warnings(counts: &mut Counts, asked: ExportSplit, used: ExportSplit) -> Vec<Warning> {
    let rows = counts.rows();
    if rows == 0 {
        return Vec::new();
    }
    let mut warnings = counts.tally.warnings();
    if asked != used {
        warnings.push(Warning {
            code: "no_validation",
            message: format!(
                "{} {} too few to keep some apart for validation; all are in the training file",
                counted(rows, "row"),
                either(rows, "is", "are")
            ),
        });
    }
    warnings
}

/// Runs of words that what leaves shares with what is held out: told of, never refused.
fn shared_runs(
    db: &Db,
    counts: &Counts,
    cancel: &AtomicBool,
) -> Result<Option<Warning>, ExportError> {
    let held = held_out(db)?;
    let left = Ranges::of(counts.items.iter().copied());
    let shared = near::shared_runs(db, &left, &held, cancel)?;
    let shared = shared.ok_or(ExportError::Stopped)?;
    Ok(shared.words().map(|message| Warning {
        code: "shared_runs",
        message,
    }))
}

fn sources(db: &Db, counts: &Counts) -> crate::store::Result<Vec<SourceFile>> {
    let rows: Vec<i64> = counts.sources.iter().copied().collect();
    let file = |(path, sha256): (String, Option<String>)| SourceFile {
        path,
        sha256: sha256.unwrap_or_else(|| "not recorded".to_owned()),
    };
    let found = store::sources(db, &rows)?;
    Ok(found.into_iter().map(file).collect())
}
