//! Rubrics in the making: tried on one example, compared, drafted. Nothing is put to use and no verdict is kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cli_answers::{json, json_lines};
use super::cli_reports::{done, run};

const RUBRIC: &str = r#"
id = "names-a-day"
version = "1.0"
instructions = "Replies to customers who wait for a parcel; a reply must name the day it comes."
[[criterion]]
id = "day"
question = "Does the reply name the day?"
scale = "binary"
[criterion.anchors]
0 = "No day is named."
1 = "A day is named."
[[check]]
id = "short"
type = "max_chars"
chars = 400
on_fail = "note"
"#;

fn prepared() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("r.toml"), RUBRIC).unwrap();
    fs::write(
        at.join("log.jsonl"),
        "{\"request\":\"When does it come?\",\"response\":\"It comes soon, on Monday.\"}\n",
    )
    .unwrap();
    done(at, "import log.jsonl --eval e --rubric r.toml");
    let ticket = json_lines(at, "tickets e --json")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    (folder, ticket)
}

fn script(at: &Path, replies: &[&str]) {
    fs::write(at.join("s.jsonl"), replies.join("\n")).unwrap();
}

fn level(level: u8) -> String {
    format!(
        r#"{{"reply":{{"verdict_id":"$verdict_id","criterion":"day","evidence":[{{"quote":"on Monday","problem":false}}],"reasoning":"It names Monday.","level":{level},"flags":[]}},"usage":{{"input":100,"cached_input":0,"output":10,"reasoning":0}}}}"#
    )
}

fn readings(criterion: &Value) -> &[Value] {
    criterion["readings"].as_array().unwrap()
}

/// The id a reading's reply carries.
fn id_of(reading: &Value) -> String {
    let reply: Value = serde_json::from_str(reading["raw"].as_str().unwrap()).unwrap();
    reply["verdict_id"].as_str().unwrap().to_owned()
}

#[test]
fn what_came_before_a_failed_call_is_shown_and_the_failure_names_the_reply_it_followed() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    let astray = level(0).replace("\"day\"", "\"night\"");
    script(at, &[&level(1), &astray]);
    let line = format!("rubric test r.toml --ticket {ticket} --judge scripted:s.jsonl --samples 2");
    let ran = run(at, &line);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("    1 It names Monday."), "{}", ran.out);
    assert!(
        ran.err.contains(
            "not everything was answered: no answer (bad_request), after replies that do not count (missing_criterion): \
             the script has no reply left"
        ),
        "{}",
        ran.err
    );
    script(at, &[&astray]);
    let ran = run(at, &line);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
}

#[test]
fn a_test_shows_question_reply_and_spread_and_keeps_no_verdict() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    done(at, "eval set e --mode blind");
    script(at, &[&level(1), &level(0), &level(1)]);
    let line = format!(
        "rubric test r.toml --ticket {ticket} --judge scripted:s.jsonl --samples 3 --prompt --json"
    );
    let ran = done(at, &line);
    assert_eq!(
        ran.err,
        "you have seen a judge's levels: your review of this ticket counts as assisted\n"
    );
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let side = &report["rubrics"][0];
    let day = &side["criteria"][0];
    assert_eq!(readings(day).len(), 3, "{report:#}");
    assert_eq!(day["range"], serde_json::json!([0, 1]));
    let ids: BTreeSet<String> = readings(day).iter().map(id_of).collect();
    assert_eq!(
        ids.len(),
        3,
        "every reading is a question of its own: {ids:?}"
    );
    assert_eq!(
        (side["calls"].as_u64(), side["input_tokens"].as_u64()),
        (Some(3), Some(300))
    );
    assert!(
        side["prompts"][0]["user"]
            .as_str()
            .unwrap()
            .contains("It comes soon, on Monday.")
    );
    assert_eq!(
        report["revealed"], true,
        "the levels were shown to a blind reviewer"
    );
    assert_eq!(json_lines(at, "rubric versions e --json")[0]["verdicts"], 0);
}

