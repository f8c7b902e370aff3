//! The statistics against values computed by the packages of the field (`SciPy`, statsmodels, scikit-learn and
//! others), kept in `tests/golden/` or in the file that `DOCKET_GOLDEN` names; `tests/golden/fresh.py` makes such files
//! from a seed.
//!
//! Every case and every key is checked within its own tolerance, relative to the larger of 1 and the value. A case
//! or key nobody here knows fails, and so does a number where the file says null: undefined is never a number.

mod agreement;
mod estimates;
mod groups;

use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What a case's inputs come to, by key. The keys asked for decide what is looked at.
type Computed = Map<String, Value>;

fn own_copy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/stats_golden.json")
}

/// The file that was named, else every one that is kept.
fn golden_files() -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os("DOCKET_GOLDEN") {
        return vec![PathBuf::from(named)];
    }
    let folder = own_copy().parent().unwrap().to_owned();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    assert!(files.contains(&own_copy()), "{files:?}");
    files
}

fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Inputs of a case, read by name.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn get(&self, key: &str) -> &Value {
        self.0
            .get(key)
            .unwrap_or_else(|| panic!("no input `{key}`"))
    }

    fn number(&self, key: &str) -> f64 {
        self.get(key)
            .as_f64()
            .unwrap_or_else(|| panic!("`{key}` is no number"))
    }

    fn count(&self, key: &str) -> usize {
        self.get(key)
            .as_u64()
            .unwrap_or_else(|| panic!("`{key}` is no count")) as usize
    }

    fn text(&self, key: &str) -> &str {
        self.get(key)
            .as_str()
            .unwrap_or_else(|| panic!("`{key}` is no text"))
    }

    fn list(&self, key: &str) -> &[Value] {
        self.get(key)
            .as_array()
            .unwrap_or_else(|| panic!("`{key}` is no list"))
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        self.list(key)
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect()
    }

    fn rows(&self, key: &str) -> Vec<Vec<f64>> {
        let row = |row: &Value| {
            row.as_array()
                .unwrap()
                .iter()
                .map(|value| value.as_f64().unwrap())
                .collect()
        };
        self.list(key).iter().map(row).collect()
    }

    fn texts(&self, key: &str) -> Vec<&str> {
        self.list(key)
            .iter()
            .map(|value| value.as_str().unwrap())
            .collect()
    }

    fn clusters(&self) -> docket::stats::Clusters {
        docket::stats::Clusters::from_labels(self.texts("cluster"))
    }
}

fn ends(interval: Option<docket::stats::Interval>) -> Value {
    interval.map_or(Value::Null, |interval| json!([interval.low, interval.high]))
}

fn computed(id: &str, inputs: &Inputs) -> Computed {
    let value = match id.split('.').next().unwrap() {
        "rng" => groups::rng(inputs),
        "mean" => groups::mean(inputs),
        "wilson" => groups::rate(inputs),
        "paired" if id == "paired.diff" => groups::difference(inputs),
        "paired" if id == "paired.wtl" => groups::win_tie_loss(inputs),
        "mcnemar" => groups::mcnemar(inputs),
        "wilcoxon" => groups::wilcoxon(inputs),
        "multitest" => groups::multiple(inputs),
        "bradley_terry" => groups::bradley_terry(inputs),
        "length" => groups::length(inputs),
        "power" if id == "power.ppi" => groups::label_plan(inputs),
        "power" => groups::power(inputs),
        "sequential" => groups::sequential(inputs),
        "overlap" => groups::overlap(inputs),
        "gate" if id == "gate.noninferiority" => groups::non_inferiority(inputs),
        "edge" if id == "edge.n1" => groups::one_item(inputs),
        "edge" if id == "edge.constant" => groups::all_equal(inputs),
        "edge" if id == "edge.one_cluster" => groups::one_cluster(inputs),
        "rerun" => agreement::reruns(inputs),
        "icc" => agreement::icc(inputs),
        "krippendorff" => agreement::krippendorff(inputs),
        "raters" => agreement::raters(inputs),
        "kappa" => agreement::kappa(inputs),
        "judge_human" => agreement::judge_human(inputs),
        "calibration" => agreement::calibration(inputs),
        "geval" => agreement::token_level(inputs),
        "ppi" => estimates::ppi(inputs),
        "queue" if id == "queue.priority" => estimates::priority(inputs),
        "queue" if id == "queue.published" => estimates::published(inputs),
        "rogan_gladen" => estimates::rogan_gladen(inputs),
        _ => panic!("unknown case `{id}`"),
    };
    match value {
        Value::Object(map) => map,
        other => panic!("`{id}` gave {other}"),
    }
}

