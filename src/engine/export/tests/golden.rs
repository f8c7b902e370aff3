//! One small workspace, every format, byte for byte.

use std::fs;

use serde_json::Value;

use super::support::{Desk, Logged};
use crate::domain::rubric::Kind;
use crate::domain::training::{Needs, TrainingFormat};
use crate::domain::view::ExportRows;

fn desk() -> Desk {
    let multi = r#"{"model":"m","temperature":0.2,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Grüezi"},{"role":"assistant","content":"Hoi."},{"role":"user","content":"Öffnungszeiten?"}]}"#;
    let tools = r#"{"messages":[{"role":"user","content":"Weather?"}],"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]}"#;
    let call = r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"town\": \"Bern\"}"}}]}"#;
    let rows = [
        Logged {
            request: "\"Where is my parcel?\"",
            outputs: &[Some("\"No idea.\"")],
        },
        Logged {
            request: multi,
            outputs: &[Some("\"9 bis 17 Uhr \u{1f552}\"")],
        },
        Logged {
            request: tools,
            outputs: &[Some(call)],
        },
        Logged {
            request: "\"Refund?\"",
            outputs: &[Some("\"\"")],
        },
        Logged {
            request: "\"Where is my parcel?\"",
            outputs: &[Some("\"No idea.\"")],
        },
    ];
    let desk = Desk::new(Kind::Direct, 1, &rows);
    desk.level(0, 1, Some("It arrives tomorrow.\nHave a \"good\" day."));
    desk.level(1, 5, None);
    desk.level(2, 4, None);
    desk.level(3, 5, None);
    desk.level(4, 1, Some("It arrives tomorrow.\nHave a \"good\" day."));
    desk
}

#[test]
fn every_format_is_written_as_it_always_was() {
    for format in TrainingFormat::ALL {
        let desk = desk();
        let rows = match format.needs() {
            Needs::Preference => ExportRows::Pairs,
            Needs::Single | Needs::Labelled => ExportRows::All,
        };
        desk.run(&desk.request(format.name(), rows)).unwrap();
        let read = |file: &str| {
            fs::read_to_string(desk.target("out").join(file)).unwrap_or_else(|_| "none\n".into())
        };
        let text = format!(
            "{}---\n{}---\n{}",
            read("train.jsonl"),
            read("refused.jsonl"),
            read("provenance.jsonl")
        );
        insta::assert_snapshot!(format.name(), text);
    }
}

#[test]
fn manifest_and_card_tell_the_whole_story() {
    let desk = desk();
    let mut request = desk.request("openai-sft", ExportRows::All);
    request.plan.filter = "-tag:none".into();
    desk.run(&request).unwrap();
    let read = |file: &str| {
        let text = fs::read_to_string(desk.target("out").join(file)).unwrap();
        text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    };
    let mut manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    for file in manifest["files"].as_array_mut().unwrap() {
        if file["path"] == "README.md" {
            // It names the version.
            file["sha256"] = "HASH".into();
        }
    }
    insta::assert_snapshot!("manifest", format!("{manifest:#}"));
    insta::assert_snapshot!("card", read("README.md"));
}
