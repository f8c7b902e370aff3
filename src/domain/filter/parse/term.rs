//! Terms: a field, an operator and its values, read into the test they mean.

use super::super::field::{Measure, TABLE, Thing, WordField};
use super::super::lex::Value;
use super::super::{Expr, Op, Test, Word, value};
use super::{FilterError, Parser};
use crate::domain::nearest::nearest;

impl Parser<'_> {
    pub(super) fn term(
        &mut self,
        start: usize,
        field: &str,
        op: &str,
        values: &[Value],
    ) -> Result<Expr, FilterError> {
        if let Some(empty) = values
            .iter()
            .find(|value| value.text.is_empty() && !value.quoted && !value.star)
        {
            return Err(self.error(
                empty.end,
                format!("`{field}{op}` needs a value"),
                Self::example(field),
            ));
        }
        let lower = field.to_lowercase();
        let (op, negate) = if op == "!=" { (":", true) } else { (op, false) };
        let expr = self.any_of(start, field, &lower, op, values)?;
        Ok(if negate { expr.negate() } else { expr })
    }

    fn any_of(
        &mut self,
        start: usize,
        field: &str,
        lower: &str,
        op: &str,
        values: &[Value],
    ) -> Result<Expr, FilterError> {
        if let Some(word) = WordField::ALL.into_iter().find(|word| word.name() == lower) {
            self.equality(start, lower, op)?;
            return self.words(start, word, values);
        }
        let mut parts = Vec::new();
        for value in values {
            let part = match lower {
                "text" | "has" | "no" | "mine" => {
                    self.equality(start, lower, op)?;
                    match lower {
                        "text" => self.text(value)?,
                        "mine" => self.mine(value)?,
                        _ => self.has(value)?,
                    }
                }
                "time" => self.time(op, value)?,
                _ => {
                    let measure = self.measure(start, field, lower)?;
                    self.compare(&measure, op, value)?
                }
            };
            parts.push(part);
        }
        let several = parts.len() > 1;
        if several && !matches!(op, ":" | "=") {
            return Err(self.error(
                start,
                format!("`{lower}{op}` takes one value"),
                "commas mean any of, which needs `:`",
            ));
        }
        let Some(any) = Expr::any(parts) else {
            return Err(self.error(start, "a value is missing", Self::example(field)));
        };
        Ok(if lower == "no" { any.negate() } else { any })
    }

    fn equality(&self, start: usize, field: &str, op: &str) -> Result<(), FilterError> {
        if matches!(op, ":" | "=") {
            return Ok(());
        }
        Err(self.error(
            start,
            format!("`{field}` holds words and has no order for `{op}`"),
            Self::example(field),
        ))
    }

    fn words(
        &mut self,
        start: usize,
        field: WordField,
        values: &[Value],
    ) -> Result<Expr, FilterError> {
        let mut any = Vec::with_capacity(values.len());
        for value in values {
            let closed = field.closed_words();
            let lower = value.text.to_lowercase();
            if !closed.is_empty() && !value.star && !closed.contains(&lower.as_str()) {
                let hint = match nearest(&lower, closed.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are: {}", closed.join(", ")),
                };
                return Err(self.error(
                    value.start,
                    format!("`{}` is no {}", value.text, field.name()),
                    hint,
                ));
            }
            let text = if closed.is_empty() {
                value.text.clone()
            } else {
                lower
            };
            any.push(Word {
                text,
                prefix: value.star,
            });
        }
        self.terms += values.len() - 1;
        self.test(start, Test::Is { field, any })
    }

    fn has(&mut self, value: &Value) -> Result<Expr, FilterError> {
        let Some(thing) = Thing::named(&value.text) else {
            let known = Thing::ALL.map(Thing::name);
            let hint = match nearest(&value.text, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are: {}", known.join(", ")),
            };
            return Err(self.error(
                value.start,
                format!("a ticket cannot have `{}`", value.text),
                hint,
            ));
        };
        self.test(value.start, Test::Has(thing))
    }

    fn mine(&mut self, value: &Value) -> Result<Expr, FilterError> {
        let mine = match value.text.to_lowercase().as_str() {
            "yes" | "true" => true,
            "no" | "false" => false,
            _ => {
                return Err(self.error(
                    value.start,
                    "`mine` is yes or no",
                    "write `mine:yes` or `mine:no`",
                ));
            }
        };
        let test = self.test(value.start, Test::Mine)?;
        Ok(if mine { test } else { test.negate() })
    }

    fn measure(&self, start: usize, field: &str, lower: &str) -> Result<Measure, FilterError> {
        if let Some(measure) = Measure::ALL
            .into_iter()
            .find(|measure| measure.name() == lower)
        {
            return Ok(measure);
        }
        let named = if lower.starts_with("level.") {
            field.get("level.".len()..)
        } else {
            None
        };
        let asked = named.unwrap_or(field);
        match self.questions {
            Some(questions) => {
                if let Some(question) = questions
                    .iter()
                    .find(|question| question.eq_ignore_ascii_case(asked))
                {
                    return Ok(Measure::Level((*question).to_owned()));
                }
            }
            None if named.is_some_and(crate::domain::rubric::valid_id) => {
                return Ok(Measure::Level(asked.to_owned()));
            }
            None => {}
        }
        let questions = self.questions.unwrap_or_default();
        let known: Vec<&str> = TABLE
            .iter()
            .map(|info| info.name)
            .filter(|name| *name != "level")
            .collect();
        let near = nearest(
            asked,
            questions.iter().copied().chain(known.iter().copied()),
        );
        let hint = match near {
            Some(near) if named.is_some() && questions.contains(&near) => {
                format!("did you mean `level.{near}`?")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None if named.is_some() || lower == "level" => {
                "write `level.` and the id of a question, such as `level.tone<=2`".to_owned()
            }
            None => format!(
                "there are: {}; put the text in quotes to search for it",
                known.join(", ")
            ),
        };
        let what = if named.is_some() { "question" } else { "field" };
        Err(self.error(start, format!("unknown {what} `{asked}`"), hint))
    }

    /// Somebody who thinks in levels would write a test that holds for everything or nothing.
    fn on_scale(
        &self,
        measure: &Measure,
        op: &str,
        value: &Value,
        number: f64,
    ) -> Result<f64, FilterError> {
        let is_score = matches!(measure, Measure::Score | Measure::Judge);
        if !is_score || (0.0..=1.0).contains(&number) {
            return Ok(number);
        }
        let (name, op) = (
            measure.name(),
            if matches!(op, ":" | "=") { ">=" } else { op },
        );
        Err(self.error(
            value.start,
            format!(
                "`{name}` runs from 0, the worst, to 1, the best, whatever the levels are; `{}` lies outside",
                value.text
            ),
            format!("write a share, such as `{name}{op}0.8` or `{name}{op}80%`"),
        ))
    }

    fn compare(&mut self, measure: &Measure, op: &str, value: &Value) -> Result<Expr, FilterError> {
        if value.star {
            return Err(self.error(
                value.start,
                format!("`{}` holds numbers, which have no endings", measure.name()),
                Self::example(&measure.name()),
            ));
        }
        let read = |text: &str| value::number(measure, text);
        let refuse = |hint| {
            self.error(
                value.start,
                format!("`{}` is no number for `{}`", value.text, measure.name()),
                hint,
            )
        };
        let on_scale = |number| self.on_scale(measure, op, value, number);
        if let (":" | "=", Some((low, high))) = (op, value.text.split_once("..")) {
            let (low, high) = (read(low).map_err(refuse)?, read(high).map_err(refuse)?);
            let (low, high) = (on_scale(low)?, on_scale(high)?);
            let low = self.test(
                value.start,
                Test::Compare {
                    measure: measure.clone(),
                    op: Op::Ge,
                    value: low,
                },
            )?;
            let high = self.test(
                value.start,
                Test::Compare {
                    measure: measure.clone(),
                    op: Op::Le,
                    value: high,
                },
            )?;
            return Ok(Expr::And(vec![low, high]));
        }
        let number = on_scale(read(&value.text).map_err(refuse)?)?;
        self.test(
            value.start,
            Test::Compare {
                measure: measure.clone(),
                op: operator(op),
                value: number,
            },
        )
    }

    /// A day means all of it: `time>2026-10-01` begins with the next day.
    fn time(&mut self, op: &str, value: &Value) -> Result<Expr, FilterError> {
        let refuse = |hint| self.error(value.start, format!("`{}` is no time", value.text), hint);
        let ends = value
            .text
            .split_once("..")
            .filter(|_| matches!(op, ":" | "="));
        let (from, to) = ends.unwrap_or((&value.text, &value.text));
        let from = value::moment(from).map_err(refuse)?;
        let to = value::moment(to).map_err(refuse)?;
        let mut test = |op, millis| self.test(value.start, Test::Time { op, millis });
        match operator(op) {
            Op::Eq => Ok(Expr::And(vec![test(Op::Ge, from.0)?, test(Op::Lt, to.1)?])),
            Op::Lt => test(Op::Lt, from.0),
            Op::Le => test(Op::Lt, to.1),
            Op::Gt => test(Op::Ge, to.1),
            Op::Ge => test(Op::Ge, from.0),
        }
    }

    fn example(field: &str) -> String {
        let name = if field.to_lowercase().starts_with("level.") {
            "level"
        } else {
            field
        };
        match TABLE
            .iter()
            .find(|info| info.name.eq_ignore_ascii_case(name))
        {
            Some(info) => format!("write for example `{}`", info.example),
            None => "write for example `tag:billing`".to_owned(),
        }
    }
}

fn operator(op: &str) -> Op {
    match op {
        "<" => Op::Lt,
        "<=" => Op::Le,
        ">" => Op::Gt,
        ">=" => Op::Ge,
        _ => Op::Eq,
    }
}
