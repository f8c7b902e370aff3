//! Pages of the queue: keyset paging over one sort column and the local row.

use super::db::{Db, Row, Val};
use super::error::Result;
use super::filter_sql::{Compiled, Scope, compile};
use super::tally;
use crate::domain::filter::Filter;
use crate::domain::fold::Folded;
use crate::domain::ids::TicketId;
use crate::domain::ticket::State;
use crate::domain::view::{Anchor, Count, Order, QueueCounts, RowKey};

/// Bytes of a body that are enough for its first words.
const PREVIEW_BYTES: i64 = 1_600;

/// Combined filters are counted up to this many rows.
const COUNT_LIMIT: u64 = 500;

/// One row as stored.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // Independent marks of a ticket.
pub struct ListRow {
    /// Identity.
    pub id: TicketId,
    /// Place in the list.
    pub key: RowKey,
    /// Where it stands.
    pub state: State,
    /// The first bytes of the output's JSON; may be cut anywhere.
    pub body: Option<Vec<u8>>,
    /// The failure, if the call failed.
    pub error: Option<String>,
    /// The row's own id.
    pub external_id: Option<String>,
    /// Part of the product.
    pub feature: Option<String>,
    /// Model name.
    pub model: Option<String>,
    /// This reviewer's own overall score.
    pub mine: Option<f64>,
    /// Whether this reviewer has reviewed it.
    pub reviewed: bool,
    /// The judge's overall score.
    pub judge: Option<f64>,
    /// Flagged.
    pub flagged: bool,
    /// Has a correction.
    pub corrected: bool,
    /// Whether this reviewer has begun to enter something.
    pub draft: bool,
    /// Owner of somebody else's lease.
    pub held_by: Option<String>,
    /// Place in the plan.
    pub plan_key: i64,
    /// What the ledger says, if anything.
    pub folded: Option<Folded>,
}

/// A page as stored.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListPage {
    /// In list order.
    pub rows: Vec<ListRow>,
    /// Whether rows stand before the first.
    pub more_before: bool,
    /// Whether rows stand after the last.
    pub more_after: bool,
}

/// What a page is asked for with.
pub struct Ask<'a> {
    /// Eval, reviewer and text search.
    pub scope: Scope<'a>,
    /// This process's name on leases.
    pub owner: &'a str,
    /// Milliseconds since 1970.
    pub now_ms: i64,
    /// Which rows.
    pub filter: &'a Filter,
    /// Which order.
    pub order: Order,
}

struct Sort {
    column: &'static str,
    descending: bool,
}

fn sort(order: Order) -> Sort {
    let (column, descending) = match order {
        Order::Plan => ("t.plan_key", false),
        Order::Arrival => ("t.row", false),
        Order::Newest => ("t.time_ms", true),
        Order::Longest => ("t.chars", true),
        Order::JudgeScore => ("t.judge_key", false),
    };
    Sort { column, descending }
}

/// A page of tickets.
pub fn page(db: &Db, ask: &Ask<'_>, anchor: Anchor, limit: u16) -> Result<ListPage> {
    let compiled = compile(db, ask.filter, &ask.scope, FIRST_FILTER_ARG)?;
    let backwards = matches!(anchor, Anchor::End | Anchor::Before(_));
    let mut rows = select(db, ask, &compiled, anchor, i64::from(limit) + 1)?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    if backwards {
        rows.reverse();
    }
    let before = |key: RowKey| {
        select(db, ask, &compiled, Anchor::Before(key), 1).map(|rows| !rows.is_empty())
    };
    let (more_before, more_after) = match (anchor, rows.first()) {
        (_, None) => (false, false),
        (Anchor::Start, _) => (false, more),
        (Anchor::End, _) => (more, false),
        (Anchor::Before(_), _) => (more, true),
        (Anchor::After(_), _) => (true, more),
        (Anchor::At(_), Some(first)) => (before(first.key)?, more),
    };
    Ok(ListPage {
        rows,
        more_before,
        more_after,
    })
}

/// Parameters 1 to 8 belong to the page itself.
const FIRST_FILTER_ARG: usize = 9;

