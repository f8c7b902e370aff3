//! Holding new items against all items: candidates by their signatures, decided on their texts.

use std::collections::{HashMap, HashSet};

use super::super::{Engine, Result};
use super::look;
use crate::domain::ids::ClusterId;
use crate::stats::overlap::{Boilerplate, Shingled};
use crate::store::Db;
use crate::store::near::{self, KEYS, State};

/// Items, by row, that are new in one round: their keys are what the round holds in memory.
const ROUND: i64 = 50_000;
/// New texts kept under one key. More of them are near each other, and the first ones stand for them.
const MOST_UNDER_KEY: usize = 16;
/// Texts kept ready for comparison.
const READY: usize = 1_024;
/// Joins written in one transaction.
const JOINS: usize = 200;

impl Engine {
    /// One round.
    pub(super) fn pair(&self, state: &State) -> Result<()> {
        let (from, to) = (state.paired, state.signed.min(state.paired + ROUND));
        let common = Boilerplate::known(state.common.iter().copied());
        let joins = self.store().read(|db| {
            let heads = Heads::read(db, from, to)?;
            let mut round = Round {
                db,
                common: &common,
                roots: HashMap::new(),
                joins: Vec::new(),
                ready: HashMap::new(),
            };
            if !heads.all.is_empty() {
                near::each(db, 0, to, |item, own, keys| {
                    round.hold(&heads, item, own, keys)
                })?;
            }
            Ok(round.joins)
        })?;
        let number = state.number;
        for chunk in joins.chunks(JOINS) {
            let chunk = chunk.to_vec();
            self.store().write_light(move |db| {
                if near::state(db)?.number != number {
                    return Ok(());
                }
                let mut each = chunk.iter();
                each.try_for_each(|(gone, into)| near::join(db, gone, into))
            })?;
        }
        self.store()
            .write_light(move |db| near::set_paired(db, number, from, to))?;
        Ok(())
    }
}

/// A new text.
struct Head {
    /// The first item that has it.
    item: i64,
    own: ClusterId,
}

/// The new texts, each different one once, and where their keys lead.
struct Heads {
    all: Vec<Head>,
    under: HashMap<u64, Vec<u32>>,
}

/// A band's key with the number of its band.
fn key(band: usize, key: u32) -> u64 {
    (band as u64) << 32 | u64::from(key)
}

impl Heads {
    fn read(db: &Db, from: i64, to: i64) -> crate::store::Result<Self> {
        let mut heads = Self {
            all: Vec::new(),
            under: HashMap::new(),
        };
        let mut known: HashSet<ClusterId> = HashSet::new();
        near::each(db, from, to, |item, own, keys| {
            if known.insert(own) {
                let at = heads.all.len() as u32;
                heads.all.push(Head { item, own });
                for (band, one) in keys.iter().enumerate() {
                    let under = heads.under.entry(key(band, *one)).or_default();
                    if under.len() < MOST_UNDER_KEY {
                        under.push(at);
                    }
                }
            }
            Ok(())
        })?;
        Ok(heads)
    }

    /// The new texts that share a key with these, ascending.
    fn near(&self, keys: &[u32; KEYS]) -> Vec<u32> {
        let of = |(band, one): (usize, &u32)| self.under.get(&key(band, *one));
        let mut found: Vec<u32> = keys
            .iter()
            .enumerate()
            .filter_map(of)
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What a round finds out.
struct Round<'a> {
    db: &'a Db,
    common: &'a Boilerplate,
    /// From a cluster to the one it has joined, or to itself.
    roots: HashMap<ClusterId, ClusterId>,
    /// What joins what, in this order.
    joins: Vec<(ClusterId, ClusterId)>,
    ready: HashMap<i64, Shingled>,
}

impl Round<'_> {
    /// Holds one text against the new ones.
    fn hold(
        &mut self,
        heads: &Heads,
        item: i64,
        own: ClusterId,
        keys: &[u32; KEYS],
    ) -> crate::store::Result<()> {
        for at in heads.near(keys) {
            let head = &heads.all[at as usize];
            if head.own == own || self.root(own)? == self.root(head.own)? {
                continue;
            }
            if self.is_near(item, head.item)? {
                let (one, two) = (self.root(own)?, self.root(head.own)?);
                let (into, gone) = (one.min(two), one.max(two));
                self.roots.insert(gone, into);
                self.joins.push((gone, into));
            }
        }
        Ok(())
    }

    fn root(&mut self, own: ClusterId) -> crate::store::Result<ClusterId> {
        let mut at = own;
        loop {
            let next = match self.roots.get(&at) {
                Some(next) => *next,
                None => near::joined(self.db, &at)?.unwrap_or(at),
            };
            self.roots.insert(at, next);
            if next == at {
                return Ok(at);
            }
            at = next;
        }
    }

    fn is_near(&mut self, one: i64, two: i64) -> crate::store::Result<bool> {
        if self.ready.len() + 2 > READY {
            self.ready.clear();
        }
        self.make_ready(one)?;
        self.make_ready(two)?;
        let pair = (self.ready.get(&one), self.ready.get(&two));
        Ok(matches!(pair, (Some(one), Some(two)) if one.is_near(two)))
    }

    fn make_ready(&mut self, item: i64) -> crate::store::Result<()> {
        if self.ready.contains_key(&item) {
            return Ok(());
        }
        if let Some(text) = near::text(self.db, item)? {
            self.ready.insert(item, look::shingled(&text, self.common));
        }
        Ok(())
    }
}
