//! What was decided, as lines for people.

mod telling;

use std::collections::HashSet;

use super::runs::beside::SIDE_BY_SIDE;
use super::ticket::display_order;
use super::{Engine, Result};
use crate::domain::count::counted;
use crate::domain::effective::effective;
use crate::domain::eval::Mode;
use crate::domain::event::{Body, Event, FirstSend, JudgeCorrected, Revealed, Routed, Way};
use crate::domain::ids::{EventId, TicketId};
use crate::domain::preference::{Preference, PreferenceGiven};
use crate::domain::review::{Correction, Sight};
use crate::domain::rubric::{Answer, Choice};
use crate::domain::sight;
use crate::domain::view::HistoryLine;
use crate::store::{catalog, ledger, tickets};
use telling::Telling;

impl Engine {
    /// What happened to a ticket, oldest first. Other people's decisions are left out before the own
    /// commit, and what tells the judge's word until it was revealed.
    pub fn history_of(&self, id: TicketId) -> Result<Vec<HistoryLine>> {
        Ok(self.store().read(|db| {
            let ticket = tickets::get(db, &id)?;
            let eval = catalog::eval_in_row(db, ticket.eval)?;
            let folded = tickets::folded(db, ticket.row)?;
            let view = sight::view(&eval, &id, &folded, &self.reviewer);
            let mut events = ledger::of_ticket(db, &id)?;
            let mut telling = Telling::default();
            let mut shown = Vec::with_capacity(events.len());
            for event in &events {
                let mine = event.reviewer == self.reviewer;
                let of_judge = telling.tells(db, event)?
                    || !mine && matches!(event.body, Body::JudgeCorrected(_) | Body::Revealed(_));
                shown.push(view.open || ((mine || view.known) && !of_judge));
            }
            let mut shown = shown.into_iter();
            events.retain(|_| shown.next().unwrap_or(false));
            let outputs = tickets::outputs(db, &ticket)?.len();
            let order = display_order(&id, &self.reviewer, outputs);
            Ok(lines(&events, Some(&order)))
        })?)
    }

    /// How many decisions there are in the workspace.
    pub fn decisions(&self) -> Result<u64> {
        Ok(self.store().read(ledger::count)?)
    }

    /// The latest decisions of the workspace by the time they were made, latest first. Levels in blind evals are
    /// left out, and so is what a rule did on a judge's word wherever this reviewer may not see the judge yet.
    pub fn history(&self, limit: u32) -> Result<Vec<HistoryLine>> {
        Ok(self.store().read(|db| {
            let blind = catalog::evals(db)?
                .iter()
                .any(|(_, eval)| eval.policy.mode == Mode::Blind);
            let mut events = self.latest_shown(db, limit)?;
            // Oldest first, the order in which it can be told what was taken back.
            events.reverse();
            let mut lines = lines(&events, None);
            for (line, event) in lines.iter_mut().zip(&events) {
                let other = event.reviewer != self.reviewer;
                let unseen = match (&event.body, event.ticket) {
                    (Body::ReviewSubmitted(_), Some(id)) if other => {
                        blind || !self.view_of(db, &id)?.known
                    }
                    (Body::JudgeCorrected(_), Some(id)) if other => {
                        blind || !self.view_of(db, &id)?.open
                    }
                    (Body::PreferenceGiven(_), _) => other,
                    _ => false,
                };
                match &event.body {
                    Body::ReviewSubmitted(_) if unseen => line.what = "reviewed".into(),
                    Body::JudgeCorrected(_) if unseen => {
                        line.what = "disagreed with the judge".into();
                    }
                    Body::PreferenceGiven(_) if unseen => {
                        line.what = "said which output of an item is best".into();
                    }
                    _ => {}
                }
                if let Some(ticket) = event.ticket {
                    line.what = format!("{} · ticket {}", line.what, ticket.short());
                }
            }
            lines.reverse();
            Ok(lines)
        })?)
    }
}

/// `order` is that in which the reviewer sees the outputs of the one ticket it is about.
fn lines(events: &[Event], order: Option<&[usize]>) -> Vec<HistoryLine> {
    let standing: HashSet<EventId> = effective(events)
        .into_iter()
        .map(|event| event.id)
        .collect();
    events
        .iter()
        .map(|event| HistoryLine {
            time_ms: event.hlc.millis(),
            who: event.reviewer.clone(),
            what: what(&event.body, order),
            first_send: match &event.body {
                Body::FirstSend(sent) => Some(Box::new(sent.clone())),
                _ => None,
            },
            taken_back: !standing.contains(&event.id),
        })
        .collect()
}

