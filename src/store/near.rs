//! Near-duplicates: the signatures of items' own texts, and the clusters that joined.
//!
//! `item.cluster` is always the cluster an item counts in. Until the job has looked at an item that is the cluster of
//! equal texts it was imported with; what joins takes the smallest id among the joined, so that the order in which
//! they were found plays no part.

use super::datasets::Ranges;
use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::ids::ClusterId;

/// Band keys of a signature as stored.
pub const KEYS: usize = 16;

/// How far the job is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Counts beginnings; what was computed under another number is void.
    pub number: i64,
    /// Items up to this row have a signature.
    pub signed: i64,
    /// Of these, items up to this row were held against all before them.
    pub paired: i64,
    /// The boilerplate signatures leave out, ascending.
    pub common: Vec<u64>,
}

/// How far the job is.
pub fn state(db: &Db) -> Result<State> {
    let sql = "SELECT number, signed, paired, common FROM near_state";
    let found = db.first(sql, &[], |row| {
        let common = row.blob(3)?.chunks_exact(8);
        Ok(State {
            number: row.int(0)?,
            signed: row.int(1)?,
            paired: row.int(2)?,
            common: common
                .filter_map(|eight| Some(u64::from_le_bytes(eight.try_into().ok()?)))
                .collect(),
        })
    })?;
    found.ok_or_else(|| StoreError::Damaged("state of near-duplicates".into()))
}

/// The row of the last item, 0 without any.
pub fn last_item(db: &Db) -> Result<i64> {
    db.number("SELECT max(row) FROM item", &[])
}

/// Items looked at, out of all: each is signed once and held against the others once.
pub fn coverage(db: &Db) -> Result<(u64, u64)> {
    let sql = "SELECT signed + paired FROM near_state";
    Ok((db.number(sql, &[])? as u64, 2 * last_item(db)? as u64))
}

/// An item as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemText {
    /// Local row.
    pub item: i64,
    /// The cluster it counts in now.
    pub cluster: ClusterId,
    /// JSON, as logged.
    pub request: Option<String>,
}

const TEXT: &str =
    "SELECT i.row, i.cluster, coalesce(i.request, substr(r.body, i.request_at + 1, i.request_len))
  FROM item i JOIN raw r ON r.row = i.raw";

fn read_text(row: &super::db::Row<'_>) -> Result<ItemText> {
    Ok(ItemText {
        item: row.int(0)?,
        cluster: ClusterId(row.id(1)?),
        request: row.string(2)?,
    })
}

/// Visits items after a row, in order.
pub fn texts(db: &Db, after: i64, limit: u32, mut visit: impl FnMut(&ItemText)) -> Result<()> {
    let sql = format!("{TEXT} WHERE i.row > ?1 ORDER BY i.row LIMIT ?2");
    db.each(&sql, args![after, limit], |row| {
        visit(&read_text(row)?);
        Ok(true)
    })
}

/// Visits the items of these rows, in order, until `visit` answers `false`.
pub fn within(db: &Db, rows: &Ranges, mut visit: impl FnMut(&ItemText) -> bool) -> Result<()> {
    let sql = format!("{TEXT} WHERE i.row BETWEEN ?1 AND ?2 ORDER BY i.row");
    let mut on = true;
    for (lo, hi) in rows.iter() {
        if !on {
            break;
        }
        db.each(&sql, args![lo, hi], |row| {
            on = visit(&read_text(row)?);
            Ok(on)
        })?;
    }
    Ok(())
}

/// One item.
pub fn text(db: &Db, item: i64) -> Result<Option<ItemText>> {
    db.first(&format!("{TEXT} WHERE i.row = ?1"), args![item], read_text)
}

/// Visits a uniform sample of the items, those with the smallest ids, which are hashes, until `visit` answers `false`.
pub fn sample(db: &Db, limit: u32, mut visit: impl FnMut(&ItemText) -> bool) -> Result<()> {
    db.each(
        &format!("{TEXT} ORDER BY i.id LIMIT ?1"),
        args![limit],
        |row| Ok(visit(&read_text(row)?)),
    )
}

/// A signature to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Local row of the item.
    pub item: i64,
    /// Its cluster by equality alone.
    pub own: ClusterId,
    /// Keys of its bands; `None` where there is nothing to go by.
    pub bands: Option<[u32; KEYS]>,
}

/// Keeps the signatures of the next items, in order; an item whose equals have joined another cluster joins it too.
/// `false` if the job went on elsewhere meanwhile.
pub fn put(db: &Db, number: i64, after: i64, rows: &[Signed]) -> Result<bool> {
    let now = state(db)?;
    let Some(last) = rows.last() else {
        return Ok(true);
    };
    if (now.number, now.signed) != (number, after) {
        return Ok(false);
    }
    for row in rows {
        let bands = row.bands.map(|keys| {
            let bytes = keys.iter().flat_map(|key| key.to_le_bytes());
            bytes.collect::<Vec<u8>>()
        });
        db.exec(
            "INSERT INTO near_text (item, own, bands) VALUES (?1, ?2, ?3)",
            args![row.item, &row.own.0, bands.as_deref()],
        )?;
        if let Some(cluster) = joined(db, &row.own)? {
            db.exec(
                "UPDATE item SET cluster = ?2 WHERE row = ?1",
                args![row.item, &cluster.0],
            )?;
        }
    }
    db.exec("UPDATE near_state SET signed = ?1", args![last.item])?;
    Ok(true)
}

