//! Comparisons as they were finished, and the mark of what they rest on.

use std::collections::BTreeMap;

use super::super::db::Db;
use super::super::error::{Result, StoreError};
use super::super::{catalog, changed};
use crate::domain::eval::Eval;
use crate::domain::ids::{EvalId, GroupId, Identity};
use crate::domain::run::RunGroup;

/// Names the state of everything a comparison of a group rests on: two equal marks, the same comparison.
pub type Mark = [u8; 16];

/// Which comparison of a group is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    /// The group.
    pub group: GroupId,
    /// Another baseline than the group's; empty for its own.
    pub baseline: String,
    /// Whether everything behind the first numbers is in it.
    pub full: bool,
}

/// A comparison that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it rests on.
    pub mark: Mark,
    /// When it was finished, in milliseconds.
    pub made_ms: i64,
    /// The comparison, as JSON.
    pub body: String,
}

/// The mark of a group as it stands now. Reads a few lines, whatever the size of the group.
pub fn mark(db: &Db, group: &RunGroup) -> Result<Mark> {
    let mut identity = Identity::of("comparison")
        .part(&group.id.0)
        .part(&group.rubric.0)
        .part(&group.version.0)
        .number(changed::times(db, &group.eval.0)?)
        .number(changed::times(db, &group.tickets.0)?);
    let sql = "SELECT body FROM run_group WHERE id = ?1";
    identity = add(db, identity, sql, &group.id.0)?;
    for id in [&group.tickets, &group.eval] {
        identity = eval(db, identity, id)?;
    }
    for run in super::runs(db, &group.id)? {
        identity = identity.number(changed::times(db, &run.id.0)?);
    }
    let sql = "SELECT body FROM run WHERE run_group = ?1 ORDER BY place";
    identity = add(db, identity, sql, &group.id.0)?;
    for eval in [&group.tickets, &group.eval] {
        identity = plans(db, identity, eval)?;
    }
    Ok(shared(db, identity)?.finish())
}

fn add(db: &Db, identity: Identity, sql: &str, id: &[u8; 16]) -> Result<Identity> {
    let texts = db.query(sql, args![id], |row| row.string(0))?;
    let number = identity.number(texts.len() as i64);
    Ok(texts.iter().fold(number, |identity, text| {
        identity.maybe(text.as_ref().map(String::as_bytes))
    }))
}

/// An eval, but for who has opened its pages and what people are told: neither is in a number.
fn eval(db: &Db, identity: Identity, id: &EvalId) -> Result<Identity> {
    let Some((_, eval)) = catalog::eval(db, id)? else {
        return Ok(identity.number(0));
    };
    let bare = Eval {
        purpose: String::new(),
        instructions: String::new(),
        opened: BTreeMap::new(),
        ..eval
    };
    let body = serde_json::to_string(&bare).map_err(|_| StoreError::Damaged("eval".into()))?;
    Ok(identity.part(body.as_bytes()))
}

/// The plans of an eval: which reviews are a sample depends on them.
fn plans(db: &Db, identity: Identity, eval: &EvalId) -> Result<Identity> {
    let sql = "SELECT id, tickets FROM plan WHERE eval = ?1 ORDER BY number";
    let plans = db.query(sql, args![&eval.0], |row| Ok((row.id(0)?, row.int(1)?)))?;
    let add =
        |identity: Identity, (id, tickets): &([u8; 16], i64)| identity.part(id).number(*tickets);
    Ok(plans.iter().fold(identity, add))
}

/// What all groups share: what was exported for training, which items count as one cluster, which judges there are.
fn shared(db: &Db, identity: Identity) -> Result<Identity> {
    let sql = "SELECT id, name, role, version FROM dataset ORDER BY id";
    let datasets = db.query(sql, &[], |row| {
        let words = format!("{} {}", row.text(2)?, row.text(1)?);
        Ok((row.id(0)?, words, row.maybe_id(3)?))
    })?;
    let add = |identity: Identity, (id, words, version): &([u8; 16], String, Option<[u8; 16]>)| {
        let version = version.as_ref().map(|id| &id[..]);
        identity.part(id).part(words.as_bytes()).maybe(version)
    };
    let mut identity = datasets.iter().fold(identity, add);
    for sql in [
        "SELECT number FROM near_state",
        "SELECT signed FROM near_state",
        "SELECT paired FROM near_state",
        "SELECT max(row) FROM judge",
    ] {
        identity = identity.number(db.number(sql, &[])?);
    }
    Ok(identity)
}

/// The comparison that is kept, whatever has changed since.
pub fn get(db: &Db, which: &Which) -> Result<Option<Kept>> {
    let sql = "SELECT mark, made_ms, body FROM kept_comparison WHERE run_group = ?1 AND baseline = ?2 AND everything = ?3";
    let args = args![&which.group.0, &which.baseline, which.full];
    db.first(sql, args, |row| {
        Ok(Kept {
            mark: row.id(0)?,
            made_ms: row.int(1)?,
            body: row.text(2)?.to_owned(),
        })
    })
}

/// Keeps a comparison in place of the one that was kept before.
pub fn put(db: &Db, which: &Which, kept: &Kept) -> Result<()> {
    db.exec(
        "INSERT INTO kept_comparison (run_group, baseline, everything, mark, made_ms, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (run_group, baseline, everything)
           DO UPDATE SET mark = excluded.mark, made_ms = excluded.made_ms, body = excluded.body",
        args![&which.group.0, &which.baseline, which.full, &kept.mark, kept.made_ms, &kept.body],
    )?;
    Ok(())
}

/// How far the runs of a group are, as it was counted last: the state it was counted in, and JSON.
pub fn counts(db: &Db, group: &GroupId) -> Result<Option<(Mark, String)>> {
    let sql = "SELECT mark, body FROM kept_counts WHERE run_group = ?1";
    db.first(sql, args![&group.0], |row| {
        Ok((row.id(0)?, row.text(1)?.to_owned()))
    })
}

/// Keeps such a count in place of the one before.
pub fn put_counts(db: &Db, group: &GroupId, mark: &Mark, body: &str) -> Result<()> {
    db.exec(
        "INSERT INTO kept_counts (run_group, mark, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (run_group) DO UPDATE SET mark = excluded.mark, body = excluded.body",
        args![&group.0, mark, body],
    )?;
    Ok(())
}
