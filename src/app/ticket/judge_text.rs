//! What the judge's pane says: per criterion the level or why there is none, the judge's words, what gives
//! reason to look closer; then who else has read this.

use std::fmt::Write as _;

use super::super::diff::said;
use super::form::words;
use super::{Phase, TicketState};
use crate::domain::failure::Class;
use crate::domain::rubric::Answer;
use crate::domain::standing::CHECK;
use crate::domain::view::{Dispute, JudgeView, OtherJudge, VerdictView};

/// The text, Markdown, and the words of the output it points at.
pub fn text(ticket: &TicketState) -> (String, Vec<String>) {
    let (mut text, mut quotes) = (String::new(), Vec::new());
    let JudgeView::Verdicts {
        verdicts, others, ..
    } = &ticket.judge
    else {
        return (text, quotes);
    };
    let (checks, criteria): (Vec<&VerdictView>, Vec<&VerdictView>) = verdicts
        .iter()
        .partition(|verdict| verdict.criterion.starts_with(CHECK));
    for verdict in criteria {
        criterion(ticket, verdict, &mut text);
        quotes.extend(verdict.evidence.iter().map(|quote| quote.quote.clone()));
    }
    for verdict in checks {
        check(verdict, &mut text);
        let failed = verdict.evidence.iter().filter(|quote| quote.problem);
        quotes.extend(failed.map(|quote| quote.quote.clone()));
    }
    if let Some(cost) = cost(verdicts) {
        let _ = write!(text, "*{cost}*\n\n");
    }
    for other in others {
        let _ = write!(text, "*{}*\n\n", also(other));
    }
    if let (Some(one), Some(doc)) = (ticket.suggested(), &ticket.doc) {
        let short = said::in_short(one, &doc.rubric);
        let _ = write!(text, "**suggestion** by {}, {short}\n\n", one.judge);
    }
    (text, quotes)
}

fn criterion(ticket: &TicketState, verdict: &VerdictView, text: &mut String) {
    let said = match &verdict.result {
        Ok(answer) => level(ticket, verdict, answer),
        Err(class) => unscored(class),
    };
    let _ = write!(text, "**{}**  {said}", verdict.criterion);
    let disputed = verdict
        .disputes
        .iter()
        .any(|one| one.who.is_none() && !one.earlier);
    if let Some(mine) = differing(ticket, verdict).filter(|_| !disputed) {
        let _ = write!(text, "  ▲ you said {mine}");
    }
    text.push_str("\n\n");
    for dispute in &verdict.disputes {
        let _ = write!(text, "▲ {}\n\n", disagrees(ticket, dispute));
    }
    let problem = verdict.problem.as_ref().filter(|_| verdict.result.is_err());
    for words in [Some(&verdict.reasoning), problem].into_iter().flatten() {
        if !words.is_empty() {
            let _ = write!(text, "{words}\n\n");
        }
    }
    for flag in &verdict.flags {
        let _ = write!(text, "▲ {}\n\n", flag.words());
    }
    if let Some(badge) = &verdict.badge {
        let _ = write!(text, "*{badge}*\n\n");
    }
}

/// `3 of 5`, and how far several readings lie apart.
fn level(ticket: &TicketState, verdict: &VerdictView, answer: &Answer) -> String {
    let said = ticket
        .doc
        .as_ref()
        .map_or_else(|| answer.to_string(), |doc| words(doc, answer));
    let scale = ticket
        .doc
        .as_ref()
        .and_then(|doc| doc.rubric.question(&verdict.criterion)?.scale());
    let of = match (answer, scale) {
        (Answer::Level(_), Some(scale)) => format!(" of {}", scale.max()),
        _ => String::new(),
    };
    match verdict.spread {
        Some(spread) if spread.low == spread.high => {
            format!("{said}{of}, {} readings agree", spread.samples)
        }
        Some(spread) => format!(
            "{:.1}{of}, {} readings from {} to {}",
            spread.mean, spread.samples, spread.low, spread.high
        ),
        None => format!("{said}{of}"),
    }
}

/// Why there is no level; never a 0.
fn unscored(class: &str) -> String {
    match Class::read(class) {
        Some(class) => format!("not scored: {}", class.words()),
        None => format!("not scored: {class}"),
    }
}

/// The reviewer's own answer once it is committed, where the judge says something else.
fn differing(ticket: &TicketState, verdict: &VerdictView) -> Option<String> {
    let answers = match &ticket.phase {
        Phase::Differs(_) => &ticket.draft.answers,
        _ => &ticket.doc.as_ref()?.mine.as_ref()?.current().answers,
    };
    let mine = answers.get(&verdict.criterion)?;
    let theirs = verdict.result.as_ref().ok()?;
    (mine != theirs).then(|| {
        let doc = ticket.doc.as_ref();
        doc.map_or_else(|| mine.to_string(), |doc| words(doc, mine))
    })
}

