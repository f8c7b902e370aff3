//! Rehearsal: bad runs planted in memory, each with one fault in an otherwise faultless candidate, and a copy of the
//! baseline as the control. A gate that lets a bad run through would let the real thing through; one that tells a copy
//! from its original finds what is not there. Nothing of it touches the workspace.

mod control;
mod faults;

use super::super::{Engine, Result};
use super::chosen::{self, Chosen};
use super::material::Material;
use super::verdict::Stand;
use super::{GateOptions, baseline, checks, declare, earlier, fits, report, verdict};
pub(super) use control::control;
use faults::{all_say, each_row, faults};

use crate::domain::count::counted;
use crate::domain::gate::{GateRule, Ran};
use crate::domain::group_scores::RowOutcome;
use crate::domain::view::gate::{
    Control, GateReport, GateVerdict, JudgeBacking, Planted, Rehearsal,
};

impl Engine {
    pub(super) fn rehearse(&self, group: &str, options: &GateOptions) -> Result<GateReport> {
        let found = self.group_found(group)?;
        let known = match &options.rule {
            None => Some(self.declared(group)?),
            Some(_) => None,
        };
        let rule = match (&known, &options.rule) {
            (Some(known), _) => known.rule.clone(),
            (None, Some((rule, _))) => rule.clone(),
            (None, None) => GateRule::default(),
        };
        declare::possible(&rule)?;
        fits(&found, &rule)?;
        if let Some((rule, file)) = &options.rule {
            self.refuse_floors(&found, rule, file.as_deref())?;
        }
        let material = self
            .store()
            .read(|db| super::material::read(db, &found, &rule))?;
        let declared = known.unwrap_or_else(|| {
            let file = options.rule.as_ref().and_then(|(_, file)| file.clone());
            declare::undeclared(self, rule.clone(), file, &material.scores)
        });
        let base = baseline(&material.scores, &rule)?;
        let chosen = chosen::of(&material, &declared, base, options)?;
        let at = chosen.shown[0];
        let backing = self.backing(&found.group, &material.scores)?;
        let folder = self.gate_folder();
        let stand = Stand {
            material: &material,
            rule: &rule,
            backing: &backing,
            ran: &[],
            folder: &folder,
            seed: self.identity().seed,
            baseline: base,
        };
        let (planted, controls) = (plant(&stand, at), control(&stand, at));
        let looks = earlier(&material, &declared).count().max(1);
        let mut answer = report::of(
            &found,
            &stand,
            declared.clone(),
            looks,
            &Chosen::default(),
            Vec::new(),
        );
        tell(&mut answer, planted, controls);
        Ok(answer)
    }
}

/// Plants one fault after the other, and asks the gate about each.
pub(super) fn plant(real: &Stand<'_>, at: usize) -> Vec<Planted> {
    let ran = passed(real.rule, &real.material.scores.candidates[at].name);
    let mut planted = Vec::new();
    for fault in faults(real.rule, real.material) {
        let mut bad = real.material.clone();
        faultless(&mut bad, at, real.rule);
        if let Some(base) = real.baseline {
            answered(&mut bad, base);
        }
        (fault.plant)(&mut bad, at);
        let stand = Stand {
            material: &bad,
            ran: &ran,
            ..*real
        };
        let caught = |id: &str| fault.caught_by.iter().any(|start| id.starts_with(start));
        planted.extend(verdict::of(&stand, &Chosen::alone(at)).iter().map(|gate| {
            Planted {
                fault: fault.words.clone(),
                verdict: gate.verdict,
                by: gate
                    .conditions
                    .iter()
                    .filter(|one| one.verdict != GateVerdict::Pass && caught(&one.id))
                    .map(|one| one.id.clone())
                    .collect(),
            }
        }));
    }
    planted
}

/// Gives a baseline a middling score wherever it has none, so that its gaps are not what blocks.
fn answered(material: &mut Material, at: usize) {
    each_row(material, at, |row| {
        if row.outcome.score().is_none() {
            row.outcome = RowOutcome::Scored {
                score: 0.5,
                pass: false,
            };
        }
    });
}

fn tell(report: &mut GateReport, planted: Vec<Planted>, controls: Vec<Control>) {
    // A rehearsal looks at no real number, so it shows none.
    report.agreement = JudgeBacking {
        checked: false,
        stale: false,
        tickets: 0,
        kappa: None,
        interval: None,
        words: "not looked at in a rehearsal".to_owned(),
    };
    report.notes.clear();
    let through: Vec<&str> = planted
        .iter()
        .filter(|one| one.verdict == GateVerdict::Pass || one.by.is_empty())
        .map(|one| one.fault.as_str())
        .collect();
    let blocked = through.is_empty();
    let wrong = controls.iter().find(|one| one.verdict == GateVerdict::Fail);
    let untold = controls
        .iter()
        .find(|one| one.verdict == GateVerdict::Inconclusive);
    report.verdict = match (blocked, wrong, untold) {
        (false, ..) | (_, Some(_), _) => GateVerdict::Fail,
        (true, None, Some(_)) => GateVerdict::Inconclusive,
        (true, None, None) => GateVerdict::Pass,
    };
    let bad = if blocked {
        format!(
            "The gate blocked {} as it should",
            counted(planted.len(), "planted bad run")
        )
    } else {
        format!("The gate let through: {}", through.join("; "))
    };
    let control = match wrong.or(untold).or(controls.first()) {
        Some(control) => control.words.clone(),
        None => "it compares with nothing, so a copy of the baseline tells nothing".to_owned(),
    };
    report.sentence = format!("{bad}; {control}. Nothing was kept.");
    report.next = if !blocked {
        "ask for what let it through: a threshold, a floor, a limit".to_owned()
    } else if let Some(untold) = wrong.or(untold) {
        untold.way.clone()
    } else {
        format!(
            "hold it against the candidates: `docket gate {}`",
            report.group
        )
    };
    report.rehearsal = Some(Rehearsal {
        controls,
        planted,
        blocked,
    });
}

/// Every check as if it had ended with 0, so that it is the fault that blocks.
fn passed(rule: &GateRule, candidate: &str) -> Vec<Ran> {
    let one = |check: &crate::domain::gate::Check| Ran {
        name: check.name.clone(),
        command: check.command.clone(),
        candidate: checks::is_per_candidate(check).then(|| candidate.to_owned()),
        exit: Some(0),
        took_ms: 0,
        tail: String::new(),
    };
    rule.checks.iter().map(one).collect()
}

/// Fills a candidate with the best that could be: every row answered, at once, for nothing, at the top of the scale.
fn faultless(material: &mut Material, at: usize, rule: &GateRule) {
    let runs = &mut material.scores.candidates[at].runs;
    if let Some(first) = runs.first().cloned() {
        while runs.len() < rule.min_runs as usize {
            let mut more = first.clone();
            more.number = runs.len() as u32 + 1;
            runs.push(more);
        }
    }
    each_row(material, at, |row| {
        row.outcome = RowOutcome::Scored {
            score: 1.0,
            pass: true,
        };
        row.output = row.output.or(Some(0));
        row.latency_ms = Some(1);
        row.cost_micros = Some(0);
    });
    all_say(material, at, None, true);
    material.exported.clear();
}
