//! What people say beside what the judge says, as a table.

use super::{ends, percent, percent_ends, signed, value};
use crate::domain::view::compare::{
    CandidateSummary, Comparison, HumanEstimate, HumanNumbers, Ranged, Sheet, Told,
};

/// The judge alone, and people and judge together. Without a review that counts it says why, and what fills it.
pub fn people(comparison: &Comparison) -> Sheet {
    let all: Vec<(&CandidateSummary, &HumanNumbers)> = comparison
        .candidates
        .iter()
        .filter_map(|one| Some((one, one.human.as_ref()?)))
        .collect();
    let joined = all
        .iter()
        .filter_map(|(_, human)| human.mean.value())
        .any(|mean| mean.lambda.is_some());
    let who = if joined {
        "people and judge together"
    } else {
        "people alone"
    };
    let mut sheet = Sheet::new(
        format!("{who} (blind reviews of the plan), beside the judge alone"),
        &[
            "candidate",
            "#labels",
            "#judge",
            "#people",
            "95 %",
            "#pass",
            "95 %",
            "#minus base",
            "95 %",
            "#worth",
        ],
    );
    if all.iter().all(|(_, human)| human.labels == 0) {
        sheet.title.clear();
        sheet.note(nobody(comparison, all.first().map(|(_, human)| *human)));
        return sheet;
    }
    for (one, human) in all {
        row(&mut sheet, one, human);
    }
    sheet
}

fn nobody(comparison: &Comparison, human: Option<&HumanNumbers>) -> String {
    let left: Vec<String> = human
        .iter()
        .flat_map(|human| &human.left_out)
        .map(|(reason, n)| format!("{n} {reason}"))
        .collect();
    let left = if left.is_empty() {
        String::new()
    } else {
        format!(" (left out: {})", left.join("; "))
    };
    format!(
        "people: n/a, no blind review of the plan counts{left}; `docket review {}` takes the next ticket",
        comparison.group
    )
}

fn row(sheet: &mut Sheet, one: &CandidateSummary, human: &HumanNumbers) {
    let range = |told: &Told<HumanEstimate>| -> Option<Ranged> {
        told.value().map(|estimate| estimate.range.clone())
    };
    let (mean, pass, difference) = (
        range(&human.mean),
        range(&human.pass_rate),
        range(&human.difference),
    );
    let worth = human.mean.value().and_then(|mean| mean.n_effective);
    sheet.row([
        one.name.clone(),
        human.labels.to_string(),
        value(one.mean.as_ref()),
        value(mean.as_ref()),
        ends(mean.as_ref()),
        percent(pass.as_ref()),
        percent_ends(pass.as_ref()),
        signed(difference.as_ref()),
        ends(difference.as_ref()),
        worth.map_or_else(|| "n/a".to_owned(), |n| format!("{n:.0}")),
    ]);
    match &human.mean {
        Told::Missing(why) => sheet.note(format!("{}: people n/a, {why}", one.name)),
        Told::Value(found) => {
            if let Some(n) = worth {
                sheet.note(format!(
                    "{}: {} labels worth {n:.0}",
                    one.name, human.labels
                ));
            }
            if let Some(note) = &found.note {
                sheet.note(format!("{}: {note}", one.name));
            }
        }
    }
    if let (Told::Missing(why), true) = (&human.difference, one.difference.is_some()) {
        sheet.note(format!("{}: difference by people n/a, {why}", one.name));
    }
}
