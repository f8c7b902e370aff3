//! One answer is never both wanted and unwanted in a file of labelled answers.

use serde_json::Value;

use super::support::{Desk, Logged, text};
use crate::domain::rubric::{Choice, Kind};
use crate::domain::view::ExportRows;

fn labels(lines: &[String]) -> Vec<(String, bool)> {
    let read = |line: &String| {
        let row: Value = serde_json::from_str(line).unwrap();
        let said = row["completion"][0]["content"].as_str().unwrap().to_owned();
        (said, row["label"].as_bool().unwrap())
    };
    lines.iter().map(read).collect()
}

fn refused(desk: &Desk) -> Vec<(&'static str, u64)> {
    let mut request = desk.request("trl-kto", ExportRows::All);
    request.plan.replace = true;
    let report = desk.run(&request).unwrap();
    let of = report.refused_by_reason.iter();
    of.map(|count| (count.code, count.rows)).collect()
}

#[test]
fn a_preferred_output_equal_to_the_other_one_is_refused_on_both_sides() {
    let rows = [
        Logged {
            request: "\"Where is my parcel?\"",
            outputs: &[Some("\"On its way.\""), Some("\"On its way.\"")],
        },
        Logged {
            request: "\"Do you ship to Oslo?\"",
            outputs: &[Some("\"Yes.\""), Some("\"Maybe.\"")],
        },
    ];
    let desk = Desk::new(Kind::Pairwise, 1, &rows);
    for at in 0..2 {
        desk.choose("ana", at, Choice::Candidate(1));
    }
    let lines = desk.lines(&desk.request("trl-kto", ExportRows::All));
    let expected = [("Yes.", true), ("Maybe.", false)];
    assert_eq!(
        labels(&lines),
        expected.map(|(said, wanted)| (said.to_owned(), wanted))
    );
    assert_eq!(refused(&desk), [("chosen_equals_rejected", 2)]);
}

#[test]
fn of_several_outputs_only_those_equal_to_the_preferred_one_are_left_out() {
    let rows = [Logged {
        request: "\"Where is my parcel?\"",
        outputs: &[
            Some("\"No idea.\""),
            Some("\"On its way.\""),
            Some("\"On its way.\""),
        ],
    }];
    let desk = Desk::new(Kind::Pairwise, 1, &rows);
    desk.choose("ana", 0, Choice::Candidate(3));
    let lines = desk.lines(&desk.request("trl-kto", ExportRows::All));
    assert_eq!(labels(&lines), [("No idea.".to_owned(), false)]);
    assert_eq!(refused(&desk), [("chosen_equals_rejected", 2)]);
}

#[test]
fn the_same_answer_to_the_same_request_with_both_labels_across_rows_is_refused() {
    let rows = [
        ("\"Where is my parcel?\"", [Some("\"No idea.\"")]),
        ("\"Can I get a refund?\"", [Some("\"Yes.\"")]),
        ("\"Where is my parcel?\"", [Some("\"No idea.\"")]),
        ("\"Where is my order?\"", [Some("\"No idea.\"")]),
    ];
    let desk = Desk::new(Kind::Direct, 1, &text(&rows));
    for (at, level) in [(0, 5), (1, 5), (2, 0), (3, 0)] {
        desk.level(at, level, None);
    }
    let lines = desk.lines(&desk.request("trl-kto", ExportRows::All));
    let expected = [("Yes.", true), ("No idea.", false)];
    assert_eq!(
        labels(&lines),
        expected.map(|(said, wanted)| (said.to_owned(), wanted))
    );
    assert_eq!(refused(&desk), [("both_labels", 2)]);
}

#[test]
fn a_correction_that_says_what_the_output_says_is_no_labelled_row() {
    let rows = [
        ("\"Where is my parcel?\"", [Some("\"No idea.\"")]),
        ("\"Can I get a refund?\"", [Some("\"Yes.\"")]),
    ];
    let desk = Desk::new(Kind::Direct, 1, &text(&rows));
    desk.level(0, 0, Some("No idea."));
    desk.level(1, 5, None);
    let lines = desk.lines(&desk.request("trl-kto", ExportRows::All));
    assert_eq!(labels(&lines), [("Yes.".to_owned(), true)]);
    assert_eq!(refused(&desk), [("chosen_equals_rejected", 1)]);
}
