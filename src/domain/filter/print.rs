//! A filter as text that parses to the same tree.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;

use super::{Expr, Filter, Test, Thing, Word};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(f))
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => join(f, parts, " ", |part| matches!(part, Self::Or(_))),
            Self::Or(parts) => join(f, parts, " or ", |_| false),
            Self::Not(inner) => match inner.as_ref() {
                Self::Test(Test::Has(thing)) => write!(f, "no:{}", thing.name()),
                Self::Test(Test::Mine) => f.write_str("mine:no"),
                Self::Test(test) => write!(f, "-{test}"),
                inner => write!(f, "-({inner})"),
            },
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn join(
    f: &mut Formatter<'_>,
    parts: &[Expr],
    between: &str,
    brackets: fn(&Expr) -> bool,
) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        if brackets(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&bare(text)),
            Self::Is { field, any } => {
                write!(f, "{}:", field.name())?;
                for (place, word) in any.iter().enumerate() {
                    write!(f, "{}{word}", if place == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Self::Compare { measure, op, value } => {
                write!(f, "{}{}{value}", measure.name(), op.symbol())
            }
            Self::Time { op, millis } => {
                // Every moment was read from a text, so it lies in the range that can be printed.
                let moment = Timestamp::from_millisecond(*millis).unwrap_or(Timestamp::UNIX_EPOCH);
                write!(f, "time{}{moment}", op.symbol())
            }
            Self::Has(thing) => write!(f, "has:{}", thing.name()),
            Self::Mine => f.write_str("mine:yes"),
        }
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let safe =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+');
        if !self.text.is_empty() && self.text.chars().all(safe) && !self.text.contains("..") {
            write!(f, "{}{}", self.text, if self.prefix { "*" } else { "" })
        } else if self.prefix {
            write!(f, "{}*", quoted(&self.text))
        } else {
            f.write_str(&quoted(&self.text))
        }
    }
}

/// A searched text, in quotes wherever it could be read as anything else.
fn bare(text: &str) -> String {
    let keyword = ["and", "or", "not", "has", "no"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text));
    let plain = text.starts_with(char::is_alphanumeric)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    // A word that names a thing could follow a searched `no`, which is why `no` itself is quoted.
    if plain && !keyword && Thing::named(text).is_none() {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
