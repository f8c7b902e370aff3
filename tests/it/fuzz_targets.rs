//! What the fuzz targets hold docket to, on the corpus: they stand outside the build and would rot unseen.

use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

#[test]
fn no_reply_of_the_corpus_is_accepted_without_the_questions_id() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/judge");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        targets::judge_reply(&bytes);
        // Cut anywhere it is still no answer to anybody else's question.
        for end in [bytes.len() / 3, bytes.len() / 2] {
            targets::judge_reply(&bytes[..end]);
        }
        files += 1;
    }
    assert!(files > 20, "{files} files");
}
