//! Filters compiled to SQL over `ticket t`.
//!
//! One rule keeps pages fast at any size: when the rarest indexed value the filter insists on has few
//! tickets, its index leads and the result is sorted; otherwise the sort order's index leads and rows are
//! tested as they come. Kept counts tell which.

pub mod items;
mod write;

use std::collections::HashMap;

use super::db::{Db, Val};
use super::error::Result;
use super::{dialect, tally};

use crate::domain::filter::{Expr, Filter, Test, Thing, Word, WordField};

/// Below this many tickets a value's own index leads.
const RARE: u64 = 20_000;

/// Whether a warning stands on ticket `t`: one about its texts, whichever judge they were flagged for, or one on what
/// the judge said whose score the ticket shows.
///
/// That judge is the latest under the rubric version in use that has a level for every question; one that learned
/// gives way until it was shown to be better (`verdicts::counting`). Where none has all levels, the one with most.
const WARNED: &str = "EXISTS (SELECT 1 FROM verdict v
    WHERE v.ticket = t.row AND json_array_length(v.body, '$.flags') > 0 AND (
      EXISTS (SELECT 1 FROM json_each(v.body, '$.flags') f
        WHERE f.value IN ('grader_directed_text', 'trivial', 'hidden_characters', 'parts_not_shown'))
      OR v.judge = (SELECT w.judge FROM verdict w
        JOIN judge j ON j.row = w.judge JOIN eval e ON e.row = t.eval WHERE w.ticket = t.row GROUP BY w.judge
        ORDER BY coalesce(j.body ->> '$.kind', '') <> 'checks'
            AND coalesce(j.body ->> '$.rubric', e.body ->> '$.rubric') = e.body ->> '$.rubric' DESC,
          coalesce(j.body ->> '$.examples', j.body ->> '$.guidelines') IS NULL
            OR instr(e.body, lower(hex(j.id))) > 0 DESC,
          count(DISTINCT CASE WHEN json_type(w.body, '$.outcome.scored') IS NOT NULL
            AND w.criterion NOT LIKE 'check:%' THEN w.criterion END) DESC,
          max(w.row) DESC LIMIT 1)))";

/// A parameter of a compiled filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
}

impl Arg {
    /// As a plain value.
    pub fn val(&self) -> Val<'_> {
        match self {
            Self::Int(value) => Val::Int(*value),
            Self::Real(value) => Val::Real(*value),
            Self::Text(value) => Val::Text(value),
        }
    }
}

/// A compiled filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// A condition, `1` for none.
    pub sql: String,
    /// Its parameters, numbered from the first free number given.
    pub args: Vec<Arg>,
    /// Whether an index of the filter leads, so that the rows must be sorted.
    pub leads: bool,
    /// Whether that index gives tickets themselves, so that none by their eval may be tried before it.
    found: bool,
    /// The number of rows, if a kept count tells it.
    pub exact: Option<u64>,
}

impl Compiled {
    /// A column of the ticket as the planner is to see it: what has an index must not lead where the filter
    /// has found the tickets already.
    pub fn column(&self, column: &str) -> String {
        if self.found {
            dialect::unindexed(column)
        } else {
            column.to_owned()
        }
    }
}

/// Tickets that a filter must not tell about: the blind audit share of an assisted eval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Audit {
    /// The eval's seed.
    pub seed: u64,
    /// The share, 0 to 1.
    pub share: f64,
    /// Whether those the asker has reviewed are told about.
    pub own: bool,
}

impl Audit {
    /// Whether it hides a ticket, by its alias, from a reviewer; parameters are numbered from `first`.
    pub(super) fn hides(&self, ticket: &str, reviewer: &str, first: usize) -> (String, Vec<Arg>) {
        let drawn = format!(
            "in_audit({ticket}.id, {}, {:?})",
            self.seed as i64, self.share
        );
        if !self.own {
            return (drawn, Vec::new());
        }
        let sql = format!(
            "({drawn} AND NOT EXISTS (SELECT 1 FROM ticket_person x WHERE x.ticket = {ticket}.row
               AND x.reviewer = ?{first} AND x.active_ms IS NOT NULL))"
        );
        (sql, vec![Arg::Text(reviewer.to_owned())])
    }
}

/// What compiling needs beside the filter.
pub struct Scope<'a> {
    /// Local row of the eval.
    pub eval: i64,
    /// Who asks.
    pub reviewer: &'a str,
    /// Turns typed words into a full-text query.
    pub words: &'a dyn Fn(&str) -> Option<String>,
    /// What is left out whatever the filter says.
    pub audit: Option<Audit>,
}

/// Compiles a filter; parameters are numbered from `first`.
pub fn compile(db: &Db, filter: &Filter, scope: &Scope<'_>, first: usize) -> Result<Compiled> {
    let compiled = compile_alone(db, filter, scope, first)?;
    let Some(audit) = scope.audit else {
        return Ok(compiled);
    };
    let mut args = compiled.args;
    let (hidden, more) = audit.hides("t", scope.reviewer, first + args.len());
    args.extend(more);
    Ok(Compiled {
        sql: format!("({}) AND NOT {hidden}", compiled.sql),
        args,
        exact: None,
        ..compiled
    })
}

