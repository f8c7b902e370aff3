//! Dataset versions: frozen sets of items, kept as ranges of local rows.

use super::db::Db;
use super::error::Result;
use crate::domain::ids::{ClusterId, DatasetId, DatasetVersionId, Identity};

/// A set of item rows, as sorted ranges that do not touch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// The union of ranges in any order.
    pub fn of(ranges: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut all: Vec<_> = ranges.into_iter().collect();
        all.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(all.len());
        for (lo, hi) in all {
            match merged.last_mut() {
                Some((_, end)) if lo <= *end + 1 => *end = (*end).max(hi),
                _ => merged.push((lo, hi)),
            }
        }
        Self(merged)
    }

    /// The ranges.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// How many rows.
    pub fn len(&self) -> u64 {
        self.iter().map(|(lo, hi)| (hi - lo + 1) as u64).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row is in it.
    pub fn contains(&self, row: i64) -> bool {
        let at = self.0.partition_point(|(lo, _)| *lo <= row);
        at > 0 && row <= self.0[at - 1].1
    }

    /// The union of two sets.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self::of(self.iter().chain(other.iter()))
    }

    /// The rows of this set that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut kept = Vec::new();
        let mut taken = other.iter().peekable();
        for (lo, hi) in self.iter() {
            let mut from = lo;
            while let Some((a, b)) = taken.peek().copied() {
                if a > hi {
                    break;
                }
                if a > from {
                    kept.push((from, a - 1));
                }
                from = from.max(b + 1);
                if b > hi {
                    // It may reach into the next range as well.
                    break;
                }
                taken.next();
            }
            if from <= hi {
                kept.push((from, hi));
            }
        }
        Self(kept)
    }

    /// The rows both have.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }

    /// Every row, ascending.
    pub fn rows(&self) -> impl Iterator<Item = i64> + '_ {
        self.iter().flat_map(|(lo, hi)| lo..=hi)
    }

    /// Single rows, in any order.
    pub fn of_rows(rows: impl IntoIterator<Item = i64>) -> Self {
        Self::of(rows.into_iter().map(|row| (row, row)))
    }

    fn has_range(&self, range: (i64, i64)) -> bool {
        self.0.binary_search(&range).is_ok()
    }
}

/// The rows of a dataset's current version.
pub fn current(db: &Db, dataset: &DatasetId) -> Result<Ranges> {
    let sql = "SELECT lo, hi FROM dataset_range WHERE dataset = ?1 AND removed IS NULL ORDER BY lo";
    Ok(Ranges::of(db.query(sql, args![&dataset.0], |row| {
        Ok((row.int(0)?, row.int(1)?))
    })?))
}

/// Makes `rows` the next version of a dataset; returns its id and number. The same rows are the same version.
pub fn set(db: &Db, dataset: &DatasetId, rows: &Ranges) -> Result<(DatasetVersionId, u64)> {
    let old = current(db, dataset)?;
    let id = version_id(db, rows)?;
    let last = last_version(db, dataset)?;
    if let Some((known, number)) = last
        && known == id
    {
        return Ok((known, number));
    }
    let number = last.map_or(1, |(_, number)| number + 1);
    db.exec(
        "INSERT INTO dataset_version (id, dataset, number, items) VALUES (?1, ?2, ?3, ?4)",
        args![&id.0, &dataset.0, number, rows.len()],
    )?;
    // Ranges that stand in both versions stay as they are, so an import into a large dataset adds one line.
    for (lo, hi) in old.iter().filter(|range| !rows.has_range(*range)) {
        let sql = "UPDATE dataset_range SET removed = ?3 WHERE dataset = ?1 AND lo = ?2 AND hi = ?4 AND removed IS NULL";
        let whole = db.exec(sql, args![&dataset.0, lo, number, hi])?;
        if whole == 0 {
            // The stored ranges may be finer than the merged one.
            let sql = "UPDATE dataset_range SET removed = ?3 WHERE dataset = ?1 AND lo >= ?2 AND hi <= ?4 AND removed IS NULL";
            db.exec(sql, args![&dataset.0, lo, number, hi])?;
        }
    }
    for (lo, hi) in rows.iter().filter(|range| !old.has_range(*range)) {
        let sql = "INSERT INTO dataset_range (dataset, lo, hi, added) VALUES (?1, ?2, ?3, ?4)";
        db.exec(sql, args![&dataset.0, lo, hi, number])?;
    }
    Ok((id, number))
}

/// A dataset's last version and its number; `None` before the first.
pub fn last_version(db: &Db, dataset: &DatasetId) -> Result<Option<(DatasetVersionId, u64)>> {
    let sql =
        "SELECT id, number FROM dataset_version WHERE dataset = ?1 ORDER BY number DESC LIMIT 1";
    db.first(sql, args![&dataset.0], |row| {
        Ok((DatasetVersionId(row.id(0)?), row.int(1)? as u64))
    })
}

/// Every version of a dataset, oldest first.
pub fn versions(db: &Db, dataset: &DatasetId) -> Result<Vec<(DatasetVersionId, u64)>> {
    let sql = "SELECT id, number FROM dataset_version WHERE dataset = ?1 ORDER BY number";
    db.query(sql, args![&dataset.0], |row| {
        Ok((DatasetVersionId(row.id(0)?), row.int(1)? as u64))
    })
}

/// H(sorted item ids): the same items are the same version on every copy.
fn version_id(db: &Db, rows: &Ranges) -> Result<DatasetVersionId> {
    let mut ids: Vec<[u8; 16]> = Vec::with_capacity(rows.len() as usize);
    for (lo, hi) in rows.iter() {
        db.each(
            "SELECT id FROM item WHERE row BETWEEN ?1 AND ?2",
            args![lo, hi],
            |row| {
                ids.push(row.id(0)?);
                Ok(true)
            },
        )?;
    }
    ids.sort_unstable();
    let mut identity = Identity::of("dataset version");
    for id in &ids {
        identity = identity.part(id);
    }
    Ok(DatasetVersionId(identity.finish()))
}

/// The item rows of a cluster.
pub fn cluster_rows(db: &Db, cluster: &ClusterId) -> Result<Ranges> {
    let rows = db.query(
        "SELECT row FROM item WHERE cluster = ?1",
        args![&cluster.0],
        |row| row.int(0),
    )?;
    Ok(Ranges::of_rows(rows))
}

/// The clusters of a set of rows.
pub fn clusters(db: &Db, rows: &Ranges) -> Result<std::collections::HashSet<ClusterId>> {
    let mut found = std::collections::HashSet::new();
    for (lo, hi) in rows.iter() {
        db.each(
            "SELECT cluster FROM item WHERE row BETWEEN ?1 AND ?2",
            args![lo, hi],
            |row| {
                found.insert(ClusterId(row.id(0)?));
                Ok(true)
            },
        )?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_merge_subtract_and_find() {
        let set = Ranges::of([(5, 7), (1, 2), (3, 3), (10, 12)]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [(1, 3), (5, 7), (10, 12)]);
        assert_eq!(set.len(), 9);
        assert!(set.contains(6) && !set.contains(4) && !set.contains(0) && !set.contains(13));
        let rest = set.without(&Ranges::of([(2, 5), (11, 11)]));
        assert_eq!(
            rest.iter().collect::<Vec<_>>(),
            [(1, 1), (6, 7), (10, 10), (12, 12)]
        );
        assert_eq!(rest.with(&Ranges::of([(2, 3), (5, 5), (11, 11)])), set);
    }
}
