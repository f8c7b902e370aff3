//! `docket gate`, `approve`, `sign` and `verify`, from the rule to the signature.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{docket, number};

/// Items of the eval.
const ITEMS: usize = 12;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn run(folder: &Path, line: &str) -> Output {
    docket(folder)
        .args(line.split_whitespace())
        .output()
        .unwrap()
}

/// Runs a line and gives what it printed; the code must be this.
fn ends(folder: &Path, line: &str, code: i32) -> String {
    told(&run(folder, line), line, code)
}

fn told(output: &Output, line: &str, code: i32) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(code), "{line}\n{out}\n{err}");
    format!("{out}{err}")
}

fn json(folder: &Path, line: &str) -> Value {
    let output = run(folder, line);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is missing in:\n{text}");
    }
}

fn events(folder: &Path) -> i64 {
    number(&folder.join("docket.db"), "SELECT count(*) FROM event")
}

/// The account tests run as.
fn account() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The sample with both candidates imported as runs, as the page about runs shows.
fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/support");
    ends(at, "demo --yes -w docket.db", 0);
    ends(at, "run support --group june --yes", 0);
    for (file, name) in [("candidate-b", "harbor-2"), ("candidate-c", "quay-mini")] {
        let file = data.join(format!("{file}.jsonl"));
        let line = format!(
            "import {} --run june --candidate {name} --yes",
            file.display()
        );
        ends(at, &line, 0);
    }
    write(
        at,
        "gate.toml",
        &format!(
            "[quality]\nmin_mean = 0.75\nbetter = \"mean\"\n[[floor]]\ncriterion = \"correct\"\nmin_pass_rate = 0.6\n[evidence]\nmin_items = 20\nmax_unscored = 0.35\n[approval]\napprovers = [\"{}\"]\n",
            account()
        ),
    );
    folder
}

/// An eval of twelve questions, a candidate `a` that does well, `b` that does not, and a scripted judge.
fn prepared(folder: &Path) {
    let mut rows = String::new();
    for i in 1..=ITEMS {
        let tag = if i <= 6 { "billing" } else { "search" };
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","request":{{"messages":[{{"role":"user","content":"Question {i}: how long?"}}]}},"response":"It takes {i} days.","tags":["{tag}"]}}"#
        );
    }
    write(folder, "log.jsonl", &rows);
    write(
        folder,
        "right.toml",
        "schema = 1\nid = \"right\"\nversion = \"1\"\nkind = \"direct\"\n\n[[criterion]]\nid = \"right\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n",
    );
    let answer = |text: &str| format!("{{\"match\":\"Question\",\"text\":\"{text}\"}}\n");
    write(folder, "a.jsonl", &answer("Two days, I promise."));
    write(folder, "b.jsonl", &answer("I do not know."));
    let reply = |matches: &str, level: u8| {
        format!(
            r#"{{"match":"{matches}","reply":{{"verdict_id":"$verdict_id","criterion":"right","evidence":[],"reasoning":"x","level":{level},"reference_conflict":false,"cannot_judge":false,"cannot_judge_reason":""}}}}"#
        )
    };
    let judge = [reply("I promise", 5), reply("do not know", 0), reply("", 2)];
    write(folder, "j.jsonl", &format!("{}\n", judge.join("\n")));
    ends(
        folder,
        "import log.jsonl --eval support --rubric right.toml",
        0,
    );
}

const BOTH: &str = "run support --group june --model a=scripted:a.jsonl --model b=scripted:b.jsonl --judge scripted:j.jsonl --yes";

/// A throwaway key, and a file that allows it under a name.
fn key(folder: &Path, name: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(folder.join("key"))
        .status()
        .unwrap();
    assert!(made.success());
    let public = std::fs::read_to_string(folder.join("key.pub")).unwrap();
    write(folder, "allowed_signers", &format!("{name} {public}"));
}

