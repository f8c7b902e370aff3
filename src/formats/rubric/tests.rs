use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::rubric::{
    Answer, CheckTest, Choice, Kind, OnFail, RubricHash, Scale, Scoring, ThresholdSource,
};

fn corpus(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| (path.clone(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

/// What the comments at the top of a corpus file promise: `# expect: line:column code`.
fn expected(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# expect: "))
        .map(str::to_owned)
        .collect()
}

fn found(loaded: &Loaded, severity: Severity) -> Vec<String> {
    let found = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == severity);
    found
        .map(
            |Finding {
                 line, column, code, ..
             }| format!("{line}:{column} {code}"),
        )
        .collect()
}

fn absent(name: &str) -> io::Result<String> {
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!("no {name}"),
    ))
}

fn hash(text: &str) -> RubricHash {
    parse("r.toml", text, &no_files)
        .unwrap()
        .0
        .content_hash()
        .unwrap()
}

#[test]
fn every_valid_file_gives_a_rubric_and_just_the_warnings_it_names() {
    for (path, text) in corpus("tests/rubrics/valid") {
        let loaded = load(&path.display().to_string(), &text, &absent);
        assert_eq!(
            found(&loaded, Severity::Error),
            [""; 0],
            "{}",
            path.display()
        );
        assert!(loaded.rubric.is_some());
        if !expected(&text).is_empty() {
            assert_eq!(
                found(&loaded, Severity::Warning),
                expected(&text),
                "{}: {:#?}",
                path.display(),
                loaded.findings
            );
        }
    }
}

