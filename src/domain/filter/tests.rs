use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error} ({})", error.hint))
}

/// The tree as the printer writes it, which the property test holds to the tree itself.
fn canonical(text: &str) -> String {
    parse(text).to_string()
}

struct Ticket;

impl Snapshot for Ticket {
    fn words(&self, field: WordField) -> Vec<&str> {
        match field {
            WordField::Status => vec!["open"],
            WordField::Tag => vec!["Billing", "refund"],
            WordField::Model => vec!["gpt-4.1-mini"],
            _ => Vec::new(),
        }
    }
    fn number(&self, measure: &Measure) -> Option<f64> {
        match measure {
            Measure::Score => Some(0.8),
            Measure::Tokens => Some(4000.0),
            Measure::Latency => Some(1500.0),
            Measure::Level(id) if id == "tone" => Some(2.0),
            _ => None,
        }
    }
    fn time(&self) -> Option<i64> {
        // 2026-10-01T23:59:59.999Z
        Some(1_790_899_199_999)
    }
    fn has(&self, thing: Thing) -> bool {
        thing == Thing::Correction
    }
    fn mine(&self) -> bool {
        false
    }
    fn contains(&self, text: &str) -> bool {
        "I was charged twice (24.00 EUR)"
            .to_lowercase()
            .contains(&text.to_lowercase())
    }
}

#[test]
fn terms_combine_as_they_read() {
    for (typed, tree) in [
        ("", ""),
        ("  status:open   tag:billing ", "status:open tag:billing"),
        ("status:open and tag:billing", "status:open tag:billing"),
        ("a b or c", "a b or c"),
        ("a (b or c)", "a (b or c)"),
        ("((a)) and (b and (c d))", "a b c d"),
        ("a or (b or c)", "a or b or c"),
        ("NOT (a OR b)", "-(a or b)"),
        ("not not a", "a"),
        ("-tag:x", "-tag:x"),
        ("tag!=x", "-tag:x"),
        ("tag:billing,refund", "tag:billing,refund"),
        ("tag:\"two words\",x", "tag:\"two words\",x"),
        ("text:a,b", "a or b"),
        ("has:correction no:flag", "has:correction no:flag"),
        ("no flag", "no:flag"),
        ("no:flag,tag", "-(has:flag or has:tag)"),
        ("\"no\" flag", "\"no\" \"flag\""),
        ("no refund", "\"no\" refund"),
        ("mine:no", "mine:no"),
        ("model:gpt-4*", "model:gpt-4*"),
        ("model:\"gpt 4\"*", "model:\"gpt 4\"*"),
        ("model:\"gpt-4*\"", "model:\"gpt-4*\""),
        ("“double charge”", "\"double charge\""),
        ("24.00 - don't", "24.00 \"-\" \"don't\""),
        ("score>=80%", "score>=0.8"),
        ("tokens>4k", "tokens>4000"),
        ("latency>2s latency<500ms", "latency>2000 latency<500"),
        ("score:0.5..0.8", "score>=0.5 score<=0.8"),
        ("rerun:0,1", "rerun=0 or rerun=1"),
        ("Status:OPEN", "status:open"),
        ("level.Tone<=2", "level.Tone<=2"),
        ("time>=2026-10-01", "time>=2026-10-01T00:00:00Z"),
        ("time>2026-10-01", "time>=2026-10-02T00:00:00Z"),
        (
            "time:2026-10-01",
            "time>=2026-10-01T00:00:00Z time<2026-10-02T00:00:00Z",
        ),
        (
            "time:2026-10-01..2026-10-31",
            "time>=2026-10-01T00:00:00Z time<2026-11-01T00:00:00Z",
        ),
        ("source:logs/a.jsonl id:a:b", "source:logs/a.jsonl id:a:b"),
        ("score>=0.9 and no flag", "score>=0.9 no:flag"),
        ("tag:legal or tokens>4000", "tag:legal or tokens>4000"),
    ] {
        assert_eq!(canonical(typed), tree, "{typed}");
        assert_eq!(parse(tree), parse(typed), "{typed}");
    }
}

#[test]
fn a_question_of_the_rubric_may_be_named_bare() {
    let level = Filter::parse_for("correct<=2", &["correct", "tone"]).unwrap();
    assert_eq!(level, parse("level.correct<=2"));
    assert_eq!(
        Filter::parse_for("Level.TONE:1", &["correct", "tone"]).unwrap(),
        parse("level.tone:1")
    );
    let error = Filter::parse_for("level.corect<2", &["correct"]).unwrap_err();
    assert_eq!(
        (error.column, error.hint.as_str()),
        (1, "did you mean `level.correct`?")
    );
    assert_eq!(
        Filter::parse("correct<=2").unwrap_err().message,
        "unknown field `correct`"
    );
}

