//! `docket report`: what a run group shows, for whoever decides, as one page and as Markdown.
//!
//! Everything on the page is escaped text and drawn shapes: it loads nothing and needs no script. Both files are written
//! beside their places and renamed, so that a failed report changes nothing.

mod agreement;
mod failing;
mod html;
mod markdown;
mod plots;
mod tell;
#[cfg(test)]
mod tests;
mod verdict;
mod write;

use std::path::Path;

use super::compare::{CompareOptions, judge_word, sheets};
use super::{Engine, EngineError, Result};
use crate::domain::group_scores::GroupScores;
use crate::domain::ids::EvalId;
use crate::domain::rubric::known_or_nearest;
use crate::domain::run::by_candidate;
use crate::domain::view::compare::{CandidateSummary, Comparison, Sheet, Standing};
use crate::domain::view::report::{Report, Reported};
use crate::text::sanitise;

pub use html::page;
pub use markdown::markdown;

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportOptions {
    /// The candidate it speaks for; the best one by default.
    pub candidate: Option<String>,
}

impl Engine {
    /// Gathers the report of a group. Refused for a group or candidate there is none of.
    pub fn report(&self, group: &str, options: &ReportOptions) -> Result<Report> {
        let full = CompareOptions {
            baseline: None,
            full: true,
        };
        let (scores, comparison) = self.compared(group, &full)?;
        let named = self.declared(group).ok().and_then(|one| one.rule.candidate);
        let (at, chosen) = choose(&comparison, options, named.as_deref())?;
        let candidate = at.map(|at| comparison.candidates[at].name.clone());
        let (verdict, way) = verdict::of(self, group, candidate.as_deref())?;
        let judge = judge_word(&scores);
        let floors = super::gate::floor_flags(&self.group_found(group)?.rubric);
        let rule = format!("--min-pass-rate {:.2}{floors}", comparison.threshold);
        let agreement = self.agreement_sheet(&comparison)?;
        let checked = agreement
            .as_ref()
            .is_some_and(|sheet| !sheet.rows.is_empty());
        // What people prefer stands with what they say.
        let preferred = sheets::preferences(&comparison);
        let mut details = sheets::full(&comparison);
        details.retain(|sheet| Some(sheet) != preferred.as_ref());
        let failures = match at {
            Some(at) => self.failing(&scores, at)?,
            None => failing::Found::default(),
        };
        Ok(Report {
            group: comparison.group.clone(),
            tickets_in: comparison.tickets_in,
            made: moment(self.clock().now_ms()),
            by: self.reviewer().to_owned(),
            chosen,
            sure: tell::sure(&comparison, at, checked),
            missing: tell::missing(&comparison, at, (&verdict, checked), (&rule, &judge)),
            badges: comparison.badges.clone(),
            headline: vec![sheets::quality(&comparison), sheets::rows(&comparison)],
            people: std::iter::once(sheets::people(&comparison))
                .chain(agreement)
                .chain(preferred)
                .collect(),
            details,
            points: points(&scores, at),
            failing: failures.all,
            failures: failures.shown,
            method: tell::method(&comparison),
            commands: tell::commands(&comparison, candidate.as_deref(), way, &rule),
            candidate,
            verdict,
            comparison,
        })
    }

    /// Whether a report could be made of a group: it is there, and so is the candidate. Shows no number; returns the eval whose
    /// reviews a look would mark.
    pub fn report_fits(&self, group: &str, options: &ReportOptions) -> Result<EvalId> {
        let found = self.group_found(group)?;
        let all = by_candidate(&found.runs);
        let names: Vec<&str> = all.iter().map(|(one, _)| one.name.as_str()).collect();
        match &options.candidate {
            Some(name) if !names.contains(&name.as_str()) => Err(no_candidate(group, name, &names)),
            _ => Ok(found.group.tickets),
        }
    }

