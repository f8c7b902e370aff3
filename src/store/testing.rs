//! Databases for tests.

#![allow(clippy::missing_panics_doc, clippy::too_many_lines)]

use std::path::Path;

use super::db::Db;
use super::schema;

/// An empty workspace in memory.
pub fn memory() -> Db {
    let db = Db(rusqlite::Connection::open_in_memory().unwrap());
    schema::migrate(&db, Path::new("memory")).unwrap();
    schema::finish_indexes(&db).unwrap();
    db
}
