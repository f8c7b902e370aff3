//! What the Runs screen shows: groups, and one group with its rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::compare::{CompareOptions, sheets};
use super::super::{Engine, Result};
use crate::domain::group_scores::{CandidateScores, GroupScores, RowScore};
use crate::domain::ids::ItemId;
use crate::domain::preference::order_seed;
use crate::domain::view::compare::Comparison;
use crate::domain::view::{
    Age, GroupCard, GroupNote, GroupPage, GroupView, ItemLine, ItemName, RowOrder,
};
use crate::store::runs;

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
        let items = self.items_in_own_order(group)?;
        Ok(Some(GroupPage::Closed { waiting, items }))
    }

    /// The items of a group in an order that is drawn for this reviewer and tells nothing of what is in them.
    fn items_in_own_order(&self, group: &str) -> Result<Arc<[ItemName]>> {
        let found = self.group_found(group)?;
        let mut items = self
            .store()
            .read(|db| runs::scores::items(db, &found.items))?;
        let workspace = self.identity().seed;
        let opinions = self.opinions(&found.group.id)?;
        let mine = opinions
            .iter()
            .filter(|one| one.reviewer == self.reviewer());
        let said: BTreeSet<ItemId> = mine.map(|one| one.given.item).collect();
        items.sort_by_cached_key(|one| {
            order_seed(workspace, &found.group.id, &one.id, self.reviewer())
        });
        let named = items.into_iter().map(|one| ItemName {
            item: one.row,
            said: said.contains(&one.id),
            name: one.external_id.unwrap_or_else(|| one.id.short()),
        });
        Ok(named.collect())
    }

    /// Opens a group: logged, and marks this person's later reviews of it as assisted.
    pub fn open_group(&self, group: &str) -> Result<()> {
        let tickets = self.group_named(group)?.tickets;
        self.open_page(tickets, "compare")?;
        Ok(())
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
        sheets: std::iter::once(sheets::times(&comparison))
            .chain(sheets::full(&comparison))
            .collect(),
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
        passes: scores
            .candidates
            .iter()
            .map(|one| one.passes_of(item))
            .collect(),
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
