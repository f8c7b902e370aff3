//! The map in `src/lib.rs` is true: no layer uses one that is not listed for it, SQL stays in the store, and
//! files stay small enough to read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each layer may use. `main` and `lib` only name the layers.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("config", &[]),
    ("domain", &[]),
    ("text", &[]),
    ("formats", &["domain"]),
    ("store", &["domain"]),
    ("engine", &["domain", "formats", "store", "text"]),
    ("app", &["domain", "text", "config"]),
    ("ui", &["domain", "app", "text"]),
    // `store` for the two errors the screens tell apart.
    (
        "tui",
        &["domain", "app", "ui", "engine", "text", "config", "store"],
    ),
    (
        "cli",
        &[
            "domain", "engine", "formats", "text", "config", "tui", "store",
        ],
    ),
    ("main", &["cli"]),
];

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() > 200, "only {} files were found", found.len());
    found
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .display()
        .to_string()
}

fn layer(path: &Path) -> String {
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The text before the tests of a file; test files and test support count as tests whole.
fn production(path: &Path) -> Option<String> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let whole = shown(path);
    let test_file = ["tests.rs", "testing.rs", "test_kit.rs", "fake.rs"].contains(&name.as_str())
        || whole.contains("/tests/")
        || whole.contains("/fake/");
    if test_file {
        return None;
    }
    let text = fs::read_to_string(path).unwrap();
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    Some(text[..end].to_owned())
}

#[test]
fn no_layer_uses_one_that_is_not_listed_for_it() {
    let mut wrong = BTreeSet::new();
    for path in sources() {
        let Some(text) = production(&path) else {
            continue;
        };
        let from = layer(&path);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == from) else {
            continue;
        };
        for (at, _) in text.match_indices("crate::") {
            let to: String = text[at + 7..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let known = MAY_USE.iter().any(|(name, _)| *name == to);
            if known && to != from && !allowed.contains(&to.as_str()) {
                wrong.insert(format!("{} uses `{to}`", shown(&path)));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn the_database_is_named_in_the_store_alone() {
    for path in sources().iter().filter(|path| layer(path) != "store") {
        let Some(text) = production(path) else {
            continue;
        };
        for word in [
            "rusqlite",
            "INSERT INTO ",
            "DELETE FROM ",
            "BEGIN IMMEDIATE",
        ] {
            assert!(!text.contains(word), "{} says `{word}`", shown(path));
        }
    }
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let mut long = Vec::new();
    for path in sources() {
        let Some(text) = production(&path) else {
            continue;
        };
        let lines = text.lines().count();
        if lines > LONGEST {
            long.push(format!("{}: {lines}", shown(&path)));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Lines of a file without its tests.
const LONGEST: usize = 400;
