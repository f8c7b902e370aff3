use super::*;
use crate::domain::filter::Snapshot;

fn rule(text: &str) -> Rule {
    Rule::parse(text).unwrap()
}

fn policy(routes: &[&str], mode: Mode, audit_share: f64) -> Policy {
    Policy {
        mode,
        audit_share,
        routes: routes.iter().map(|text| (*text).to_owned()).collect(),
        ..Policy::default()
    }
}

#[test]
fn a_rule_is_a_target_and_a_condition() {
    assert_eq!(
        rule("human when tag:legal or tokens>4000").target,
        Target::Human
    );
    assert_eq!(rule("judge when tag:faq").target, Target::Judge);
    assert_eq!(
        rule("@ana when lang:de").target,
        Target::Person("ana".into())
    );
    assert_eq!(
        rule("  CLOSE  When score>=0.9 and no flag ").target,
        Target::Close
    );
    assert_eq!(rule("  human when tag:legal ").text, "human when tag:legal");
}

#[test]
fn a_mistake_is_named_with_its_place_and_the_likely_word() {
    let cases = [
        ("", 1, "empty", "human when"),
        ("humn when tag:legal", 1, "`humn`", "did you mean `human`?"),
        ("bob when tag:legal", 1, "`bob`", "`@name`"),
        ("@ when tag:legal", 1, "needs the name", "@ana"),
        ("human tag:legal", 7, "`when`", "human when"),
        ("human when", 11, "condition", "human when"),
        (
            "human when tga:legal",
            12,
            "unknown field `tga`",
            "did you mean `tag`?",
        ),
        ("é when tag:legal", 1, "`é`", "there are"),
        (
            "@zoë when tag:legal and (lang:de",
            25,
            "never closed",
            "closing one",
        ),
        ("close when score>=high", 19, "`high`", "0.8"),
        ("human when mine:yes", 12, "`mine`", "a rule asks"),
        ("human when level.tone<2", 12, "`level.tone`", "a rule asks"),
        (
            "close when score>=2",
            19,
            "from 0, the worst, to 1, the best",
            "`score>=0.8`",
        ),
        ("human when judge:0.5..4", 18, "runs from 0", "80%"),
        (
            "close when score>=0.9 and no flagg",
            30,
            "cannot have `flagg`",
            "did you mean `no flag`?",
        ),
        (
            "human when flga",
            12,
            "`flga` stands alone",
            "did you mean `has:flag`?",
        ),
        ("human when refund or tagg", 22, "`tagg`", "`has:tag`"),
        ("@ana when scoer", 11, "`scoer`", "`score<0.5`"),
        (
            "close when score>0.5 reviewer:ana",
            22,
            "`reviewer`",
            "a rule asks",
        ),
    ];
    for (text, column, message, hint) in cases {
        let error = Rule::parse(text).unwrap_err();
        assert_eq!(error.column, column, "{text}: {error}");
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert!(error.hint.contains(hint), "{text}: {}", error.hint);
    }
}

