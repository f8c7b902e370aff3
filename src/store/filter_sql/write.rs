//! Conditions as SQL text, one test at a time.

use std::collections::HashMap;

use super::{Arg, Scope, WARNED, matches};
use crate::domain::filter::{Expr, Measure, Test, Thing, Word, WordField};
use crate::domain::ticket::State;
use crate::store::dialect;

/// Writes one filter.
pub(super) struct Writer<'a> {
    pub scope: &'a Scope<'a>,
    pub first: usize,
    pub lead: Option<&'a Test>,
    pub kept: HashMap<&'static str, Vec<String>>,
    pub args: Vec<Arg>,
}

impl Writer<'_> {
    fn arg(&mut self, arg: Arg) -> String {
        self.args.push(arg);
        format!("?{}", self.first + self.args.len() - 1)
    }

    pub fn expr(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::And(parts) => self.list(parts, " AND "),
            Expr::Or(parts) => self.list(parts, " OR "),
            Expr::Not(inner) => format!("NOT coalesce({}, 0)", self.expr(inner)),
            Expr::Test(test) => self.test(test),
        }
    }

    fn list(&mut self, parts: &[Expr], joiner: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.expr(part)).collect();
        format!("({})", parts.join(joiner))
    }

    fn test(&mut self, test: &Test) -> String {
        let leads = self.lead == Some(test);
        match test {
            Test::Text(text) => match (self.scope.words)(text) {
                Some(query) => {
                    self.args.push(Arg::Text(query));
                    dialect::matches(self.first + self.args.len() - 1, leads)
                }
                None => "1".into(),
            },
            Test::Is { field, any } => self.is(*field, any, leads),
            Test::Compare { measure, op, value } => {
                let value = *value;
                let column = match measure {
                    Measure::Level(criterion) => return self.level(criterion, op.symbol(), value),
                    Measure::Score => "t.score".to_owned(),
                    Measure::Judge => "t.judge".to_owned(),
                    Measure::Chars => dialect::unindexed("t.chars"),
                    Measure::Tokens => output("o.completion_tokens"),
                    Measure::Cost => output("o.cost_micros / 1000000.0"),
                    Measure::Latency => output("o.latency_ms"),
                    Measure::Rerun => output("o.position"),
                };
                format!("{column} {} {}", op.symbol(), self.arg(Arg::Real(value)))
            }
            Test::Time { op, millis } => {
                let column = dialect::unindexed("t.time_ms");
                format!(
                    "(t.time_ms <> 0 AND {column} {} {})",
                    op.symbol(),
                    self.arg(Arg::Int(*millis))
                )
            }
            Test::Has(thing) => has(*thing).to_owned(),
            Test::Mine => {
                let me = self.arg(Arg::Text(self.scope.reviewer.to_owned()));
                format!(
                    "(EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.reviewer = {me})
                      OR EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND f.body ->> 'assigned' = {me}))"
                )
            }
        }
    }

    fn level(&mut self, criterion: &str, op: &str, value: f64) -> String {
        let path = self.arg(Arg::Text(format!(
            "$.reviews[0].first.answers.\"{}\".level",
            criterion.replace('"', "")
        )));
        let value = self.arg(Arg::Real(value));
        format!(
            "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND json_extract(f.body, {path}) {op} {value})"
        )
    }

    fn is(&mut self, field: WordField, any: &[Word], leads: bool) -> String {
        let plain = |column: &str| {
            if leads {
                column.to_owned()
            } else {
                dialect::unindexed(column)
            }
        };
        match field {
            WordField::Status => Self::states(any, leads),
            WordField::Model => self.kept(&plain("t.model"), "model", any),
            WordField::Feature => self.kept(&plain("t.feature"), "feature", any),
            WordField::Tag => self.tag(any, leads),
            WordField::Flag => {
                let test = self.words("(f.body ->> '$.flag.value')", any);
                format!("EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND {test})")
            }
            WordField::Reviewer => {
                let test = self.words("p.reviewer", any);
                format!(
                    "EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.active_ms IS NOT NULL AND {test})"
                )
            }
            WordField::Finish => self.output_words("o.finish", any),
            WordField::Error => self.output_words("o.error", any),
            WordField::Source => {
                let test = self.words("s.name", any);
                format!(
                    "EXISTS (SELECT 1 FROM output o JOIN raw r ON r.row = o.raw JOIN source s ON s.row = r.source
                     WHERE o.row = t.output AND {test})"
                )
            }
            WordField::Id => {
                let test = self.words("i.external_id", any);
                let id = self.words("lower(hex(t.id))", any);
                format!("(EXISTS (SELECT 1 FROM item i WHERE i.row = t.item AND {test}) OR {id})")
            }
            WordField::Dataset | WordField::Role => {
                let column = if field == WordField::Dataset {
                    "d.name"
                } else {
                    "d.role"
                };
                let test = self.words(column, any);
                format!(
                    "EXISTS (SELECT 1 FROM dataset_range g JOIN dataset d ON d.id = g.dataset
                     WHERE g.lo <= t.item AND g.hi >= t.item AND g.removed IS NULL AND {test})"
                )
            }
            WordField::Plan => self.words("CAST(t.plan AS TEXT)", any),
            WordField::Unscored => self.unscored(any),
            // Told with the search index, where it can be told.
            WordField::Lang => {
                let test = self.words("n.code", any);
                format!("EXISTS (SELECT 1 FROM item_language n WHERE n.item = t.item AND {test})")
            }
        }
    }

    /// Few tickets fail, so they are listed once rather than looked up one by one.
    fn unscored(&mut self, any: &[Word]) -> String {
        let eval = self.scope.eval;
        let test = self.words("u.class", any);
        format!(
            "t.row IN (SELECT u.ticket FROM job w JOIN job_failure u ON u.job = w.row WHERE w.eval = {eval} AND {test})"
        )
    }

    fn tag(&mut self, any: &[Word], leads: bool) -> String {
        let eval = self.scope.eval;
        let test = self.kept("g.tag", "tag", any);
        if leads {
            format!("t.row IN (SELECT g.ticket FROM ticket_tag g WHERE g.eval = {eval} AND {test})")
        } else {
            format!(
                "EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.row AND g.eval = {eval} AND {test})"
            )
        }
    }

    fn output_words(&mut self, column: &str, any: &[Word]) -> String {
        let test = self.words(column, any);
        format!("EXISTS (SELECT 1 FROM output o WHERE o.row = t.output AND {test})")
    }

    fn states(any: &[Word], leads: bool) -> String {
        let settled = leads && states_meant(any).all(|state| !state.waits());
        let column = if leads {
            "t.state".to_owned()
        } else {
            dialect::unindexed("t.state")
        };
        // The partial indexes are only considered when the condition says what they leave out.
        format!(
            "({column} IN ({}){})",
            states_of(any),
            if settled { " AND t.state > 0" } else { "" }
        )
    }

    /// Any of the stored values that the words mean, spelled as stored so that an index can lead.
    fn kept(&mut self, column: &str, field: &'static str, any: &[Word]) -> String {
        let values = self.kept.get(field).cloned().unwrap_or_default();
        let meant = values
            .into_iter()
            .filter(|value| any.iter().any(|word| matches(word, value)));
        let list: Vec<String> = meant.map(|value| self.arg(Arg::Text(value))).collect();
        format!("{column} IN ({})", list.join(", "))
    }

    fn words(&mut self, column: &str, any: &[Word]) -> String {
        words_of(column, any, |arg| self.arg(arg))
    }
}

