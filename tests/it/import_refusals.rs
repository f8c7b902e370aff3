//! What `import` refuses, and that nothing is left of it; and what it says of the files it took.

use std::fs;
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::cli_reports::{done, run};

const ROWS: &str = "{\"question\":\"Where is my parcel?\",\"answer\":\"It is on its way.\"}\n\
                    {\"question\":\"Can I return it?\",\"answer\":\"Within thirty days.\"}\n";

fn folder_with(name: &str, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

#[test]
fn mapping_a_column_that_is_not_there_is_refused_before_anything_is_made() {
    let folder = folder_with("logs.jsonl", ROWS.as_bytes());
    for (map, others, hint) in [
        (
            "request=qestion",
            "--map output=answer",
            "did you mean `question`?",
        ),
        (
            "human.correct=nope",
            "--map request=question --map output=answer",
            "name one of these; `a.b` names a key inside an object",
        ),
    ] {
        let ran = run(
            folder.path(),
            &format!("import logs.jsonl {others} --map {map}"),
        );
        let (_, column) = map.split_once('=').unwrap();
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert_eq!(
            ran.err,
            format!(
                "error: cannot import `logs.jsonl`: `--map {map}`: no row has a column `{column}`; \
                 the columns are `question`, `answer`\n  hint: {hint}\n"
            )
        );
        assert!(!folder.path().join("docket.db").exists(), "{map}");
    }
}

#[test]
fn import_in_which_every_row_is_bad_leaves_nothing_behind_and_says_so_in_one_line() {
    let folder = folder_with("bad.jsonl", b"{\"request\":\n{]\n[1]\n");
    for line in ["import bad.jsonl", "bad.jsonl"] {
        let ran = run(folder.path(), line);
        assert_eq!(ran.code, 2, "{}", ran.err);
        let told: Vec<&str> = ran.err.lines().collect();
        let errors: Vec<&&str> = told.iter().filter(|l| l.starts_with("error:")).collect();
        assert_eq!(errors.len(), 1, "{}", ran.err);
        assert!(
            errors[0].starts_with("error: nothing was imported: none of "),
            "{}",
            ran.err
        );
        for word in ["ready", "new:", "eval `bad`"] {
            assert!(!ran.err.contains(word), "`{word}` in {}", ran.err);
        }
        assert!(ran.err.contains("  bad.jsonl:1"), "{}", ran.err);
        assert!(!folder.path().join("docket.db").exists(), "{line}");
    }
}

#[test]
fn rows_that_no_filter_lets_through_leave_no_eval_either() {
    let folder = folder_with("logs.jsonl", ROWS.as_bytes());
    let ran = run(
        folder.path(),
        "import logs.jsonl --eval mine --where feature:x",
    );
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err
            .contains("nothing was imported: none of 2 readable rows passes the filter"),
        "{}",
        ran.err
    );
    assert!(!folder.path().join("docket.db").exists());
}

fn sources_of_an_export(folder: &Path) -> Vec<(String, String)> {
    done(
        folder,
        "export mine --rows accepted --min-score 0 --format trl-sft --out out",
    );
    let manifest = fs::read(folder.join("out/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let sources = manifest["sources"].as_array().unwrap().iter();
    sources
        .map(|source| {
            (
                source["path"].as_str().unwrap().to_owned(),
                source["sha256"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

/// Rows that come reviewed, so that there is something to export.
fn reviewed() -> String {
    let row = |at| {
        format!(
            "{{\"question\":\"Where is parcel {at}?\",\"answer\":\"On its way, number {at}.\",\"ok\":true}}\n"
        )
    };
    (0..12).map(row).collect::<Vec<_>>().concat()
}

const MAP: &str = "--map request=question --map output=answer --map human.send=ok --eval mine";

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

#[test]
fn manifest_of_an_export_names_the_sha256_of_the_file_the_rows_came_from() {
    // Blank lines behind the last row belong to the file too.
    let text = format!("{}\n\n  \n", reviewed());
    let folder = folder_with("logs.jsonl", text.as_bytes());
    done(folder.path(), &format!("import logs.jsonl {MAP}"));
    assert_eq!(
        sources_of_an_export(folder.path()),
        [("logs.jsonl".to_owned(), hex(text.as_bytes()))]
    );
}

#[test]
fn sha256_of_a_packed_file_is_that_of_its_own_bytes() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(reviewed().as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let folder = folder_with("logs.jsonl.gz", &packed);
    done(folder.path(), &format!("import logs.jsonl.gz {MAP}"));
    assert_eq!(
        sources_of_an_export(folder.path()),
        [("logs.jsonl.gz".to_owned(), hex(&packed))]
    );
}

#[test]
fn log_that_grew_is_named_with_the_sha256_it_has_now() {
    let text = reviewed();
    let (first, _) = text.split_at(text.len() / 2);
    let folder = folder_with("logs.jsonl", first.rsplit_once('\n').unwrap().0.as_bytes());
    done(folder.path(), &format!("import logs.jsonl {MAP}"));
    fs::write(folder.path().join("logs.jsonl"), &text).unwrap();
    done(folder.path(), &format!("import logs.jsonl {MAP}"));
    assert_eq!(
        sources_of_an_export(folder.path()),
        [("logs.jsonl".to_owned(), hex(text.as_bytes()))]
    );
}
