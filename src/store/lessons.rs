//! What experts said judges should have said, and the guidelines they approved: read from the ledger.

use super::db::Db;
use super::error::{Result, StoreError};
use super::ledger;
use crate::domain::effective::effective;
use crate::domain::event::{Body, TestSplitRead};
use crate::domain::fold::Folded;
use crate::domain::ids::{ClusterId, EvalId, JudgeVersionId, TicketId};
use crate::domain::learning::{GuidelineVersion, JudgeCorrection, Removed};

/// The standing corrections of judges on the tickets of an eval (local row), in plan order, then by time.
///
/// One a person, ticket and question: the latest that was not taken back. All three shares of the split are among
/// them: what may be shown to a judge, and what only measures it, is decided by the ticket's cluster.
pub fn corrections(db: &Db, eval: i64) -> Result<Vec<JudgeCorrection>> {
    let sql = "SELECT t.id, i.cluster, f.body FROM ticket t JOIN item i ON i.row = t.item JOIN ticket_fold f ON f.ticket = t.row
               WHERE t.eval = ?1 AND t.id IN (SELECT ticket FROM event WHERE kind = 'judge_corrected' AND ticket IS NOT NULL)
               ORDER BY t.plan_key, t.row";
    let tickets = db.query(sql, args![eval], |row| {
        let folded: Folded =
            serde_json::from_str(row.text(2)?).map_err(|_| StoreError::Damaged("fold".into()))?;
        Ok((TicketId(row.id(0)?), ClusterId(row.id(1)?), folded))
    })?;
    let mut found = Vec::new();
    for (ticket, cluster, folded) in tickets {
        let all = folded.judge_corrections.into_iter();
        found.extend(all.map(|one| JudgeCorrection {
            ticket,
            cluster,
            reviewer: one.reviewer,
            said: one.value,
        }));
    }
    Ok(found)
}

/// The cluster of a ticket of this eval; `None` if it has no such ticket.
pub fn cluster(db: &Db, eval: i64, ticket: &TicketId) -> Result<Option<ClusterId>> {
    let sql = "SELECT i.cluster FROM ticket t JOIN item i ON i.row = t.item WHERE t.eval = ?1 AND t.id = ?2";
    db.first(sql, args![eval, &ticket.0], |row| Ok(ClusterId(row.id(0)?)))
}

/// Every version of an eval's guidelines, in the order they were first approved.
pub fn guidelines(db: &Db, eval: &EvalId) -> Result<Vec<GuidelineVersion>> {
    let events = ledger::global(db)?;
    let mut versions: Vec<GuidelineVersion> = Vec::new();
    for event in effective(&events) {
        match &event.body {
            Body::GuidelineApproved(one) if one.eval == *eval => {
                let version = GuidelineVersion {
                    set: one.set.clone(),
                    rubric: one.rubric,
                    guidelines: one.guidelines.clone(),
                    approved_by: event.reviewer.clone(),
                    approved_ms: event.hlc.millis(),
                    removed: None,
                };
                match versions.iter_mut().find(|known| known.set == one.set) {
                    Some(known) => *known = version,
                    None => versions.push(version),
                }
            }
            Body::GuidelineRemoved(one) if one.eval == *eval => {
                let removed = Removed {
                    by: event.reviewer.clone(),
                    reason: one.reason.clone(),
                };
                if let Some(known) = versions.iter_mut().find(|known| known.set == one.set) {
                    known.removed = Some(removed);
                }
            }
            _ => {}
        }
    }
    Ok(versions)
}

/// The one reading of the test share for a judge, who read it and when (milliseconds since 1970).
pub fn test_read(
    db: &Db,
    eval: &EvalId,
    judge: &JudgeVersionId,
) -> Result<Option<(TestSplitRead, String, i64)>> {
    let events = ledger::global(db)?;
    Ok(effective(&events)
        .into_iter()
        .find_map(|event| match &event.body {
            Body::TestSplitRead(read) if read.eval == *eval && read.judge == *judge => {
                Some((read.clone(), event.reviewer.clone(), event.hlc.millis()))
            }
            _ => None,
        }))
}
