//! What agreement is computed from: tickets in plan order with what people said, and the judges that read them.

use std::collections::HashMap;

use super::db::{Db, Row};
use super::error::{Result, StoreError};
use crate::domain::fold::Folded;
use crate::domain::ids::{ClusterId, JudgeVersionId, TicketId};
use crate::domain::judge_version::JudgeVersion;
use crate::domain::plan::{plan_key_range, plan_number};
use crate::domain::ticket::State;

/// A ticket in the order of the plans.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: TicketId,
    /// Place in the plans.
    pub plan_key: i64,
    /// Where it stands.
    pub state: State,
    /// Outputs it compares.
    pub outputs: u64,
    /// Unit of every interval.
    pub cluster: ClusterId,
    /// Local row of the source its output came from: the label set an imported review belongs to.
    pub source: i64,
    /// The row's own id.
    pub external_id: Option<String>,
    /// What the ledger says; `None` for an untouched ticket.
    pub folded: Option<Folded>,
    /// In a weighted plan, the weight the ticket was drawn with and its priority.
    pub drawn: Option<(f64, f64)>,
}

const LINE: &str = "SELECT t.row, t.id, t.plan_key, t.state, t.outputs, i.cluster, r.source, i.external_id, f.body, w.weight, w.priority
  FROM ticket t JOIN item i ON i.row = t.item JOIN output o ON o.row = t.output JOIN raw r ON r.row = o.raw
    LEFT JOIN ticket_fold f ON f.ticket = t.row LEFT JOIN plan_ticket w ON w.ticket = t.row";

fn read(row: &Row<'_>) -> Result<Line> {
    let fold =
        |body: &str| serde_json::from_str(body).map_err(|_| StoreError::Damaged("fold".into()));
    Ok(Line {
        row: row.int(0)?,
        id: TicketId(row.id(1)?),
        plan_key: row.int(2)?,
        state: State::ALL
            .get(row.int(3)? as usize)
            .copied()
            .unwrap_or_default(),
        outputs: row.int(4)? as u64,
        cluster: ClusterId(row.id(5)?),
        source: row.int(6)?,
        external_id: row.string(7)?,
        folded: row.maybe_text(8)?.map(fold).transpose()?,
        drawn: row.maybe_real(9)?.zip(row.maybe_real(10)?),
    })
}

/// Visits every ticket of an eval in the order of its plans.
pub fn each(db: &Db, eval: i64, mut visit: impl FnMut(Line)) -> Result<()> {
    let sql = format!("{LINE} WHERE t.eval = ?1 ORDER BY t.plan_key, t.row");
    db.each(&sql, args![eval], |row| {
        visit(read(row)?);
        Ok(true)
    })
}

/// Visits the tickets of one plan in its order, until `visit` answers `false`; behind that place only those that
/// somebody has reviewed or passed over.
pub fn each_that_counts(
    db: &Db,
    eval: i64,
    plan: u32,
    mut visit: impl FnMut(Line) -> bool,
) -> Result<()> {
    let (low, high) = plan_key_range(plan);
    let sql = format!(
        "{LINE} WHERE t.eval = ?1 AND t.plan_key BETWEEN ?2 AND ?3 ORDER BY t.plan_key, t.row"
    );
    let mut stop = None;
    db.each(&sql, args![eval, low, high], |row| {
        let (line, key) = (read(row)?, (row.int(2)?, row.int(0)?));
        if !visit(line) {
            stop = Some(key);
        }
        Ok(stop.is_none())
    })?;
    let Some((key, last)) = stop else {
        return Ok(());
    };
    let sql = format!(
        "{LINE} WHERE t.row IN (SELECT ticket FROM ticket_person WHERE eval = ?1) AND t.plan_key BETWEEN ?2 AND ?3
         ORDER BY t.plan_key, t.row"
    );
    db.each(&sql, args![eval, key, high], |row| {
        if (row.int(2)?, row.int(0)?) > (key, last) {
            visit(read(row)?);
        }
        Ok(true)
    })
}

/// How many tickets each plan of an eval has, by its number.
pub fn plans(db: &Db, eval: i64) -> Result<Vec<(u32, u64)>> {
    let last = db.number(
        "SELECT max(plan_key) FROM ticket WHERE eval = ?1",
        args![eval],
    )?;
    let mut plans = Vec::new();
    for number in 0..=plan_number(last) {
        let (low, high) = plan_key_range(number);
        let sql = "SELECT count(*) FROM ticket WHERE eval = ?1 AND plan_key BETWEEN ?2 AND ?3";
        match db.number(sql, args![eval, low, high])? {
            0 => {}
            n => plans.push((number, n as u64)),
        }
    }
    Ok(plans)
}

/// How many tickets of an eval come from each source, by its local row.
pub fn sources(db: &Db, eval: i64) -> Result<HashMap<i64, u64>> {
    let sql = "SELECT r.source, count(*) FROM ticket t JOIN output o ON o.row = t.output JOIN raw r ON r.row = o.raw
               WHERE t.eval = ?1 GROUP BY r.source";
    let found = db.query(sql, args![eval], |row| {
        Ok((row.int(0)?, row.int(1)? as u64))
    })?;
    Ok(found.into_iter().collect())
}

/// A judge that has read tickets of an eval.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: JudgeVersionId,
    /// What it is.
    pub version: JudgeVersion,
    /// Tickets of the eval it has read.
    pub tickets: u64,
}

/// The judges that have read tickets of an eval, the one with most tickets first.
pub fn readers(db: &Db, eval: i64) -> Result<Vec<Reader>> {
    let sql =
        "SELECT v.judge, count(DISTINCT v.ticket) FROM verdict v JOIN ticket t ON t.row = v.ticket
               WHERE t.eval = ?1 GROUP BY v.judge";
    let counts = db.query(sql, args![eval], |row| {
        Ok((row.int(0)?, row.int(1)? as u64))
    })?;
    let mut readers: Vec<Reader> = super::verdicts::judges(db)?
        .into_iter()
        .filter_map(|(row, id, version)| {
            let (_, tickets) = counts.iter().find(|(judge, _)| *judge == row)?;
            Some(Reader {
                row,
                id,
                version,
                tickets: *tickets,
            })
        })
        .collect();
    readers.sort_by_key(|reader| std::cmp::Reverse(reader.tickets));
    Ok(readers)
}

/// Practice reviews of an eval: they are in the ledger, and in no fold.
pub fn practised(db: &Db, eval: i64) -> Result<u64> {
    let sql = "SELECT count(*) FROM event e JOIN ticket t ON t.id = e.ticket
               WHERE t.eval = ?1 AND e.kind = 'review_submitted' AND e.body LIKE '%\"practice\":true%'";
    Ok(db.number(sql, args![eval])? as u64)
}
