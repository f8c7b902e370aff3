//! Typed reading of a TOML tree that reports every slip at its place instead of stopping at the first.
//!
//! Each getter returns `None` both for an absent key and for a wrong value; the latter leaves a
//! finding, so the caller can go on with a stand-in and find more.

mod words;

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Lines};
use crate::domain::nearest::nearest;
use crate::domain::rubric::{Problem, Severity};
pub(in crate::formats) use words::shown;
use words::{example_of, kind, plain};

/// A table with the path that names it in problems.
#[derive(Clone)]
pub(in crate::formats) struct Table<'a, 'i> {
    pub(in crate::formats) path: String,
    pub(in crate::formats) span: Range<usize>,
    pub(in crate::formats) map: &'a DeTable<'i>,
}

impl<'a, 'i> Table<'a, 'i> {
    /// The path of one of its keys.
    pub(in crate::formats) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(in crate::formats) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.map.get(key)
    }
}

pub(in crate::formats) struct Reader<'t> {
    /// What the file is, in words: `a rubric`.
    whole: &'static str,
    lines: Lines<'t>,
    /// Byte offset of everything a problem may name, by path.
    offsets: HashMap<String, usize>,
    pub(in crate::formats) findings: Vec<Finding>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self::of("a rubric", text)
    }

    /// A reader of another kind of file, named with its article.
    pub(in crate::formats) fn of(whole: &'static str, text: &'t str) -> Self {
        Self {
            whole,
            lines: Lines::of(text),
            offsets: HashMap::new(),
            findings: Vec::new(),
        }
    }

    pub(super) fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        offset: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let (line, column) = self.lines.place(offset);
        let (message, hint) = (message.into(), hint.into());
        self.findings.push(Finding {
            severity,
            code,
            message,
            hint,
            line,
            column,
            place: String::new(),
        });
    }

    pub(in crate::formats) fn error(
        &mut self,
        code: &'static str,
        offset: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.report(Severity::Error, code, offset, message, hint);
    }

    /// Reports a problem of the rubric at the place its path names, or the nearest table around it.
    /// Where reading has already found an error, a problem is taken for its consequence and dropped.
    pub(in crate::formats) fn problem(&mut self, problem: Problem) {
        let mut path = problem.place.as_str();
        let offset = loop {
            if let Some(offset) = self.offsets.get(path) {
                break *offset;
            }
            match path.rfind(['.', '[']) {
                Some(cut) => path = &path[..cut],
                None => break 0,
            }
        };
        let (line, column) = self.lines.place(offset);
        if self.findings.iter().any(|known| {
            known.severity == Severity::Error && (known.line, known.column) == (line, column)
        }) {
            return;
        }
        let Problem {
            severity,
            code,
            message,
            hint,
            place,
        } = problem;
        self.findings.push(Finding {
            severity,
            code,
            message,
            hint,
            line,
            column,
            place,
        });
    }

    pub(super) fn remember(&mut self, path: String, offset: usize) {
        self.offsets.insert(path, offset);
    }

    /// Refuses every key that is not allowed here.
    pub(in crate::formats) fn allow(&mut self, table: &Table<'_, '_>, allowed: &[&str]) {
        for key in table.map.keys() {
            let name: &str = key.get_ref();
            if allowed.contains(&name) {
                continue;
            }
            let place = if table.path.is_empty() {
                self.whole.to_owned()
            } else {
                format!("`{}`", plain(&table.path))
            };
            let hint = match nearest(name, allowed.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", allowed.join(", ")),
            };
            self.error(
                "unknown_key",
                key.span().start,
                format!("`{}` is no key of {place}", shown(name)),
                hint,
            );
        }
    }

    fn wrong(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
    ) {
        let message = format!(
            "`{key}` must be {wanted}, this is {}",
            kind(value.get_ref())
        );
        let hint = format!("write {}", example_of(wanted, key));
        self.error("wrong_type", value.span().start, message, hint);
        self.remember(table.at(key), value.span().start);
    }

    fn value<'a, 'i>(
        &mut self,
        table: &Table<'a, 'i>,
        key: &str,
    ) -> Option<&'a Spanned<DeValue<'i>>> {
        let value = table.get(key)?;
        self.remember(table.at(key), value.span().start);
        Some(value)
    }

    pub(in crate::formats) fn string(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
    ) -> Option<String> {
        let value = self.value(table, key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.as_ref().to_owned());
        }
        self.wrong(table, key, value, "a text");
        None
    }

    /// A text with the spaces around it removed: prose whose ends carry no meaning.
    pub(super) fn prose(&mut self, table: &Table<'_, '_>, key: &str) -> Option<String> {
        self.string(table, key).map(|text| text.trim().to_owned())
    }

    pub(in crate::formats) fn required(&mut self, table: &Table<'_, '_>, key: &str) -> String {
        if table.get(key).is_none() {
            let place = if table.path.is_empty() {
                self.whole.replacen("a ", "the ", 1)
            } else {
                format!("`{}`", plain(&table.path))
            };
            self.error(
                "missing_key",
                table.span.start,
                format!("{place} has no `{key}`"),
                format!("add `{key} = \"...\"`"),
            );
        }
        self.prose(table, key).unwrap_or_default()
    }

    pub(super) fn boolean(&mut self, table: &Table<'_, '_>, key: &str) -> Option<bool> {
        let value = self.value(table, key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong(table, key, value, "true or false");
        None
    }

    pub(in crate::formats) fn integer(&mut self, table: &Table<'_, '_>, key: &str) -> Option<i64> {
        let value = self.value(table, key)?;
        let number = integer(value.get_ref());
        if number.is_none() {
            self.wrong(table, key, value, "a whole number");
        }
        number
    }

    /// A whole number that fits the type its meaning allows.
    pub(in crate::formats) fn whole<T: TryFrom<i64>>(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
    ) -> Option<T> {
        let number = self.integer(table, key)?;
        let fits = T::try_from(number).ok();
        if fits.is_none() {
            let offset = table
                .get(key)
                .map_or(table.span.start, |value| value.span().start);
            self.error(
                "bad_value",
                offset,
                format!("`{key}` cannot be {number}"),
                "write a number in a sensible range",
            );
        }
        fits
    }

    pub(in crate::formats) fn number(&mut self, table: &Table<'_, '_>, key: &str) -> Option<f64> {
        let value = self.value(table, key)?;
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
            other => integer(other).map(|number| number as f64),
        };
        if number.is_none() {
            self.wrong(table, key, value, "a number");
        }
        number
    }

    /// One word of a closed set.
    pub(in crate::formats) fn word<T: Copy>(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.string(table, key)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let hint = match nearest(&text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of: {}", known.join(", ")),
        };
        let offset = table
            .get(key)
            .map_or(table.span.start, |value| value.span().start);
        self.error(
            "bad_value",
            offset,
            format!("`{key}` cannot be `{}`", shown(&text)),
            hint,
        );
        None
    }

    /// A list of texts; a single text counts as a list of one.
    pub(in crate::formats) fn strings(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
    ) -> Option<Vec<String>> {
        let value = self.value(table, key)?;
        match value.get_ref() {
            DeValue::String(text) => return Some(vec![text.as_ref().to_owned()]),
            DeValue::Array(values) => {
                let texts = values
                    .iter()
                    .map(|value| value.get_ref().as_str().map(str::to_owned));
                if let Some(texts) = texts.collect::<Option<Vec<_>>>() {
                    return Some(texts);
                }
            }
            _ => {}
        }
        self.wrong(table, key, value, "a list of texts");
        None
    }

    pub(in crate::formats) fn table<'a, 'i>(
        &mut self,
        table: &Table<'a, 'i>,
        key: &str,
    ) -> Option<Table<'a, 'i>> {
        let value = self.value(table, key)?;
        if let DeValue::Table(map) = value.get_ref() {
            return Some(Table {
                path: table.at(key),
                span: value.span(),
                map,
            });
        }
        self.wrong(table, key, value, "a table");
        None
    }

    /// The tables of a `[[key]]` list, in order.
    pub(in crate::formats) fn tables<'a, 'i>(
        &mut self,
        table: &Table<'a, 'i>,
        key: &str,
    ) -> Vec<Table<'a, 'i>> {
        let Some(value) = self.value(table, key) else {
            return Vec::new();
        };
        let DeValue::Array(values) = value.get_ref() else {
            let hint = format!("write `[[{key}]]` with two brackets: there may be several");
            self.error(
                "wrong_type",
                value.span().start,
                format!(
                    "`{key}` must be a list of tables, this is {}",
                    kind(value.get_ref())
                ),
                hint,
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (place, value) in values.iter().enumerate() {
            let path = format!("{}[{place}]", table.at(key));
            self.remember(path.clone(), value.span().start);
            if let DeValue::Table(map) = value.get_ref() {
                tables.push(Table {
                    path,
                    span: value.span(),
                    map,
                });
            } else {
                self.error(
                    "wrong_type",
                    value.span().start,
                    format!(
                        "`{key}` must hold tables, this is {}",
                        kind(value.get_ref())
                    ),
                    format!("write `[[{key}]]`"),
                );
            }
        }
        tables
    }
}

/// The integer a value holds, if it holds one that fits.
pub(in crate::formats) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let DeValue::Integer(integer) = value else {
        return None;
    };
    i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}
