//! The rubrics of the desk in memory: the sample's own, with an older version.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::failure::Class;
use crate::domain::ids::{EvalId, RubricId, TicketId};
use crate::domain::record::Quote;
use crate::domain::rubric::{Answer, Rubric};
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{
    FindingKind, LengthProbe, PlantedProbe, QuickCriterion, QuickFinding, QuickProbe, QuickPrompt,
    QuickReport, QuickSide, Rescore, RubricCard, RubricDraft, RubricExample, RubricFinding,
    RubricLeft, RubricLine, RubricMove, RubricOrder, RubricPage, RubricReply, RubricSaved,
    RubricSource, RubricTrial, RubricUnsaved, RubricUse,
};

use super::super::desk::Answer as Reply;
use super::{Sample, failed};

/// Carries an order of the Rubric screen out.
pub fn answer(
    sample: &Sample,
    held: &mut Option<RubricUnsaved>,
    order: &RubricOrder,
) -> Reply<RubricReply> {
    let rubric = &sample.rubric;
    Ok(match order {
        RubricOrder::List => RubricReply::List(cards(sample)),
        RubricOrder::Page(name) if *name == rubric.id => {
            RubricReply::Page(Box::new(page(Arc::new((**rubric).clone()), true)))
        }
        RubricOrder::Page(name) => {
            let rubric = Arc::new(Rubric::from_sentence(
                name,
                crate::domain::rubric::Scale::Binary,
            ));
            RubricReply::Page(Box::new(page(rubric, false)))
        }
        RubricOrder::Make(source) => RubricReply::Draft(Box::new(made(sample, source))),
        RubricOrder::Save { rubric, evals, .. } => RubricReply::Saved(saved(sample, rubric, evals)),
        RubricOrder::Hold(unsaved) => {
            *held = unsaved.as_deref().cloned();
            RubricReply::Held
        }
        RubricOrder::Left => RubricReply::Left(held.as_ref().map(|held| {
            Box::new(RubricLeft {
                base: held.base.clone(),
                as_text: matches!(held.source, RubricSource::Toml(_)),
                draft: made(sample, &held.source),
            })
        })),
        RubricOrder::Example { after, .. } => RubricReply::Example(Some(example(sample, *after))),
        RubricOrder::Try(trial) if trial.judge.ends_with("/broken") => {
            return failed("no answer (auth): the key was refused");
        }
        RubricOrder::Try(trial) => {
            let probes = if trial.probes {
                vec![probe(trial)]
            } else {
                Vec::new()
            };
            RubricReply::Tried(Box::new(report(trial)), probes)
        }
    })
}

fn saved(sample: &Sample, rubric: &Rubric, evals: &[EvalId]) -> RubricSaved {
    let moved = |eval: &EvalId| RubricMove {
        eval: *eval,
        name: sample.eval.name.clone(),
        from: RubricId([2; 16]),
        rescores: vec![Rescore {
            from: RubricId([2; 16]),
            rubric: rubric.id.clone(),
            label: "2".into(),
            judge: "openai/gpt-4.1".into(),
            elsewhere: None,
            tickets: 6,
        }],
    };
    RubricSaved {
        id: RubricId([7; 16]),
        name: rubric.id.clone(),
        known: false,
        moved: evals.iter().map(moved).collect(),
    }
}

fn example(sample: &Sample, after: Option<TicketId>) -> RubricExample {
    let tickets = &sample.tickets;
    let at = tickets.iter().position(|doc| Some(doc.ticket) == after);
    let doc = &tickets[at.map_or(0, |at| (at + 1) % tickets.len())];
    RubricExample {
        ticket: doc.ticket,
        blind: false,
        begins: doc.outputs[0].text().chars().take(160).collect(),
    }
}

fn cards(sample: &Sample) -> Vec<RubricCard> {
    let mut cards = vec![RubricCard {
        name: sample.rubric.id.clone(),
        kept: true,
        built_in: true,
        evals: vec![RubricUse {
            eval: sample.eval.id,
            name: sample.eval.name.clone(),
            version: RubricId([2; 16]),
            stays: false,
        }],
    }];
    cards.extend(["accuracy", "send-as-is", "tone"].map(|name| RubricCard {
        name: name.into(),
        kept: false,
        built_in: true,
        evals: Vec::new(),
    }));
    cards
}

fn page(rubric: Arc<Rubric>, kept: bool) -> RubricPage {
    let line = |number: u8, label: &str, asked: &[&str], reviews| RubricLine {
        original: false,
        id: RubricId([number; 16]),
        rubric: Arc::new(Rubric {
            version: label.into(),
            ..(*rubric).clone()
        }),
        toml: toml(&rubric).replace("complete", label).into(),
        since_ms: Some(1_760_277_780_000),
        asked_by: asked.iter().map(|name| (*name).to_owned()).collect(),
        reviews,
        verdicts: reviews * 3,
        judged_tickets: reviews,
    };
    let versions = vec![
        line(2, "2", &["support"], 6),
        line(1, "1\u{1b}[31m", &[], 40),
    ];
    RubricPage {
        draft: checked(&toml(&rubric), Some(Arc::clone(&rubric))),
        id: RubricId([2; 16]),
        rubric,
        versions: if kept { versions } else { Vec::new() },
    }
}

/// One line a field, in the form of the real file.
fn toml(rubric: &Rubric) -> String {
    crate::formats::rubric::to_toml(rubric)
}

