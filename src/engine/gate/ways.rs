//! Ways on from an undecided gate: commands that move it, and what to say where nothing on these items can.
//!
//! A group keeps its items, and a person who has seen its numbers reviews assisted. So more items always mean another
//! group, and labels are wanted of people who have not opened this one.

use super::case::{Case, Found};
use super::quality::Measure;
use crate::domain::count::counted;
use crate::domain::failure::{Answerable, Class};
use crate::domain::group_scores::{CandidateScores, RowOutcome};
use crate::domain::placeholder;
use crate::domain::run::{Asked, Origin};
use crate::domain::shell::word;
use crate::domain::view::gate::{Condition, Settle};
use crate::engine::compare::judge_word;

/// What would settle a condition.
pub(super) fn settle(
    condition: &str,
    what: impl Into<String>,
    count: Option<u64>,
    command: Option<String>,
) -> Settle {
    let what = what.into();
    let means = command.as_deref().and_then(placeholder::explained);
    Settle {
        condition: condition.to_owned(),
        what: means.map_or_else(|| what.clone(), |means| format!("{what} ({means})")),
        count: count.filter(|n| *n > 0),
        command,
    }
}

/// A condition with all that would settle it; where that is nothing, `nothing` says why.
pub(super) fn found(condition: Condition, settles: Vec<Settle>, nothing: &str) -> Found {
    let settles = if settles.is_empty() {
        vec![settle(&condition.id, nothing, None, None)]
    } else {
        settles
    };
    Found::with(condition, settles)
}

/// The name of the group to go on in.
fn next_group(case: &Case<'_>) -> String {
    word(&format!("{}-2", case.scores().group))
}

/// The judge by the name that puts it to work again; a placeholder where it was imported or there is none.
pub(super) fn judge(case: &Case<'_>) -> String {
    judge_word(case.scores())
}

/// Lets the group's judge read what it has not read, or `again` what it gave no answer on.
pub(super) fn read(case: &Case<'_>, again: bool) -> String {
    let again = if again { " --again" } else { "" };
    format!(
        "docket judge --group {} --judge {}{again}",
        word(&case.scores().group),
        judge(case)
    )
}

/// Takes the next ticket of the group's plan.
pub(super) fn review(case: &Case<'_>) -> String {
    format!("docket review {}", word(&case.scores().group))
}

/// Who may review so that it counts.
pub(super) const BY_OTHERS: &str = "by people who have not opened the group's numbers";

/// Goes on with the runs of a candidate, or takes its outputs in again; `None` for what was logged.
pub(super) fn go_on(case: &Case<'_>, flags: &str) -> Option<String> {
    let group = word(&case.scores().group);
    match &case.candidate().origin {
        Origin::Model(_) => Some(format!("docket run {group}{flags}")),
        Origin::Imported => Some(format!(
            "docket import <OUTPUTS> --run {group} --candidate {}",
            word(&case.candidate().name)
        )),
        Origin::Logged => None,
    }
}

/// The candidate over more items, in another group.
pub(super) fn more_items(case: &Case<'_>) -> String {
    let eval = word(&case.scores().eval);
    format!(
        "docket import <FILE> --eval {eval} && {}",
        elsewhere(case, &eval)
    )
}

/// The candidate over the items of an eval, in another group.
pub(super) fn elsewhere(case: &Case<'_>, eval: &str) -> String {
    let (group, name) = (next_group(case), word(&case.candidate().name));
    let run = match &case.candidate().origin {
        Origin::Logged => format!("docket run {eval} --group {group}"),
        Origin::Imported => format!(
            "docket run {eval} --group {group} && docket import <OUTPUTS> --run {group} --candidate {name}"
        ),
        Origin::Model(asked) => {
            format!(
                "docket run {eval} --group {group}{}",
                flags(asked, &case.candidate().name)
            )
        }
    };
    format!(
        "{run} && docket judge --group {group} --judge {}",
        judge(case)
    )
}

fn flags(asked: &Asked, name: &str) -> String {
    // A prompt adds its file's name to the candidate's.
    let own = name.rsplit_once('+').filter(|_| asked.prompt.is_some());
    let own = own.map_or(name, |(own, _)| own);
    let mut flags = format!(" --model {}={}", word(own), word(&asked.model));
    if asked.prompt.is_some() {
        flags.push_str(" --prompt <PROMPT>");
    }
    for (parameter, value) in &asked.parameters {
        flags.push_str(" --set ");
        flags.push_str(&word(&format!("{parameter}={value}")));
    }
    flags
}

/// Outputs of a candidate the judge has not read, and those it read without a score: what asking again may change, and
/// what it will not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Unscored {
    pub unread: usize,
    pub again: usize,
    pub never: usize,
}

