//! The hashes of everything a verdict on a candidate rests on, part by part.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::super::file_hash::FileHash;
use super::case::Case;
use super::checks;
use super::material::Material;
use super::redefined::Definition;
use crate::domain::gate::{Bundle, Part, Ran};
use crate::domain::group_scores::{CandidateScores, RowOutcome};
use crate::domain::ids::Identity;
use crate::domain::json::Json;
use crate::domain::run::{Asked, Origin, run_id};
use crate::domain::view::gate::JudgeBacking;

/// The bundle of a candidate. `folder` is where the paths of the rule start.
pub(super) fn bundle(
    case: &Case<'_>,
    backing: &JudgeBacking,
    ran: &[Ran],
    folder: &Path,
) -> Bundle {
    let (material, scores) = (case.material, case.scores());
    let candidate = case.candidate();
    let mut bundle = Bundle::default();
    bundle.put(
        Part::Rule,
        Identity::of("gate rule").part(&case.rule.id().0),
    );
    bundle.put(
        Part::Items,
        Identity::of("gate items").part(&scores.dataset.0),
    );
    bundle.put(
        Part::Rubric,
        Identity::of("gate rubric")
            .part(&scores.rubric.0)
            .part(&scores.threshold.value.to_bits().to_le_bytes()),
    );
    bundle.put(Part::Judge, judge(material));
    let [model, mut prompt, parameters] = released(&candidate.origin, candidate.model.as_deref());
    // Rows imported before their instructions were looked at tell none; what rests on them stays what it was.
    for own in material.prompts.get(&candidate.name).into_iter().flatten() {
        prompt = prompt.part(own.as_bytes());
    }
    bundle.put(Part::Model, model);
    bundle.put(Part::Prompt, prompt);
    bundle.put(Part::Parameters, parameters);
    bundle.put(Part::Files, files(case, folder));
    bundle.put(Part::Outputs, outputs(material, candidate));
    bundle.put(Part::Scores, said(candidate));
    if let Some(baseline) = case.baseline.filter(|at| *at != case.at) {
        let baseline = &scores.candidates[baseline];
        let of = outputs(material, baseline).part(&said(baseline).finish());
        bundle.put(Part::Baseline, of);
    }
    bundle.put(Part::Labels, labels(case, backing));
    let exported = material
        .exported
        .iter()
        .fold(Identity::of("gate exports"), |identity, cluster| {
            identity.part(&cluster.0)
        });
    bundle.put(Part::Exports, exported);
    let ended = case
        .rule
        .checks
        .iter()
        .fold(Identity::of("gate checks"), |identity, check| {
            let ran = checks::latest(check, &candidate.name, ran);
            let exit = ran.map(|ran| {
                ran.exit
                    .map_or_else(|| "stopped".to_owned(), |code| code.to_string())
            });
            identity
                .part(check.name.as_bytes())
                .part(check.command.as_bytes())
                .maybe(exit.as_deref().map(str::as_bytes))
        });
    bundle.put(Part::Checks, ended);
    bundle
}

fn judge(material: &Material) -> Identity {
    let judge = material.scores.judge.as_ref();
    let identity = Identity::of("gate judge").maybe(judge.map(|judge| &judge.id.0[..]));
    let badges = judge
        .map(|judge| judge.badges.as_slice())
        .unwrap_or_default();
    badges
        .iter()
        .fold(identity, |identity, badge| identity.part(badge.as_bytes()))
}

/// Model, prompt and parameters of what is released.
pub(super) fn released(origin: &Origin, named: Option<&str>) -> [Identity; 3] {
    let start = |tag: &str| Identity::of(tag).part(origin.name().as_bytes());
    let (model, prompt, parameters) = (
        start("gate model"),
        start("gate prompt"),
        start("gate parameters"),
    );
    match origin {
        Origin::Model(asked) => {
            let Asked {
                model: name,
                place,
                prompt: text,
                parameters: set,
                local: _,
            } = asked;
            [
                model.part(name.as_bytes()).part(place.as_bytes()),
                prompt.maybe(text.as_deref().map(str::as_bytes)),
                parameters.part(Json::of(set).as_str().as_bytes()),
            ]
        }
        Origin::Logged | Origin::Imported => {
            [model.maybe(named.map(str::as_bytes)), prompt, parameters]
        }
    }
}

/// What a name means in later groups, where that is something else: which part, and in which group.
pub(super) fn moved(material: &Material, candidate: &CandidateScores) -> Vec<String> {
    let mut moved = Vec::new();
    let prompts = material.prompts.get(&candidate.name);
    let here = Definition {
        origin: candidate.origin.clone(),
        model: candidate.model.clone(),
        prompts: prompts.cloned().unwrap_or_default(),
    };
    for later in material
        .later
        .iter()
        .filter(|later| later.candidate == candidate.name)
    {
        for part in here.differing(&later.definition) {
            let told = format!("{} (in `{}`)", part.name(), later.group);
            if !moved.contains(&told) {
                moved.push(told);
            }
        }
    }
    moved
}

