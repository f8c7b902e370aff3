//! The search index over requests and outputs: filled after an import in small steps, usable while it is incomplete.

use std::borrow::Cow;

use super::db::Db;
use super::dialect;
use super::error::Result;
use super::export::body;
use crate::domain::message::{Message, Request, Role};

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Outputs in the index.
    pub indexed: u64,
    /// Outputs in all.
    pub total: u64,
}

impl Coverage {
    /// Whether every output is in the index.
    pub fn is_complete(&self) -> bool {
        self.indexed >= self.total
    }
}

/// How far the index is.
pub fn coverage(db: &Db) -> Result<Coverage> {
    let total = db.number("SELECT max(row) FROM output", &[])? as u64;
    Ok(Coverage {
        indexed: through(db)? as u64,
        total,
    })
}

fn through(db: &Db) -> Result<i64> {
    db.number(
        "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'search_through'",
        &[],
    )
}

/// What the index needs to know of a text.
#[derive(Clone, Copy)]
pub struct Reading {
    /// Prepares a text for the tokenizer (runs of CJK are split).
    pub fold: for<'a> fn(&'a str) -> Cow<'a, str>,
    /// The language of a text, where it can be told.
    pub language: fn(&str) -> Option<&'static str>,
}

/// Adds up to `limit` outputs in the caller's transaction, and the languages of their requests; returns how many.
pub fn step(db: &Db, limit: u32, reading: Reading) -> Result<u32> {
    let from = through(db)?;
    // Spans are cut out of the record here: SQL would copy the text once more, and read a record twice.
    let sql = "SELECT o.row, o.item, r.body, o.message_at, o.message_len, o.message,
                 CASE WHEN i.raw = o.raw THEN NULL ELSE q.body END, i.request_at, i.request_len, i.request
               FROM output o JOIN raw r ON r.row = o.raw JOIN item i ON i.row = o.item JOIN raw q ON q.row = i.raw
               WHERE o.row > ?1 ORDER BY o.row LIMIT ?2";
    let (mut last, mut done, mut item) = (from, 0, 0);
    db.each(sql, args![from, limit], |row| {
        last = row.int(0)?;
        done += 1;
        let answered = row.maybe_blob(2)?;
        let asked = match row.maybe_blob(6)? {
            None => answered,
            other => other,
        };
        let mut text = body(row, answered, 3)?.map(words).unwrap_or_default();
        if let Some(request) = body(row, asked, 7)? {
            let own = Request::own_text_of(request);
            // The outputs of one item follow each other.
            let next = row.int(1)?;
            if next != item {
                item = next;
                put_language(db, item, (reading.language)(&own))?;
            }
            text.push('\n');
            text.push_str(&own);
        }
        db.exec(
            "INSERT INTO search (rowid, text) VALUES (?1, ?2)",
            args![last, &*(reading.fold)(&text)],
        )?;
        Ok(true)
    })?;
    if done > 0 {
        let sql = "UPDATE meta SET value = ?1 WHERE key = 'search_through'";
        db.exec(sql, args![&last.to_string()])?;
    }
    Ok(done)
}

fn put_language(db: &Db, item: i64, code: Option<&str>) -> Result<()> {
    let Some(code) = code else { return Ok(()) };
    db.exec(
        "INSERT INTO item_language (item, code) VALUES (?1, ?2) ON CONFLICT (item) DO NOTHING",
        args![item, code],
    )
    .map(|_| ())
}

fn words(json: &str) -> String {
    Message::read(json, Role::Assistant).map_or_else(|| json.to_owned(), Message::into_text)
}

/// Gives the tokenizer's hash table the room that halves its work.
pub fn prepare(db: &Db) -> Result<()> {
    dialect::search_room(db)
}
