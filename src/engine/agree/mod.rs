//! Agreement: judges against people, and people among themselves.
//!
//! Rests on blind first reviews in the plans' prefixes and on complete imported label sets, never on anything
//! else ([`counted`] decides, and counts what it leaves out). Reading is free of effects; the page as a person
//! sees it ([`Engine::agreement_page`]) shows a blind eval's judges only after that was agreed to and logged.

mod against;
mod calibrated;
mod chosen;
pub(super) mod counted;
mod differences;
pub(super) mod labels;
mod learned;
mod measure;
mod people;
mod reading;
mod reply;
mod subject;
mod together;
mod worst;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Engine, EngineError, Pen, Result};
use crate::domain::eval::{Eval, Mode};
use crate::domain::event::{Body, Revealed, TestSplitRead};
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::rubric::{Answer, CheckOutcome, Rubric, ThresholdSource};
use crate::domain::split::Stage;
use crate::domain::standing::CHECK;
use crate::domain::view::agreement::{
    AgreementOptions, AgreementPage, AgreementReport, Basis, Finding, JudgeAgreement, Learning,
    PeopleOn, Reason, TestRead,
};
use crate::store::agreement::{self as facts, Reader};
use crate::store::verdicts::{self, OfJudge};
use crate::store::{Db, StoreError, catalog, lessons, rubrics, tally, tickets};

use against::{Both, against};
use chosen::{Chosen, chosen};
#[cfg(test)]
pub(super) use counted::PlanLabel;
use counted::{Labelled, Sieve};
pub(super) use counted::{PlanLabels, plan_labels};
use learned::Held;
use subject::{Judged, Subject, subjects};

/// Everything read in one transaction.
struct Facts {
    eval: Eval,
    rubric: Rubric,
    tickets: Vec<Labelled>,
    basis: Basis,
    readers: Vec<Reader>,
    /// By ticket, then by judge row.
    judged: Vec<HashMap<i64, Judged>>,
    /// By judge row.
    badges: HashMap<i64, String>,
    /// Models the eval's outputs came from, with how many.
    models: Vec<(String, u64)>,
}

impl Engine {
    /// How far judges and people agree on an eval. Nothing is logged: callers that show it to a person go through
    /// [`Self::agreement_page`] or [`Self::open_agreement`].
    ///
    /// Refused for a judge or criterion the eval does not have.
    pub fn agreement(&self, eval: EvalId, options: &AgreementOptions) -> Result<AgreementReport> {
        let facts = self.store().read(|db| gather(db, eval))?;
        let chosen = chosen(&facts, options)?;
        let tests = self.tests_read(eval, &chosen)?;
        let mut report = report(&facts, options, &chosen, &tests, self.identity().seed);
        self.store().read(|db| preview(db, &mut report))?;
        Ok(report)
    }

