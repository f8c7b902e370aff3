//! Whether what a judge learned brought it closer to people: the same judge before and after, on the same tickets.
//!
//! The dev share of the fixed split decides; the test share is read once for a judge version, and only after dev
//! has shown it to be better. Which judge is closer is said of the whole ticket, or of the only criterion.

use super::Facts;
use super::counted::Labelled;
use super::measure::between;
use super::subject::{Heard, Reply, Subject};
use super::together::{Together, together};
use crate::domain::event::BeforeAfter;
use crate::domain::split::Stage;
use crate::domain::view::agreement::{Finding, Learning, TestRead};
use crate::stats::bounds::{Reach, bounds, is_alike};
use crate::stats::kappa::{Confusion, kappa};
use crate::stats::mean::group_mean;
use crate::stats::{Clusters, bootstrap};
use crate::store::agreement::Reader;

/// Replicates of the bootstrap, and its seed: the same reviews give the same interval.
const REPLICATES: usize = 10_000;
const SEED: u64 = 7;
const CONFIDENCE: f64 = 0.95;
/// Clusters below which nothing is decided.
const FEW: u64 = 5;

/// What judges are held against: every ticket with what people say, and the split.
#[derive(Clone, Copy)]
pub(super) struct Held<'f> {
    pub facts: &'f Facts,
    pub seed: u64,
}

/// A ticket with what people say and what both versions of a judge say.
struct Triple<'f> {
    ticket: &'f Labelled,
    people: Together,
    judge: [Reply; 2],
}

impl<'f> Held<'f> {
    /// The judge a learned one is to be compared with: itself without what it learned.
    pub fn base(&self, learned: &Reader) -> Option<&'f Reader> {
        let mut readers = self.facts.readers.iter();
        readers.find(|one| learned.version.learned_on(&one.version))
    }

    /// What a judge that learned came to; `None` for one that did not.
    pub fn learning(
        &self,
        reader: &Reader,
        subjects: &[Subject<'_>],
        test: Option<TestRead>,
    ) -> Option<Learning> {
        if !reader.version.learns() {
            return None;
        }
        let in_test = |one: &&Labelled| Stage::of(self.seed, &one.cluster) == Stage::Test;
        let mut learning = Learning {
            base: None,
            stale: self.facts.eval.is_stale(&reader.version),
            dev: Vec::new(),
            finding: Finding::NoBase,
            kept_for_test: self.facts.tickets.iter().filter(in_test).count() as u64,
            test,
        };
        if let Some(base) = self.base(reader) {
            learning.base = Some(base.id.short());
            learning.dev = self.changes(base, reader, subjects, Stage::Dev);
            // Subjects end with the whole ticket, where there is more than one criterion.
            learning.finding = match learning.dev.last() {
                Some(change) if change.clusters < FEW => Finding::TooFew,
                Some(change) if change.is_better() => Finding::Better,
                Some(_) => Finding::NotShown,
                None => Finding::TooFew,
            };
        }
        Some(learning)
    }

    /// The change on every subject, over the tickets of one share that people and both versions answered.
    pub fn changes(
        &self,
        base: &Reader,
        learned: &Reader,
        subjects: &[Subject<'_>],
        stage: Stage,
    ) -> Vec<BeforeAfter> {
        let change = |subject| self.change(base, learned, subject, stage);
        subjects.iter().filter_map(change).collect()
    }

    fn change(
        &self,
        base: &Reader,
        learned: &Reader,
        subject: &Subject<'_>,
        stage: Stage,
    ) -> Option<BeforeAfter> {
        let mut triples: Vec<Triple<'_>> = Vec::new();
        let tickets = self.facts.tickets.iter();
        for (ticket, judged) in tickets.zip(&self.facts.judged) {
            if Stage::of(self.seed, &ticket.cluster) != stage {
                continue;
            }
            let said = |reader: &Reader| match subject.heard(judged.get(&reader.row)?) {
                Heard::Answer(reply) => Some(reply),
                Heard::Unscored(_) | Heard::Nothing => None,
            };
            if let (Some(Ok(people)), Some(before), Some(after)) =
                (together(subject, &ticket.people), said(base), said(learned))
            {
                triples.push(Triple {
                    ticket,
                    people,
                    judge: [before, after],
                });
            }
        }
        if triples.is_empty() {
            return None;
        }
        let n = triples.len() as f64;
        let gaps = |which: usize| -> Vec<f64> {
            let of = |one: &Triple<'_>| subject.gap(one.judge[which], one.people.reply());
            triples.iter().map(of).collect()
        };
        // Where people are split no answer is theirs, so none is the same.
        let same = |which: usize| {
            let settled = triples
                .iter()
                .filter_map(|one| Some((one, one.people.answer?)));
            let same = settled
                .clone()
                .filter(|(one, said)| one.judge[which].same(said));
            same.count() as f64 / settled.count().max(1) as f64
        };
        let (before, after) = (gaps(0), gaps(1));
        let moved: Vec<f64> = after.iter().zip(&before).map(|(a, b)| a - b).collect();
        let clusters = Clusters::from_labels(triples.iter().map(|one| one.ticket.cluster));
        let interval = changed(&moved, &clusters);
        Some(BeforeAfter {
            criterion: subject.id().to_owned(),
            tickets: triples.len() as u64,
            clusters: clusters.count() as u64,
            before: before.iter().sum::<f64>() / n,
            after: after.iter().sum::<f64>() / n,
            interval,
            same_before: same(0),
            same_after: same(1),
            kappa_before: agreement(subject, &triples, 0),
            kappa_after: agreement(subject, &triples, 1),
        })
    }
}

/// The interval of a mean change. Changes that are all alike come out of resampling as they went in, without a width: they
/// are bounded by how many others there could be.
fn changed(moved: &[f64], clusters: &Clusters) -> Option<(f64, f64)> {
    let estimate = group_mean(moved, clusters)?;
    if is_alike(&estimate) {
        let found = bounds(&estimate, Reach::Difference, (1.0 - CONFIDENCE) / 2.0)?;
        return Some((found.low, found.high));
    }
    let found = bootstrap::cluster_bootstrap(moved, clusters, REPLICATES, SEED, CONFIDENCE)?;
    Some((found.low, found.high))
}

/// Kappa of one version against people; `None` where it is undefined.
fn agreement(subject: &Subject<'_>, triples: &[Triple<'_>], which: usize) -> Option<f64> {
    let values = subject.values()?;
    let said = |one: &Triple<'_>| {
        let (judge, people) = (one.judge[which], one.people.answer?);
        Some(if subject.has_levels() {
            (judge.value, people.value)
        } else {
            (judge.place as f64, people.place as f64)
        })
    };
    let pairs: Vec<(f64, f64)> = triples.iter().filter_map(said).collect();
    let (places, values) = between(&pairs, &values)?;
    let table = Confusion::from_pairs(&places, values.len())?;
    Some(kappa(&table, &values, subject.weights_between())?.kappa)
}
