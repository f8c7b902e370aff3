//! Runs and run groups: which candidate answered which items, and what a group holds fixed.
//!
//! A group is made over one dataset version and one rubric version and keeps both for good; its judge is fixed by the
//! first one that scores it. A run is one candidate over that dataset version, with a number; the second and later
//! ones are reruns. Both are decisions of the ledger; what a run has of an item is a fact beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::{
    DatasetId, DatasetVersionId, EvalId, GroupId, Identity, JudgeVersionId, RubricId, RunId,
    WorkspaceId,
};

/// The name of the candidate whose outputs were logged.
pub const LOGGED: &str = "logged";

/// How a candidate's outputs come about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// What was logged before there was a group.
    Logged,
    /// Asked here.
    Model(Asked),
    /// Made elsewhere and imported.
    Imported,
}

impl Origin {
    /// The stored and printed word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Logged => "logged",
            Self::Model(_) => "model",
            Self::Imported => "imported",
        }
    }
}

/// What a candidate that is asked here is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// As named on the command line: `openai/gpt-4.1`, `scripted:FILE`.
    pub model: String,
    /// The endpoint's name and host, never a key, path or query.
    pub place: String,
    /// Whether nothing leaves this machine.
    pub local: bool,
    /// Standing instructions sent in place of the item's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Parameters sent in place of the item's own, each as JSON.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Unique in its group.
    pub name: String,
    /// How its outputs come about.
    pub origin: Origin,
}

/// A run group: runs made to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunGroup {
    /// Identity.
    pub id: GroupId,
    /// Unique in the workspace, also among evals.
    pub name: String,
    /// The eval whose items are asked.
    pub eval: EvalId,
    /// The eval that holds the outputs as tickets; it bears the group's name and the group's own review plan.
    pub tickets: EvalId,
    /// The dataset.
    pub dataset: DatasetId,
    /// Its version, for good.
    pub version: DatasetVersionId,
    /// Number of that version.
    pub number: u64,
    /// Items in it.
    pub items: u64,
    /// The rubric version, for good.
    pub rubric: RubricId,
    /// Name of the candidate the others are compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The judge whose scores count, once one has scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<FixedJudge>,
}

/// The judge of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedJudge {
    /// Identity.
    pub id: JudgeVersionId,
    /// What people call it.
    pub name: String,
    /// Readings per question.
    pub samples: u32,
}

/// The decision that a judge's scores count in a group from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupJudged {
    /// Which group.
    pub group: GroupId,
    /// The judge.
    pub judge: FixedJudge,
}

/// One candidate over the group's dataset version: the manifest of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Identity.
    pub id: RunId,
    /// Its group.
    pub group: GroupId,
    /// The candidate.
    pub candidate: Candidate,
    /// 1 for the first, more for reruns.
    pub number: u32,
    /// Why it was made, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Hash of the standing instructions its imported rows say they were asked with; `None` where they do not say, and
    /// of a run that was made here, whose candidate has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

/// The group of this name in a workspace.
pub fn group_id(workspace: &WorkspaceId, name: &str) -> GroupId {
    let identity = Identity::of("run group").part(&workspace.0);
    GroupId(identity.part(name.as_bytes()).finish())
}

/// The run with this number of a candidate in a group.
pub fn run_id(group: &GroupId, candidate: &str, number: u32) -> RunId {
    let identity = Identity::of("run")
        .part(&group.0)
        .part(candidate.as_bytes());
    RunId(identity.number(i64::from(number)).finish())
}

/// Candidates of a group in the order of their first runs, each with its runs by number.
pub fn by_candidate(runs: &[Run]) -> Vec<(&Candidate, Vec<&Run>)> {
    let mut found: Vec<(&Candidate, Vec<&Run>)> = Vec::new();
    for run in runs {
        match found
            .iter_mut()
            .find(|(known, _)| known.name == run.candidate.name)
        {
            Some((_, of)) => of.push(run),
            None => found.push((&run.candidate, vec![run])),
        }
    }
    for (_, of) in &mut found {
        of.sort_by_key(|run| run.number);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_run_has_the_same_id_on_every_copy_and_a_rerun_another() {
        let group = group_id(&WorkspaceId([1; 16]), "june");
        assert_eq!(group, group_id(&WorkspaceId([1; 16]), "june"));
        assert_eq!(run_id(&group, "a", 1), run_id(&group, "a", 1));
        assert_ne!(run_id(&group, "a", 1), run_id(&group, "a", 2));
        assert_ne!(run_id(&group, "a", 1), run_id(&group, "b", 1));
    }

    #[test]
    fn runs_are_gathered_by_candidate_in_the_order_they_joined() {
        let group = group_id(&WorkspaceId([1; 16]), "june");
        let run = |name: &str, number| Run {
            id: run_id(&group, name, number),
            group,
            candidate: Candidate {
                name: name.into(),
                origin: Origin::Imported,
            },
            number,
            because: None,
            prompt: None,
        };
        let runs = [run("logged", 1), run("b", 2), run("a", 1), run("b", 1)];
        let names: Vec<_> = by_candidate(&runs)
            .into_iter()
            .map(|(candidate, of)| {
                (
                    candidate.name.clone(),
                    of.iter().map(|run| run.number).collect(),
                )
            })
            .collect::<Vec<(String, Vec<u32>)>>();
        assert_eq!(
            names,
            [
                ("logged".into(), vec![1]),
                ("b".into(), vec![1, 2]),
                ("a".into(), vec![1])
            ]
        );
    }
}
