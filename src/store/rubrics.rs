//! Rubric versions, by the hash of their content.

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::ids::RubricId;
use crate::domain::rubric::Rubric;

/// Keeps a rubric version; returns its id. Known versions are left alone.
pub fn put(db: &Db, rubric: &Rubric) -> Result<RubricId> {
    let refused =
        |error: crate::domain::rubric::CanonicalError| StoreError::Refused(error.to_string());
    let id = rubric.content_hash().map_err(refused)?;
    let body = rubric.to_canonical_json().map_err(refused)?;
    db.exec(
        "INSERT INTO rubric (id, name, body, version) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
        args![&id.0, &rubric.id, &body, &rubric.version],
    )?;
    Ok(RubricId(id.0))
}

fn read(body: &str) -> Result<Rubric> {
    Rubric::from_canonical_json(body).map_err(|_| StoreError::Damaged("rubric".into()))
}

/// A rubric version.
pub fn get(db: &Db, id: &RubricId) -> Result<Rubric> {
    let found = db.first(
        "SELECT body FROM rubric WHERE id = ?1",
        args![&id.0],
        |row| read(row.text(0)?),
    )?;
    found.ok_or_else(|| StoreError::NotFound {
        what: "rubric",
        name: id.short(),
    })
}

/// The latest version kept under a name.
pub fn named(db: &Db, name: &str) -> Result<Option<(RubricId, Rubric)>> {
    let sql = "SELECT id, body FROM rubric WHERE name = ?1 ORDER BY row DESC LIMIT 1";
    db.first(sql, args![name], |row| {
        Ok((RubricId(row.id(0)?), read(row.text(1)?)?))
    })
}

/// All versions, newest last: id, name, version label.
pub fn all(db: &Db) -> Result<Vec<(RubricId, String, String)>> {
    db.query(
        "SELECT id, name, version FROM rubric ORDER BY row",
        &[],
        |row| {
            Ok((
                RubricId(row.id(0)?),
                row.text(1)?.to_owned(),
                row.text(2)?.to_owned(),
            ))
        },
    )
}