/// Any of the words; case is ignored for ASCII letters, as the database does. `arg` takes a parameter and gives its
/// place.
pub(super) fn words_of(column: &str, any: &[Word], mut arg: impl FnMut(Arg) -> String) -> String {
    let mut tests = Vec::with_capacity(any.len());
    for word in any {
        if word.prefix {
            let low = arg(Arg::Text(format!("{}%", like(&word.text))));
            tests.push(format!("{column} LIKE {low} ESCAPE '\\'"));
        } else {
            let text = arg(Arg::Text(word.text.to_ascii_lowercase()));
            tests.push(format!("lower({column}) = {text}"));
        }
    }
    format!("({})", tests.join(" OR "))
}

fn states_meant(any: &[Word]) -> impl Iterator<Item = State> + '_ {
    let hit = |state: &State| any.iter().any(|word| matches(word, state.name()));
    State::ALL.into_iter().filter(hit)
}

/// The states that words mean, as a list of numbers.
pub(super) fn states_of(any: &[Word]) -> String {
    let numbers = states_meant(any).map(|state| (state as i64).to_string());
    numbers.collect::<Vec<_>>().join(", ")
}

fn output(column: &str) -> String {
    format!("(SELECT {column} FROM output o WHERE o.row = t.output)")
}

fn like(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn has(thing: Thing) -> &'static str {
    match thing {
        Thing::Correction => "t.corrected = 1",
        Thing::Flag => "t.flagged = 1",
        Thing::Tag => "EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.row)",
        Thing::Feature => "t.feature IS NOT NULL",
        Thing::Score => "t.score IS NOT NULL",
        Thing::Judge => "EXISTS (SELECT 1 FROM verdict v WHERE v.ticket = t.row)",
        Thing::Review => "EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.active_ms IS NOT NULL)",
        Thing::Note => {
            "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND (json_array_length(f.body, '$.notes') > 0
              OR f.body ->> '$.reviews[0].first.note.text' IS NOT NULL))"
        }
        Thing::Comment => {
            "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND json_array_length(f.body, '$.comments') > 0)"
        }
        Thing::Reference => {
            "EXISTS (SELECT 1 FROM item i WHERE i.row = t.item AND (i.reference IS NOT NULL OR i.reference_at IS NOT NULL))"
        }
        Thing::Error => "EXISTS (SELECT 1 FROM output o WHERE o.row = t.output AND o.error IS NOT NULL)",
        Thing::Tool => "EXISTS (SELECT 1 FROM output o JOIN raw r ON r.row = o.raw WHERE o.row = t.output AND instr(r.body, 'tool_calls') > 0)",
        Thing::Plan => "t.plan > 0",
        Thing::Warning => WARNED,
        Thing::Suggestion => "EXISTS (SELECT 1 FROM suggestion s WHERE s.ticket = t.row)",
    }
}
