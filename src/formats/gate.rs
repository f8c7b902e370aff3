//! Gate files: a release rule in TOML, read strictly.
//!
//! A key that is not known, a value of another kind, a rule that cannot be met or cannot fail: each is refused with
//! its line and column, and with what was probably meant. Nothing is guessed.

use toml::de::DeTable;

use super::rubric::reader::{Reader, Table};
use super::rubric::{Finding, RubricError};
use crate::domain::gate::{
    Asked, Basis, CHECK_SECONDS, Check, Floor, FloorOf, GateRule, Metric, Quality, ReleaseFile,
    impossible,
};
use crate::domain::rubric::Severity;

/// The only schema number there is.
const SCHEMA: i64 = 1;

/// Reads a gate file. `file` is its name as the person gave it, for messages.
pub fn parse(file: &str, text: &str) -> Result<GateRule, RubricError> {
    let refused = |findings| RubricError {
        file: file.to_owned(),
        findings,
    };
    let mut reader = Reader::of("a gate", text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        reader.error(
            "syntax",
            at,
            format!("not TOML: {}", error.message().trim().replace('\n', ", ")),
            "texts stand in quotes, and a key appears once per table",
        );
    }
    // What is left of a broken tree misleads.
    if !errors.is_empty() {
        return Err(refused(reader.findings));
    }
    let table = Table {
        path: String::new(),
        span: root.span(),
        map: root.get_ref(),
    };
    let rule = rule(&mut reader, &table);
    for problem in impossible(&rule) {
        reader.problem(problem);
    }
    let mut findings = reader.findings;
    if findings
        .iter()
        .all(|one: &Finding| one.severity != Severity::Error)
    {
        return Ok(rule);
    }
    findings.sort_by_key(|one| (one.line, one.column));
    Err(refused(findings))
}

