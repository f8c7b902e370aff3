//! Verdicts and the judges that gave them.

mod shown;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::eval::Eval;
use crate::domain::ids::{JudgeVersionId, RubricId, TicketId, VerdictId};
use crate::domain::judge_version::JudgeVersion;
use crate::domain::rubric::{Answer, Rubric};
use crate::domain::standing::JudgeStanding;
use crate::domain::verdict::{Verdict, verdict_id};
use crate::domain::view::{JudgeView, OtherJudge};

/// Keeps a judge; returns its local row.
pub fn put_judge(db: &Db, id: &JudgeVersionId, version: &JudgeVersion) -> Result<i64> {
    let body = serde_json::to_string(version).map_err(|_| StoreError::Damaged("judge".into()))?;
    db.exec(
        "INSERT INTO judge (id, name, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
        args![&id.0, &version.name, &body],
    )?;
    db.number("SELECT row FROM judge WHERE id = ?1", args![&id.0])
}

/// The local row of a judge that has judged something.
pub fn judge_row(db: &Db, id: &JudgeVersionId) -> Result<Option<i64>> {
    db.first("SELECT row FROM judge WHERE id = ?1", args![&id.0], |row| {
        row.int(0)
    })
}

/// All judges with their local rows, oldest first.
pub fn judges(db: &Db) -> Result<Vec<(i64, JudgeVersionId, JudgeVersion)>> {
    db.query(
        "SELECT row, id, name, body FROM judge ORDER BY row",
        &[],
        |row| {
            Ok((
                row.int(0)?,
                JudgeVersionId(row.id(1)?),
                version(row.text(2)?, row.text(3)?),
            ))
        },
    )
}

/// Whether a judge has ever given an answer, as far as its latest verdicts say.
pub fn has_answered(db: &Db, judge: i64) -> Result<bool> {
    let mut answered = false;
    let sql = "SELECT body FROM verdict WHERE judge = ?1 ORDER BY row DESC LIMIT 200";
    db.each(sql, args![judge], |row| {
        answered = read(row.text(0)?)?.outcome.answer().is_some();
        Ok(!answered)
    })?;
    Ok(answered)
}

/// A judge as stored; files of older versions know imported ones by name only.
pub(super) fn version(name: &str, body: &str) -> JudgeVersion {
    let known: JudgeVersion = serde_json::from_str(body).unwrap_or_default();
    JudgeVersion {
        name: name.to_owned(),
        ..known
    }
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

/// Remembers which verdict answers a question, by the hash of all that went into it.
pub fn put_key(db: &Db, key: &[u8; 32], id: &VerdictId) -> Result<()> {
    db.exec(
        "INSERT INTO verdict_key (key, verdict) SELECT ?1, row FROM verdict WHERE id = ?2 ON CONFLICT (key) DO NOTHING",
        args![&key[..], &id.0],
    )?;
    Ok(())
}

/// The verdict that answers a question.
pub fn by_key(db: &Db, key: &[u8; 32]) -> Result<Option<Verdict>> {
    let sql =
        "SELECT v.body FROM verdict_key k JOIN verdict v ON v.row = k.verdict WHERE k.key = ?1";
    db.first(sql, args![&key[..]], |row| read(row.text(0)?))
}

fn read(body: &str) -> Result<Verdict> {
    serde_json::from_str(body).map_err(|_| StoreError::Damaged("verdict".into()))
}

/// A stored verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Identity.
    pub id: VerdictId,
    /// Sample, from 0.
    pub sample: u32,
    /// What it says.
    pub verdict: Verdict,
}

/// One judge's verdicts on one ticket, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct OfJudge {
    /// Local row of the judge.
    pub row: i64,
    /// Its identity.
    pub id: JudgeVersionId,
    /// The judge.
    pub version: Arc<JudgeVersion>,
    /// At least one.
    pub verdicts: Vec<Stored>,
}

impl OfJudge {
    /// Where the judge stands on the ticket.
    pub fn standing(&self, rubric: &Rubric, eval: &Eval) -> JudgeStanding {
        let threshold = rubric.threshold_for(eval.policy.pass_threshold);
        let verdicts = self.verdicts.iter().map(|v| (v.sample, &v.verdict));
        JudgeStanding::of(rubric, threshold, verdicts)
    }
}