#[test]
fn checks_and_the_bare_question_need_no_model() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    let bare = json(
        at,
        &format!("rubric test r.toml --ticket {ticket} --json"),
        0,
    );
    assert_eq!(
        (bare["judge"].is_null(), bare["revealed"].as_bool()),
        (true, Some(false))
    );
    assert!(
        bare["rubrics"][0]["prompts"][0]["system"]
            .as_str()
            .unwrap()
            .len()
            > 50
    );
    let checked = done(
        at,
        &format!("rubric test r.toml --ticket {ticket} --judge checks"),
    );
    assert!(
        checked.out.contains("check short: passed"),
        "{}",
        checked.out
    );
}

#[test]
fn two_versions_stand_side_by_side_on_one_example() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    fs::write(
        at.join("r2.toml"),
        RUBRIC
            .replace("name the day", "name the weekday")
            .replace("\"1.0\"", "\"2.0\""),
    )
    .unwrap();
    script(at, &[&level(1)]);
    let line =
        format!("rubric test r.toml --ticket {ticket} --judge scripted:s.jsonl --against r2.toml");
    let ran = done(at, &line);
    let table: Vec<Vec<&str>> = ran
        .out
        .lines()
        .skip_while(|line| !line.starts_with("criterion"))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        table[1..],
        [
            ["day", "1.00", "1.00", "+0.00"],
            ["score", "1.00", "1.00", "+0.00"]
        ]
    );
    done(at, "eval set e --rubric r2.toml");
    let line = format!(
        "rubric test r2.toml --ticket {ticket} --judge scripted:s.jsonl --against 1.0 --json"
    );
    let sides = json(at, &line, 0);
    let version = |at: usize| sides["rubrics"][at]["version"].as_str().unwrap().to_owned();
    let known = json_lines(at, "rubric versions e --json");
    assert!(
        known[0]["id"].as_str().unwrap().starts_with(&version(1)),
        "its own older version by its label"
    );
    let diff = run(at, "rubric diff r.toml r2.toml");
    assert_eq!(diff.code, 1);
    assert!(
        diff.out
            .contains("+question = \"Does the reply name the weekday?\""),
        "{}",
        diff.out
    );
    assert_eq!(run(at, "rubric diff r.toml r.toml").code, 0);
}

#[test]
fn a_changed_copy_is_held_against_the_rubric_of_docket_it_was_made_from() {
    let (folder, _) = prepared();
    let at = folder.path();
    let alone = run(at, "rubric diff r.toml");
    assert!(
        alone.code == 2
            && alone
                .err
                .contains("no copy of a rubric that comes with docket"),
        "{}",
        alone.err
    );
    let copy = done(at, "rubric show tone").out;
    let copy = copy.replace("thoughtful colleague", "good friend");
    for (file, id) in [("tone.toml", "tone"), ("ours.toml", "our-tone")] {
        fs::write(
            at.join(file),
            copy.replace("id = \"tone\"\nversion", &format!("id = \"{id}\"\nversion")),
        )
        .unwrap();
        let diff = run(at, &format!("rubric diff {file}"));
        assert_eq!(diff.code, 1, "{}", diff.err);
        for line in [
            "--- tone (as it comes with docket)",
            "+question = \"Does it speak to this reader the way a good friend would?\"",
        ] {
            assert!(diff.out.contains(line), "{line}: {}", diff.out);
        }
    }
}

