//! A run group of three candidates on forty items, with a hostile name, reruns and failures.

use std::sync::Arc;

use crate::domain::group_scores::{
    CandidateScores, GroupItem, GroupJudge, GroupScores, RowOutcome, RowScore, RunScores,
};
use crate::domain::ids::{
    ClusterId, DatasetVersionId, EvalId, ItemId, JudgeVersionId, OutputId, RubricId, RunId,
    TicketId,
};
use crate::domain::preference::Preference;
use crate::domain::review::Sight;
use crate::domain::rubric::{Threshold, ThresholdSource};
use crate::domain::run::Origin;
use crate::domain::view::compare::Comparison;
use crate::domain::view::{Age, GroupCard, GroupPage, ItemName, Known, Side, SideBySide};
use crate::engine::compare::comparison;
use crate::engine::runs::page::{group_view, without_rows};

const ITEMS: usize = 40;
const PASS: f64 = 0.8;

/// The list with one group.
pub fn cards(tickets_in: EvalId) -> Vec<GroupCard> {
    vec![GroupCard {
        name: "june".into(),
        eval: "support".into(),
        tickets_in,
        items: ITEMS as u64,
        rubric: "support-reply".into(),
        judge: Some("openai/gpt-4.1".into()),
        baseline: Some("logged".into()),
        candidates: vec!["logged".into(), "local/b".into(), "openai/c".into()],
        rows: 4 * ITEMS as u64,
        answered: 4 * ITEMS as u64 - 2,
        scored: 4 * ITEMS as u64 - 2,
        failed: 2,
    }]
}

/// The page of that group.
pub fn page(tickets_in: EvalId, full: bool) -> GroupPage {
    let scores = scores(tickets_in);
    let compared = comparison(&scores, full);
    GroupPage::Open(Arc::new(group_view(&scores, compared)))
}

/// The page as it was kept: no rows yet.
pub fn kept(tickets_in: EvalId, full: bool, age: Age) -> GroupPage {
    let scores = scores(tickets_in);
    GroupPage::Open(Arc::new(without_rows(comparison(&scores, full), age)))
}

/// Its comparison.
pub fn compared(tickets_in: EvalId) -> Comparison {
    comparison(&scores(tickets_in), true)
}

/// Its items, while it is closed.
pub fn items() -> Arc<[ItemName]> {
    let name = |item: i64| ItemName {
        item,
        name: format!("t{item}"),
        said: item == 7,
    };
    [7, 2, 9].map(name).into()
}

/// One of its items across the candidates, with who wrote what once that was asked for.
pub fn beside(item: i64, named: bool) -> SideBySide {
    let texts = [
        (
            "logged",
            "I have refunded both payments; the money is back within 5 days.",
        ),
        (
            "local/b",
            "One of the two charges was a mistake, and it is refunded. The other is your plan.",
        ),
        (
            "openai/c",
            "a\u{1b}]0;owned\u{7}b \u{202e}txt.exe\u{202c} 返金します",
        ),
    ];
    let known = |at: usize, name: &str| Known {
        candidate: name.to_owned(),
        run: 1,
        model: Some(name.to_owned()),
        unscored: None,
        judged: Some((0.3 + 0.3 * at as f64, at == 2)),
        human: None,
        best_for: [0, 2, 1][at],
        latency_ms: Some(900),
        cost_micros: Some(1_200),
    };
    let side = |(at, (name, text)): (usize, (&str, &str))| Side {
        text: text.into(),
        failed: None,
        output: Some(OutputId([at as u8 + 1; 16])),
        ticket: Some(TicketId([at as u8 + 1; 16])),
        known: named.then(|| known(at, name)),
    };
    SideBySide {
        item,
        name: format!("t{item}"),
        request: "user: I was charged twice for October.".into(),
        reference: None,
        sides: texts.into_iter().enumerate().map(side).collect(),
        compared: texts.len(),
        sight: if named { Sight::Assisted } else { Sight::Blind },
        mine: named.then_some((Preference::Best(1), Sight::Blind)),
        opinions: if named { 3 } else { 0 },
    }
}

fn scores(tickets_in: EvalId) -> GroupScores {
    let item = |at: usize| GroupItem {
        id: ItemId([at as u8; 16]),
        row: at as i64,
        external_id: Some(if at == 3 {
            "t3 \u{1b}[31m漢字\u{202e}".into()
        } else {
            format!("t{at}")
        }),
        cluster: at,
        cluster_id: ClusterId([at as u8; 16]),
        feature: Some(if at < 12 { "billing" } else { "search" }.into()),
        tags: if at.is_multiple_of(5) {
            vec!["angry".into()]
        } else {
            Vec::new()
        },
    };
    let wave = |middle: f64| {
        move |at: usize| {
            let noise = [0.0, 0.1, -0.2, 0.1, 0.0][at % 5];
            Some((middle + noise + if at < 12 { -0.2 } else { 0.1 }).clamp(0.0, 1.0))
        }
    };
    let better = |at: usize| Some(if at < 12 { 0.9 } else { 0.8 } - [0.0, 0.2][at % 2] * 0.5);
    let mut failing = run(2, wave(0.72));
    for at in [4, 9] {
        failing.rows[at] = RowScore::without(RowOutcome::Failed("timeout".into()));
    }
    GroupScores {
        group: "june".into(),
        eval: "support".into(),
        tickets_in,
        dataset: DatasetVersionId([2; 16]),
        rubric: RubricId([3; 16]),
        rubric_name: "support-reply".into(),
        threshold: Threshold {
            value: PASS,
            source: ThresholdSource::Default,
        },
        half_level: 0.1,
        judge: Some(GroupJudge {
            id: JudgeVersionId([4; 16]),
            name: "openai/gpt-4.1".into(),
            model: Some("gpt-4.1".into()),
            imported: false,
            badges: Vec::new(),
        }),
        other_judges: Vec::new(),
        baseline: Some(0),
        candidates: vec![
            candidate("logged", vec![run(1, wave(0.7))]),
            candidate("local/b", vec![run(1, better)]),
            candidate("openai/c", vec![run(1, wave(0.72)), failing]),
        ],
        items: (0..ITEMS).map(item).collect(),
        clusters: ITEMS,
    }
}

fn candidate(name: &str, runs: Vec<RunScores>) -> CandidateScores {
    CandidateScores {
        name: name.into(),
        model: Some(name.into()),
        origin: Origin::Imported,
        runs,
    }
}

fn run(number: u32, score: impl Fn(usize) -> Option<f64>) -> RunScores {
    let row = |at: usize| {
        let outcome = match score(at) {
            Some(score) => RowOutcome::Scored {
                score,
                // As a rubric has it: 0.72 + 0.08 is 0.8, whatever its last bits say.
                pass: score >= PASS - 1e-9,
            },
            None => RowOutcome::Unjudged,
        };
        RowScore {
            output: Some(at as i64),
            latency_ms: Some(800 + 10 * at as u32),
            first_token_ms: Some(210 + 5 * at as u32),
            cost_micros: Some(1_900),
            chars: 200,
            ..RowScore::without(outcome)
        }
    };
    RunScores {
        id: RunId([number as u8; 16]),
        number,
        because: None,
        rows: (0..ITEMS).map(row).collect(),
    }
}
