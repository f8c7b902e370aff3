//! The pages beside the code say what the code does.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use docket::app::action::key_table;
use docket::app::keymap::KeyMap;
use docket::domain::filter::TABLE;

use super::support::docket;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a generated page; `DOCKET_WRITE_DOCS=1` writes it instead.
fn page(name: &str, expected: &str) {
    let path = root().join(name);
    if std::env::var_os("DOCKET_WRITE_DOCS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "`{name}` is not what the code says: DOCKET_WRITE_DOCS=1 cargo test --test it docs"
    );
}

#[test]
fn the_page_of_keys_is_the_table_of_actions() {
    let head = "# Keys\n\nMade from the table of actions in `src/app/action/table.rs`. `?` shows the keys of the screen you are on, `:`\nfinds any action by its words. Keys can be remapped in the settings file (`[bind]`), presets are `vim`, `plain` and\n`azerty`.\n\n";
    page(
        "docs/keys.md",
        &format!("{head}{}", key_table(&KeyMap::default())),
    );
}

#[test]
fn the_page_of_filters_lists_every_field() {
    let mut text = String::from(
        "# Filters\n\nOne language for `--where`, `--filter` and the filter bar. Terms side by side must all hold; `or`, `not`, `-`\nand parentheses combine them; commas mean any of; bare words and \"phrases\" search request and output.\n\n```\nstatus:open tag:billing,refund -has:correction\nscore<0.5 or \"double charge\"\n```\n\nA blind eval refuses filters that would tell a score, a model or another review.\n\n| field | example | what it asks |\n| --- | --- | --- |\n",
    );
    for field in TABLE {
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} |",
            field.name, field.example, field.help
        );
    }
    page("docs/filters.md", &text);
}

#[test]
fn the_readme_lists_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let help = docket(folder.path()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 12, "{help}");
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for name in names {
        assert!(
            readme.contains(&format!("`docket {name}")),
            "README.md does not mention `docket {name}`"
        );
    }
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let mut pages = vec![
        "README.md".to_owned(),
        "ARCHITECTURE.md".into(),
        "CONTRIBUTING.md".into(),
    ];
    for entry in fs::read_dir(root().join("docs")).unwrap().flatten() {
        pages.push(format!("docs/{}", entry.file_name().to_string_lossy()));
    }
    for name in pages {
        let text = fs::read_to_string(root().join(&name)).unwrap();
        let folder = root().join(&name).parent().unwrap().to_owned();
        for part in text.split("](").skip(1) {
            let target = part.split(')').next().unwrap();
            assert!(folder.join(target).exists(), "{name} links to `{target}`");
        }
    }
}