/// `you disagree: 2, because the date is wrong`.
fn disagrees(ticket: &TicketState, dispute: &Dispute) -> String {
    let who = match (&dispute.who, dispute.earlier) {
        (None, false) => "you disagree".to_owned(),
        (None, true) => "you disagreed with an earlier reading".to_owned(),
        (Some(who), false) => format!("{who} disagrees"),
        (Some(who), true) => format!("{who} disagreed with an earlier reading"),
    };
    let answer = ticket.doc.as_ref().map_or_else(
        || dispute.answer.to_string(),
        |doc| words(doc, &dispute.answer),
    );
    if dispute.reason.is_empty() {
        format!("{who}: {answer}")
    } else {
        format!("{who}: {answer}, because {}", dispute.reason)
    }
}

fn check(verdict: &VerdictView, text: &mut String) {
    let name = verdict
        .criterion
        .strip_prefix(CHECK)
        .unwrap_or(&verdict.criterion);
    let passed = verdict.result.as_ref().ok().and_then(Answer::level) == Some(1);
    let how = if passed { "✓ passed" } else { "✗ failed" };
    let _ = write!(text, "check **{name}**  {how}");
    if !verdict.reasoning.is_empty() {
        let _ = write!(text, ": {}", verdict.reasoning);
    }
    text.push_str("\n\n");
}

fn cost(verdicts: &[VerdictView]) -> Option<String> {
    let costs: Vec<i64> = verdicts
        .iter()
        .filter_map(|verdict| verdict.cost_micros)
        .collect();
    let sum: i64 = costs.iter().sum();
    (!costs.is_empty()).then(|| format!("cost {}", crate::text::numbers::money(sum)))
}

/// `also read by gpt-4.1, 0.71`.
fn also(other: &OtherJudge) -> String {
    let (passed, run) = other.checks;
    let mut said = format!("also read by {}", other.judge);
    match other.score {
        Some(score) => {
            let _ = write!(said, ", {score:.2}");
        }
        None if !other.current => said.push_str(", under another version of the rubric"),
        None => {}
    }
    if run > 0 {
        let _ = write!(said, ", {passed} of {run} checks passed");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{EvalId, VerdictId};
    use crate::domain::verdict::Flag;
    use crate::domain::view::Spread;

    fn shown(verdict: VerdictView) -> String {
        let mut ticket = TicketState::loading(EvalId([1; 16]), false);
        ticket.judge = JudgeView::Verdicts {
            verdicts: vec![verdict],
            score: None,
            others: vec![OtherJudge {
                judge: "checks".into(),
                current: true,
                score: None,
                checks: (1, 2),
            }],
        };
        text(&ticket).0
    }

    fn verdict(criterion: &str, result: Result<Answer, String>) -> VerdictView {
        VerdictView::new(VerdictId([1; 16]), "m", criterion, result)
    }

    #[test]
    fn a_verdict_without_a_level_says_why_and_never_zero() {
        let text = shown(verdict("tone", Err("refusal".into())));
        assert!(
            text.contains("not scored: the judge refused to answer"),
            "{text}"
        );
        assert!(!text.contains('0'), "{text}");
    }

    #[test]
    fn readings_that_lie_apart_show_how_far_and_flags_are_words() {
        let text = shown(VerdictView {
            spread: Some(Spread {
                samples: 3,
                mean: 2.33,
                low: 1,
                high: 4,
            }),
            flags: vec![Flag::EvidenceNotFound],
            ..verdict("tone", Ok(Answer::Level(2)))
        });
        assert!(text.contains("2.3, 3 readings from 1 to 4"), "{text}");
        assert!(
            text.contains("▲ a quote of the judge stands nowhere"),
            "{text}"
        );
        assert!(
            text.contains("also read by checks, 1 of 2 checks passed"),
            "{text}"
        );
    }

    #[test]
    fn a_disagreement_stands_under_the_level_with_its_reason_and_whose_it_is() {
        let dispute = |who: Option<&str>, level, reason: &str, earlier| Dispute {
            who: who.map(str::to_owned),
            answer: Answer::Level(level),
            reason: reason.into(),
            earlier,
        };
        let text = shown(VerdictView {
            disputes: vec![
                dispute(None, 2, "the date is wrong", false),
                dispute(Some("ben"), 1, "", true),
            ],
            ..verdict("tone", Ok(Answer::Level(4)))
        });
        assert!(
            text.contains("▲ you disagree: 2, because the date is wrong"),
            "{text}"
        );
        assert!(
            text.contains("▲ ben disagreed with an earlier reading: 1\n"),
            "{text}"
        );
    }

    #[test]
    fn a_check_is_passed_or_failed_and_no_level() {
        let failed = VerdictView {
            reasoning: "not JSON: line 1".into(),
            ..verdict("check:json", Ok(Answer::Level(0)))
        };
        assert!(shown(failed).starts_with("check **json**  ✗ failed: not JSON: line 1"));
    }
}
