//! `--map field=column`: changes to an inferred or loaded mapping.

use super::{LabelColumns, Mapping, OutputColumns, ProfileError, Source, kind_of};
use std::collections::BTreeMap;

/// The fields `--map` knows, for its error message and help.
const FIELDS: &str = "`request`, `output`, `system`, `reference`, `correction`, `id`, `model`, `feature`, `tags`, `time`, `latency_ms`, `latency_s`, `first_token_ms`, `cost`, `finish`, `error`, `human.CRITERION`, `judge.CRITERION` and `code.CRITERION`";

/// Fields that take several columns in one entry.
const LISTS: [&str; 10] = [
    "request",
    "tags",
    "output",
    "model",
    "latency_ms",
    "latency_s",
    "first_token_ms",
    "cost",
    "finish",
    "error",
];

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
            "model" | "latency_ms" | "latency_s" | "first_token_ms" | "cost" | "finish"
            | "error" => {
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
                "latency_s" => output.latency_s = Some(column),
                "first_token_ms" => output.first_token_ms = Some(column),
                "cost" => output.cost = Some(column),
                "finish" => output.finish = Some(column),
                _ => output.error = Some(column),
            }
        }
        Ok(())
    }
}

/// Refuses two entries for one field: the later one would silently take the place of the first.
pub fn refuse_twice(entries: &[String]) -> Result<(), ProfileError> {
    let field = |entry: &str| {
        entry
            .split_once('=')
            .map(|(field, _)| field.trim().to_owned())
    };
    for (at, entry) in entries.iter().enumerate() {
        let Some(name) = field(entry) else { continue };
        let Some(before) = entries[..at]
            .iter()
            .find(|one| field(one).as_ref() == Some(&name))
        else {
            continue;
        };
        let several = LISTS.contains(&name.as_str());
        let both = format!(
            "{before},{}",
            entry.split_once('=').map_or("", |(_, to)| to.trim())
        );
        return Err(ProfileError {
            line: 0,
            column: 0,
            reason: format!(
                "`--map {before}` and `--map {entry}` both say which column `{name}` is in"
            ),
            hint: Some(if several {
                format!("for both, write one entry: `--map {both}`; else leave one out")
            } else {
                format!("`{name}` is in one column: leave one of the two out")
            }),
        });
    }
    Ok(())
}

/// The columns a `field=column` entry names; none where the entry cannot be read.
pub fn named_columns(entry: &str) -> Vec<String> {
    let Some((field, column)) = entry.split_once('=') else {
        return Vec::new();
    };
    if LISTS.contains(&field.trim()) {
        list(column)
    } else {
        vec![column.trim().to_owned()]
    }
}

fn list(columns: &str) -> Vec<String> {
    let names = columns
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_entries_for_one_field_are_refused_with_both_named() {
        let entries = |list: &[&str]| list.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>();
        for (list, said) in [
            (
                ["output=a", "output=b"],
                "`--map output=a` and `--map output=b`",
            ),
            (["id=a", " id =b"], "`--map id=a` and `--map  id =b`"),
            (
                ["judge.q=a", "judge.q=b"],
                "both say which column `judge.q` is in",
            ),
        ] {
            let error = refuse_twice(&entries(&list)).unwrap_err();
            assert!(error.reason.contains(said), "{}", error.reason);
        }
        let error = refuse_twice(&entries(&["output=a", "output=b"])).unwrap_err();
        assert!(error.hint.unwrap().contains("`--map output=a,b`"));
        let apart = entries(&["output=a,b", "request=q", "judge.q=a", "human.q=b"]);
        assert!(refuse_twice(&apart).is_ok());
    }
}
