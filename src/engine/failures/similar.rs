//! Items like those that failed: found by their rarest words, ordered by how alike the requests are.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;

use super::super::{Engine, Result};
use super::{Ground, SEARCHED};
use crate::domain::ids::ClusterId;
use crate::domain::json::Json;
use crate::domain::message::Request;
use crate::judge::retrieve::alike;
use crate::store::datasets::Ranges;
use crate::store::{Db, dialect, failures, near, pick, tickets};
use crate::text::normalise::normalise;
use crate::text::search_terms::fts_any;

/// Longest words of a request that are looked up, and the rarest of them that are searched for.
const LOOKED_UP: usize = 40;
const SEARCHED_FOR: usize = 8;
/// A word in more texts than this is as good as in all.
const OFTEN: u32 = 2_000;
/// Texts that are compared with the request.
const COMPARED: u32 = 40;
/// Requests less alike than this have nothing in common.
const ALIKE: f32 = 0.2;

/// Finds items, and keeps what it has looked up.
struct Finder<'a> {
    db: &'a Db,
    /// Items that may be taken.
    pool: &'a Ranges,
    /// Clusters that may not, or were.
    out: HashSet<ClusterId>,
    counts: HashMap<String, u64>,
}

impl Engine {
    /// Fills in the items like the failing ones: of reviewed datasets, not held out, not exported, in no cluster of the
    /// failing ones or of each other, and without a ticket where the failures go.
    pub(super) fn look_for_similar(&self, ground: &mut Ground, each: usize) -> Result<()> {
        if each == 0 || ground.items.is_empty() {
            return Ok(());
        }
        self.fill_search(&AtomicBool::new(false), |_, _| {})?;
        let failing: Vec<i64> = ground.items.rows().collect();
        ground.not_searched = failing.len().saturating_sub(SEARCHED) as u64;
        ground.similar = self.store().read(|db| {
            let there = match &ground.made {
                Some((row, _)) => Ranges::of_rows(tickets::items(db, *row)?),
                None => Ranges::default(),
            };
            let pool = failures::of_role(db, "review")?
                .without(&failures::of_role(db, "heldout")?)
                .without(&ground.items)
                .without(&there);
            let mut out = ground.held.clone();
            out.extend(ground.left.iter().copied());
            for rows in [&ground.items, &there] {
                out.extend(crate::store::datasets::clusters(db, rows)?);
            }
            let mut finder = Finder {
                db,
                pool: &pool,
                out,
                counts: HashMap::new(),
            };
            let mut found = Vec::new();
            for item in failing.iter().take(SEARCHED) {
                found.extend(finder.like(*item, each)?);
            }
            Ok(found)
        })?;
        Ok(())
    }
}

impl Finder<'_> {
    fn like(&mut self, item: i64, most: usize) -> crate::store::Result<Vec<i64>> {
        let Some(own) = own_text(self.db, item)? else {
            return Ok(Vec::new());
        };
        let Some(query) = self.query(&own)? else {
            return Ok(Vec::new());
        };
        let mut ranked: Vec<(f32, i64)> = Vec::new();
        for other in failures::with_words(self.db, &query, COMPARED)? {
            if !self.pool.contains(other) {
                continue;
            }
            if let Some(text) = own_text(self.db, other)? {
                ranked.push((alike(&own, &text), other));
            }
        }
        ranked.retain(|(alike, _)| *alike >= ALIKE);
        ranked.sort_by(|(a, one), (b, two)| b.total_cmp(a).then(one.cmp(two)));
        let mut taken = Vec::new();
        for (_, other) in ranked {
            if taken.len() == most {
                break;
            }
            let identity = pick::identities(self.db, &Ranges::of_rows([other]))?;
            let cluster = identity.first().map(|(_, _, cluster)| *cluster);
            if cluster.is_some_and(|cluster| self.out.insert(cluster)) {
                taken.push(other);
            }
        }
        Ok(taken)
    }

    /// A query for the rarest words of a text that stand in other texts too.
    fn query(&mut self, own: &str) -> crate::store::Result<Option<String>> {
        let normalised = normalise(own);
        let mut words: Vec<&str> = normalised
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect();
        words.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        words.dedup();
        let mut rare: Vec<(u64, &str)> = Vec::new();
        for word in words.into_iter().take(LOOKED_UP) {
            let count = self.count(word)?;
            if count > 1 {
                rare.push((count, word));
            }
        }
        rare.sort_unstable();
        Ok(fts_any(
            rare.into_iter().take(SEARCHED_FOR).map(|(_, word)| word),
        ))
    }

    fn count(&mut self, word: &str) -> crate::store::Result<u64> {
        if let Some(known) = self.counts.get(word) {
            return Ok(*known);
        }
        let count = match fts_any([word]) {
            Some(query) => dialect::count_matches(self.db, &query, OFTEN)?,
            None => 0,
        };
        self.counts.insert(word.to_owned(), count);
        Ok(count)
    }
}

/// The request's own text; `None` where it has none.
fn own_text(db: &Db, item: i64) -> crate::store::Result<Option<String>> {
    let text = near::text(db, item)?.and_then(|item| item.request);
    let own = text.map(|json| Request::read(&Json::trusted(json)).own_text());
    Ok(own.filter(|own| !own.trim().is_empty()))
}
