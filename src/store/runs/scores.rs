//! Where judges stand on the tickets of a group, kept so that a comparison need not read verdicts.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::domain::eval::Eval;
use crate::domain::ids::{ClusterId, EvalId, ItemId, JudgeVersionId, RunId};
use crate::domain::judge_version::{JudgeKind, JudgeVersion};
use crate::domain::rubric::Rubric;
use crate::store::datasets::Ranges;
use crate::store::db::Db;
use crate::store::error::Result;
use crate::store::tally::{self, Deltas};
use crate::store::verdicts::{self, OfJudge};

/// Whether an eval holds the tickets of a group.
pub fn is_group(db: &Db, eval: &EvalId) -> Result<bool> {
    let sql = "SELECT count(*) FROM run_group WHERE tickets = ?1";
    Ok(db.number(sql, args![&eval.0])? > 0)
}

/// Names the kept count of tickets a judge has read.
const READER: &str = "reader";

/// Keeps where each judge stands on a ticket of a group (its local row and its eval's), and what its verdicts carry.
pub fn put(
    db: &Db,
    (ticket, row): (i64, i64),
    judges: &[OfJudge],
    (eval, rubric): (&Eval, &Rubric),
    deltas: &mut Deltas,
) -> Result<()> {
    let sql = "SELECT j.id FROM group_score s JOIN judge j ON j.row = s.judge WHERE s.ticket = ?1";
    for id in db.query(sql, args![ticket], |row| Ok(JudgeVersionId(row.id(0)?)))? {
        deltas.add(row, READER, &id.to_string(), -1);
    }
    db.exec("DELETE FROM group_score WHERE ticket = ?1", args![ticket])?;
    for judge in judges
        .iter()
        .filter(|judge| judge.version.scores_under(&eval.rubric))
    {
        let standing = judge.standing(rubric, eval);
        let class = match standing.score {
            Some(_) => None,
            None => Some(
                standing
                    .criteria
                    .iter()
                    .find_map(|one| one.unscored.clone())
                    .unwrap_or_else(|| "incomplete".to_owned()),
            ),
        };
        db.exec(
            "INSERT INTO group_score (ticket, judge, score, pass, class) VALUES (?1, ?2, ?3, ?4, ?5)",
            args![ticket, judge.row, standing.score, standing.pass, class.as_deref()],
        )?;
        deltas.add(row, READER, &judge.id.to_string(), 1);
    }
    put_badges(db, row, judges)
}

fn put_badges(db: &Db, eval: i64, judges: &[OfJudge]) -> Result<()> {
    for judge in judges {
        for badge in judge
            .verdicts
            .iter()
            .filter_map(|one| one.verdict.badge.as_ref())
        {
            let sql = "INSERT INTO group_badge (eval, judge, badge) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            db.exec(sql, args![eval, judge.row, badge])?;
        }
    }
    Ok(())
}

/// A judge that has read tickets of an eval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: JudgeVersionId,
    /// The judge.
    pub version: JudgeVersion,
    /// Tickets it has read.
    pub tickets: u64,
}

/// The judges that have scored tickets of a group's eval, the one with most tickets first.
pub fn readers(db: &Db, eval: i64) -> Result<Vec<Reader>> {
    let counts: HashMap<String, u64> = tally::values(db, eval, READER)?.into_iter().collect();
    let reader = |(row, id, version): (i64, JudgeVersionId, JudgeVersion)| {
        let tickets = counts.get(&id.to_string()).copied()?;
        Some(Reader {
            row,
            id,
            version,
            tickets,
        })
    };
    let mut readers: Vec<Reader> = verdicts::judges(db)?
        .into_iter()
        .filter(|(.., version)| version.kind != JudgeKind::Checks)
        .filter_map(reader)
        .collect();
    readers.sort_by_key(|reader| Reverse(reader.tickets));
    Ok(readers)
}

/// The sentences that verdicts of a judge on the tickets of a group carry.
pub fn badges_in_group(db: &Db, eval: i64, judge: i64) -> Result<Vec<String>> {
    let sql = "SELECT badge FROM group_badge WHERE eval = ?1 AND judge = ?2 ORDER BY badge";
    let found = db.query(sql, args![eval, judge], |row| row.string(0))?;
    Ok(found.into_iter().flatten().collect())
}

/// The sentences that verdicts of a judge in any eval carry; reads every one of them.
pub fn badges(db: &Db, eval: i64, judge: i64) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT v.body ->> 'badge' FROM verdict v JOIN ticket t ON t.row = v.ticket
               WHERE t.eval = ?1 AND v.judge = ?2 AND v.body ->> 'badge' IS NOT NULL ORDER BY 1";
    let found = db.query(sql, args![eval, judge], |row| row.string(0))?;
    Ok(found.into_iter().flatten().collect())
}

/// An item as a comparison needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: ItemId,
    /// Its cluster.
    pub cluster: ClusterId,
    /// The row's own id.
    pub external_id: Option<String>,
}

/// The items of a set of rows, in that order.
pub fn items(db: &Db, rows: &Ranges) -> Result<Vec<ItemLine>> {
    let mut all = Vec::with_capacity(rows.len() as usize);
    let sql =
        "SELECT row, id, cluster, external_id FROM item WHERE row BETWEEN ?1 AND ?2 ORDER BY row";
    for (lo, hi) in rows.iter() {
        db.each(sql, args![lo, hi], |row| {
            all.push(ItemLine {
                row: row.int(0)?,
                id: ItemId(row.id(1)?),
                cluster: ClusterId(row.id(2)?),
                external_id: row.string(3)?,
            });
            Ok(true)
        })?;
    }
    Ok(all)
}

