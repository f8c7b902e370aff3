//! Exports of what was imported: the way back, and a real annotated table.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::{ExportReport, ExportRequest};
use crate::domain::message::{Message, Role};
use crate::domain::rubric::Answer;
use crate::domain::view::{Draft, ExportPlan, ExportRows, Order, QueueQuery};
use crate::engine::import::{ImportPlan, ImportReport, NewTarget};
use crate::engine::testing::submission;
use crate::engine::{Clock, Engine};
use crate::formats::intake::Profile;

struct Place {
    folder: TempDir,
    ana: Engine,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(1_700_000_000_000);
        let ana = Engine::create(&folder.path().join("w.db"), "ana", clock, false).unwrap();
        Self { folder, ana }
    }

    fn import(&self, plan: ImportPlan) -> ImportReport {
        let plan = ImportPlan {
            eval: Some(NewTarget::named("logs")),
            ..plan
        };
        self.ana
            .import(&plan, &AtomicBool::new(false), &mut |_| {})
            .unwrap()
    }

    fn take(&self, file: &Path) -> ImportReport {
        self.import(ImportPlan {
            files: vec![file.to_owned()],
            ..ImportPlan::default()
        })
    }

    /// Gives every ticket the best level of every question, and those with a text a correction.
    fn review(&self, corrections: &[Option<String>]) {
        let eval = self.ana.eval_named("logs").unwrap();
        let query = QueueQuery {
            eval: eval.id,
            filter: String::new(),
            order: Order::Arrival,
            anchor: crate::domain::view::Anchor::Start,
            limit: 1_000,
        };
        let rows = self.ana.queue(&query).unwrap().rows;
        assert_eq!(rows.len(), corrections.len());
        for (row, correction) in rows.iter().zip(corrections) {
            let doc = self.ana.open_ticket(row.ticket, true).unwrap();
            let best = |question: crate::domain::rubric::Question<'_>| {
                let level = question.scale().unwrap().max();
                (question.id.to_owned(), Answer::Level(level))
            };
            let mut review = submission(doc.ticket, doc.lease.unwrap(), 0);
            review.draft = Draft {
                answers: doc.rubric.questions().map(best).collect(),
                correction: correction.clone(),
                ..Draft::default()
            };
            self.ana.submit(&review).unwrap();
        }
    }

    fn export(&self, format: &str, rows: ExportRows, validation: f64) -> ExportReport {
        let request = ExportRequest::from(ExportPlan {
            eval: self.ana.eval_named("logs").unwrap().id,
            format: format.into(),
            rows,
            filter: String::new(),
            min_score: None,
            validation,
            seed: 7,
            folder: self.folder.path().join("out").display().to_string(),
            replace: false,
            override_reason: None,
        });
        self.ana
            .export_with(&request, &mut |_| {}, &AtomicBool::new(false))
            .unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("out").join(name)
    }

    /// Item id and answer of every output, in order of arrival.
    fn contents(&self) -> Vec<(String, Message)> {
        let sql = "SELECT hex(i.id), coalesce(o.message, substr(r.body, o.message_at + 1, o.message_len))
                   FROM output o JOIN item i ON i.row = o.item JOIN raw r ON r.row = o.raw ORDER BY o.row";
        let read = |row: &crate::store::db::Row<'_>| {
            let message = Message::read(row.text(1)?, Role::Assistant).unwrap();
            Ok((row.text(0)?.to_owned(), message))
        };
        self.ana
            .store()
            .read(|db| db.query(sql, &[], read))
            .unwrap()
    }
}

fn words() -> impl Strategy<Value = String> {
    "[a-zé漢🙂\"\\\\\n{}:,]{0,8}[a-z][a-z é]{0,6}"
}

