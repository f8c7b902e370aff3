//! A changed rubric written into the file it was read from: what a person noted there stays.
//!
//! The change is found between two files made by [`to_toml`], before and after, and only that is carried into the
//! person's own. So a default that is written out, a literal text, or an order of keys is left as it is. What comes
//! out is read back; if it is not the rubric, the file is written anew without the notes: a comment is never worth a
//! wrong rubric.

use std::collections::BTreeSet;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike};

use super::{load, no_files, to_toml};
use crate::domain::rubric::Rubric;

/// The text `old` changed so that it gives `rubric`; comments, order and spacing of what stays are kept.
pub fn rewrite(old: &str, rubric: &Rubric) -> String {
    changed(old, rubric).unwrap_or_else(|| to_toml(rubric))
}

fn changed(old: &str, rubric: &Rubric) -> Option<String> {
    let text = old
        .strip_prefix('\u{feff}')
        .unwrap_or(old)
        .replace("\r\n", "\n");
    let gives = |text: &str| load(&rubric.id, text, &no_files).rubric;
    let before = gives(&text)?;
    if before == *rubric {
        return Some(text);
    }
    let mut file: DocumentMut = text.parse().ok()?;
    let was: DocumentMut = to_toml(&before).parse().ok()?;
    let is: DocumentMut = to_toml(rubric).parse().ok()?;
    carry(file.as_table_mut(), was.as_table(), is.as_table());
    unplace(file.as_table_mut());
    let text = file.to_string();
    (gives(&text).as_ref() == Some(rubric)).then_some(text)
}

/// Carries what differs between `was` and `is` into the person's table.
fn carry(file: &mut dyn TableLike, was: &dyn TableLike, is: &dyn TableLike) {
    let gone = was.iter().filter(|(key, _)| !is.contains_key(key));
    for (key, _) in gone {
        file.remove(key);
    }
    for (key, new) in is.iter() {
        let old = was.get(key);
        if old.is_some_and(|old| old.to_string() == new.to_string()) {
            continue;
        }
        match file.get_mut(key) {
            Some(there) => carry_item(there, old, new),
            None => {
                file.insert(key, new.clone());
            }
        }
    }
}

fn carry_item(there: &mut Item, old: Option<&Item>, new: &Item) {
    if let (Some(there), Some(old), Some(new)) = (
        there.as_array_of_tables_mut(),
        old.and_then(Item::as_array_of_tables),
        new.as_array_of_tables(),
    ) {
        return carry_list(there, old, new);
    }
    if let (Some(there), Some(old), Some(new)) = (
        there.as_table_like_mut(),
        old.and_then(Item::as_table_like),
        new.as_table_like(),
    ) {
        return carry(there, old, new);
    }
    if let (Some(there), Some(new)) = (there.as_value_mut(), new.as_value()) {
        let mut value = new.clone();
        // The note behind a value is a person's, not this program's.
        *value.decor_mut() = there.decor().clone();
        *there = value;
        return;
    }
    *there = new.clone();
}

/// Tables are told apart by `id`. One without an id, or whose id has changed, is the one in its place as long as
/// none was added or removed.
fn carry_list(there: &mut ArrayOfTables, old: &ArrayOfTables, new: &ArrayOfTables) {
    if there.len() != old.len() {
        return;
    }
    let id = |table: &Table| Some(table.get("id")?.as_str()?.to_owned());
    let ids: Vec<Option<String>> = old.iter().map(id).collect();
    let mut free: BTreeSet<usize> = (0..old.len()).collect();
    let named: Vec<Option<usize>> = new
        .iter()
        .map(|table| {
            let id = id(table)?;
            let at = ids.iter().position(|one| *one == Some(id.clone()))?;
            free.remove(&at).then_some(at)
        })
        .collect();
    let mut tables = Vec::with_capacity(new.len());
    for (at, (table, named)) in new.iter().zip(named).enumerate() {
        let same = |from: &usize| {
            old.get(*from)
                .is_some_and(|old| old.to_string() == table.to_string())
        };
        let from = named
            .or_else(|| free.iter().copied().find(same))
            .or_else(|| (old.len() == new.len() && free.contains(&at)).then_some(at));
        let found = from.and_then(|from| Some((from, there.get(from)?.clone(), old.get(from)?)));
        tables.push(match found {
            Some((from, mut own, old)) => {
                free.remove(&from);
                carry(&mut own, old, table);
                own
            }
            None => table.clone(),
        });
    }
    there.clear();
    for table in tables {
        there.push(table);
    }
}

