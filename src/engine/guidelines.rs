//! Guidelines for judges: drafted from corrections, approved by a person, shown only when named, removable.

use std::collections::BTreeMap;

use super::{Engine, EngineError, Pen, Result};
use crate::domain::count::counted;
use crate::domain::eval::Eval;
use crate::domain::event::{Body, GuidelinesApproved, GuidelinesRemoved};
use crate::domain::ids::hex;
use crate::domain::learning::{
    AgreedCorrection, Guideline, GuidelineVersion, MOST_GUIDELINE_CHARS, agreed_corrections,
};
use crate::domain::rubric::Answer;
use crate::domain::split::Stage;
use crate::formats::guidelines as file;
use crate::judge::retrieve::{guidelines_digest, in_order};
use crate::store::{catalog, lessons, rubrics};

/// Corrections in one direction that make a draft.
const ENOUGH: usize = 3;

/// Rules drafted from corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuidelineDraft {
    /// The file to edit.
    pub toml: String,
    /// Rules in it.
    pub rules: usize,
    /// Corrections of judges on the eval's tickets that may teach.
    pub train: usize,
    /// All that experts agree on.
    pub agreed: usize,
}

impl Engine {
    /// Every version of an eval's guidelines, removed ones too.
    pub fn guideline_versions(&self, eval: &str) -> Result<Vec<GuidelineVersion>> {
        let eval = self.eval_named(eval)?;
        Ok(self.store().read(|db| lessons::guidelines(db, &eval.id))?)
    }

    /// Approves the guidelines of a file in the reviewer's name; approved ones are found again, not doubled.
    ///
    /// Refused where a source is a ticket that must never teach a judge.
    pub fn approve_guidelines(
        &self,
        eval: &str,
        name: &str,
        text: &str,
    ) -> Result<GuidelineVersion> {
        let eval = self.eval_named(eval)?;
        let rubric = self.store().read(|db| rubrics::get(db, &eval.rubric))?;
        let criteria: Vec<&str> = rubric.questions().map(|question| question.id).collect();
        let rules = file::parse(name, text, &criteria)
            .map_err(|error| EngineError::refused(error.to_string(), error.hint))?;
        let rules = in_order(rules);
        self.sources_may_teach(&eval, &rules)?;
        let set = hex(&guidelines_digest(&rules));
        let (engine, id) = (self.clone(), eval.id);
        let versions = self.store().write(move |db| {
            let versions = lessons::guidelines(db, &id)?;
            let stands = |one: &GuidelineVersion| {
                one.set == set && one.removed.is_none() && one.rubric == eval.rubric
            };
            if !versions.iter().any(stands) {
                let body = GuidelinesApproved {
                    eval: id,
                    rubric: eval.rubric,
                    set: set.clone(),
                    guidelines: rules,
                };
                Pen::new(&engine).write(db, None, None, Body::GuidelineApproved(body))?;
                catalog::refold(db)?;
                super::evals::refold_eval(db, id)?;
            }
            let mut versions = lessons::guidelines(db, &id)?;
            versions.retain(|one| one.set == set);
            Ok(versions)
        })?;
        versions
            .into_iter()
            .next()
            .ok_or_else(|| EngineError::refused("the guidelines were not kept", "try again"))
    }

    /// Takes a version away from judges. Verdicts given under it stay, and are told to be stale.
    pub fn remove_guidelines(
        &self,
        eval: &str,
        set: &str,
        reason: &str,
    ) -> Result<GuidelineVersion> {
        let eval = self.eval_named(eval)?;
        let version = self.guideline_version(&eval, set)?;
        if version.removed.is_none() {
            let body = GuidelinesRemoved {
                eval: eval.id,
                set: version.set.clone(),
                reason: reason.to_owned(),
            };
            let (engine, id) = (self.clone(), eval.id);
            self.store().write(move |db| {
                Pen::new(&engine).write(db, None, None, Body::GuidelineRemoved(body))?;
                catalog::refold(db)?;
                super::evals::refold_eval(db, id)
            })?;
        }
        self.guideline_version(&eval, &version.set)
    }

    /// The rules of an approved version, by the first characters of its hash.
    pub(super) fn guidelines_in_use(&self, eval: &Eval, set: &str) -> Result<Vec<Guideline>> {
        let version = self.guideline_version(eval, set)?;
        if let Some(removed) = &version.removed {
            return Err(EngineError::refused(
                format!(
                    "the guidelines `{set}` were removed by {}: {}",
                    removed.by, removed.reason
                ),
                "name other guidelines, or approve these again from their file",
            ));
        }
        if version.rubric != eval.rubric {
            return Err(EngineError::refused(
                format!("the guidelines `{set}` were approved for another version of the rubric"),
                "read them again and name their file: `--guidelines FILE`",
            ));
        }
        Ok(version.guidelines)
    }

