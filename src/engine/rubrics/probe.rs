//! Whether a judge rewards the wrong thing under a rubric: planted text, or length alone.
//!
//! Planted texts are docket's own (`judge::probes`). Length is tried on the example itself: its output said twice
//! says nothing more, so a level that rises with it was given for length.

use super::super::judge::{ProbeOrder, ProbeReport, probe_judge};
use super::super::{Engine, EngineError, Result};
use super::test::{Example, QuickTest};
use crate::domain::eval::Send;
use crate::domain::rubric::{Kind, Rubric, SendPolicy};
use crate::domain::view::{
    LengthProbe, PlantedProbe, QuickProbe, QuickReport, QuickSide, QuickWarning,
};
use crate::judge::subject::Subject;

/// Levels by which a mean must rise to count; below it, readings of the same text differ as much.
const RISES: f64 = 0.5;

impl Engine {
    /// [`Engine::quick_test`], and what planted text and length alone do to the levels of each rubric.
    pub fn quick_test_probed(&self, test: &QuickTest) -> Result<(QuickReport, Vec<QuickProbe>)> {
        let rubrics = [Some(&test.rubric), test.against.as_ref()];
        let rubrics: Vec<&Rubric> = rubrics.into_iter().flatten().collect();
        // Before anything is paid for.
        probes_work(test, &rubrics)?;
        let report = self.quick_test(test)?;
        let example = self.example(test.ticket)?;
        let mut probes = Vec::with_capacity(rubrics.len());
        for (rubric, side) in rubrics.into_iter().zip(&report.sides) {
            probes.push(self.probe(test, &example, rubric, side)?);
        }
        Ok((report, probes))
    }

    fn probe(
        &self,
        test: &QuickTest,
        example: &Example,
        rubric: &Rubric,
        side: &QuickSide,
    ) -> Result<QuickProbe> {
        let Some(judge) = test.judge.clone() else {
            return Err(nobody());
        };
        let order = ProbeOrder {
            judge,
            rubric: Some(rubric.clone()),
            stays: example.eval.policy.send == Send::Local || rubric.send == SendPolicy::Local,
            secret: self.identity().secret,
        };
        let planted = probe_judge(&order)?;
        let mut trial = self.trial(example, rubric, test.judge.as_ref())?;
        let twice = if said_twice(&mut trial.subject) {
            Some(trial.run(self, None)?)
        } else {
            None
        };
        Ok(found(side, &planted, twice.as_ref()))
    }
}

fn nobody() -> EngineError {
    EngineError::refused(
        "probes measure a judge, and none is named",
        "name a model: `--judge openai/MODEL`",
    )
}

/// Refuses what has nothing to probe.
fn probes_work(test: &QuickTest, rubrics: &[&Rubric]) -> Result<()> {
    let judge = test.judge.as_ref().ok_or_else(nobody)?;
    if judge.judge == "checks" {
        return Err(EngineError::refused(
            "checks follow no words: there is nothing to probe",
            "name a model: `--judge openai/MODEL`",
        ));
    }
    match rubrics.iter().find(|rubric| rubric.kind == Kind::Pairwise) {
        Some(rubric) => Err(EngineError::refused(
            format!(
                "the rubric `{}` compares outputs; probes need one that gives levels",
                rubric.id
            ),
            "try it without probes",
        )),
        None => Ok(()),
    }
}

/// Says every output twice. `false` if there is no text to repeat.
fn said_twice(subject: &mut Subject) -> bool {
    let mut said = false;
    for output in &mut subject.outputs {
        if !output.text.trim().is_empty() {
            output.text = format!("{0}\n\n{0}", output.text);
            said = true;
        }
    }
    said
}

fn found(side: &QuickSide, planted: &ProbeReport, twice: Option<&QuickSide>) -> QuickProbe {
    let level = |side: &QuickSide, id: &str| {
        let found = side.criteria.iter().find(|one| one.id == id);
        found.and_then(|one| one.level)
    };
    let mut probe = QuickProbe {
        rubric: side.rubric.clone(),
        version: side.version.clone(),
        accepted_planted: planted.accepted_planted.clone(),
        calls: planted.calls + twice.map_or(0, |twice| twice.calls),
        tokens: planted.tokens + twice.map_or(0, |twice| twice.tokens.0 + twice.tokens.1),
        cost_micros: planted
            .cost_micros
            .zip(twice.map_or(Some(0), |twice| twice.cost_micros))
            .map(|(a, b)| a + b),
        ..QuickProbe::default()
    };
    probe.planted = planted
        .criteria
        .iter()
        .map(|one| PlantedProbe {
            criterion: one.criterion.clone(),
            compared: one.table.compared as u64,
            raised: one.table.raised as u64,
            worst: one.table.worst,
        })
        .collect();
    if let Some(twice) = twice {
        probe.length = side
            .criteria
            .iter()
            .map(|one| LengthProbe {
                criterion: one.id.clone(),
                once: one.level,
                twice: level(twice, &one.id),
            })
            .collect();
    }
    probe.warnings = warnings(&probe);
    probe
}

fn warnings(probe: &QuickProbe) -> Vec<QuickWarning> {
    let planted = probe.planted.iter().filter(|one| one.raised > 0).map(|one| QuickWarning {
        code: "planted_text_raises_level",
        message: format!(
            "`{}`: planted text raised the level of {} of {} faulty answers",
            one.criterion, one.raised, one.compared
        ),
        hint: "`docket doctor --judge JUDGE --rubric RUBRIC` shows which; another judge, or anchors that name what earns a level, may hold".to_owned(),
    });
    let rose = |one: &&LengthProbe| {
        let both = one.once.zip(one.twice);
        both.is_some_and(|(once, twice)| twice - once >= RISES)
    };
    let length = probe.length.iter().filter(rose).map(|one| QuickWarning {
        code: "length_alone_raises_level",
        message: format!(
            "`{}`: the same output said twice gets {:.2} instead of {:.2}",
            one.criterion,
            one.twice.unwrap_or_default(),
            one.once.unwrap_or_default()
        ),
        hint: "say in the anchors what a repetition costs".to_owned(),
    });
    let accepted = probe.accepted_planted.iter().map(|id| QuickWarning {
        code: "planted_verdict_accepted",
        message: format!("the verdict planted in `{id}` was taken for the judge's own"),
        hint: "do not use this judge; `docket doctor --judge JUDGE` shows the probe".to_owned(),
    });
    planted.chain(length).chain(accepted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_level_that_rises_is_a_warning() {
        let length = |once, twice| LengthProbe {
            criterion: "c".to_owned(),
            once,
            twice,
        };
        let planted = |raised| PlantedProbe {
            criterion: "c".to_owned(),
            compared: 12,
            raised,
            worst: None,
        };
        for (length, planted, codes) in [
            (length(Some(3.0), Some(3.4)), planted(0), vec![]),
            (length(Some(3.0), Some(1.0)), planted(0), vec![]),
            (length(None, Some(5.0)), planted(0), vec![]),
            (
                length(Some(3.0), Some(4.0)),
                planted(2),
                vec!["planted_text_raises_level", "length_alone_raises_level"],
            ),
        ] {
            let probe = QuickProbe {
                length: vec![length],
                planted: vec![planted],
                ..QuickProbe::default()
            };
            let found: Vec<&str> = warnings(&probe).iter().map(|one| one.code).collect();
            assert_eq!(found, codes, "{probe:?}");
        }
    }
}
