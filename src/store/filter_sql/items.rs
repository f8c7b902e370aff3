//! Filters over everything imported: conditions on an item `i`, an output `o` of it and a ticket `t` on that output,
//! of which the last two may be absent. An item is taken if any of its outputs passes.
//!
//! Each test asks what it asks in an eval. What only a ticket has (state, scores, reviews) no output without one has,
//! and what the item has (source, text, dataset) needs none.

use super::write::{states_of, words_of};
use super::{Arg, WARNED};
use crate::domain::filter::{Expr, Filter, Measure, Test, Thing, Word, WordField};
use crate::store::dialect;

/// Who asks, and how typed words become a full-text query.
pub struct Asker<'a> {
    /// Whose name `mine` means.
    pub reviewer: &'a str,
    /// Turns typed words into a full-text query.
    pub words: &'a dyn Fn(&str) -> Option<String>,
}

/// The condition and its parameters, numbered from `first`.
pub fn compile(filter: &Filter, asker: &Asker<'_>, first: usize) -> (String, Vec<Arg>) {
    let mut writer = Writer {
        asker,
        first,
        args: Vec::new(),
    };
    let sql = filter
        .root
        .as_ref()
        .map_or_else(|| "1".to_owned(), |root| writer.expr(root));
    (sql, writer.args)
}

struct Writer<'a> {
    asker: &'a Asker<'a>,
    first: usize,
    args: Vec<Arg>,
}

impl Writer<'_> {
    fn arg(&mut self, arg: Arg) -> String {
        self.args.push(arg);
        format!("?{}", self.first + self.args.len() - 1)
    }

    fn expr(&mut self, expr: &Expr) -> String {
        let list = |writer: &mut Self, parts: &[Expr], joiner: &str| {
            let parts: Vec<String> = parts.iter().map(|part| writer.expr(part)).collect();
            format!("({})", parts.join(joiner))
        };
        match expr {
            Expr::And(parts) => list(self, parts, " AND "),
            Expr::Or(parts) => list(self, parts, " OR "),
            Expr::Not(inner) => format!("NOT coalesce({}, 0)", self.expr(inner)),
            Expr::Test(test) => self.test(test),
        }
    }

    fn test(&mut self, test: &Test) -> String {
        match test {
            Test::Text(text) => match (self.asker.words)(text) {
                Some(query) => {
                    self.args.push(Arg::Text(query));
                    dialect::output_matches(self.first + self.args.len() - 1)
                }
                None => "1".into(),
            },
            Test::Is { field, any } => self.is(*field, any),
            Test::Compare { measure, op, value } => {
                let column = match measure {
                    Measure::Level(criterion) => {
                        return self.level(criterion, op.symbol(), *value);
                    }
                    Measure::Score => "t.score",
                    Measure::Judge => "t.judge",
                    Measure::Chars => "o.chars",
                    Measure::Tokens => "o.completion_tokens",
                    Measure::Cost => "o.cost_micros / 1000000.0",
                    Measure::Latency => "o.latency_ms",
                    Measure::Rerun => "o.position",
                };
                format!("{column} {} {}", op.symbol(), self.arg(Arg::Real(*value)))
            }
            Test::Time { op, millis } => {
                format!("o.time_ms {} {}", op.symbol(), self.arg(Arg::Int(*millis)))
            }
            Test::Has(thing) => has(*thing).to_owned(),
            Test::Mine => {
                let me = self.arg(Arg::Text(self.asker.reviewer.to_owned()));
                format!(
                    "(EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.reviewer = {me})
                      OR EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND f.body ->> 'assigned' = {me}))"
                )
            }
        }
    }

    fn level(&mut self, criterion: &str, op: &str, value: f64) -> String {
        let path = format!(
            "$.reviews[0].first.answers.\"{}\".level",
            criterion.replace('"', "")
        );
        let (path, value) = (self.arg(Arg::Text(path)), self.arg(Arg::Real(value)));
        format!(
            "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND json_extract(f.body, {path}) {op} {value})"
        )
    }

    fn words(&mut self, column: &str, any: &[Word]) -> String {
        words_of(column, any, |arg| {
            self.args.push(arg);
            format!("?{}", self.first + self.args.len() - 1)
        })
    }

    fn is(&mut self, field: WordField, any: &[Word]) -> String {
        let (before, column, behind) = match field {
            WordField::Status => return format!("t.state IN ({})", states_of(any)),
            WordField::Tag => return self.tag(any),
            WordField::Id => return self.id(any),
            WordField::Model => ("", "o.model", ""),
            WordField::Feature => ("", "o.feature", ""),
            WordField::Finish => ("", "o.finish", ""),
            WordField::Error => ("", "o.error", ""),
            WordField::Plan => ("", "CAST(t.plan AS TEXT)", ""),
            WordField::Flag => (
                "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND ",
                "(f.body ->> '$.flag.value')",
                ")",
            ),
            WordField::Reviewer => (
                "EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.active_ms IS NOT NULL AND ",
                "p.reviewer",
                ")",
            ),
            WordField::Source => (
                "EXISTS (SELECT 1 FROM raw r JOIN source s ON s.row = r.source WHERE r.row = coalesce(o.raw, i.raw) AND ",
                "s.name",
                ")",
            ),
            WordField::Dataset | WordField::Role => (
                "EXISTS (SELECT 1 FROM dataset_range g JOIN dataset d ON d.id = g.dataset
                  WHERE g.lo <= i.row AND g.hi >= i.row AND g.removed IS NULL AND ",
                if field == WordField::Dataset {
                    "d.name"
                } else {
                    "d.role"
                },
                ")",
            ),
            WordField::Unscored => (
                "EXISTS (SELECT 1 FROM job_failure u WHERE u.ticket = t.row AND ",
                "u.class",
                ")",
            ),
            WordField::Lang => (
                "EXISTS (SELECT 1 FROM item_language n WHERE n.item = i.row AND ",
                "n.code",
                ")",
            ),
        };
        format!("{before}{}{behind}", self.words(column, any))
    }

    /// A ticket's tags are the data's as people changed them; an output without one has the data's.
    fn tag(&mut self, any: &[Word]) -> String {
        let given = self.words("g.tag", any);
        let logged = self.words("j.value", any);
        format!(
            "CASE WHEN t.row IS NOT NULL THEN EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.row AND {given})
              ELSE EXISTS (SELECT 1 FROM json_each(coalesce(o.tags, '[]')) j WHERE {logged}) END"
        )
    }

    fn id(&mut self, any: &[Word]) -> String {
        let columns = ["i.external_id", "lower(hex(i.id))", "lower(hex(t.id))"];
        let tests = columns.map(|column| self.words(column, any));
        format!("({})", tests.join(" OR "))
    }
}

