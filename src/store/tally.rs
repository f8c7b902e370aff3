//! Kept counts: how many tickets of an eval have which value of which field.
//!
//! Counted when something changes, never when something is shown: a `GROUP BY` over a million rows costs
//! most of a second.

use std::collections::{BTreeSet, HashMap};

use super::changed;
use super::db::Db;
use super::error::Result;

/// Changes to the counts, gathered over a transaction and applied once.
#[derive(Debug, Default)]
pub struct Deltas {
    counts: HashMap<(i64, &'static str), HashMap<String, i64>>,
    touched: BTreeSet<i64>,
}

impl Deltas {
    /// Adds `by` tickets with this value.
    pub fn add(&mut self, eval: i64, field: &'static str, value: &str, by: i64) {
        self.touch(eval);
        let values = self.counts.entry((eval, field)).or_default();
        match values.get_mut(value) {
            Some(n) => *n += by,
            None => {
                values.insert(value.to_owned(), by);
            }
        }
    }

    /// Takes note that something about the tickets of an eval was written, whether or not a count changes.
    pub fn touch(&mut self, eval: i64) {
        self.touched.insert(eval);
    }

    /// Writes what changed.
    pub fn apply(self, db: &Db) -> Result<()> {
        for eval in self.touched {
            changed::of_eval(db, eval)?;
        }
        for ((eval, field), values) in self.counts {
            for (value, by) in values.iter().filter(|(_, by)| **by != 0) {
                db.exec(
                    "INSERT INTO tally (eval, field, value, n) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (eval, field, value) DO UPDATE SET n = tally.n + excluded.n",
                    args![eval, field, value, *by],
                )?;
                db.exec(
                    "DELETE FROM tally WHERE eval = ?1 AND field = ?2 AND value = ?3 AND n = 0",
                    args![eval, field, value],
                )?;
            }
        }
        Ok(())
    }
}

/// The count of one value.
pub fn of(db: &Db, eval: i64, field: &str, value: &str) -> Result<u64> {
    let sql = "SELECT n FROM tally WHERE eval = ?1 AND field = ?2 AND value = ?3";
    Ok(db.number(sql, args![eval, field, value])? as u64)
}

/// All values of a field with their counts, most frequent first.
pub fn values(db: &Db, eval: i64, field: &str) -> Result<Vec<(String, u64)>> {
    let sql = "SELECT value, n FROM tally WHERE eval = ?1 AND field = ?2 ORDER BY n DESC, value";
    db.query(sql, args![eval, field], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)? as u64))
    })
}
