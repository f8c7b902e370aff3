//! Which item of a group a row is about, and which rerun of it.

use std::collections::HashMap;

use crate::domain::canonical::request_key;
use crate::domain::ids::{ItemId, OutputId};
use crate::domain::json::Json;
use crate::domain::record::Record;
use crate::engine::runs::group::Found;
use crate::store::runs::scores;
use crate::store::{Db, tickets};

/// The items of a group, by what rows may name them with.
#[derive(Debug, Clone, Default)]
pub(super) struct Items {
    /// Local row, identity and request of each.
    all: Vec<(i64, ItemId, [u8; 16])>,
    by_id: HashMap<String, Vec<usize>>,
    by_request: HashMap<[u8; 16], Vec<usize>>,
    /// Rows that came with this request so far.
    asked: HashMap<[u8; 16], usize>,
    /// Outputs an item got so far.
    given: HashMap<i64, u32>,
    /// What the candidate's runs have already.
    there: HashMap<(u32, i64), Option<OutputId>>,
}

/// The item a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Local row.
    pub item: i64,
    pub id: ItemId,
    /// Whether the row's own id says so; else its request does.
    pub by_id: bool,
    /// Whether the row's request is another than the item's.
    pub other_request: bool,
}

impl Items {
    pub fn read(db: &Db, found: &Found) -> crate::store::Result<Self> {
        let mut items = Self::default();
        for line in scores::items(db, &found.items)? {
            let stored = tickets::item(db, line.row)?;
            let key = request_key(stored.request.as_ref().map(Json::as_str));
            items.add(line.row, line.id, line.external_id, key);
        }
        Ok(items)
    }

    fn add(&mut self, row: i64, id: ItemId, external: Option<String>, key: [u8; 16]) {
        let at = self.all.len();
        self.all.push((row, id, key));
        if let Some(external) = external {
            self.by_id.entry(external).or_default().push(at);
        }
        self.by_request.entry(key).or_default().push(at);
    }

    /// Notes what the candidate's runs have: number of the run, item, output.
    pub fn know(&mut self, rows: &[(u32, i64, Option<OutputId>)]) {
        self.there = rows
            .iter()
            .map(|(number, item, output)| ((*number, *item), *output))
            .collect();
    }

    /// The item a row is about. Rows with a request that several items share go to these in turn.
    pub fn place(&mut self, record: &Record<'_>) -> Option<Place> {
        let key = record
            .request
            .as_deref()
            .map(|json| request_key(Some(json)));
        let external = record.external_id.as_deref().filter(|id| !id.is_empty());
        let named = external
            .and_then(|id| self.by_id.get(id))
            .map(Vec::as_slice);
        let fits = |at: &&usize| key.is_some_and(|key| self.all[**at].2 == key);
        // Files may number their rows alike: of several items with this id the one with this request is meant.
        let by_id = named.and_then(|places| {
            places.iter().find(fits).or(match places {
                [only] => Some(only),
                _ => None,
            })
        });
        if let Some(at) = by_id {
            let (item, id, own) = self.all[*at];
            return Some(Place {
                item,
                id,
                by_id: true,
                other_request: key.is_some_and(|key| key != own),
            });
        }
        let key = key?;
        let places = self.by_request.get(&key)?;
        let turn = self.asked.entry(key).or_default();
        let (item, id, _) = self.all[places[*turn % places.len()]];
        *turn += 1;
        Some(Place {
            item,
            id,
            by_id: false,
            other_request: false,
        })
    }

    /// The number of the run that the item's next output goes to.
    pub fn next(&mut self, place: &Place, first: u32) -> u32 {
        let given = self.given.entry(place.item).or_default();
        *given += 1;
        first + *given - 1
    }

    /// Whether a run has another output for the item.
    pub fn contradicts(&self, number: u32, item: i64, output: Option<OutputId>) -> bool {
        match self.there.get(&(number, item)) {
            Some(Some(known)) => output.is_some_and(|output| output != *known),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(all: &[(&str, &str)]) -> Items {
        let mut items = Items::default();
        for (at, (id, request)) in all.iter().enumerate() {
            let name = (!id.is_empty()).then(|| (*id).to_owned());
            items.add(
                at as i64 + 1,
                ItemId([at as u8; 16]),
                name,
                request_key(Some(request)),
            );
        }
        items
    }

    fn row<'a>(id: &'a str, request: &'a str) -> Record<'a> {
        Record {
            external_id: (!id.is_empty()).then(|| id.into()),
            request: (!request.is_empty()).then(|| request.into()),
            ..Record::default()
        }
    }

    #[test]
    fn a_row_joins_by_its_own_id_before_it_joins_by_its_request() {
        let mut items = items(&[("a", "\"q1\""), ("b", "\"q2\"")]);
        let place = items.place(&row("b", "\"q1\"")).unwrap();
        assert_eq!(
            (place.item, place.by_id, place.other_request),
            (2, true, true)
        );
        let place = items.place(&row("zz", "\"q1\"")).unwrap();
        assert_eq!((place.item, place.by_id), (1, false));
        assert_eq!(items.place(&row("b", "")).map(|place| place.item), Some(2));
        assert_eq!(items.place(&row("", "\"q3\"")), None);
        assert_eq!(items.place(&row("", "")), None);
    }

    #[test]
    fn items_with_one_request_take_turns_and_what_is_left_over_are_reruns() {
        let mut items = items(&[("", "\"q\""), ("", "\"q\"")]);
        let mut seen = Vec::new();
        for _ in 0..4 {
            let place = items.place(&row("", "\"q\"")).unwrap();
            seen.push((place.item, items.next(&place, 1)));
        }
        assert_eq!(seen, [(1, 1), (2, 1), (1, 2), (2, 2)]);
    }

    #[test]
    fn an_id_that_several_items_share_is_told_apart_by_the_request_or_not_at_all() {
        let mut items = items(&[("1", "\"q1\""), ("1", "\"q2\"")]);
        assert_eq!(
            items.place(&row("1", "\"q2\"")).map(|place| place.item),
            Some(2)
        );
        assert_eq!(items.place(&row("1", "")), None);
    }

    #[test]
    fn another_output_where_one_is_contradicts_and_the_same_does_not() {
        let mut items = items(&[("a", "\"q\"")]);
        let (one, two) = (OutputId([1; 16]), OutputId([2; 16]));
        items.know(&[(1, 1, Some(one))]);
        assert!(items.contradicts(1, 1, Some(two)));
        assert!(!items.contradicts(1, 1, Some(one)));
        assert!(!items.contradicts(2, 1, Some(two)));
    }
}
