//! Verdicts and the judges that gave them.

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::ids::{JudgeVersionId, VerdictId};
use crate::domain::rubric::{Answers, Rubric};
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::VerdictView;

/// Keeps a judge; returns its local row.
pub fn put_judge(db: &Db, id: &JudgeVersionId, name: &str) -> Result<i64> {
    db.exec(
        "INSERT INTO judge (id, name, body) VALUES (?1, ?2, '{}') ON CONFLICT (id) DO NOTHING",
        args![&id.0, name],
    )?;
    db.number("SELECT row FROM judge WHERE id = ?1", args![&id.0])
}

/// Keeps a verdict. `false` if it is known.
pub fn put(
    db: &Db,
    id: &VerdictId,
    ticket: i64,
    judge: i64,
    sample: u32,
    verdict: &Verdict,
) -> Result<bool> {
    let body = serde_json::to_string(verdict).map_err(|_| StoreError::Damaged("verdict".into()))?;
    let written = db.exec(
        "INSERT INTO verdict (id, ticket, criterion, judge, sample, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO NOTHING",
        args![&id.0, ticket, &verdict.criterion, judge, sample, &body],
    )?;
    Ok(written > 0)
}

/// All verdicts on a ticket, with the judge's name, oldest first.
pub fn of_ticket(db: &Db, ticket: i64) -> Result<Vec<(VerdictId, String, Verdict)>> {
    let sql = "SELECT v.id, j.name, v.body FROM verdict v JOIN judge j ON j.row = v.judge
               WHERE v.ticket = ?1 ORDER BY v.row";
    db.query(sql, args![ticket], |row| {
        let verdict = serde_json::from_str(row.text(2)?)
            .map_err(|_| StoreError::Damaged("verdict".into()))?;
        Ok((VerdictId(row.id(0)?), row.text(1)?.to_owned(), verdict))
    })
}

/// Verdicts on a ticket as screens show them, in rubric order, others after.
pub fn views(db: &Db, ticket: i64, rubric: &Rubric) -> Result<Vec<VerdictView>> {
    let mut all: Vec<VerdictView> = of_ticket(db, ticket)?
        .into_iter()
        .map(|(id, judge, verdict)| VerdictView {
            id,
            judge,
            criterion: verdict.criterion,
            result: match verdict.outcome {
                Outcome::Scored(answer) => Ok(answer),
                Outcome::Unscored(class) => Err(class),
            },
            reasoning: verdict.reasoning,
            evidence: verdict.evidence,
            badge: verdict.badge,
        })
        .collect();
    let place = |id: &str| {
        rubric
            .questions()
            .position(|question| question.id == id)
            .unwrap_or(usize::MAX)
    };
    all.sort_by_key(|verdict| place(&verdict.criterion));
    Ok(all)
}

/// The overall score (0 to 1) of the latest verdict on each criterion, if every criterion has a level.
pub fn overall(db: &Db, ticket: i64, rubric: &Rubric) -> Result<Option<f64>> {
    let answers = latest_answers(&of_ticket(db, ticket)?);
    Ok(rubric
        .score(&answers, &[], rubric.threshold())
        .ok()
        .map(|score| score.overall))
}

fn latest_answers(verdicts: &[(VerdictId, String, Verdict)]) -> Answers {
    let mut answers = Answers::new();
    for (_, _, verdict) in verdicts {
        if let Outcome::Scored(answer) = &verdict.outcome {
            answers.insert(verdict.criterion.clone(), answer.clone());
        }
    }
    answers
}
