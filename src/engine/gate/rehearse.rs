//! Rehearsal: bad runs planted in memory, each with one fault in an otherwise faultless candidate. A gate that lets one
//! through would let the real thing through. Nothing of it touches the workspace.

use std::collections::BTreeMap;

use super::super::{Engine, Result};
use super::material::{Label, Material};
use super::verdict::Stand;
use super::{GateOptions, baseline, checks, declare, earlier, fits, places, report, verdict};
use crate::domain::count::counted;
use crate::domain::gate::{FloorOf, GateRule, Ran};
use crate::domain::group_scores::{RowOutcome, RowScore};
use crate::domain::view::gate::{GateReport, GateVerdict, JudgeBacking, Planted, Rehearsal};

/// How far beyond what is allowed a planted share lies.
const BEYOND: f64 = 0.1;

/// One fault, and the beginning of the condition's name that must catch it.
struct Fault {
    words: String,
    caught_by: Vec<String>,
    plant: Plant,
}

/// Changes the candidate in a place.
type Plant = Box<dyn Fn(&mut Material, usize)>;

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
            super::floors::refuse(&found, rule, file.as_deref())?;
        }
        let material = self
            .store()
            .read(|db| super::material::read(db, &found, &rule))?;
        let declared = known.unwrap_or_else(|| {
            let file = options.rule.as_ref().and_then(|(_, file)| file.clone());
            declare::undeclared(self, rule.clone(), file, &material.scores)
        });
        let base = baseline(&material.scores, &rule)?;
        let at = places(&material.scores, base, options.candidate.as_deref(), &rule)?[0];
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
        let planted = plant(&stand, at);
        let looks = earlier(&material, &declared).count().max(1);
        let mut answer = report::of(&found, &stand, declared.clone(), looks, Vec::new());
        tell(&mut answer, planted);
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
        planted.extend(verdict::of(&stand, &[at], false).iter().map(|gate| {
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

fn tell(report: &mut GateReport, planted: Vec<Planted>) {
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
    report.verdict = if blocked {
        GateVerdict::Pass
    } else {
        GateVerdict::Fail
    };
    report.sentence = if blocked {
        format!(
            "The gate blocked {} as it should; nothing was kept.",
            counted(planted.len(), "planted bad run")
        )
    } else {
        format!("The gate let through: {}.", through.join("; "))
    };
    report.next = if blocked {
        format!(
            "hold it against the candidates: `docket gate {}`",
            report.group
        )
    } else {
        "ask for what let it through: a threshold, a floor, a limit".to_owned()
    };
    report.rehearsal = Some(Rehearsal { planted, blocked });
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

fn each_row(material: &mut Material, at: usize, change: impl FnMut(&mut RowScore)) {
    let runs = &mut material.scores.candidates[at].runs;
    runs.iter_mut()
        .flat_map(|run| &mut run.rows)
        .for_each(change);
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

/// People and judge say of every output (of items with a tag) the best or the worst.
fn all_say(material: &mut Material, at: usize, tag: Option<&str>, good: bool) {
    let score = f64::from(u8::from(good));
    let all: BTreeMap<String, bool> = material
        .rubric
        .questions()
        .map(|question| (question.id.to_owned(), good))
        .collect();
    let scores = &mut material.scores;
    let mut tickets = Vec::new();
    for run in &mut scores.candidates[at].runs {
        for (row, item) in run.rows.iter_mut().zip(&scores.items) {
            let meant = tag.is_none_or(|tag| {
                item.tags.iter().any(|one| one == tag) || item.feature.as_deref() == Some(tag)
            });
            if meant {
                row.outcome = RowOutcome::Scored { score, pass: good };
                tickets.extend(row.ticket);
            }
        }
    }
    for ticket in tickets {
        material.criteria.insert(ticket, all.clone());
        if let Some(label) = material.labels.get_mut(&ticket) {
            *label = Label {
                score: Some((score, good)),
                criteria: all.clone(),
                chance: label.chance,
            };
        }
    }
}

/// Changes so many of a candidate's rows that their share is beyond what is allowed.
fn some_rows(material: &mut Material, at: usize, allowed: f64, outcome: &RowOutcome) {
    let rows = material.scores.candidates[at].rows().count();
    let wanted = ((allowed + BEYOND).min(1.0) * rows as f64).floor() as usize + 1;
    let mut left = wanted;
    each_row(material, at, |row| {
        if left > 0 {
            row.outcome = outcome.clone();
            left -= 1;
        }
    });
}

/// Whether some item has a tag or feature. A floor of one that nobody has is undecided by itself: no fault can be
/// planted there.
fn has(material: &Material, tag: &str) -> bool {
    let mut items = material.scores.items.iter();
    items.any(|item| item.tags.iter().any(|one| one == tag) || item.feature.as_deref() == Some(tag))
}

fn faults(rule: &GateRule, material: &Material) -> Vec<Fault> {
    let mut all = usual_faults(rule.max_failed, rule.max_unscored);
    let floors = rule.floors.iter().filter(|floor| match &floor.of {
        FloorOf::Tag(tag) => has(material, tag),
        FloorOf::Criterion(_) => true,
    });
    all.extend(floors.map(|floor| floor_fault(&floor.of, floor.id())));
    all.extend(limit_faults(rule));
    all
}

/// What every gate must catch.
fn usual_faults(failed: f64, unscored: f64) -> Vec<Fault> {
    let fault = |words: &str, caught_by: &[&str], plant: Plant| Fault {
        words: words.to_owned(),
        caught_by: caught_by.iter().map(|one| (*one).to_owned()).collect(),
        plant,
    };
    vec![
        fault(
            "every answer at the bottom of the scale",
            &["quality.", "floor."],
            Box::new(|material, at| all_say(material, at, None, false)),
        ),
        fault(
            "more failed calls than are allowed",
            &["evidence.failed"],
            Box::new(move |material, at| {
                some_rows(material, at, failed, &RowOutcome::Failed("planted".into()));
            }),
        ),
        fault(
            "more outputs without a score than are allowed",
            &["evidence.unscored"],
            Box::new(move |material, at| {
                some_rows(
                    material,
                    at,
                    unscored,
                    &RowOutcome::Unscored("planted".into()),
                );
            }),
        ),
        fault(
            "every request left as training data",
            &["evidence.overlap"],
            Box::new(|material, _| {
                let items = material.scores.items.iter();
                material.exported = items.map(|item| item.cluster_id).collect();
                material.exported_in = vec!["planted".to_owned()];
            }),
        ),
    ]
}

fn floor_fault(of: &FloorOf, id: String) -> Fault {
    match of.clone() {
        FloorOf::Tag(tag) => Fault {
            words: format!("every answer in `{tag}` at the bottom of the scale"),
            caught_by: vec![id],
            plant: Box::new(move |material, at| all_say(material, at, Some(&tag), false)),
        },
        FloorOf::Criterion(criterion) => Fault {
            words: format!("`{criterion}` at the bottom everywhere"),
            caught_by: vec![id],
            plant: Box::new(move |material, at| {
                let tickets: Vec<i64> = material.scores.candidates[at]
                    .rows()
                    .filter_map(|row| row.ticket)
                    .collect();
                for ticket in tickets {
                    if let Some(on) = material.criteria.get_mut(&ticket) {
                        on.insert(criterion.clone(), false);
                    }
                    if let Some(label) = material.labels.get_mut(&ticket) {
                        label.criteria.insert(criterion.clone(), false);
                    }
                }
            }),
        },
    }
}

fn limit_faults(rule: &GateRule) -> Vec<Fault> {
    let mut all = Vec::new();
    if let Some(most) = rule.max_p95_ms {
        let slow = u32::try_from(most.saturating_mul(2).saturating_add(1)).unwrap_or(u32::MAX);
        all.push(Fault {
            words: "every reply twice as slow as is allowed".to_owned(),
            caught_by: vec!["limits.p95".to_owned()],
            plant: Box::new(move |material, at| {
                each_row(material, at, |row| row.latency_ms = Some(slow));
            }),
        });
    }
    if let Some(most) = rule.max_cost_per_1000_micros {
        let dear = most / 500 + 1;
        all.push(Fault {
            words: "every reply twice as expensive as is allowed".to_owned(),
            caught_by: vec!["limits.cost".to_owned()],
            plant: Box::new(move |material, at| {
                each_row(material, at, |row| row.cost_micros = Some(dear));
            }),
        });
    }
    if rule.max_flicker.is_some() {
        all.push(Fault {
            words: "every second run says the opposite of the first".to_owned(),
            caught_by: vec!["reruns.flicker".to_owned()],
            plant: Box::new(|material, at| {
                for run in material.scores.candidates[at]
                    .runs
                    .iter_mut()
                    .skip(1)
                    .step_by(2)
                {
                    for row in &mut run.rows {
                        row.outcome = RowOutcome::Scored {
                            score: 0.0,
                            pass: false,
                        };
                    }
                }
            }),
        });
    }
    all
}
