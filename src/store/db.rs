//! The facade all SQL goes through: query, exec, transaction over plain values.
//!
//! Statements are written once, with `?1 ?2`, in the subset `SQLite` and `PostgreSQL` share; what differs
//! between the two is in [`super::dialect`].

use rusqlite::types::ValueRef;

use super::error::{Result, StoreError};

/// A plain value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Val<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

macro_rules! val_from {
    ($($from:ty => |$value:ident| $make:expr,)*) => {
        $(impl<'a> From<$from> for Val<'a> {
            fn from($value: $from) -> Self { $make }
        })*
    };
}

val_from! {
    i64 => |value| Val::Int(value),
    u64 => |value| Val::Int(value as i64),
    u32 => |value| Val::Int(i64::from(value)),
    i32 => |value| Val::Int(i64::from(value)),
    u16 => |value| Val::Int(i64::from(value)),
    u8 => |value| Val::Int(i64::from(value)),
    bool => |value| Val::Int(i64::from(value)),
    f64 => |value| Val::Real(value),
    &'a str => |value| Val::Text(value),
    &'a String => |value| Val::Text(value),
    &'a [u8] => |value| Val::Blob(value),
    &'a [u8; 16] => |value| Val::Blob(value),
}

impl<'a, T> From<Option<T>> for Val<'a>
where
    T: Into<Val<'a>>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Val::Null, Into::into)
    }
}

impl rusqlite::ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(match *self {
            Val::Null => ValueRef::Null,
            Val::Int(value) => ValueRef::Integer(value),
            Val::Real(value) => ValueRef::Real(value),
            Val::Text(value) => ValueRef::Text(value.as_bytes()),
            Val::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// Builds a parameter list: `args![id, name, 3]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::store::db::Val::from($value)),*] };
}

/// One result row.
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl Row<'_> {
    fn at(&self, column: usize) -> Result<ValueRef<'_>> {
        Ok(self.0.get_ref(column)?)
    }

    fn damaged(column: usize) -> StoreError {
        StoreError::Damaged(format!("value in column {column}"))
    }

    /// A whole number.
    pub fn int(&self, column: usize) -> Result<i64> {
        self.maybe_int(column)?.ok_or_else(|| Self::damaged(column))
    }

    /// A whole number or NULL.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>> {
        match self.at(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            _ => Err(Self::damaged(column)),
        }
    }

    /// A number or NULL.
    pub fn maybe_real(&self, column: usize) -> Result<Option<f64>> {
        match self.at(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value as f64)),
            ValueRef::Real(value) => Ok(Some(value)),
            _ => Err(Self::damaged(column)),
        }
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<&str> {
        self.maybe_text(column)?
            .ok_or_else(|| Self::damaged(column))
    }

    /// Text or NULL. Bytes that are UTF-8 count as text: bodies are spans of raw bytes.
    pub fn maybe_text(&self, column: usize) -> Result<Option<&str>> {
        match self.at(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => std::str::from_utf8(bytes)
                .map(Some)
                .map_err(|_| Self::damaged(column)),
            _ => Err(Self::damaged(column)),
        }
    }

    /// Owned text or NULL.
    pub fn string(&self, column: usize) -> Result<Option<String>> {
        Ok(self.maybe_text(column)?.map(str::to_owned))
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8]> {
        match self.at(column)? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(bytes),
            _ => Err(Self::damaged(column)),
        }
    }

    /// Bytes or NULL.
    pub fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.at(column)? {
            ValueRef::Null => Ok(None),
            _ => self.blob(column).map(Some),
        }
    }

    /// A 16-byte id.
    pub fn id(&self, column: usize) -> Result<[u8; 16]> {
        self.blob(column)?
            .try_into()
            .map_err(|_| Self::damaged(column))
    }

    /// A 16-byte id or NULL.
    pub fn maybe_id(&self, column: usize) -> Result<Option<[u8; 16]>> {
        match self.at(column)? {
            ValueRef::Null => Ok(None),
            _ => self.id(column).map(Some),
        }
    }
}

/// A connection.
pub struct Db(pub(super) rusqlite::Connection);

impl Db {
    /// Runs a statement; returns how many rows it changed.
    pub fn exec(&self, sql: &str, args: &[Val<'_>]) -> Result<usize> {
        let mut statement = self.0.prepare_cached(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(args))?)
    }

    /// Runs several statements without parameters.
    pub fn script(&self, sql: &str) -> Result<()> {
        Ok(self.0.execute_batch(sql)?)
    }

    /// All rows, mapped.
    pub fn query<T>(
        &self,
        sql: &str,
        args: &[Val<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut map = map;
        let mut all = Vec::new();
        self.each(sql, args, |row| {
            all.push(map(row)?);
            Ok(true)
        })?;
        Ok(all)
    }

    /// Calls `visit` with each row until it answers `false`.
    pub fn each(
        &self,
        sql: &str,
        args: &[Val<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(args))?;
        while let Some(row) = rows.next()? {
            if !visit(&Row(row))? {
                break;
            }
        }
        Ok(())
    }

    /// The first row, mapped.
    pub fn first<T>(
        &self,
        sql: &str,
        args: &[Val<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(args))?;
        rows.next()?.map(|row| map(&Row(row))).transpose()
    }

    /// A single whole number; 0 if there is no row or it is NULL.
    pub fn number(&self, sql: &str, args: &[Val<'_>]) -> Result<i64> {
        Ok(self
            .first(sql, args, |row| row.maybe_int(0))?
            .flatten()
            .unwrap_or(0))
    }

    /// The row number the last insert got.
    pub fn last_row(&self) -> i64 {
        self.0.last_insert_rowid()
    }

    /// Runs `work` in one transaction that takes the write lock at once. An error rolls it back whole.
    ///
    /// The lock comes first because a read that later wants to write cannot wait for another writer: the
    /// busy time-out does not apply to it, and two claims would collide instead of queueing.
    pub fn write<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.script("BEGIN IMMEDIATE")?;
        match work(self).and_then(|value| self.script("COMMIT").map(|()| value)) {
            Ok(value) => Ok(value),
            Err(error) => {
                // A failed COMMIT or a full disk may have rolled back already; then this says so, harmlessly.
                let _ = self.script("ROLLBACK");
                Err(error)
            }
        }
    }

    /// Runs several reads on one state of the workspace.
    pub fn snapshot<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.script("BEGIN")?;
        let result = work(self);
        let _ = self.script("COMMIT");
        result
    }
}
