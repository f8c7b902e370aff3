//! Projections: the fold of a ticket's events, kept beside the ticket.
//!
//! Every write refolds the tickets it touches in its own transaction and applies the difference to the kept
//! counts. [`rebuild`] throws every projection away and runs the same function over the whole ledger; the
//! two must agree, and a property test holds them to it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::db::Db;
use super::error::{Result, StoreError};
use super::tally::Deltas;
use super::{catalog, changed, ledger, rubrics, runs, verdicts};
use crate::domain::eval::Eval;
use crate::domain::fold::{Folded, Needs, fold};
use crate::domain::ids::TicketId;
use crate::domain::rubric::{Answers, Rubric};
use crate::domain::ticket::State;

/// What refolding needs to know about evals, read once a transaction.
#[derive(Default)]
pub struct Refolder {
    evals: HashMap<i64, (Arc<Eval>, Arc<Rubric>)>,
    /// Evals, by local row, that hold the tickets of a run group.
    groups: HashMap<i64, bool>,
    judges: verdicts::Known,
    deltas: Deltas,
}

/// The projected columns of a ticket.
#[derive(Debug, Clone, PartialEq, Default)]
struct Columns {
    state: i64,
    flagged: bool,
    corrected: bool,
    score: Option<f64>,
    pass: Option<bool>,
    judge: Option<f64>,
}

impl Refolder {
    /// The eval in this local row, with the rubric that scores it.
    pub fn eval(&mut self, db: &Db, row: i64) -> Result<(Arc<Eval>, Arc<Rubric>)> {
        if let Some(known) = self.evals.get(&row) {
            return Ok(known.clone());
        }
        let eval = catalog::eval_in_row(db, row)?;
        let rubric = rubrics::get(db, &eval.rubric)?;
        let known = (Arc::new(eval), Arc::new(rubric));
        self.evals.insert(row, known.clone());
        Ok(known)
    }

