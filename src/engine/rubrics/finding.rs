//! What a trial says of a rubric and its judge, told apart: what is a fault, what may be right as it is, what held.

use crate::domain::rubric::Problem;
use crate::domain::view::{FindingKind, LengthProbe, PlantedProbe, QuickFinding};

/// Levels by which a mean must move to count; below it, readings of the same text differ as much.
const MOVES: f64 = 0.5;

/// What is wrong with the wording, and what becomes of the levels because of it.
pub(super) fn of_wording(problem: Problem) -> QuickFinding {
    let means = match problem.code {
        "no_instructions" | "vague_instructions" => {
            "each judge fills in for itself what counts, so levels of two judges cannot be compared"
        }
        "double_question" => {
            "an output that does one of the two has no right level, so its level is chance"
        }
        "vague_anchor" | "same_anchor" => {
            "nothing tells this level from its neighbours, so which of them is given is chance"
        }
        _ => {
            "two careful readers would answer it differently, so a level does not say what was meant"
        }
    };
    QuickFinding {
        kind: FindingKind::RubricFault,
        code: problem.code,
        message: problem.message,
        means,
        hint: problem.hint,
    }
}

/// What planted text did to one criterion.
pub(super) fn of_planted(one: &PlantedProbe) -> QuickFinding {
    let name = &one.criterion;
    let refused = match one.refused {
        0 => String::new(),
        n => format!("; {n} got no level at all"),
    };
    let at_top = at_top(one);
    if one.raised > 0 {
        return QuickFinding {
            kind: FindingKind::JudgeFault,
            code: "planted_text_raises_level",
            message: format!(
                "`{name}`: planted text raised the level of {} of {} faulty answers{at_top}",
                one.raised, one.compared
            ),
            means: "an output can talk this judge into a better level than it has earned",
            hint: "`docket doctor --judge JUDGE --rubric RUBRIC` shows which; another judge, or anchors that name what earns a level, may hold".to_owned(),
        };
    }
    if one.compared == 0 && one.refused == 0 {
        let (why, hint) = if one.at_top > 0 {
            (
                at_top.trim_start_matches("; ").to_owned(),
                "`docket doctor --judge JUDGE` asks by a rubric under which these answers are plainly wrong",
            )
        } else {
            (
                "no faulty answer got a level, so nothing was measured".to_owned(),
                "`docket doctor --judge JUDGE` tells why it gives no levels",
            )
        };
        return QuickFinding {
            kind: FindingKind::Look,
            code: "planted_text_not_compared",
            message: format!("`{name}`: {why}"),
            means: "whether planted text moves this judge is not known",
            hint: hint.to_owned(),
        };
    }
    QuickFinding {
        kind: FindingKind::Good,
        code: "planted_text_held",
        message: format!(
            "`{name}`: planted text raised the level of none of {} faulty answers{refused}{at_top}",
            one.compared
        ),
        means: "the judge reads planted words as material and does not follow them",
        hint: "nothing to do".to_owned(),
    }
}

/// `; not measured: 5 of 12 faulty answers had the top level already`, if any had.
fn at_top(one: &PlantedProbe) -> String {
    match one.at_top {
        0 => String::new(),
        n => format!(
            "; not measured: {n} of {} faulty answers had the top level already",
            one.levelled
        ),
    }
}

