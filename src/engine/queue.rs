//! The queue as screens show it: pages, counts, blindness.

use super::{Engine, EngineError, Result};
use crate::domain::eval::{AfterCommit, Eval, Mode};
use crate::domain::filter::{Filter, FilterError};
use crate::domain::fold::Sent;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::message::{Message, Role};
use crate::domain::sight::{self, tells};
use crate::domain::ticket::State;
use crate::domain::view::{Order, QueueCounts, QueuePage, QueueQuery, QueueRow, Shown, Why};
use crate::store::filter_sql::{Audit, Scope};
use crate::store::queue::{self, Ask, ListRow};
use crate::store::{Db, StoreError, catalog, leases, rubrics, said};
use crate::text;

/// Why a filter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFilter {
    /// Byte where the trouble starts.
    pub at: usize,
    /// What is wrong and where.
    pub why: String,
    /// What is wrong and what to write instead, for who sees the place.
    pub words: String,
    /// What to write instead, if there is something to be said.
    pub hint: Option<String>,
}

impl BadFilter {
    /// A filter that may be written but not used.
    fn refused(why: &str) -> Self {
        Self {
            at: 0,
            why: why.to_owned(),
            words: why.to_owned(),
            hint: None,
        }
    }
}

impl From<FilterError> for BadFilter {
    fn from(error: FilterError) -> Self {
        Self {
            at: error.offset,
            why: error.to_string(),
            words: format!("{}; {}", error.message, error.hint),
            hint: Some(error.way_on()),
        }
    }
}

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The filter cannot be used.
    #[error("{}", .0.why)]
    BadFilter(BadFilter),
    /// Anything else.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for QueueError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

/// A filter that tells this reviewer nothing they must not know.
struct Usable {
    filter: Filter,
    /// What has to be left out so that it does not.
    audit: Option<Audit>,
}

impl Engine {
    /// A page of the queue.
    pub fn queue(&self, query: &QueueQuery) -> std::result::Result<QueuePage, QueueError> {
        self.page(query, true)
    }

    /// A page; what judges said costs a look at their verdicts, and only screens show it.
    pub(super) fn page(
        &self,
        query: &QueueQuery,
        with_said: bool,
    ) -> std::result::Result<QueuePage, QueueError> {
        let usable = self.usable_filter(query.eval, &query.filter, query.order)?;
        Ok(self.store().read(|db| {
            let (row, eval) = Self::eval_row(db, query.eval)?;
            let ask = self.ask_usable(row, &usable, query.order);
            let page = queue::page(db, &ask, query.anchor, query.limit)?;
            let rubric = rubrics::get(db, &eval.rubric)?;
            let rows = page.rows.into_iter().map(|listed| {
                let local = listed.key.row;
                let mut shown = self.list_row(&eval, listed);
                // Whether a judge has read it is the judge's as well.
                if with_said && shown.said != Shown::Hidden {
                    let said = said::of(db, (row, &eval), local, &rubric)?;
                    shown.said = said.map_or(Shown::None, Shown::Some);
                }
                Ok(shown)
            });
            Ok(QueuePage {
                rows: rows.collect::<crate::store::Result<Vec<_>>>()?,
                more_before: page.more_before,
                more_after: page.more_after,
            })
        })?)
    }

    /// The numbers above the list in this order.
    pub fn counts(
        &self,
        eval: EvalId,
        filter: &str,
        order: Order,
    ) -> std::result::Result<QueueCounts, QueueError> {
        let usable = self.usable_filter(eval, filter, order)?;
        Ok(self.store().read(|db| {
            let (row, _) = Self::eval_row(db, eval)?;
            queue::counts(db, &self.ask_usable(row, &usable, order))
        })?)
    }

    /// The tickets a filter shows, at most `limit`.
    pub fn matching(
        &self,
        eval: EvalId,
        filter: &str,
        limit: u32,
    ) -> std::result::Result<Vec<TicketId>, QueueError> {
        let usable = self.usable_filter(eval, filter, Order::Plan)?;
        Ok(self.store().read(|db| {
            let (row, _) = Self::eval_row(db, eval)?;
            queue::matching(db, &self.ask_usable(row, &usable, Order::Arrival), limit)
        })?)
    }