fn has(thing: Thing) -> &'static str {
    match thing {
        Thing::Correction => "t.corrected = 1",
        Thing::Suggestion => "EXISTS (SELECT 1 FROM suggestion s WHERE s.ticket = t.row)",
        Thing::Flag => "t.flagged = 1",
        Thing::Tag => {
            "(EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.row) OR t.row IS NULL AND o.tags IS NOT NULL)"
        }
        Thing::Feature => "o.feature IS NOT NULL",
        Thing::Score => "t.score IS NOT NULL",
        Thing::Judge => "EXISTS (SELECT 1 FROM verdict v WHERE v.ticket = t.row)",
        Thing::Review => {
            "EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.active_ms IS NOT NULL)"
        }
        Thing::Note => {
            "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND (json_array_length(f.body, '$.notes') > 0
              OR f.body ->> '$.reviews[0].first.note.text' IS NOT NULL))"
        }
        Thing::Comment => {
            "EXISTS (SELECT 1 FROM ticket_fold f WHERE f.ticket = t.row AND json_array_length(f.body, '$.comments') > 0)"
        }
        Thing::Reference => "(i.reference IS NOT NULL OR i.reference_at IS NOT NULL)",
        Thing::Error => "o.error IS NOT NULL",
        Thing::Tool => {
            "EXISTS (SELECT 1 FROM raw r WHERE r.row = coalesce(o.raw, i.raw) AND instr(r.body, 'tool_calls') > 0)"
        }
        Thing::Plan => "t.plan > 0",
        Thing::Warning => WARNED,
    }
}
