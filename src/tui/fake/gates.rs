//! The gate of a run group with a candidate of every verdict, hostile words, a stale decision and a signature.

use std::sync::Arc;

use crate::domain::gate::{Asked, Basis, Check, Decision, GateRule, Metric, Quality};
use crate::domain::ids::{EvalId, EventId, GroupId, RubricId};
use crate::domain::view::gate::{
    Bound, CandidateGate, Condition, DecisionLine, DecisionStanding, Declared, GateCard, GateLook,
    GatePage, GatePart, GateReport, GateVerdict, GateView, JudgeBacking, Looks, Moved, NoRule,
    Owner, RuleNote, Settle, SignatureLine,
};
use crate::domain::view::{Failure, GateOrder, GateReply, Progress};

use super::{Answer, Job};

/// 12 Oct 2025 14:03:20 UTC; the day alone depends on the zone by little.
const AT: i64 = 1_760_277_800_000;
const EVIDENCE: &str = "3fa9c2d4e5f60718293a4b5c6d7e8f90";

/// What was done at the gate.
#[derive(Debug, Default)]
pub(super) struct Gate {
    pub ordered: Vec<GateOrder>,
    pub barred: bool,
    pub moved: bool,
    checked: bool,
    decided: Vec<DecisionLine>,
}

impl Gate {
    pub fn answer(
        &mut self,
        tickets_in: EvalId,
        closed: bool,
        order: &GateOrder,
        job: &Job<'_>,
    ) -> Answer<GateReply> {
        if !matches!(order, GateOrder::List | GateOrder::Page { .. }) {
            self.ordered.push(order.clone());
        }
        let page = match order {
            GateOrder::List => return Ok(GateReply::List(cards(tickets_in, closed))),
            GateOrder::Page { group, look } => match group.as_str() {
                "july" => GatePage::Undeclared(no_rule()),
                "august" => GatePage::Early(Box::new(declared())),
                _ if closed => GatePage::Closed { waiting: 5 },
                _ if self.moved && *look != GateLook::Agreed => GatePage::Moved(Box::new(moved())),
                _ => {
                    self.moved = false;
                    self.page()
                }
            },
            GateOrder::Open { .. } => self.page(),
            GateOrder::Check { .. } => {
                job.tell(Progress {
                    what: "checking secrets".into(),
                    done: 0,
                    total: Some(1),
                    unit: "checks",
                    rate: 0.0,
                });
                self.checked = true;
                self.page()
            }
            GateOrder::Decide(wish) => {
                if wish.reason.contains("too late") {
                    return Err(Failure {
                        what: format!(
                            "what the verdict on `{}` rests on has changed since it was shown",
                            wish.candidate
                        ),
                        hint: Some("look again, then decide".into()),
                    }
                    .into());
                }
                match wish.decision {
                    Some(decision) => self.decided.insert(
                        0,
                        decision_line(&wish.candidate, decision, "ana", &wish.reason),
                    ),
                    None => {
                        for line in &mut self.decided {
                            line.standing = DecisionStanding::Voided(wish.reason.clone());
                        }
                    }
                }
                self.page()
            }
        };
        Ok(GateReply::Page(Box::new(page)))
    }