fn checked(text: &str, rubric: Option<Arc<Rubric>>) -> RubricDraft {
    let loaded = crate::formats::rubric::load("rubric", text, &crate::formats::rubric::no_files);
    RubricDraft {
        rubric: rubric.or_else(|| loaded.rubric.map(Arc::new)),
        toml: text.into(),
        findings: loaded
            .findings
            .into_iter()
            .map(|one| RubricFinding {
                severity: one.severity,
                message: one.message,
                hint: one.hint,
                line: one.line,
                column: one.column,
                place: one.place,
            })
            .collect(),
        base: None,
        why: BTreeMap::new(),
        cost: None,
    }
}

fn made(sample: &Sample, source: &RubricSource) -> RubricDraft {
    let from = |text: &str, scale| {
        let rubric = Rubric::from_sentence(text, scale);
        checked(&toml(&rubric), None)
    };
    match source {
        RubricSource::Toml(text) => checked(text, None),
        RubricSource::Form { rubric, over } => match over {
            Some(over) => checked(&crate::formats::rubric::rewrite(over, rubric), None),
            None => checked(&toml(rubric), None),
        },
        RubricSource::Sentence { text, scale } => from(text, *scale),
        RubricSource::Template(name) => from(name, crate::domain::rubric::Scale::Level5),
        RubricSource::Generated { .. } => {
            let mut draft = from("Drafted from notes", crate::domain::rubric::Scale::Binary);
            let asked = draft.rubric.iter().flat_map(|rubric| &rubric.criteria);
            draft.why = asked
                .map(|one| (one.id.clone(), "three notes say so".into()))
                .collect();
            draft.cost = Some("0.004, 900 ms".into());
            draft
        }
        RubricSource::Note { written, judge, .. } => {
            let mut rubric = (*sample.rubric).clone();
            let words = written.clone().unwrap_or_default();
            let scale = crate::domain::rubric::Scale::Binary;
            rubric.criteria.push(crate::domain::rubric::Criterion::new(
                "from-note",
                words,
                scale,
            ));
            RubricDraft {
                base: Some(rubric.id.clone()),
                cost: judge.as_ref().map(|_| "0.004, 900 ms".into()),
                ..checked(&toml(&rubric), None)
            }
        }
    }
}

fn report(trial: &RubricTrial) -> QuickReport {
    let rubric = &trial.rubric;
    let read = |id: &str, at: usize| {
        let mut verdict = Verdict::new(id, Outcome::Scored(Answer::Level(1)));
        verdict.reasoning = format!("planted \u{1b}[2Jreasoning about {id}");
        verdict.evidence = vec![Quote {
            quote: "I have refunded both payments".into(),
            problem: true,
        }];
        if at == 1 {
            verdict.outcome = Outcome::Unscored(Class::Refusal.name().into());
        }
        let mut readings = vec![verdict.clone(); trial.samples as usize];
        if let Some(last) = readings.last_mut().filter(|_| trial.samples > 1 && at == 0) {
            last.outcome = Outcome::Scored(Answer::Level(3));
        }
        QuickCriterion {
            id: id.into(),
            level: Some(1.0),
            range: Some((1, if trial.samples > 1 { 3 } else { 1 })),
            readings,
        }
    };
    QuickReport {
        ticket: trial.ticket,
        eval: "support".into(),
        judge: Some(trial.judge.clone()),
        place: Some("api.example".into()),
        first_send: Vec::new(),
        revealed: false,
        sides: std::iter::once((rubric, "abcdef12"))
            .chain(trial.against.iter().map(|other| (other, "01234567")))
            .map(|(rubric, version)| QuickSide {
                rubric: rubric.id.clone(),
                version: version.into(),
                threshold: 0.8,
                prompts: vec![QuickPrompt {
                    criterion: "correct".into(),
                    system: "You grade one reply.".into(),
                    user: "Is every statement correct? verdict_id n0nce".into(),
                }],
                criteria: rubric
                    .questions()
                    .enumerate()
                    .map(|(at, one)| read(one.id, at))
                    .collect(),
                findings: vec![QuickFinding {
                    kind: FindingKind::RubricFault,
                    code: "vague",
                    message: "`good` says nothing a judge can look for".into(),
                    means: "two careful readers would answer it differently",
                    hint: "say what a good reply has in it".into(),
                }],
                calls: 3,
                tokens: (1200, 300),
                cost_micros: Some(4_000),
                took_ms: 900,
                ..QuickSide::default()
            })
            .collect(),
    }
}

fn probe(trial: &RubricTrial) -> QuickProbe {
    QuickProbe {
        rubric: trial.rubric.id.clone(),
        version: "abcdef12".into(),
        planted: vec![PlantedProbe {
            criterion: "correct".into(),
            compared: 12,
            raised: 2,
            at_top: 0,
            levelled: 12,
            refused: 0,
            worst: Some(3),
        }],
        length: vec![LengthProbe {
            criterion: "correct".into(),
            once: Some(1.0),
            twice: Some(2.0),
            top: 5,
        }],
        findings: vec![QuickFinding {
            kind: FindingKind::JudgeFault,
            code: "length_alone_raises_level",
            message: "the same output said twice gets more".into(),
            means: "words that add nothing are paid for",
            hint: "say in the anchors what a repetition costs".into(),
        }],
        calls: 25,
        tokens: 9_000,
        cost_micros: None,
        ..QuickProbe::default()
    }
}
