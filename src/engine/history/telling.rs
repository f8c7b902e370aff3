//! Which decisions would tell a reviewer a judge's word before they may see it, and what is left of the ledger without
//! them.

use std::collections::HashMap;

use super::super::Engine;
use crate::domain::event::{Body, Event};
use crate::domain::ids::{ActionId, TicketId};
use crate::domain::sight;
use crate::store::{Db, catalog, ledger, tickets};

impl Engine {
    /// What this reviewer may see of a ticket.
    pub(super) fn view_of(&self, db: &Db, id: &TicketId) -> crate::store::Result<sight::View> {
        let ticket = tickets::get(db, id)?;
        let eval = catalog::eval_in_row(db, ticket.eval)?;
        let folded = tickets::folded(db, ticket.row)?;
        Ok(sight::view(&eval, id, &folded, &self.reviewer))
    }

    /// The latest events but those that would tell this reviewer a judge's word too early. Older ones take their places.
    pub(super) fn latest_shown(&self, db: &Db, limit: u32) -> crate::store::Result<Vec<Event>> {
        let mut telling = Telling::default();
        let mut wanted = limit;
        loop {
            let events = ledger::latest(db, wanted)?;
            let all = events.len() < wanted as usize || wanted == u32::MAX;
            let mut shown = Vec::with_capacity(events.len());
            for event in events {
                let hidden = match event.ticket {
                    Some(id) => telling.tells(db, &event)? && !self.view_of(db, &id)?.open,
                    None => false,
                };
                if !hidden {
                    shown.push(event);
                }
            }
            if all || shown.len() >= limit as usize {
                shown.truncate(limit as usize);
                return Ok(shown);
            }
            wanted = wanted.saturating_mul(2);
        }
    }
}

/// Which events a rule wrote on a judge's word, and which took such ones back.
#[derive(Default)]
pub(super) struct Telling {
    actions: HashMap<ActionId, bool>,
}

impl Telling {
    pub(super) fn tells(&mut self, db: &Db, event: &Event) -> crate::store::Result<bool> {
        if tells(&event.body) {
            return Ok(true);
        }
        match event.undoes {
            Some(action) => self.action(db, action),
            None => Ok(false),
        }
    }

    /// Whether anything in an action, or in what it takes back, tells: an action is undone as a whole.
    fn action(&mut self, db: &Db, action: ActionId) -> crate::store::Result<bool> {
        if let Some(known) = self.actions.get(&action) {
            return Ok(*known);
        }
        // Stands while it is looked at, so that a damaged ledger cannot lead in a circle.
        self.actions.insert(action, false);
        let events = ledger::of_action(db, &action)?;
        let mut found = events.iter().any(|event| tells(&event.body));
        if let (false, Some(undone)) = (found, events.first().and_then(|event| event.undoes)) {
            found = self.action(db, undone)?;
        }
        self.actions.insert(action, found);
        Ok(found)
    }
}

/// Whether it was decided by a rule that rests on what a blind reviewer must not know.
fn tells(body: &Body) -> bool {
    let rule = match body {
        Body::Assigned(to) => to.rule.as_ref(),
        Body::Routed(routed) => Some(&routed.rule),
        _ => None,
    };
    rule.is_some_and(|rule| sight::tells(rule))
}

#[cfg(test)]
mod tests {
    use crate::domain::eval::Mode;
    use crate::domain::event::{Body, Routed, Way};
    use crate::engine::testing::Bench;
    use crate::engine::{Engine, Pen};

    /// A run under this rule has sent the first ticket to people.
    fn routed(by: &Engine, bench: &Bench, rule: &str) {
        let (id, pen) = (bench.tickets[0], Pen::new(by));
        let body = Body::Routed(Routed {
            way: Way::Human,
            rule: rule.to_owned(),
            judge: None,
            score: None,
            verdicts: Vec::new(),
        });
        let write = move |db: &crate::store::Db| {
            pen.write(db, Some(id), None, body)?;
            crate::engine::review::refold(db, &[id])
        };
        by.store().write(write).unwrap();
    }

    #[test]
    fn what_a_rule_did_on_a_judges_word_is_told_once_the_judge_may_be_seen() {
        let bench = Bench::new(2, Mode::Blind, 1, true);
        let (boss, ben) = (bench.by("boss"), bench.by("ben"));
        let told = |by: &Engine| {
            let lines = by.history(50).unwrap();
            let about = |line: &&crate::domain::view::HistoryLine| line.what.contains("· ticket");
            lines.iter().filter(about).count()
        };
        routed(&boss, &bench, "human when tag:legal");
        assert_eq!(told(&ben), 1, "this rests on no judge");
        routed(&boss, &bench, "human when flag");
        assert_eq!(told(&ben), 1);
        boss.undo().unwrap().unwrap();
        assert_eq!(told(&ben), 1, "nor is it told that it was taken back");
        assert_eq!(ben.history_of(bench.tickets[0]).unwrap().len(), 0);
        ben.reveal(bench.tickets[0]).unwrap();
        let lines = ben.history(50).unwrap();
        let rule = |line: &&crate::domain::view::HistoryLine| line.what.contains("human when flag");
        assert_eq!(lines.iter().filter(rule).count(), 1);
        assert_eq!(told(&ben), 4, "both, the undo, and what ben has just seen");
    }

    #[test]
    fn older_decisions_take_the_places_of_those_that_are_not_told() {
        let bench = Bench::new(2, Mode::Blind, 1, true);
        let (boss, ben) = (bench.by("boss"), bench.by("ben"));
        let before = ben.history(2).unwrap();
        for _ in 0..5 {
            routed(&boss, &bench, "human when has:warning");
        }
        assert_eq!(ben.history(2).unwrap(), before);
    }
}
