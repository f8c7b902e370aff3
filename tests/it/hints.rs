//! Every remark on a rubric and every hint of the doctor, on the least that calls it forth.

use std::collections::BTreeSet;
use std::path::Path;

use docket::engine::library;
use docket::formats::rubric::{self, MAX_BYTES};
use regex::Regex;

use super::cli_reports::{run, sample};
use super::endpoint::{Answer, Endpoint};
use super::support::docket;

/// Nothing is wrong with this one.
const GOOD: &str = r#"
schema = 1
id = "r"
kind = "direct"
instructions = "Replies of a parcel service to its customers, by the policy in the system prompt."

[[criterion]]
id = "day"
question = "Does it name the day of delivery?"
scale = "binary"
[criterion.anchors]
0 = "No day is named."
1 = "The day is named."
"#;

/// A change of [`GOOD`]: a text of it and what stands there instead. No text is the end of the file.
type Change = (&'static str, &'static str);

const QUESTION: &str = "question = \"Does it name the day of delivery?\"";
const ANCHORS: &str = "[criterion.anchors]\n0 = \"No day is named.\"\n1 = \"The day is named.\"\n";
const INSTRUCTIONS: &str = "instructions = \"Replies of a parcel service to its customers, by the policy in the system prompt.\"";
const BINARY: &str = "scale = \"binary\"";

/// The least that calls each remark forth, by its code.
const REMARKS: &[(&str, &[Change])] = &[
    ("anchor_outside", &[("1 = \"The", "7 = \"The")]),
    ("bad_id", &[("id = \"day\"", "id = \"a day\"")]),
    (
        "bad_language",
        &[(
            "",
            "[[check]]\nid = \"l\"\ntype = \"language\"\nlanguage = \"english\"\n",
        )],
    ),
    (
        "bad_length",
        &[(
            "",
            "[[check]]\nid = \"l\"\ntype = \"min_chars\"\nchars = 0\n",
        )],
    ),
    (
        "bad_regex",
        &[(
            "",
            "[[check]]\nid = \"l\"\ntype = \"regex\"\npattern = \"(\"\n",
        )],
    ),
    ("bad_samples", &[("", "[judge]\nsamples = 0\n")]),
    ("bad_scale", &[(BINARY, "scale = { min = 3, max = 1 }")]),
    (
        "bad_schema",
        &[(
            "",
            "[[check]]\nid = \"l\"\ntype = \"json_schema\"\nschema = \"3\"\n",
        )],
    ),
    (
        "bad_threshold",
        &[("kind =", "pass_threshold = 2.0\nkind =")],
    ),
    ("bad_tokens", &[("", "[judge]\nmax_output_tokens = 1\n")]),
    ("bad_value", &[("\"direct\"", "\"odd\"")]),
    ("bad_weight", &[(BINARY, "scale = \"binary\"\nweight = 0")]),
    (
        "cap_outside",
        &[(
            "",
            "[[check]]\nid = \"l\"\ntype = \"json\"\non_fail = \"cap:9\"\n",
        )],
    ),
    (
        "double_question",
        &[(QUESTION, "question = \"Is it right? Is it short?\"")],
    ),
    (
        "duplicate_id",
        &[(
            "",
            "[[criterion]]\nid = \"day\"\nquestion = \"Is the year right?\"\nscale = \"binary\"\n",
        )],
    ),
    ("empty_text", &[(QUESTION, "question = \"\"")]),
    (
        "example_incomplete",
        &[(
            "",
            "[[example]]\ninput = \"When?\"\noutput = \"Soon.\"\nwhy = \"No day.\"\n",
        )],
    ),
    (
        "file",
        &[(INSTRUCTIONS, "instructions_file = \"nowhere.md\"")],
    ),
    (
        "idle_correction",
        &[(
            "",
            "[[example]]\ninput = \"When?\"\noutput = \"Soon.\"\nlevels = { day = 0 }\nwhy = \"No day.\"\ncorrection = \"Soon.\"\n",
        )],
    ),
    (
        "kind_mismatch",
        &[(
            "",
            "[[requirement]]\nid = \"x\"\ntext = \"Names the day\"\n",
        )],
    ),
    (
        "level_outside",
        &[(
            "",
            "[[example]]\ninput = \"When?\"\noutput = \"Soon.\"\nlevels = { day = 9 }\nwhy = \"No day.\"\n",
        )],
    ),
    ("missing_anchors", &[(ANCHORS, "")]),
    (
        "missing_key",
        &[("", "[[check]]\nid = \"l\"\ntype = \"max_chars\"\n")],
    ),
    (
        "must_reach_idle",
        &[(BINARY, "scale = \"binary\"\nmust_reach = 0")],
    ),
    (
        "must_reach_outside",
        &[(BINARY, "scale = \"binary\"\nmust_reach = 9")],
    ),
    ("no_instructions", &[(INSTRUCTIONS, "")]),
    (
        "no_questions",
        &[
            ("kind = \"direct\"", "kind = \"adherence\""),
            ("[[criterion]]", "[judge]"),
            ("id = \"day\"", ""),
            (QUESTION, ""),
            (BINARY, ""),
            (ANCHORS, ""),
        ],
    ),
    ("same_anchor", &[("The day is named.", "No day is named.")]),
    ("schema", &[("schema = 1", "schema = 9")]),
    ("syntax", &[("kind =", "kind = = ")]),
    (
        "template",
        &[(
            "",
            "[judge]\ntemplate = \"{{ eval_model_response }} {{ nobody }}\"\n",
        )],
    ),
    (
        "template_variable",
        &[("", "[judge]\ntemplate = \"hello\"\n")],
    ),
    (
        "unknown_criterion",
        &[(
            "",
            "[[check]]\nid = \"l\"\ntype = \"json\"\ncriterion = \"month\"\n",
        )],
    ),
    ("unknown_key", &[(BINARY, "scale = \"binary\"\nwieght = 2")]),
    (
        "unused_threshold",
        &[
            (
                "kind = \"direct\"",
                "kind = \"pairwise\"\npass_threshold = 0.5",
            ),
            (BINARY, ""),
            (ANCHORS, ""),
        ],
    ),
    ("vague_anchor", &[("The day is named.", "good")]),
    (
        "vague_instructions",
        &[(
            "Replies of a parcel service to its customers, by the policy in the system prompt.",
            "Give good answers.",
        )],
    ),
    (
        "vague_question",
        &[(QUESTION, "question = \"Is it good?\""), (ANCHORS, "")],
    ),
    ("wide_scale", &[(BINARY, "scale = { min = 0, max = 50 }")]),
    ("wrong_type", &[(QUESTION, "question = 3")]),
];