#[test]
fn on_the_sample_the_gate_blocks_one_candidate_and_passes_the_other() {
    let folder = sample();
    let at = folder.path();
    let report = json(at, "gate june --file gate.toml --json");
    let of = |name: &str| {
        let all = report["candidates"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["verdict"].clone()
    };
    assert_eq!(
        (of("harbor-2"), of("quay-mini")),
        ("pass".into(), "fail".into())
    );
    assert_eq!(report["family"], 2);
    assert_eq!(report["agreement"]["words"], "never checked");
    let passed = ends(at, "gate june --candidate harbor-2", 0);
    has(
        &passed,
        &[
            "*** written by hand",
            "declared after 78 outputs",
            "never checked",
            "PASS",
        ],
    );
    let blocked = ends(at, "gate june --candidate quay-mini", 1);
    has(
        &blocked,
        &["rows without an output", "2 of 40 (5 %)", "not real"],
    );
    // Approved by its owner, and never signed as real.
    let refused = ends(at, "approve june --candidate quay-mini --reason because", 2);
    has(&refused, &["the gate says fail", "--despite-gate"]);
    let approved = ends(at, "approve june --candidate harbor-2 --reason billing", 0);
    has(
        &approved,
        &["not authenticated", "written by hand", "holds: billing"],
    );
    key(at, &account());
    let refused = ends(at, "sign june --candidate harbor-2 --key key", 2);
    has(&refused, &["cannot be signed as real", "written by hand"]);
    ends(
        at,
        "sign june --candidate harbor-2 --key key --as-sample",
        0,
    );
    let verified = ends(at, "verify june", 1);
    has(
        &verified,
        &["good signature of", "*** written by hand", "no release"],
    );
    ends(at, "doctor", 0);
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, step by step")]
fn a_release_is_declared_measured_approved_signed_and_void_after_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    write(at, "adapter.bin", "weights");
    write(
        at,
        "gate.toml",
        &format!(
            "[quality]\nmin_pass_rate = 0.6\nbetter = \"pass_rate\"\n[[floor]]\ntag = \"billing\"\nmin_mean = 0.4\n[[check]]\nname = \"license\"\nrun = \"test -f adapter.bin\"\n[[file]]\ncandidate = \"a\"\npath = \"adapter.bin\"\n[approval]\napprovers = [\"{}\"]\n",
            account()
        ),
    );
    let declared = ends(at, "gate june --file gate.toml --declare", 0);
    has(&declared, &["declared before the first output"]);
    ends(at, BOTH, 0);
    // The commands of a rule that stands in the workspace are not run by themselves.
    let unsettled = ends(at, "gate june --candidate a", 3);
    has(
        &unsettled,
        &["license", "not run", "docket gate june --run-checks"],
    );
    let passed = ends(at, "gate june --candidate a --run-checks", 0);
    has(
        &passed,
        &["declared before the first output", "ended with 0", "PASS"],
    );
    ends(at, "gate june --candidate b", 1);
    ends(at, "approve june --candidate a --reason good", 0);
    key(at, &format!("{}@example.org", account()));
    ends(at, "sign june --candidate a --key key", 0);
    let good = ends(at, "verify june", 0);
    has(&good, &["good signature of", "1 signature good"]);
    // Who looks again is not told to sign once more.
    let signed = ends(at, "gate june --candidate a", 0);
    has(
        &signed,
        &[
            ", signed with SHA256:",
            "next: approved and signed; check the signature: `docket verify june --candidate a",
        ],
    );
    let listed = ends(at, "gate --list", 0);
    has(&listed, &[&format!("a approved by {}, signed", account())]);
    assert!(!listed.contains("declared before"), "{listed}");
    // Another adapter under the same name.
    write(at, "adapter.bin", "other weights");
    let void = ends(at, "verify june", 1);
    has(&void, &["void", "files changed"]);
    has(
        &ends(at, "gate june --candidate a", 0),
        &["stale: files changed"],
    );
    write(at, "adapter.bin", "weights");
    ends(at, "verify june", 0);
    // Another rule.
    ends(at, "gate june --min-pass-rate 0.5 --declare", 0);
    has(&ends(at, "verify june", 1), &["gate rule"]);
    ends(at, "gate june --file gate.toml --declare", 0);
    ends(at, "verify june", 0);
    // In a later group the name would stand for other parameters; under another name it is another candidate.
    let july = "run support --group july --model a=scripted:a.jsonl --set temperature=1.5 --yes";
    has(
        &ends(at, july, 2),
        &[
            "`a` was approved by",
            "in the group `june` as `scripted:a.jsonl`",
            "temperature=1.5 the parameters would be another",
            "--model NAME=MODEL",
            "--decision void",
        ],
    );
    ends(at, &july.replace("a=scripted", "warm=scripted"), 0);
    ends(at, "verify june", 0);
    // Once it is taken back, the name is free, and what was signed is void.
    ends(
        at,
        "approve june --candidate a --decision void --reason moved",
        0,
    );
    ends(at, &july.replace("july", "august"), 0);
    has(&ends(at, "verify june", 1), &["void: moved"]);
    has(
        &ends(at, "gate --list", 0),
        &[&format!("a approved by {}, taken back", account())],
    );
    ends(at, "doctor", 0);
    ends(at, "doctor --rebuild", 0);
}

#[test]
fn a_signature_of_a_stranger_or_over_another_text_is_not_good() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    let me = account();
    ends(
        at,
        &format!("gate june --min-pass-rate 0.6 --approver {me} --declare"),
        0,
    );
    ends(at, "approve june --candidate a --reason good", 0);
    has(
        &ends(at, "sign june --candidate a --key nowhere", 2),
        &["cannot read `nowhere`"],
    );
    key(at, "mallory");
    ends(at, "sign june --candidate a --key key", 0);
    has(
        &ends(at, "verify june", 1),
        &["mallory", "not among the approvers"],
    );
    has(
        &ends(at, "verify june --allowed-signers none", 2),
        &["cannot read", "none"],
    );
    let public = std::fs::read_to_string(at.join("key.pub")).unwrap();
    write(at, "allowed_signers", &format!("{me} {public}"));
    ends(at, "verify june", 0);
    // The same key, but not for this person: another key stands under the name.
    std::fs::remove_file(at.join("key")).unwrap();
    std::fs::remove_file(at.join("key.pub")).unwrap();
    key(at, &me);
    has(&ends(at, "verify june", 1), &["the key is not in"]);
}

