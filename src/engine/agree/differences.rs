//! The tickets on which a judge and people differ, worst first.

use super::against::Pair;
use super::counted::Labelled;
use super::subject::Subject;
use crate::domain::view::agreement::{Disagreement, JudgeOn, Said};

pub(super) fn disagreements(on: &mut JudgeOn, subject: &Subject<'_>, pairs: &[Pair<'_>]) {
    let mut found: Vec<(bool, f64, &Pair<'_>)> = pairs
        .iter()
        .filter(|pair| pair.differs())
        .map(|pair| {
            let verdicts = pair.verdicts();
            let differs = verdicts.is_some_and(|(judge, people)| judge != people);
            (differs, subject.gap(pair.judge, pair.people.reply()), pair)
        })
        .collect();
    // Worst first; the sort is stable, so equals stay in the order of the plan.
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    on.disagreeing = found.len() as u64;
    found.truncate(JudgeOn::MOST);
    on.disagreements = found
        .into_iter()
        .map(|(pass_differs, gap, pair)| Disagreement {
            ticket: pair.ticket.id,
            external_id: pair.ticket.external_id.clone(),
            preview: String::new(),
            judge: subject.shown(pair.judge),
            people: subject.shown_together(&pair.people),
            each: each(subject, pair.ticket),
            gap,
            pass_differs,
        })
        .collect();
}

/// What each person says, where there are several.
fn each(subject: &Subject<'_>, ticket: &Labelled) -> Vec<Said> {
    if ticket.people.len() < 2 {
        return Vec::new();
    }
    let said = ticket.people.iter();
    said.map(|(who, answers)| Said {
        who: who.clone(),
        answer: subject
            .reply(answers)
            .map_or_else(|| "–".to_owned(), |reply| subject.shown(reply)),
    })
    .collect()
}
