//! Reading tickets: where one stands, its bodies, its place in the queue.

use super::db::{Db, Row};
use super::error::{Result, StoreError};
use crate::domain::fold::Folded;
use crate::domain::ids::{ItemId, OutputId, RawId, TicketId};
use crate::domain::json::Json;
use crate::domain::ticket::State;

/// A ticket's own row.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketRow {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: TicketId,
    /// Local row of the eval.
    pub eval: i64,
    /// Local row of the item.
    pub item: i64,
    /// Local row of the (first) output.
    pub output: i64,
    /// How many outputs it has.
    pub outputs: u64,
    /// Place in the plan.
    pub plan_key: i64,
    /// Where it stands.
    pub state: State,
}

const TICKET: &str = "SELECT row, id, eval, item, output, outputs, plan_key, state FROM ticket";

fn read(row: &Row<'_>) -> Result<TicketRow> {
    Ok(TicketRow {
        row: row.int(0)?,
        id: TicketId(row.id(1)?),
        eval: row.int(2)?,
        item: row.int(3)?,
        output: row.int(4)?,
        outputs: row.int(5)? as u64,
        plan_key: row.int(6)?,
        state: State::ALL
            .get(row.int(7)? as usize)
            .copied()
            .unwrap_or_default(),
    })
}

/// A ticket by id.
pub fn get(db: &Db, id: &TicketId) -> Result<TicketRow> {
    let found = db.first(&format!("{TICKET} WHERE id = ?1"), args![&id.0], read)?;
    found.ok_or_else(|| StoreError::NotFound {
        what: "ticket",
        name: id.short(),
    })
}

/// Tickets whose id starts with these hexadecimal characters; at most three.
pub fn with_prefix(db: &Db, prefix: &str) -> Result<Vec<TicketId>> {
    let pad = |fill: char| {
        let text: String = prefix
            .chars()
            .chain(std::iter::repeat(fill))
            .take(32)
            .collect();
        text.to_lowercase().parse::<TicketId>().ok()
    };
    let (Some(lo), Some(hi)) = (pad('0'), pad('f')) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT id FROM ticket WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 3";
    db.query(sql, args![&lo.0, &hi.0], |row| Ok(TicketId(row.id(0)?)))
}

/// A ticket in a local row.
pub fn in_row(db: &Db, row: i64) -> Result<TicketRow> {
    let found = db.first(&format!("{TICKET} WHERE row = ?1"), args![row], read)?;
    found.ok_or_else(|| StoreError::Damaged("lease without a ticket".into()))
}

/// The first output that was logged for a ticket's item, unless it is the ticket's own. What a candidate answered here
/// was not logged.
pub fn logged_message(db: &Db, ticket: &TicketRow) -> Result<Option<Json>> {
    let sql = "SELECT coalesce(o.message, substr(r.body, o.message_at + 1, o.message_len)) FROM output o JOIN raw r ON r.row = o.raw
               JOIN source s ON s.row = r.source
               WHERE o.item = ?1 AND o.row < ?2 AND s.format <> 'run' ORDER BY o.row LIMIT 1";
    let found = db.first(sql, args![ticket.item, ticket.output], |row| {
        Ok(row.maybe_text(0)?.map(Json::trusted))
    })?;
    Ok(found.flatten())
}

/// What the ledger says about a ticket.
pub fn folded(db: &Db, ticket: i64) -> Result<Folded> {
    let sql = "SELECT body FROM ticket_fold WHERE ticket = ?1";
    let body = db.first(sql, args![ticket], |row| row.string(0))?.flatten();
    match body {
        Some(body) => serde_json::from_str(&body).map_err(|_| StoreError::Damaged("fold".into())),
        None => Ok(Folded::default()),
    }
}

