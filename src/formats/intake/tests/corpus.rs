//! One corpus file per family of formats, with what must be read from it.

use super::*;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/tests/intake/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

fn told(rows: &[Read1]) -> String {
    let mut out = String::new();
    for row in rows {
        let _ = match &row.outcome {
            Ok(text) => writeln!(out, "== line {}\n{text}", row.line),
            Err(error) => writeln!(out, "== {error}\n"),
        };
    }
    out
}

fn expect(name: &str) {
    let (found, _) = rows(&file(name));
    let wanted = String::from_utf8(file(&format!("{name}.expected"))).unwrap();
    let found = told(&found);
    assert!(found == wanted, "{name} is read differently:\n{found}");
}

#[test]
fn logged_chats_are_read_as_their_provider_meant_them() {
    expect("chat_pairs.jsonl");
}

#[test]
fn training_rows_of_every_dialect_are_read() {
    expect("training.jsonl");
}

#[test]
fn a_table_is_read_with_quoted_line_breaks_and_its_bad_record_named() {
    expect("table.csv");
}

#[test]
fn batch_files_are_joined_whatever_their_order() {
    let mut all = Vec::new();
    for order in [
        ["batch_input.jsonl", "batch_output.jsonl"],
        ["batch_output.jsonl", "batch_input.jsonl"],
    ] {
        let readers: Vec<Box<dyn Read>> = order
            .iter()
            .map(|name| Box::new(std::io::Cursor::new(file(name))) as Box<dyn Read>)
            .collect();
        let mut found = Vec::new();
        let summary = read_joined(readers, None, &Options::default(), |row| {
            found.push(keep(&row));
            ControlFlow::Continue(())
        })
        .unwrap();
        let report = summary.join.unwrap();
        assert_eq!((report.joined, report.alone, report.left_over), (2, 1, 1));
        all.push(told(&found));
    }
    assert_eq!(all[0], all[1]);
    let wanted = String::from_utf8(file("batch.expected")).unwrap();
    assert!(
        all[0] == wanted,
        "batches are read differently:\n{}",
        all[0]
    );
}

#[test]
fn compression_and_encoding_change_nothing() {
    let plain = file("training.jsonl");
    let wanted = told(&rows(&plain).0);
    let half = plain.iter().position(|b| *b == b'\n').unwrap() + 1;
    let mut gzip = Vec::new();
    for part in [&plain[..half], &plain[half..]] {
        let mut to = flate2::write::GzEncoder::new(&mut gzip, flate2::Compression::fast());
        std::io::Write::write_all(&mut to, part).unwrap();
        to.finish().unwrap();
    }
    let zstd = zstd::stream::encode_all(plain.as_slice(), 1).unwrap();
    let text = String::from_utf8(plain.clone()).unwrap();
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let mut bom = vec![0xef, 0xbb, 0xbf];
    bom.extend(&plain);
    for (packed, packing) in [
        (gzip, Packing::Gzip),
        (zstd, Packing::Zstd),
        (utf16, Packing::Plain),
        (bom, Packing::Plain),
    ] {
        let (found, summary) = rows(&packed);
        assert_eq!(summary.packing, packing);
        assert_eq!(told(&found), wanted);
    }
}

#[test]
fn an_array_and_a_wrapping_object_hold_the_same_rows_as_lines() {
    let lines = String::from_utf8(file("training.jsonl")).unwrap();
    let list = lines.trim().replace('\n', ",\n");
    let tell = |text: &str| {
        let outcomes = rows(text.as_bytes())
            .0
            .into_iter()
            .map(|row| row.outcome.unwrap());
        outcomes.collect::<String>()
    };
    let wanted = tell(&lines);
    assert_eq!(tell(&format!("[{list}]")), wanted);
    assert_eq!(
        tell(&format!(
            "{{\"object\":\"list\",\"data\":[{list}],\"has_more\":false}}"
        )),
        wanted
    );
    assert_eq!(
        tell(&format!(
            "{{\"a\":{{}},\"results\":{{\"n\":1,\"results\":[{list}]}}}}"
        )),
        wanted
    );
}

#[test]
fn one_pretty_printed_object_is_one_row() {
    let (found, summary) = rows(b"\n{\n  \"prompt\": \"q\",\n  \"output\": \"a\"\n}\n");
    assert_eq!((found.len(), found[0].line, summary.records), (1, 2, 1));
}

#[test]
fn a_plain_row_borrows_its_values() {
    let text = br#"{"id":"t1","model":"m","prompt":"q \u00e9","output":"a\n"}"#;
    read_rows(&text[..], &Options::default(), |row| {
        let json = row.json;
        let record = row.outcome.unwrap();
        for (value, literal) in [
            (record.request, r#""q \u00e9""#),
            (record.outputs[0].message.clone(), r#""a\n""#),
        ] {
            let std::borrow::Cow::Borrowed(value) = value.unwrap() else {
                panic!("a copy");
            };
            assert_eq!(value, literal);
            assert!(json.as_bytes().as_ptr_range().contains(&value.as_ptr()));
        }
        ControlFlow::Continue(())
    })
    .unwrap();
}

#[test]
fn formats_without_a_reader_are_named_and_a_mapping_reads_them() {
    let row = br#"{"id":"o1","traceId":"t","type":"GENERATION","input":{"q":"2+2?"},"output":"5"}"#;
    let error = rows_with(row, &Options::default()).err().unwrap();
    assert!(error.to_string().contains("a Langfuse export"), "{error}");
    assert!(error.hint().unwrap().contains("--map"));
    let options = Options {
        map: vec!["request=input.q".into(), "output=output".into()],
        ..Options::default()
    };
    let (found, _) = rows_with(row, &options).unwrap();
    let told = found[0].outcome.as_ref().unwrap();
    assert!(told.contains("request: \"2+2?\"\noutput: \"5\""), "{told}");
}

#[test]
fn a_map_entry_adds_to_a_known_format_and_a_wrong_one_is_explained() {
    let row = br#"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"team":"x","stars":4}"#;
    let with = |entry: &str| Options {
        map: vec![entry.to_owned(), "human.stars=stars".into()],
        ..Options::default()
    };
    let (found, _) = rows_with(row, &with("feature=team")).unwrap();
    let told = found[0].outcome.as_ref().unwrap();
    assert!(
        told.contains("feature: x") && told.contains("stars Number(4.0) Human"),
        "{told}"
    );
    let error = rows_with(row, &with("colour=team")).err().unwrap();
    assert!(
        error.to_string().contains("`colour` is no field"),
        "{error}"
    );
}
