//! Evals and datasets by name: the projection of the events that are about no ticket.

use super::db::{Db, Row};
use super::error::{Result, StoreError};
use super::{ledger, runs};
use crate::domain::catalog::{Catalog, Dataset, fold_catalog};
use crate::domain::effective;
use crate::domain::eval::{DatasetRole, Eval};
use crate::domain::ids::{DatasetId, DatasetVersionId, EvalId};

/// Folds the global events and writes what they name. Local row numbers of known evals stay.
pub fn refold(db: &Db) -> Result<Catalog> {
    let mut events = ledger::global(db)?;
    effective::sort(&mut events);
    let catalog = fold_catalog(&events);
    for eval in catalog.evals.values() {
        let body = serde_json::to_string(eval).map_err(|_| StoreError::Damaged("eval".into()))?;
        db.exec(
            "INSERT INTO eval (id, name, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE eval.body <> excluded.body",
            args![&eval.id.0, &eval.name, &body],
        )?;
    }
    for dataset in catalog.datasets.values() {
        db.exec(
            "INSERT INTO dataset (id, name, role, version, items) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, version = excluded.version,
               items = excluded.items",
            args![&dataset.id.0, &dataset.name, dataset.role.name(), &dataset.version.0, dataset.items],
        )?;
    }
    runs::put(db, catalog.groups.values(), catalog.runs.iter())?;
    Ok(catalog)
}

fn read_eval(body: &str) -> Result<Eval> {
    serde_json::from_str(body).map_err(|_| StoreError::Damaged("eval".into()))
}

/// The eval in a local row.
pub fn eval_in_row(db: &Db, row: i64) -> Result<Eval> {
    let found = db.first("SELECT body FROM eval WHERE row = ?1", args![row], |row| {
        read_eval(row.text(0)?)
    })?;
    found.ok_or_else(|| StoreError::Damaged("ticket without an eval".into()))
}

/// An eval with its local row.
pub fn eval(db: &Db, id: &EvalId) -> Result<Option<(i64, Eval)>> {
    db.first(
        "SELECT row, body FROM eval WHERE id = ?1",
        args![&id.0],
        |row| Ok((row.int(0)?, read_eval(row.text(1)?)?)),
    )
}

/// An eval by name.
pub fn eval_named(db: &Db, name: &str) -> Result<Option<(i64, Eval)>> {
    db.first(
        "SELECT row, body FROM eval WHERE name = ?1",
        args![name],
        |row| Ok((row.int(0)?, read_eval(row.text(1)?)?)),
    )
}

/// All evals, in the order they were made here.
pub fn evals(db: &Db) -> Result<Vec<(i64, Eval)>> {
    db.query("SELECT row, body FROM eval ORDER BY row", &[], |row| {
        Ok((row.int(0)?, read_eval(row.text(1)?)?))
    })
}

fn read_dataset(row: &Row<'_>) -> Result<Dataset> {
    let damaged = || StoreError::Damaged("dataset".into());
    Ok(Dataset {
        id: DatasetId(row.id(0)?),
        name: row.text(1)?.to_owned(),
        role: DatasetRole::read(row.text(2)?).ok_or_else(damaged)?,
        version: DatasetVersionId(row.id(3)?),
        items: row.int(4)? as u64,
    })
}

const DATASET: &str = "SELECT id, name, role, version, items FROM dataset";

/// A dataset by name.
pub fn dataset_named(db: &Db, name: &str) -> Result<Option<Dataset>> {
    db.first(
        &format!("{DATASET} WHERE name = ?1"),
        args![name],
        read_dataset,
    )
}

/// A dataset by id.
pub fn dataset(db: &Db, id: &DatasetId) -> Result<Option<Dataset>> {
    db.first(
        &format!("{DATASET} WHERE id = ?1"),
        args![&id.0],
        read_dataset,
    )
}

/// All datasets, by name.
pub fn datasets(db: &Db) -> Result<Vec<Dataset>> {
    db.query(&format!("{DATASET} ORDER BY name"), &[], read_dataset)
}
