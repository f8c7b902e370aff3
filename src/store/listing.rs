//! Items as lists show them.

use super::datasets::Ranges;
use super::db::{Db, Row};
use super::error::Result;
use crate::domain::ids::{ClusterId, ItemId};
use crate::domain::json::Json;

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemLine {
    /// Local row, to go on from.
    pub row: i64,
    /// Identity.
    pub id: ItemId,
    /// Unit of every split.
    pub cluster: ClusterId,
    /// The row's own id.
    pub external_id: Option<String>,
    /// As logged.
    pub request: Option<Json>,
    /// Outputs there are to it.
    pub outputs: u64,
    /// Where it came from: source name and line.
    pub source: String,
    /// Line of the source.
    pub line: u64,
    /// Datasets it is in, with their roles.
    pub datasets: Vec<String>,
}

const ITEM: &str = "SELECT i.row, i.id, i.cluster, i.external_id,
                 coalesce(i.request, substr(r.body, i.request_at + 1, i.request_len)),
                 (SELECT count(*) FROM output o WHERE o.item = i.row), s.name, r.line,
                 (SELECT group_concat(d.name || ':' || d.role, ',') FROM dataset_range g JOIN dataset d ON d.id = g.dataset
                   WHERE g.lo <= i.row AND g.hi >= i.row AND g.removed IS NULL)
               FROM item i JOIN raw r ON r.row = i.raw JOIN source s ON s.row = r.source";

fn read(row: &Row<'_>) -> Result<ItemLine> {
    Ok(ItemLine {
        row: row.int(0)?,
        id: ItemId(row.id(1)?),
        cluster: ClusterId(row.id(2)?),
        external_id: row.string(3)?,
        request: row.maybe_text(4)?.map(Json::trusted),
        outputs: row.int(5)? as u64,
        source: row.text(6)?.to_owned(),
        line: row.int(7)? as u64,
        datasets: row
            .maybe_text(8)?
            .map(|list| list.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}

/// Items in arrival order, from after a local row.
pub fn items(db: &Db, after: i64, limit: u32) -> Result<Vec<ItemLine>> {
    let sql = format!("{ITEM} WHERE i.row > ?1 ORDER BY i.row LIMIT ?2");
    db.query(&sql, args![after, limit], read)
}

/// How many items there are.
pub fn item_count(db: &Db) -> Result<u64> {
    Ok(db.number("SELECT count(*) FROM item", &[])? as u64)
}

/// The items of a set of rows, in arrival order.
pub fn items_in(db: &Db, rows: &Ranges) -> Result<Vec<ItemLine>> {
    let sql = format!("{ITEM} WHERE i.row BETWEEN ?1 AND ?2 ORDER BY i.row");
    let mut all = Vec::new();
    for (lo, hi) in rows.iter() {
        all.extend(db.query(&sql, args![lo, hi], read)?);
    }
    Ok(all)
}