/// Feature and tags.
pub type Labels = (Option<String>, Vec<String>);

/// Feature and tags of items by local row, from the tickets of an eval; of one item alone, if one is named.
pub fn labels(db: &Db, eval: i64, item: Option<i64>) -> Result<HashMap<i64, Labels>> {
    let (all, single) = (args![eval], args![eval, item]);
    let (features, tags, args) = match item {
        None => (
            "SELECT item, feature FROM ticket WHERE eval = ?1 AND feature IS NOT NULL ORDER BY row DESC",
            "SELECT t.item, g.tag FROM ticket_tag g JOIN ticket t ON t.row = g.ticket WHERE g.eval = ?1 ORDER BY g.tag",
            &all[..],
        ),
        Some(_) => (
            "SELECT item, feature FROM ticket WHERE item = ?2 AND eval = ?1 AND feature IS NOT NULL ORDER BY row DESC",
            "SELECT t.item, g.tag FROM ticket t JOIN ticket_tag g ON g.ticket = t.row WHERE t.item = ?2 AND t.eval = ?1
             ORDER BY g.tag",
            &single[..],
        ),
    };
    let mut found: HashMap<i64, Labels> = HashMap::new();
    db.each(features, args, |row| {
        found.entry(row.int(0)?).or_default().0 = row.string(1)?;
        Ok(true)
    })?;
    db.each(tags, args, |row| {
        let tags = &mut found.entry(row.int(0)?).or_default().1;
        let tag = row.text(1)?;
        if tags.last().is_none_or(|last| last != tag) {
            tags.push(tag.to_owned());
        }
        Ok(true)
    })?;
    Ok(found)
}

/// A run's row with its scores.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreLine {
    /// Local row of the item.
    pub item: i64,
    /// Local row of the output.
    pub output: Option<i64>,
    /// Local row of the ticket.
    pub ticket: Option<i64>,
    /// Class of the failure, where there is no output.
    pub failed: Option<Box<str>>,
    /// Milliseconds.
    pub latency_ms: Option<u32>,
    /// Milliseconds.
    pub first_ms: Option<u32>,
    /// Millionths.
    pub micros: Option<i64>,
    /// Tokens of the reply.
    pub output_tokens: Option<u32>,
    /// Characters of the output.
    pub chars: u32,
    /// The judge's score, and whether it passes.
    pub judged: Option<(f64, bool)>,
    /// Class of its verdict, where there is no score.
    pub unscored: Option<Box<str>>,
    /// What people said: score, pass.
    pub human: Option<(f64, bool)>,
}

/// Calls `each` with the rows of a run on the items from one local row to another, in that order, and the model each
/// output names.
pub fn lines(
    db: &Db,
    run: &RunId,
    judge: i64,
    items: (i64, i64),
    mut each: impl FnMut(ScoreLine, Option<&str>),
) -> Result<()> {
    let sql = "SELECT r.item, r.output, r.ticket, r.class, r.latency_ms, r.first_ms, r.micros, r.output_tokens, t.chars,
                 s.score, s.pass, s.class, t.score, t.pass, t.model
               FROM run_row r LEFT JOIN ticket t ON t.row = r.ticket
                 LEFT JOIN group_score s ON s.ticket = r.ticket AND s.judge = ?2
               WHERE r.run = ?1 AND r.item BETWEEN ?3 AND ?4 ORDER BY r.item";
    db.each(sql, args![&run.0, judge, items.0, items.1], |row| {
        let small = |at| {
            Ok::<_, crate::store::StoreError>(
                row.maybe_int(at)?
                    .map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
            )
        };
        let class = |at| Ok::<_, crate::store::StoreError>(row.maybe_text(at)?.map(Box::from));
        let score = |at| {
            let pass = row.maybe_int(at + 1)?.map(|pass| pass != 0);
            Ok::<_, crate::store::StoreError>(row.maybe_real(at)?.zip(pass))
        };
        let line = ScoreLine {
            item: row.int(0)?,
            output: row.maybe_int(1)?,
            ticket: row.maybe_int(2)?,
            failed: class(3)?,
            latency_ms: small(4)?,
            first_ms: small(5)?,
            micros: row.maybe_int(6)?,
            output_tokens: small(7)?,
            chars: small(8)?.unwrap_or(0),
            judged: score(9)?,
            unscored: class(11)?,
            human: score(12)?,
        };
        each(line, row.maybe_text(14)?);
        Ok(true)
    })
}

/// How many outputs of a run a judge has scored.
pub fn scored(db: &Db, run: &RunId, judge: i64) -> Result<u64> {
    let sql = "SELECT count(*) FROM run_row r JOIN group_score s ON s.ticket = r.ticket WHERE r.run = ?1 AND s.judge = ?2
               AND s.score IS NOT NULL";
    Ok(db.number(sql, args![&run.0, judge])? as u64)
}

/// What people said of outputs in an eval, by local row of the output: score, pass.
pub fn human(db: &Db, eval: i64) -> Result<HashMap<i64, (f64, bool)>> {
    // By way of who reviewed: most tickets nobody has.
    let sql = "SELECT output, score, pass FROM ticket WHERE row IN (SELECT ticket FROM ticket_person WHERE eval = ?1)
                 AND outputs = 1 AND score IS NOT NULL AND pass IS NOT NULL";
    let found = db.query(sql, args![eval], |row| {
        Ok((
            row.int(0)?,
            row.maybe_real(1)?.unwrap_or_default(),
            row.int(2)? != 0,
        ))
    })?;
    Ok(found
        .into_iter()
        .map(|(output, score, pass)| (output, (score, pass)))
        .collect())
}