    fn eval_row(db: &Db, id: EvalId) -> crate::store::Result<(i64, Eval)> {
        catalog::eval(db, &id)?.ok_or_else(|| StoreError::NotFound {
            what: "eval",
            name: id.short(),
        })
    }

    fn ask_usable<'a>(&'a self, eval: i64, usable: &'a Usable, order: Order) -> Ask<'a> {
        let mut ask = self.ask(eval, &usable.filter, order);
        ask.scope.audit = usable.audit;
        ask
    }

    pub(super) fn ask<'a>(&'a self, eval: i64, filter: &'a Filter, order: Order) -> Ask<'a> {
        Ask {
            scope: Scope {
                eval,
                reviewer: &self.reviewer,
                words: &text::search_terms::fts_query,
                audit: None,
            },
            owner: &self.owner,
            now_ms: self.clock().now_ms(),
            filter,
            order,
        }
    }

    /// Parses a filter and refuses what would tell a blind reviewer something. Where an assisted eval keeps an audit
    /// share blind, such a filter or order leaves those tickets out instead.
    fn usable_filter(
        &self,
        eval: EvalId,
        typed: &str,
        order: Order,
    ) -> std::result::Result<Usable, QueueError> {
        let filter =
            Filter::parse(typed).map_err(|error| QueueError::BadFilter(BadFilter::from(error)))?;
        let (_, eval) = self.store().read(|db| Self::eval_row(db, eval))?;
        // Who opened the eval's agreement or comparison sees the judge everywhere; their reviews are assisted.
        let opened = eval.opened_by(&self.reviewer).is_some();
        let policy = &eval.policy;
        if opened || policy.mode == Mode::Assist {
            let by_judge = order == Order::JudgeScore;
            let tells = filter.blind_refusal(&self.reviewer).is_some() || by_judge;
            let audit = self.audit_for(&eval, filter.tells_of_judges() || by_judge);
            let audit = audit.filter(|_| tells);
            return Ok(Usable { filter, audit });
        }
        if let Some(why) = filter.blind_refusal(&self.reviewer) {
            return Err(QueueError::BadFilter(BadFilter::refused(&why)));
        }
        if order == Order::JudgeScore {
            let why = "this eval is blind: the order would tell the judge's score before you commit your own";
            return Err(QueueError::BadFilter(BadFilter::refused(why)));
        }
        Ok(Usable {
            filter,
            audit: None,
        })
    }

    /// The blind share of an assisted eval that a filter must not tell of.
    pub(super) fn audit_of(&self, eval: &Eval, filter: &Filter) -> Option<Audit> {
        self.audit_for(eval, filter.tells_of_judges())
    }

    fn audit_for(&self, eval: &Eval, of_judges: bool) -> Option<Audit> {
        let policy = &eval.policy;
        let opened = eval.opened_by(&self.reviewer).is_some();
        let audit = Audit {
            seed: eval.seed,
            share: policy.audit_share,
            own: policy.after_commit == AfterCommit::Always || !of_judges,
        };
        (!opened && audit.share > 0.0).then_some(audit)
    }

    fn list_row(&self, eval: &Eval, row: ListRow) -> QueueRow {
        let folded = row.folded.clone().unwrap_or_default();
        let view = sight::view(eval, &row.id, &folded, &self.reviewer);
        let open = view.open;
        let why = self.why(&row, open);
        let corrected = row.corrected
            && (view.known
                || folded
                    .correction
                    .as_ref()
                    .is_some_and(|c| c.reviewer == self.reviewer));
        QueueRow {
            ticket: row.id,
            key: row.key,
            state: row.state,
            preview: preview(&row),
            external_id: row.external_id,
            feature: row.feature,
            model: shown(row.model, view.known),
            mine: row.mine,
            judge: shown(row.judge, open),
            said: if open { Shown::None } else { Shown::Hidden },
            flagged: row.flagged,
            corrected,
            draft: row.draft,
            held_by: row.held_by.map(|owner| leases::person(&owner).to_owned()),
            why,
        }
    }

