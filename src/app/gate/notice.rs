//! What is said where there is no verdict to show: no rule, no runs yet, numbers nobody has looked at.

use super::checklist::{sense, word};
use super::rows::{Sense, Sheet};
use crate::domain::count::counted;
use crate::domain::view::gate::{Declared, GatePage, Moved, NoRule};

/// Blanks before lists and commands.
const IN: u16 = 4;

/// The page of a group without a verdict.
pub(super) fn sheet(group: &str, page: &GatePage, width: u16) -> Sheet {
    let mut sheet = Sheet::new(width);
    match page {
        GatePage::Undeclared(none) => no_rule(&mut sheet, group, none),
        GatePage::Early(declared) => early(&mut sheet, group, declared),
        GatePage::Moved(moved) => unseen(&mut sheet, moved),
        GatePage::Closed { .. } | GatePage::Open(_) => {}
    }
    sheet
}

fn no_rule(sheet: &mut Sheet, group: &str, none: &NoRule) {
    sheet.words(
        0,
        Sense::Strong,
        &format!("No release rule is declared for {group}."),
    );
    let why = "A rule says what must hold before a candidate may be released. It is declared before the numbers are \
               there, so that nobody bends it to them; every answer says whether that was so.";
    sheet.words(0, Sense::Dim, why);
    sheet.gap();
    sheet.words(0, Sense::Plain, "A good one to begin with:");
    sheet.stop("usual", false, Some(none.command.clone()));
    sheet.words(IN, Sense::Command, &none.command);
    sheet.gap();
    offer(sheet, "copies it; run it in a shell and this page fills");
    sheet.gap();
    sheet.words(0, Sense::Plain, "It asks for");
    let each = none.asks.iter().map(|(what, how)| format!("{what}: {how}"));
    let all = each.collect::<Vec<_>>().join("; ");
    sheet.words(IN, Sense::Dim, &format!("{all}."));
    sheet.gap();
    sheet.words(
        0,
        Sense::Plain,
        "Floors by tag, reruns, latency, cost and checks are asked for in a file:",
    );
    sheet.stop("by_file", false, Some(none.by_file.clone()));
    sheet.words(IN, Sense::Command, &none.by_file);
}

fn early(sheet: &mut Sheet, group: &str, declared: &Declared) {
    sheet.words(
        0,
        Sense::Strong,
        &format!("The rule of {group} is declared, and no candidate has answered yet."),
    );
    sheet.words(
        0,
        Sense::Dim,
        "That is the right order. Candidates are asked with (<EVAL> is the eval with the items, <MODEL> one such as openai/gpt-4.1-mini):",
    );
    let command = format!("docket run <EVAL> --group {group} --model <MODEL>");
    sheet.stop("run", false, Some(command.clone()));
    sheet.words(IN, Sense::Command, &command);
    sheet.gap();
    offer(sheet, "copies it");
    sheet.gap();
    sheet.words(0, Sense::Plain, "The rule asks for");
    for (what, how) in &declared.lines {
        sheet.words(IN, Sense::Dim, &format!("{what}: {how}"));
    }
    let by = vec![(Sense::Dim, format!("declared by {}", declared.by))];
    sheet.parts(IN, by, Some(declared.at_ms));
}

fn unseen(sheet: &mut Sheet, moved: &Moved) {
    let planned = moved.number <= moved.declared as usize;
    let seen = moved.candidates.iter().any(|(_, said, _)| said.is_some());
    let first = if seen {
        "What the verdicts rest on has changed since the last look."
    } else {
        "Nobody has looked at these numbers under this rule."
    };
    sheet.words(0, Sense::Strong, first);
    let declared = counted(moved.declared, "look");
    let look = if planned {
        format!(
            "Looking is kept: this is look {}, and the rule declares {declared}.",
            moved.number
        )
    } else {
        format!(
            "This would be look {}, and the rule declares {declared}. Who looks until it passes passes what should not: \
             a look beyond what is declared is kept, and stands beside every verdict.",
            moved.number
        )
    };
    sheet.words(0, if planned { Sense::Dim } else { Sense::Warn }, &look);
    sheet.gap();
    for (name, said, owner) in &moved.candidates {
        let said = match said {
            Some(said) => (sense(*said), format!("{} at the last look", word(*said))),
            None => (Sense::Dim, "never looked at".to_owned()),
        };
        let parts = vec![
            (Sense::Strong, name.clone()),
            (Sense::Plain, "  ".to_owned()),
            said,
        ];
        sheet.parts(IN, parts, None);
        sheet.words(IN + 2, Sense::Dim, owner);
    }
    sheet.gap();
    offer(sheet, "looks now");
}

fn offer(sheet: &mut Sheet, does: &str) {
    let parts = vec![
        (Sense::Command, "Enter".to_owned()),
        (Sense::Plain, format!("  {does}")),
    ];
    sheet.parts(0, parts, None);
}
