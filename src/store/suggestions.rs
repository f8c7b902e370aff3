//! Corrections judges propose. Facts: one is added, never changed; the latest of a judge is the one that counts.

use super::db::{Db, Val};
use super::error::{Result, StoreError};
use super::filter_sql::{Arg, compile};
use super::queue::Ask;
use crate::domain::ids::{JudgeVersionId, RubricId, SuggestionId, TicketId};
use crate::domain::suggestion::{Helped, Suggestion};
use crate::domain::view::SuggestionDoc;

/// Keeps a suggestion. `false` if it is known.
pub fn put(
    db: &Db,
    ticket: (i64, &TicketId),
    judge: (i64, &JudgeVersionId),
    suggestion: &Suggestion,
) -> Result<bool> {
    let id = suggestion.id(ticket.1, judge.1);
    let body = serde_json::to_string(suggestion).map_err(|_| damaged())?;
    let sql = "INSERT INTO suggestion (id, ticket, judge, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING";
    Ok(db.exec(sql, args![&id.0, ticket.0, judge.0, &body])? > 0)
}

/// The suggestion that people see on a ticket: the latest that helped under the rubric version in use, else the
/// latest that helped, else the latest.
pub fn of_ticket(db: &Db, ticket: i64, rubric: &RubricId) -> Result<Option<SuggestionDoc>> {
    let sql = "SELECT s.id, j.name, j.body, s.body FROM suggestion s JOIN judge j ON j.row = s.judge WHERE s.ticket = ?1 ORDER BY s.row DESC";
    let mut all = db.query(sql, args![ticket], |row| {
        Ok(SuggestionDoc {
            id: SuggestionId(row.id(0)?),
            judge: row.text(1)?.to_owned(),
            current: super::verdicts::version(row.text(1)?, row.text(2)?).scores_under(rubric),
            suggestion: read(row.text(3)?)?,
        })
    })?;
    let helped = |doc: &SuggestionDoc| doc.suggestion.helped == Helped::Helped;
    let best = all
        .iter()
        .position(|doc| doc.current && helped(doc))
        .or_else(|| all.iter().position(helped))
        .unwrap_or(0);
    Ok((best < all.len()).then(|| all.swap_remove(best)))
}

/// A suggestion on a ticket by its identity.
pub fn by_id(db: &Db, ticket: i64, id: &SuggestionId) -> Result<Option<Suggestion>> {
    let sql = "SELECT body FROM suggestion WHERE id = ?1 AND ticket = ?2";
    db.first(sql, args![&id.0, ticket], |row| read(row.text(0)?))
}

/// The suggestions that helped, of judges that score under a rubric version, the latest first, each with what its judge is
/// called.
pub fn helped(db: &Db, ticket: i64, rubric: &RubricId) -> Result<Vec<(String, Suggestion)>> {
    let sql = "SELECT s.body, j.name, j.body FROM suggestion s JOIN judge j ON j.row = s.judge WHERE s.ticket = ?1 ORDER BY s.row DESC";
    let all = db.query(sql, args![ticket], |row| {
        let judge = super::verdicts::version(row.text(1)?, row.text(2)?);
        Ok((judge, read(row.text(0)?)?))
    })?;
    Ok(all
        .into_iter()
        .filter(|(judge, one)| judge.scores_under(rubric) && one.helped == Helped::Helped)
        .map(|(judge, one)| (judge.name, one))
        .collect())
}

/// A judge's latest suggestion on a ticket.
pub fn of_judge(db: &Db, ticket: i64, judge: i64) -> Result<Option<Suggestion>> {
    let sql =
        "SELECT body FROM suggestion WHERE ticket = ?1 AND judge = ?2 ORDER BY row DESC LIMIT 1";
    db.first(sql, args![ticket, judge], |row| read(row.text(0)?))
}

