//! Outputs of a candidate that do not pass, with what was asked and what the judge said.

use super::super::{Engine, Result};
use crate::domain::group_scores::{GroupScores, RowOutcome};
use crate::domain::message::{Message, Role};
use crate::domain::standing::CHECK;
use crate::domain::verdict::Outcome;
use crate::domain::view::report::Failing;
use crate::store::{Db, tickets, verdicts};

/// Outputs that are shown.
const SHOWN: usize = 10;
/// Characters of a text that are shown.
const CHARS: usize = 4_000;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The lowest of them.
    pub shown: Vec<Failing>,
    /// How many there are.
    pub all: usize,
}

impl Engine {
    /// The outputs of the candidate at a place that do not pass, the lowest first, one an item.
    pub(super) fn failing(&self, scores: &GroupScores, at: usize) -> Result<Found> {
        let mut low: Vec<(f64, usize, usize)> = Vec::new();
        let mut all = 0;
        let runs = &scores.candidates[at].runs;
        for item in 0..scores.items.len() {
            let failed =
                runs.iter()
                    .enumerate()
                    .filter_map(|(run, of)| match of.rows[item].outcome {
                        RowOutcome::Scored { score, pass: false } => Some((score, run)),
                        _ => None,
                    });
            let failed: Vec<(f64, usize)> = failed.collect();
            all += failed.len();
            let lowest = failed
                .into_iter()
                .min_by(|one, two| one.0.total_cmp(&two.0));
            low.extend(lowest.map(|(score, run)| (score, item, run)));
        }
        low.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
        low.truncate(SHOWN);
        let shown = self.store().read(|db| {
            low.iter()
                .map(|(score, item, run)| one(db, scores, (at, *run, *item), *score))
                .collect::<crate::store::Result<Vec<_>>>()
        })?;
        Ok(Found { shown, all })
    }
}

fn one(
    db: &Db,
    scores: &GroupScores,
    (at, run, place): (usize, usize, usize),
    score: f64,
) -> crate::store::Result<Failing> {
    let of = &scores.items[place];
    let row = &scores.candidates[at].runs[run].rows[place];
    let item = tickets::item(db, of.row)?;
    let ticket = row.ticket.map(|row| tickets::in_row(db, row)).transpose()?;
    let output = match &ticket {
        Some(ticket) => tickets::outputs(db, ticket)?.into_iter().next(),
        None => None,
    };
    let spoken = |json: &str| {
        Message::read(json, Role::Assistant).map_or_else(|| json.to_owned(), |one| one.plain_text())
    };
    let text = output
        .and_then(|output| Some(spoken(output.message?.as_str())))
        .unwrap_or_default();
    let mut tags: Vec<&str> = of
        .feature
        .iter()
        .chain(&of.tags)
        .map(String::as_str)
        .collect();
    tags.dedup();
    Ok(Failing {
        item: of.external_id.clone().unwrap_or_else(|| of.id.short()),
        tags: tags.join(" "),
        request: cut(&crate::engine::runs::beside::request_text(&item)),
        output: cut(&text),
        reference: item
            .reference
            .as_ref()
            .map(|json| cut(&spoken(json.as_str()))),
        score,
        said: match row.ticket {
            Some(ticket) => said(db, scores, ticket)?,
            None => Vec::new(),
        },
        human: row.human,
    })
}

/// The judge's level on each question with its reason, and the checks that failed.
fn said(db: &Db, scores: &GroupScores, ticket: i64) -> crate::store::Result<Vec<String>> {
    let judge = scores.judge.as_ref().map(|judge| judge.id);
    let all = verdicts::of_ticket(db, ticket)?;
    let Some(own) = all.iter().find(|one| Some(one.id) == judge) else {
        return Ok(Vec::new());
    };
    let mut lines: Vec<String> = Vec::new();
    for stored in own.verdicts.iter().filter(|stored| stored.sample == 0) {
        let verdict = &stored.verdict;
        let Outcome::Scored(answer) = &verdict.outcome else {
            continue;
        };
        if let Some(check) = verdict.criterion.strip_prefix(CHECK) {
            if answer.level() == Some(0) {
                lines.push(cut(&format!("check {check} failed: {}", verdict.reasoning)));
            }
        } else {
            lines.push(cut(&format!(
                "{} {answer}: {}",
                verdict.criterion, verdict.reasoning
            )));
        }
    }
    Ok(lines)
}

/// The beginning of a text; what is left out is said.
fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!(
            "{}\n… and {} more characters",
            &text[..end],
            text[end..].chars().count()
        ),
    }
}
