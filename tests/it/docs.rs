//! The pages beside the code say what the code does.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use docket::app::action::key_table;
use docket::app::keymap::KeyMap;
use docket::domain::filter::{Filter, TABLE, Thing, WordField};

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

/// What stands above and below the table of fields.
const FILTERS_HEAD: &str = "\
# Filters

One language for `docket import --where`, `docket tickets --filter`, `docket export --filter` and the filter bar (`\\` or F6 in the list of tickets).
`--where` and `--filter` are the same: every command that takes one takes the other.

| written | means |
| --- | --- |
| `status:open tag:billing` | both hold |
| `tag:billing,refund` | has one of them |
| `score<0.5 or judge<0.5` | one of the two holds; `or` binds weaker than a space |
| `-flag:legal`, `not flag:legal` | does not hold |
| `(tag:billing or tag:refund) status:open` | parentheses group |
| `refund`, `\"double charge\"` | the words stand in the request or an output |
| `model:harbor*` | begins with it |
| `score>=80%`, `tokens>4k`, `latency>2s` | numbers with `<` `<=` `>` `>=` and `:` for equal |
| `time>=2026-10-01` | a day (UTC), or a moment such as `2026-10-01T08:30:00Z` |

Case never matters. A value that is missing fails every test, so `score<0.5` passes over what has no score and
`-score<0.5` keeps it; `no:score` asks for it. In a shell a filter that begins with `-` needs the equals sign:

```sh
docket tickets support --filter 'status:done score<50%'
docket tickets support --filter='-has:correction'
docket import logs.jsonl --dataset support --where 'feature:billing'
```

A score runs from 0 to 1, whatever the levels of the rubric are: `score>=4` is refused.

A blind eval refuses a filter that would tell a score, a model or another review before your own commit. A mistake is
named with its place in the filter; nothing is guessed.

## Fields

| field | example | what it asks |
| --- | --- | --- |
";

#[test]
fn the_page_of_filters_lists_every_field() {
    let mut text = String::from(FILTERS_HEAD);
    for field in TABLE {
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} |",
            field.name, field.example, field.help
        );
    }
    for (title, names) in [
        ("status", WordField::Status.closed_words().to_vec()),
        ("role", WordField::Role.closed_words().to_vec()),
        ("has and no", Thing::ALL.map(Thing::name).to_vec()),
    ] {
        let _ = write!(text, "\nWords of {title}: `{}`.\n", names.join("` `"));
    }
    page("docs/filters.md", &text);
}

/// The fenced blocks of a page in one language.
fn blocks(name: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(name)).unwrap();
    let opening = format!("```{language}\n");
    text.split(&opening)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_filter_on_the_page_of_filters_can_be_read() {
    let written = FILTERS_HEAD.lines().filter_map(|line| {
        let cell = line.strip_prefix("| `")?.split(" |").next()?;
        Some(cell.trim_end_matches('`').split("`, `").map(str::to_owned))
    });
    let filters: Vec<String> = written.flatten().collect();
    assert!(filters.len() > 10, "{filters:?}");
    for filter in filters {
        assert!(Filter::parse(&filter).is_ok(), "{filter}");
    }
}

#[test]
fn every_rubric_on_the_page_of_rubrics_passes_its_check() {
    let folder = tempfile::tempdir().unwrap();
    let rubrics = blocks("docs/rubrics.md", "toml");
    assert!(!rubrics.is_empty());
    for rubric in rubrics {
        fs::write(folder.path().join("rubric.toml"), &rubric).unwrap();
        let mut check = docket(folder.path());
        let answer = check.args(["rubric", "check", "rubric.toml"]).output();
        let answer = answer.unwrap();
        let told = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert!(answer.status.success(), "{told}\n{rubric}");
    }
}

#[test]
fn every_row_on_the_page_of_files_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let rows = blocks("docs/formats.md", "json");
    assert!(!rows.is_empty());
    for row in rows {
        fs::write(folder.path().join("row.json"), &row).unwrap();
        let mut import = docket(folder.path());
        let import = import.args([
            "import",
            "row.json",
            "--strict",
            "--rubric",
            "support-reply",
        ]);
        let answer = import.args(["--eval", "page"]).output().unwrap();
        let told = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert!(answer.status.success(), "{told}\n{row}");
        assert!(!told.contains("no such question"), "{told}\n{row}");
    }
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
    for name in &names {
        assert!(
            readme.contains(&format!("`docket {name}")),
            "README.md does not mention `docket {name}`"
        );
    }
    let table = readme.split("## Commands").nth(1).unwrap();
    let table = table.split("\n\nData goes").next().unwrap();
    for row in table.split("`docket ").skip(1) {
        let word = row.split(['`', ' ']).next().unwrap();
        let known = word.starts_with('[') || names.contains(&word);
        assert!(
            known,
            "README.md names `docket {word}`, which is no command"
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
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let target = target.split('#').next().unwrap();
            assert!(folder.join(target).exists(), "{name} links to `{target}`");
        }
    }
}
