//! What judges are doing here, in this process and in others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::super::{Engine, Result, is_gone};
use super::again;
use super::order::JudgeOrder;
use crate::domain::failure::Class;
use crate::domain::job::Job;
use crate::domain::view::JobCard;
use crate::store::activity::{self, Lately, Told};

/// Milliseconds a rate is taken over.
const WINDOW_MS: i64 = 60_000;
/// Below this many milliseconds there is no rate.
const SHORT_MS: i64 = 1_000;

impl Engine {
    /// Every job: those under way first, the latest of them first, then those that ended, the latest first.
    pub fn activity(&self) -> Result<Vec<JobCard>> {
        self.jobs_told(false)
    }

    /// Every job of judges on an eval, those under way first: of one judge, or of all.
    pub fn judge_jobs(&self, eval: &str, of: Option<&JudgeOrder>) -> Result<Vec<JobCard>> {
        let eval = self.eval_named(eval)?.id;
        let ids = match of {
            Some(order) => {
                let plan = self.prepare_judging(order)?;
                Some([super::run::job_id(&plan), super::suggest::job_id(&plan)])
            }
            None => None,
        };
        let mut cards = self.activity()?;
        cards.retain(|card| {
            let meant = ids.is_none_or(|ids| ids.contains(&card.job.id));
            meant && card.eval == Some(eval) && card.job.kind != "run"
        });
        Ok(cards)
    }

    /// Those under way.
    pub(in crate::engine) fn live_jobs(&self) -> Result<Vec<JobCard>> {
        let mut cards = self.jobs_told(true)?;
        cards.retain(|card| card.job.stage().is_live());
        Ok(cards)
    }

    fn jobs_told(&self, live: bool) -> Result<Vec<JobCard>> {
        let now = self.clock().now_ms();
        let told = self.store().read(|db| activity::told(db, live, now))?;
        let mut cards: Vec<JobCard> = told.into_iter().map(|told| card(told, now)).collect();
        cards.sort_by_key(|card| {
            let job = &card.job;
            let since = job.ended_ms.unwrap_or(job.started_ms);
            (!job.stage().is_live(), Reverse(since), job.id)
        });
        Ok(cards)
    }
}

fn card(told: Told, now: i64) -> JobCard {
    // A killed process is told at once, not when its silence is long enough.
    let workers = told.owners.iter().filter(|owner| !is_gone(owner)).count();
    let job = Job {
        workers: workers as u32,
        ..told.job
    };
    let pace = if workers > 0 {
        pace(&told.calls, now)
    } else {
        None
    };
    JobCard {
        judge: told
            .judge
            .as_ref()
            .map_or_else(|| job.title.clone(), |judge| judge.name.clone()),
        named: told.judge.as_ref().and_then(again::in_one),
        eval: told.eval,
        rate: pace.map(|(calls, _)| calls),
        again: if workers > 0 {
            again_lately(&told.calls, now)
        } else {
            Vec::new()
        },
        time_left: pace
            .filter(|(_, tickets)| *tickets > 0.0)
            .and_then(|(_, tickets)| Duration::try_from_secs_f64(job.left() as f64 / tickets).ok()),
        job,
    }
}

/// Replies of the last minute that are asked about again, by class, the most first.
fn again_lately(calls: &[Lately], now: i64) -> Vec<(Class, u64)> {
    let mut counts: BTreeMap<Class, u64> = BTreeMap::new();
    let recent = calls.iter().filter(|call| call.at_ms > now - WINDOW_MS);
    for class in recent.filter_map(|call| call.again) {
        *counts.entry(class).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, n)| Reverse(*n));
    counts
}

/// Calls and tickets a second up to now, from the latest calls that came to an end.
fn pace(calls: &[Lately], now: i64) -> Option<(f64, f64)> {
    let ended = || calls.iter().filter(|call| call.again.is_none());
    let recent = || ended().filter(|call| call.at_ms > now - WINDOW_MS);
    let span = now - recent().map(|call| call.at_ms).min()?;
    if span < SHORT_MS {
        return None;
    }
    let seconds = span as f64 / 1000.0;
    let tickets: HashSet<i64> = recent().filter_map(|call| call.ticket).collect();
    Some((
        recent().count() as f64 / seconds,
        tickets.len() as f64 / seconds,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_minute_and_falls_while_nothing_comes_back() {
        let call = |at_ms, ticket| Lately {
            at_ms,
            ticket: Some(ticket),
            again: None,
        };
        let calls: Vec<Lately> = (0..20)
            .map(|n| call(100_000 + n * 500, n / 2))
            .chain([call(1_000, 99)])
            .collect();
        let (rate, tickets) = pace(&calls, 110_000).unwrap();
        assert!((rate - 2.0).abs() < 1e-9 && (tickets - 1.0).abs() < 1e-9);
        let (later, _) = pace(&calls, 120_000).unwrap();
        assert!((later - 1.0).abs() < 1e-9, "{later}");
        assert_eq!(pace(&calls, 400_000), None);
        assert_eq!(pace(&[call(5_000, 1)], 5_200), None, "too short to tell");
    }

    #[test]
    fn what_is_asked_about_again_is_told_by_class_and_is_no_progress() {
        let again = |at_ms, class| Lately {
            at_ms,
            ticket: None,
            again: Some(class),
        };
        let calls = [
            again(10_000, Class::RateLimit),
            again(100_000, Class::Transport),
            again(100_500, Class::RateLimit),
            again(101_000, Class::RateLimit),
        ];
        assert_eq!(pace(&calls, 110_000), None);
        assert_eq!(
            again_lately(&calls, 110_000),
            [(Class::RateLimit, 2), (Class::Transport, 1)]
        );
        assert_eq!(again_lately(&calls, 400_000), []);
    }
}
