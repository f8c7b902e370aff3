//! What the Runs screen shows: groups, one group with its rows, one item across the candidates.

use std::sync::Arc;

use super::super::compare::{CompareOptions, sheets};
use super::super::{Engine, EngineError, Result};
use crate::domain::group_scores::{CandidateScores, GroupScores, RowOutcome, RowScore};
use crate::domain::ids::{Identity, ItemId};
use crate::domain::message::{Message, Request, Role};
use crate::domain::view::compare::Comparison;
use crate::domain::view::{
    Age, GroupCard, GroupNote, GroupPage, GroupView, ItemLine, RowOrder, Side, SideBySide,
};
use crate::store::{Db, runs, tickets};

impl Engine {
    /// Every group as the list shows it, by name.
    pub fn group_cards(&self) -> Result<Vec<GroupCard>> {
        self.groups()?
            .into_iter()
            .map(|line| {
                let group = self.group_named(&line.name)?;
                let runs = || line.candidates.iter().flat_map(|one| &one.runs);
                Ok(GroupCard {
                    tickets_in: group.tickets,
                    rows: runs().count() as u64 * line.items,
                    answered: runs().map(|run| run.answered).sum(),
                    scored: runs().map(|run| run.scored).sum(),
                    failed: runs().flat_map(|run| &run.failed).map(|(_, n)| n).sum(),
                    candidates: line.candidates.iter().map(|one| one.name.clone()).collect(),
                    name: line.name,
                    eval: line.eval,
                    items: line.items,
                    rubric: line.rubric,
                    judge: line.judge,
                    baseline: line.baseline,
                })
            })
            .collect()
    }

    /// Every group in a few words.
    pub(in crate::engine) fn group_notes(&self) -> Result<Vec<GroupNote>> {
        Ok(self.store().read(|db| {
            runs::groups(db)?
                .into_iter()
                .map(|group| {
                    let runs = runs::runs(db, &group.id)?;
                    Ok(GroupNote {
                        candidates: crate::domain::run::by_candidate(&runs).len(),
                        name: group.name,
                        items: group.items,
                    })
                })
                .collect::<crate::store::Result<_>>()
        })?)
    }

    /// A group for this reviewer: closed while its tickets are blind to them and they have not opened it.
    pub fn group_page(&self, group: &str, full: bool) -> Result<GroupPage> {
        if let Some(closed) = self.closed_page(group)? {
            return Ok(closed);
        }
        let options = CompareOptions {
            baseline: None,
            full,
        };
        let (scores, comparison) = self.compared(group, &options)?;
        Ok(GroupPage::Open(Arc::new(group_view(&scores, comparison))))
    }

    /// The page with the comparison that is kept, without rows: there at once, whatever the size of the group. `None`
    /// where none is kept.
    pub fn kept_page(&self, group: &str, full: bool) -> Result<Option<GroupPage>> {
        if let Some(closed) = self.closed_page(group)? {
            return Ok(Some(closed));
        }
        let options = CompareOptions {
            baseline: None,
            full,
        };
        let kept = self.kept_comparison(group, &options)?;
        Ok(kept.map(|kept| {
            let age = Age {
                made_ms: kept.made_ms,
                older: !kept.current,
            };
            GroupPage::Open(Arc::new(without_rows(kept.comparison, age)))
        }))
    }

    /// What a reviewer sees who has not opened the group, if they must.
    pub fn closed_page(&self, group: &str) -> Result<Option<GroupPage>> {
        let tickets = self.group_named(group)?.tickets;
        if self.agreement_is_closed(tickets)?.is_none() {
            return Ok(None);
        }
        let waiting = self.waiting(tickets)?;
        Ok(Some(GroupPage::Closed { waiting }))
    }

    /// Opens a group: logged, and marks this person's later reviews of it as assisted.
    pub fn open_group(&self, group: &str) -> Result<()> {
        let tickets = self.group_named(group)?.tickets;
        self.open_page(tickets, "compare")?;
        Ok(())
    }