/// Visits signatures of items after `from` up to `to`, in order; texts with nothing to go by are passed over.
pub fn each(
    db: &Db,
    from: i64,
    to: i64,
    mut visit: impl FnMut(i64, ClusterId, &[u32; KEYS]) -> Result<()>,
) -> Result<()> {
    let sql = "SELECT item, own, bands FROM near_text WHERE item > ?1 AND item <= ?2 AND bands IS NOT NULL ORDER BY item";
    db.each(sql, args![from, to], |row| {
        let bytes = row.blob(2)?;
        let mut keys = [0; KEYS];
        for (key, four) in keys.iter_mut().zip(bytes.chunks_exact(4)) {
            *key = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        }
        visit(row.int(0)?, ClusterId(row.id(1)?), &keys)?;
        Ok(true)
    })
}

/// The cluster that a cluster by equality has joined, if it has.
pub fn joined(db: &Db, own: &ClusterId) -> Result<Option<ClusterId>> {
    let sql = "SELECT cluster FROM cluster_join WHERE own = ?1";
    db.first(sql, args![&own.0], |row| Ok(ClusterId(row.id(0)?)))
}

/// Makes everything in one cluster part of another. Items without a signature keep the cluster of their equals until
/// they get one, by which it is known.
pub fn join(db: &Db, from: &ClusterId, into: &ClusterId) -> Result<()> {
    db.exec(
        "UPDATE item SET cluster = ?2 WHERE cluster = ?1 AND row <= (SELECT signed FROM near_state)",
        args![&from.0, &into.0],
    )?;
    db.exec(
        "UPDATE cluster_join SET cluster = ?2 WHERE cluster = ?1",
        args![&from.0, &into.0],
    )?;
    let sql = "INSERT INTO cluster_join (own, cluster) VALUES (?1, ?2) ON CONFLICT (own) DO UPDATE SET cluster = excluded.cluster";
    db.exec(sql, args![&from.0, &into.0])?;
    Ok(())
}

/// Notes that items up to a row were held against all before them. `false` if the job went on elsewhere.
pub fn set_paired(db: &Db, number: i64, from: i64, to: i64) -> Result<bool> {
    let sql = "UPDATE near_state SET paired = ?3 WHERE number = ?1 AND paired = ?2";
    Ok(db.exec(sql, args![number, from, to])? > 0)
}

/// Begins anew with other boilerplate: every item counts in its cluster by equality again.
pub fn begin(db: &Db, common: &[u64]) -> Result<()> {
    db.exec(
        "UPDATE item SET cluster = (SELECT n.own FROM near_text n WHERE n.item = item.row)
         WHERE cluster IN (SELECT cluster FROM cluster_join) AND row IN (SELECT item FROM near_text)",
        &[],
    )?;
    db.exec("DELETE FROM cluster_join", &[])?;
    db.exec("DELETE FROM near_text", &[])?;
    let bytes: Vec<u8> = common.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    db.exec(
        "UPDATE near_state SET number = number + 1, signed = 0, paired = 0, common = ?1",
        args![bytes.as_slice()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::memory;

    fn item(db: &Db, row: i64, cluster: u8) {
        db.exec(
            "INSERT INTO item (row, id, cluster, raw) VALUES (?1, ?2, ?3, 1)",
            args![row, &[row as u8; 16], &[cluster; 16]],
        )
        .unwrap();
    }

    fn clusters(db: &Db) -> Vec<u8> {
        let sql = "SELECT cluster FROM item ORDER BY row";
        db.query(sql, &[], |row| Ok(row.id(0)?[0])).unwrap()
    }

    fn signed(item: i64, own: u8) -> Signed {
        Signed {
            item,
            own: ClusterId([own; 16]),
            bands: Some([7; KEYS]),
        }
    }

    #[test]
    fn joining_takes_equal_texts_along_and_beginning_anew_takes_it_back() {
        let db = memory();
        for (row, cluster) in [(1, 9), (2, 4), (3, 9), (4, 6)] {
            item(&db, row, cluster);
        }
        let rows = [signed(1, 9), signed(2, 4), signed(3, 9), signed(4, 6)];
        assert!(put(&db, 0, 0, &rows).unwrap());
        assert!(!put(&db, 0, 0, &rows).unwrap(), "somebody did it already");
        let id = |n| ClusterId([n; 16]);
        join(&db, &id(9), &id(6)).unwrap();
        join(&db, &id(6), &id(4)).unwrap();
        assert_eq!(clusters(&db), [4, 4, 4, 4]);
        item(&db, 5, 9);
        assert!(put(&db, 0, 4, &[signed(5, 9)]).unwrap());
        assert_eq!(clusters(&db), [4, 4, 4, 4, 4], "an equal that came later");
        begin(&db, &[1, 2]).unwrap();
        assert_eq!(clusters(&db), [9, 4, 9, 6, 9]);
        let now = state(&db).unwrap();
        assert_eq!((now.number, now.signed, now.common), (1, 0, vec![1, 2]));
    }
}
