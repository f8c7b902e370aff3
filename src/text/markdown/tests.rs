use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn shown(source: &str) -> String {
    render(source, 60).text().to_owned()
}

fn style_of(source: &str, part: &str) -> Style {
    let view = render(source, 60);
    view.style_at(view.text().find(part).unwrap())
}

#[test]
fn blocks_are_laid_out() {
    for (source, expected) in [
        ("one\ntwo\n\nthree", "one\ntwo\n\nthree"),
        ("# Title\ntext", "# Title\n\ntext"),
        ("Title\n---\ntext", "## Title\n\ntext"),
        (
            "- a\n- b\n  - c\n- d\n\nafter",
            "• a\n• b\n  • c\n• d\n\nafter",
        ),
        ("3. x\n4. y", "3. x\n4. y"),
        ("- [x] done\n- [ ] open", "• [x] done\n• [ ] open"),
        ("- a\n\n- b", "• a\n\n• b"),
        ("-\n- b", "• \n• b"),
        (
            "> one\n> two\n>\n> > deep\n\nout",
            "│ one\n│ two\n│ \n│ │ deep\n\nout",
        ),
        ("- a\n\n  > q\n  > r", "• a\n\n  │ q\n  │ r"),
        (
            "```rust\nfn x() {\n\n}\n```\nafter",
            "  rust\n  fn x() {\n  \n  }\n\nafter",
        ),
        ("    indented", "  indented"),
        ("<div>\nhi\n</div>", "<div>\nhi\n</div>"),
        ("a  \nb", "a\nb"),
        ("- - x", "• • x"),
    ] {
        assert_eq!(shown(source), expected, "{source:?}");
    }
    assert!(shown("a\n\n---\n\nb").starts_with("a\n\n────"));
}

#[test]
fn inline_markup_becomes_style() {
    let source = "a **bold** *it* ***both*** ~~gone~~ `x<y` [t](http://u)";
    assert_eq!(shown(source), "a bold it both gone x<y t (http://u)");
    for (part, style) in [
        ("bold", Style::Strong),
        ("it", Style::Emphasis),
        ("both", Style::StrongEmphasis),
        ("gone", Style::Struck),
        ("x<y", Style::Code),
        ("t (", Style::Link),
        ("(http", Style::Dim),
    ] {
        assert_eq!(style_of(source, part), style, "{part}");
    }
    assert_eq!(style_of("## Head", "Head"), Style::Heading(2));
    assert_eq!(style_of("> said", "said"), Style::Quote);
    assert_eq!(
        style_of("```json\n{\"k\": 1}\n```", "\"k\""),
        Style::JsonKey
    );
}

#[test]
fn nothing_is_hidden() {
    for (source, expected) in [
        ("[a](x \"title\")", "a (x \"title\")"),
        (
            "[a][r]\n\n[r]: http://e \"t\"",
            "a (http://e)\n\n[r]: http://e \"t\"",
        ),
        (
            "text\n\n[unused]: http://secret",
            "text\n\n[unused]: http://secret",
        ),
        ("> [x]: http://secret\n> said", "│ said"),
        ("![alt](i.png)", "[image: alt] (i.png)"),
        ("a <!-- hidden --> b", "a <!-- hidden --> b"),
        ("<http://auto.link>", "http://auto.link"),
        ("note[^1]\n\n[^1]: text", "note[^1]\n\n[^1]: text"),
        ("&lt;b&gt; \\*", "<b> *"),
        ("~~~ info here\nx\n~~~", "  info here\n  x"),
    ] {
        let text = shown(source);
        assert!(text.ends_with(expected), "{source:?} gave {text:?}");
        assert!(
            !source.contains("secret") || text.contains("secret"),
            "{text:?}"
        );
    }
}

#[test]
fn tables_are_aligned_where_they_fit_and_raw_where_they_do_not() {
    let source = "| a | num |\n|---|---:|\n| **日本** | 1 |\n| b | 22 |";
    assert_eq!(
        shown(source),
        "a    │ num\n─────┼────\n日本 │   1\nb    │  22"
    );
    assert_eq!(style_of(source, "日本"), Style::Strong);
    assert_eq!(render(source, 8).text(), source);
}

