//! The map in the header of `src/lib.rs`, held against the `use crate::` lines of the sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Layer, and what it may use besides `domain` and itself. The header of `src/lib.rs` says the same.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("text", &[]),
    ("config", &[]),
    ("formats", &[]),
    ("store", &[]),
    ("stats", &[]),
    ("provider", &[]),
    ("judge", &["provider", "text"]),
    (
        "engine",
        &["stats", "formats", "store", "provider", "judge", "text"],
    ),
    ("app", &["text", "config"]),
    ("ui", &["app", "text"]),
    ("tui", &["ui", "app", "engine", "text", "config"]),
    ("cli", &["engine", "formats", "text", "config", "tui"]),
];
/// Lines a file may have, tests left out.
const MOST_LINES: usize = 400;
/// Files above that, with the length they must not outgrow.
const LONGER: [(&str, usize); 0] = [];

/// A source file without its tests.
struct Source {
    /// Relative to `src/`, with slashes.
    name: String,
    code: String,
}

impl Source {
    fn layer(&self) -> &str {
        self.name.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    assert!(found.len() > 100, "only {} sources found", found.len());
    found
        .into_iter()
        .map(|path| Source {
            name: path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/"),
            code: without_tests(&std::fs::read_to_string(&path).unwrap()),
        })
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if ["tests", "testing", "test_kit", "fake"].contains(&stem.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The file up to its test module, which by custom stands last.
fn without_tests(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines
        .windows(2)
        .position(|two| {
            two[0] == "#[cfg(test)]" && two[1].starts_with("mod ") && two[1].ends_with('{')
        })
        .unwrap_or(lines.len());
    lines[..end].join("\n")
}

/// Layers a text names: `crate::x` anywhere, and each branch of `crate::{x, y::z}`. Comments do not count.
fn named(code: &str) -> BTreeSet<String> {
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => names.extend(word(rest)),
            Some(group) => names.extend(branches(group)),
        }
    }
    names
}

fn branches(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.extend(word(group[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.extend(word(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn word(text: &str) -> Option<String> {
    let word: String = text
        .chars()
        .take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

#[test]
fn a_layer_uses_only_what_the_map_allows() {
    let mut wrong = Vec::new();
    for source in sources() {
        if ["lib", "main"].contains(&source.layer()) {
            continue;
        }
        let Some((layer, allowed)) = MAY_USE.iter().find(|(name, _)| *name == source.layer())
        else {
            wrong.push(format!("{}: no layer of the map", source.name));
            continue;
        };
        for used in named(&source.code) {
            let leaf = ["text", "stats"].contains(layer);
            let free = used == *layer || (used == "domain" && !leaf);
            if !free && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn groups_and_plain_paths_are_both_read() {
    let code =
        "use crate::{app::{x, y}, engine::Engine};\nfn f() { crate::store::g(); }\n// crate::tui";
    let read: Vec<_> = named(code).into_iter().collect();
    assert_eq!(read, ["app", "engine", "store"]);
}

#[test]
fn the_map_in_the_header_says_what_this_test_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let header = std::fs::read_to_string(root).unwrap();
    for (layer, allowed) in MAY_USE {
        let start = format!("//! | [`{layer}`] |");
        let row = header
            .lines()
            .find(|line| line.starts_with(&start))
            .unwrap_or_else(|| panic!("`{layer}` is not in the map"));
        let cell = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let said: BTreeSet<&str> = cell
            .split(" (")
            .next()
            .unwrap()
            .split(", ")
            .filter(|name| !["–", "nothing"].contains(name))
            .collect();
        assert_eq!(said, allowed.iter().copied().collect(), "{layer}");
    }
}

#[test]
fn only_the_store_knows_the_database() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.layer() != "store")
        .filter(|source| {
            source.code.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && [
                        "rusqlite",
                        "\"SELECT ",
                        "\"INSERT ",
                        "\"DELETE FROM ",
                        "\"PRAGMA ",
                    ]
                    .iter()
                    .any(|sql| line.contains(sql))
            })
        })
        .map(|source| source.name)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_file_can_be_read_in_one_sitting() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter_map(|source| {
            let most = LONGER
                .iter()
                .find(|(name, _)| *name == source.name)
                .map_or(MOST_LINES, |(_, most)| *most);
            let lines = source.code.lines().count();
            (lines > most).then(|| format!("{}: {lines} lines", source.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
