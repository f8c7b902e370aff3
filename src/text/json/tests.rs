use proptest::prelude::*;

use super::*;

fn shown(source: &str, folding: &Folding) -> String {
    pretty(source, folding).unwrap().text.text().to_owned()
}

#[test]
fn values_are_laid_out_and_stay_as_written() {
    let source = r#"{"id": 1.50e+3,"tags":["a\u00e9",null],"empty":{},"n":[ ]}"#;
    assert_eq!(
        shown(source, &Folding::none()),
        r#"{
  "id": 1.50e+3,
  "tags": [
    "a\u00e9",
    null
  ],
  "empty": {},
  "n": []
}"#
    );
}

#[test]
fn tokens_carry_their_meaning() {
    let view = pretty(r#"{"k":[true,"s",-1]}"#, &Folding::none()).unwrap();
    let style_of = |part: &str| view.text.style_at(view.text.text().find(part).unwrap());
    assert_eq!(style_of("\"k\""), Style::JsonKey);
    assert_eq!(style_of("\"s\""), Style::JsonString);
    assert_eq!(style_of("-1"), Style::JsonNumber);
    assert_eq!(style_of("true"), Style::JsonLiteral);
    assert_eq!(style_of("["), Style::JsonPunct);
    assert_eq!(highlight(r#"{"a": 1 oops"#).len(), 4);
}

#[test]
fn deep_and_long_containers_fold_and_unfold_by_hand() {
    let source = r#"{"a":{"b":{"c":1,"d":2}},"list":[1,2,3]}"#;
    let mut folding = Folding {
        max_depth: 1,
        max_entries: 2,
        toggled: BTreeSet::new(),
    };
    let view = pretty(source, &folding).unwrap();
    assert_eq!(
        view.text.text(),
        "{\n  \"a\": {\n    \"b\": {… 2 keys}\n  },\n  \"list\": [… 3 items]\n}"
    );
    let list = view.folds.iter().find(|f| f.entries == 3).unwrap();
    assert!(list.folded);
    assert_eq!(&source[list.source.clone()], "[1,2,3]");
    assert_eq!(&view.text.text()[list.text.clone()], "[… 3 items]");
    // What is inside a fold is shown by its marker.
    let two = source.find("2,3").unwrap();
    assert_eq!(
        view.text
            .map()
            .text_range(two..two + 1)
            .map(|r| &view.text.text()[r]),
        Some("… 3 items")
    );
    folding.toggled.insert(list.source.start);
    assert!(shown(source, &folding).contains("    2,\n"));
}

#[test]
fn the_outermost_container_folds_by_hand_only() {
    let source = "[1,2,3]";
    let mut folding = Folding {
        max_entries: 1,
        ..Folding::default()
    };
    assert_eq!(shown(source, &folding), "[\n  1,\n  2,\n  3\n]");
    folding.toggled.insert(0);
    assert_eq!(shown(source, &folding), "[… 3 items]");
}

#[test]
fn the_innermost_fold_is_found_by_place() {
    let view = pretty(r#"{"a":[1,[2]],"b":3}"#, &Folding::none()).unwrap();
    let text = view.text.text();
    let depth_of = |part: &str| {
        view.fold_at(text.find(part).unwrap())
            .map(|f| f.source.start)
    };
    assert_eq!(depth_of("2"), Some(8));
    assert_eq!(depth_of("1,"), Some(5));
    assert_eq!(depth_of("\"b\""), Some(0));
}

#[test]
fn what_is_not_json_is_shown_as_it_is_and_the_place_is_named() {
    for (source, offset) in [
        ("", 0),
        ("{", 1),
        ("{\"a\":1,}", 7),
        ("[1,]", 3),
        ("[1}", 2),
        ("{\"a\" 1}", 5),
        ("{1:2}", 1),
        ("01", 0),
        ("1.", 2),
        ("1e", 2),
        ("-", 1),
        ("tru", 0),
        ("\"a\nb\"", 2),
        ("\"\\x\"", 1),
        ("\"\\u12g4\"", 1),
        ("\"open", 5),
        ("1 2", 2),
        ("{} x", 3),
    ] {
        let fault = pretty(source, &Folding::none()).unwrap_err();
        assert_eq!(fault.offset, offset, "{source:?}: {fault}");
        assert_eq!(
            pretty_or_plain(source, &Folding::none()).text.text(),
            source
        );
        assert!(
            serde_json::from_str::<serde_json::Value>(source).is_err(),
            "{source:?}"
        );
    }
}

#[test]
fn hostile_strings_are_shown_not_sent() {
    let view = pretty("[\"\u{202e}\u{9b}\"]", &Folding::none()).unwrap();
    assert_eq!(view.text.text(), "[\n  \"⟨U+202E⟩⟨U+009B⟩\"\n]");
}

#[test]
fn nesting_of_any_depth_neither_overflows_nor_explodes() {
    let depth = 100_000;
    let source = "[".repeat(depth) + &"]".repeat(depth);
    let view = pretty(&source, &Folding::none()).unwrap();
    assert!(view.text.text().len() < source.len() * 100);
    assert!(shown(&source, &Folding::default()).len() < 200);
    assert!(pretty(&"[".repeat(depth), &Folding::default()).is_err());
}

#[test]
fn long_strings_continue_a_step_deeper_than_their_key() {
    let view = pretty(r#"{"key":"value"}"#, &Folding::none()).unwrap();
    assert_eq!(view.text.lines()[1].hang, 4);
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[a-z\"\\\\]{0,4}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn laid_out_json_is_the_same_value(value in value()) {
        let source = value.to_string();
        let view = pretty(&source, &Folding::none());
        prop_assert!(view.is_ok(), "{source}");
        for (range, style) in highlight(&source) {
            if style == Style::JsonNumber {
                let shown = view.as_ref().ok().and_then(|v| v.text.map().text_range(range.clone()));
                let text = shown.and_then(|r| view.as_ref().ok().map(|v| v.text.text()[r].to_owned()));
                prop_assert_eq!(text.as_deref(), Some(&source[range]));
            }
        }
        let plain = source.chars().all(|c| !super::super::sanitise::is_hidden(c));
        if plain && source.is_ascii() {
            let back = serde_json::from_str::<serde_json::Value>(view.unwrap().text.text());
            prop_assert_eq!(back.unwrap(), serde_json::from_str::<serde_json::Value>(&source).unwrap());
        }
    }

    #[test]
    fn the_lexer_accepts_what_a_parser_accepts(source in r#"[\[\]{}:,"0-9a-z.eE+\\ -]{0,12}"#) {
        // The parser reads numbers too big for it as errors; the text is JSON all the same.
        let parsed = serde_json::from_str::<&serde_json::value::RawValue>(&source);
        prop_assert_eq!(is_json(&source), parsed.is_ok(), "{}", source);
    }

    #[test]
    fn any_text_is_shown(source in any::<String>()) {
        let view = pretty_or_plain(&source, &Folding::default());
        prop_assert_eq!(view.text.lines().is_empty(), false);
    }
}