    /// Writes the report into a folder as `report.html` and `report.md`; an earlier report there is replaced.
    pub fn write_report(&self, report: &Report, folder: &Path) -> Result<Reported> {
        let files = [
            ("report.html", page(report)),
            ("report.md", markdown(report)),
        ];
        let [html, markdown] = write::all(folder, &files)?;
        Ok(Reported { html, markdown })
    }
}

fn no_candidate(group: &str, name: &str, names: &[&str]) -> EngineError {
    EngineError::refused(
        format!("the group `{group}` has no candidate `{name}`"),
        known_or_nearest(name, names),
    )
}

/// The candidate the report speaks for, and why. `ruled` is the one the release rule is about.
fn choose(
    comparison: &Comparison,
    options: &ReportOptions,
    ruled: Option<&str>,
) -> Result<(Option<usize>, String)> {
    let is = |name: &str| {
        comparison
            .candidates
            .iter()
            .position(|one| one.name == name)
    };
    if options.candidate.is_none()
        && let Some(at) = ruled.and_then(is)
    {
        return Ok((Some(at), "the release rule names it".to_owned()));
    }
    if let Some(name) = &options.candidate {
        let names: Vec<&str> = comparison
            .candidates
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        return match is(name) {
            Some(at) => Ok((Some(at), "it was named for this report".to_owned())),
            None => Err(no_candidate(&comparison.group, name, &names)),
        };
    }
    let scored = |at: &usize| comparison.candidates[*at].mean.is_some();
    let gap = |at: &usize| {
        let difference = comparison.candidates[*at].difference.as_ref();
        difference.map_or(f64::NEG_INFINITY, |one| one.range.estimate)
    };
    let all = || (0..comparison.candidates.len()).filter(scored);
    let better = all().filter(|at| {
        let difference = comparison.candidates[*at].difference.as_ref();
        difference.is_some_and(|one| one.standing == Standing::Better)
    });
    if let Some(at) = better.max_by(|one, two| gap(one).total_cmp(&gap(two))) {
        return Ok((
            Some(at),
            "it is better than the baseline, and by more than the others that are".to_owned(),
        ));
    }
    // The baseline itself is released already: the owner asks about the one that comes nearest.
    let nearest = all().filter(|at| comparison.candidates[*at].difference.is_some());
    if let Some(at) = nearest.max_by(|one, two| gap(one).total_cmp(&gap(two))) {
        return Ok((
            Some(at),
            "no candidate is shown to be better than the baseline; this one comes nearest"
                .to_owned(),
        ));
    }
    let mean = |at: &usize| {
        let one: &CandidateSummary = &comparison.candidates[*at];
        one.mean.as_ref().map_or(0.0, |mean| mean.estimate)
    };
    Ok(
        match all().max_by(|one, two| mean(one).total_cmp(&mean(two))) {
            Some(at) => (
                Some(at),
                "it has the highest mean; without a baseline nothing is shown to be better"
                    .to_owned(),
            ),
            None => (None, "no candidate has a score".to_owned()),
        },
    )
}

/// Baseline against candidate, an item each.
fn points(scores: &GroupScores, at: Option<usize>) -> Vec<(f64, f64)> {
    let (Some(at), Some(baseline)) = (at, scores.baseline) else {
        return Vec::new();
    };
    // The baseline against itself is a line: then the first other candidate is shown.
    let other = if at == baseline {
        (0..scores.candidates.len()).find(|other| *other != baseline)
    } else {
        Some(at)
    };
    let Some(other) = other else {
        return Vec::new();
    };
    (0..scores.items.len())
        .filter_map(|item| {
            let of = |candidate: usize| scores.candidates[candidate].score_of(item);
            of(baseline).zip(of(other))
        })
        .collect()
}

/// `2026-11-21 14:50 UTC`.
fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(
        |_| "at an unknown time".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// A cell or sentence on one line, without hidden characters.
fn line(text: &str) -> String {
    sanitise::line(text).into_owned()
}

/// Whether a sheet has anything to show.
fn says_something(sheet: &Sheet) -> bool {
    !sheet.rows.is_empty() || !sheet.notes.is_empty()
}