/// Forgets where tables stood: one that came from elsewhere would be written in the midst of another.
fn unplace(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        if let Some(tables) = item.as_array_of_tables_mut() {
            tables.iter_mut().for_each(unplace);
        } else if let Some(table) = item.as_table_mut() {
            unplace(table);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::{Criterion, Scale};

    const FILE: &str = r#"# Ours, since March.
id = "reply"   # never rename
version = "1"

# What legal wants.
[[criterion]]
id = "right"
question = 'Is it right?'  # asked first
scale = "level5"
weight = 1   # written out on purpose
[criterion.anchors]
# the floor
0 = "wrong"
5 = "right"

# Tone came later.
[[criterion]]
id = "tone"
question = "Is it kind?"
scale = "binary"
anchors = { 0 = "no", 1 = "yes" }

[[example]] # from October
input = "Hello"
output = "Hi"
levels = { right = 5 }
# the end
"#;

    fn read(text: &str) -> Rubric {
        load("reply", text, &no_files).rubric.unwrap()
    }

    fn after(change: impl FnOnce(&mut Rubric)) -> String {
        let mut rubric = read(FILE);
        change(&mut rubric);
        let text = rewrite(FILE, &rubric);
        assert_eq!(read(&text), rubric, "{text}");
        text
    }

    fn notes(text: &str) -> usize {
        text.matches('#').count()
    }

    #[test]
    fn an_unchanged_rubric_leaves_its_file_alone() {
        assert_eq!(after(|_| {}), FILE);
    }

    #[test]
    fn a_changed_level_changes_its_line_alone() {
        let text = after(|rubric| {
            rubric.criteria[0]
                .anchors
                .insert(5, "all of it right".into());
        });
        assert_eq!(
            text,
            FILE.replace("\"right\"\n\n", "\"all of it right\"\n\n")
        );
    }

    #[test]
    fn a_changed_question_keeps_the_note_behind_it() {
        let text = after(|rubric| rubric.criteria[0].question = "Is all of it right?".into());
        assert!(
            text.contains("question = \"Is all of it right?\"  # asked first"),
            "{text}"
        );
        assert_eq!(notes(&text), notes(FILE));
    }

    #[test]
    fn notes_survive_what_is_added_removed_and_renamed() {
        let text = after(|rubric| {
            let criterion = Criterion::new("short", "Is it short?", Scale::Binary);
            rubric.criteria.insert(1, criterion);
            rubric.criteria[0].must_reach = Some(2);
            rubric.criteria[0].anchors.insert(3, "half".into());
            rubric.criteria[2].anchors.insert(1, "warm".into());
            rubric.judge.samples = 3;
            rubric.pass_threshold = Some(0.7);
        });
        for note in [
            "Ours",
            "never rename",
            "legal",
            "asked first",
            "on purpose",
            "floor",
            "Tone came",
            "October",
        ] {
            assert!(text.contains(note), "{note}: {text}");
        }
        let text = after(|rubric| {
            rubric.criteria.remove(0);
            rubric.examples.clear();
        });
        assert!(
            !text.contains("legal") && text.contains("Tone came"),
            "{text}"
        );
        let text = after(|rubric| {
            rubric.criteria[1].id = "kind".into();
            rubric.id = "reply-2".into();
        });
        assert!(
            text.contains("Tone came") && text.contains("never rename"),
            "{text}"
        );
    }

    #[test]
    fn a_file_that_gives_no_rubric_is_written_anew() {
        let rubric = read(FILE);
        assert_eq!(rewrite("id = ", &rubric), to_toml(&rubric));
    }
}
