//! Whether a judge rewards the wrong thing under a rubric: planted text, or length alone.
//!
//! Planted texts are docket's own (`judge::probes`). Length is tried on the example itself: its output said twice
//! says nothing more, so a level that rises with it was given for length.

use super::super::judge::{ProbeOrder, ProbeReport, probe_judge};
use super::super::{Engine, EngineError, Result};
use super::finding;
use super::test::{Example, QuickTest};
use crate::domain::eval::Send;
use crate::domain::rubric::{Kind, Rubric, Scale, SendPolicy};
use crate::domain::view::{
    LengthProbe, PlantedProbe, QuickFinding, QuickProbe, QuickReport, QuickSide,
};
use crate::judge::probes::Table;
use crate::judge::subject::Subject;

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
        Ok(found(rubric, side, &planted, twice.as_ref()))
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

fn found(
    rubric: &Rubric,
    side: &QuickSide,
    planted: &ProbeReport,
    twice: Option<&QuickSide>,
) -> QuickProbe {
    let top = |id: &str| {
        let mut questions = rubric.questions();
        let found = questions.find(|question| question.id == id);
        found
            .and_then(|question| question.scale())
            .map_or(i32::MAX, Scale::max)
    };
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
            at_top: one.table.at_top as u64,
            levelled: one.table.levelled as u64,
            refused: refused(&one.table),
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
                top: top(&one.id),
            })
            .collect();
    }
    probe.findings = findings(&probe);
    probe
}

/// Planted texts without a level whose clean twins have one, and room above it.
fn refused(table: &Table) -> u64 {
    let rows = table.rows.iter();
    rows.filter(|row| row.clean.is_some() && row.planted.is_none() && !row.at_top)
        .count() as u64
}

/// Faults first, then what held.
fn findings(probe: &QuickProbe) -> Vec<QuickFinding> {
    let planted = probe.planted.iter().map(finding::of_planted);
    let length = probe.length.iter().filter_map(finding::of_length);
    let taken = finding::of_planted_verdicts(&probe.accepted_planted);
    let mut findings: Vec<QuickFinding> = planted.chain(length).chain(taken).collect();
    findings.sort_by_key(|found| !found.kind.is_fault());
    findings
}
