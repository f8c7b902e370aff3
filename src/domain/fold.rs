//! The fold: what a ticket is after its effective events.
//!
//! Pure and total: an event that asks for an illegal move (two copies decided at the same time) changes
//! nothing but stays in the history. The store keeps the result beside the ticket and recomputes it after
//! every write; `doctor --rebuild` runs this same function over the whole ledger.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::effective::effective;
use super::event::{Body, Event, JudgeCorrected, Routed, Way};
use super::ids::{EventId, Hlc};
use super::review::{Correction, Note, Review, Round, Sight};
use super::rubric::Answer;
use super::ticket::{self, Move, State};

/// What the fold must know beside the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Human reviews the ticket needs, at least 1.
    pub overlap: u8,
}

/// One reviewer's standing review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The event that wrote it.
    pub event: EventId,
    /// When.
    pub hlc: Hlc,
    /// Who.
    pub reviewer: String,
    /// The first opinion, or the only one.
    pub first: Review,
    /// The latest revision after a reveal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Review>,
}

impl Standing {
    /// What the reviewer says now.
    pub fn current(&self) -> &Review {
        self.second.as_ref().unwrap_or(&self.first)
    }

    /// What a number about the output rests on: the opinion that was given blind, where there is one. What was said
    /// after the judge was seen is in part the judge's own word; it would make people and judge agree by themselves.
    pub fn measured(&self) -> &Review {
        match self.first.sight {
            Sight::Blind => &self.first,
            Sight::Assisted => self.current(),
        }
    }
}

/// A correction with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authored<T> {
    /// Who.
    pub reviewer: String,
    /// When.
    pub hlc: Hlc,
    /// What.
    pub value: T,
}

/// What a routing rule did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The rule, as it was written.
    pub rule: String,
    /// Where it sent the ticket.
    pub way: Sent,
}

/// Where a rule sent a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// To people.
    Human,
    /// To the person it is assigned to.
    Person,
    /// Closed on the judge's word.
    Closed,
}

/// A ticket after its events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Folded {
    /// Where it stands.
    pub state: State,
    /// Standing reviews, one per person, in the order of their first commits. Practice is not among them.
    pub reviews: Vec<Standing>,
    /// The correction that counts: the latest one.
    pub correction: Option<Authored<Correction>>,
    /// Notes written without a review.
    pub notes: Vec<Authored<Note>>,
    /// Remarks to others.
    pub comments: Vec<Authored<String>>,
    /// Tags put on by people.
    pub tags: BTreeSet<String>,
    /// Tags taken off by people, also ones that came with the data.
    pub tags_off: BTreeSet<String>,
    /// Why it is flagged; empty reason allowed.
    pub flag: Option<Authored<String>>,
    /// Why it was put aside or handed up.
    pub waiting_reason: Option<Authored<String>>,
    /// Who it is given to.
    pub assigned: Option<String>,
    /// The routing rule that was applied last, and what it did. Absent from the text where there is none, so that
    /// what older programs kept stays the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routed: Option<Authored<Route>>,
    /// What people say judges should have said: the latest of each person on each question. Absent from the text
    /// where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub judge_corrections: Vec<Authored<JudgeCorrected>>,
    /// The answers that count after a disagreement.
    pub adjudicated: Option<Authored<BTreeMap<String, Answer>>>,
    /// Known right answers.
    pub gold: Option<BTreeMap<String, Answer>>,
    /// Who saw the judge or names before their own commit, and by which event.
    pub revealed: BTreeMap<String, EventId>,
    /// Who put it to the end of their own queue, and when last.
    pub skipped: BTreeMap<String, Hlc>,
}

impl Folded {
    /// Whether any event left a trace. Tickets without one are not stored.
    pub fn is_untouched(&self) -> bool {
        *self == Self::default()
    }

    /// The review of one person.
    pub fn by(&self, reviewer: &str) -> Option<&Standing> {
        self.reviews
            .iter()
            .find(|standing| standing.reviewer == reviewer)
    }

    /// The answers the ticket's score rests on: adjudicated, else the first reviewer's, by [`Standing::measured`].
    pub fn answers(&self) -> Option<&BTreeMap<String, Answer>> {
        match &self.adjudicated {
            Some(decided) => Some(&decided.value),
            None => self
                .reviews
                .first()
                .map(|standing| &standing.measured().answers),
        }
    }
}

/// Folds the events of one ticket. `events` must be in (hlc, id) order.
pub fn fold(events: &[Event], needs: Needs) -> Folded {
    let mut folded = Folded::default();
    for event in effective(events) {
        apply(&mut folded, event, needs);
    }
    folded
}