    fn guideline_version(&self, eval: &Eval, set: &str) -> Result<GuidelineVersion> {
        let versions = self.store().read(|db| lessons::guidelines(db, &eval.id))?;
        let mut fitting = versions
            .into_iter()
            .filter(|one| set.len() >= 4 && one.set.starts_with(set));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(EngineError::refused(
                format!("several guidelines start with `{set}`"),
                "give more characters",
            )),
            (None, _) => Err(EngineError::refused(
                format!(
                    "`{}` has no guidelines `{set}`, and there is no such file",
                    eval.name
                ),
                format!("`docket guidelines {}` lists them", eval.name),
            )),
        }
    }

    fn sources_may_teach(&self, eval: &Eval, rules: &[Guideline]) -> Result<()> {
        let seed = self.identity().seed;
        let sources = rules.iter().flat_map(|rule| &rule.sources);
        for source in sources {
            let cluster = self.store().read(|db| {
                let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
                lessons::cluster(db, row, source)
            })?;
            let Some(cluster) = cluster else {
                return Err(EngineError::refused(
                    format!("`{}` has no ticket {}", eval.name, source.short()),
                    "name tickets of this eval as sources, or none",
                ));
            };
            let stage = Stage::of(seed, &cluster);
            if stage != Stage::Train {
                return Err(EngineError::refused(
                    format!(
                        "ticket {} belongs to the {stage} share, which measures judges and never teaches them",
                        source.short()
                    ),
                    "leave out what rests on it; `docket guidelines EVAL --draft` names tickets that may teach",
                ));
            }
        }
        Ok(())
    }

    /// Drafts guidelines: one rule for every criterion on which experts corrected judges in one direction at
    /// least three times. Nothing is in use before a person edits and names the file.
    pub fn draft_guidelines(&self, eval: &str) -> Result<GuidelineDraft> {
        let eval = self.eval_named(eval)?;
        let corrections = self.store().read(|db| {
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            lessons::corrections(db, row)
        })?;
        let agreed = agreed_corrections(&corrections, &eval.rubric);
        let seed = self.identity().seed;
        let train: Vec<&AgreedCorrection> = agreed
            .iter()
            .filter(|one| Stage::of(seed, &one.cluster) == Stage::Train)
            .collect();
        let mut groups: BTreeMap<(&str, bool), Vec<&AgreedCorrection>> = BTreeMap::new();
        for one in &train {
            if let Some(higher) = higher(one) {
                let about = (one.criterion.as_str(), higher);
                groups.entry(about).or_default().push(one);
            }
        }
        groups.retain(|_, group| group.len() >= ENOUGH);
        let rules: Vec<(Guideline, String)> = groups
            .into_iter()
            .map(|((criterion, higher), group)| drafted(criterion, higher, &group))
            .collect();
        let name = &eval.name;
        let head = format!(
            "Guidelines for judges of `{name}`, drafted from what experts corrected.\nNo judge is shown any of this \
             before a person has edited it and named it:\n  docket judge {name} --judge JUDGE --guidelines THIS-FILE"
        );
        Ok(GuidelineDraft {
            toml: file::to_toml(&head, &rules),
            rules: rules.len(),
            train: train.len(),
            agreed: agreed.len(),
        })
    }
}

/// Whether experts gave a higher level than the judge; `None` where there are no two levels that differ.
fn higher(one: &AgreedCorrection) -> Option<bool> {
    let judge = one.judge.as_ref().and_then(Answer::level)?;
    let expert = one.answer.level()?;
    (judge != expert).then_some(expert > judge)
}

fn drafted(criterion: &str, higher: bool, group: &[&AgreedCorrection]) -> (Guideline, String) {
    let mut reasons: Vec<&str> = group
        .iter()
        .map(|one| one.why.as_str())
        .filter(|why| !why.is_empty())
        .collect();
    reasons.dedup();
    let direction = if higher { "higher" } else { "lower" };
    let mut text = String::new();
    if !reasons.is_empty() {
        text = format!("Give a {direction} level where: {}", reasons.join("; "));
        text = text.chars().take(MOST_GUIDELINE_CHARS).collect();
    }
    let moves: Vec<String> = group
        .iter()
        .filter_map(|one| Some(format!("{} -> {}", one.judge.as_ref()?, one.answer)))
        .collect();
    let what = if reasons.is_empty() {
        "Nobody gave a reason: write the rule, an empty one is refused."
    } else {
        "Turn the reasons into one rule that also holds for other tickets."
    };
    let about = format!(
        "{} of `{criterion}`, all {direction} than the judge ({}).\n{what}",
        counted(group.len() as u64, "correction"),
        moves.join(", ")
    );
    let rule = Guideline {
        criterion: Some(criterion.to_owned()),
        text,
        sources: group.iter().map(|one| one.ticket).collect(),
    };
    (rule, about)
}
