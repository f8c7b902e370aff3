//! The key table of the README.

use std::fmt::Write as _;

use super::super::keymap::KeyMap;
use super::{Scope, TABLE};

/// The keys of every scope as Markdown tables, level keys in one row.
pub fn key_table(keys: &KeyMap) -> String {
    let mut out = String::new();
    for scope in Scope::ALL {
        let mut rows = String::new();
        for info in TABLE.iter().filter(|info| info.scopes.contains(&scope)) {
            let (shown, title) = match info.action.digit() {
                Some(0) => ("`0`-`9`".to_owned(), "Set the level, or choose"),
                Some(1) if scope == Scope::Runs => (
                    "`1`-`9`".to_owned(),
                    "Say that this output is the best of those side by side",
                ),
                Some(_) => continue,
                None => (cells(&keys.chords(scope, info.action)), info.title),
            };
            if !shown.is_empty() {
                let _ = writeln!(rows, "| {shown} | {title} |");
            }
        }
        if !rows.is_empty() {
            let _ = write!(
                out,
                "### {}\n\n| key | what it does |\n| --- | --- |\n{rows}\n",
                scope.title()
            );
        }
    }
    out
}

fn cells(chords: &[super::super::keymap::Chord]) -> String {
    let shown = chords.iter().map(|chord| match chord.to_string().as_str() {
        "|" => "`\\|`".to_owned(),
        text => format!("`{text}`"),
    });
    shown.collect::<Vec<_>>().join(" ")
}
