//! The canonical text of a rubric: what is hashed, and what a workspace stores.
//!
//! JSON in the canonical form of RFC 8785: keys in UTF-16 order, no spaces, numbers as ECMAScript
//! prints them. The same rubric therefore has the same bytes whatever wrote it. A field added to
//! [`Rubric`] later must be left out of the text at its default, or every stored identity changes.

use std::fmt::Write as _;

use serde_json::Value;
use thiserror::Error;

use super::{Rubric, SCHEMA};

/// Why a rubric cannot be written to or read from its canonical text.
#[derive(Debug, Error)]
pub enum CanonicalError {
    /// A number is not finite.
    #[error("rubric `{id}` holds a number that is not finite; weights and thresholds must be")]
    NotFinite {
        /// The rubric's id.
        id: String,
    },
    /// The text is not a stored rubric.
    #[error("stored rubric cannot be read: {0}; the workspace may be damaged, run `docket doctor`")]
    Unreadable(#[from] serde_json::Error),
    /// The text was written under another schema.
    #[error("stored rubric has schema {0}, this version reads {SCHEMA}; use a newer docket")]
    Schema(u32),
}

impl Rubric {
    /// The canonical JSON text, version label included.
    pub fn to_canonical_json(&self) -> Result<String, CanonicalError> {
        let weights = self.criteria.iter().map(|criterion| criterion.weight);
        if weights
            .chain(self.pass_threshold)
            .any(|number| !number.is_finite())
        {
            return Err(CanonicalError::NotFinite {
                id: self.id.clone(),
            });
        }
        let mut text = String::new();
        write_value(&serde_json::to_value(self)?, &mut text);
        Ok(text)
    }

    /// Reads what [`Rubric::to_canonical_json`] wrote.
    pub fn from_canonical_json(text: &str) -> Result<Self, CanonicalError> {
        let rubric: Self = serde_json::from_str(text)?;
        if rubric.schema != SCHEMA {
            return Err(CanonicalError::Schema(rubric.schema));
        }
        Ok(rubric)
    }
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => push(out, format_args!("{integer}")),
            None => write_float(number.as_f64().unwrap_or(0.0), out),
        },
        // serde_json escapes exactly what ECMAScript's JSON does, in the same form.
        Value::String(_) => push(out, format_args!("{value}")),
        Value::Array(values) => {
            out.push('[');
            for (place, value) in values.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                write_value(value, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (place, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                push(out, format_args!("{}:", Value::from(key.as_str())));
                write_value(value, out);
            }
            out.push('}');
        }
    }
}

/// A finite number as ECMAScript prints it: no `.0`, an exponent below 1e-6 and from 1e21.
fn write_float(number: f64, out: &mut String) {
    let size = number.abs();
    if size == 0.0 {
        out.push('0');
    } else if size >= 1e21 {
        let text = format!("{number:e}");
        out.push_str(&text.replacen('e', "e+", 1));
    } else if size < 1e-6 {
        push(out, format_args!("{number:e}"));
    } else {
        push(out, format_args!("{number}"));
    }
}

fn push(out: &mut String, args: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = out.write_fmt(args);
}

#[cfg(test)]
mod tests;
