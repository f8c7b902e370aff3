//! Levels that nobody sets by hand: the rubric's own checks give them when a review is committed.

use super::judge::work::subject;
use crate::domain::rubric::{Answer, Answers, Rubric};
use crate::judge::checks::Checks;
use crate::store::tickets::TicketRow;
use crate::store::{Db, StoreError};

/// Puts in the levels that checks give, where the reviewer gave none.
pub(super) fn complete(
    db: &Db,
    ticket: &TicketRow,
    rubric: &Rubric,
    answers: &mut Answers,
) -> crate::store::Result<()> {
    let open = |question: &crate::domain::rubric::Question<'_>| {
        question.from_check && !answers.contains_key(question.id)
    };
    let questions: Vec<_> = rubric.questions().filter(open).collect();
    if questions.is_empty() {
        return Ok(());
    }
    let checks = Checks::compile(rubric).map_err(|error| StoreError::Refused(error.to_string()))?;
    let found = checks.run(&subject(db, ticket, rubric)?);
    let outcomes: Vec<_> = found.into_iter().map(|one| one.outcome).collect();
    for question in questions {
        if let Some(level) = rubric.level_from_checks(&question, &outcomes) {
            answers.insert(question.id.to_owned(), Answer::Level(level));
        }
    }
    Ok(())
}
