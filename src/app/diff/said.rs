//! What is to be known of a suggestion before it is taken, in words: who made it, what verification found, the
//! levels and checks before and after, what it leaves unrepaired.

use crate::domain::count::counted;
use crate::domain::rubric::{CheckOutcome, Rubric};
use crate::domain::suggestion::{Helped, Kind, Suggestion};
use crate::domain::view::SuggestionDoc;
use crate::text::{numbers, sanitise};

/// One line for the judge's pane: `helped: quality 1 → 4`.
pub fn in_short(doc: &SuggestionDoc, rubric: &Rubric) -> String {
    let one = &doc.suggestion;
    let word = match one.helped {
        Helped::Helped => "helped",
        Helped::DidNotHelp => "did not help",
        Helped::Unverified => "not verified",
    };
    let changed: Vec<String> = levels(one, rubric)
        .into_iter()
        .filter(|level| level.before != level.after)
        .map(|level| level.to_string())
        .collect();
    if changed.is_empty() {
        word.to_owned()
    } else {
        format!("{word}: {}", changed.join(", "))
    }
}

/// Everything, a line each.
pub fn lines(doc: &SuggestionDoc, rubric: &Rubric) -> Vec<String> {
    let one = &doc.suggestion;
    let mut lines = vec![format!("{} {}.", doc.judge, made(one)), verified(doc)];
    let all: Vec<String> = levels(one, rubric)
        .iter()
        .map(ToString::to_string)
        .collect();
    let facts: Vec<String> = [all.join(", "), checks(one)]
        .into_iter()
        .chain(
            one.cost_micros
                .map(|cost| format!("cost {}", numbers::money(cost))),
        )
        .filter(|fact| !fact.is_empty())
        .collect();
    if !facts.is_empty() {
        lines.push(facts.join(" · "));
    }
    if !one.unresolved.is_empty() {
        lines.push(format!("Not repaired: {}", one.unresolved.join("; ")));
    }
    lines
        .iter()
        .map(|line| sanitise::line(line).to_string())
        .collect()
}

fn made(one: &Suggestion) -> String {
    match one.kind {
        Kind::Changes => format!("suggests {}", counted(one.changes.len() as u64, "change")),
        Kind::Rewrite => {
            "suggests a rewrite: the changes it names do not give its text, so it is taken whole or not at all"
                .to_owned()
        }
    }
}

/// What verification found. A suggestion that is not known to help says so first.
fn verified(doc: &SuggestionDoc) -> String {
    let one = &doc.suggestion;
    let because = one.because.join(", ");
    let found = match (one.helped, because.is_empty()) {
        (Helped::Helped, _) => {
            format!(
                "✓ Verified: judged again by fresh questions, better on {because}, worse on nothing"
            )
        }
        (Helped::DidNotHelp, true) => "✗ Did not help: judged again, nothing is better".to_owned(),
        (Helped::DidNotHelp, false) => format!("✗ Did not help: worse on {because}"),
        (Helped::Unverified, true) => "▲ Not verified yet".to_owned(),
        (Helped::Unverified, false) => {
            format!("▲ Not verified: no level before or after for {because}")
        }
    };
    if doc.current {
        format!("{found}.")
    } else {
        format!("{found}; under another version of the rubric.")
    }
}

/// A question's level before and after.
struct Level<'a> {
    id: &'a str,
    before: Option<i32>,
    after: Option<i32>,
}

impl std::fmt::Display for Level<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |level: Option<i32>| level.map_or_else(|| "–".to_owned(), |l| l.to_string());
        write!(
            f,
            "{} {} → {}",
            self.id,
            shown(self.before),
            shown(self.after)
        )
    }
}

/// The levels in the rubric's order; questions without any are left out.
fn levels<'a>(one: &Suggestion, rubric: &'a Rubric) -> Vec<Level<'a>> {
    rubric
        .questions()
        .map(|question| Level {
            id: question.id,
            before: one.before.levels.get(question.id).copied(),
            after: one.after.levels.get(question.id).copied(),
        })
        .filter(|level| level.before.is_some() || level.after.is_some())
        .collect()
}