    /// One item with what every candidate answered in every run. Refused before the group was opened.
    pub fn side_by_side(&self, group: &str, item: i64) -> Result<SideBySide> {
        let found = self.group_named(group)?;
        if self.agreement_is_closed(found.tickets)?.is_some() {
            return Err(EngineError::refused(
                format!("`{group}` has not been opened"),
                "open its comparison first",
            ));
        }
        let scores = self.scores_of_item(group, item)?;
        let Some(place) = scores.items.iter().position(|one| one.row == item) else {
            return Err(EngineError::refused(
                format!("`{group}` has no such item"),
                "open the group anew",
            ));
        };
        let reviewer = self.reviewer().to_owned();
        Ok(self
            .store()
            .read(|db| beside(db, &scores, place, &reviewer))?)
    }
}

/// The page of scores and their comparison.
pub fn group_view(scores: &GroupScores, comparison: Comparison) -> GroupView {
    let rows: Vec<ItemLine> = (0..scores.items.len())
        .map(|item| item_line(scores, item))
        .collect();
    let orders = RowOrder::ALL.map(|order| sorted(&rows, order));
    GroupView {
        orders,
        rows,
        kept: None,
        ..without_rows(comparison, Age::default())
    }
}

/// The page of a comparison alone.
pub fn without_rows(comparison: Comparison, age: Age) -> GroupView {
    let names = || comparison.candidates.iter().map(|one| Some(&one.name));
    GroupView {
        sheets: sheets::full(&comparison),
        people: sheets::people(&comparison),
        notes: sheets::notes(&comparison),
        power: sheets::power(&comparison),
        baseline: names().position(|name| name == comparison.baseline.as_ref()),
        orders: Default::default(),
        rows: Vec::new(),
        kept: Some(age),
        comparison,
    }
}

fn item_line(scores: &GroupScores, item: usize) -> ItemLine {
    let of = &scores.items[item];
    let each: Vec<Option<f64>> = scores
        .candidates
        .iter()
        .map(|one| one.score_of(item))
        .collect();
    let base = scores.baseline.and_then(|at| each[at]);
    let difference = base.and_then(|base| {
        let others = each
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != scores.baseline);
        let gaps = others.filter_map(|(_, score)| Some((*score)? - base));
        gaps.max_by(|one, two| one.abs().total_cmp(&two.abs()))
    });
    let mut tags: Vec<&str> = of.feature.iter().map(String::as_str).collect();
    for tag in &of.tags {
        if !tags.contains(&tag.as_str()) {
            tags.push(tag);
        }
    }
    ItemLine {
        item: of.row,
        name: of.external_id.clone().unwrap_or_else(|| of.id.short()),
        tags: tags.join(" "),
        difference,
        lowest: each.iter().flatten().copied().min_by(f64::total_cmp),
        disagreement: scores
            .candidates
            .iter()
            .filter_map(|one| apart(one, item))
            .max_by(f64::total_cmp),
        scores: each,
    }
}

/// How far the reruns of a candidate, or its judge and people, are apart on an item.
fn apart(candidate: &CandidateScores, item: usize) -> Option<f64> {
    let rows: Vec<&RowScore> = candidate.runs.iter().map(|run| &run.rows[item]).collect();
    let scores: Vec<f64> = rows.iter().filter_map(|row| row.outcome.score()).collect();
    let low = scores.iter().copied().min_by(f64::total_cmp);
    let high = scores.iter().copied().max_by(f64::total_cmp);
    let reruns = low.zip(high).filter(|_| scores.len() > 1);
    let people = rows
        .iter()
        .filter_map(|row| Some((row.outcome.score()? - row.human?.0).abs()));
    people
        .chain(reruns.map(|(low, high)| high - low))
        .max_by(f64::total_cmp)
}

fn sorted(rows: &[ItemLine], order: RowOrder) -> Vec<u32> {
    // What sorts first has the smallest key; rows without one keep the order of import, at the end.
    let key = |row: &ItemLine| match order {
        RowOrder::Difference => row.difference.map(|gap| -gap.abs()),
        RowOrder::Lowest => row.lowest,
        RowOrder::Disagreement => row.disagreement.map(|apart| -apart),
    };
    let mut places: Vec<(f64, u32)> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (key(row).unwrap_or(f64::INFINITY), at as u32))
        .collect();
    places.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    places.into_iter().map(|(_, at)| at).collect()
}