    fn page(&self) -> GatePage {
        let mut report = report();
        if self.checked {
            for one in &mut report.candidates {
                for condition in &mut one.conditions {
                    if condition.verdict == GateVerdict::Inconclusive
                        && condition.part == GatePart::Checks
                    {
                        condition.verdict = GateVerdict::Pass;
                        condition.found = "ended with 0 after 0.02 s".into();
                        condition.why.clear();
                    }
                }
            }
        }
        for one in &mut report.candidates {
            let mine = self
                .decided
                .iter()
                .filter(|line| line.candidate == one.name);
            let mut lines: Vec<DecisionLine> = mine.cloned().collect();
            if let Some(first) = lines.first() {
                one.owner.approved = first.decision == Decision::Approve
                    && first.standing == DecisionStanding::Holds;
                one.owner.words = match &first.standing {
                    DecisionStanding::Holds => {
                        format!("{} by ana (not authenticated)", first.decision.past())
                    }
                    other => format!(
                        "approved by ana, which is {}; waits for ana or ben",
                        other.words()
                    ),
                };
            }
            lines.append(&mut one.owner.decisions);
            one.owner.decisions = lines;
        }
        let barred = "`ana` may not decide about `june`: the gate names ben";
        GatePage::Open(Arc::new(GateView {
            report,
            account: "ana".into(),
            reviewer: "ana".into(),
            barred: self.barred.then(|| barred.into()),
            folder: "/home/ana/release".into(),
        }))
    }
}

/// The list: a group with a verdict, one without a rule, a rule without a group.
fn cards(tickets_in: EvalId, closed: bool) -> Vec<GateCard> {
    let note = |last| RuleNote {
        gate: declared().id.short(),
        relative: declared().relative,
        last,
        decided: None,
    };
    let said = vec![
        ("local/b".to_owned(), GateVerdict::Pass),
        ("openai/c".to_owned(), GateVerdict::Fail),
        ("d \u{1b}[31m漢字".to_owned(), GateVerdict::Inconclusive),
    ];
    vec![
        GateCard {
            group: "june".into(),
            tickets_in: Some(tickets_in),
            candidates: vec!["logged".into(), "local/b".into(), "openai/c".into()],
            rule: Some(RuleNote {
                decided: Some(("local/b".into(), Decision::Approve, "ben".into())),
                ..note((!closed).then_some(said))
            }),
        },
        GateCard {
            group: "july".into(),
            tickets_in: Some(tickets_in),
            candidates: vec!["logged".into(), "local/b".into()],
            rule: None,
        },
        GateCard {
            group: "august".into(),
            tickets_in: None,
            candidates: Vec::new(),
            rule: Some(note(Some(Vec::new()))),
        },
    ]
}

fn no_rule() -> NoRule {
    NoRule {
        asks: GateRule::usual(true, &["correct".into()], "ana").lines(),
        command: GateRule::usual_command("july", true, &["correct".into()], "ana"),
        by_file: "docket gate july --declare --file gate.toml".into(),
    }
}

fn moved() -> Moved {
    Moved {
        number: 2,
        declared: 1,
        candidates: vec![
            (
                "local/b".into(),
                Some(GateVerdict::Pass),
                "approved by ben, which is stale: scores changed since; waits for ana or ben"
                    .into(),
            ),
            ("openai/c".into(), None, "waits for ana or ben".into()),
        ],
    }
}

fn rule() -> GateRule {
    GateRule {
        quality: vec![
            Quality {
                metric: Metric::Mean,
                asked: Asked::AtLeast(0.75),
            },
            Quality {
                metric: Metric::Mean,
                asked: Asked::Better,
            },
        ],
        min_items: 30,
        checks: vec![Check {
            name: "secrets".into(),
            command: "sh checks/secrets.sh \"$DOCKET_CANDIDATE\"".into(),
            seconds: 120,
        }],
        approvers: vec!["ana".into(), "ben".into()],
        ..GateRule::default()
    }
}

fn declared() -> Declared {
    let rule = rule();
    Declared {
        id: rule.id(),
        lines: rule.lines(),
        rule,
        file: Some("gate.toml".into()),
        by: "ana".into(),
        at_ms: AT,
        earlier: 1,
        outputs_before: 80,
        relative: "declared after 80 outputs of candidates were there".into(),
    }
}