fn rule(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> GateRule {
    reader.allow(
        root,
        &[
            "schema",
            "basis",
            "alpha",
            "looks",
            "baseline",
            "candidate",
            "quality",
            "floor",
            "evidence",
            "reruns",
            "limits",
            "check",
            "file",
            "approval",
        ],
    );
    schema(reader, root);
    let usual = GateRule::default();
    let mut rule = GateRule {
        basis: reader
            .word(
                root,
                "basis",
                &[("judge", Basis::Judge), ("human", Basis::Human)],
            )
            .unwrap_or_default(),
        alpha: reader.number(root, "alpha").unwrap_or(usual.alpha),
        looks: reader.whole(root, "looks").unwrap_or(usual.looks),
        baseline: reader.string(root, "baseline"),
        candidate: reader.string(root, "candidate"),
        floors: floors(reader, root),
        checks: checks(reader, root),
        files: files(reader, root),
        ..usual
    };
    quality(reader, root, &mut rule);
    evidence(reader, root, &mut rule);
    limits(reader, root, &mut rule);
    approval(reader, root, &mut rule);
    rule
}

fn schema(reader: &mut Reader<'_>, root: &Table<'_, '_>) {
    let number = reader.integer(root, "schema");
    if number.is_some_and(|number| number != SCHEMA) {
        let at = root.get("schema").map_or(0, |value| value.span().start);
        reader.error(
            "bad_value",
            at,
            "this gate was written for another docket",
            format!("this one knows `schema = {SCHEMA}`"),
        );
    }
}

fn quality(reader: &mut Reader<'_>, root: &Table<'_, '_>, rule: &mut GateRule) {
    let Some(table) = reader.table(root, "quality") else {
        return;
    };
    reader.allow(
        &table,
        &[
            "min_mean",
            "min_pass_rate",
            "margin",
            "margin_pass_rate",
            "better",
        ],
    );
    for (key, metric, asked) in [
        ("min_mean", Metric::Mean, Asked::AtLeast as fn(f64) -> Asked),
        ("min_pass_rate", Metric::PassRate, Asked::AtLeast),
        ("margin", Metric::Mean, Asked::WithinMargin),
        ("margin_pass_rate", Metric::PassRate, Asked::WithinMargin),
    ] {
        if let Some(value) = reader.number(&table, key) {
            rule.quality.push(Quality {
                metric,
                asked: asked(value),
            });
        }
    }
    for word in reader.strings(&table, "better").unwrap_or_default() {
        let metric = [Metric::Mean, Metric::PassRate]
            .into_iter()
            .find(|metric| metric.name() == word);
        if let Some(metric) = metric {
            rule.quality.push(Quality {
                metric,
                asked: Asked::Better,
            });
        } else {
            let at = table.get("better").map_or(0, |value| value.span().start);
            reader.error(
                "bad_value",
                at,
                format!(
                    "`better` cannot be `{}`",
                    super::rubric::reader::shown(&word)
                ),
                "write `better = \"mean\"` or `better = \"pass_rate\"`",
            );
        }
    }
}

fn floors(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Vec<Floor> {
    let mut floors = Vec::new();
    for table in reader.tables(root, "floor") {
        reader.allow(&table, &["tag", "criterion", "min_mean", "min_pass_rate"]);
        let of = match (
            reader.string(&table, "tag"),
            reader.string(&table, "criterion"),
        ) {
            (Some(tag), None) => FloorOf::Tag(tag),
            (None, Some(criterion)) => FloorOf::Criterion(criterion),
            _ => {
                reader.error(
                    "bad_value",
                    table.span.start,
                    "a floor is about one `tag` or one `criterion`",
                    "write one of the two; for several write several `[[floor]]`",
                );
                continue;
            }
        };
        let mean = reader.number(&table, "min_mean");
        let rate = reader.number(&table, "min_pass_rate");
        let (metric, at_least) = match (mean, rate, &of) {
            (None, Some(value), _) => (Metric::PassRate, value),
            (Some(value), None, FloorOf::Tag(_)) => (Metric::Mean, value),
            _ => {
                reader.error(
                    "bad_value",
                    table.span.start,
                    "a floor of a tag has `min_mean` or `min_pass_rate`, one of a criterion `min_pass_rate`",
                    "write `min_pass_rate = 0.9`",
                );
                continue;
            }
        };
        floors.push(Floor {
            of,
            metric,
            at_least,
        });
    }
    floors
}

fn evidence(reader: &mut Reader<'_>, root: &Table<'_, '_>, rule: &mut GateRule) {
    let Some(table) = reader.table(root, "evidence") else {
        return;
    };
    reader.allow(
        &table,
        &[
            "min_items",
            "min_clusters",
            "min_labels",
            "max_failed",
            "max_unscored",
            "min_agreement",
        ],
    );
    rule.min_items = reader.whole(&table, "min_items").unwrap_or(rule.min_items);
    rule.min_clusters = reader
        .whole(&table, "min_clusters")
        .unwrap_or(rule.min_clusters);
    rule.min_labels = reader
        .whole(&table, "min_labels")
        .unwrap_or(rule.min_labels);
    rule.max_failed = reader
        .number(&table, "max_failed")
        .unwrap_or(rule.max_failed);
    rule.max_unscored = reader
        .number(&table, "max_unscored")
        .unwrap_or(rule.max_unscored);
    rule.min_agreement = reader.number(&table, "min_agreement");
}

fn limits(reader: &mut Reader<'_>, root: &Table<'_, '_>, rule: &mut GateRule) {
    if let Some(table) = reader.table(root, "reruns") {
        reader.allow(&table, &["min_runs", "max_flicker"]);
        rule.min_runs = reader.whole(&table, "min_runs").unwrap_or(rule.min_runs);
        rule.max_flicker = reader.number(&table, "max_flicker");
    }
    if let Some(table) = reader.table(root, "limits") {
        reader.allow(&table, &["p95_ms", "cost_per_1000"]);
        rule.max_p95_ms = reader.whole(&table, "p95_ms");
        rule.max_cost_per_1000_micros = reader
            .number(&table, "cost_per_1000")
            .map(|units| (units * 1_000_000.0).round() as i64);
    }
}

fn checks(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for table in reader.tables(root, "check") {
        reader.allow(&table, &["name", "run", "seconds"]);
        checks.push(Check {
            name: reader.required(&table, "name"),
            command: reader.required(&table, "run"),
            seconds: reader.whole(&table, "seconds").unwrap_or(CHECK_SECONDS),
        });
    }
    checks
}

fn files(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Vec<ReleaseFile> {
    let mut files = Vec::new();
    for table in reader.tables(root, "file") {
        reader.allow(&table, &["candidate", "path"]);
        files.push(ReleaseFile {
            candidate: reader.string(&table, "candidate"),
            path: reader.required(&table, "path"),
        });
    }
    files
}

fn approval(reader: &mut Reader<'_>, root: &Table<'_, '_>, rule: &mut GateRule) {
    let Some(table) = reader.table(root, "approval") else {
        return;
    };
    reader.allow(&table, &["approvers", "needed"]);
    rule.approvers = reader.strings(&table, "approvers").unwrap_or_default();
    rule.approvals = reader.whole(&table, "needed").unwrap_or(rule.approvals);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
schema = 1
basis = "human"
alpha = 0.025
looks = 2
baseline = "logged"

[quality]
min_mean = 0.8
margin_pass_rate = 0.05
better = "mean"

[[floor]]
tag = "billing"
min_pass_rate = 0.7

[[floor]]
criterion = "safe"
min_pass_rate = 0.95

[evidence]
min_items = 30
min_clusters = 10
min_labels = 40
max_failed = 0
max_unscored = 0.05
min_agreement = 0.6

[reruns]
min_runs = 3
max_flicker = 0.1

[limits]
p95_ms = 3000
cost_per_1000 = 2.5

[[check]]
name = "secrets"
run = "sh secrets.sh"

[[file]]
candidate = "b"
path = "adapters/b.safetensors"

[approval]
approvers = ["ana", "ben"]
needed = 2
"#;

    #[test]
    fn a_whole_file_says_what_it_means() {
        let rule = parse("gate.toml", WHOLE).unwrap();
        assert_eq!(
            (rule.basis, rule.alpha, rule.looks),
            (Basis::Human, 0.025, 2)
        );
        assert_eq!(rule.quality.len(), 3);
        assert_eq!(rule.floors[1].of, FloorOf::Criterion("safe".into()));
        assert_eq!((rule.min_labels, rule.max_failed), (40, 0.0));
        assert_eq!((rule.min_runs, rule.max_p95_ms), (3, Some(3000)));
        assert_eq!(rule.max_cost_per_1000_micros, Some(2_500_000));
        assert_eq!(rule.checks[0].seconds, CHECK_SECONDS);
        assert_eq!((rule.approvers.len(), rule.approvals), (2, 2));
    }

    #[test]
    fn a_slip_is_refused_with_its_line_its_column_and_what_was_meant() {
        for (text, place, words) in [
            (
                "[quality]\nmin_men = 0.8\n",
                "g.toml:2:1",
                "did you mean `min_mean`?",
            ),
            (
                "basis = \"humna\"\n[quality]\nmin_mean = 0.8\n",
                "g.toml:1:9",
                "did you mean `human`?",
            ),
            (
                "[qualty]\nmin_mean = 0.8\n",
                "g.toml:1:2",
                "did you mean `quality`?",
            ),
            (
                "[quality]\nmin_mean = \"high\"\n",
                "g.toml:2:12",
                "must be a number, this is a text",
            ),
            (
                "[quality]\nmin_mean = 1.2\n",
                "g.toml:2:12",
                "no number of items can show that",
            ),
            (
                "alpha = 0.9\n[quality]\nmin_mean = 0.8\n",
                "g.toml:1:9",
                "above 0 and below 0.5",
            ),
            (
                "[quality]\nmin_mean = 0.8\n[reruns]\nmax_flicker = 0.1\n",
                "g.toml:4:15",
                "nothing to differ from",
            ),
            (
                "[quality]\nmin_mean = 0.8\n[[floor]]\nmin_mean = 0.8\n",
                "g.toml:3:1",
                "one `tag` or one `criterion`",
            ),
            (
                "[quality]\nmin_mean = 0.8\n[[check]]\nname = \"a\"\n",
                "g.toml:3:1",
                "no `run`",
            ),
            (
                "[quality]\nbetter = \"speed\"\n",
                "g.toml:2:10",
                "`better` cannot be `speed`",
            ),
            ("[quality\n", "g.toml:1:", "error"),
            ("", "g.toml:1:1", "asks nothing of the answers"),
        ] {
            let told = parse("g.toml", text).unwrap_err().to_string();
            assert!(
                told.contains(place) && told.contains(words),
                "{text}: {told}"
            );
        }
    }

    #[test]
    fn a_slice_written_as_in_a_filter_is_refused_with_the_bare_word() {
        let text =
            "[quality]\nmin_mean = 0.8\n[[floor]]\ntag = \"feature:billing\"\nmin_mean = 0.8\n";
        let told = parse("g.toml", text).unwrap_err().to_string();
        for words in ["g.toml:4:7", "did you mean `billing`?"] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}