fn what(body: &Body, order: Option<&[usize]>) -> String {
    let with = |verb: &str, words: &str| {
        if words.is_empty() {
            verb.to_owned()
        } else {
            format!("{verb}: {words}")
        }
    };
    match body {
        Body::ReviewSubmitted(review) => {
            let answers: Vec<String> = review
                .answers
                .iter()
                .map(|(id, answer)| format!("{id} {}", shown(answer, order)))
                .collect();
            let corrected = match &review.correction {
                Some(correction) => corrected(correction),
                None => String::new(),
            };
            format!("reviewed: {}{corrected}", answers.join(", "))
        }
        Body::Revealed(seen) => saw(seen),
        Body::CorrectionSaved(_) => "corrected the output".into(),
        Body::Noted(note) => with("noted", &note.text),
        Body::Commented(text) => with("commented", &text.text),
        Body::TagAdded(tag) if tag.on => with("tagged", &tag.tag),
        Body::TagAdded(tag) => with("took off the tag", &tag.tag),
        Body::TagMerged(change) | Body::TagRenamed(change) => {
            format!("renamed tag {} to {}", change.from, change.to)
        }
        Body::Flagged(flag) if flag.on => with("flagged", &flag.reason),
        Body::Flagged(_) => "took the flag off".into(),
        Body::Skipped(_) => "skipped".into(),
        Body::Deferred(text) => with("put aside", &text.text),
        Body::Escalated(text) => with("handed up", &text.text),
        Body::Assigned(to) if to.to.is_empty() => "took the assignment back".into(),
        Body::Assigned(to) => match &to.rule {
            Some(rule) => format!("assigned to {} by the rule `{rule}`", to.to),
            None => with("assigned to", &to.to),
        },
        Body::Routed(routed) => sent(routed),
        Body::Adjudicated(decided) => with("decided the disagreement", &decided.note),
        Body::JudgeCorrected(one) => with(&disagreed(one), &one.reason),
        Body::FirstSend(sent) => left_for(sent),
        Body::GoldSet(_) => "set the right answers".into(),
        Body::Undone(_) => "took the last action back".into(),
        Body::Redone(_) => "brought it back".into(),
        Body::EvalCreated(eval) => with("made the eval", &eval.name),
        Body::PolicySet(_) => "changed the eval's settings".into(),
        Body::RubricMoved(moved) => format!("moved the eval to rubric {}", moved.to.short()),
        Body::DatasetNamed(_)
        | Body::RoleChanged(_)
        | Body::ItemsMoved(_)
        | Body::PlanDrawn(_)
        | Body::ExportMade(_) => counts(body),
        Body::RunCreated(_) | Body::GroupCreated(_) | Body::GroupJudged(_) => runs(body),
        other => learning(other),
    }
}

/// Run groups and what belongs to them.
fn runs(body: &Body) -> String {
    match body {
        Body::RunCreated(run) => {
            let because = run.because.as_ref();
            let because = because.map_or_else(String::new, |why| format!(": {why}"));
            format!(
                "made run {} of the candidate {}{because}",
                run.number, run.candidate.name
            )
        }
        Body::GroupCreated(group) => format!(
            "made the run group {} over {}",
            group.name,
            counted(group.items, "item")
        ),
        Body::GroupJudged(of) => format!(
            "let the scores of the judge {} count in a run group",
            of.judge.name
        ),
        other => other.kind().to_owned(),
    }
}

/// What was shown to somebody, and where.
fn saw(seen: &Revealed) -> String {
    match seen.what.as_str() {
        page if seen.eval.is_some() => format!("opened the page `{page}`"),
        "names" => "saw names and other reviews".to_owned(),
        SIDE_BY_SIDE => "saw who wrote the output and what it scored, side by side".to_owned(),
        _ => "saw the judge".to_owned(),
    }
}

/// `sent texts to openai for the first time: request, output of 40 tickets`.
fn left_for(sent: &FirstSend) -> String {
    format!(
        "sent texts to {} for the first time: {} of {}",
        sent.place,
        sent.fields.join(", "),
        counted(sent.tickets, "ticket")
    )
}

