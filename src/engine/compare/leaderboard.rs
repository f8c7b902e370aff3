//! The candidates of a pairwise eval on one scale of strength, by the judge and by people.

use std::collections::HashMap;

use super::{CONFIDENCE, FEW_CLUSTERS};
use crate::domain::count::counted;
use crate::domain::eval::Eval;
use crate::domain::ids::ClusterId;
use crate::domain::judge_version::JudgeKind;
use crate::domain::placeholder::with_command;
use crate::domain::rubric::{Answer, Answers, Choice, Kind, Rubric};
use crate::domain::standing::JudgeStanding;
use crate::domain::verdict::Verdict;
use crate::domain::view::compare::{BoardRow, Leaderboard};
use crate::engine::agree::plan_labels;
use crate::engine::{Engine, EngineError, Result};
use crate::stats::bradley_terry::{Duel, bradley_terry, elo_intervals};
use crate::store::agreement::{Reader, readers};
use crate::store::runs::readings::{Compared, compared};
use crate::store::runs::scores;
use crate::store::{Db, catalog, rubrics, runs, verdicts};

/// Seed of the resampling: the same preferences give the same intervals.
const SEED: u64 = 7;
/// Replicates at most.
const REPLICATES: usize = 2_000;
/// Duels resampled in all replicates together, about: keeps large evals within seconds.
const DRAWS: usize = 20_000_000;

/// Everything read in one state of the workspace.
struct Facts {
    eval: Eval,
    rubric: Rubric,
    tickets: Vec<Compared>,
    judge: Option<Reader>,
    badges: Vec<String>,
    /// By local row of the ticket.
    judged: HashMap<i64, Choice>,
    people: HashMap<i64, Choice>,
}

impl Engine {
    /// Whether this names an eval whose rubric compares outputs, and no run group.
    pub fn is_pairwise(&self, name: &str) -> Result<bool> {
        Ok(self.store().read(|db| {
            if runs::group_named(db, name)?.is_some() {
                return Ok(false);
            }
            match catalog::eval_named(db, name)? {
                Some((_, eval)) => Ok(rubrics::get(db, &eval.rubric)?.kind == Kind::Pairwise),
                None => Ok(false),
            }
        })?)
    }

    /// The leaderboard of a pairwise eval. Refused for an eval whose rubric scores outputs one by one.
    pub fn leaderboard(&self, eval: &str) -> Result<Leaderboard> {
        let found = self.eval_named(eval)?;
        let facts = self.store().read(|db| gather(db, &found))?;
        if facts.rubric.kind != Kind::Pairwise {
            return Err(EngineError::refused(
                format!("the rubric of `{eval}` scores outputs one by one, so there are no duels"),
                with_command(
                    "ask candidates in a run group",
                    &format!("docket run {eval} --model <MODEL>"),
                ),
            ));
        }
        Ok(board(&facts))
    }
}

fn gather(db: &Db, found: &Eval) -> crate::store::Result<Facts> {
    let (row, eval) = catalog::eval(db, &found.id)?.ok_or(crate::store::StoreError::NotFound {
        what: "eval",
        name: found.name.clone(),
    })?;
    let rubric = rubrics::get(db, &eval.rubric)?;
    let judge = readers(db, row)?.into_iter().find(|reader| {
        reader.version.kind != JudgeKind::Checks && reader.version.scores_under(&eval.rubric)
    });
    let mut facts = Facts {
        tickets: compared(db, row)?,
        badges: Vec::new(),
        judged: HashMap::new(),
        people: HashMap::new(),
        eval,
        rubric,
        judge,
    };
    let found = plan_labels(db, row, &facts.eval)?;
    for label in found.labels {
        if let Ok(choice) = facts.rubric.preference(&label.chosen(&facts.rubric)) {
            facts.people.insert(label.ticket, choice);
        }
    }
    if let Some(judge) = &facts.judge {
        facts.badges = scores::badges(db, row, judge.row)?;
        facts.judged = preferences(db, row, judge.row, &facts)?;
    }
    Ok(facts)
}

