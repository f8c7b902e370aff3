//! Reading `[[check]]` tables, and compiling what they hold to see that it can run.

use regex::RegexBuilder;

use super::Resolve;
use super::parse::text_or_file;
use super::reader::{Reader, Table, shown};
use crate::domain::nearest::nearest;
use crate::domain::rubric::{
    Check, CheckTest, Kind, Language, Mode, OnFail, PATTERN_SIZE_LIMIT, Problem, Rubric, Severity,
};

const COMMON: [&str; 4] = ["id", "type", "criterion", "on_fail"];

/// The check of one table. What could not be read is reported and stands in as `json`, so that later
/// checks keep their places.
pub(super) fn parse(
    reader: &mut Reader<'_>,
    table: &Table<'_, '_>,
    kind: Kind,
    resolve: Resolve<'_>,
) -> Check {
    let name = reader.required(table, "type");
    let Some(own) = keys_of(&name) else {
        if let Some(value) = table.get("type") {
            let hint = match nearest(&name, CheckTest::NAMES) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are: {}", CheckTest::NAMES.join(", ")),
            };
            reader.error(
                "bad_value",
                value.span().start,
                format!("`{}` is no type of check", shown(&name)),
                hint,
            );
        }
        let id = reader.prose(table, "id").unwrap_or_default();
        return Check {
            id,
            test: CheckTest::Json,
            criterion: None,
            on_fail: OnFail::Note,
        };
    };
    let allowed: Vec<&str> = COMMON.iter().chain(own).copied().collect();
    reader.allow(table, &allowed);
    let id = reader.required(table, "id");
    let criterion = reader.prose(table, "criterion");
    let on_fail = on_fail(reader, table, kind, criterion.is_some());
    let test = test(reader, table, &name, resolve).unwrap_or(CheckTest::Json);
    Check {
        id,
        test,
        criterion,
        on_fail,
    }
}

fn keys_of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "regex" | "not_regex" => &["pattern"],
        "contains" => &["text", "mode", "ignore_case"],
        "max_chars" | "min_chars" | "no_echo" => &["chars"],
        "json" => &[],
        "json_schema" => &["schema", "schema_file"],
        "language" => &["language"],
        "equals" => &["text", "ignore_case"],
        _ => return None,
    })
}

fn test(
    reader: &mut Reader<'_>,
    table: &Table<'_, '_>,
    name: &str,
    resolve: Resolve<'_>,
) -> Option<CheckTest> {
    let ignore_case = reader.boolean(table, "ignore_case").unwrap_or(false);
    Some(match name {
        "regex" => CheckTest::Regex {
            pattern: needed(reader, table, "pattern", Reader::string)?,
        },
        "not_regex" => CheckTest::NotRegex {
            pattern: needed(reader, table, "pattern", Reader::string)?,
        },
        "contains" => {
            let modes = [("all", Mode::All), ("any", Mode::Any)];
            let mode = reader.word(table, "mode", &modes).unwrap_or(Mode::All);
            CheckTest::Contains {
                text: needed(reader, table, "text", Reader::strings)?,
                mode,
                ignore_case,
            }
        }
        "max_chars" => CheckTest::MaxChars {
            chars: needed(reader, table, "chars", Reader::whole)?,
        },
        "min_chars" => CheckTest::MinChars {
            chars: needed(reader, table, "chars", Reader::whole)?,
        },
        "json" => CheckTest::Json,
        "json_schema" => CheckTest::JsonSchema {
            schema: schema(reader, table, resolve)?,
        },
        "language" => {
            let codes = needed(reader, table, "language", Reader::strings)?;
            let language = if codes == ["input"] {
                Language::Input
            } else {
                Language::OneOf(codes)
            };
            CheckTest::Language { language }
        }
        "equals" => CheckTest::Equals {
            text: reader.string(table, "text"),
            ignore_case,
        },
        _ => CheckTest::NoEcho {
            chars: reader.whole(table, "chars"),
        },
    })
}