/// The next waiting ticket of the plan for this reviewer: not reviewed by them, not held by others, the ones
/// they skipped last, nothing that is given to somebody else. `after` leaves that one out.
pub fn next(
    db: &Db,
    eval: i64,
    reviewer: &str,
    owner: &str,
    after: Option<i64>,
    now_ms: i64,
) -> Result<Option<TicketRow>> {
    let sql = "SELECT t.row, t.id, t.eval, t.item, t.output, t.outputs, t.plan_key, t.state FROM ticket t
       WHERE t.eval = ?1 AND t.state < 2 AND t.row <> ?4
         AND NOT EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.reviewer = ?2)
         AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.ticket = t.row AND l.seat LIKE 'human:%' AND l.owner <> ?3 AND l.until_ms > ?5)
         AND NOT EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND f.body ->> 'assigned' <> ?2)
       ORDER BY t.plan_key LIMIT 1";
    let fresh = db.first(
        sql,
        args![eval, reviewer, owner, after.unwrap_or(0), now_ms],
        read,
    )?;
    if fresh.is_some() {
        return Ok(fresh);
    }
    let sql = "SELECT t.row, t.id, t.eval, t.item, t.output, t.outputs, t.plan_key, t.state
       FROM ticket_person p JOIN ticket t ON t.row = p.ticket
       WHERE p.eval = ?1 AND p.reviewer = ?2 AND p.skipped IS NOT NULL AND p.active_ms IS NULL AND t.state < 2 AND t.row <> ?4
         AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.ticket = t.row AND l.seat LIKE 'human:%' AND l.owner <> ?3 AND l.until_ms > ?5)
       ORDER BY p.skipped LIMIT 1";
    db.first(
        sql,
        args![eval, reviewer, owner, after.unwrap_or(0), now_ms],
        read,
    )
}

/// Tickets that one other person has reviewed blind and settled, in the order of the plans: of these the audited ones
/// may go to a second reviewer. Not those that are held or given to somebody else. `visit` says whether to go on.
pub fn reviewed_once(
    db: &Db,
    eval: i64,
    (reviewer, owner): (&str, &str),
    now_ms: i64,
    mut visit: impl FnMut(TicketRow) -> Result<bool>,
) -> Result<()> {
    let sql = "SELECT t.row, t.id, t.eval, t.item, t.output, t.outputs, t.plan_key, t.state
       FROM ticket_person p JOIN ticket t ON t.row = p.ticket
       WHERE p.eval = ?1 AND p.reviewer <> ?2 AND p.assisted = 0 AND t.state = ?3
         AND NOT EXISTS (SELECT 1 FROM ticket_person q WHERE q.ticket = t.row AND q.reviewer <> p.reviewer
                           AND (q.active_ms IS NOT NULL OR q.reviewer = ?2))
         AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.ticket = t.row AND l.seat LIKE 'human:%' AND l.owner <> ?4 AND l.until_ms > ?5)
         AND NOT EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND f.body ->> 'assigned' <> ?2)
       ORDER BY t.plan_key, t.row";
    let done = State::Done as i64;
    db.each(sql, args![eval, reviewer, done, owner, now_ms], |row| {
        visit(read(row)?)
    })
}

/// Tickets this reviewer could still take: waiting ones they have not reviewed.
pub fn waiting(db: &Db, eval: i64, reviewer: &str) -> Result<u64> {
    let open = super::tally::of(db, eval, "state", "open")?
        + super::tally::of(db, eval, "state", "partial")?;
    let sql = "SELECT count(*) FROM ticket_person p JOIN ticket t ON t.row = p.ticket
               WHERE p.eval = ?1 AND p.reviewer = ?2 AND p.active_ms IS NOT NULL AND t.state < 2";
    Ok(open.saturating_sub(db.number(sql, args![eval, reviewer])? as u64))
}

/// Median milliseconds of this reviewer's last 50 reviews in an eval, once there are five.
pub fn pace(db: &Db, eval: i64, reviewer: &str) -> Result<Option<u32>> {
    let sql =
        "SELECT active_ms FROM ticket_person WHERE eval = ?1 AND reviewer = ?2 AND active_ms > 0
               ORDER BY ticket DESC LIMIT 50";
    let mut times = db.query(sql, args![eval, reviewer], |row| row.int(0))?;
    times.sort_unstable();
    Ok((times.len() >= 5).then(|| times[times.len() / 2] as u32))
}

/// The first tickets of an eval, in the order they came.
pub fn first(db: &Db, eval: i64, most: u32) -> Result<Vec<TicketId>> {
    let sql = "SELECT id FROM ticket WHERE eval = ?1 ORDER BY row LIMIT ?2";
    db.query(sql, args![eval, most], |row| Ok(TicketId(row.id(0)?)))
}

/// Tickets of an eval that events or verdicts touched.
pub fn touched(db: &Db, eval: i64) -> Result<Vec<TicketId>> {
    let sql = "SELECT id FROM ticket WHERE eval = ?1 AND row IN (SELECT ticket FROM ticket_fold)
               UNION SELECT t.id FROM verdict v JOIN ticket t ON t.row = v.ticket WHERE t.eval = ?1";
    db.query(sql, args![eval], |row| Ok(TicketId(row.id(0)?)))
}