#[test]
fn every_invalid_file_is_refused_with_all_its_errors_in_place() {
    let mut wrong = Vec::new();
    for (path, text) in corpus("tests/rubrics/invalid") {
        let loaded = load(&path.display().to_string(), &text, &absent);
        let (found, expected) = (found(&loaded, Severity::Error), expected(&text));
        if found != expected {
            wrong.push(format!(
                "{}\n found    {found:?}\n expected {expected:?}",
                path.display()
            ));
        }
        assert_eq!(loaded.rubric, None);
        for finding in &loaded.findings {
            assert!(!finding.hint.is_empty(), "{finding} says nothing to do");
            assert!(!finding.message.ends_with('.'), "{finding}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rubric_that_is_shipped_loads_without_a_remark_and_can_be_practised() {
    for (path, text) in corpus("rubrics") {
        let folder = path.parent().unwrap().to_owned();
        let resolve = move |name: &str| fs::read_to_string(folder.join(name));
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (rubric, warnings) =
            parse(&name, &text, &resolve).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(warnings, [], "{name}");
        assert_eq!(rubric.id, name, "id and file name differ");
        assert!(
            !rubric.examples.is_empty(),
            "{name} has nothing to practise on"
        );
        for example in &rubric.examples {
            assert!(
                !example.why.is_empty(),
                "{name}: an example does not say why"
            );
        }
    }
}

#[test]
fn every_rubric_comes_back_from_the_file_written_for_it() {
    for (path, text) in corpus("rubrics")
        .into_iter()
        .chain(corpus("tests/rubrics/valid"))
    {
        let Some(rubric) = load(&path.display().to_string(), &text, &no_files).rubric else {
            continue;
        };
        let written = to_toml(&rubric);
        let (back, _) = parse("written.toml", &written, &no_files)
            .unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(back, rubric, "{}\n{written}", path.display());
        let stored = Rubric::from_canonical_json(&rubric.to_canonical_json().unwrap()).unwrap();
        assert_eq!(stored, rubric);
    }
}

#[test]
fn a_sentence_can_be_written_and_read() {
    let rubric = Rubric::from_sentence(
        "Correct, \"complete\" \\ polite",
        Scale::Range { min: 1, max: 10 },
    );
    let (back, warnings) = parse("r.toml", &to_toml(&rubric), &no_files).unwrap();
    assert_eq!(back, rubric);
    assert_eq!(
        warnings.iter().map(|w| w.code).collect::<Vec<_>>(),
        ["missing_anchors"]
    );
}

#[test]
fn comments_order_and_line_endings_leave_the_identity_and_words_change_it() {
    let text = "version = \"1\"\n[[criterion]]\nid = \"a\"\nquestion = \"Is it right?\"\nscale = \"binary\"\nreviewer = 1\n"
        .replace("reviewer = 1\n", "anchors = { 0 = \"no\", 1 = \"yes\" }\n");
    let same = "# why\n[[criterion]]\r\nscale = 'binary' # two levels\r\nanchors.1 = \"yes\"\r\nanchors.0 = \"no\"\r\nid = \"a\"\r\nquestion = '''\r\nIs it right?\r\n'''\r\n";
    assert_eq!(hash(&text), hash(same));
    assert_ne!(hash(&text), hash(&text.replace("yes", "yea")));
    assert_ne!(
        hash(&text),
        hash(&format!("reviewer_notes = \"x\"\n{text}"))
    );
}

#[test]
fn texts_named_by_file_count_as_if_written_in_place() {
    let body = "[[criterion]]\nid = \"a\"\nquestion = \"Is it right?\"\nscale = \"binary\"\n[[check]]\nid = \"s\"\ntype = \"json_schema\"\n";
    let files = |name: &str| match name {
        "i.md" => Ok("\u{feff}Read\r\nit twice.\n".to_owned()),
        "s.json" => Ok("{\"type\":\"object\"}\n".to_owned()),
        other => absent(other),
    };
    let named = format!("instructions_file = \"i.md\"\n{body}schema_file = \"s.json\"\n");
    let (named, _) = parse("r.toml", &named, &files).unwrap();
    let placed =
        format!("instructions = \"Read\\nit twice.\"\n{body}schema = '{{\"type\":\"object\"}}'\n");
    assert_eq!(named.content_hash().unwrap(), hash(&placed));
    let broken = format!("{body}schema_file = \"i.md\"\n");
    let error = parse("r.toml", &broken, &files).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("r.toml:8:15: error: check `s` cannot run: the schema is not JSON"),
        "{error}"
    );
}

#[test]
fn an_error_names_file_line_column_and_what_to_do() {
    let text =
        "[[criterion]]\nid = \"a\"\nquestion = \"Is it right?\"\nscale = \"binary\"\nwieght = 2\n";
    let error = parse("rubrics/x.toml", text, &no_files)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error.lines().take(2).collect::<Vec<_>>(),
        [
            "rubrics/x.toml:1:1: warning: criterion `a` does not say what 0, 1 means",
            "  hint: write a line per level under `[criterion.anchors]`; reviewers and judges agree more when they read the same words"
        ]
    );
    assert!(error.contains("rubrics/x.toml:5:1: error: `wieght` is no key of `criterion 1`\n  hint: did you mean `weight`?"), "{error}");
}

#[test]
fn defaults_are_those_the_documentation_names() {
    let (rubric, _) = parse("dir/My Rubric.toml", "[[criterion]]\nid = \"a\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n[[check]]\nid = \"c\"\ntype = \"json\"\n", &no_files).unwrap();
    assert_eq!(
        (rubric.id.as_str(), rubric.kind, rubric.scoring),
        ("my-rubric", Kind::Direct, Scoring::PerCriterion)
    );
    assert_eq!(rubric.threshold().source, ThresholdSource::Default);
    assert!((rubric.threshold().value - 0.8).abs() < 1e-12);
    assert_eq!(
        (
            rubric.judge.samples,
            rubric.judge.max_output_tokens,
            rubric.judge.datamark
        ),
        (1, 4096, false)
    );
    assert_eq!(
        (&rubric.checks[0].test, rubric.checks[0].on_fail),
        (&CheckTest::Json, OnFail::Zero)
    );
    let one = "[[criterion]]\nid = \"a1\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n";
    let many = ["a1", "a2", "a3", "a4", "a5"]
        .map(|id| one.replace("a1", id))
        .concat();
    assert_eq!(
        parse("r", &many, &no_files).unwrap().0.scoring,
        Scoring::Joint
    );
    let floor = format!("{many}must_reach = 3\n");
    assert_eq!(
        parse("r", &floor, &no_files).unwrap().0.scoring,
        Scoring::PerCriterion
    );
}

#[test]
fn choices_of_examples_are_read() {
    let (_, text) = corpus("tests/rubrics/valid")
        .into_iter()
        .find(|(path, _)| path.ends_with("pairwise.toml"))
        .unwrap();
    let (rubric, _) = parse("p", &text, &no_files).unwrap();
    assert_eq!(
        rubric.examples[0].answers["better"],
        Answer::Choice(Choice::Tie)
    );
    assert_eq!(
        rubric.examples[0].answers["shorter"],
        Answer::Choice(Choice::Candidate(1))
    );
}

#[test]
fn hostile_text_is_refused_in_one_piece() {
    let deep = format!("a = {}", "[".repeat(100_000));
    let dotted = format!("{} = 1", vec!["a"; 20_000].join("."));
    let huge = "#".repeat(MAX_BYTES + 1);
    let bomb = "[[criterion]]\nid = \"a\"\nquestion = \"Is it right?\"\nscale = \"binary\"\n[[check]]\nid = \"r\"\ntype = \"regex\"\npattern = '(((a{100}){100}){100}){100}'\n";
    for text in [
        deep.as_str(),
        &dotted,
        &huge,
        bomb,
        "\0",
        "= = =",
        "[[",
        "\u{1b}[2J",
    ] {
        let error = parse("r.toml", text, &no_files).unwrap_err();
        assert!(error.findings.len() < 1000);
        assert!(!error.to_string().contains('\u{1b}'));
    }
}

proptest::proptest! {
    #[test]
    fn any_text_gives_a_rubric_or_errors(text in "([a-z]{1,9}|\\[\\[?|\\]\\]?| = |\"|'|[0-9]{1,3}|\n|\\PC){0,60}") {
        let loaded = load("r.toml", &text, &no_files);
        proptest::prop_assert_eq!(loaded.rubric.is_none(), loaded.findings.iter().any(|f| f.severity == Severity::Error));
    }
}
