//! Damaged and hostile input: one clear reason each, and the rows around it are read.

use super::*;

const GOOD: &str = r#"{"prompt":"q","output":"a"}"#;

/// The reasons of the bad rows of a file whose first and last rows are good.
fn reasons(middle: &[u8]) -> Vec<String> {
    let mut bytes = format!("{GOOD}\n").into_bytes();
    bytes.extend(middle);
    bytes.extend(format!("\n{GOOD}\n").bytes());
    let (found, summary) = rows(&bytes);
    assert!(found.last().unwrap().outcome.is_ok());
    assert_eq!(summary.records, 2);
    found
        .into_iter()
        .filter_map(|row| row.outcome.err().map(|e| e.to_string()))
        .collect()
}

#[test]
fn a_bad_line_is_named_and_the_next_one_is_read() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
    for (bad, reason) in [
        (
            &b"{\"prompt\":\"\xff\"}"[..],
            "line 2, column 12: not valid UTF-8",
        ),
        (b"{\"prompt\":\"\0\"}", "line 2, column 12: a NUL byte"),
        (b"[1,2]", "line 2: the row is an array, not an object"),
        (b"hello", "line 2, column 1: not valid JSON"),
        (
            b"{\"prompt\":\"q\"",
            "line 2, column 13: not valid JSON: EOF while parsing an object",
        ),
        (
            deep.as_bytes(),
            "line 2, column 133: nested more than 128 deep",
        ),
        (
            b"{\"prompt\":null}",
            "line 2: the row has none of `prompt`, `output`",
        ),
    ] {
        assert_eq!(reasons(bad), [reason]);
    }
}

#[test]
fn a_50_mb_line_is_passed_over_without_being_kept() {
    let head = format!("{GOOD}\n{{\"prompt\":\"");
    let tail = format!("\"}}\n{GOOD}\n");
    let long = std::io::repeat(b'x').take(50 << 20);
    let reader = head.as_bytes().chain(long).chain(tail.as_bytes());
    let (found, summary) = rows_of(reader, &Options::default()).unwrap();
    assert_eq!((summary.records, summary.bad), (2, 1));
    assert!(found[1].raw.is_empty());
    let error = found[1].outcome.as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: the row has 50 MiB, more than the 32 MiB a row may have"
    );
    assert_eq!(found[2].line, 3);
}

#[test]
fn a_long_element_and_a_long_record_are_passed_over_too() {
    let options = Options {
        max_row: 1 << 20,
        ..Options::default()
    };
    let long = "x".repeat(3 << 20);
    let array = format!("[{GOOD},{{\"prompt\":\"{long}\"}},\n{GOOD}]");
    let (found, summary) = rows_with(array.as_bytes(), &options).unwrap();
    assert_eq!((summary.records, summary.bad, found[2].line), (2, 1, 2));
    let table = format!("prompt,output\nq,a\n\"{long}\",a\nq,a\n");
    let (found, summary) = rows_with(table.as_bytes(), &options).unwrap();
    assert_eq!((summary.records, summary.bad, found[2].line), (2, 1, 4));
}

#[test]
fn an_element_that_lost_a_quote_costs_itself_only() {
    let text = "[\n  {\"prompt\":\"q\",\"output\":\"a},\n  {\"prompt\":\"r\",\"output\":\"b\"},\n  {\"prompt\":\"s\",\"output\":\"c\"}\n]";
    let (found, summary) = rows(text.as_bytes());
    assert_eq!((summary.records, summary.bad), (2, 1));
    let error = found[0].outcome.as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: a string is not closed before the end of its line"
    );
    assert_eq!(found[2].line, 4);
}

#[test]
fn a_cut_off_array_is_reported_at_its_end() {
    let (found, _) = rows(format!("[{GOOD},\n{{\"prompt\":\"q").as_bytes());
    let error = found[1].outcome.as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: the row is not closed before the end of the file"
    );
    let (found, _) = rows(format!("[{GOOD}\n").as_bytes());
    let error = found[1].outcome.as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: the array is not closed with `]`"
    );
}

#[test]
fn escaped_nul_bytes_are_legal_text() {
    let (found, _) = rows(br#"{"prompt":"a\u0000b","output":"c"}"#);
    assert!(
        found[0]
            .outcome
            .as_ref()
            .unwrap()
            .contains(r#"request: "a\u0000b""#)
    );
}

#[test]
fn a_file_without_rows_is_one_clear_error() {
    let error = |bytes: &[u8]| rows_with(bytes, &Options::default()).err().unwrap();
    assert_eq!(error(b"").to_string(), "the file is empty");
    assert_eq!(
        error(b" \n\n\t\n").to_string(),
        "the file holds only blank lines (3)"
    );
    assert!(
        error(b"PK\x03\x04....")
            .to_string()
            .contains("a zip archive")
    );
    assert!(error(b"PAR1....").to_string().contains("a Parquet file"));
    assert!(
        error(b"Dear Sir,\nplease find enclosed.\n")
            .to_string()
            .contains("neither JSON nor a table")
    );
    assert!(
        error(b"\x1f\x8b\x08garbage")
            .to_string()
            .starts_with("cannot read the gzip data")
    );
    assert!(
        error(b"{\"a\":1,\"b\":2}\n")
            .to_string()
            .contains("no column looks like")
    );
}

#[test]
fn an_open_quote_in_a_table_costs_its_line_only() {
    let (found, summary) = rows(b"prompt,output\nq,a\n\"oops,b\nr,c\n");
    assert_eq!((summary.records, summary.bad), (2, 1));
    assert_eq!(found[1].raw, b"\"oops,b");
}

#[test]
fn reading_stops_when_the_caller_says_so() {
    let text = format!("{GOOD}\n").repeat(100);
    let mut seen = 0;
    let summary = read_rows(text.as_bytes(), &Options::default(), |_| {
        seen += 1;
        if seen == 60 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .unwrap();
    assert!(summary.stopped);
    assert_eq!(summary.rows, 60);
}
