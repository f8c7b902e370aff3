//! `--map field=column`: changes to an inferred or loaded mapping.

use super::{LabelColumns, Mapping, OutputColumns, ProfileError, Source, kind_of};
use std::collections::BTreeMap;

/// The fields `--map` knows, for its error message and help.
const FIELDS: &str = "`request`, `output`, `system`, `reference`, `correction`, `id`, `model`, `feature`, `tags`, `time`, `latency_ms`, `cost`, `finish`, `error`, `human.CRITERION`, `judge.CRITERION` and `code.CRITERION`";

impl Mapping {
    /// Applies one `field=column` entry. `request`, `tags` and `output` take several columns, separated by
    /// commas; several outputs are candidates of one request, compared with each other.
    pub fn set(&mut self, entry: &str) -> Result<(), ProfileError> {
        let wrong = |reason: String| ProfileError {
            line: 0,
            column: 0,
            reason: format!("cannot read `--map {entry}`: {reason}"),
            hint: Some(format!(
                "write `--map FIELD=COLUMN`; the fields are {FIELDS}"
            )),
        };
        let (field, column) = entry
            .split_once('=')
            .map(|(field, column)| (field.trim(), column.trim()))
            .filter(|(_, column)| !column.is_empty())
            .ok_or_else(|| wrong("it names no column".into()))?;
        let one = || Some(column.to_owned());
        match field {
            "id" => self.id = one(),
            "system" => self.system = one(),
            "reference" => self.reference = one(),
            "correction" => self.correction = one(),
            "feature" => self.feature = one(),
            "time" => self.time = one(),
            "request" => self.request = list(column),
            "tags" => self.tags = list(column),
            "output" => self.set_outputs(column),
            "model" | "latency_ms" | "cost" | "finish" | "error" => {
                return self.set_detail(field, column).map_err(wrong);
            }
            _ => {
                let known = field.split_once('.');
                let known = known.and_then(|(kind, name)| Some((kind_of(kind)?, name)));
                let Some((kind, criterion)) = known.filter(|(_, name)| !name.is_empty()) else {
                    return Err(wrong(format!("`{field}` is no field")));
                };
                self.labels
                    .retain(|l| (l.kind, l.criterion.as_str()) != (kind, criterion));
                self.labels.push(LabelColumns {
                    column: column.to_owned(),
                    criterion: criterion.to_owned(),
                    kind,
                    author: None,
                    author_column: None,
                    reason: None,
                    output: None,
                    values: BTreeMap::new(),
                });
            }
        }
        Ok(())
    }

    fn set_outputs(&mut self, columns: &str) {
        let mut before = std::mem::take(&mut self.outputs).into_iter();
        let outputs = list(columns).into_iter().map(|text| OutputColumns {
            text,
            ..before.next().unwrap_or_default()
        });
        self.outputs = outputs.collect();
        self.pairwise = self.outputs.len() > 1;
    }

    /// One column goes to every output, a list to each in turn.
    fn set_detail(&mut self, field: &str, columns: &str) -> Result<(), String> {
        if self.outputs.is_empty() {
            return Err("it needs an output: give `--map output=COLUMN` before it".into());
        }
        let columns = list(columns);
        for (at, output) in self.outputs.iter_mut().enumerate() {
            let Some(column) = columns.get(at).or(columns.first()).cloned() else {
                continue;
            };
            match field {
                "model" => output.model = Some(Source::Column(column)),
                "latency_ms" => output.latency_ms = Some(column),
                "cost" => output.cost = Some(column),
                "finish" => output.finish = Some(column),
                _ => output.error = Some(column),
            }
        }
        Ok(())
    }
}

/// The columns a `field=column` entry names; none where the entry cannot be read.
pub fn named_columns(entry: &str) -> Vec<String> {
    let Some((field, column)) = entry.split_once('=') else {
        return Vec::new();
    };
    match field.trim() {
        "request" | "tags" | "output" | "model" | "latency_ms" | "cost" | "finish" | "error" => {
            list(column)
        }
        _ => vec![column.trim().to_owned()],
    }
}

fn list(columns: &str) -> Vec<String> {
    let names = columns
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}
