//! Why a ticket is with this reviewer: the rule that sent it, or who it is given to.

use crate::domain::fold::Sent;
use crate::domain::view::{Drawn, TicketDoc};

/// What sent the ticket here, as far as this reviewer may know it: the rule as it was written and what it did.
/// `None` where the plan alone did. What blindness hides is not in the document.
pub fn why_here(doc: &TicketDoc) -> Option<(String, Option<&str>)> {
    let folded = &doc.folded;
    let given = folded.assigned.as_deref();
    let Some(routed) = &folded.routed else {
        return given.map(|name| (format!("given to {name}"), None));
    };
    let words = match (routed.value.way, given) {
        (Sent::Human, None) => "a rule keeps it for people".to_owned(),
        (Sent::Human, Some(name)) => format!("a rule keeps it for people; given to {name}"),
        (Sent::Person, Some(name)) => format!("a rule gave it to {name}"),
        (Sent::Person, None) => "a rule gave it to somebody, who gave it back".to_owned(),
        (Sent::Closed, _) => "a rule closed it on the judge's word".to_owned(),
    };
    Some((words, Some(&routed.value.rule)))
}

/// How the ticket was drawn for the sample, in a reviewer's words; nothing for one outside of every plan.
pub fn drawn_words(drawn: Drawn) -> Option<String> {
    Some(match drawn {
        Drawn::Outside => return None,
        Drawn::InPlan => "part of the plan".to_owned(),
        Drawn::Waiting => "the plan is not there yet".to_owned(),
        Drawn::Sampled { chance, by_risk } => {
            let how = if by_risk { "by risk" } else { "by lot" };
            let percent = chance * 100.0;
            let digits = usize::from(percent < 9.95);
            format!("{how}, chance {percent:.digits$} %")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::test_kit::{doc, rubric};
    use crate::domain::eval::Mode;
    use crate::domain::fold::{Authored, Route};
    use crate::domain::ids::Hlc;

    fn sent(way: Sent, to: Option<&str>) -> TicketDoc {
        let mut doc = doc(1, Mode::Assist, rubric());
        doc.folded.assigned = to.map(str::to_owned);
        doc.folded.routed = Some(Authored {
            reviewer: "bob".into(),
            hlc: Hlc::default(),
            value: Route {
                rule: "human when tag:legal".into(),
                way,
            },
        });
        doc
    }

    #[test]
    fn a_ticket_says_which_rule_sent_it_and_to_whom() {
        for (way, to, words) in [
            (Sent::Human, None, "a rule keeps it for people"),
            (Sent::Person, Some("ana"), "a rule gave it to ana"),
            (Sent::Closed, None, "a rule closed it on the judge's word"),
        ] {
            let doc = sent(way, to);
            let rule = Some("human when tag:legal");
            assert_eq!(why_here(&doc), Some((words.to_owned(), rule)));
        }
    }

    #[test]
    fn how_it_was_drawn_is_said_without_words_of_statistics() {
        let sampled = |chance, by_risk| drawn_words(Drawn::Sampled { chance, by_risk }).unwrap();
        assert_eq!(sampled(2.0 / 3.0, false), "by lot, chance 67 %");
        assert_eq!(sampled(1.0, false), "by lot, chance 100 %");
        assert_eq!(sampled(0.004, true), "by risk, chance 0.4 %");
        assert_eq!(drawn_words(Drawn::InPlan).unwrap(), "part of the plan");
        assert_eq!(drawn_words(Drawn::Outside), None);
    }

    #[test]
    fn a_ticket_of_the_plan_says_nothing_and_a_given_one_says_to_whom() {
        let mut doc = doc(1, Mode::Blind, rubric());
        assert_eq!(why_here(&doc), None);
        doc.folded.assigned = Some("ana".into());
        assert_eq!(why_here(&doc), Some(("given to ana".to_owned(), None)));
    }
}