/// A parameter the check cannot do without.
fn needed<'t, T>(
    reader: &mut Reader<'t>,
    table: &Table<'_, '_>,
    key: &str,
    get: fn(&mut Reader<'t>, &Table<'_, '_>, &str) -> Option<T>,
) -> Option<T> {
    if table.get(key).is_none() {
        let name = table
            .get("type")
            .and_then(|value| value.get_ref().as_str())
            .unwrap_or_default();
        reader.error(
            "missing_key",
            table.span.start,
            format!("a `{name}` check needs `{key}`"),
            format!("add `{key} = ...`"),
        );
    }
    get(reader, table, key)
}

fn schema(reader: &mut Reader<'_>, table: &Table<'_, '_>, resolve: Resolve<'_>) -> Option<String> {
    if table.get("schema").is_none() && table.get("schema_file").is_none() {
        reader.error(
            "missing_key",
            table.span.start,
            "a `json_schema` check needs a schema",
            "add `schema_file = \"answer.schema.json\"`, or the schema itself as `schema = '''...'''`",
        );
    }
    text_or_file(reader, table, "schema", "schema_file", resolve).map(|text| text.trim().to_owned())
}

fn on_fail(
    reader: &mut Reader<'_>,
    table: &Table<'_, '_>,
    kind: Kind,
    has_criterion: bool,
) -> OnFail {
    // Without a word from the author, a check that sets a level does just that, one that covers the
    // whole output fails it, and one that compares candidates can only be told.
    let default = if has_criterion || kind == Kind::Pairwise {
        OnFail::Note
    } else {
        OnFail::Zero
    };
    let Some(text) = reader.prose(table, "on_fail") else {
        return default;
    };
    match text.as_str() {
        "zero" => return OnFail::Zero,
        "note" => return OnFail::Note,
        _ => {}
    }
    if let Some(level) = text
        .strip_prefix("cap:")
        .and_then(|level| level.trim().parse().ok())
    {
        return OnFail::Cap(level);
    }
    let offset = table
        .get("on_fail")
        .map_or(table.span.start, |value| value.span().start);
    reader.error(
        "bad_value",
        offset,
        format!("`on_fail` cannot be `{}`", shown(&text)),
        "write `zero`, `note`, or `cap:` and a level, such as `cap:2`",
    );
    default
}

/// Patterns and schemas that do not compile, named by the place of the check in the rubric.
pub(super) fn uncompilable(rubric: &Rubric) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (n, check) in rubric.checks.iter().enumerate() {
        let (code, key, reason, hint) = match &check.test {
            CheckTest::Regex { pattern } | CheckTest::NotRegex { pattern } => (
                "bad_regex",
                "pattern",
                pattern_error(pattern),
                "see the syntax of the Rust regex crate: no look-around, no back-references; `'...'` quotes keep backslashes as they are",
            ),
            CheckTest::JsonSchema { schema } => (
                "bad_schema",
                "schema",
                schema_error(schema),
                "the schema must be one JSON object that stands alone, without references to other documents",
            ),
            _ => continue,
        };
        let Some(reason) = reason else { continue };
        problems.push(Problem {
            severity: Severity::Error,
            code,
            place: format!("check[{n}].{key}"),
            message: format!("check `{}` cannot run: {reason}", check.id),
            hint: hint.to_owned(),
        });
    }
    problems
}

fn pattern_error(pattern: &str) -> Option<String> {
    let error = RegexBuilder::new(pattern)
        .size_limit(PATTERN_SIZE_LIMIT)
        .build()
        .err()?;
    // The crate draws the pattern over several lines; its last line is the reason.
    let text = error.to_string();
    let reason = text
        .lines()
        .last()
        .unwrap_or_default()
        .trim()
        .trim_start_matches("error: ")
        .to_owned();
    Some(reason)
}

fn schema_error(schema: &str) -> Option<String> {
    let value: serde_json::Value = match serde_json::from_str(schema) {
        Ok(value) => value,
        Err(error) => return Some(format!("the schema is not JSON: {error}")),
    };
    if !value.is_object() {
        return Some("the schema is no JSON object".to_owned());
    }
    jsonschema::validator_for(&value)
        .err()
        .map(|error| format!("not a JSON schema: {}", shown(&error.to_string())))
}