fn report() -> GateReport {
    GateReport {
        group: "june".into(),
        group_id: GroupId([9; 16]),
        eval: "support".into(),
        tickets_in: EvalId([1; 16]),
        rubric: "support-reply".into(),
        rubric_version: RubricId([3; 16]),
        threshold: "0.8 (rubric)".into(),
        judge: Some("sample-judge".into()),
        baseline: Some("logged".into()),
        items: 40,
        clusters: 39,
        declared: declared(),
        basis: Basis::Judge,
        agreement: JudgeBacking {
            checked: false,
            stale: false,
            tickets: 0,
            kappa: None,
            interval: None,
            words: "never checked".into(),
        },
        alpha: 0.05,
        family: 3,
        looks: Looks {
            number: 2,
            declared: 1,
            words: "look 2, and 1 look declared: an undeclared look; looking until it passes passes what it should not"
                .into(),
        },
        candidates: vec![passing(), failing(), unclear()],
        watermarks: vec!["written by hand for the sample, no model was called".into()],
        notes: vec![
            "the rule was declared after 80 outputs of candidates were there".into(),
            "1 rule declared for this group before this one".into(),
        ],
        rehearsal: None,
        verdict: GateVerdict::Pass,
        sentence: "On sample verdicts, not real: `local/b` passes: all 7 conditions hold.".into(),
        next: "decide: `docket approve june --candidate local/b --decision approve --reason REASON`".into(),
    }
}

fn bound(estimate: f64, by: f64) -> Bound {
    Bound {
        estimate,
        lower: Some(estimate - by),
        upper: Some(estimate + by),
        n: 40,
        clusters: 39,
        method: "t",
        p: Some(0.003),
        n_effective: None,
        judge_only: None,
    }
}

fn condition(
    part: GatePart,
    (id, title, required, found): (&str, &str, &str, &str),
    verdict: GateVerdict,
    why: &str,
) -> Condition {
    Condition {
        id: id.into(),
        part,
        title: title.into(),
        required: required.into(),
        found: found.into(),
        verdict,
        why: why.into(),
        bound: None,
        tail: None,
    }
}

/// The conditions of a candidate around a mean, its distance to the baseline, and what the check ended with.
fn conditions(
    (mean, gap): (f64, f64),
    verdict: GateVerdict,
    why: &str,
    check: Condition,
) -> Vec<Condition> {
    let told = |of: f64| {
        format!(
            "{of:.3}, at least {:.3} and at most {:.3}, each at 95 % (n 40, 39 clusters, t)",
            of - 0.04,
            of + 0.04
        )
    };
    let quality = |id: &str, title: &str, required: &str, of: f64| {
        let mut one = condition(
            GatePart::Quality,
            (id, title, required, &told(of)),
            verdict,
            why,
        );
        one.bound = Some(bound(of, 0.04));
        one
    };
    let mut all = vec![
        quality("quality.mean.at_least", "mean score", "at least 0.75", mean),
        quality(
            "quality.mean.better",
            "mean score minus the baseline",
            "above 0",
            gap,
        ),
    ];
    let evidence =
        EVIDENCE_LINES.map(|told| condition(GatePart::Evidence, told, GateVerdict::Pass, ""));
    all.extend(evidence);
    all.push(check);
    all
}

/// What the numbers rest on: name, title, what is asked, what there is.
const EVIDENCE_LINES: [(&str, &str, &str, &str); 4] = [
    (
        "evidence.failed",
        "rows without an output",
        "at most 2 %",
        "0 of 40 (0 %)",
    ),
    (
        "evidence.unscored",
        "outputs without a score",
        "at most 35 %",
        "12 of 40 (30 %); of the baseline 12 of 40 (30 %)",
    ),
    ("evidence.items", "items with a score", "at least 30", "40"),
    (
        "evidence.judge",
        "judge of another family",
        "or a second judge",
        "`sample-judge`",
    ),
];

fn check(verdict: GateVerdict, found: &str, why: &str, tail: Option<&str>) -> Condition {
    let command = "`sh checks/secrets.sh \"$DOCKET_CANDIDATE\"` ends with 0";
    let mut one = condition(
        GatePart::Checks,
        ("check.secrets", "secrets", command, found),
        verdict,
        why,
    );
    one.tail = tail.map(str::to_owned);
    one
}