fn remarks(text: &str) -> Vec<rubric::Finding> {
    rubric::load_and("r.toml", text, &rubric::no_files, &library::advice).findings
}

#[test]
fn every_remark_on_a_rubric_is_called_forth_by_the_least_and_says_what_to_do() {
    assert_eq!(remarks(GOOD), []);
    for (code, changes) in REMARKS {
        let mut text = GOOD.to_owned();
        for (old, new) in *changes {
            if old.is_empty() {
                text.push_str(new);
            } else {
                assert!(text.contains(old), "{code}: {old}");
                text = text.replacen(old, new, 1);
            }
        }
        let found = remarks(&text);
        let one = found.iter().find(|finding| finding.code == *code);
        let one = one.unwrap_or_else(|| panic!("`{code}` is not said of {text}\n{found:#?}"));
        assert!(!one.message.is_empty() && !one.hint.is_empty(), "{one:?}");
    }
    let long = format!("{GOOD}# {}", "x".repeat(MAX_BYTES));
    assert_eq!(remarks(&long)[0].code, "too_large");
}

/// The codes that stand in the sources of the rules, tests aside.
fn codes_in(folder: &Path, found: &mut BTreeSet<String>) {
    let patterns = [
        r#"(?:error|warn|report)\(\s*(?:problems,\s*|Severity::\w+,\s*)?"([a-z_]+)""#,
        r#"code: "([a-z_]+)""#,
        r#"(?:=>|=) \(\s*"([a-z_]+)",\s*(?:"|known_or_nearest)"#,
        r#"\{\s*\("([a-z_]+)", (?:known_or_nearest|"name one)"#,
    ]
    .map(|pattern| Regex::new(pattern).unwrap());
    let entries = if folder.is_file() {
        vec![folder.to_owned()]
    } else {
        let read = std::fs::read_dir(folder).unwrap();
        read.map(|entry| entry.unwrap().path()).collect()
    };
    for path in entries {
        if path.is_dir() {
            codes_in(&path, found);
            continue;
        }
        let is_code = path.extension().is_some_and(|end| end == "rs");
        if !is_code || path.file_name().is_some_and(|name| name == "tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for pattern in &patterns {
            found.extend(pattern.captures_iter(code).map(|hit| hit[1].to_owned()));
        }
    }
}