#[test]
fn a_quote_found_in_the_source_is_lit_where_it_is_shown() {
    let source = "- some **very** bold &amp; words\n\n| c |\n|---|\n| cell |";
    let view = render(source, 60);
    for quote in ["some **very** bold", "words", "&amp;", "cell"] {
        let at = source.find(quote).unwrap();
        let range = view.map().text_range(at..at + quote.len()).unwrap();
        let plain = quote.replace("**", "").replace("&amp;", "&");
        assert_eq!(&view.text()[range], plain);
    }
    let back = view.text().find("very").unwrap();
    let source_range = view.map().source_range(back..back + 4);
    assert_eq!(&source[source_range], "very");
}

#[test]
fn continuation_rows_hang_under_their_text() {
    let view = render("> - item", 40);
    assert_eq!(view.text(), "│ • item");
    assert_eq!(view.lines()[0].hang, 4);
    let view = render("> one\n> two", 40);
    assert_eq!(view.lines()[1].lead, "│ ".len());
}

#[test]
fn hostile_text_is_shown_not_sent() {
    let text = shown("a\x1b[31m **b\u{202e}** `c\u{9b}` &#27;[0m [t](u\u{200b})");
    assert!(
        !text.contains(['\x1b', '\u{202e}', '\u{9b}', '\u{200b}']),
        "{text:?}"
    );
    assert!(
        text.contains("␛[31m") && text.contains("⟨U+202E⟩"),
        "{text:?}"
    );
}

#[test]
fn nesting_nobody_writes_is_shown_as_it_is() {
    let deep = "> ".repeat(100) + "x";
    assert_eq!(shown(&deep), deep);
    assert_eq!(shown("> > > x"), "│ │ │ x");
}

#[test]
fn hostile_nesting_takes_neither_the_stack_nor_the_day() {
    let n = 20_000;
    for source in [
        ">".repeat(n),
        "- ".repeat(n) + "x\na\nb\nc",
        "> ".repeat(n) + "x\n" + &"a\n".repeat(n),
        "[".repeat(n) + &"]".repeat(n),
        "![".repeat(n) + &"](x)".repeat(n),
        "*a **b ".repeat(n / 4),
        "`".repeat(n),
        "| a ".repeat(n) + "\n" + &"|-".repeat(n) + "\n" + &"|x\n".repeat(500),
        "<".repeat(n),
        "[a]: x\n".repeat(n / 8) + &"[a] ".repeat(n / 8),
    ] {
        let start = Instant::now();
        let view = render(&source, 80);
        let took = start.elapsed();
        let head: String = source.chars().take(12).collect();
        assert!(took < Duration::from_secs(10), "{head} took {took:?}");
        assert!(view.text().len() < source.len() * 40 + 1000, "{head} grew");
    }
}

proptest! {
    #[test]
    fn any_text_renders_and_maps_inside_its_source(
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                "# ", "- ", "1. ", "> ", "\n", "\n\n", "**", "*", "`", "```\n", "|", "|-|-|\n", "[a](b)", "[r]: x\n",
                "![", "](", "<b>", "&amp;", "\\", "text ", "日本", "\t", "---\n", "    ", "[^1]", "[^1]: ", "\x1b", "\r\n",
            ]).prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ], 0..40),
        width in 1usize..80,
    ) {
        let source = parts.concat();
        let view = render(&source, width);
        prop_assert!(!view.text().chars().any(|c| c != '\n' && super::super::sanitise::is_hidden(c)));
        prop_assert_eq!(view.map().text_len(), view.text().len());
        for (at, c) in view.text().char_indices() {
            let range = view.map().source_range(at..at + c.len_utf8());
            prop_assert!(source.get(range.clone()).is_some(), "{range:?} of {source:?}");
        }
        for line in view.lines() {
            prop_assert!(view.text().get(line.start..line.start + line.lead).is_some());
        }
    }
}

#[test]
fn only_addresses_lose_the_signs_around_them() {
    for (source, shown) in [
        ("see <https://a.test/x>", "see https://a.test/x"),
        ("then <<<docket:end>>> now", "then <<<docket:end>>> now"),
        ("a <urn:isbn:1> b", "a <urn:isbn:1> b"),
    ] {
        assert_eq!(render(source, 40).text().trim_end(), shown, "{source}");
    }
}