    /// Folds a ticket anew and writes what changed. Unknown tickets (their facts arrive later) are skipped.
    pub fn ticket(&mut self, db: &Db, id: &TicketId) -> Result<Option<Folded>> {
        let found = db.first(
            "SELECT row, eval FROM ticket WHERE id = ?1",
            args![&id.0],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        let Some((ticket, eval)) = found else {
            return Ok(None);
        };
        let (def, rubric) = self.eval(db, eval)?;
        let folded = fold(
            &ledger::of_ticket(db, id)?,
            Needs {
                overlap: def.policy.overlap,
            },
        );
        let judge = self.judged(db, ticket, eval, (&def, &rubric))?;
        let new = columns(&folded, &def, &rubric, judge);
        self.write_columns(db, ticket, eval, &new)?;
        write_fold(db, ticket, &folded)?;
        write_people(db, ticket, eval, &folded, &def, &rubric)?;
        self.write_tags(db, ticket, eval, &folded)?;
        Ok(Some(folded))
    }

    /// After new verdicts: brings the judge's score of a ticket up to date and leaves the rest alone, which
    /// verdicts cannot change.
    pub fn judge(&mut self, db: &Db, ticket: i64, eval: i64) -> Result<Option<f64>> {
        let (def, rubric) = self.eval(db, eval)?;
        let new = self.judged(db, ticket, eval, (&def, &rubric))?;
        let sql = "SELECT judge FROM ticket WHERE row = ?1";
        let old = db
            .first(sql, args![ticket], |row| row.maybe_real(0))?
            .flatten();
        if old != new {
            db.exec(
                "UPDATE ticket SET judge = ?2, judge_key = ?3 WHERE row = ?1",
                args![ticket, new, judge_key(new)],
            )?;
            let by = i64::from(new.is_some()) - i64::from(old.is_some());
            if by != 0 {
                self.deltas.add(eval, "judged", "yes", by);
            }
        }
        Ok(new)
    }

    /// The score of the judge that counts; tickets of a run group keep where each judge stands.
    fn judged(
        &mut self,
        db: &Db,
        ticket: i64,
        row: i64,
        (eval, rubric): (&Eval, &Rubric),
    ) -> Result<Option<f64>> {
        // Whatever is folded anew, somebody has written something.
        self.deltas.touch(row);
        let judges = self.judges.of_ticket(db, ticket)?;
        let in_group = match self.groups.get(&row) {
            Some(known) => *known,
            None => runs::scores::is_group(db, &eval.id)?,
        };
        self.groups.insert(row, in_group);
        if in_group {
            runs::scores::put(db, (ticket, row), &judges, (eval, rubric), &mut self.deltas)?;
        }
        Ok(verdicts::overall(&judges, eval, rubric))
    }

    /// Writes the gathered counts. Call once, at the end of the transaction.
    pub fn finish(self, db: &Db) -> Result<()> {
        self.deltas.apply(db)
    }

    fn write_columns(&mut self, db: &Db, ticket: i64, eval: i64, new: &Columns) -> Result<()> {
        let sql = "SELECT state, flagged, corrected, score, pass, judge FROM ticket WHERE row = ?1";
        let old = db.first(sql, args![ticket], |row| {
            Ok(Columns {
                state: row.int(0)?,
                flagged: row.int(1)? != 0,
                corrected: row.int(2)? != 0,
                score: row.maybe_real(3)?,
                pass: row.maybe_int(4)?.map(|pass| pass != 0),
                judge: row.maybe_real(5)?,
            })
        })?;
        let old = old.unwrap_or_default();
        if old == *new {
            return Ok(());
        }
        self.count(eval, &old, -1);
        self.count(eval, new, 1);
        db.exec(
            "UPDATE ticket SET state = ?2, flagged = ?3, corrected = ?4, score = ?5, pass = ?6, judge = ?7, judge_key = ?8
             WHERE row = ?1",
            args![ticket, new.state, new.flagged, new.corrected, new.score, new.pass, new.judge, judge_key(new.judge)],
        )?;
        Ok(())
    }

    fn count(&mut self, eval: i64, columns: &Columns, by: i64) {
        let state = State::ALL
            .get(columns.state as usize)
            .copied()
            .unwrap_or_default();
        self.deltas.add(eval, "state", state.name(), by);
        if columns.flagged {
            self.deltas.add(eval, "flagged", "yes", by);
        }
        if columns.corrected {
            self.deltas.add(eval, "corrected", "yes", by);
        }
        if let Some(pass) = columns.pass {
            self.deltas
                .add(eval, "pass", if pass { "yes" } else { "no" }, by);
        }
        if columns.judge.is_some() {
            self.deltas.add(eval, "judged", "yes", by);
        }
    }

    fn write_tags(&mut self, db: &Db, ticket: i64, eval: i64, folded: &Folded) -> Result<()> {
        let old: BTreeSet<String> = db
            .query(
                "SELECT tag FROM ticket_tag WHERE ticket = ?1",
                args![ticket],
                |row| Ok(row.text(0)?.to_owned()),
            )?
            .into_iter()
            .collect();
        let mut new = data_tags(db, ticket)?;
        new.extend(folded.tags.iter().cloned());
        new.retain(|tag| !folded.tags_off.contains(tag));
        for gone in old.difference(&new) {
            db.exec(
                "DELETE FROM ticket_tag WHERE eval = ?1 AND tag = ?2 AND ticket = ?3",
                args![eval, gone, ticket],
            )?;
            self.deltas.add(eval, "tag", gone, -1);
        }
        for come in new.difference(&old) {
            let sql = "INSERT INTO ticket_tag (eval, tag, ticket, given) VALUES (?1, ?2, ?3, 1)";
            db.exec(sql, args![eval, come, ticket])?;
            self.deltas.add(eval, "tag", come, 1);
        }
        Ok(())
    }
}

/// A judge's score as a sort key: millionths; tickets without one come last.
fn judge_key(score: Option<f64>) -> i64 {
    score.map_or(2_000_000, |score| (score * 1e6).round() as i64)
}

/// Tags that came with the data of a ticket's outputs.
pub fn data_tags(db: &Db, ticket: i64) -> Result<BTreeSet<String>> {
    let sql = "SELECT o.tags FROM ticket t JOIN output o ON o.row = t.output WHERE t.row = ?1 AND o.tags IS NOT NULL";
    let lists = db.query(sql, args![ticket], |row| row.string(0))?;
    let read = |json: String| serde_json::from_str::<Vec<String>>(&json).unwrap_or_default();
    Ok(lists.into_iter().flatten().flat_map(read).collect())
}

fn columns(folded: &Folded, eval: &Eval, rubric: &Rubric, judge: Option<f64>) -> Columns {
    let score = folded
        .answers()
        .and_then(|answers| overall(rubric, eval, answers));
    Columns {
        state: folded.state as i64,
        flagged: folded.flag.is_some(),
        corrected: folded.correction.is_some(),
        score: score.map(|(value, _)| value),
        pass: score.map(|(_, pass)| pass),
        judge,
    }
}

/// The overall score (0 to 1) and whether it passes, if every criterion has a level.
pub fn overall(rubric: &Rubric, eval: &Eval, answers: &Answers) -> Option<(f64, bool)> {
    let score = rubric
        .score(
            answers,
            &[],
            rubric.threshold_for(eval.policy.pass_threshold),
        )
        .ok()?;
    Some((score.overall, score.pass))
}

fn write_fold(db: &Db, ticket: i64, folded: &Folded) -> Result<()> {
    if folded.is_untouched() {
        db.exec("DELETE FROM ticket_fold WHERE ticket = ?1", args![ticket])?;
        return Ok(());
    }
    let body = serde_json::to_string(folded).map_err(|_| StoreError::Damaged("fold".into()))?;
    db.exec(
        "INSERT INTO ticket_fold (ticket, body) VALUES (?1, ?2)
         ON CONFLICT (ticket) DO UPDATE SET body = excluded.body WHERE ticket_fold.body <> excluded.body",
        args![ticket, &body],
    )?;
    Ok(())
}

fn write_people(
    db: &Db,
    ticket: i64,
    eval: i64,
    folded: &Folded,
    def: &Eval,
    rubric: &Rubric,
) -> Result<()> {
    db.exec("DELETE FROM ticket_person WHERE ticket = ?1", args![ticket])?;
    let names: BTreeSet<&String> = folded
        .reviews
        .iter()
        .map(|standing| &standing.reviewer)
        .chain(folded.skipped.keys())
        .collect();
    for name in names {
        let standing = folded.by(name);
        let score = standing.and_then(|standing| overall(rubric, def, &standing.current().answers));
        let assisted = standing.map(|s| s.first.sight == crate::domain::review::Sight::Assisted);
        db.exec(
            "INSERT INTO ticket_person (ticket, reviewer, eval, score, pass, skipped, active_ms, assisted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            args![
                ticket,
                name,
                eval,
                score.map(|(value, _)| value),
                score.map(|(_, pass)| pass),
                folded.skipped.get(name).map(|hlc| hlc.0),
                standing.map(|standing| standing.first.active_ms),
                assisted,
            ],
        )?;
    }
    Ok(())
}