/// Whether `got` is `want` within `tolerance`; lists and tables member by member.
fn agrees(got: &Value, want: &Value, tolerance: f64) -> bool {
    match (got, want) {
        (Value::Number(got), Value::Number(want)) => {
            let (got, want) = (got.as_f64().unwrap(), want.as_f64().unwrap());
            (got - want).abs() <= tolerance * want.abs().max(1.0)
        }
        (Value::Array(got), Value::Array(want)) => {
            got.len() == want.len()
                && got
                    .iter()
                    .zip(want)
                    .all(|(got, want)| agrees(got, want, tolerance))
        }
        (Value::Object(got), Value::Object(want)) => {
            let same = |(key, want): (&String, &Value)| {
                got.get(key).is_some_and(|got| agrees(got, want, tolerance))
            };
            got.len() == want.len() && want.iter().all(same)
        }
        _ => got == want,
    }
}

fn check(case: &Value, faults: &mut Vec<String>) -> usize {
    let id = case["id"].as_str().expect("a case has an id");
    let computed = computed(id, &Inputs(&case["inputs"]));
    let expected = case["expect"]
        .as_object()
        .expect("a case expects something");
    for (key, expectation) in expected {
        let tolerance = expectation["tol"].as_f64().expect("a tolerance");
        let want = expectation.get("value").expect("a value");
        match computed.get(key) {
            None => faults.push(format!("{id}: unknown key `{key}`")),
            Some(got) if !agrees(got, want, tolerance) => {
                faults.push(format!(
                    "{id}.{key}: {got}, expected {want} within {tolerance}"
                ));
            }
            Some(_) => {}
        }
    }
    expected.len()
}

#[test]
fn golden_values_hold_within_their_tolerances() {
    for path in golden_files() {
        let file = read(&path);
        assert_eq!(file["schema"], "docket.stats_golden/1");
        let cases = file["cases"].as_array().expect("cases");
        assert!(!cases.is_empty());
        let mut faults = Vec::new();
        let keys: usize = cases.iter().map(|case| check(case, &mut faults)).sum();
        assert!(
            faults.is_empty(),
            "{}: {} of {keys} differ:\n{}",
            path.display(),
            faults.len(),
            faults.join("\n")
        );
        println!("{keys} values of {} cases hold", cases.len());
    }
}

#[test]
fn golden_comparison_fails_on_a_value_a_null_and_a_key_that_differ() {
    let case = |expect: Value| json!({"id": "edge.n1", "inputs": {"x": [0.6]}, "expect": expect});
    let faults = |expect: Value| {
        let mut faults = Vec::new();
        check(&case(expect), &mut faults);
        faults.len()
    };
    assert_eq!(faults(json!({"mean": {"value": 0.6, "tol": 0}})), 0);
    assert_eq!(faults(json!({"mean": {"value": 0.7, "tol": 0.01}})), 1);
    assert_eq!(faults(json!({"mean": {"value": null, "tol": 0}})), 1);
    assert_eq!(faults(json!({"se": {"value": 0.0, "tol": 1}})), 1);
    assert_eq!(faults(json!({"median": {"value": 0.6, "tol": 1}})), 1);
}

#[test]
#[should_panic(expected = "unknown case")]
fn golden_case_nobody_knows_fails() {
    check(
        &json!({"id": "tarot.cards", "inputs": {}, "expect": {}}),
        &mut Vec::new(),
    );
}

#[test]
fn golden_copy_is_the_one_handed_out() {
    let handed_out =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/stats_golden.json");
    if std::env::var_os("CI").is_none() {
        println!("not compared with the file handed out: only done under CI");
    } else if !handed_out.exists() {
        println!("not compared: there is no {}", handed_out.display());
    } else {
        let read = |path: &Path| std::fs::read(path).unwrap();
        assert!(
            read(&own_copy()) == read(&handed_out),
            "tests/golden/stats_golden.json differs from {}",
            handed_out.display()
        );
    }
}