/// `checks 1 of 2 → 2 of 2 passed`, and which fail now.
fn checks(one: &Suggestion) -> String {
    let of = |all: &[CheckOutcome]| {
        let passed = all.iter().filter(|check| check.pass).count();
        format!("{passed} of {}", all.len())
    };
    let (before, after) = (&one.before.checks, &one.after.checks);
    if after.is_empty() {
        return String::new();
    }
    let failing: Vec<&str> = after
        .iter()
        .filter(|check| !check.pass)
        .map(|check| check.check.as_str())
        .collect();
    let failing = if failing.is_empty() {
        String::new()
    } else {
        format!(" ({} fails)", failing.join(", "))
    };
    format!("checks {} → {} passed{failing}", of(before), of(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{OutputId, SuggestionId};
    use crate::domain::rubric::{Criterion, Scale};
    use crate::domain::suggestion::{Change, Levels};

    fn doc(helped: Helped, because: &[&str]) -> SuggestionDoc {
        let check = |pass| CheckOutcome {
            check: "short".into(),
            pass,
        };
        SuggestionDoc {
            id: SuggestionId([1; 16]),
            judge: "openai/x".into(),
            current: true,
            suggestion: Suggestion {
                base: OutputId([1; 16]),
                text: "France".into(),
                changes: vec![Change {
                    quote: "Italy".into(),
                    replacement: "France".into(),
                    criterion: "fact".into(),
                }],
                unresolved: Vec::new(),
                kind: Kind::Changes,
                before: Levels {
                    levels: [("fact".to_owned(), 1)].into(),
                    checks: vec![check(false)],
                },
                after: Levels {
                    levels: [("fact".to_owned(), 5)].into(),
                    checks: vec![check(true)],
                },
                helped,
                because: because.iter().map(|one| (*one).into()).collect(),
                cost_micros: None,
                raw: None,
            },
        }
    }

    fn rubric() -> Rubric {
        let mut rubric = Rubric::empty("r");
        for id in ["fact", "tone"] {
            rubric.criteria.push(Criterion::new(id, "?", Scale::Level5));
        }
        rubric
    }

    #[test]
    fn a_verified_suggestion_says_what_got_better_and_shows_levels_and_checks() {
        let lines = lines(&doc(Helped::Helped, &["fact"]), &rubric());
        assert_eq!(
            lines,
            [
                "openai/x suggests 1 change.",
                "✓ Verified: judged again by fresh questions, better on fact, worse on nothing.",
                "fact 1 → 5 · checks 0 of 1 → 1 of 1 passed",
            ]
        );
        assert_eq!(
            in_short(&doc(Helped::Helped, &["fact"]), &rubric()),
            "helped: fact 1 → 5"
        );
    }

    #[test]
    fn each_state_of_verification_has_its_own_words() {
        for (helped, because, expected) in [
            (
                Helped::DidNotHelp,
                &[][..],
                "✗ Did not help: judged again, nothing is better.",
            ),
            (
                Helped::DidNotHelp,
                &["tone"],
                "✗ Did not help: worse on tone.",
            ),
            (Helped::Unverified, &[], "▲ Not verified yet."),
            (
                Helped::Unverified,
                &["tone"],
                "▲ Not verified: no level before or after for tone.",
            ),
        ] {
            assert_eq!(lines(&doc(helped, because), &rubric())[1], expected);
        }
        let mut old = doc(Helped::Helped, &["fact"]);
        old.current = false;
        assert!(lines(&old, &rubric())[1].ends_with("under another version of the rubric."));
    }

    #[test]
    fn what_is_left_unrepaired_and_a_rewrite_are_said() {
        let mut doc = doc(Helped::Helped, &["fact"]);
        doc.suggestion.kind = Kind::Rewrite;
        doc.suggestion.unresolved = vec!["the \u{1b}[31mdate".into()];
        let lines = lines(&doc, &rubric());
        assert!(lines[0].contains("taken whole or not at all"), "{lines:?}");
        assert!(lines[3].starts_with("Not repaired: the "), "{lines:?}");
        assert!(!lines[3].contains('\u{1b}'));
    }
}