fn compile_alone(db: &Db, filter: &Filter, scope: &Scope<'_>, first: usize) -> Result<Compiled> {
    let Some(root) = &filter.root else {
        return Ok(Compiled {
            sql: "1".into(),
            args: Vec::new(),
            leads: false,
            found: false,
            exact: None,
        });
    };
    let rarest = rarest(db, root, scope)?;
    let lead = rarest.filter(|(_, n)| *n < RARE).map(|(test, _)| test);
    let mut writer = write::Writer {
        scope,
        first,
        lead,
        kept: kept_values(db, root, scope.eval)?,
        args: Vec::new(),
    };
    let sql = writer.expr(root);
    let exact = match (root, rarest) {
        (Expr::Test(test), Some((rare, n))) if test == rare && counted_exactly(test) => Some(n),
        _ => None,
    };
    Ok(Compiled {
        sql,
        args: writer.args,
        leads: lead.is_some(),
        found: matches!(lead, Some(Test::Text(_))),
        exact,
    })
}

/// A single value of a field whose counts are kept.
fn counted_exactly(test: &Test) -> bool {
    matches!(test, Test::Is { any, .. } if any.len() == 1 && !any[0].prefix)
}

/// The rarest test that must hold, with its count.
fn rarest<'f>(db: &Db, root: &'f Expr, scope: &Scope<'_>) -> Result<Option<(&'f Test, u64)>> {
    let parts = match root {
        Expr::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut best: Option<(&Test, u64)> = None;
    for part in parts {
        let Expr::Test(test) = part else { continue };
        if let Some(n) = count(db, test, scope)?
            && best.is_none_or(|(_, least)| n < least)
        {
            best = Some((test, n));
        }
    }
    Ok(best)
}

fn count(db: &Db, test: &Test, scope: &Scope<'_>) -> Result<Option<u64>> {
    match test {
        Test::Is { field, any } => count_words(db, *field, any, scope.eval),
        Test::Has(Thing::Flag) => Ok(Some(tally::of(db, scope.eval, "flagged", "yes")?)),
        Test::Has(Thing::Correction) => Ok(Some(tally::of(db, scope.eval, "corrected", "yes")?)),
        Test::Text(text) => match (scope.words)(text) {
            Some(query) => Ok(Some(dialect::count_matches(db, &query, RARE as u32)?)),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// How many tickets have a value that one of the words means. Values are stored as they came and a filter
/// ignores case, so one word may mean several.
fn count_words(db: &Db, field: WordField, any: &[Word], eval: i64) -> Result<Option<u64>> {
    let Some(kept) = kept_field(field) else {
        return Ok(None);
    };
    let values = tally::values(db, eval, kept)?;
    let meant = values
        .iter()
        .filter(|(value, _)| any.iter().any(|word| matches(word, value)));
    Ok(Some(meant.map(|(_, n)| n).sum()))
}

/// The stored values of every counted field the filter asks about.
fn kept_values(db: &Db, root: &Expr, eval: i64) -> Result<HashMap<&'static str, Vec<String>>> {
    let mut kept = HashMap::new();
    let mut failed = Ok(());
    root.visit(&mut |test| {
        if let Test::Is { field, .. } = test
            && let Some(name) = kept_field(*field)
            && !kept.contains_key(name)
        {
            match tally::values(db, eval, name) {
                Ok(values) => {
                    kept.insert(name, values.into_iter().map(|(value, _)| value).collect());
                }
                Err(error) => failed = Err(error),
            }
        }
    });
    failed.map(|()| kept)
}

fn matches(word: &Word, value: &str) -> bool {
    let (word_text, value) = (word.text.to_lowercase(), value.to_lowercase());
    if word.prefix {
        value.starts_with(&word_text)
    } else {
        value == word_text
    }
}

fn kept_field(field: WordField) -> Option<&'static str> {
    match field {
        WordField::Status => Some("state"),
        WordField::Model => Some("model"),
        WordField::Feature => Some("feature"),
        WordField::Tag => Some("tag"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::verdict::Flag;
    use crate::store::testing::memory;

    /// How SQLite goes about a list of tickets under a filter.
    fn plan(text: &str) -> String {
        let db = memory();
        let filter = Filter::parse(text).unwrap();
        let scope = Scope {
            eval: 1,
            reviewer: "ana",
            words: &|words| Some(words.to_owned()),
            audit: None,
        };
        let compiled = compile(&db, &filter, &scope, 2).unwrap();
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT t.row FROM ticket t WHERE {} = ?1 AND {}
             ORDER BY {} LIMIT 50",
            compiled.column("t.eval"),
            compiled.sql,
            compiled.column("t.plan_key"),
        );
        let mut args: Vec<super::super::db::Val<'_>> = args![1_i64].to_vec();
        args.extend(compiled.args.iter().map(Arg::val));
        let lines = db.query(&sql, &args, |row| row.text(3).map(str::to_owned));
        lines.unwrap().join("\n")
    }

    #[test]
    fn warnings_on_the_text_itself_are_those_that_hold_for_every_judge() {
        for flag in Flag::ALL {
            let named = WARNED.contains(&format!("'{}'", flag.name()));
            assert_eq!(named, flag.is_of_text(), "{}", flag.name());
        }
    }

    #[test]
    fn rare_words_lead_to_their_tickets_without_a_walk_over_the_eval() {
        let plan = plan("zebrafinch");
        let first = plan.lines().next().unwrap();
        assert_eq!(
            first, "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)",
            "{plan}"
        );
        assert!(!plan.contains("SCAN t"), "{plan}");
        assert!(plan.contains("k USING INDEX ticket_item"), "{plan}");
    }
}