fn beside(
    db: &Db,
    scores: &GroupScores,
    place: usize,
    reviewer: &str,
) -> crate::store::Result<SideBySide> {
    let of = &scores.items[place];
    let item = tickets::item(db, of.row)?;
    let mut sides = Vec::new();
    for candidate in &scores.candidates {
        for run in &candidate.runs {
            sides.push(side(db, candidate, run.number, &run.rows[place])?);
        }
    }
    sides.sort_by_key(|side| shuffle(&of.id, reviewer, &side.candidate, side.run));
    let answer = |text: &str| {
        Message::read(text, Role::Assistant).map_or_else(|| text.to_owned(), |one| one.plain_text())
    };
    Ok(SideBySide {
        item: of.row,
        name: of.external_id.clone().unwrap_or_else(|| of.id.short()),
        request: request_text(&item).into(),
        reference: item
            .reference
            .as_ref()
            .map(|json| answer(json.as_str()).into()),
        sides,
    })
}

/// What was asked, in plain text.
pub(in crate::engine) fn request_text(item: &tickets::ItemRow) -> String {
    let request = item.request.as_ref();
    request.map_or_else(String::new, |json| asked(&Request::read(json)))
}

/// The turns of a request, standing instructions left out.
fn asked(request: &Request) -> String {
    let turns = request
        .messages
        .iter()
        .filter(|message| !matches!(message.role, Role::System | Role::Developer));
    let said: Vec<String> = turns
        .map(|message| format!("{}: {}", message.role.name(), message.plain_text()))
        .collect();
    said.join("\n\n")
}

/// Where an output stands among the others: random, and the same whenever this person looks.
fn shuffle(item: &ItemId, reviewer: &str, candidate: &str, run: u32) -> [u8; 16] {
    Identity::of("beside")
        .part(&item.0)
        .part(reviewer.as_bytes())
        .part(candidate.as_bytes())
        .number(i64::from(run))
        .finish()
}

fn side(
    db: &Db,
    candidate: &CandidateScores,
    run: u32,
    row: &RowScore,
) -> crate::store::Result<Side> {
    let ticket = row.ticket.map(|row| tickets::in_row(db, row)).transpose()?;
    let output = match &ticket {
        Some(ticket) => tickets::outputs(db, ticket)?.into_iter().next(),
        None => None,
    };
    let text = output.as_ref().and_then(|output| {
        let json = output.message.as_ref()?;
        let message = Message::read(json.as_str(), Role::Assistant);
        Some(message.map_or_else(|| json.as_str().to_owned(), |one| one.plain_text()))
    });
    let missing = match &row.outcome {
        RowOutcome::Scored { .. } => None,
        RowOutcome::Unscored(class) => Some(format!("not scored: {class}")),
        RowOutcome::Unjudged => Some("no judge has read it".to_owned()),
        RowOutcome::Failed(class) => Some(format!("failed: {class}")),
        RowOutcome::Missing => Some("never asked".to_owned()),
    };
    Ok(Side {
        candidate: candidate.name.clone(),
        run,
        model: output
            .and_then(|output| output.model)
            .or_else(|| candidate.model.clone()),
        text: beginning(text.unwrap_or_default()).into(),
        missing,
        judged: row.outcome.score().zip(row.outcome.pass()),
        human: row.human,
        ticket: ticket.map(|ticket| ticket.id),
        latency_ms: row.latency_ms,
        cost_micros: row.cost_micros,
    })
}

/// Characters of an output that stand beside the others.
const BESIDE: usize = 20_000;

/// The beginning of a very long text; its ticket has the rest.
fn beginning(text: String) -> String {
    match text.char_indices().nth(BESIDE) {
        None => text,
        Some((end, _)) => format!(
            "{}\n… {} more characters: the ticket has all of it",
            &text[..end],
            text[end..].chars().count()
        ),
    }
}