#[test]
fn a_field_of_the_language_goes_before_a_question_of_the_same_name() {
    let filter = Filter::parse_for("score>0.5 level.score>3", &["score"]).unwrap();
    assert_eq!(filter.to_string(), "score>0.5 level.score>3");
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_fault_is_named_at_its_column_with_a_way_on() {
    for (typed, column, message, hint) in [
        (
            "é statsu:open",
            3,
            "unknown field `statsu`",
            "did you mean `status`?",
        ),
        (
            "status:opne",
            8,
            "`opne` is no status",
            "did you mean `open`?",
        ),
        (
            "role:test",
            6,
            "`test` is no role",
            "there are: review, heldout, train",
        ),
        (
            "tag:",
            5,
            "`tag:` needs a value",
            "write for example `tag:billing,refund`",
        ),
        (
            "tag:a,,b",
            7,
            "`tag:` needs a value",
            "write for example `tag:billing,refund`",
        ),
        (
            "tag>3",
            1,
            "`tag` holds words and has no order for `>`",
            "write for example `tag:billing,refund`",
        ),
        (
            "a or",
            5,
            "the filter ends where a term is expected",
            "add a term such as `tag:billing`, or remove the last word",
        ),
        (
            "or a",
            1,
            "`or` stands between two terms",
            "put \"or\" in quotes to search for the word",
        ),
        (
            "(a or b",
            1,
            "this bracket is never closed",
            "add a closing one",
        ),
        (
            "a)",
            2,
            "this bracket closes nothing",
            "remove it, or add an opening one",
        ),
        (
            "()",
            2,
            "a term is expected before this bracket",
            "write a term such as `tag:billing`",
        ),
        ("a \"b", 3, "the quote is never closed", "add a closing \""),
        (
            "\"\"",
            1,
            "there is nothing to search for",
            "write a word between the quotes, or remove them",
        ),
        (
            "score>high",
            7,
            "`high` is no number for `score`",
            "write a share such as `0.8` or `80%`",
        ),
        (
            "score>nan",
            7,
            "`nan` is no number for `score`",
            "write a share such as `0.8` or `80%`",
        ),
        (
            "latency>2h",
            9,
            "`2h` is no number for `latency`",
            "write `500ms` or `2s`",
        ),
        (
            "score>0.1,0.2",
            1,
            "`score>` takes one value",
            "commas mean any of, which needs `:`",
        ),
        (
            "time>yesterday",
            6,
            "`yesterday` is no time",
            "write a day such as `2026-10-01` or a moment such as `2026-10-01T08:30:00Z`",
        ),
        (
            "time>2026-13-01",
            6,
            "`2026-13-01` is no time",
            "write a day such as `2026-10-01` or a moment such as `2026-10-01T08:30:00Z`",
        ),
        (
            "has:corection",
            5,
            "a ticket cannot have `corection`",
            "did you mean `correction`?",
        ),
        (
            "mine:maybe",
            6,
            "`mine` is yes or no",
            "write `mine:yes` or `mine:no`",
        ),
        (
            "level>3",
            1,
            "unknown field `level`",
            "write `level.` and the id of a question, such as `level.tone<=2`",
        ),
    ] {
        let error = Filter::parse(typed).unwrap_err();
        assert_eq!(
            (error.column, error.message.as_str(), error.hint.as_str()),
            (column, message, hint),
            "{typed}"
        );
    }
}

#[test]
fn size_depth_and_number_of_terms_are_bounded() {
    assert!(Filter::parse(&"a ".repeat(MAX_TERMS)).is_ok());
    assert!(Filter::parse(&"a ".repeat(MAX_TERMS + 1)).is_err());
    assert!(Filter::parse(&format!("tag:{}", vec!["a"; MAX_TERMS + 1].join(","))).is_err());
    assert!(Filter::parse(&"x".repeat(MAX_BYTES + 1)).is_err());
    for open in ["(", "-", "not "] {
        let deep = |depth: usize| {
            format!(
                "{}a{}",
                open.repeat(depth),
                if open == "(" {
                    ")".repeat(depth)
                } else {
                    String::new()
                }
            )
        };
        assert!(Filter::parse(&deep(MAX_DEPTH - 1)).is_ok(), "{open}");
        assert!(Filter::parse(&deep(MAX_DEPTH)).is_err(), "{open}");
        assert!(Filter::parse(&deep(1000)).is_err(), "{open}");
    }
}

#[test]
fn a_ticket_passes_what_is_true_of_it() {
    for (filter, passes) in [
        ("", true),
        ("status:open", true),
        ("tag:billing", true),
        ("tag:bill", false),
        ("tag:bill*", true),
        ("tag:legal,refund", true),
        ("-tag:legal", true),
        ("lang:de", false),
        ("lang!=de", true),
        ("score>=80%", true),
        ("score>0.8", false),
        ("score:0.5..0.9", true),
        ("tokens:4k", true),
        ("latency>1s", true),
        ("latency>2s", false),
        ("level.tone<=2", true),
        ("level.other<=2", false),
        ("level.other>2", false),
        ("not level.other>2", true),
        ("time:2026-10-01", true),
        ("time<=2026-10-01", true),
        ("time<2026-10-01", false),
        ("time>2026-10-01", false),
        ("time>=2026-10-01", true),
        ("time>=2026-10-02", false),
        ("has:correction", true),
        ("no correction", false),
        ("mine:yes", false),
        ("CHARGED twice", true),
        ("\"twice charged\"", false),
        ("24.00", true),
        ("status:done or (tag:refund -has:flag)", true),
    ] {
        assert_eq!(parse(filter).matches(&Ticket), passes, "{filter}");
    }
}

#[test]
fn a_blind_eval_learns_which_fields_give_something_away() {
    let filter = parse(
        "tag:x (score>0.5 or -level.tone:1) model:a no:correction has:flag judge>0 reviewer:b text:score",
    );
    let blinded: Vec<String> = filter.blinded_fields("ana").into_iter().collect();
    assert_eq!(
        blinded,
        [
            "has:correction",
            "judge",
            "level.tone",
            "model",
            "reviewer",
            "score"
        ]
    );
    assert!(filter.fields().is_superset(&filter.blinded_fields("ana")));
    assert!(
        filter
            .blind_refusal("ana")
            .unwrap()
            .contains("`level.tone`, `model`")
    );
    assert!(filter.tells_of_judges());
    assert!(!parse("score>0.5 has:correction model:a").tells_of_judges());
    assert_eq!(
        parse("status:open tag:score \"model\" no:flag").blind_refusal("ana"),
        None
    );
}

#[test]
fn a_blind_reviewer_may_ask_for_what_they_reviewed_themselves_and_for_nobody_elses() {
    for (filter, open) in [
        ("reviewer:ana", true),
        ("-reviewer:ana status:open", true),
        ("reviewer:ana,ben", false),
        ("reviewer:ana or reviewer:ben", false),
        ("reviewer:an*", false),
        ("reviewer:Ana", false),
        ("reviewer:ana score>0.5", false),
    ] {
        assert_eq!(
            parse(filter).blind_refusal("ana").is_none(),
            open,
            "{filter}"
        );
    }
}

#[test]
fn every_documented_example_is_a_filter_over_its_field() {
    for info in TABLE {
        let filter = parse(info.example);
        let fields = filter.fields();
        let fits = |field: &String| {
            field.starts_with(info.name) || (info.name == "no" && field.starts_with("has:"))
        };
        assert!(fields.iter().all(fits), "{}: {fields:?}", info.example);
    }
}

#[test]
fn filters_join_into_one() {
    let joined = parse("a or b").and(parse("tag:x")).and(Filter::all());
    assert_eq!(joined, parse("(a or b) tag:x"));
    assert!(Filter::all().and(Filter::all()).is_all());
}

fn test() -> impl Strategy<Value = Test> {
    let text = "(\\PC|[\"\\\\ ()*,:<-]|and|or|no|flag|[a-z]){1,6}";
    let word = (text, any::<bool>()).prop_map(|(text, prefix)| Word { text, prefix });
    let open = WordField::ALL
        .into_iter()
        .filter(|field| field.closed_words().is_empty())
        .collect::<Vec<_>>();
    let ops = prop::sample::select(vec![Op::Eq, Op::Lt, Op::Le, Op::Gt, Op::Ge]);
    let measures = Measure::ALL.into_iter().chain([
        Measure::Level("tone-2".into()),
        Measure::Level("Score".into()),
    ]);
    let measures = prop::sample::select(measures.collect::<Vec<_>>());
    prop_oneof![
        text.prop_map(Test::Text),
        (
            prop::sample::select(open),
            prop::collection::vec(word, 1..4)
        )
            .prop_map(|(field, any)| Test::Is { field, any }),
        (measures, ops.clone(), -1e9..1e9_f64).prop_map(|(measure, op, value)| {
            let value = match measure {
                Measure::Score | Measure::Judge => value.abs() / 1e9,
                _ => value,
            };
            Test::Compare { measure, op, value }
        }),
        (ops, -60_000_000_000_000..200_000_000_000_000_i64).prop_map(|(op, millis)| Test::Time {
            // Equality is written as two ends, so no tree from a text holds it, and day-less `>` and `<=` move by one.
            op: if op == Op::Lt { Op::Lt } else { Op::Ge },
            millis
        }),
        prop::sample::select(Thing::ALL.to_vec()).prop_map(Test::Has),
        Just(Test::Mine),
    ]
}

fn expr() -> impl Strategy<Value = Expr> {
    test()
        .prop_map(Expr::Test)
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4)
                    .prop_map(|parts| Expr::all(parts).unwrap()),
                prop::collection::vec(inner.clone(), 2..4)
                    .prop_map(|parts| Expr::any(parts).unwrap()),
                inner.prop_map(Expr::negate),
            ]
        })
}

proptest! {
    #[test]
    fn a_printed_filter_parses_to_the_same_tree(root in expr()) {
        let filter = Filter { root: Some(root) };
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text).map_err(|error| format!("{text}: {error}")), Ok(filter));
    }

    #[test]
    fn any_text_is_a_filter_or_is_refused_inside_it(text in "(\\PC|[a-z]{1,6}|tag:|score[<>]=?|[()\",-]| or | and | not ){0,20}") {
        match Filter::parse(&text) {
            Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter)),
            Err(error) => prop_assert!(error.offset <= text.len() && text.is_char_boundary(error.offset)),
        }
    }
}