/// All verdicts on a ticket by judge; the judge with the newest verdict comes first.
pub fn of_ticket(db: &Db, ticket: i64) -> Result<Vec<OfJudge>> {
    Known::default().of_ticket(db, ticket)
}

/// Judges read before: they never change, and many tickets have the same.
#[derive(Default)]
pub(super) struct Known(HashMap<i64, (JudgeVersionId, Arc<JudgeVersion>)>);

impl Known {
    fn judge(&mut self, db: &Db, row: i64) -> Result<(JudgeVersionId, Arc<JudgeVersion>)> {
        if let Some(known) = self.0.get(&row) {
            return Ok(known.clone());
        }
        let sql = "SELECT id, name, body FROM judge WHERE row = ?1";
        let found = db.first(sql, args![row], |row| {
            let version = version(row.text(1)?, row.text(2)?);
            Ok((JudgeVersionId(row.id(0)?), Arc::new(version)))
        })?;
        let judge = found.ok_or_else(|| StoreError::Damaged("verdict".into()))?;
        self.0.insert(row, judge.clone());
        Ok(judge)
    }

    /// As [`of_ticket`].
    pub fn of_ticket(&mut self, db: &Db, ticket: i64) -> Result<Vec<OfJudge>> {
        let sql = "SELECT id, sample, body, judge FROM verdict WHERE ticket = ?1 ORDER BY row";
        let mut judges: Vec<OfJudge> = Vec::new();
        let mut newest: HashMap<i64, usize> = HashMap::new();
        let mut count = 0;
        db.each(sql, args![ticket], |row| {
            let stored = Stored {
                id: VerdictId(row.id(0)?),
                sample: super::judging::sample_of(row.int(1)? as u32),
                verdict: read(row.text(2)?)?,
            };
            let judge = row.int(3)?;
            count += 1;
            newest.insert(judge, count);
            if let Some(known) = judges.iter_mut().find(|known| known.row == judge) {
                known.verdicts.push(stored);
            } else {
                let (id, version) = self.judge(db, judge)?;
                judges.push(OfJudge {
                    row: judge,
                    id,
                    version,
                    verdicts: vec![stored],
                });
            }
            Ok(true)
        })?;
        judges.sort_by_key(|judge| std::cmp::Reverse(newest.get(&judge.row).copied()));
        Ok(judges)
    }
}

/// The judge whose score a ticket shows: the latest that scored under the rubric version in use and has a
/// level for every criterion, else the latest that scored under it. One that learned gives way to any other
/// until it was shown to be better.
pub(super) fn counting(judges: &[OfJudge], eval: &Eval, rubric: &Rubric) -> Option<usize> {
    let fits = |judge: &&(usize, &OfJudge)| judge.1.version.scores_under(&eval.rubric);
    let scores = |judge: &OfJudge| judge.standing(rubric, eval).score.is_some();
    // Shown to be better, it counts before itself without what it learned, whichever of the two read last.
    let superseded = |judge: &OfJudge| {
        judges.iter().any(|other| {
            other.version.learned_on(&judge.version)
                && eval.trusts(&other.id, &other.version)
                && scores(other)
        })
    };
    let places: Vec<(usize, &OfJudge)> = judges.iter().enumerate().collect();
    places
        .iter()
        .filter(fits)
        .filter(|(_, judge)| eval.trusts(&judge.id, &judge.version) && !superseded(judge))
        .find(|(_, judge)| scores(judge))
        .or_else(|| {
            let mut fitting = places.iter().filter(fits);
            fitting.find(|(_, judge)| scores(judge))
        })
        .or_else(|| places.iter().find(fits))
        .map(|(place, _)| *place)
}

/// The judge whose score a ticket shows, with its verdicts.
pub fn that_counts(db: &Db, ticket: i64, eval: &Eval, rubric: &Rubric) -> Result<Option<OfJudge>> {
    let mut judges = of_ticket(db, ticket)?;
    Ok(counting(&judges, eval, rubric).map(|place| judges.swap_remove(place)))
}

/// The overall score (0 to 1) of the judge that counts, if it has a level for every criterion.
pub fn overall(judges: &[OfJudge], eval: &Eval, rubric: &Rubric) -> Option<f64> {
    counting(judges, eval, rubric).and_then(|place| judges[place].standing(rubric, eval).score)
}