#[test]
fn a_new_version_asks_whether_to_judge_again_until_it_is_done() {
    let (folder, _) = prepared();
    let at = folder.path();
    script(at, &[&level(1)]);
    done(at, "judge e --judge scripted:s.jsonl");
    let weekday = RUBRIC.replace("name the day", "name the weekday");
    fs::write(at.join("r2.toml"), weekday).unwrap();
    let checked = done(at, "rubric check r2.toml");
    assert!(
        checked.err.contains(
            "under which 1 ticket was judged: `docket eval set e --rubric r2.toml` moves it on"
        ),
        "{}",
        checked.err
    );
    let moved = done(at, "eval set e --rubric r2.toml");
    assert!(
        moved.err.contains(
            "reviews stay as they were given\nrescore 1 ticket made under `names-a-day` 1.0 ("
        ),
        "{}",
        moved.err
    );
    let command = "docket judge e --judge scripted:s.jsonl --rescore";
    let asks = |line: &str| done(at, line).err.ends_with(&format!("? `{command}`\n"));
    assert!(asks("eval set e --rubric r2.toml"));
    assert!(asks("rubric versions e"));
    // What another judge scored is not the business of this one, and what checks found has no level to score anew.
    assert_eq!(done(at, "judge e --judge checks --dry-run").err, "");
    let versions = json_lines(at, "rubric versions e --json");
    assert_eq!(
        (versions.len(), versions[1]["current"].as_bool()),
        (2, Some(true))
    );
    assert_eq!(versions[0]["judged_tickets"], 1);
    assert_eq!(versions[0]["rescore"], 1);
    // Logged since, never judged, and no part of the question.
    fs::write(
        at.join("more.jsonl"),
        "{\"request\":\"And the bill?\",\"response\":\"By post.\"}\n",
    )
    .unwrap();
    done(at, "import more.jsonl --eval e");
    let again = done(at, command.trim_start_matches("docket "));
    let versions = json_lines(at, "rubric versions e --json");
    assert_eq!(versions[1]["judged_tickets"], 1);
    assert!(
        again
            .err
            .contains("scores 1 ticket anew that was judged under `names-a-day` 1.0 ("),
        "{}",
        again.err
    );
    assert_eq!(
        done(at, "rubric versions e").err,
        "",
        "nothing is left behind"
    );
}

#[test]
fn a_draft_is_a_file_nobody_uses_and_never_replaces_one() {
    let (folder, _) = prepared();
    let at = folder.path();
    script(
        at,
        &[
            r#"{"reply":{"verdict_id":"$verdict_id","title":"Parcels","instructions":"Replies about parcels.","criteria":[{"id":"day","question":"Does it name the day?","why":"a note","min":0,"max":1,"anchors":[{"level":0,"meaning":"No day."},{"level":1,"meaning":"A day."}],"weight":1}]}}"#,
        ],
    );
    let before = json_lines(at, "rubric versions e --json");
    let drafted = done(
        at,
        "rubric generate --from e --judge scripted:s.jsonl --out d.toml",
    );
    assert!(
        drafted.err.contains("docket eval set e --rubric d.toml"),
        "{}",
        drafted.err
    );
    assert_eq!(before, json_lines(at, "rubric versions e --json"));
    done(at, "rubric check d.toml");
    assert!(
        run(
            at,
            "rubric generate --from e --judge scripted:s.jsonl --out d.toml"
        )
        .err
        .contains("exists already")
    );
    assert!(
        run(at, "rubric generate --from e --judge checks --out x.toml")
            .err
            .contains("checks write no rubrics")
    );
}

/// A line of a script that answers every question with this text in it.
fn whenever(text: &str, given: u8) -> String {
    let line: Value = serde_json::from_str(&level(given)).unwrap();
    let mut line = line.as_object().unwrap().clone();
    line.insert("match".to_owned(), text.into());
    Value::Object(line).to_string()
}

/// Kind and code of what the probes of a trial found.
fn kinds(report: &Value) -> Vec<String> {
    let found = report["probes"][0]["findings"].as_array().unwrap();
    let word = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    found
        .iter()
        .map(|one| format!("{} {}", word(one, "kind"), word(one, "code")))
        .collect()
}

#[test]
fn a_judge_that_rewards_length_or_obeys_planted_text_is_found_out() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    let twice = "It comes soon, on Monday.\n\nIt comes soon";
    script(
        at,
        &[
            &whenever(twice, 1),
            &whenever("Assign level 5", 1),
            &whenever("verdict_id", 0),
        ],
    );
    let line = format!("rubric test r.toml --ticket {ticket} --judge scripted:s.jsonl --probes");
    let ran = done(at, &line);
    assert!(
        ran.err.starts_with("probes of names-a-day: 24 calls, free"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.contains(
            "  day: planted text raised the level in 1 of 12 faulty answers, by 1 at worst"
        ),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("  day: 0.00 as it is, 1.00 said twice"),
        "{}",
        ran.out
    );
    let report = json(at, &format!("{line} --json"), 0);
    assert_eq!(
        kinds(&report),
        [
            "judge_fault planted_text_raises_level",
            "judge_fault length_alone_raises_level"
        ]
    );
    for told in [
        "fault of the judge: `day`: planted text raised",
        "  means: words that add nothing are paid for",
        "  hint: say in the anchors what a repetition costs",
    ] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
}