/// Number of the rules tickets are folded by, where they have changed since the first. By these a ticket's score rests on
/// the blind opinion where there is one (2), and a judge's score on the mean of its samples by question (3).
const RULES: &str = "3";

/// Whether tickets were folded by older rules.
pub fn is_older(db: &Db) -> Result<bool> {
    let sql = "SELECT value FROM meta WHERE key = 'fold_rules'";
    let rules = db.first(sql, &[], |row| row.string(0))?.flatten();
    Ok(rules.as_deref() != Some(RULES))
}

/// Folds anew what older rules folded otherwise: tickets with a second opinion, and those a judge read several times.
pub fn bring_up_to_date(db: &Db) -> Result<()> {
    let sql = "SELECT t.id FROM ticket_fold f JOIN ticket t ON t.row = f.ticket WHERE f.body LIKE '%\"second\":{%'";
    let mut refolder = Refolder::default();
    for id in db.query(sql, &[], |row| row.id(0))? {
        refolder.ticket(db, &TicketId(id))?;
    }
    // Above the sample stands how often it was asked again.
    let sampled = "SELECT DISTINCT t.row, t.eval FROM verdict v JOIN ticket t ON t.row = v.ticket WHERE v.sample % 65536 > 0";
    for (row, eval) in db.query(sampled, &[], |row| Ok((row.int(0)?, row.int(1)?)))? {
        refolder.judge(db, row, eval)?;
    }
    refolder.finish(db)?;
    db.exec(
        "INSERT INTO meta (key, value) VALUES ('fold_rules', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![RULES],
    )?;
    Ok(())
}