/// A logged row: an id or none, parameters or none, one turn or several, a tool call or a text.
fn logged() -> impl Strategy<Value = Value> {
    let parts = (
        words(),
        words(),
        any::<(bool, bool, bool, bool)>(),
        0_u32..1_000_000,
    );
    parts.prop_map(|(question, answer, (id, parameters, turns, call), n)| {
        let mut messages = vec![json!({"role": "user", "content": question})];
        if turns {
            messages.insert(0, json!({"role": "system", "content": "Be brief."}));
            messages.push(json!({"role": "assistant", "content": "Yes?"}));
            messages.push(json!({"role": "user", "content": "Go on."}));
        }
        let mut request = json!({"messages": messages});
        if parameters {
            request["model"] = json!("m");
            request["temperature"] = json!(0.5);
        }
        let mut message = json!({"role": "assistant", "content": answer});
        if call {
            request["tools"] = json!([{"type": "function", "function": {"name": "f", "parameters": {}}}]);
            message = json!({"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"b\": 1, \"a\": 2}"}}]});
        }
        let response = json!({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
        let mut row = json!({"request": request, "response": response});
        if n % 3 == 0 {
            row["reference"] = json!("as it \"should\" be");
        }
        if id {
            row["id"] = json!(format!("row-{n}"));
        }
        row
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn pairs_import_again_to_the_same_items_and_outputs(
        rows in prop::collection::vec((logged(), prop::option::of(words())), 1..7),
    ) {
        let place = Place::new();
        let log = place.folder.path().join("logs.jsonl");
        let lines: Vec<String> = rows.iter().map(|(row, _)| row.to_string()).collect();
        std::fs::write(&log, lines.join("\n")).unwrap();
        let first = place.take(&log);
        // Rows that are the same byte for byte, and ids given twice with one request, are one item.
        prop_assume!(first.new.tickets == rows.len() as u64);
        let corrections: Vec<Option<String>> = rows.iter().map(|(_, text)| text.clone()).collect();
        place.review(&corrections);
        let report = place.export("pairs", ExportRows::All, 0.0);
        prop_assert_eq!(report.row_count(), rows.len() as u64);

        let back = Place::new();
        back.take(&place.file("train.jsonl"));
        let (before, after) = (place.contents(), back.contents());
        prop_assert_eq!(before.len(), after.len());
        for (at, ((item, said), (same, again))) in before.into_iter().zip(after).enumerate() {
            prop_assert_eq!(item, same);
            match &corrections[at] {
                None => prop_assert_eq!(said, again),
                Some(text) => prop_assert_eq!(text, &again.plain_text()),
            }
        }
    }
}

/// The folder of real data beside the project; `None` where there is none, which CI does not accept.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("DOCKET_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    let why = format!(
        "`{}` is not there, so nothing was tested on it",
        found.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("{why}");
    None
}

#[test]
fn preferences_of_a_real_annotated_table_have_the_known_counts() {
    let Some(folder) = shared("data/pandalm") else {
        return;
    };
    let place = Place::new();
    let profile = include_str!("../../../../data/profiles/pandalm.toml");
    place.import(ImportPlan {
        files: vec![
            folder.join("testset-v1.json"),
            folder.join("gpt-3.5-turbo-testset-v1.json"),
        ],
        join: Some("idx".into()),
        profile: Some(Profile::parse(profile).unwrap()),
        ..ImportPlan::default()
    });
    let report = place.export("trl-dpo", ExportRows::Pairs, 0.2);
    let counts: Vec<_> = report
        .refused_by_reason
        .iter()
        .map(|count| (count.code, count.rows))
        .collect();
    assert_eq!(counts, [("tie", 105), ("empty_answer", 52)]);
    assert_eq!((report.row_count(), report.refused), (842, 157));
    assert_eq!(report.refused_first.len(), 20);
    let requests = |file: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(place.file(file)).unwrap();
        let prompt = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            row["prompt"].to_string()
        };
        text.lines().map(prompt).collect()
    };
    let (train, validation) = (requests("train.jsonl"), requests("validation.jsonl"));
    assert_eq!(train.len() + validation.len(), 153);
    assert!(train.is_disjoint(&validation));
    let clusters = |split: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(place.file("provenance.jsonl")).unwrap();
        let rows = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.filter(|row| row["file"] == split)
            .map(|row| row["cluster"].to_string())
            .collect()
    };
    let (train, validation) = (clusters("train.jsonl"), clusters("validation.jsonl"));
    assert!(!validation.is_empty() && train.is_disjoint(&validation));
    assert_eq!(report.duplicates, 80);
}
