//! What people say judges should have said: read from the folds of the tickets it is about.

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::fold::Folded;
use crate::domain::ids::{ClusterId, JudgeVersionId, TicketId, VerdictId};
use crate::domain::judge_correction::JudgeCorrection;
use crate::domain::split::Stage;

/// The standing corrections of judges on the tickets of an eval (local row), in plan order, then by time.
///
/// One a person, ticket and question: the latest that was not taken back. `seed` is the workspace's; with the
/// ticket's cluster it fixes what each may be used for. This includes the test share: show it to nobody but the
/// one logged reading per judge version.
pub fn of_eval(db: &Db, eval: i64, seed: u64) -> Result<Vec<JudgeCorrection>> {
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
        let text = folded.correction.map(|correction| correction.value.text);
        for said in folded.judge_corrections {
            found.push(JudgeCorrection {
                ticket,
                cluster,
                stage: Stage::of(seed, &cluster),
                judge: judge_of(db, &said.value.verdict)?,
                text: text.clone(),
                said,
            });
        }
    }
    Ok(found)
}

/// The judge that gave a verdict.
fn judge_of(db: &Db, verdict: &VerdictId) -> Result<Option<JudgeVersionId>> {
    let sql = "SELECT j.id FROM verdict v JOIN judge j ON j.row = v.judge WHERE v.id = ?1";
    db.first(sql, args![&verdict.0], |row| Ok(JudgeVersionId(row.id(0)?)))
}