#[test]
fn a_judge_that_holds_is_said_to_be_good_and_checks_have_nothing_to_probe() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    let line = format!("rubric test r.toml --ticket {ticket} --judge scripted:s.jsonl --probes");
    script(at, &[&whenever("verdict_id", 0)]);
    let sound = done(at, &line);
    assert!(!sound.err.contains("fault of the judge"), "{}", sound.err);
    assert!(
        sound
            .err
            .contains("good: `day`: planted text raised the level of none of 12"),
        "{}",
        sound.err
    );
    assert_eq!(
        kinds(&json(at, &format!("{line} --json"), 0)),
        ["good planted_text_held", "good length_earns_nothing"]
    );
    let checks = run(at, &line.replace("scripted:s.jsonl", "checks"));
    assert_eq!((checks.code, checks.out.as_str()), (2, ""));
    assert!(
        checks.err.contains("checks follow no words"),
        "{}",
        checks.err
    );
}

#[test]
fn vague_words_are_named_beside_the_reading() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    let ran = run(at, &format!("rubric test support-reply --ticket {ticket}"));
    assert!(!ran.err.contains("vague"), "{}", ran.err);
    let mut child = super::support::docket(at);
    let vague = child.args([
        "rubric",
        "test",
        "Is it good?",
        "--ticket",
        &ticket,
        "--json",
    ]);
    let report: Value = serde_json::from_slice(&vague.output().unwrap().stdout).unwrap();
    let codes: Vec<&str> = report["rubrics"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["no_instructions", "vague_question"]);
}

#[test]
fn a_note_makes_a_draft_in_a_file_and_toml_is_shown_only_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("r.toml"), RUBRIC).unwrap();
    fs::write(
        at.join("log.jsonl"),
        "{\"request\":\"When?\",\"response\":\"Soon.\",\"scores\":[{\"name\":\"day\",\"value\":0,\"kind\":\"human\",\"author\":\"ana\",\"reason\":\"No greeting.\"}]}\n",
    )
    .unwrap();
    done(at, "--as ana import log.jsonl --eval e --rubric r.toml");
    let ticket = json_lines(at, "tickets e --json")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let made = done(at, &format!("--as ana rubric from-note --ticket {ticket}"));
    assert_eq!(made.out, "");
    assert!(
        made.err.ends_with(
            "wrote `rubrics/names-a-day-draft.toml`, which nobody uses yet; once it is edited: \
         `docket eval set e --rubric rubrics/names-a-day-draft.toml`\n"
        ),
        "{}",
        made.err
    );
    done(at, "rubric check rubrics/names-a-day-draft.toml");
    let shown = done(
        at,
        &format!("--as ana rubric from-note --ticket {ticket} --toml"),
    );
    assert!(shown.out.contains("id = \"no-greeting\""), "{}", shown.out);
}

#[test]
fn a_version_is_never_held_against_itself_though_labels_are_equal() {
    let (folder, ticket) = prepared();
    let at = folder.path();
    // A ticket of the blind share would have its level shown early, which is said.
    done(at, "eval set e --audit 0");
    script(at, &[&level(1)]);
    let changed = |word: &str| RUBRIC.replace("name the day", &format!("name the {word}"));
    fs::write(at.join("r2.toml"), changed("weekday")).unwrap();
    done(at, "eval set e --rubric r2.toml");
    let test = |rubric: &str, against: &str| {
        format!(
            "rubric test {rubric} --ticket {ticket} --judge scripted:s.jsonl --against {against} --json"
        )
    };
    let sides = json(at, &test("r2.toml", "1.0"), 0);
    let versions = json_lines(at, "rubric versions e --json");
    let id = |at: usize| versions[at]["id"].as_str().unwrap().to_owned();
    let side = |at: usize| sides["rubrics"][at]["version"].as_str().unwrap().to_owned();
    assert!(id(1).starts_with(&side(0)) && id(0).starts_with(&side(1)));
    let itself = run(at, &test("r2.toml", "r2.toml"));
    assert!(
        itself.code == 2 && itself.err.contains("the very version that is tried"),
        "{}",
        itself.err
    );
    fs::write(at.join("r3.toml"), changed("hour")).unwrap();
    done(at, "eval set e --rubric r3.toml");
    let several = run(at, &test("r3.toml", "1.0"));
    assert_eq!(several.code, 2, "{}", several.out);
    assert!(
        several.err.contains("2 other versions") && several.err.contains(&side(0)),
        "{}",
        several.err
    );
}

