//! What a new version of a rubric leaves behind: verdicts that answer the old one.

use std::collections::{BTreeMap, HashSet};

use super::super::judge::again;
use super::super::{Engine, Result};
use super::versions::level_checks;
use crate::domain::ids::RubricId;
use crate::domain::judge_version::JudgeVersion;
use crate::domain::rubric::Rubric;
use crate::domain::view::{AskedElsewhere, Rescore};
use crate::store::{catalog, judged, rubrics, verdicts};

/// A judge under one rubric version, and the tickets of an eval it scored.
struct Judged {
    rubric: RubricId,
    judge: JudgeVersion,
    tickets: HashSet<i64>,
}

impl Engine {
    /// Tickets of an eval that a judge scored under an older version of its rubric and not under the one in use, by
    /// that version and that judge. Imported verdicts stand: nobody here can give them again.
    pub fn rescores(&self, eval: &str) -> Result<Vec<Rescore>> {
        let eval = self.eval_named(eval)?;
        Ok(self.store().read(|db| {
            let judges = verdicts::judges(db)?;
            // The usual case costs nothing: no version but the one in use was ever judged under.
            if judges
                .iter()
                .all(|(_, _, judge)| judge.rubric.is_none_or(|rubric| rubric == eval.rubric))
            {
                return Ok(Vec::new());
            }
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let mut judged = Vec::with_capacity(judges.len());
            for (judge_row, _, judge) in judges {
                if let Some(rubric) = judge.rubric {
                    let tickets = verdicts::tickets_of(db, row, judge_row)?;
                    judged.push(Judged {
                        rubric,
                        judge,
                        tickets,
                    });
                }
            }
            let entry = |(at, tickets): (usize, u64)| {
                let Judged { rubric, judge, .. } = &judged[at];
                Ok(rescore(*rubric, &rubrics::get(db, rubric)?, judge, tickets))
            };
            left_behind(&judged, eval.rubric)
                .into_iter()
                .map(entry)
                .collect()
        })?)
    }

    /// Evals that ask another version of a rubric, and how many of their tickets were judged under it.
    pub fn asked_elsewhere(&self, rubric: &Rubric) -> Result<Vec<AskedElsewhere>> {
        let hash = rubric.content_hash().ok().map(|hash| RubricId(hash.0));
        Ok(self.store().read(|db| {
            let mut found = Vec::new();
            for (row, eval) in catalog::evals(db)? {
                let asked = rubrics::get(db, &eval.rubric)?;
                if Some(eval.rubric) == hash || asked.id != rubric.id {
                    continue;
                }
                let levels = BTreeMap::from([(eval.rubric, level_checks(&asked))]);
                let judged = judged::under(db, row, None, &levels)?;
                found.push(AskedElsewhere {
                    judged_tickets: judged.get(&eval.rubric).map_or(0, |(_, tickets)| *tickets),
                    version: eval.rubric,
                    eval: eval.name,
                });
            }
            Ok(found)
        })?)
    }
}

/// For every older version and judge with tickets it did not score under the version in use: its place in the list,
/// and how many. A ticket scored under several older versions counts for the latest.
fn left_behind(judged: &[Judged], current: RubricId) -> Vec<(usize, u64)> {
    let mut latest: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    for (at, one) in judged
        .iter()
        .enumerate()
        .filter(|(_, one)| one.rubric != current)
    {
        latest.extend(
            one.tickets
                .iter()
                .map(|ticket| ((one.judge.name.as_str(), *ticket), at)),
        );
    }
    for one in judged.iter().filter(|one| one.rubric == current) {
        for ticket in &one.tickets {
            latest.remove(&(one.judge.name.as_str(), *ticket));
        }
    }
    let mut counts: BTreeMap<(&str, RubricId), (usize, u64)> = BTreeMap::new();
    for ((name, _), at) in latest {
        let count = counts.entry((name, judged[at].rubric)).or_insert((at, 0));
        count.1 += 1;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_unstable();
    counts
}

fn rescore(from: RubricId, rubric: &Rubric, version: &JudgeVersion, tickets: u64) -> Rescore {
    let (judge, elsewhere) = again::named(version);
    Rescore {
        from,
        rubric: rubric.id.clone(),
        label: rubric.version.clone(),
        judge,
        elsewhere,
        tickets,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(rubric: u8, name: &str, tickets: &[i64]) -> Judged {
        Judged {
            rubric: RubricId([rubric; 16]),
            judge: JudgeVersion::imported(name),
            tickets: tickets.iter().copied().collect(),
        }
    }

    #[test]
    fn a_ticket_is_left_behind_until_the_same_judge_scored_it_under_the_version_in_use() {
        let all = [
            judged(1, "a", &[1, 2, 3]),
            judged(2, "a", &[2]),
            judged(2, "b", &[1, 9]),
            judged(3, "a", &[3]),
        ];
        let left = |current| left_behind(&all, RubricId([current; 16]));
        assert_eq!(left(3), [(0, 1), (1, 1), (2, 2)]);
        assert_eq!(left(2), [(0, 1), (3, 1)]);
        assert_eq!(left_behind(&all[..1], RubricId([1; 16])), []);
    }
}