/// Tickets of an eval on items in a range of rows, and how many of them have a human score.
pub fn on_items(db: &Db, eval: i64, lo: i64, hi: i64) -> Result<(u64, u64)> {
    let sql =
        "SELECT count(*), count(score) FROM ticket WHERE item BETWEEN ?2 AND ?3 AND eval = ?1";
    let found = db.first(sql, args![eval, lo, hi], |row| {
        Ok((row.int(0)? as u64, row.int(1)? as u64))
    })?;
    Ok(found.unwrap_or_default())
}

/// Tickets of an eval.
pub fn count(db: &Db, eval: i64) -> Result<u64> {
    Ok(db.number("SELECT count(*) FROM ticket WHERE eval = ?1", args![eval])? as u64)
}

/// Items, by local row, that an eval has tickets of.
pub fn items(db: &Db, eval: i64) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT item FROM ticket WHERE eval = ?1";
    db.query(sql, args![eval], |row| row.int(0))
}

/// An item with its bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRow {
    /// Identity.
    pub id: ItemId,
    /// Unit of every split.
    pub cluster: crate::domain::ids::ClusterId,
    /// As logged.
    pub request: Option<Json>,
    /// As logged.
    pub reference: Option<Json>,
    /// The row's own id.
    pub external_id: Option<String>,
    /// The raw record it came in.
    pub raw: RawId,
}

/// An item by local row.
pub fn item(db: &Db, row: i64) -> Result<ItemRow> {
    let sql = "SELECT i.id, i.cluster, coalesce(i.request, substr(r.body, i.request_at + 1, i.request_len)),
                 coalesce(i.reference, substr(r.body, i.reference_at + 1, i.reference_len)), i.external_id, r.id
               FROM item i JOIN raw r ON r.row = i.raw WHERE i.row = ?1";
    let found = db.first(sql, args![row], |row| {
        Ok(ItemRow {
            id: ItemId(row.id(0)?),
            cluster: crate::domain::ids::ClusterId(row.id(1)?),
            request: row.maybe_text(2)?.map(Json::trusted),
            reference: row.maybe_text(3)?.map(Json::trusted),
            external_id: row.string(4)?,
            raw: RawId(row.id(5)?),
        })
    })?;
    found.ok_or_else(|| StoreError::Damaged("ticket without an item".into()))
}

/// An output with its body.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputRow {
    /// Identity.
    pub id: OutputId,
    /// Model name.
    pub model: Option<String>,
    /// As logged.
    pub message: Option<Json>,
    /// Why the model stopped.
    pub finish: Option<String>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u32>,
    /// Milliseconds.
    pub latency_ms: Option<u32>,
    /// The failure.
    pub error: Option<String>,
    /// Part of the product.
    pub feature: Option<String>,
    /// Milliseconds since 1970.
    pub time_ms: Option<i64>,
    /// The raw record it came in.
    pub raw: RawId,
}

/// The outputs of a ticket, in its order.
pub fn outputs(db: &Db, ticket: &TicketRow) -> Result<Vec<OutputRow>> {
    let select = "SELECT o.id, o.model, coalesce(o.message, substr(r.body, o.message_at + 1, o.message_len)), o.finish,
                    o.completion_tokens, o.latency_ms, o.error, o.feature, o.time_ms, r.id
                  FROM output o JOIN raw r ON r.row = o.raw";
    let read = |row: &Row<'_>| {
        Ok(OutputRow {
            id: OutputId(row.id(0)?),
            model: row.string(1)?,
            message: row.maybe_text(2)?.map(Json::trusted),
            finish: row.string(3)?,
            completion_tokens: row.maybe_int(4)?.map(|n| n as u32),
            latency_ms: row.maybe_int(5)?.map(|n| n as u32),
            error: row.string(6)?,
            feature: row.string(7)?,
            time_ms: row.maybe_int(8)?,
            raw: RawId(row.id(9)?),
        })
    };
    if ticket.outputs <= 1 {
        return db.query(
            &format!("{select} WHERE o.row = ?1"),
            args![ticket.output],
            read,
        );
    }
    let sql = format!(
        "{select} JOIN ticket_output x ON x.output = o.row WHERE x.ticket = ?1 ORDER BY x.position"
    );
    db.query(&sql, args![ticket.row], read)
}

/// Tags of a ticket.
pub fn tags(db: &Db, ticket: i64) -> Result<Vec<String>> {
    db.query(
        "SELECT tag FROM ticket_tag WHERE ticket = ?1 ORDER BY tag",
        args![ticket],
        |row| Ok(row.text(0)?.to_owned()),
    )
}