#[test]
fn somebody_the_gate_does_not_name_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    ends(
        at,
        "gate june --min-pass-rate 0.6 --approver somebody-else",
        0,
    );
    let before = events(at);
    for line in [
        "approve june --candidate a --reason good",
        "approve june --candidate a --decision reject --reason bad --as somebody-else",
    ] {
        has(&ends(at, line, 2), &["may not decide", "somebody-else"]);
    }
    assert_eq!(events(at), before);
    // Who may, needs a reason; the last decision counts, and can be taken back.
    ends(
        at,
        &format!("gate june --min-pass-rate 0.6 --approver {}", account()),
        0,
    );
    let blank = docket(at)
        .args(["approve", "june", "--candidate", "a", "--reason", " "])
        .output()
        .unwrap();
    has(&told(&blank, "no reason", 2), &["needs a reason"]);
    ends(at, "approve june --candidate a --reason good", 0);
    let rejected = ends(
        at,
        "approve june --candidate a --decision reject --reason late",
        0,
    );
    has(&rejected, &["rejected by", "superseded"]);
    let void = ends(
        at,
        "approve june --candidate a --decision void --reason mistake",
        0,
    );
    has(&void, &["void: mistake"]);
    has(
        &ends(at, "sign june --candidate a --key k", 2),
        &["nothing to sign"],
    );
}

#[test]
fn what_cannot_be_told_ends_with_three_and_says_what_would_settle_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(
        at,
        "run support --group june --model a=scripted:a.jsonl --yes",
        0,
    );
    let unread = ends(at, "gate june --min-pass-rate 0.6", 3);
    has(
        &unread,
        &[
            "what would settle it",
            "[12]",
            "docket judge --group june --judge <JUDGE>",
            "n/a",
        ],
    );
    ends(at, "judge --group june --judge scripted:j.jsonl", 0);
    ends(at, "gate june --min-pass-rate 0.6", 0);
    // Twelve of twelve are no proof of nine in ten, and no number is worth more than what stands behind it.
    let close = ends(at, "gate june --min-pass-rate 0.9", 3);
    has(
        &close,
        &[
            "what is asked lies between the bounds",
            "13 more items (25 in all)",
        ],
    );
    has(
        &ends(at, "gate june --min-pass-rate 0.6 --min-runs 3", 3),
        &["docket run june --repeat 3"],
    );
    let people = ends(at, "gate june --min-pass-rate 0.6 --basis human", 3);
    has(
        &people,
        &[
            "0 labels in the plan's order",
            "review 10 more tickets",
            "docket review june",
        ],
    );
    // Scores that change between looks make another look.
    let again = json(at, "gate june --min-pass-rate 0.6 --json");
    assert_eq!(again["looks"]["number"], 1);
}