fn select(
    db: &Db,
    ask: &Ask<'_>,
    compiled: &Compiled,
    anchor: Anchor,
    limit: i64,
) -> Result<Vec<ListRow>> {
    let Sort { column, descending } = sort(ask.order);
    let backwards = matches!(anchor, Anchor::End | Anchor::Before(_));
    let direction = if descending == backwards {
        "ASC"
    } else {
        "DESC"
    };
    let (compare, key) = match anchor {
        Anchor::Start | Anchor::End => (None, RowKey { sort: 0, row: 0 }),
        Anchor::After(key) => (Some(if descending { "<" } else { ">" }), key),
        Anchor::Before(key) => (Some(if descending { ">" } else { "<" }), key),
        Anchor::At(key) => (Some(if descending { "<=" } else { ">=" }), key),
    };
    let (eval, placed) = (compiled.column("t.eval"), compiled.column(column));
    let place = compare.map_or_else(
        || "?4 = ?4 AND ?5 = ?5".to_owned(),
        |op| format!("({placed}, t.row) {op} (?4, ?5)"),
    );
    let order_column = if compiled.leads {
        super::dialect::unindexed(column)
    } else {
        column.to_owned()
    };
    let sql = format!(
        "SELECT t.row, t.id, {column}, t.state, substr(coalesce(o.message, substr(r.body, o.message_at + 1,
             min(o.message_len, ?8))), 1, ?8), o.error, i.external_id, t.feature, t.model, p.score, p.active_ms, t.judge,
           t.flagged, t.corrected, (SELECT l.owner FROM lease l WHERE l.ticket = t.row AND l.seat LIKE 'human:%'
             AND l.owner <> ?2 AND l.until_ms > ?3 LIMIT 1), t.plan_key, f.body,
           EXISTS (SELECT 1 FROM draft d WHERE d.ticket = t.row AND d.reviewer = ?6)
         FROM ticket t JOIN output o ON o.row = t.output JOIN raw r ON r.row = o.raw JOIN item i ON i.row = t.item
           LEFT JOIN ticket_person p ON p.ticket = t.row AND p.reviewer = ?6
           LEFT JOIN ticket_fold f ON f.ticket = t.row
         WHERE {eval} = ?1 AND {place} AND {} ORDER BY {order_column} {direction}, t.row {direction} LIMIT ?7",
        compiled.sql
    );
    let mut args: Vec<Val<'_>> = args![
        ask.scope.eval,
        ask.owner,
        ask.now_ms,
        key.sort,
        key.row,
        ask.scope.reviewer,
        limit,
        PREVIEW_BYTES
    ]
    .to_vec();
    args.extend(compiled.args.iter().map(super::filter_sql::Arg::val));
    db.query(&sql, &args, read)
}

fn read(row: &Row<'_>) -> Result<ListRow> {
    let folded = row
        .maybe_text(16)?
        .and_then(|body| serde_json::from_str(body).ok());
    Ok(ListRow {
        id: TicketId(row.id(1)?),
        key: RowKey {
            sort: row.int(2)?,
            row: row.int(0)?,
        },
        state: State::ALL
            .get(row.int(3)? as usize)
            .copied()
            .unwrap_or_default(),
        body: row.maybe_blob(4)?.map(<[u8]>::to_vec),
        error: row.string(5)?,
        external_id: row.string(6)?,
        feature: row.string(7)?,
        model: row.string(8)?,
        mine: row.maybe_real(9)?,
        reviewed: row.maybe_int(10)?.is_some(),
        judge: row.maybe_real(11)?,
        flagged: row.int(12)? != 0,
        corrected: row.int(13)? != 0,
        draft: row.int(17)? != 0,
        held_by: row.string(14)?,
        plan_key: row.int(15)?,
        folded,
    })
}

/// The numbers above the list.
pub fn counts(db: &Db, ask: &Ask<'_>) -> Result<QueueCounts> {
    let eval = ask.scope.eval;
    let mut states = [0; 6];
    for (at, state) in State::ALL.iter().enumerate() {
        states[at] = tally::of(db, eval, "state", state.name())?;
    }
    let total = states.iter().sum();
    let compiled = compile(db, ask.filter, &ask.scope, 3)?;
    let shown = match compiled.exact {
        _ if ask.filter.is_all() && ask.scope.audit.is_none() => Count::Exactly(total),
        Some(n) => Count::Exactly(n),
        None => bounded(db, eval, &compiled)?,
    };
    Ok(QueueCounts {
        total,
        states,
        shown,
    })
}

fn bounded(db: &Db, eval: i64, compiled: &Compiled) -> Result<Count> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE {} = ?1 AND {} LIMIT ?2)",
        compiled.column("t.eval"),
        compiled.sql
    );
    let mut args: Vec<Val<'_>> = args![eval, COUNT_LIMIT + 1].to_vec();
    args.extend(compiled.args.iter().map(super::filter_sql::Arg::val));
    let n = db.number(&sql, &args)? as u64;
    Ok(if n > COUNT_LIMIT {
        Count::AtLeast(COUNT_LIMIT)
    } else {
        Count::Exactly(n)
    })
}

/// All tickets a filter shows, in arrival order, up to `limit`.
pub fn matching(db: &Db, ask: &Ask<'_>, limit: u32) -> Result<Vec<TicketId>> {
    let compiled = compile(db, ask.filter, &ask.scope, 3)?;
    let sql = format!(
        "SELECT t.id FROM ticket t WHERE {} = ?1 AND {} ORDER BY t.row LIMIT ?2",
        compiled.column("t.eval"),
        compiled.sql
    );
    let mut args: Vec<Val<'_>> = args![ask.scope.eval, limit].to_vec();
    args.extend(compiled.args.iter().map(super::filter_sql::Arg::val));
    db.query(&sql, &args, |row| Ok(TicketId(row.id(0)?)))
}