fn apply(folded: &mut Folded, event: &Event, needs: Needs) {
    match &event.body {
        Body::ReviewSubmitted(review) => submitted(folded, event, review, needs),
        Body::CorrectionSaved(correction) => {
            folded.correction = Some(authored(event, correction.clone()));
        }
        Body::Noted(note) => folded.notes.push(authored(event, note.clone())),
        Body::Commented(text) => folded.comments.push(authored(event, text.text.clone())),
        Body::TagAdded(tagged) => tag(folded, &tagged.tag, tagged.on),
        Body::TagMerged(change) | Body::TagRenamed(change) => {
            tag(folded, &change.from, false);
            tag(folded, &change.to, true);
        }
        Body::Flagged(flag) => folded.flag = flag.on.then(|| authored(event, flag.reason.clone())),
        Body::Skipped(_) => {
            folded.skipped.insert(event.reviewer.clone(), event.hlc);
        }
        Body::Deferred(text) => waiting(folded, event, Move::Defer, &text.text),
        Body::Escalated(text) => waiting(folded, event, Move::Escalate, &text.text),
        Body::Assigned(to) => {
            folded.assigned = (!to.to.is_empty()).then(|| to.to.clone());
            if let Some(rule) = &to.rule {
                folded.routed = Some(authored(event, route(rule, Sent::Person)));
            }
        }
        Body::Routed(routed) => sent(folded, event, routed),
        Body::JudgeCorrected(said) => {
            folded.judge_corrections.retain(|known| {
                known.reviewer != event.reviewer || known.value.criterion != said.criterion
            });
            folded.judge_corrections.push(authored(event, said.clone()));
        }
        Body::Adjudicated(decided) if go(folded, Move::Adjudicate) => {
            folded.adjudicated = Some(authored(event, decided.answers.clone()));
        }
        Body::GoldSet(gold) => {
            folded.gold = (!gold.answers.is_empty()).then(|| gold.answers.clone());
        }
        Body::Revealed(_) => {
            folded
                .revealed
                .entry(event.reviewer.clone())
                .or_insert(event.id);
        }
        _ => {}
    }
}

fn submitted(folded: &mut Folded, event: &Event, review: &Review, needs: Needs) {
    if review.purpose.practice {
        return;
    }
    folded.skipped.remove(&event.reviewer);
    for name in &review.tags {
        tag(folded, name, true);
    }
    if let Some(correction) = &review.correction {
        folded.correction = Some(authored(event, correction.clone()));
    }
    let known = folded
        .reviews
        .iter_mut()
        .find(|standing| standing.reviewer == event.reviewer);
    match (known, review.round) {
        (Some(standing), Round::Second(_)) => standing.second = Some(review.clone()),
        // Two copies of a workspace may both hold a first one; what was said blind stays the first.
        (Some(standing), Round::First) if stays_first(standing, review) => {
            standing.second = Some(review.clone());
        }
        (Some(standing), Round::First) => {
            *standing = standing_of(event, review);
        }
        (None, _) => folded.reviews.push(standing_of(event, review)),
    }
    let step = if folded.reviews.len() < usize::from(needs.overlap.max(1)) {
        Move::ReviewSome
    } else if agree(&folded.reviews) {
        Move::ReviewAgreed
    } else {
        Move::ReviewDiffering
    };
    if go(folded, step) && folded.state != State::Escalated {
        folded.waiting_reason = None;
    }
}

/// Whether a later first opinion must not take the place of this one: it saw what this one did not see, or this one
/// was revised since.
fn stays_first(standing: &Standing, later: &Review) -> bool {
    let blind = standing.first.sight == Sight::Blind;
    standing.second.is_some() || (blind && later.sight == Sight::Assisted)
}

fn standing_of(event: &Event, review: &Review) -> Standing {
    Standing {
        event: event.id,
        hlc: event.hlc,
        reviewer: event.reviewer.clone(),
        first: review.clone(),
        second: None,
    }
}

/// Whether all reviews give each criterion the same answer, levels within one of each other.
fn agree(reviews: &[Standing]) -> bool {
    let Some((first, rest)) = reviews.split_first() else {
        return true;
    };
    let same = |a: &Answer, b: &Answer| match (a, b) {
        (Answer::Level(a), Answer::Level(b)) => a.abs_diff(*b) <= 1,
        (Answer::CannotJudge { .. }, Answer::CannotJudge { .. }) => true,
        (a, b) => a == b,
    };
    rest.iter().all(|other| {
        let (a, b) = (&first.current().answers, &other.current().answers);
        a.iter()
            .all(|(criterion, answer)| b.get(criterion).is_some_and(|theirs| same(answer, theirs)))
    })
}

/// A rule's word counts where it can: what somebody has begun or put aside is not closed.
fn sent(folded: &mut Folded, event: &Event, routed: &Routed) {
    let way = match routed.way {
        Way::Human => Sent::Human,
        Way::Close if go(folded, Move::Close) => Sent::Closed,
        Way::Close => return,
    };
    folded.routed = Some(authored(event, route(&routed.rule, way)));
}

fn route(rule: &str, way: Sent) -> Route {
    Route {
        rule: rule.to_owned(),
        way,
    }
}

fn waiting(folded: &mut Folded, event: &Event, step: Move, reason: &str) {
    if go(folded, step) {
        folded.waiting_reason = Some(authored(event, reason.to_owned()));
    }
}

fn go(folded: &mut Folded, step: Move) -> bool {
    match ticket::after(folded.state, step) {
        Some(state) => {
            folded.state = state;
            true
        }
        None => false,
    }
}

fn tag(folded: &mut Folded, name: &str, on: bool) {
    let (to, from) = if on {
        (&mut folded.tags, &mut folded.tags_off)
    } else {
        (&mut folded.tags_off, &mut folded.tags)
    };
    from.remove(name);
    to.insert(name.to_owned());
}

fn authored<T>(event: &Event, value: T) -> Authored<T> {
    Authored {
        reviewer: event.reviewer.clone(),
        hlc: event.hlc,
        value,
    }
}

#[cfg(test)]
mod tests;