#[test]
fn a_gate_that_cannot_be_used_is_refused_at_its_line_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    write(at, "typo.toml", "[quality]\nmin_pass_rte = 0.8\n");
    write(at, "impossible.toml", "[quality]\nmin_mean = 1.0\n");
    write(
        at,
        "criterion.toml",
        "[[floor]]\ncriterion = \"rihgt\"\nmin_pass_rate = 0.8\n",
    );
    let before = events(at);
    for (line, words) in [
        (
            "gate june",
            &["no gate was declared", "--file gate.toml"][..],
        ),
        (
            "gate june --file typo.toml",
            &["typo.toml:2:1", "did you mean `min_pass_rate`?"],
        ),
        (
            "gate june --file impossible.toml",
            &["impossible.toml:2:12", "no number of items"],
        ),
        (
            "gate june --file criterion.toml",
            &["no such criterion", "right"],
        ),
        (
            "gate june --file nowhere.toml",
            &["cannot read `nowhere.toml`"],
        ),
        ("gate june --min-mean 2", &["a threshold cannot be 2"]),
        ("gate june --floor billing", &["`billing` is no floor"]),
        ("gate jun --min-mean 0.5", &["no run group `jun`"]),
        (
            "gate june --min-mean 0.5 --candidate c",
            &["no candidate `c`"],
        ),
        (
            "gate june --min-mean 0.5 --out no/where.md",
            &["cannot write `no/where.md`"],
        ),
        ("gate june --declare", &["no rule to declare"]),
    ] {
        has(&ends(at, line, 2), words);
        assert_eq!(events(at), before, "{line}");
    }
    has(
        &ends(at, "gate june --better mean --candidate logged", 2),
        &["`logged` is the baseline"],
    );
}

#[test]
fn a_check_that_fails_blocks_with_its_exit_code_and_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    write(
        at,
        "gate.toml",
        "[quality]\nmin_pass_rate = 0.6\n[[check]]\nname = \"secrets\"\nrun = \"echo looking at $DOCKET_CANDIDATE with $MY_API_KEY; exit 3\"\n",
    );
    let output = docket(at)
        .args(["gate", "june", "--file", "gate.toml", "--candidate", "a"])
        .env("MY_API_KEY", "sk-very-secret")
        .output()
        .unwrap();
    let said = told(&output, "gate", 1);
    has(
        &said,
        &["ended with 3", "| looking at a with", "blocked by secrets"],
    );
    let kept = "SELECT count(*) FROM event WHERE body LIKE '%very-secret%'";
    assert_eq!(number(&at.join("docket.db"), kept), 0);
    // What was found is kept: asked again, nothing is run.
    has(&ends(at, "gate june --candidate a", 1), &["ended with 3"]);
}

#[test]
fn a_rehearsal_blocks_planted_runs_and_leaves_the_workspace_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    let before = events(at);
    let good = ends(
        at,
        "gate june --min-pass-rate 0.6 --floor billing=0.5 --rehearse",
        0,
    );
    has(
        &good,
        &[
            "every answer at the bottom",
            "floor.tag.billing",
            "The gate blocked 5 planted bad runs",
        ],
    );
    // A margin as wide as the scale lets everything through.
    let weak = ends(at, "gate june --margin 0.9 --rehearse", 1);
    has(&weak, &["let through: every answer at the bottom"]);
    assert_eq!(events(at), before);
}