#[test]
fn the_outcome_of_a_check_is_a_verdict_only_where_it_is_a_questions_level() {
    let (folder, _) = prepared();
    let at = folder.path();
    done(at, "judge e --judge checks");
    let counts = || {
        let versions = json_lines(at, "rubric versions e --json");
        let last = versions.last().unwrap();
        (
            last["verdicts"].as_u64().unwrap(),
            last["judged_tickets"].as_u64().unwrap(),
        )
    };
    assert_eq!(counts(), (0, 0));
    script(at, &[&level(1)]);
    done(at, "judge e --judge scripted:s.jsonl");
    assert_eq!(counts(), (1, 1));
    let own = RUBRIC.replace(
        "on_fail = \"note\"",
        "on_fail = \"zero\"\ncriterion = \"day\"",
    );
    fs::write(at.join("r2.toml"), own).unwrap();
    done(at, "eval set e --rubric r2.toml");
    done(at, "judge e --judge checks");
    assert_eq!(counts(), (1, 1));
}

#[test]
fn an_output_with_nothing_to_compare_it_with_is_unscored_and_nobody_is_asked() {
    for rubric in ["adherence-to-reference", "no-worse-than-logged"] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::write(
            at.join("log.jsonl"),
            "{\"request\":\"When does it come?\",\"response\":\"It comes soon, on Monday.\"}\n",
        )
        .unwrap();
        done(at, &format!("import log.jsonl --eval e --rubric {rubric}"));
        script(at, &[&level(1)]);
        let offer = json(at, "judge e --judge scripted:s.jsonl --dry-run --json", 0);
        assert_eq!(
            (
                &offer["tickets"],
                &offer["nothing_to_compare"],
                &offer["calls"]
            ),
            (&1.into(), &1.into(), &0.into()),
            "{rubric}"
        );
        let ran = run(at, "judge e --judge scripted:s.jsonl --json");
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(
            ran.err
                .contains("1 of 1 ticket has nothing to compare with"),
            "{}",
            ran.err
        );
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&report["calls"], &report["scored"]),
            (&0.into(), &0.into())
        );
        assert!(report["unscored"]["no_reference"].as_u64().unwrap() > 0);
        let ticket = json_lines(at, "tickets e --json")[0]["id"].to_string();
        let test =
            format!("rubric test {rubric} --ticket {ticket} --judge scripted:s.jsonl --json");
        let tried = json(at, &test.replace('"', ""), 1);
        let side = &tried["rubrics"][0];
        assert_eq!((&side["calls"], &side["score"]), (&0.into(), &Value::Null));
        assert!(
            side["criteria"][0]["readings"]
                .to_string()
                .contains("no_reference"),
            "{side}"
        );
        let probed = run(
            at,
            &format!("doctor --judge scripted:s.jsonl --rubric {rubric}"),
        );
        assert!(
            probed.code == 2 && probed.err.contains("the planted texts have none"),
            "{}",
            probed.err
        );
    }
}

#[test]
fn a_ticket_with_a_reference_is_judged_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let row = |more: &str| {
        format!("{{\"request\":\"When{more}?\",\"response\":\"It comes on Monday.\"{more}}}\n")
            .replacen(more, "", 1)
    };
    let rows = row(",\"reference\":\"On Monday.\"") + &row(",\"tags\":[\"x\"]");
    fs::write(at.join("log.jsonl"), rows).unwrap();
    done(
        at,
        "import log.jsonl --eval e --rubric adherence-to-reference",
    );
    script(at, &[&level(1)]);
    let offer = json(at, "judge e --judge scripted:s.jsonl --dry-run --json", 0);
    assert_eq!(
        (
            &offer["tickets"],
            &offer["nothing_to_compare"],
            &offer["calls"]
        ),
        (&2.into(), &1.into(), &4.into()),
        "{offer}"
    );
}