#[test]
fn a_word_that_is_no_slip_of_the_hand_is_searched_for() {
    for text in [
        "human when refund",
        "human when legal or \"double charge\"",
        "human when \"flagg\" or text:tagg",
        "human when no flag",
        "human when flag",
        "human when refund no tag",
    ] {
        assert!(Rule::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_rule_waits_for_the_judge_only_if_it_asks_about_it() {
    for (text, needs) in [
        ("human when tag:legal", false),
        ("human when flag:legal", false),
        ("human when no flag", false),
        ("@ana when flag", true),
        ("human when score<0.5", true),
        ("@ana when judge>0.5 or tag:x", true),
        ("human when not has:score", true),
        ("close when tag:faq", true),
    ] {
        assert_eq!(rule(text).needs_verdict(), needs, "{text}");
    }
}

/// What a ticket is to a rule.
#[derive(Default)]
struct Ticket {
    tags: Vec<&'static str>,
    tokens: f64,
    judge: Option<f64>,
    flagged: bool,
    warned: bool,
}

impl Snapshot for Ticket {
    fn words(&self, field: WordField) -> Vec<&str> {
        if field == WordField::Tag {
            self.tags.clone()
        } else {
            Vec::new()
        }
    }
    fn number(&self, measure: &Measure) -> Option<f64> {
        match measure {
            Measure::Judge => self.judge,
            Measure::Tokens => Some(self.tokens),
            _ => None,
        }
    }
    fn time(&self) -> Option<i64> {
        None
    }
    fn has(&self, thing: Thing) -> bool {
        match thing {
            Thing::Flag => self.flagged,
            Thing::Warning => self.warned,
            Thing::Judge => self.judge.is_some(),
            _ => false,
        }
    }
    fn mine(&self) -> bool {
        false
    }
    fn contains(&self, _: &str) -> bool {
        false
    }
}

#[test]
fn score_is_the_judges_and_a_flag_is_a_persons_or_a_warning() {
    let close = rule("close when score>=0.9 and no flag").when;
    let good = || Ticket {
        judge: Some(0.95),
        ..Ticket::default()
    };
    assert!(close.matches(&good()));
    assert!(!close.matches(&Ticket {
        judge: Some(0.85),
        ..good()
    }));
    assert!(!close.matches(&Ticket {
        judge: None,
        ..good()
    }));
    assert!(!close.matches(&Ticket {
        flagged: true,
        ..good()
    }));
    assert!(!close.matches(&Ticket {
        warned: true,
        ..good()
    }));
}

#[test]
fn the_first_rule_that_fits_decides_and_each_ticket_is_decided_once() {
    let texts = [
        "judge when tag:faq",
        "human when tag:legal or tokens>4000",
        "@ana when tag:refund",
        "close when score>=0.9",
    ];
    let routes = Routes::of(&policy(&texts, Mode::Assist, 0.1)).unwrap();
    let way = |ticket: &Ticket, rules: Vec<(&Rule, Filter)>| {
        let fits: Vec<String> = rules
            .iter()
            .filter(|(_, filter)| filter.matches(ticket))
            .map(|(rule, _)| rule.target.to_string())
            .collect();
        assert!(fits.len() <= 1, "{fits:?}");
        fits.into_iter().next().unwrap_or_default()
    };
    let of = |tags: &[&'static str], tokens, judge| Ticket {
        tags: tags.to_vec(),
        tokens,
        judge,
        ..Ticket::default()
    };
    // tags, tokens, score; before judging, after judging, whether a judge may claim it.
    for (tags, tokens, judge, before, after, claimed) in [
        (
            &["faq", "legal"][..],
            9000.0,
            Some(1.0),
            "judge",
            "human",
            true,
        ),
        (&["legal"], 1.0, Some(1.0), "human", "human", false),
        (&["refund"], 5000.0, Some(1.0), "human", "human", false),
        (&["refund"], 1.0, Some(1.0), "@ana", "@ana", true),
        (&[], 1.0, Some(1.0), "", "close", true),
        (&[], 1.0, Some(0.2), "", "", true),
        (&[], 1.0, None, "", "", true),
    ] {
        let ticket = of(tags, tokens, judge);
        assert_eq!(way(&ticket, routes.before()), before, "{tags:?} {tokens}");
        assert_eq!(way(&ticket, routes.after()), after, "{tags:?} {tokens}");
        assert_eq!(
            routes.claimable().matches(&ticket),
            claimed,
            "{tags:?} {tokens}"
        );
    }
}

#[test]
fn its_own_warning_does_not_keep_a_judge_from_going_on_with_a_ticket() {
    let ticket = |flagged, warned| Ticket {
        flagged,
        warned,
        ..Ticket::default()
    };
    for (rule, goes_on) in [
        ("human when flag", [Some(true), Some(true), Some(false)]),
        (
            "human when has:warning",
            [Some(true), Some(true), Some(true)],
        ),
        (
            "human when flag and tag:faq",
            [Some(true), Some(true), Some(true)],
        ),
        ("human when no:warning", [None, None, None]),
        ("human when no flag", [Some(false), Some(false), Some(true)]),
        ("human when not (flag or no:warning)", [Some(true); 3]),
    ] {
        let routes = Routes::of(&policy(&[rule], Mode::Assist, 0.1)).unwrap();
        let may = routes.resumable();
        let said = [(false, false), (false, true), (true, false)].map(|(flagged, warned)| {
            may.as_ref()
                .map(|may| may.matches(&ticket(flagged, warned)))
        });
        assert_eq!(said, goes_on, "{rule}");
    }
}

#[test]
fn without_rules_a_judge_may_claim_everything() {
    assert!(Routes::default().claimable().is_all());
}

#[test]
fn a_blind_eval_takes_no_rule_that_would_tell_what_the_judge_or_the_model_is() {
    for (text, mode, audit, refused) in [
        ("close when score>=0.9", Mode::Blind, 0.1, Some("blind")),
        ("close when tag:faq", Mode::Blind, 0.1, Some("blind")),
        (
            "@ana when score<0.5",
            Mode::Blind,
            0.1,
            Some("what the judge said"),
        ),
        ("@ana when model:harbor*", Mode::Blind, 0.1, Some("`model`")),
        ("@ana when lang:de", Mode::Blind, 0.0, None),
        ("human when flag:*", Mode::Blind, 0.0, None),
        (
            "human when no flag",
            Mode::Blind,
            0.0,
            Some("a warning on what the judge said"),
        ),
        (
            "human when tag:faq or has:warning",
            Mode::Blind,
            0.0,
            Some("a warning on what the judge said"),
        ),
        ("close when score>=0.9", Mode::Assist, 0.1, None),
        (
            "close when score>=0.9",
            Mode::Assist,
            0.0,
            Some("audit share"),
        ),
    ] {
        let policy = policy(&[text], mode, audit);
        let refusal = Routes::of(&policy).unwrap().refusal(&policy);
        match (refusal, refused) {
            (Some((why, _)), Some(word)) => assert!(why.contains(word), "{text}: {why}"),
            (None, None) => {}
            other => panic!("{text}: {other:?}"),
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_rule_or_an_error_with_a_place_in_it(text in ".{0,60}") {
        if let Err(error) = Rule::parse(&text) {
            let length = text.trim().chars().count();
            proptest::prop_assert!(error.column >= 1 && error.column <= length + 1);
        }
    }

    #[test]
    fn a_rule_written_again_is_the_same_rule(text in "(human|judge|close|@ana) when (tag:[a-z]{1,5}|score>=0\\.[0-9]|no flag)( or tokens>[1-9]00)?") {
        let once = rule(&text);
        proptest::prop_assert_eq!(rule(&once.text), once);
    }
}
