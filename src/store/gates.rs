//! What gates rest on beside scores: decisions about a group, and clusters that left as training data.

use std::collections::HashSet;

use super::db::Db;
use super::error::Result;
use super::{catalog, datasets, ledger};
use crate::domain::eval::DatasetRole;
use crate::domain::event::{Body, Event};
use crate::domain::ids::{ClusterId, EvalId, EventId, GroupId, Hlc};

/// What an opened gate is called in the ledger.
pub const GATE_PAGE: &str = "gate";

/// The declarations, looks, decisions and signatures of a group, and what voided one of them, in the order all copies
/// agree on.
pub fn of_group(db: &Db, group: &GroupId) -> Result<Vec<Event>> {
    let mut mine: HashSet<EventId> = HashSet::new();
    let mut found = ledger::global_of(
        db,
        &[
            "gate_declared",
            "gate_evaluated",
            "approved",
            "signed",
            "voided",
        ],
    )?;
    found.retain(|event| {
        let of = match &event.body {
            Body::GateDeclared(one) => one.group,
            Body::GateEvaluated(one) => one.group,
            Body::Approved(one) => one.group,
            Body::Signed(one) => one.group,
            Body::Voided(one) => return mine.contains(&one.event),
            _ => return false,
        };
        of == *group && mine.insert(event.id)
    });
    Ok(found)
}

/// When a page that shows the numbers of all candidates side by side was opened first in an eval, by anybody. The gate's own
/// page is none: what it showed stands in its looks.
pub fn opened(db: &Db, eval: &EvalId) -> Result<Option<Hlc>> {
    let events = ledger::global_of(db, &["revealed"])?;
    let is_one = |event: &&Event| match &event.body {
        Body::Revealed(one) => one.eval == Some(*eval) && one.what != GATE_PAGE,
        _ => false,
    };
    Ok(events.iter().find(is_one).map(|event| event.hlc))
}

/// Every group a rule was declared for, by name, in the order of the first declarations.
pub fn declared(db: &Db) -> Result<Vec<(GroupId, String)>> {
    let mut groups: Vec<(GroupId, String)> = Vec::new();
    for event in ledger::global_of(db, &["gate_declared"])? {
        if let Body::GateDeclared(one) = event.body
            && groups.iter().all(|(id, _)| *id != one.group)
        {
            groups.push((one.group, one.name));
        }
    }
    Ok(groups)
}

/// Which of some clusters stand in a dataset of training rows, with the names of those datasets.
pub fn exported(
    db: &Db,
    is_asked: impl Fn(&ClusterId) -> bool,
) -> Result<(Vec<ClusterId>, Vec<String>)> {
    let (mut found, mut names) = (HashSet::new(), Vec::new());
    for dataset in catalog::datasets(db)? {
        if dataset.role != DatasetRole::Train {
            continue;
        }
        let rows = datasets::current(db, &dataset.id)?;
        let before = found.len();
        found.extend(datasets::clusters(db, &rows)?.into_iter().filter(&is_asked));
        if found.len() > before {
            names.push(dataset.name);
        }
    }
    let mut found: Vec<ClusterId> = found.into_iter().collect();
    found.sort_unstable();
    Ok((found, names))
}

/// The plan key of every ticket of an eval, by local row.
pub fn plan_keys(db: &Db, eval: i64) -> Result<std::collections::HashMap<i64, i64>> {
    let sql = "SELECT row, plan_key FROM ticket WHERE eval = ?1";
    let keys = db.query(sql, args![eval], |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(keys.into_iter().collect())
}

/// The groups in the order they were made.
pub fn group_order(db: &Db) -> Result<Vec<GroupId>> {
    let made = ledger::global_of(db, &["group_created"])?;
    let id = |event: Event| match event.body {
        Body::GroupCreated(group) => Some(group.id),
        _ => None,
    };
    Ok(made.into_iter().filter_map(id).collect())
}
