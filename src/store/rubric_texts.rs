//! Texts about rubrics that are no facts: a version's own file with the notes people put in it, and what a person
//! has changed and not saved.
//!
//! Neither is part of any identity and neither travels with a merge: a version without its text is written anew.

use super::db::Db;
use super::error::Result;
use crate::domain::ids::RubricId;

const TEXT: &str = "rubric text:";
const UNSAVED: &str = "rubric unsaved:";

fn put(db: &Db, key: &str, value: &str) -> Result<()> {
    db.exec(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![key, value],
    )?;
    Ok(())
}

fn get(db: &Db, key: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM meta WHERE key = ?1";
    Ok(db.first(sql, args![key], |row| row.string(0))?.flatten())
}

fn of(id: &RubricId) -> String {
    format!("{TEXT}{id}")
}

/// Keeps the file of a version as a person wrote it; the latest replaces the one before.
pub fn keep(db: &Db, id: &RubricId, text: &str) -> Result<()> {
    put(db, &of(id), text)
}

/// The file of a version, if it was written by a person.
pub fn kept(db: &Db, id: &RubricId) -> Result<Option<String>> {
    get(db, &of(id))
}

/// Holds what a person has not saved, or forgets it.
pub fn hold(db: &Db, reviewer: &str, body: Option<&str>) -> Result<()> {
    let key = format!("{UNSAVED}{reviewer}");
    if let Some(body) = body {
        return put(db, &key, body);
    }
    db.exec("DELETE FROM meta WHERE key = ?1", args![&key])?;
    Ok(())
}

/// What a person has not saved.
pub fn held(db: &Db, reviewer: &str) -> Result<Option<String>> {
    get(db, &format!("{UNSAVED}{reviewer}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::memory;

    #[test]
    fn what_one_person_left_is_not_what_another_finds() {
        let db = memory();
        hold(&db, "ana", Some("a draft")).unwrap();
        assert_eq!(held(&db, "ana").unwrap().as_deref(), Some("a draft"));
        assert_eq!(held(&db, "ben").unwrap(), None);
        hold(&db, "ana", None).unwrap();
        assert_eq!(held(&db, "ana").unwrap(), None);
    }
}
