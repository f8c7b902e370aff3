//! Files in a folder that look like logs and were not imported yet: what Home offers first.

use std::collections::HashSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use super::Engine;
use crate::domain::view::FoundFile;
use crate::formats::intake::{Options, read_rows};
use crate::store::ingest;

/// Names worth a look; what a file holds is told from its content.
const ENDINGS: [&str; 8] = [
    ".jsonl",
    ".ndjson",
    ".json",
    ".csv",
    ".tsv",
    ".jsonl.gz",
    ".jsonl.zst",
    ".csv.gz",
];

/// Files looked at.
const MOST_FILES: usize = 20;

/// Rows counted in one file before the count is given as a lower bound.
const MOST_ROWS: u64 = 5_000;

/// Milliseconds all files together may take.
const BUDGET_MS: u128 = 150;

/// Files of `folder` that can be imported, by name. Files this workspace has are left out.
pub fn logs_in(folder: &Path, engine: &Engine) -> Vec<FoundFile> {
    let known: HashSet<String> = engine
        .store()
        .read(ingest::source_names)
        .map(|names| names.into_iter().collect())
        .unwrap_or_default();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            ENDINGS
                .iter()
                .any(|ending| name.to_lowercase().ends_with(ending))
        })
        .filter(|name| !known.contains(name))
        .collect();
    names.sort();
    let start = Instant::now();
    let in_time = |_: &String| start.elapsed().as_millis() < BUDGET_MS;
    names
        .into_iter()
        .take(MOST_FILES)
        .take_while(in_time)
        .filter_map(|name| look(folder, name))
        .collect()
}

/// What a file holds; `None` if nothing that can be imported.
fn look(folder: &Path, name: String) -> Option<FoundFile> {
    let file = File::open(folder.join(&name)).ok()?;
    let mut rows = 0;
    let summary = read_rows(file, &Options::default(), |row| {
        rows += u64::from(row.outcome.is_ok());
        if rows >= MOST_ROWS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .ok()?;
    (rows > 0).then(|| FoundFile {
        path: name,
        rows,
        more: summary.stopped,
        format: summary.detection.format.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::eval::Mode;
    use crate::engine::testing::Bench;

    #[test]
    fn logs_are_found_by_content_and_other_files_are_left_alone() {
        let bench = Bench::new(1, Mode::Assist, 1, false);
        let folder = tempfile::tempdir().unwrap();
        let row = r#"{"request":{"messages":[{"role":"user","content":"hi"}]},"response":{"choices":[{"message":{"role":"assistant","content":"hello"}}]}}"#;
        std::fs::write(folder.path().join("logs.jsonl"), format!("{row}\n{row}\n")).unwrap();
        std::fs::write(folder.path().join("package.json"), "not json at all").unwrap();
        std::fs::write(folder.path().join("notes.txt"), row).unwrap();
        let found = logs_in(folder.path(), &bench.ana);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].path.as_str(), found[0].rows, found[0].more),
            ("logs.jsonl", 2, false)
        );
    }
}
