//! What judges have said of a ticket, in the few words a row of the queue has room for.

use super::db::Db;
use super::error::Result;
use super::{jobs, verdicts};
use crate::domain::eval::Eval;
use crate::domain::rubric::Rubric;
use crate::domain::standing::JudgeStanding;
use crate::domain::view::JudgeSaid;

/// Levels apart from which several readings of one question are told as unsure.
const UNSURE: i32 = 2;

/// What has been said of a ticket of an eval (by local rows); `None` if no judge has read it and none failed to.
pub fn of(
    db: &Db,
    (row, eval): (i64, &Eval),
    ticket: i64,
    rubric: &Rubric,
) -> Result<Option<JudgeSaid>> {
    let judges = verdicts::of_ticket(db, ticket)?;
    let failure = || jobs::failure_of(db, row, ticket);
    let Some(place) = verdicts::counting(&judges, eval, rubric).or(if judges.is_empty() {
        None
    } else {
        Some(0)
    }) else {
        return Ok(failure()?.map(|class| JudgeSaid {
            unscored: Some(class),
            ..JudgeSaid::default()
        }));
    };
    let standings: Vec<JudgeStanding> = judges
        .iter()
        .map(|judge| judge.standing(rubric, eval))
        .collect();
    let standing = &standings[place];
    let counts = judges[place].version.scores_under(&eval.rubric);
    let unscored = match standing.score {
        Some(_) if counts => None,
        _ => match unanswered(standing) {
            Some(class) => Some(class),
            None => failure()?,
        },
    };
    Ok(Some(JudgeSaid {
        levels: if counts {
            levels(standing, rubric)
        } else {
            Vec::new()
        },
        pass: standing.pass.filter(|_| counts),
        checks: standings
            .iter()
            .map(|standing| standing.checks)
            .find(|(_, run)| *run > 0)
            .unwrap_or_default(),
        unscored,
        unsure: widest(standing),
    }))
}

/// The class of a question that has no answer at all.
fn unanswered(standing: &JudgeStanding) -> Option<String> {
    let mut criteria = standing.criteria.iter();
    criteria.find_map(|one| one.unscored.clone().filter(|_| one.scored == 0))
}

/// Levels that a judge gave, as places on their scales; nothing if it gave none.
fn levels(standing: &JudgeStanding, rubric: &Rubric) -> Vec<Option<f64>> {
    let asked = rubric.questions().filter(|question| !question.from_check);
    let places: Vec<Option<f64>> = asked
        .map(|question| {
            let scale = question.scale()?;
            let level = standing.on(question.id)?.level?;
            let (low, high) = (f64::from(scale.min()), f64::from(scale.max()));
            (high > low).then(|| ((level - low) / (high - low)).clamp(0.0, 1.0))
        })
        .collect();
    if places.iter().all(Option::is_none) {
        return Vec::new();
    }
    places
}

fn widest(standing: &JudgeStanding) -> Option<(i32, i32)> {
    let ranges = standing.criteria.iter().filter_map(|one| one.range);
    ranges
        .filter(|(low, high)| high - low >= UNSURE)
        .max_by_key(|(low, high)| high - low)
}