/// What the judge prefers on each ticket, over its samples.
fn preferences(
    db: &Db,
    eval: i64,
    judge: i64,
    facts: &Facts,
) -> crate::store::Result<HashMap<i64, Choice>> {
    let rows: HashMap<_, i64> = facts.tickets.iter().map(|one| (one.id, one.row)).collect();
    let mut said: HashMap<i64, Vec<(u32, Verdict)>> = HashMap::new();
    verdicts::of_judge(db, eval, judge, |ticket, sample, verdict| {
        if let Some(row) = rows.get(&ticket) {
            said.entry(*row).or_default().push((sample, verdict));
        }
        Ok(())
    })?;
    let threshold = facts.rubric.threshold_for(facts.eval.policy.pass_threshold);
    let preferred = |(row, verdicts): (i64, Vec<(u32, Verdict)>)| {
        let all = verdicts.iter().map(|(sample, verdict)| (*sample, verdict));
        let standing = JudgeStanding::of(&facts.rubric, threshold, all);
        let answers: Answers = standing
            .criteria
            .into_iter()
            .filter_map(|one| Some((one.id, Answer::Choice(one.choice?))))
            .collect();
        Some((row, facts.rubric.preference(&answers).ok()?))
    };
    Ok(said.into_iter().filter_map(preferred).collect())
}

/// The names of the candidates, and each ticket's outputs as places among them.
fn field(tickets: &[Compared]) -> (Vec<String>, Vec<Vec<usize>>) {
    // Where a ticket has an output without a model, or two of one model, only the place tells them apart.
    let named = tickets.iter().all(|ticket| {
        let mut models: Vec<&String> = ticket.models.iter().flatten().collect();
        models.sort_unstable();
        models.dedup();
        models.len() == ticket.models.len()
    });
    let mut names: Vec<String> = Vec::new();
    let mut places = Vec::with_capacity(tickets.len());
    for ticket in tickets {
        let of = ticket.models.iter().enumerate().map(|(at, model)| {
            let name = match model {
                Some(model) if named => model.clone(),
                _ => format!("output {}", at + 1),
            };
            names
                .iter()
                .position(|known| *known == name)
                .unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                })
        });
        places.push(of.collect());
    }
    (names, places)
}

/// One ticket's preference as duels: who is preferred beats each other; a tie is half a win for both of every pair.
fn duels(outputs: &[usize], choice: Choice) -> Vec<Duel> {
    let duel = |a: usize, b: usize, wins_a: f64| Duel {
        a,
        b,
        wins_a,
        wins_b: 1.0 - wins_a,
    };
    match choice {
        Choice::Candidate(place) => {
            let Some(best) = usize::from(place)
                .checked_sub(1)
                .and_then(|at| outputs.get(at).copied())
            else {
                return Vec::new();
            };
            let others = outputs.iter().filter(|other| **other != best);
            others.map(|other| duel(best, *other, 1.0)).collect()
        }
        Choice::Tie => {
            let pairs = outputs
                .iter()
                .enumerate()
                .flat_map(|(at, a)| outputs[at + 1..].iter().map(move |b| (*a, *b)));
            pairs.map(|(a, b)| duel(a, b, 0.5)).collect()
        }
    }
}

