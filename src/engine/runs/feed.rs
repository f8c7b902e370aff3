//! The thread that takes items and makes questions of them, as many as are wanted next.

use std::collections::HashSet;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::Engine;
use super::ask::{ask, key};
use super::asking::{Done, Question};
use super::keep::{Reused, place, seat};
use super::offer::Planned;
use crate::provider::{Cancel, Failure};
use crate::store::{Db, leases, runs, tickets};

/// Items of the first claim: few, so that the first call is under way soon.
const FIRST: usize = 8;

/// What the keeper is told.
pub(super) enum Told {
    /// A call came to an end.
    Done(Box<Done>),
    /// An earlier run has the reply.
    Known(Box<Reused>),
    /// Items cannot be read any more.
    Broken(crate::store::StoreError),
}

/// Takes items as they are wanted.
pub(super) struct Feeder {
    pub engine: Engine,
    pub planned: Planned,
    pub told: Sender<Told>,
    pub work: tokio::sync::mpsc::Sender<Vec<Question>>,
    pub batch: usize,
    pub fresh: bool,
    pub cancel: Cancel,
    /// Items this run has had a seat on, with the place of the run.
    pub had: Had,
}

/// See [`Feeder::had`].
pub(super) type Had = Arc<Mutex<HashSet<(i64, usize)>>>;

/// What an item turned out to need.
enum Needs {
    Asking(Question),
    Nothing(Reused),
    /// It cannot be asked.
    Failing(Question, Failure),
}

impl Feeder {
    pub fn run(self) {
        let missing = &self.planned.missing;
        let (first, rest) = missing.split_at(self.batch.min(FIRST).min(missing.len()));
        for items in std::iter::once(first).chain(rest.chunks(self.batch)) {
            if self.cancel.is_cancelled() {
                return;
            }
            match self.claim(items) {
                Ok(needs) => {
                    if !self.hand_on(needs) {
                        return;
                    }
                }
                Err(error) => {
                    let _ = self.told.send(Told::Broken(error));
                    return;
                }
            }
        }
    }

    /// Takes these items, and reads those it got that still lack a reply.
    fn claim(&self, items: &[(i64, usize)]) -> crate::store::Result<Vec<Needs>> {
        let seats: Vec<String> = self.planned.runs.iter().map(|run| seat(&run.id)).collect();
        let (engine, wanted) = (self.engine.clone(), items.to_vec());
        let got = self.engine.store().write_light(move |db| {
            let now = engine.clock().now_ms();
            let mut got = Vec::with_capacity(wanted.len());
            for (item, run) in wanted {
                if leases::take_judge(db, place(item), &seats[run], &engine.owner, now)? {
                    got.push((item, run));
                }
            }
            Ok(got)
        })?;
        let mut had = self.had.lock().unwrap_or_else(PoisonError::into_inner);
        had.extend(&got);
        drop(had);
        self.engine.store().read(|db| {
            let read = got.iter().map(|(item, run)| self.read(db, *item, *run));
            let read: Vec<_> = read.collect::<crate::store::Result<_>>()?;
            Ok(read.into_iter().flatten().collect())
        })
    }

    fn read(&self, db: &Db, item: i64, run: usize) -> crate::store::Result<Option<Needs>> {
        let planned = &self.planned;
        let have = runs::row(db, &planned.runs[run].id, item)?;
        if have.is_some_and(|row| row.output.is_some()) {
            // Another process was faster.
            return Ok(None);
        }
        let stored = tickets::item(db, item)?;
        let made = ask(stored.request.as_ref(), &planned.asked, &planned.model);
        let question = |ask, key| Question {
            item,
            id: stored.id,
            run,
            ask,
            key,
        };
        let ask = match made {
            Ok(ask) => ask,
            Err(failure) => {
                return Ok(Some(Needs::Failing(
                    question(unasked(&planned.model), [0; 32]),
                    failure,
                )));
            }
        };
        let key = key(
            &stored.id,
            &planned.by.place(),
            &ask,
            planned.runs[run].number,
        );
        let known = if self.fresh {
            None
        } else {
            runs::by_key(db, &key)?
        };
        Ok(Some(match known {
            Some(row) => Needs::Nothing(Reused { item, run, row }),
            None => Needs::Asking(question(ask, key)),
        }))
    }

    /// `false` once nobody takes work any more.
    fn hand_on(&self, needs: Vec<Needs>) -> bool {
        let mut questions = Vec::with_capacity(needs.len());
        for need in needs {
            let told = match need {
                Needs::Asking(question) => {
                    questions.push(question);
                    continue;
                }
                Needs::Nothing(reused) => Told::Known(Box::new(reused)),
                Needs::Failing(question, failure) => Told::Done(Box::new(Done {
                    question,
                    outcome: Err(failure),
                    calls: Vec::new(),
                })),
            };
            if self.told.send(told).is_err() {
                return false;
            }
        }
        questions.is_empty() || self.work.blocking_send(questions).is_ok()
    }
}

/// Stands where no question could be made.
fn unasked(model: &Arc<str>) -> crate::provider::Ask {
    crate::provider::Ask {
        model: Arc::clone(model),
        prompt: crate::provider::Prompt::Logged {
            messages: crate::domain::json::Json::trusted("[]"),
            tools: None,
        },
        shape: None,
        max_output_tokens: None,
        temperature: None,
        seed: None,
        parameters: None,
    }
}