impl Unscored {
    pub fn of(candidate: &CandidateScores) -> Self {
        let mut all = Self::default();
        for row in candidate.rows() {
            match &row.outcome {
                RowOutcome::Unjudged => all.unread += 1,
                RowOutcome::Unscored(class) if may_change(class) => all.again += 1,
                RowOutcome::Unscored(_) => all.never += 1,
                RowOutcome::Scored { .. } | RowOutcome::Failed(_) | RowOutcome::Missing => {}
            }
        }
        all
    }
}

/// Whether a judge that is asked again may answer: not where it says that it cannot judge, or the texts do not fit.
fn may_change(class: &str) -> bool {
    Class::read(class).is_none_or(|class| class.answerable() != Answerable::Unscored)
}

/// What lets the judge score outputs that have no score, of the candidate and of the baseline where the rule compares.
pub(super) fn scores(case: &Case<'_>, id: &str, sides: &[usize]) -> Vec<Settle> {
    let mut sum = Unscored::default();
    for at in sides {
        let one = Unscored::of(&case.scores().candidates[*at]);
        sum.unread += one.unread;
        sum.again += one.again;
        sum.never += one.never;
    }
    let imported = case.scores().judge.as_ref().is_some_and(|one| one.imported);
    let all = sum.unread + sum.again + sum.never;
    if imported && all > 0 {
        let what = "these verdicts were imported, for a part of the outputs: let a judge read the whole group, and its scores \
                    count from then on";
        return vec![settle(id, what, Some(all as u64), Some(read(case, false)))];
    }
    let mut settles = Vec::new();
    if sum.unread > 0 {
        let what = "let the judge read what it has not read";
        let command = read(case, false);
        settles.push(settle(id, what, Some(sum.unread as u64), Some(command)));
    }
    if sum.again > 0 {
        let what = "the judge read them and gave no answer that counts: ask it again";
        let command = read(case, true);
        settles.push(settle(id, what, Some(sum.again as u64), Some(command)));
    }
    if sum.never > 0 {
        settles.push(settle(
            id,
            format!(
                "the judge says of {} that it cannot judge them or that they do not fit, and asking it again changes nothing: \
                 another judge, in another group",
                counted(sum.never as u64, "output")
            ),
            Some(sum.never as u64),
            Some(elsewhere(case, &word(&case.scores().eval)).replace(
                &format!("--judge {}", judge(case)),
                "--judge <OTHER>",
            )),
        ));
    }
    settles
}

/// Items (of a tag) a judge could still score here: on every side that has no score there is an output it has not read, or
/// that asking again may score; and whether all of them need to be asked again.
pub(super) fn readable(case: &Case<'_>, sides: &[usize], tag: Option<&str>) -> (u64, bool) {
    let (mut items, mut again) = (0, true);
    for item in case.items(tag) {
        let mut lacking = sides
            .iter()
            .filter(|at| case.value(**at, item, &Measure::Score).is_none())
            .peekable();
        if lacking.peek().is_none() {
            continue;
        }
        let outcomes = |at: usize| {
            let runs = case.scores().candidates[at].runs.iter();
            runs.map(move |run| &run.rows[item].outcome)
        };
        let unread = |at: usize| outcomes(at).any(|of| matches!(of, RowOutcome::Unjudged));
        let may = |at: usize| {
            let changes =
                |of: &RowOutcome| matches!(of, RowOutcome::Unscored(class) if may_change(class));
            unread(at) || outcomes(at).any(changes)
        };
        let lacking: Vec<usize> = lacking.copied().collect();
        if lacking.iter().all(|at| may(*at)) {
            items += 1;
            again &= !lacking.iter().any(|at| unread(*at));
        }
    }
    (items, again)
}

/// Rows without an output by what may become of them: those the next start asks, those it asks with `--again`.
pub(super) fn failures(candidate: &CandidateScores) -> (usize, usize) {
    let mut counts = (0, 0);
    for row in candidate.rows() {
        if let RowOutcome::Failed(class) = &row.outcome {
            let later = Class::read(class).is_none_or(|class| {
                matches!(
                    class.answerable(),
                    Answerable::Later | Answerable::Stop | Answerable::Without
                )
            });
            if later {
                counts.0 += 1;
            } else {
                counts.1 += 1;
            }
        }
    }
    counts
}

/// Outputs people would read in the plan's order for labels of so many items: those of all candidates and reruns stand
/// together there.
pub(super) fn tickets_for(case: &Case<'_>, items: u64) -> u64 {
    let scores = case.scores();
    let rows = scores.candidates.iter().flat_map(CandidateScores::rows);
    let outputs = rows.filter(|row| row.ticket.is_some()).count() as f64;
    let each = outputs / (scores.items.len() as f64).max(1.0);
    (items as f64 * each.max(1.0)).ceil() as u64
}
