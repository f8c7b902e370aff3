//! An export's plan, checked before anything is read or written.

use super::super::evals::check_name;
use super::super::{Engine, EngineError, Result};
use super::{ExportError, ExportRequest, known_eval};
use crate::domain::count::{counted, either};
use crate::domain::eval::{DatasetRole, Eval, Mode};
use crate::domain::filter::Filter;
use crate::domain::rubric::Rubric;
use crate::domain::split::ExportSplit;
use crate::domain::training::{FormatError, Needs, TrainingFormat};
use crate::domain::view::ExportRows;
use crate::store::export::Wanted;
use crate::store::{catalog, rubrics, tickets};

/// A request that was checked, with what it rests on.
pub(super) struct Checked {
    pub eval: Eval,
    pub eval_row: i64,
    pub rubric: Rubric,
    pub format: TrainingFormat,
    pub filter: Filter,
    pub split: ExportSplit,
    pub wanted: Wanted,
    pub dataset: String,
    /// The eval's own dataset, if rows held out could be moved there.
    pub move_to: Option<String>,
    pub override_reason: Option<String>,
}

/// Scores are shares of the best possible, whatever the scale; a level is not one.
fn check_least(least: Option<f64>) -> Result<()> {
    match least {
        Some(least) if !(0.0..=1.0).contains(&least) => Err(EngineError::refused(
            format!("the lowest score `{least}` is not between 0 and 1"),
            "a score is the share of the best levels: 0.8 is four fifths of them, whatever the scale",
        )),
        _ => Ok(()),
    }
}

impl Engine {
    pub(super) fn check_export(
        &self,
        request: &ExportRequest,
    ) -> std::result::Result<Checked, ExportError> {
        let plan = &request.plan;
        let format: TrainingFormat =
            plan.format
                .parse()
                .map_err(|error: FormatError| EngineError::Refused {
                    what: error.to_string(),
                    hint: None,
                })?;
        let wanted = wanted(format, plan.rows)?;
        let split =
            ExportSplit::new(plan.seed, plan.validation).map_err(|error| EngineError::Refused {
                what: error.to_string(),
                hint: None,
            })?;
        let filter = Filter::parse(&plan.filter)
            .map_err(|error| EngineError::refused(error.to_string(), error.way_on()))?;
        check_least(plan.min_score)?;
        let (eval_row, eval, rubric, own) = self.store().read(|db| {
            let (row, eval) = known_eval(db, plan.eval)?;
            let rubric = rubrics::get(db, &eval.rubric)?;
            let own = catalog::dataset(db, &eval.dataset)?;
            Ok((row, eval, rubric, own))
        })?;
        let move_to = own
            .filter(|own| own.role == DatasetRole::Review)
            .map(|own| own.name);
        self.refuse_peeking(&filter, eval_row, &eval)?;
        let dataset = self.train_dataset(request, &eval)?;
        Ok(Checked {
            eval_row,
            rubric,
            format,
            filter,
            split,
            wanted,
            dataset,
            move_to,
            override_reason: reason(plan.override_reason.as_deref())?,
            eval,
        })
    }

    /// In a blind eval, what a filter counts would tell a reviewer who still has tickets to judge.
    fn refuse_peeking(&self, filter: &Filter, row: i64, eval: &Eval) -> Result<()> {
        let Some(why) = filter
            .blind_refusal(self.reviewer())
            .filter(|_| eval.policy.mode == Mode::Blind)
        else {
            return Ok(());
        };
        let left = self
            .store()
            .read(|db| tickets::waiting(db, row, self.reviewer()))?;
        if left == 0 {
            return Ok(());
        }
        Err(EngineError::refused(
            why,
            format!(
                "leave that out of the filter, or export once you have reviewed the {} that {} for you",
                counted(left, "ticket"),
                either(left, "waits", "wait")
            ),
        ))
    }

    fn train_dataset(&self, request: &ExportRequest, eval: &Eval) -> Result<String> {
        let name = match &request.dataset {
            Some(name) => name.clone(),
            None => format!("{}-train", eval.name),
        };
        check_name("dataset", &name)?;
        let known = self.store().read(|db| catalog::dataset_named(db, &name))?;
        match known {
            Some(set) if set.role != DatasetRole::Train => Err(EngineError::refused(
                format!(
                    "the dataset `{name}` has the role `{}`, so what is exported cannot go into it",
                    set.role.name()
                ),
                "name another one with `--as-dataset NAME`",
            )),
            _ => Ok(name),
        }
    }
}

/// Which tickets the rows of a format are made of.
fn wanted(format: TrainingFormat, rows: ExportRows) -> Result<Wanted> {
    let needs = format.needs();
    if rows == ExportRows::Suggested {
        return Ok(Wanted {
            suggested: true,
            ..Wanted::default()
        });
    }
    match (needs, rows) {
        (Needs::Preference, ExportRows::Accepted) => {
            return Err(EngineError::refused(
                format!(
                    "`{format}` needs a better and a worse answer, and an accepted output has no worse one"
                ),
                "ask for `--rows pairs` or `--rows corrected`, or for another format",
            ));
        }
        (Needs::Single, ExportRows::Pairs) => {
            return Err(EngineError::refused(
                format!("`{format}` takes one answer a row, and `--rows pairs` gives two"),
                "ask for `--rows corrected`, `accepted` or `all`, or for `--format trl-dpo`",
            ));
        }
        _ => {}
    }
    let pairs = matches!(rows, ExportRows::Pairs | ExportRows::All) && needs != Needs::Single;
    let as_it_stands =
        matches!(rows, ExportRows::Accepted | ExportRows::All) && needs != Needs::Preference;
    Ok(Wanted {
        passing: as_it_stands,
        failing: as_it_stands && needs == Needs::Labelled,
        corrected: rows != ExportRows::Accepted,
        compared: pairs,
        suggested: false,
    })
}

fn reason(given: Option<&str>) -> Result<Option<String>> {
    match given {
        Some(reason) if reason.trim().is_empty() => Err(EngineError::refused(
            "rows that are held out are not written without a reason",
            "say why: `--override \"REASON\"`; the manifest prints it",
        )),
        other => Ok(other.map(|reason| reason.trim().to_owned())),
    }
}