/// Tickets with one output that a filter shows, that some judge has read and this judge (by local row) has not
/// suggested a correction for, in plan order. One whose verification was interrupted is still to be done; with
/// `again`, also one that could not be verified.
pub fn without(db: &Db, ask: &Ask<'_>, judge: i64, again: bool) -> Result<Vec<i64>> {
    let compiled = compile(db, ask.filter, &ask.scope, 4)?;
    let sql = format!(
        "SELECT t.row FROM ticket t WHERE t.eval = ?1 AND t.outputs = 1 AND {}
           AND EXISTS (SELECT 1 FROM verdict v WHERE v.ticket = t.row)
           AND NOT EXISTS (SELECT 1 FROM suggestion s WHERE s.ticket = t.row AND s.judge = ?2
             AND (s.body NOT LIKE '%\"helped\":\"unverified\"%' OR (?3 = 0 AND s.body LIKE '%\"because\":[%')))
         ORDER BY t.plan_key",
        compiled.sql
    );
    let mut args: Vec<Val<'_>> = args![ask.scope.eval, judge, again].to_vec();
    args.extend(compiled.args.iter().map(Arg::val));
    db.query(&sql, &args, |row| row.int(0))
}

fn read(body: &str) -> Result<Suggestion> {
    serde_json::from_str(body).map_err(|_| damaged())
}

fn damaged() -> StoreError {
    StoreError::Damaged("suggestion".into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::memory;
    use super::super::verdicts;
    use super::*;
    use crate::domain::ids::OutputId;
    use crate::domain::judge_version::{JudgeKind, JudgeVersion};
    use crate::domain::suggestion::{Kind, Levels};

    const RUBRIC: RubricId = RubricId([1; 16]);

    /// Keeps a suggestion of a judge that scores under this rubric version.
    fn kept(db: &Db, rubric: RubricId, text: &str, helped: Helped) {
        let id = JudgeVersionId(rubric.0);
        let version = JudgeVersion {
            kind: JudgeKind::Model,
            rubric: Some(rubric),
            ..JudgeVersion::imported("m")
        };
        let judge = verdicts::put_judge(db, &id, &version).unwrap();
        let one = Suggestion {
            base: OutputId([3; 16]),
            text: text.into(),
            changes: Vec::new(),
            unresolved: Vec::new(),
            kind: Kind::Changes,
            before: Levels::default(),
            after: Levels::default(),
            helped,
            because: Vec::new(),
            cost_micros: None,
            raw: None,
        };
        assert!(put(db, (1, &TicketId([2; 16])), (judge, &id), &one).unwrap());
    }

    #[test]
    fn people_see_what_helped_under_the_rubric_in_use_before_anything_newer() {
        let db = memory();
        assert_eq!(of_ticket(&db, 1, &RUBRIC).unwrap(), None);
        let shown = |db: &Db| {
            let doc = of_ticket(db, 1, &RUBRIC).unwrap().unwrap();
            (doc.suggestion.text, doc.current)
        };
        kept(&db, RUBRIC, "failed", Helped::DidNotHelp);
        assert_eq!(shown(&db), ("failed".into(), true));
        kept(&db, RubricId([9; 16]), "elsewhere", Helped::Helped);
        assert_eq!(shown(&db), ("elsewhere".into(), false));
        kept(&db, RUBRIC, "good", Helped::Helped);
        kept(&db, RUBRIC, "newer", Helped::Unverified);
        kept(&db, RubricId([9; 16]), "newest", Helped::Helped);
        assert_eq!(shown(&db), ("good".into(), true));
    }

    #[test]
    fn a_suggestion_is_found_by_its_identity_on_its_own_ticket_only() {
        let db = memory();
        kept(&db, RUBRIC, "good", Helped::Helped);
        let id = of_ticket(&db, 1, &RUBRIC).unwrap().unwrap().id;
        assert_eq!(by_id(&db, 1, &id).unwrap().unwrap().text, "good");
        assert_eq!(by_id(&db, 2, &id).unwrap(), None);
    }
}
