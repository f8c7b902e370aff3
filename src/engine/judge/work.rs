//! Claiming and reading: tickets in plan order, each with what is still to be asked about it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::Engine;
use super::super::ticket::request_of;
use super::learn::{Learned, Shots};
use super::order::Judge;
use super::unit::Unit;
use crate::domain::ids::{TicketId, VerdictId};
use crate::domain::message::{Message, Role};
use crate::domain::record::Quote;
use crate::domain::rubric::Rubric;
use crate::domain::standing::{CHECK, check_verdict};
use crate::domain::verdict::{Flag, Verdict};
use crate::judge::checks::{Checked, Checks};
use crate::judge::identity::CacheKey;
use crate::judge::prompt::{Prepared, parts_not_shown};
use crate::judge::retrieve::examples_digest;
use crate::judge::subject::{Output, Reference, Standing, Subject};
use crate::judge::{detector, floor};
use crate::store::judging::{self, Have};
use crate::store::tickets::{self, TicketRow};
use crate::store::{Db, Store, leases, verdicts};

/// A verdict that needs no call, with the stored number of its sample.
type Known = (u32, Verdict);

/// A ticket this worker holds a seat on.
#[derive(Debug)]
pub(in crate::engine) struct Work {
    pub ticket: TicketId,
    pub row: i64,
    pub subject: Subject,
    pub units: Vec<Unit>,
    /// Verdicts that need no call, with the stored number of their sample: known from earlier answers to the
    /// very same question, or of an output with nothing in it to judge.
    pub known: Vec<Known>,
    /// Outcomes of checks that are not written yet.
    pub checks: Vec<Verdict>,
    /// How the rubric's checks came out.
    pub checked: Vec<Checked>,
    /// What the texts give reason to look at.
    pub flags: Vec<Flag>,
}

/// What every claim needs.
pub(super) struct Claims {
    pub engine: Engine,
    pub judge: Arc<Judge>,
    pub judge_row: i64,
    pub eval_row: i64,
    pub rubric: Arc<Rubric>,
    pub calls: Arc<[Prepared]>,
    pub again: bool,
    pub checks: Checks,
    pub learned: Arc<Learned>,
    /// Local rows of tickets this run has had a seat on.
    pub had: Mutex<HashSet<i64>>,
}

impl Claims {
    fn store(&self) -> &Store {
        self.engine.store()
    }

    /// Local rows of tickets this run has had a seat on.
    pub fn had(&self) -> HashSet<i64> {
        let had = self.had.lock();
        had.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes seats on these tickets and reads those it got that still lack something.
    pub fn claim(self: &Arc<Self>, rows: &[i64]) -> crate::store::Result<Vec<Work>> {
        let (claims, wanted) = (Arc::clone(self), rows.to_vec());
        let got = self.store().write_light(move |db| {
            let now = claims.engine.clock().now_ms();
            let seat = claims.judge.seat();
            let mut got = Vec::with_capacity(wanted.len());
            for row in wanted {
                if leases::take_judge(db, row, &seat, &claims.engine.owner, now)? {
                    got.push(row);
                }
            }
            Ok(got)
        })?;
        let mut had = self.had.lock().unwrap_or_else(PoisonError::into_inner);
        had.extend(&got);
        drop(had);
        let read = self.store().read(|db| {
            got.iter()
                .map(|row| Ok((*row, self.read(db, *row)?)))
                .collect::<crate::store::Result<Vec<_>>>()
        })?;
        let (some, none): (Vec<_>, Vec<_>) = read.into_iter().partition(|(_, work)| work.is_some());
        self.release(none.into_iter().map(|(row, _)| row).collect())?;
        Ok(some.into_iter().filter_map(|(_, work)| work).collect())
    }

    /// Gives seats back.
    pub fn release(self: &Arc<Self>, rows: Vec<i64>) -> crate::store::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let claims = Arc::clone(self);
        self.store().write_light(move |db| {
            for row in rows {
                leases::release_judge(db, row, &claims.judge.seat(), &claims.engine.owner)?;
            }
            Ok(())
        })
    }

    fn read(&self, db: &Db, row: i64) -> crate::store::Result<Option<Work>> {
        let ticket = tickets::in_row(db, row)?;
        let have = judging::have(db, row, self.judge_row)?;
        let checked = have.iter().any(|one| one.criterion.starts_with(CHECK));
        let units = self.units(&have);
        if units.is_empty() && (checked || self.rubric.checks.is_empty()) {
            return Ok(None);
        }
        let subject = subject(db, &ticket, &self.rubric)?;
        let report = self.checks.run(&subject);
        let checks = if checked {
            Vec::new()
        } else {
            check_verdicts(&report)
        };
        let (units, known) = match floor::verdicts(&self.rubric, &subject) {
            Some(floor) => (Vec::new(), at_the_floor(&units, &self.calls, &floor)),
            None => self.known(db, &ticket, &subject, units)?,
        };
        let mut flags = detector::flags(&subject, &self.rubric);
        if parts_not_shown(&subject) {
            flags.push(Flag::PartsNotShown);
        }
        Ok(Some(Work {
            ticket: ticket.id,
            row,
            subject,
            units,
            known,
            checks,
            checked: report,
            flags,
        }))
    }

