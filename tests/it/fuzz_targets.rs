//! What the fuzz targets hold docket to, on the corpus: they stand outside the build and would rot unseen.

use std::path::Path;

use serde_json::Value;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use targets::ID;

#[test]
fn no_reply_of_the_corpus_is_accepted_once_the_questions_id_is_another() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/judge");
    let mut with_id = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let case: Value = serde_json::from_slice(&bytes).unwrap();
        let text = case["reply"]["text"].as_str().unwrap_or_default();
        with_id += usize::from(text.contains(ID));
        // An object without the id beside prose that holds it is still without it.
        let beside = format!("{text}\nThe id is {ID}, or \\u0030 as some write it.").replacen(
            ID,
            "ba9876543210",
            1,
        );
        targets::judge_reply(beside.as_bytes());
        // Both as it is and under the id of somebody else's question; panics where one is taken that must not be.
        targets::judge_reply(text.as_bytes());
        let other = text.replace(ID, "ba9876543210");
        targets::judge_reply(other.as_bytes());
        targets::judge_reply(&other.as_bytes()[..other.len() / 2]);
    }
    assert!(with_id > 20, "{with_id} replies");
}