    /// Reads the test share for a judge that learned, once: what it said is kept in the ledger, and a second call
    /// changes nothing. From then on it counts before the judge without what it learned. Refused before the dev share has shown that judge to be better.
    pub fn read_test_share(&self, eval: EvalId, options: &AgreementOptions) -> Result<()> {
        let facts = self.store().read(|db| gather(db, eval))?;
        let chosen = chosen(&facts, options)?;
        let mut learned = chosen.readers.iter().filter(|one| one.version.learns());
        let (Some(reader), None) = (learned.next(), learned.next()) else {
            return Err(EngineError::refused(
                format!("which judge of `{}` has learned?", facts.eval.name),
                "name one version by its id: `--judge ID`",
            ));
        };
        if !self.tests_read(eval, &chosen)?.is_empty() {
            return Ok(());
        }
        let held = Held {
            facts: &facts,
            seed: self.identity().seed,
        };
        let subjects = all_subjects(&facts);
        let finding = held
            .learning(reader, &subjects, None)
            .map(|one| one.finding);
        let (Some(Finding::Better), Some(base)) = (finding, held.base(reader)) else {
            return Err(EngineError::refused(
                format!(
                    "the dev share does not show that `{}` learned for the better, so the test share stays unread",
                    reader.version.name
                ),
                "the judge without what it learned stays the one that counts; review and correct more, then learn again",
            ));
        };
        let body = TestSplitRead {
            eval,
            judge: reader.id,
            base: base.id,
            found: held.changes(base, reader, &subjects, Stage::Test),
        };
        let engine = self.clone();
        self.store().write(move |db| {
            if lessons::test_read(db, &eval, &body.judge)?.is_none() {
                Pen::new(&engine).write(db, None, None, Body::TestSplitRead(body))?;
                catalog::refold(db)?;
                super::evals::refold_eval(db, eval)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// What the test share said of the chosen judges, by row.
    fn tests_read(&self, eval: EvalId, chosen: &Chosen<'_>) -> Result<HashMap<i64, TestRead>> {
        Ok(self.store().read(|db| {
            let mut tests = HashMap::new();
            for reader in chosen.readers.iter().filter(|one| one.version.learns()) {
                if let Some((read, by, at_ms)) = lessons::test_read(db, &eval, &reader.id)? {
                    let found = read.found;
                    tests.insert(reader.row, TestRead { by, at_ms, found });
                }
            }
            Ok(tests)
        })?)
    }

    /// The page for this reviewer: closed while the eval is blind to them and they have not opened it.
    pub fn agreement_page(&self, eval: EvalId) -> Result<AgreementPage> {
        if let Some(name) = self.agreement_is_closed(eval)? {
            let waiting = self.waiting(eval)?;
            return Ok(AgreementPage::Closed { name, waiting });
        }
        let report = self.agreement(eval, &AgreementOptions::default())?;
        Ok(AgreementPage::Open(Box::new(report)))
    }

    /// The eval's name, if opening the page would mark this reviewer's later reviews.
    pub fn agreement_is_closed(&self, eval: EvalId) -> Result<Option<String>> {
        let (_, eval) = self.store().read(|db| eval_of(db, eval))?;
        let blind = eval.policy.mode == Mode::Blind;
        Ok((blind && eval.opened_by(self.reviewer()).is_none()).then_some(eval.name))
    }

    /// Logs that this reviewer opened the page of a blind eval, once; their later reviews in it are assisted.
    /// Whether it was logged now.
    pub fn open_agreement(&self, eval: EvalId) -> Result<bool> {
        self.open_page(eval, "agreement")
    }

    /// The same for another page that shows what judges say and who answered, such as `compare`.
    pub fn open_page(&self, eval: EvalId, what: &'static str) -> Result<bool> {
        if self.agreement_is_closed(eval)?.is_none() {
            return Ok(false);
        }
        let engine = self.clone();
        Ok(self.store().write(move |db| {
            let body = Body::Revealed(Revealed {
                what: what.into(),
                verdicts: Vec::new(),
                eval: Some(eval),
            });
            Pen::new(&engine).write(db, None, None, body)?;
            catalog::refold(db)?;
            Ok(true)
        })?)
    }
}

fn eval_of(db: &Db, id: EvalId) -> crate::store::Result<(i64, Eval)> {
    catalog::eval(db, &id)?.ok_or_else(|| StoreError::NotFound {
        what: "eval",
        name: id.short(),
    })
}

fn gather(db: &Db, id: EvalId) -> crate::store::Result<Facts> {
    let (row, eval) = eval_of(db, id)?;
    let rubric = rubrics::get(db, &eval.rubric)?;
    let mut sieve = Sieve::over(db, row, &eval)?;
    sieve.leave_out(Reason::Practice, facts::practised(db, row)?);
    let (tickets, basis) = sieve.finish();
    let readers = facts::readers(db, row)?;
    let mut badges = HashMap::new();
    let mut judged = Vec::with_capacity(tickets.len());
    for ticket in &tickets {
        let mut by_judge = HashMap::new();
        for judge in verdicts::of_ticket(db, ticket.row)? {
            let badge = judge
                .verdicts
                .iter()
                .find_map(|one| one.verdict.badge.clone());
            if let Some(badge) = badge {
                badges.entry(judge.row).or_insert(badge);
            }
            by_judge.insert(judge.row, heard(&judge, &rubric, &eval));
        }
        judged.push(by_judge);
    }
    Ok(Facts {
        eval,
        rubric,
        tickets,
        basis,
        readers,
        judged,
        badges,
        models: tally::values(db, row, "model")?,
    })
}

fn heard(judge: &OfJudge, rubric: &Rubric, eval: &Eval) -> Judged {
    let checks = judge.verdicts.iter().filter_map(|stored| {
        let check = stored.verdict.criterion.strip_prefix(CHECK)?;
        Some(CheckOutcome {
            check: check.to_owned(),
            pass: stored.verdict.outcome.answer().and_then(Answer::level) == Some(1),
        })
    });
    Judged {
        standing: judge.standing(rubric, eval),
        checks: checks.collect(),
        scores: judge.version.scores_under(&eval.rubric),
        found: reading::Found::of(judge),
    }
}

fn report(
    facts: &Facts,
    options: &AgreementOptions,
    chosen: &Chosen<'_>,
    tests: &HashMap<i64, TestRead>,
    seed: u64,
) -> AgreementReport {
    let threshold = facts.rubric.threshold_for(facts.eval.policy.pass_threshold);
    let mut subjects = all_subjects(facts);
    let held = Held { facts, seed };
    let mut learnings: Vec<Option<Learning>> = chosen
        .readers
        .iter()
        .map(|reader| held.learning(reader, &subjects, tests.get(&reader.row).cloned()))
        .collect();
    if let Some(criterion) = &options.criterion {
        subjects.retain(|subject| subject.id() == criterion);
    }
    let people: Vec<PeopleOn> = subjects
        .iter()
        .map(|subject| people::people_on(subject, &facts.tickets))
        .collect();
    let judges = chosen
        .readers
        .iter()
        .zip(&mut learnings)
        .map(|(reader, learning)| JudgeAgreement {
            learning: learning.take(),
            ..one_judge(held, &subjects, &people, reader)
        })
        .collect();
    AgreementReport {
        eval_id: facts.eval.id,
        eval: facts.eval.name.clone(),
        rubric: format!("{} {}", facts.rubric.id, facts.rubric.version)
            .trim_end()
            .to_owned(),
        threshold: threshold.value,
        threshold_from: match threshold.source {
            ThresholdSource::Default => "default",
            ThresholdSource::Rubric => "rubric",
            ThresholdSource::Eval => "eval",
        },
        basis: facts.basis.clone(),
        people,
        judges,
        judges_left_out: chosen.left_out.clone(),
    }
}

/// Everything judges and people are compared on.
fn all_subjects(facts: &Facts) -> Vec<Subject<'_>> {
    let threshold = facts.rubric.threshold_for(facts.eval.policy.pass_threshold);
    let outputs = facts.tickets.iter().map(|ticket| ticket.outputs);
    let candidates = outputs.max().unwrap_or(2) as usize;
    subjects(&facts.rubric, threshold, candidates, |criterion| {
        given(facts, criterion)
    })
}

/// The levels anybody gave to a criterion.
fn given(facts: &Facts, criterion: &str) -> BTreeSet<i32> {
    let people = facts
        .tickets
        .iter()
        .flat_map(|ticket| ticket.people.values());
    let levels = people.filter_map(|answers| answers.get(criterion)?.level());
    let judges = facts.judged.iter().flat_map(HashMap::values);
    let means = judges.filter_map(|one| Some(one.standing.on(criterion)?.level?.round() as i32));
    levels.chain(means).collect()
}

fn one_judge(
    held: Held<'_>,
    subjects: &[Subject<'_>],
    people: &[PeopleOn],
    reader: &Reader,
) -> JudgeAgreement {
    let facts = held.facts;
    // What may stand in a judge's prompt cannot be used to measure it, and what is to measure it once, last, is
    // not looked at here.
    let learns = reader.version.learns();
    let stage = |ticket: &Labelled| Stage::of(held.seed, &ticket.cluster);
    let learned = |ticket: &Labelled| learns && stage(ticket) == Stage::Train;
    let counts = |ticket: &Labelled| !learns || stage(ticket) == Stage::Dev;
    let criteria = subjects.iter().zip(people).filter_map(|(subject, people)| {
        let both: Vec<Both<'_>> = facts
            .tickets
            .iter()
            .zip(&facts.judged)
            .filter(|(ticket, _)| counts(ticket))
            .map(|(ticket, judged)| Both {
                ticket,
                judge: judged
                    .get(&reader.row)
                    .map_or(subject::Heard::Nothing, |judged| subject.heard(judged)),
            })
            .collect();
        let split = (!learns).then_some(held.seed);
        let found = against(subject, &both, Some(people), split);
        // Checks say nothing about criteria without any, nor about the whole ticket.
        let silent = found.total == 0 && !reader.version.scores_under(&facts.eval.rubric);
        (!silent).then_some(found)
    });
    let read: Vec<reading::Read<'_>> = facts
        .tickets
        .iter()
        .zip(&facts.judged)
        .filter(|(ticket, _)| counts(ticket))
        .filter_map(|(ticket, judged)| Some((ticket, judged.get(&reader.row)?)))
        .collect();
    JudgeAgreement {
        kin: reading::kin(&reader.version, &facts.models),
        reading: reading::reading(&facts.rubric, subjects, &read),
        id: reader.id.short(),
        name: reader.version.name.clone(),
        badge: facts.badges.get(&reader.row).cloned(),
        learned_from: facts
            .tickets
            .iter()
            .filter(|ticket| learned(ticket))
            .count() as u64,
        learning: None,
        criteria: criteria.collect(),
    }
}

/// Fills in the first words of every output that is listed.
fn preview(db: &Db, report: &mut AgreementReport) -> crate::store::Result<()> {
    let mut known: BTreeMap<TicketId, String> = BTreeMap::new();
    let criteria = report
        .judges
        .iter_mut()
        .flat_map(|judge| &mut judge.criteria);
    for one in criteria.flat_map(|on| &mut on.disagreements) {
        one.preview = match known.entry(one.ticket) {
            Entry::Occupied(seen) => seen.get().clone(),
            Entry::Vacant(unseen) => unseen.insert(first_words(db, &one.ticket)?).clone(),
        };
    }
    Ok(())
}

fn first_words(db: &Db, id: &TicketId) -> crate::store::Result<String> {
    use crate::domain::message::{Message, Role};
    let ticket = tickets::get(db, id)?;
    let outputs = tickets::outputs(db, &ticket)?;
    let text = outputs.first().and_then(|output| {
        let message = Message::read(output.message.as_ref()?.as_str(), Role::Assistant)?;
        Some(message.plain_text())
    });
    Ok(crate::text::preview::preview(&text.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