#[test]
fn the_same_answer_comes_as_markdown_json_and_junit() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    has(
        &ends(at, "gate june --min-pass-rate 0.6 --format md", 0),
        &[
            "# Gate: june pass",
            "## a: pass",
            "## b: fail",
            "| fail | pass rate |",
        ],
    );
    ends(at, "gate june --format junit --out gate.xml", 0);
    let xml = std::fs::read_to_string(at.join("gate.xml")).unwrap();
    has(
        &xml,
        &[
            "<?xml version=\"1.0\"",
            "<testsuite name=\"a\" tests=\"8\" failures=\"0\" errors=\"0\">",
            "<failure type=\"fail\"",
            "</testsuites>",
        ],
    );
    assert_eq!(
        xml.matches("<testcase").count(),
        xml.matches("</testcase>").count()
    );
    let report = json(at, "gate june --format json");
    assert_eq!(report["candidates"][1]["verdict"], "fail");
    let list = json(at, "gate --list --json");
    assert_eq!(list[0]["group"], "june");
    assert_eq!(list[0]["verdicts"][0][1], "pass");
}

#[test]
fn every_gate_on_the_page_of_gates_can_be_read() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gate.md");
    let text = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = text
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        docket::formats::gate::parse("docs/gate.md", block).unwrap();
    }
}

#[test]
fn the_samples_own_comparison_passes_one_candidate_and_blocks_the_other_as_the_readme_says() {
    let folder = super::cli_reports::sample();
    let at = folder.path();
    let gate = "gate october --min-mean 0.8 --better mean --floor criterion:correct=0.7 --max-failed 0.02 --max-unscored 0.4";
    let readme = include_str!("../../README.md");
    assert!(readme.contains(gate));
    let said = ends(at, gate, 0);
    has(
        &said,
        &[
            "*** written by hand for the sample, no model was called ***",
            "harbor-2: PASS",
            "quay-mini: FAIL",
            "rows without an output, at most 2 %: 2 of 40 (5 %)",
        ],
    );
    let compared = ends(at, "compare october --yes", 0);
    has(
        &compared,
        &[
            "harbor-2 reruns: 18 % of 28 items with two scored runs or more flicker",
            "`harbor-2` is better than `logged`",
        ],
    );
    ends(
        at,
        "approve october --candidate harbor-2 --decision approve --reason better",
        0,
    );
    ends(at, "report october --yes", 0);
    let page = std::fs::read_to_string(at.join("october-report/report.html")).unwrap();
    has(&page, &["harbor-2: pass", "not authenticated"]);
}

#[test]
fn a_rule_that_asks_for_a_baseline_there_is_none_of_is_refused_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    ends(folder.path(), "-w d.db demo --yes", 0);
    let line = "-w d.db gate october --baseline nosuch --better mean --floor criterion:correct=0.7 --declare";
    let refused = ends(folder.path(), line, 2);
    assert!(refused.contains("has no candidate `nosuch`"), "{refused}");
    let list = ends(folder.path(), "-w d.db gate --list", 0);
    assert!(!list.contains("october"), "{list}");
}

/// Held to this, a candidate without a fault passes alone with these items, and not as one of two.
const CLOSE: &str = "--min-pass-rate 0.77";

#[test]
fn a_candidate_picked_after_looking_is_judged_as_one_of_all_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    // Nobody has seen a number: who is named now was chosen beforehand.
    let alone = ends(at, &format!("gate june --candidate a {CLOSE}"), 0);
    assert!(!alone.contains("as one of"), "{alone}");
    ends(at, "gate june --candidate a", 0);
    let all = ends(at, "gate june", 3);
    has(&all, &["passes alone", "not as one of 2 candidates"]);
    let picked = ends(at, "gate june --candidate a", 3);
    has(
        &picked,
        &[
            "`a` is judged as one of 2 candidates (Holm): the gate was asked about others too",
            "2 candidates in the family (Holm)",
        ],
    );
    has(
        &ends(at, "approve june --candidate a --reason ok", 2),
        &["the gate says inconclusive for `a`", "--despite-gate"],
    );
    has(
        &ends(at, "report june --candidate a", 0),
        &["a: inconclusive"],
    );
    let page = std::fs::read_to_string(at.join("june-report/report.md")).unwrap();
    has(
        &page,
        &["**a: inconclusive**", "judged as one of 2 candidates"],
    );
    assert!(!page.contains("docket approve"), "{page}");
}

