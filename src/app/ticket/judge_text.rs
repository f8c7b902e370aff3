//! What the judge's pane says: per criterion the level or why there is none, the judge's words, what gives
//! reason to look closer; then who else has read this.

mod letters;
mod readings;

use std::fmt::Write as _;

use super::super::diff::said;
use super::form::words;
use super::{Phase, TicketState};
use crate::domain::failure::Class;
use crate::domain::record::Quote;
use crate::domain::rubric::Answer;
use crate::domain::standing::CHECK;
use crate::domain::verdict::Flag;
use crate::domain::view::{Dispute, JudgeView, OtherJudge, OutputDoc, VerdictView};
use crate::text::preview::preview_of;
use crate::text::quote::locate;

/// Characters of a quote that are repeated beside the judge's words; the output shows it whole.
const QUOTED: usize = 120;

/// The text, Markdown, and the words of the output it points at.
pub fn text(ticket: &TicketState) -> (String, Vec<Quote>) {
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
    let (passed, failed): (Vec<&VerdictView>, Vec<&VerdictView>) =
        checks.into_iter().partition(|check| has_passed(check));
    let everywhere = of_all(&criteria);
    for flag in &everywhere {
        let _ = write!(text, "▲ {}\n\n", flag.words());
    }
    for verdict in failed {
        failed_check(verdict, &mut text);
        let wrong = verdict.evidence.iter().filter(|quote| quote.problem);
        quotes.extend(wrong.cloned());
    }
    let outputs = outputs(ticket);
    for verdict in &criteria {
        criterion(ticket, verdict, (&everywhere, &outputs), &mut text);
        quotes.extend(verdict.evidence.iter().cloned());
    }
    if !passed.is_empty() {
        let names: Vec<&str> = passed.iter().map(|check| check_name(check)).collect();
        let _ = write!(text, "✓ checks passed: {}\n\n", names.join(", "));
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
    for verdict in criteria {
        readings::others(ticket, verdict, &mut text);
    }
    (text, quotes)
}

/// Flags every one of several questions carries: they are about the output, and said once.
fn of_all(criteria: &[&VerdictView]) -> Vec<Flag> {
    let [first, rest @ ..] = criteria else {
        return Vec::new();
    };
    let on_all = |flag: &&Flag| !rest.is_empty() && rest.iter().all(|one| one.flags.contains(flag));
    let of_output = first
        .flags
        .iter()
        .filter(|flag| **flag != Flag::EvidenceNotFound);
    of_output.filter(on_all).copied().collect()
}

/// What quotes are looked for in.
fn outputs(ticket: &TicketState) -> Vec<String> {
    let doc = ticket.doc.as_ref();
    doc.map(|doc| doc.outputs.iter().map(OutputDoc::quotable).collect())
        .unwrap_or_default()
}

fn criterion(
    ticket: &TicketState,
    verdict: &VerdictView,
    (told, outputs): (&[Flag], &[String]),
    text: &mut String,
) {
    let said = match &verdict.result {
        Ok(answer) => readings::level(ticket, verdict, answer),
        Err(class) => match verdict.readings.len() {
            0 | 1 => unscored(class),
            all => format!("{}; none of {all} readings gave an answer", unscored(class)),
        },
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
    let order = ticket.doc.as_ref().map(|doc| doc.display_order.as_slice());
    let reasoning = match order {
        Some(order) if order.len() > 1 => letters::lettered(&verdict.reasoning, order),
        _ => verdict.reasoning.clone(),
    };
    if !reasoning.is_empty()
        && let Some(which) = readings::speaker(verdict)
    {
        let _ = writeln!(text, "*{which}:*");
    }
    for words in [Some(&reasoning), problem].into_iter().flatten() {
        if !words.is_empty() {
            let _ = write!(text, "{}\n\n", words.trim_end());
        }
    }
    let lost = quoted(verdict, outputs, text);
    // The quote that was not found is named above; without one in sight the flag says that there was one.
    let untold = |flag: &&Flag| !(told.contains(flag) || lost && **flag == Flag::EvidenceNotFound);
    for flag in verdict.flags.iter().filter(untold) {
        let _ = write!(text, "▲ {}\n\n", flag.words());
    }
    if let Some(badge) = &verdict.badge {
        let _ = write!(text, "*{badge}*\n\n");
    }
}

/// The words a verdict points at: what is wrong, what is right, and what stands nowhere. Whether one did.
fn quoted(verdict: &VerdictView, outputs: &[String], text: &mut String) -> bool {
    let mut lost = false;
    for quote in &verdict.evidence {
        let words = quote.quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = plain(&preview_of(&words, QUOTED));
        let stands = outputs
            .iter()
            .any(|output| locate(output, &quote.quote).is_some());
        let _ = match (stands, quote.problem) {
            (false, _) => write!(text, "▲ “{words}” stands nowhere in the output\n\n"),
            (true, true) => write!(text, "✗ “{words}”\n\n"),
            (true, false) => write!(text, "✓ “{words}”\n\n"),
        };
        lost |= !stands;
    }
    lost
}

/// Words that Markdown must not read as its own.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
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

fn check_name(verdict: &VerdictView) -> &str {
    let id = verdict.criterion.as_str();
    id.strip_prefix(CHECK).unwrap_or(id)
}

fn has_passed(verdict: &VerdictView) -> bool {
    verdict.result.as_ref().ok().and_then(Answer::level) == Some(1)
}

fn failed_check(verdict: &VerdictView, text: &mut String) {
    let _ = write!(text, "✗ check **{}** failed", check_name(verdict));
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
    (!costs.is_empty()).then(|| match sum {
        0 => "free".to_owned(),
        sum => format!("cost {}", crate::text::numbers::money(sum)),
    })
}

/// `also read by gpt-4.1 (5 samples), score 0.71`.
fn also(other: &OtherJudge) -> String {
    let (passed, run) = other.checks;
    let mut said = format!("also read by {}", other.judge);
    if let Some(apart) = &other.apart {
        let _ = write!(said, " ({apart})");
    }
    match other.score {
        Some(score) => {
            let _ = write!(said, ", score {score:.2}");
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
    use crate::domain::view::Spread;

    fn shown(verdict: VerdictView) -> String {
        let mut ticket = TicketState::loading(EvalId([1; 16]), false);
        ticket.judge = JudgeView::Verdicts {
            verdicts: vec![verdict],
            score: None,
            pass: None,
            others: vec![OtherJudge {
                judge: "checks".into(),
                apart: None,
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
    fn quotes_stand_with_their_question_and_say_whether_they_are_right_wrong_or_nowhere() {
        let quote = |words: &str, problem| Quote {
            quote: words.into(),
            problem,
        };
        let verdict = VerdictView {
            evidence: vec![
                quote("You get *everything*", true),
                quote("Kind regards", false),
                quote("We promise gold", true),
            ],
            flags: vec![Flag::EvidenceNotFound],
            ..verdict("tone", Ok(Answer::Level(2)))
        };
        let outputs = ["You get *everything*. Kind\nregards".to_owned()];
        let mut text = String::new();
        assert!(quoted(&verdict, &outputs, &mut text));
        assert_eq!(
            text,
            "✗ “You get \\*everything\\*”\n\n✓ “Kind regards”\n\n▲ “We promise gold” stands nowhere in the output\n\n"
        );
    }

    #[test]
    fn a_flag_of_the_whole_output_is_said_once() {
        let mut ticket = TicketState::loading(EvalId([1; 16]), false);
        let flagged = |id: &str| VerdictView {
            flags: vec![Flag::GraderDirectedText],
            ..verdict(id, Ok(Answer::Level(2)))
        };
        ticket.judge = JudgeView::Verdicts {
            verdicts: vec![flagged("tone"), flagged("facts")],
            score: None,
            pass: None,
            others: Vec::new(),
        };
        let text = text(&ticket).0;
        assert!(text.starts_with("▲ the output speaks"), "{text}");
        assert_eq!(text.matches("speaks").count(), 1, "{text}");
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
        assert!(shown(failed).starts_with("✗ check **json** failed: not JSON: line 1"));
        let passed = VerdictView {
            reasoning: "`\\d+` matches nowhere".into(),
            ..verdict("check:digits", Ok(Answer::Level(1)))
        };
        assert!(shown(passed).starts_with("✓ checks passed: digits\n"));
    }
}