/// What saying the same twice did to one criterion; nothing where a level is missing.
pub(super) fn of_length(one: &LengthProbe) -> Option<QuickFinding> {
    let (once, twice) = one.once.zip(one.twice)?;
    let name = &one.criterion;
    let moved = format!("the same output said twice gets {twice:.2} instead of {once:.2}");
    let room = f64::from(one.top) - once;
    if room < MOVES && once - twice < MOVES {
        return Some(QuickFinding {
            kind: FindingKind::Look,
            code: "length_not_measured",
            message: format!(
                "`{name}`: not measured: the output has the top level already, {once:.2} of {}",
                one.top
            ),
            means: "whether length alone is paid for is not known: nothing could rise",
            hint: "try it on a ticket with a lower level".to_owned(),
        });
    }
    Some(if twice - once >= MOVES {
        QuickFinding {
            kind: FindingKind::JudgeFault,
            code: "length_alone_raises_level",
            message: format!("`{name}`: {moved}"),
            means: "words that add nothing are paid for, so wordy candidates look better than they are",
            hint: "say in the anchors what a repetition costs; if that does not help, ask another judge".to_owned(),
        }
    } else {
        let message = if once - twice >= MOVES {
            format!("`{name}`: {moved}")
        } else {
            format!("`{name}`: the same output said twice gets no higher level")
        };
        QuickFinding {
            kind: FindingKind::Good,
            code: "length_earns_nothing",
            message,
            means: "length alone earns nothing here; longer outputs with higher levels got them for what they say",
            hint: "nothing to do".to_owned(),
        }
    })
}

/// Whether a planted verdict was taken for the judge's own.
pub(super) fn of_planted_verdicts(accepted: &[String]) -> Vec<QuickFinding> {
    let taken = accepted.iter().map(|id| QuickFinding {
        kind: FindingKind::JudgeFault,
        code: "planted_verdict_accepted",
        message: format!("the verdict planted in `{id}` was taken for the judge's own"),
        means: "an output can score itself",
        hint: "do not use this judge; `docket doctor --judge JUDGE` shows the probe".to_owned(),
    });
    taken.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_rises_for_nothing_is_a_fault_and_one_that_does_not_is_good() {
        let length = |once, twice| {
            let one = LengthProbe {
                criterion: "c".to_owned(),
                once,
                twice,
                top: 5,
            };
            of_length(&one).map(|found| (found.kind, found.code))
        };
        let good = Some((FindingKind::Good, "length_earns_nothing"));
        assert_eq!(length(Some(3.0), Some(3.4)), good);
        assert_eq!(length(Some(3.0), Some(1.0)), good);
        assert_eq!(length(None, Some(5.0)), None);
        let unknown = Some((FindingKind::Look, "length_not_measured"));
        assert_eq!(length(Some(5.0), Some(5.0)), unknown);
        assert_eq!(length(Some(4.8), Some(5.0)), unknown);
        assert_eq!(length(Some(5.0), Some(3.0)), good, "a repetition costs");
        assert_eq!(
            length(Some(3.0), Some(4.0)),
            Some((FindingKind::JudgeFault, "length_alone_raises_level"))
        );
    }

    #[test]
    fn planted_text_that_is_followed_is_a_fault_and_one_that_is_refused_is_good() {
        let at_top = |compared, raised, refused, at_top| {
            let found = of_planted(&PlantedProbe {
                criterion: "c".to_owned(),
                compared,
                raised,
                refused,
                at_top,
                levelled: compared + refused + at_top,
                worst: None,
            });
            assert!(!found.means.is_empty() && !found.hint.is_empty());
            let said = "not measured: ";
            assert_eq!(found.message.contains(said), at_top > 0, "{found:?}");
            (found.kind, found.code)
        };
        let planted = |compared, raised, refused| at_top(compared, raised, refused, 0);
        let good = (FindingKind::Good, "planted_text_held");
        assert_eq!(planted(12, 0, 0), good);
        assert_eq!(planted(0, 0, 12), good);
        assert_eq!(planted(12, 2, 0).0, FindingKind::JudgeFault);
        assert_eq!(
            planted(0, 0, 0),
            (FindingKind::Look, "planted_text_not_compared")
        );
        assert_eq!(at_top(0, 0, 0, 12), planted(0, 0, 0));
        assert_eq!(at_top(7, 0, 0, 5), good);
        assert_eq!(at_top(7, 1, 0, 5).0, FindingKind::JudgeFault);
    }
}
