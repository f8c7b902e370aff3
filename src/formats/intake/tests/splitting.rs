//! The splitters against naive ones, whatever the white space and the chunks.

use proptest::prelude::*;

use super::*;

/// Gives a few bytes at a time.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(self.0.len()).min(out.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn space() -> impl Strategy<Value = String> {
    "[ \n\t\r]{0,3}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn array_elements_are_what_a_whole_parse_finds(
        texts in prop::collection::vec(("[\"\\\\{}\\[\\],:a\n€]{0,12}", space(), space(), 0_u8..3), 1..12),
        chunk in 1_usize..40,
    ) {
        let mut text = String::from("\n [");
        let mut wanted = Vec::new();
        for (at, (value, before, after, nesting)) in texts.iter().enumerate() {
            if at > 0 { text.push(','); }
            let inner = serde_json::to_string(value).unwrap();
            let deep = usize::from(*nesting);
            let row = format!("{{\"prompt\":{inner},{before}\"x\":{}{inner}{}}}", "[".repeat(deep), "]".repeat(deep));
            text.push_str(before);
            wanted.push((text.matches('\n').count() as u64 + 1, row.clone()));
            text.push_str(&row);
            text.push_str(after);
        }
        text.push_str("]\n");
        let (found, _) = rows_of(Drip(text.as_bytes(), chunk), &Options::default()).unwrap();
        let found: Vec<(u64, String)> = found
            .into_iter()
            .map(|row| (row.line, String::from_utf8(row.raw).unwrap()))
            .collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn a_written_table_is_read_back(
        cells in prop::collection::vec(("[a-z\",;\n é]{1,10}", "[a-z\",;\n é]{1,10}"), 1..12),
        chunk in 1_usize..40,
    ) {
        let mut writer = csv_crate();
        writer.write_record(["prompt", "output", "id"]).unwrap();
        for (at, (prompt, output)) in cells.iter().enumerate() {
            writer.write_record([prompt, output, &at.to_string()]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut found = Vec::new();
        read_rows(Drip(&bytes, chunk), &Options::default(), |row| {
            let record = row.outcome.unwrap();
            let read = |json: &str| serde_json::from_str::<String>(json).unwrap();
            found.push((
                read(record.request.as_deref().unwrap()),
                read(record.outputs[0].message.as_deref().unwrap()),
            ));
            ControlFlow::Continue(())
        }).unwrap();
        prop_assert_eq!(found, cells);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), json in any::<bool>()) {
        let mut input = if json { b"[{\"prompt\":\"a\"},".to_vec() } else { Vec::new() };
        input.extend(bytes);
        let _ = rows_of(Drip(&input, 7), &Options::default());
    }
}

fn csv_crate() -> ::csv::Writer<Vec<u8>> {
    ::csv::Writer::from_writer(Vec::new())
}
