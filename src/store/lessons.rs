//! What experts said judges should have said, and the guidelines they approved: read from the ledger.

use super::db::Db;
use super::error::Result;
use super::ledger;
use crate::domain::effective::effective;
use crate::domain::event::{Body, TestSplitRead};
use crate::domain::ids::{ClusterId, EvalId, JudgeVersionId, TicketId};
use crate::domain::learning::{GuidelineVersion, JudgeCorrection, Removed};

/// The corrections of judges on an eval's tickets that nobody took back, oldest first.
pub fn corrections(db: &Db, eval: i64) -> Result<Vec<JudgeCorrection>> {
    let sql = "SELECT DISTINCT t.id, i.cluster FROM event e JOIN ticket t ON t.id = e.ticket JOIN item i ON i.row = t.item
               WHERE t.eval = ?1 AND e.kind = 'judge_corrected'";
    let tickets = db.query(sql, args![eval], |row| {
        Ok((TicketId(row.id(0)?), ClusterId(row.id(1)?)))
    })?;
    let mut found = Vec::new();
    for (ticket, cluster) in tickets {
        let events = ledger::of_ticket(db, &ticket)?;
        for event in effective(&events) {
            if let Body::JudgeCorrected(said) = &event.body {
                found.push((
                    (event.hlc, event.id),
                    JudgeCorrection {
                        ticket,
                        cluster,
                        reviewer: event.reviewer.clone(),
                        said: said.clone(),
                    },
                ));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, one)| one).collect())
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
