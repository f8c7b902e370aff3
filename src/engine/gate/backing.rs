//! What stands behind a judge's word: its agreement with people, or that nobody has checked it.

use super::super::{Engine, Result};
use crate::domain::decimal::fixed;
use crate::domain::group_scores::GroupScores;
use crate::domain::ids::EvalId;
use crate::domain::run::RunGroup;
use crate::domain::view::agreement::{AgreementOptions, JudgeOn};
use crate::domain::view::gate::JudgeBacking;
use crate::store::catalog;

/// Tickets both must have answered for a check to count as one.
pub(super) const FEWEST: u64 = 10;

impl Engine {
    /// The agreement of a group's judge with people: on the group's own tickets, else on those of the eval the items
    /// come from.
    pub(super) fn backing(&self, group: &RunGroup, scores: &GroupScores) -> Result<JudgeBacking> {
        let Some(judge) = &scores.judge else {
            return Ok(JudgeBacking {
                words: "no judge has read the group".to_owned(),
                ..unchecked()
            });
        };
        let id = judge.id.to_string();
        let mut few = None;
        for eval in [group.tickets, group.eval] {
            let Some(found) = self.on(eval, &id)? else {
                continue;
            };
            if found.tickets >= FEWEST {
                return Ok(found);
            }
            if found.tickets > 0 {
                few.get_or_insert(found);
            }
        }
        Ok(match few {
            Some(few) => JudgeBacking {
                words: format!("never checked: {}, and a check needs {FEWEST}", few.words),
                ..unchecked()
            },
            None => unchecked(),
        })
    }

    /// What people said on the tickets of an eval, against a judge version.
    fn on(&self, eval: EvalId, judge: &str) -> Result<Option<JudgeBacking>> {
        let options = AgreementOptions {
            judge: Some(judge.to_owned()),
            criterion: None,
        };
        // Refused where this judge has read nothing of the eval.
        let Ok(report) = self.agreement(eval, &options) else {
            return Ok(None);
        };
        let Some(found) = report.judges.first() else {
            return Ok(None);
        };
        let whole = found
            .criteria
            .iter()
            .find(|one| one.criterion == "overall")
            .or_else(|| found.criteria.first().filter(|_| found.criteria.len() == 1));
        let Some(whole) = whole else {
            return Ok(None);
        };
        let stale = self.store().read(|db| {
            let eval = catalog::eval(db, &eval)?;
            let judge = crate::store::verdicts::judges(db)?
                .into_iter()
                .find(|(_, id, _)| id.to_string() == judge);
            Ok(eval
                .zip(judge)
                .is_some_and(|((_, eval), (_, _, version))| eval.is_stale(&version)))
        })?;
        Ok(Some(backed(whole, &report.eval, stale)))
    }
}

fn unchecked() -> JudgeBacking {
    JudgeBacking {
        checked: false,
        stale: false,
        tickets: 0,
        kappa: None,
        interval: None,
        words: "never checked".to_owned(),
    }
}

fn backed(on: &JudgeOn, eval: &str, stale: bool) -> JudgeBacking {
    let measured = on
        .pass
        .as_ref()
        .and_then(|pass| pass.kappa.as_ref())
        .or(on.kappa.as_ref());
    let interval = measured.and_then(|kappa| kappa.low.zip(kappa.high));
    let tickets = on.scored;
    let number = match (measured, interval) {
        (Some(kappa), Some((low, high))) => format!(
            "kappa on pass {} ({} to {})",
            fixed(kappa.value, 2),
            fixed(low, 2),
            fixed(high, 2)
        ),
        (Some(kappa), None) => {
            format!("kappa on pass {} (interval n/a)", fixed(kappa.value, 2))
        }
        (None, _) => "kappa n/a".to_owned(),
    };
    let same = on.pass.as_ref().map_or_else(String::new, |pass| {
        let of = |name: &str, rate: Option<&crate::domain::view::agreement::Measured>| {
            rate.map_or_else(String::new, |rate| {
                format!(", {name} {:.0} %", rate.value * 100.0)
            })
        };
        format!(
            "{}{}",
            of("passes found", pass.tpr.as_ref()),
            of("fails found", pass.tnr.as_ref())
        )
    });
    let old = if stale { "; stale" } else { "" };
    JudgeBacking {
        checked: true,
        stale,
        tickets,
        kappa: measured.map(|kappa| kappa.value),
        interval,
        words: format!(
            "{number}{same} on {} of `{eval}`{old}",
            crate::domain::count::counted(tickets, "ticket")
        ),
    }
}