/// The content of the files that belong to the release; one that cannot be read is a change too.
fn files(case: &Case<'_>, folder: &Path) -> Identity {
    let name = &case.candidate().name;
    let mine = case
        .rule
        .files
        .iter()
        .filter(|file| file.candidate.as_ref().is_none_or(|of| of == name));
    mine.fold(Identity::of("gate files"), |identity, file| {
        let hash = hash_of(&folder.join(&file.path)).ok();
        identity
            .part(file.path.as_bytes())
            .maybe(hash.as_deref().map(str::as_bytes))
    })
}

fn hash_of(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)?;
    let mut hash = FileHash::default();
    let mut part = vec![0; 1 << 16];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(hash.finish()),
            n => hash.update(&part[..n]),
        }
    }
}

fn outputs(material: &Material, candidate: &CandidateScores) -> Identity {
    let mut identity = Identity::of("gate outputs").part(candidate.name.as_bytes());
    let items: HashMap<i64, &[u8; 16]> = material
        .scores
        .items
        .iter()
        .map(|item| (item.row, &item.id.0))
        .collect();
    for run in &candidate.runs {
        let id = run_id(&material.group.id, &candidate.name, run.number);
        identity = identity.part(&id.0);
        let rows = material.outputs.iter().find(|(run, _)| *run == id);
        let mut rows: Vec<(&[u8; 16], Option<&[u8; 16]>)> = rows
            .map(|(_, rows)| rows.as_slice())
            .unwrap_or_default()
            .iter()
            .filter_map(|(row, output)| {
                Some((*items.get(row)?, output.as_ref().map(|output| &output.0)))
            })
            .collect();
        rows.sort_unstable();
        for (item, output) in rows {
            identity = identity.part(item).maybe(output.map(|output| &output[..]));
        }
    }
    identity
}

fn said(candidate: &CandidateScores) -> Identity {
    let mut identity = Identity::of("gate scores");
    for row in candidate.rows() {
        identity = match &row.outcome {
            RowOutcome::Scored { score, pass } => identity
                .part(b"scored")
                .part(&score.to_bits().to_le_bytes())
                .number(i64::from(*pass)),
            RowOutcome::Unscored(class) => identity.part(b"unscored").part(class.as_bytes()),
            RowOutcome::Failed(class) => identity.part(b"failed").part(class.as_bytes()),
            RowOutcome::Unjudged => identity.part(b"not read"),
            RowOutcome::Missing => identity.part(b"missing"),
        };
        identity = identity
            .maybe(
                row.latency_ms
                    .map(u32::to_le_bytes)
                    .as_ref()
                    .map(|ms| &ms[..]),
            )
            .maybe(
                row.cost_micros
                    .map(i64::to_le_bytes)
                    .as_ref()
                    .map(|micros| &micros[..]),
            );
    }
    identity
}

/// A share as the yes or no it stands for; `None` where people are split.
fn yes_or_no(share: f64) -> Option<bool> {
    match share {
        1.0 => Some(true),
        0.0 => Some(false),
        _ => None,
    }
}

fn labels(case: &Case<'_>, backing: &JudgeBacking) -> Identity {
    let mut identity = Identity::of("gate labels").part(backing.words.as_bytes());
    for candidate in case.both() {
        let runs = case.scores().candidates[candidate].runs.iter();
        for (run, row) in runs.flat_map(|run| run.rows.iter().map(move |row| (run, row))) {
            let label = row
                .ticket
                .and_then(|ticket| case.material.labels.get(&ticket))
                .filter(|label| label.runs.contains_key(&run.id));
            let Some(label) = label else {
                identity = identity.part(b"none");
                continue;
            };
            let score = label.score.map(|(score, pass)| {
                let mut bytes = score.to_bits().to_le_bytes().to_vec();
                bytes.push(match yes_or_no(pass) {
                    Some(pass) => u8::from(pass),
                    None => 2,
                });
                bytes
            });
            let holds = |share: &f64| yes_or_no(*share).map_or_else(|| (*share).into(), Into::into);
            let criteria: BTreeMap<&String, serde_json::Value> = label
                .criteria
                .iter()
                .map(|(id, share)| (id, holds(share)))
                .collect();
            identity = identity
                .maybe(score.as_deref())
                .part(Json::of(&criteria).as_str().as_bytes());
        }
    }
    identity
}