#[test]
fn no_remark_on_a_rubric_is_without_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for place in [
        "domain/rubric/lint.rs",
        "domain/rubric/lint",
        "formats/rubric",
        "judge/vague.rs",
        "engine/library.rs",
    ] {
        codes_in(&root.join(place), &mut found);
    }
    let shown: BTreeSet<String> = REMARKS
        .iter()
        .map(|(code, _)| (*code).to_owned())
        .chain(["too_large".to_owned()])
        .collect();
    assert_eq!(found, shown);
}

#[test]
fn nothing_is_remarked_on_a_rubric_that_comes_with_docket() {
    for id in library::rubric_ids() {
        let text = library::rubric_text(&id).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rubrics");
        let beside = |name: &str| std::fs::read_to_string(folder.join(name));
        let found = rubric::load_and(&id, text, &beside, &library::advice).findings;
        assert_eq!(found, [], "{id}");
    }
}

/// What the doctor says of an endpoint with these models that is asked for `model`.
fn told(models: &[&str], model: &str, answer: fn(&super::endpoint::Asked) -> Answer) -> String {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::listing(models, answer);
    let output = docket(folder.path())
        .args(["doctor", "--endpoint", model, "--base-url", &endpoint.url()])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_doctor_says_what_to_do_about_each_thing_it_finds_at_an_endpoint() {
    let missing = |_: &super::endpoint::Asked| {
        let body = r#"{"error":{"message":"The model does not exist","code":"model_not_found"}}"#;
        Answer::new(404, body)
    };
    let json = |_: &super::endpoint::Asked| Answer::content(r#"{"ok":true}"#);
    let talks = |_: &super::endpoint::Asked| Answer::content("certainly");
    let no_schema = |asked: &super::endpoint::Asked| {
        if asked.body.contains("json_schema") {
            let body = r#"{"error":{"message":"response_format json_schema is not supported","param":"response_format","code":"unsupported_parameter"}}"#;
            return Answer::new(400, body);
        }
        Answer::content(r#"{"ok":true}"#)
    };
    let models = &["qwen3-instruct", "other"][..];
    for (said, what) in [
        (
            told(models, "qwen3-instrct", missing),
            "did you mean `qwen3-instruct`?",
        ),
        (
            told(models, "mine", json),
            "does not list `mine`, and answers for it all the same; is the name right?",
        ),
        (
            told(models, "other", json),
            "lists 2 models: qwen3-instruct, other",
        ),
        (told(models, "other", json), "wants no key"),
        (told(models, "other", talks), "answers without JSON"),
        (
            told(models, "other", no_schema),
            "JSON by schema does not work: ",
        ),
        (told(models, "other", no_schema), "JSON mode works"),
    ] {
        assert!(said.contains(what), "{what}:\n{said}");
    }
}

#[test]
fn the_doctor_says_what_is_missing_of_an_endpoint_whose_key_is_set() {
    let folder = sample();
    let endpoint = Endpoint::listing(&["m-1", "m-2"], |_| Answer::content("{}"));
    let output = docket(folder.path())
        .env("OPENAI_API_KEY", "sk-hints-0123456789")
        .env("OPENAI_BASE_URL", endpoint.url())
        .env("AZURE_OPENAI_API_KEY", "az-hints-0123456789")
        .arg("doctor")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for what in [
        "key in OPENAI_API_KEY, answers, lists 2 models; `docket doctor --endpoint openai/m-1` tests one",
        "azure: key in AZURE_OPENAI_API_KEY, and no address; set AZURE_OPENAI_ENDPOINT",
    ] {
        assert!(said.contains(what), "{what}:\n{said}");
    }
    assert_eq!(output.status.code(), Some(0), "nobody named them");
}

#[test]
fn the_doctor_tells_a_damaged_file_from_a_sound_one() {
    let folder = sample();
    let at = folder.path();
    assert!(run(at, "doctor").out.contains("ok   the file is sound"));
    // An index that holds something else than it says.
    let db = rusqlite::Connection::open(at.join("docket.db")).unwrap();
    db.execute_batch(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE INDEX ticket_time ON ticket (eval, chars)' WHERE name = 'ticket_time';",
    )
    .unwrap();
    drop(db);
    let found = run(at, "doctor");
    assert_eq!(found.code, 1, "{}", found.out);
    assert!(
        found.out.contains("BAD  the file is damaged: "),
        "{}",
        found.out
    );
}
