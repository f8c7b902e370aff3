//! Checks that compare the output with a text: what it contains, equals or repeats.

use super::Found;
use crate::domain::rubric::Mode;
use crate::judge::parse::brief;
use crate::judge::subject::{Standing, Subject};

pub(super) fn contains(text: &str, wanted: &[String], mode: Mode, ignore_case: bool) -> Found {
    let fold = |text: &str| {
        if ignore_case {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let hay = fold(text);
    let (there, absent): (Vec<&String>, Vec<&String>) =
        wanted.iter().partition(|one| hay.contains(&fold(one)));
    let list = |all: &[&String]| {
        all.iter()
            .map(|one| format!("`{}`", brief(one)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match mode {
        Mode::All if absent.is_empty() => Found::new(true, format!("contains {}", list(&there))),
        Mode::All => Found::new(false, format!("does not contain {}", list(&absent))),
        Mode::Any if there.is_empty() => {
            Found::new(false, format!("contains none of {}", list(&absent)))
        }
        Mode::Any => Found::new(true, format!("contains {}", list(&there))),
    }
}

pub(super) fn equals(
    text: &str,
    wanted: Option<&str>,
    ignore_case: bool,
    subject: &Subject,
) -> Found {
    let reference = subject
        .reference
        .as_ref()
        // What was once answered is a baseline, not what is right.
        .filter(|reference| reference.standing != Standing::Original)
        .map(|reference| reference.text.as_str());
    let Some(wanted) = wanted.or(reference) else {
        return Found::new(false, "there is no reference to equal");
    };
    let (one, two) = (text.trim(), wanted.trim());
    let same = if ignore_case {
        one.to_lowercase() == two.to_lowercase()
    } else {
        one == two
    };
    let says = if same { "equals" } else { "differs from" };
    Found::new(same, format!("{says} `{}`", brief(two)))
}

/// Whether the output repeats a run of the request, blanks counted as one and case ignored.
pub(super) fn no_echo(text: &str, chars: Option<u32>, subject: &Subject) -> Found {
    let fold = |text: &str| -> Vec<char> {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").to_lowercase().chars().collect()
    };
    let (output, request) = (fold(text), fold(subject.last_user_text()));
    let clear = || Found::new(true, "does not repeat the request");
    if output.is_empty() || request.is_empty() {
        return clear();
    }
    let Some(run) = chars.map(|chars| (chars as usize).max(1)) else {
        let same = output == request;
        return if same {
            Found::new(false, "the output is the request itself")
        } else {
            clear()
        };
    };
    if request.len() < run || output.len() < run {
        return clear();
    }
    let runs: std::collections::HashSet<&[char]> = request.windows(run).collect();
    match output.windows(run).find(|window| runs.contains(window)) {
        Some(window) => {
            let words: String = window.iter().collect();
            Found::new(
                false,
                format!(
                    "repeats {run} characters of the request: `{}`",
                    brief(&words)
                ),
            )
        }
        None => clear(),
    }
}