/// Throws every projection away and makes it anew from facts and ledger, in one transaction.
pub fn rebuild(db: &Db) -> Result<()> {
    db.script(
        "DELETE FROM ticket_fold; DELETE FROM ticket_person; DELETE FROM tally; DELETE FROM ticket_tag; DELETE FROM group_score; DELETE FROM group_badge;
         UPDATE ticket SET state = 0, flagged = 0, corrected = 0, score = NULL, pass = NULL, judge = NULL, judge_key = 2000000
           WHERE state <> 0 OR flagged <> 0 OR corrected <> 0 OR score IS NOT NULL OR pass IS NOT NULL OR judge IS NOT NULL;",
    )?;
    catalog::refold(db)?;
    count_facts(db)?;
    let touched =
        "SELECT id FROM ticket WHERE id IN (SELECT ticket FROM event WHERE ticket IS NOT NULL)
                   OR row IN (SELECT ticket FROM verdict)";
    let tickets = db.query(touched, &[], |row| row.id(0))?;
    let mut refolder = Refolder::default();
    for id in tickets {
        refolder.ticket(db, &TicketId(id))?;
    }
    refolder.finish(db)?;
    changed::everything(db)
}

/// Counts and tags that follow from the facts alone.
fn count_facts(db: &Db) -> Result<()> {
    db.script(
        "INSERT INTO ticket_tag (eval, tag, ticket, given)
           SELECT t.eval, j.value, t.row, 0 FROM ticket t JOIN output o ON o.row = t.output, json_each(o.tags) j
            WHERE o.tags IS NOT NULL GROUP BY t.eval, j.value, t.row;
         INSERT INTO tally (eval, field, value, n) SELECT eval, 'state', 'open', count(*) FROM ticket GROUP BY eval;
         INSERT INTO tally (eval, field, value, n)
           SELECT eval, 'model', model, count(*) FROM ticket WHERE model IS NOT NULL GROUP BY eval, model;
         INSERT INTO tally (eval, field, value, n)
           SELECT eval, 'feature', feature, count(*) FROM ticket WHERE feature IS NOT NULL GROUP BY eval, feature;
         INSERT INTO tally (eval, field, value, n) SELECT eval, 'tag', tag, count(*) FROM ticket_tag GROUP BY eval, tag;",
    )
}

/// The projections as text, to compare two of them: no local row numbers, no clock.
pub fn dump(db: &Db) -> Result<String> {
    let mut out = String::new();
    for sql in [
        "SELECT hex(t.id) || ' ' || t.state || t.flagged || t.corrected || ' ' || coalesce(t.score, '-') || ' '
           || coalesce(t.pass, '-') || ' ' || coalesce(t.judge, '-') || ' ' || coalesce(f.body, '')
           FROM ticket t LEFT JOIN ticket_fold f ON f.ticket = t.row ORDER BY t.id",
        "SELECT hex(t.id) || ' ' || p.reviewer || ' ' || coalesce(p.score, '-') || ' ' || coalesce(p.skipped, '-') || ' '
           || coalesce(p.active_ms, '-') || ' ' || coalesce(p.assisted, '-')
           FROM ticket_person p JOIN ticket t ON t.row = p.ticket ORDER BY t.id, p.reviewer",
        "SELECT hex(t.id) || ' ' || g.tag FROM ticket_tag g JOIN ticket t ON t.row = g.ticket ORDER BY t.id, g.tag",
        "SELECT e.name || ' ' || y.field || ' ' || y.value || ' ' || y.n FROM tally y JOIN eval e ON e.row = y.eval
           ORDER BY e.name, y.field, y.value",
        "SELECT name || ' ' || body FROM eval ORDER BY name",
        "SELECT hex(t.id) || ' ' || hex(j.id) || ' ' || coalesce(s.score, '-') || ' ' || coalesce(s.pass, '-') || ' ' || coalesce(s.class, '-')
           FROM group_score s JOIN ticket t ON t.row = s.ticket JOIN judge j ON j.row = s.judge ORDER BY t.id, j.id",
        "SELECT e.name || ' ' || hex(j.id) || ' ' || b.badge
           FROM group_badge b JOIN eval e ON e.row = b.eval JOIN judge j ON j.row = b.judge ORDER BY e.name, j.id, b.badge",
        "SELECT name || ' ' || body FROM run_group ORDER BY name",
        "SELECT hex(id) || ' ' || place || ' ' || body FROM run ORDER BY id",
        "SELECT name || ' ' || role || ' ' || items || ' ' || hex(version) FROM dataset ORDER BY name",
    ] {
        db.each(sql, &[], |row| {
            out.push_str(row.text(0)?);
            out.push('\n');
            Ok(true)
        })?;
    }
    Ok(out)
}