    /// What is still to be asked: every call of every sample that lacks the verdict of one of its criteria.
    fn units(&self, have: &[Have]) -> Vec<Unit> {
        let mut units = Vec::new();
        for sample in 0..self.judge.samples {
            for (call, prepared) in self.calls.iter().enumerate() {
                let of = |criterion: &str| {
                    let found = have.iter();
                    let mut found =
                        found.filter(|one| one.sample == sample && one.criterion == criterion);
                    found.next_back()
                };
                let lacks = |criterion: &str| match of(criterion) {
                    None => true,
                    Some(one) => self.again && !one.scored,
                };
                if !prepared.asked().iter().any(|asked| lacks(&asked.id)) {
                    continue;
                }
                let attempts = prepared.asked().iter().filter_map(|asked| of(&asked.id));
                let attempt = attempts.map(|one| one.attempt + 1).max().unwrap_or(0);
                units.push(Unit {
                    call,
                    sample,
                    attempt,
                    keys: Vec::new(),
                    shots: Arc::default(),
                });
            }
        }
        units
    }

    /// Splits off what an earlier answer to the same question already says, in this eval or another.
    fn known(
        &self,
        db: &Db,
        ticket: &TicketRow,
        subject: &Subject,
        units: Vec<Unit>,
    ) -> crate::store::Result<(Vec<Unit>, Vec<Known>)> {
        let Some(spec) = &self.judge.digest else {
            return Ok((units, Vec::new()));
        };
        let mut open = Vec::with_capacity(units.len());
        let mut known = Vec::new();
        let mut shots: Vec<Option<Arc<Shots>>> = vec![None; self.calls.len()];
        for mut unit in units {
            let prepared = &self.calls[unit.call];
            // The samples of a question are shown the same examples.
            let chosen = if let Some(chosen) = &shots[unit.call] {
                chosen
            } else {
                let asked = prepared.asked().iter().map(|asked| asked.id.as_str());
                let criteria: Vec<&str> = asked.collect();
                let found = self.learned.shots(db, ticket, subject, &criteria)?;
                shots[unit.call].insert(found)
            };
            unit.shots = Arc::clone(chosen);
            let shown = examples_digest(&unit.shots.examples);
            let mut found = Vec::new();
            for asked in prepared.asked() {
                let criterion = format!("{} {}", prepared.criterion(), asked.id);
                let key = CacheKey {
                    sample: unit.sample,
                    shots: shown,
                    ..CacheKey::new(spec, &criterion, subject)
                };
                let key = key.digest();
                if let Some(verdict) = verdicts::by_key(db, &key)? {
                    found.push((judging::attempt(unit.sample, unit.attempt), verdict));
                }
                unit.keys.push(key);
            }
            if found.len() == prepared.asked().len() {
                known.append(&mut found);
            } else {
                open.push(unit);
            }
        }
        Ok((open, known))
    }

    /// The id of a verdict of this judge.
    pub fn verdict_id(&self, ticket: &TicketId, criterion: &str, stored: u32) -> VerdictId {
        crate::domain::verdict::verdict_id(ticket, criterion, &self.judge.id, stored)
    }
}

/// What is judged: nothing in it tells the model, the run or an earlier score.
pub(in crate::engine) fn subject(
    db: &Db,
    ticket: &TicketRow,
    rubric: &Rubric,
) -> crate::store::Result<Subject> {
    let item = tickets::item(db, ticket.item)?;
    let mut subject = Subject::of_request(&request_of(item.request.as_ref()));
    // Where the rubric compares with the logged response, that is shown, and the reference only where none was logged.
    let logged = if rubric.judge.shows_logged(item.reference.is_some()) {
        tickets::logged_message(db, ticket)?
    } else {
        None
    };
    let compared = match &logged {
        Some(json) => Some((json, Standing::Original)),
        None => item.reference.as_ref().map(|json| (json, Standing::Given)),
    };
    subject.reference = compared.map(|(json, standing)| {
        let message = Message::read(json.as_str(), Role::Assistant);
        Reference {
            text: message
                .map(|message| message.plain_text())
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| json.as_str().to_owned()),
            standing,
        }
    });
    for output in tickets::outputs(db, ticket)? {
        let message = output
            .message
            .as_ref()
            .and_then(|json| Message::read(json.as_str(), Role::Assistant));
        subject.outputs.push(match message {
            Some(message) => Output::of(&message),
            None => Output::text(""),
        });
    }
    Ok(subject)
}

pub(in crate::engine) fn check_verdicts(report: &[Checked]) -> Vec<Verdict> {
    let verdict = |found: &Checked| Verdict {
        evidence: found
            .quote
            .iter()
            .map(|quote| Quote {
                quote: quote.clone(),
                problem: !found.outcome.pass,
            })
            .collect(),
        ..check_verdict(&found.outcome, &found.says)
    };
    report.iter().map(verdict).collect()
}

/// The floor's verdicts for every call that is still open.
fn at_the_floor(units: &[Unit], calls: &[Prepared], floor: &[Verdict]) -> Vec<Known> {
    let mut known = Vec::new();
    for unit in units {
        for asked in calls[unit.call].asked() {
            let stored = judging::attempt(unit.sample, unit.attempt);
            let found = floor.iter().find(|verdict| verdict.criterion == asked.id);
            known.extend(found.map(|verdict| (stored, verdict.clone())));
        }
    }
    known
}