/// What people prefer; what judges may be shown, and what came of it.
fn learning(body: &Body) -> String {
    match body {
        Body::PreferenceGiven(given) => preferred(given),
        Body::GuidelineApproved(one) => format!("approved the guidelines {}", one.set_short()),
        Body::GuidelineRemoved(one) => {
            let because = if one.reason.is_empty() { "" } else { ": " };
            let set = one.set_short();
            format!("removed the guidelines {set}{because}{}", one.reason)
        }
        Body::TestSplitRead(one) => {
            format!("read the test share for the judge {}", one.judge.short())
        }
        other => gates(other),
    }
}

/// Release rules, and decisions under them.
fn gates(body: &Body) -> String {
    match body {
        Body::GateDeclared(one) => {
            format!("declared the gate {} of {}", one.gate.short(), one.name)
        }
        Body::GateEvaluated(one) => {
            let each = one
                .outcomes
                .iter()
                .map(|of| format!("{} {}", of.candidate, of.verdict.name()));
            format!("looked at a gate: {}", each.collect::<Vec<_>>().join(", "))
        }
        Body::Approved(one) => format!(
            "{} {} as {} (not authenticated): {}",
            one.decision.past(),
            one.candidate,
            one.account,
            one.reason
        ),
        Body::Signed(one) => format!(
            "signed the decision {} with {}",
            one.decision.short(),
            one.key
        ),
        Body::Voided(one) => {
            let who = match one.account.as_str() {
                "" => String::new(),
                account => format!(" as {account} (not authenticated)"),
            };
            format!(
                "took the decision {} back{who}: {}",
                one.event.short(),
                one.reason
            )
        }
        other => other.kind().to_owned(),
    }
}

/// `, corrected with parts of the judge's suggestion`.
fn corrected(correction: &Correction) -> String {
    match correction.taken {
        Some(taken) => format!(", corrected with {}", taken.how.words()),
        None => ", corrected".to_owned(),
    }
}

/// `disagreed with the judge on tone: 2, not 4`.
fn disagreed(said: &JudgeCorrected) -> String {
    let judge = said.judge.as_ref().map_or(String::new(), |judge| {
        format!(", not {}", shown(judge, None))
    });
    format!(
        "disagreed with the judge on {}: {}{judge}",
        said.criterion,
        shown(&said.answer, None)
    )
}

fn sent(routed: &Routed) -> String {
    let score = routed
        .score
        .map_or(String::new(), |score| format!(", judge {score:.2}"));
    match routed.way {
        Way::Human => format!("left to people by the rule `{}`{score}", routed.rule),
        Way::Close => format!(
            "closed on the judge's word by the rule `{}`{score}",
            routed.rule
        ),
    }
}

/// What was done to many things at once.
fn counts(body: &Body) -> String {
    match body {
        Body::DatasetNamed(named) => {
            format!("dataset {}: {}", named.name, counted(named.items, "item"))
        }
        Body::RoleChanged(changed) => format!(
            "dataset role {} to {}",
            changed.from.name(),
            changed.to.name()
        ),
        Body::ItemsMoved(moved) => format!(
            "moved {} in {}",
            counted(moved.items, "item"),
            counted(moved.clusters.len(), "cluster")
        ),
        Body::PlanDrawn(plan) => format!(
            "drew plan {} over {}",
            plan.number,
            counted(plan.tickets, "ticket")
        ),
        Body::ExportMade(export) => format!(
            "exported {} as {}",
            counted(export.rows, "row"),
            export.format
        ),
        other => other.kind().to_owned(),
    }
}

/// `side by side, blind: output 2 of 3 is best`. Names stay out of it: whoever said it blind does not know them.
fn preferred(given: &PreferenceGiven) -> String {
    let sight = match given.sight {
        Sight::Blind => "blind",
        Sight::Assisted => "names shown",
    };
    let of = given.seen.len();
    let said = match given.preference {
        Preference::Best(place) => format!("output {} of {of} is best", u32::from(place) + 1),
        Preference::Tie => format!("a tie of {of} outputs"),
        Preference::CannotTell => format!("cannot tell {of} outputs apart"),
    };
    format!("side by side, {sight}, item {}: {said}", given.item.short())
}

/// An answer in words; an output by the number it has on the screen, or by the one it was logged under.
fn shown(answer: &Answer, order: Option<&[usize]>) -> String {
    let Answer::Choice(Choice::Candidate(logged)) = answer else {
        return answer.to_string();
    };
    let place = order.and_then(|order| order.iter().position(|at| at + 1 == usize::from(*logged)));
    match place {
        Some(place) => format!("output {}", place + 1),
        None => format!("output {logged} as logged"),
    }
}