/// Copies verdicts from one ticket to another of the same output, as far as they count under a rubric version; they
/// keep the judge that made them. Returns how many were new.
pub fn copy(db: &Db, from: i64, to: (i64, &TicketId), rubric: &RubricId) -> Result<u64> {
    let mut copied = 0;
    for judge in of_ticket(db, from)?
        .iter()
        .filter(|judge| judge.version.scores_under(rubric))
    {
        let id = db.first(
            "SELECT id FROM judge WHERE row = ?1",
            args![judge.row],
            |row| row.id(0),
        )?;
        let Some(id) = id.map(JudgeVersionId) else {
            continue;
        };
        for stored in &judge.verdicts {
            let verdict = &stored.verdict;
            let name = verdict_id(to.1, &verdict.criterion, &id, stored.sample);
            copied += u64::from(put(db, &name, to.0, judge.row, stored.sample, verdict)?);
        }
    }
    Ok(copied)
}

/// What the judge pane shows of a ticket.
pub fn view(db: &Db, ticket: i64, eval: &Eval, rubric: &Rubric) -> Result<JudgeView> {
    let judges = of_ticket(db, ticket)?;
    if judges.is_empty() {
        return Ok(JudgeView::Nothing);
    }
    let place = counting(&judges, eval, rubric).unwrap_or(0);
    let standing = judges[place].standing(rubric, eval);
    let others = judges
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != place)
        .map(|(_, judge)| OtherJudge {
            apart: shown::apart(judge, &judges[place]),
            ..other(judge, eval, rubric)
        });
    let counts = judges[place].version.scores_under(&eval.rubric);
    Ok(JudgeView::Verdicts {
        verdicts: shown::views(&judges[place], &standing, rubric),
        score: standing.score.filter(|_| counts),
        pass: standing.pass.filter(|_| counts),
        others: others.collect(),
    })
}

fn other(judge: &OfJudge, eval: &Eval, rubric: &Rubric) -> OtherJudge {
    let standing = judge.standing(rubric, eval);
    let current = judge.version.asked(&eval.rubric);
    OtherJudge {
        judge: judge.version.name.clone(),
        apart: None,
        current,
        score: standing
            .score
            .filter(|_| judge.version.scores_under(&eval.rubric)),
        checks: standing.checks,
    }
}

/// Verdicts of one judge over an eval, for every ticket that has one: ticket, sample, verdict.
pub fn of_judge(
    db: &Db,
    eval: i64,
    judge: i64,
    mut each: impl FnMut(TicketId, u32, Verdict) -> Result<()>,
) -> Result<()> {
    let sql = "SELECT t.id, v.sample, v.body FROM verdict v JOIN ticket t ON t.row = v.ticket
               WHERE t.eval = ?1 AND v.judge = ?2 ORDER BY v.row";
    db.each(sql, args![eval, judge], |row| {
        each(
            TicketId(row.id(0)?),
            row.int(1)? as u32,
            read(row.text(2)?)?,
        )?;
        Ok(true)
    })
}

/// The latest levels given under a rubric version: criterion, level, characters of the output.
pub fn levels_under(db: &Db, rubric: &RubricId, most: u32) -> Result<Vec<(String, i32, u64)>> {
    let sql = "SELECT v.criterion, v.body, t.chars FROM verdict v JOIN ticket t ON t.row = v.ticket
               WHERE v.judge = ?1 ORDER BY v.row DESC LIMIT ?2";
    let mut levels = Vec::new();
    for (judge, _, version) in judges(db)? {
        if version.rubric.as_ref() != Some(rubric) {
            continue;
        }
        db.each(sql, args![judge, most], |row| {
            let verdict = read(row.text(1)?)?;
            if let Some(level) = verdict.outcome.answer().and_then(Answer::level) {
                levels.push((row.text(0)?.to_owned(), level, row.int(2)? as u64));
            }
            Ok(true)
        })?;
    }
    Ok(levels)
}

/// Local rows of the tickets of an eval a judge has judged.
pub fn tickets_of(db: &Db, eval: i64, judge: i64) -> Result<HashSet<i64>> {
    let sql = "SELECT DISTINCT v.ticket FROM verdict v JOIN ticket t ON t.row = v.ticket
               WHERE t.eval = ?1 AND v.judge = ?2";
    let rows = db.query(sql, args![eval, judge], |row| row.int(0))?;
    Ok(rows.into_iter().collect())
}