fn candidate(
    name: &str,
    verdict: GateVerdict,
    sentence: &str,
    conditions: Vec<Condition>,
) -> CandidateGate {
    CandidateGate {
        name: name.into(),
        model: Some(format!("{name}-2025")),
        verdict,
        p_adjusted: Some(0.009),
        conditions,
        sentence: sentence.into(),
        settles: Vec::new(),
        evidence: EVIDENCE.into(),
        numbers: EVIDENCE.into(),
        owner: Owner {
            approvers: vec!["ana".into(), "ben".into()],
            needed: 1,
            decisions: Vec::new(),
            words: "waits for ana or ben".into(),
            approved: false,
        },
        preferred: None,
    }
}

fn passing() -> CandidateGate {
    let check = check(GateVerdict::Pass, "ended with 0 after 0.02 s", "", None);
    let mut one = candidate(
        "local/b",
        GateVerdict::Pass,
        "`local/b` passes: all 7 conditions hold",
        conditions((0.812, 0.094), GateVerdict::Pass, "", check),
    );
    let mut stale = decision_line(
        "local/b",
        Decision::Approve,
        "ben",
        "better in billing, no worse anywhere",
    );
    stale.standing = DecisionStanding::Stale(vec!["prompt".into(), "scores".into()]);
    stale.signatures = vec![SignatureLine {
        key: "SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDeGNgKqeGvE0aOXbM".into(),
        by: "ben".into(),
        at_ms: AT,
    }];
    one.owner.words =
        "approved by ben, which is stale: prompt, scores changed since; waits for ana or ben"
            .into();
    one.owner.decisions = vec![stale];
    one
}

fn failing() -> CandidateGate {
    let check = check(
        GateVerdict::Fail,
        "ended with 3 after 1.20 s",
        "the check failed",
        Some("looking at openai/c\nfound \u{1b}]0;owned\u{7}a key \u{202e}in line 12\u{202c}"),
    );
    candidate(
        "openai/c",
        GateVerdict::Fail,
        "`openai/c` is blocked by mean score, mean score minus the baseline, secrets",
        conditions(
            (0.61, -0.081),
            GateVerdict::Fail,
            "even the upper bound does not reach what is asked",
            check,
        ),
    )
}

fn unclear() -> CandidateGate {
    let check = check(
        GateVerdict::Inconclusive,
        "not run",
        "nobody has run it for this group",
        None,
    );
    let mut one = candidate(
        "d \u{1b}[31m漢字",
        GateVerdict::Inconclusive,
        "`d \u{1b}[31m漢字` is undecided: mean score, mean score minus the baseline, secrets",
        conditions(
            (0.76, 0.02),
            GateVerdict::Inconclusive,
            "what is asked lies between the bounds",
            check,
        ),
    );
    let settle = |condition: &str, what: &str, count, command: &str| Settle {
        condition: condition.into(),
        what: what.into(),
        count,
        command: Some(command.into()),
    };
    one.settles = vec![
        settle(
            "quality.mean.at_least",
            "about 140 more items (180 in all), if the number stays as it is",
            Some(140),
            "docket import FILE --eval support && docket run support --group NAME",
        ),
        settle(
            "check.secrets",
            "run the checks of the rule; read its commands first",
            None,
            "docket gate june --run-checks",
        ),
    ];
    one
}

fn decision_line(candidate: &str, decision: Decision, by: &str, reason: &str) -> DecisionLine {
    DecisionLine {
        id: EventId([7; 16]),
        candidate: candidate.into(),
        decision,
        by: by.into(),
        reviewer: by.into(),
        at_ms: AT,
        reason: reason.into(),
        verdict: GateVerdict::Pass,
        evidence: EVIDENCE.into(),
        standing: DecisionStanding::Holds,
        signatures: Vec::new(),
    }
}
