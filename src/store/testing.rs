//! Databases for tests.

#![allow(clippy::missing_panics_doc, clippy::too_many_lines)]

use std::path::Path;

use super::db::Db;
use super::schema;

/// An empty workspace in memory.
pub fn memory() -> Db {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    super::dialect::audit_function(&connection).unwrap();
    let db = Db(connection);
    schema::migrate(&db, Path::new("memory")).unwrap();
    schema::finish_indexes(&db).unwrap();
    db
}