/// Rows in the order of `names`, and the clusters behind them.
fn rows(
    names: &[String],
    tickets: &[Compared],
    places: &[Vec<usize>],
    said: &HashMap<i64, Choice>,
) -> (Vec<BoardRow>, usize) {
    let mut clusters: HashMap<ClusterId, usize> = HashMap::new();
    let mut by_cluster: Vec<Vec<Duel>> = Vec::new();
    let mut rows: Vec<BoardRow> = names
        .iter()
        .map(|name| BoardRow {
            name: name.clone(),
            wins: 0,
            ties: 0,
            losses: 0,
            elo: None,
            interval: None,
            se: None,
        })
        .collect();
    for (ticket, outputs) in tickets.iter().zip(places) {
        let Some(choice) = said.get(&ticket.row) else {
            continue;
        };
        let next = by_cluster.len();
        let at = *clusters.entry(ticket.cluster).or_insert(next);
        if at == next {
            by_cluster.push(Vec::new());
        }
        for duel in duels(outputs, *choice) {
            if duel.wins_a > duel.wins_b {
                rows[duel.a].wins += 1;
                rows[duel.b].losses += 1;
            } else {
                rows[duel.a].ties += 1;
                rows[duel.b].ties += 1;
            }
            by_cluster[at].push(duel);
        }
    }
    strengths(&mut rows, &by_cluster);
    (rows, by_cluster.len())
}

fn strengths(rows: &mut [BoardRow], by_cluster: &[Vec<Duel>]) {
    let all: Vec<Duel> = by_cluster.iter().flatten().copied().collect();
    let Some(fit) = bradley_terry(rows.len(), &all) else {
        return;
    };
    let asked = (DRAWS / all.len().max(1)).clamp(200, REPLICATES);
    let intervals = if by_cluster.len() < 2 {
        None
    } else {
        elo_intervals(rows.len(), by_cluster, asked, SEED, CONFIDENCE)
    };
    let scale = 400.0 / std::f64::consts::LN_10;
    for (at, (row, elo)) in rows.iter_mut().zip(fit.elo()).enumerate() {
        row.elo = Some(elo);
        row.se = fit.se.get(at).map(|se| se * scale);
        row.interval = intervals
            .as_ref()
            .and_then(|all| all[at])
            .map(|interval| (interval.low, interval.high));
    }
}

fn board(facts: &Facts) -> Leaderboard {
    let (names, places) = field(&facts.tickets);
    let (mut by_judge, clusters) = rows(&names, &facts.tickets, &places, &facts.judged);
    let (by_people, _) = rows(&names, &facts.tickets, &places, &facts.people);
    let strength = |row: &BoardRow| {
        let wins = row.wins as f64 + row.ties as f64 / 2.0;
        let met = (row.wins + row.ties + row.losses).max(1) as f64;
        (row.elo.unwrap_or(f64::NEG_INFINITY), wins / met)
    };
    by_judge.sort_by(|one, two| {
        let (one, two) = (strength(one), strength(two));
        two.0.total_cmp(&one.0).then(two.1.total_cmp(&one.1))
    });
    let people = by_judge
        .iter()
        .filter_map(|row| by_people.iter().find(|other| other.name == row.name))
        .filter(|_| !facts.people.is_empty())
        .cloned()
        .collect();
    let undefined = (!facts.judged.is_empty() && by_judge.iter().all(|row| row.elo.is_none()))
        .then_some(
            "some candidate never lost to, or never met, the rest: its strength has no upper limit",
        );
    let mut board = Leaderboard {
        eval: facts.eval.name.clone(),
        eval_id: facts.eval.id,
        rubric: facts.rubric.id.clone(),
        judge: facts.judge.as_ref().map(|one| one.version.name.clone()),
        badges: facts.badges.clone(),
        tickets: facts.tickets.len(),
        judged: facts.judged.len(),
        clusters,
        rows: by_judge,
        reviewed: facts.people.len(),
        people,
        undefined,
        warnings: Vec::new(),
        sentence: String::new(),
        action: String::new(),
    };
    if board.judged > 0 && clusters < FEW_CLUSTERS {
        board.warnings.push(format!(
            "few clusters: {} on {}",
            counted(board.judged as u64, "preference"),
            counted(clusters as u64, "independent request")
        ));
    }
    (board.sentence, board.action) = words(&board);
    board
}

