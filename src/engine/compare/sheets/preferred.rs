//! What people prefer side by side, as a table of its own.

use crate::domain::count::{counted, either};
use crate::domain::preference::{PreferenceBasis, Tally};
use crate::domain::view::compare::{Comparison, Sheet};

/// Wins, ties and losses by people; `None` where they were not counted. Blind ones and those given after the names were
/// shown stand in rows of their own and are never added up.
pub(super) fn preferred(comparison: &Comparison) -> Option<Sheet> {
    let basis = comparison.preferences?;
    let mut sheet = Sheet::new(
        "people's preferences, side by side: no score, no judge, no part of a gate",
        &[
            "candidate",
            "given",
            "#win",
            "#tie",
            "#loss",
            "#n",
            "#another best",
            "#cannot tell",
        ],
    );
    let base = comparison.baseline.as_deref();
    for one in &comparison.candidates {
        let Some(preferred) = &one.preferred else {
            continue;
        };
        row(&mut sheet, &one.name, "blind", &preferred.blind);
        if preferred.named != Tally::default() {
            row(&mut sheet, &one.name, "names shown", &preferred.named);
        }
    }
    if sheet.rows.is_empty() {
        sheet.title.clear();
        sheet.note(match base {
            Some(_) => format!(
                "people's preferences: n/a, nobody has said which output of an item is best; the Runs screen shows the \
                 items of `{}` side by side",
                comparison.group
            ),
            None => "people's preferences: n/a, there is no baseline to hold them against".to_owned(),
        });
        return Some(sheet);
    }
    for note in notes(&basis, base.unwrap_or_default()) {
        sheet.note(note);
    }
    Some(sheet)
}

fn row(sheet: &mut Sheet, name: &str, given: &str, tally: &Tally) {
    sheet.row([
        name.to_owned(),
        given.to_owned(),
        tally.win.to_string(),
        tally.tie.to_string(),
        tally.loss.to_string(),
        tally.n.to_string(),
        tally.other_best.to_string(),
        tally.cannot_tell.to_string(),
    ]);
}

fn notes(basis: &PreferenceBasis, base: &str) -> Vec<String> {
    let people = match basis.people {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    let mut notes = vec![format!(
        "against `{base}`: {} by {people} on {}, {} of them blind; n is wins, ties and losses",
        counted(basis.blind + basis.named, "preference"),
        counted(basis.items, "item"),
        basis.blind
    )];
    if basis.named > 0 {
        notes.push(format!(
            "{} after names or scores were shown: counted apart",
            either(basis.named, "1 was given", "the others were given")
        ));
    }
    if basis.numbers_seen > 0 {
        notes.push(format!(
            "{} of the blind ones by people to whom this comparison had been open",
            basis.numbers_seen
        ));
    }
    notes
        .push("on items people looked at, which are no sample: no test is made of them".to_owned());
    notes
}