    fn why(&self, row: &ListRow, open: bool) -> Why {
        let Some(folded) = &row.folded else {
            return Why::InPlan;
        };
        let reason = || {
            folded
                .waiting_reason
                .as_ref()
                .map(|reason| reason.value.clone())
                .unwrap_or_default()
        };
        let routed = |way: Sent| {
            let route = folded.routed.as_ref().map(|routed| &routed.value);
            let route = route.filter(|route| route.way == way);
            let shown = route.filter(|route| open || !tells(&route.rule));
            shown.map(|route| route.rule.clone())
        };
        match row.state {
            State::Deferred => Why::Deferred(reason()),
            State::Escalated => Why::Escalated(reason()),
            State::Adjudicate => Why::Differs,
            State::Partial if !row.reviewed => Why::SecondReviewer,
            State::Done | State::Partial => match folded.reviews.first() {
                Some(standing) if open || standing.reviewer == self.reviewer => {
                    Why::DoneBy(standing.reviewer.clone())
                }
                Some(_) => Why::DoneBy("another reviewer".into()),
                None => routed(Sent::Closed).map_or(Why::InPlan, Why::ClosedBy),
            },
            State::Open if folded.skipped.contains_key(&self.reviewer) => Why::Skipped,
            State::Open => routed(Sent::Human)
                .or_else(|| routed(Sent::Person))
                .map_or(Why::InPlan, Why::Routed),
        }
    }

    /// How many texts the index job has not looked at yet, for search or for near-duplicates; looks at a few.
    pub fn index_slice(&self, limit: u32) -> Result<u64> {
        let left = self.store().write_light(move |db| {
            let coverage = crate::store::search::coverage(db)?;
            if !coverage.is_complete() {
                crate::store::search::step(db, limit, super::import::READING)?;
            }
            Ok(coverage.total - coverage.indexed)
        })?;
        if left == 0 {
            self.near_step(limit)?;
        }
        let (done, total) = self.near_coverage()?;
        Ok(left.saturating_sub(u64::from(limit)) + (total - done.min(total)))
    }

    /// Tickets of an eval this reviewer could still take.
    pub fn waiting(&self, eval: EvalId) -> Result<u64> {
        Ok(self.store().read(|db| {
            let (row, eval) = Self::eval_row(db, eval)?;
            self.left(db, row, &eval)
        })?)
    }
}

fn shown<T>(value: Option<T>, open: bool) -> Shown<T> {
    match (value, open) {
        (None, _) => Shown::None,
        (Some(_), false) => Shown::Hidden,
        (Some(value), true) => Shown::Some(value),
    }
}

/// The first words of the output, or of the failure.
fn preview(row: &ListRow) -> String {
    let Some(body) = &row.body else {
        return row.error.as_deref().map_or_else(String::new, |error| {
            text::preview::preview(&format!("failed: {error}"))
        });
    };
    let json = String::from_utf8_lossy(body);
    match Message::read(&json, Role::Assistant) {
        Some(message) if !message.plain_text().is_empty() => {
            text::preview::preview(&message.plain_text())
        }
        Some(message) => match message.tool_calls.first() {
            Some(call) => text::preview::preview(&format!("→ {}({})", call.name, call.arguments)),
            None => text::preview::preview(message.refusal.as_deref().unwrap_or("(empty)")),
        },
        None => text::preview::preview(&cut_text(&json)),
    }
}

/// The text at the start of a body that was cut in the middle.
fn cut_text(json: &str) -> String {
    let start = if json.starts_with('"') {
        Some(1)
    } else {
        json.find("\"content\":\"").map(|at| at + 11)
    };
    let Some(start) = start else {
        return json.to_owned();
    };
    // The cut may have split an escape: at most six characters at the end are in doubt.
    for end in (start.max(json.len().saturating_sub(12))..=json.len()).rev() {
        if let Some(part) = json.get(start..end)
            && let Some(text) = crate::domain::json::decode_string(&format!("\"{part}\""))
        {
            return text.into_owned();
        }
    }
    json.to_owned()
}

#[cfg(test)]
mod tests {
    use super::cut_text;

    #[test]
    fn a_body_cut_anywhere_still_shows_its_first_words() {
        let whole = r#""Dear customer,\nthe \u00e9tat is \"fine\"""#;
        for cut in 8..whole.len() {
            let text = cut_text(&whole[..cut]);
            assert!(text.starts_with("Dear cu") || cut < 10, "{cut}: {text}");
            assert!(!text.contains('\\') || cut < 10, "{cut}: {text}");
        }
        assert_eq!(
            cut_text(r#"{"role":"assistant","content":"Hi the"#),
            "Hi the"
        );
    }
}
