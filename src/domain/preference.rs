//! Which of several outputs of one item a person prefers, seen side by side.
//!
//! A preference is about an item of a run group, not about one ticket: it says nothing of how good an output is, only
//! that it is better than those beside it. It never enters a score, an estimate or a gate; it is counted by itself.
//! What was said before the names were shown and what was said after are two opinions: neither takes the other's
//! place, and they are counted apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::effective::effective;
use super::event::{Body, Event};
use super::ids::{GroupId, Identity, ItemId, OutputId};
use super::review::Sight;

/// Outputs that can be told apart by one digit.
pub const MOST_OUTPUTS: usize = 9;

/// What a person says of outputs side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// The output at this place, from 0, of those seen is better than every other.
    Best(u8),
    /// None is better than the others.
    Tie,
    /// The person cannot tell.
    CannotTell,
}

/// The preference of one person on one item, as it is written into the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferenceGiven {
    /// The run group.
    pub group: GroupId,
    /// The item.
    pub item: ItemId,
    /// Seed of the order, by [`order_seed`].
    pub seed: u64,
    /// The outputs in the order they were seen.
    pub seen: Vec<SeenOutput>,
    /// What was said.
    pub preference: Preference,
    /// Blind while neither a name nor a score of any of these outputs had been shown to this person.
    pub sight: Sight,
    /// Whether the comparison of the group, with each candidate's numbers, had been open to this person before.
    pub numbers_seen: bool,
}

impl PreferenceGiven {
    /// The output that was called best.
    pub fn best(&self) -> Option<&SeenOutput> {
        match self.preference {
            Preference::Best(place) => self.seen.get(usize::from(place)),
            Preference::Tie | Preference::CannotTell => None,
        }
    }

    fn has(&self, candidate: &str) -> bool {
        let mut there = self.seen.iter();
        there.any(|one| one.candidate == candidate && one.output.is_some())
    }
}

/// An output as it stood beside others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenOutput {
    /// Who made it.
    pub candidate: String,
    /// Which of the candidate's runs, from 1.
    pub run: u32,
    /// The output; `None` where the candidate gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<OutputId>,
}

/// Seed of the order in which a person sees the outputs of an item: the same whenever they look, another for every
/// person and item, and not to be derived from the order or the names of the candidates without the workspace's seed.
pub fn order_seed(workspace: u64, group: &GroupId, item: &ItemId, reviewer: &str) -> u64 {
    let hash = Identity::of("beside")
        .number(workspace as i64)
        .part(&group.0)
        .part(&item.0)
        .part(reviewer.as_bytes())
        .finish();
    // Without the highest bit, as every seed here: it is a number wherever it is written.
    u64::from_le_bytes([
        hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7],
    ]) >> 1
}

/// Where a candidate stands among the others; the lowest is seen first.
pub fn place_of(seed: u64, candidate: &str) -> [u8; 16] {
    Identity::of("place beside")
        .number(seed as i64)
        .part(candidate.as_bytes())
        .finish()
}

/// Which of a candidate's runs is seen: the one with the lowest number here. A draw of its own, not that of
/// [`place_of`]: the lowest of many would stand first more often, and the place would tell who was run again.
pub fn draw_of(seed: u64, candidate: &str, run: u32) -> [u8; 16] {
    Identity::of("run beside")
        .number(seed as i64)
        .part(candidate.as_bytes())
        .number(i64::from(run))
        .finish()
}

/// What somebody holds of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Who.
    pub reviewer: String,
    /// What.
    pub given: PreferenceGiven,
}

/// The opinions that count, of one group: of each person on each item the last one given blind, and the last one given
/// after the names were shown. `events` in any order, with those that take events back.
pub fn opinions(events: &[Event], group: &GroupId) -> Vec<Opinion> {
    let mut events = events.to_vec();
    super::effective::sort(&mut events);
    let mut held: BTreeMap<(ItemId, &str, bool), Opinion> = BTreeMap::new();
    for event in effective(&events) {
        if let Body::PreferenceGiven(given) = &event.body
            && given.group == *group
        {
            let blind = given.sight == Sight::Blind;
            let opinion = Opinion {
                reviewer: event.reviewer.clone(),
                given: (**given).clone(),
            };
            held.insert((given.item, event.reviewer.as_str(), blind), opinion);
        }
    }
    held.into_values().collect()
}

/// What people say of a candidate against the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// The candidate was called best.
    pub win: u64,
    /// None was called better.
    pub tie: u64,
    /// The baseline was called best.
    pub loss: u64,
    /// Preferences that say something of the two: wins, ties and losses.
    pub n: u64,
    /// Another candidate was called best, which says nothing between these two.
    pub other_best: u64,
    /// The person could not tell.
    pub cannot_tell: u64,
}

impl Tally {
    fn count(&mut self, given: &PreferenceGiven, candidate: &str, baseline: &str) {
        let best = given.best().map(|one| one.candidate.as_str());
        let counter = match given.preference {
            Preference::Tie => &mut self.tie,
            Preference::CannotTell => &mut self.cannot_tell,
            Preference::Best(_) if best == Some(candidate) => &mut self.win,
            Preference::Best(_) if best == Some(baseline) => &mut self.loss,
            Preference::Best(_) => &mut self.other_best,
        };
        *counter += 1;
        self.n = self.win + self.tie + self.loss;
    }
}

/// A candidate's preferences against the baseline, blind ones and those given after names were shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferred {
    /// Given before a name or a score was shown.
    pub blind: Tally,
    /// Given after; never added to the others.
    pub named: Tally,
}

/// Counts what people say of a candidate against the baseline, on items where both had an output beside each other.
pub fn preferred(opinions: &[Opinion], candidate: &str, baseline: &str) -> Preferred {
    let mut found = Preferred::default();
    for opinion in opinions {
        let given = &opinion.given;
        if given.has(candidate) && given.has(baseline) {
            let tally = match given.sight {
                Sight::Blind => &mut found.blind,
                Sight::Assisted => &mut found.named,
            };
            tally.count(given, candidate, baseline);
        }
    }
    found
}

/// What the preferences of a group rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PreferenceBasis {
    /// Who gave any.
    pub people: u64,
    /// Items they are about.
    pub items: u64,
    /// Given blind.
    pub blind: u64,
    /// Of these, by people to whom the comparison's numbers had been open.
    pub numbers_seen: u64,
    /// Given after names were shown.
    pub named: u64,
}

/// What the preferences of a group rest on.
pub fn basis(opinions: &[Opinion]) -> PreferenceBasis {
    let count = |which: &dyn Fn(&PreferenceGiven) -> bool| {
        opinions.iter().filter(|one| which(&one.given)).count() as u64
    };
    let blind = |given: &PreferenceGiven| given.sight == Sight::Blind;
    let people: BTreeSet<&str> = opinions.iter().map(|one| one.reviewer.as_str()).collect();
    let items: BTreeSet<ItemId> = opinions.iter().map(|one| one.given.item).collect();
    PreferenceBasis {
        people: people.len() as u64,
        items: items.len() as u64,
        blind: count(&blind),
        numbers_seen: count(&|given| blind(given) && given.numbers_seen),
        named: count(&|given| !blind(given)),
    }
}

#[cfg(test)]
mod tests;