#[test]
fn who_was_named_after_the_numbers_were_opened_was_picked_and_who_the_rule_named_before_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    ends(at, "compare june", 0);
    has(
        &ends(at, &format!("gate june --candidate a {CLOSE}"), 3),
        &["their numbers had been opened before it was named"],
    );

    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, &format!("gate june --declare --candidate a {CLOSE}"), 0);
    ends(at, BOTH, 0);
    ends(at, "compare june", 0);
    let told = ends(at, "gate june", 0);
    assert!(!told.contains("\nb:"), "{told}");
    has(
        &ends(at, "gate june --candidate b", 3),
        &["the candidate the rule is about"],
    );
    let approved = ends(at, "approve june --candidate a --reason good", 0);
    has(&approved, &["gate pass", "docket sign june --candidate a"]);
    has(&ends(at, "report june", 0), &["a: pass"]);
    let page = std::fs::read_to_string(at.join("june-report/report.md")).unwrap();
    has(
        &page,
        &[
            "the release rule names it",
            "docket sign june --candidate a",
        ],
    );
    assert!(!page.contains("docket approve"), "{page}");
    has(
        &ends(at, "history", 0),
        &[
            "made run 1 of the candidate a",
            "made the run group june over 12 items",
            "let the scores of the judge",
        ],
    );
}

#[test]
fn a_floor_under_a_mistyped_tag_is_refused_before_it_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    let before = events(at);
    for flags in ["", " --declare", " --rehearse"] {
        let line = format!("gate june --min-mean 0.5 --floor biling=0.5{flags}");
        has(
            &ends(at, &line, 2),
            &["`biling`", "did you mean `billing`?"],
        );
    }
    assert_eq!(events(at), before);
}

#[test]
fn a_timeout_logged_with_an_empty_answer_is_a_failure_and_no_score_of_zero() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, "run support --group june --yes", 0);
    let mut rows = String::new();
    for i in 1..=ITEMS {
        let answer = match i {
            1 => r#""response":"","error":"timeout""#,
            2 => r#""response":"","error":{"type":"timeout","code":504}"#,
            3 => r#""response":" ","error":"timeout""#,
            4 => r#""response":"Two days, I promise.","error":"retried""#,
            _ => r#""response":"Two days, I promise.","error":"""#,
        };
        let _ = writeln!(rows, r#"{{"id":"t{i}",{answer}}}"#);
    }
    write(at, "c.jsonl", &rows);
    let taken = ends(at, "import c.jsonl --run june --candidate c --yes", 0);
    has(&taken, &["`error` stands beside an answer, which counts"]);
    ends(at, "judge --group june --judge scripted:j.jsonl --yes", 0);
    has(
        &ends(at, "gate june --candidate c --min-pass-rate 0.5", 1),
        &["rows without an output, at most 2 %: 3 of 12 (25 %)"],
    );
    has(
        &ends(at, "compare june", 0),
        &["failed: imported_error 3", "9/12"],
    );
}

#[test]
fn numbers_of_tickets_that_people_review_are_not_opened_by_a_line_of_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    ends(at, BOTH, 0);
    let before = events(at);
    // The rule rests on people, who are to review blind.
    let human = "gate june --candidate a --min-pass-rate 0.5 --basis human";
    has(
        &ends(at, human, 2),
        &["`june` is blind", "docket gate june --yes"],
    );
    let before = before + 1;
    ends(at, "eval set support --mode blind", 0);
    // The eval the items come from is there to be reviewed.
    has(
        &ends(at, "failures support", 2),
        &["docket failures support --yes"],
    );
    assert_eq!(events(at), before);
    ends(at, &format!("{human} --declare"), 0);
    for (line, way) in [
        ("compare june", "docket compare june --yes"),
        ("failures june", "docket failures june --yes"),
        ("report june", "docket report june --yes"),
        ("agree june", "docket agree june --yes"),
        ("gate june", "docket gate june --yes"),
        (
            "approve june --candidate a --reason ok",
            "docket approve june --yes",
        ),
    ] {
        has(&ends(at, line, 2), &["`june` is blind", way]);
    }
    assert!(!at.join("june-report").exists());
    ends(at, "compare june --yes", 0);
    ends(at, "gate june", 3);
}