/// What the board says, and the one thing to do next.
fn words(board: &Leaderboard) -> (String, String) {
    let eval = &board.eval;
    let [first, second, ..] = board.rows.as_slice() else {
        return (
            format!("`{eval}` has no outputs to compare."),
            with_command(
                "import pairs",
                &format!("docket import <FILE> --eval {eval}"),
            ),
        );
    };
    if board.judged == 0 {
        return (
            format!("No judge has compared the outputs of `{eval}`."),
            with_command("let one", &format!("docket judge {eval} --judge <JUDGE>")),
        );
    }
    let agree = format!("check the judge against people: `docket agree {eval}`");
    match (first.interval, second.interval) {
        (Some((low, _)), Some((_, high))) if low > high => (
            format!(
                "`{}` is preferred to the rest: {:.0} ({low:.0} to {:.0}).",
                first.name,
                first.elo.unwrap_or_default(),
                first.interval.map_or(0.0, |interval| interval.1)
            ),
            agree,
        ),
        (Some(_), Some(_)) => (
            format!(
                "Whether `{}` is preferred to `{}` cannot be told: their intervals overlap.",
                first.name, second.name
            ),
            format!("add tickets to `{eval}`, or review some by hand: `docket review {eval}`"),
        ),
        _ => (
            format!(
                "`{}` won {} of {} duels; strengths have no interval.",
                first.name,
                first.wins,
                first.wins + first.ties + first.losses
            ),
            agree,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TicketId;

    fn tickets(models: &[[Option<&str>; 2]]) -> Vec<Compared> {
        let one = |(at, models): (usize, &[Option<&str>; 2])| Compared {
            row: at as i64,
            id: TicketId([at as u8; 16]),
            cluster: ClusterId([at as u8; 16]),
            models: models.map(|model| model.map(str::to_owned)).to_vec(),
        };
        models.iter().enumerate().map(one).collect()
    }

    #[test]
    fn the_model_stays_the_same_candidate_whichever_place_it_stands_in() {
        let all = tickets(&[[Some("a"), Some("b")], [Some("b"), Some("a")]]);
        let (names, places) = field(&all);
        assert_eq!(names, ["a", "b"]);
        let said = HashMap::from([(0, Choice::Candidate(1)), (1, Choice::Candidate(2))]);
        let (rows, clusters) = rows(&names, &all, &places, &said);
        assert_eq!((rows[0].wins, rows[1].losses, clusters), (2, 2, 2));
        assert_eq!(rows[0].elo, None, "it never lost: no upper limit");
    }

    #[test]
    fn outputs_without_a_model_are_named_by_their_place() {
        let all = tickets(&[[Some("a"), None], [Some("a"), Some("a")]]);
        assert_eq!(field(&all).0, ["output 1", "output 2"]);
    }

    #[test]
    fn strengths_have_intervals_and_a_tie_is_half_a_win_for_both() {
        let all = tickets(&[[Some("a"), Some("b")]; 30]);
        let (names, places) = field(&all);
        let said = (0..30)
            .map(|at| {
                let choice = match at % 5 {
                    0 => Choice::Candidate(2),
                    1 => Choice::Tie,
                    _ => Choice::Candidate(1),
                };
                (at, choice)
            })
            .collect();
        let (rows, _) = rows(&names, &all, &places, &said);
        assert_eq!((rows[0].wins, rows[0].ties, rows[0].losses), (18, 6, 6));
        let (low, high) = rows[0].interval.unwrap();
        let elo = rows[0].elo.unwrap();
        // 21 of 30 half-counted wins: the log odds, centred.
        let by_hand = 1000.0 + 400.0 / 10.0_f64.ln() * (0.7_f64 / 0.3).ln() / 2.0;
        assert!((elo - by_hand).abs() < 1e-6, "{elo} {by_hand}");
        assert!(low < elo && elo < high && low > 1000.0, "{low} {high}");
    }
}
