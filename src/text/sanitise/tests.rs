use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;

use super::*;

fn shown(source: &str) -> String {
    multi_line(source).text.into_owned()
}

#[test]
fn hostile_characters_are_shown_and_never_sent() {
    for (source, expected) in [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("nul\0del\x7f", "nul␀del␡"),
        ("c1 \u{9b}31m", "c1 ⟨U+009B⟩31m"),
        ("user\u{202e}txt.exe", "user⟨U+202E⟩txt.exe"),
        ("a\u{2066}b\u{2069}", "a⟨U+2066⟩b⟨U+2069⟩"),
        ("\u{200e}\u{200f}\u{61c}", "⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩"),
        ("pay\u{200b}pal\u{ad}", "pay⟨U+200B⟩pal⟨U+00AD⟩"),
        ("\u{feff}bom", "⟨U+FEFF⟩bom"),
        ("tag\u{e0041}", "tag⟨U+E0041⟩"),
        ("sep\u{2028}\u{2029}", "sep⟨U+2028⟩⟨U+2029⟩"),
        ("\u{e000}\u{fdd0}\u{1fffe}", "⟨U+E000⟩⟨U+FDD0⟩⟨U+1FFFE⟩"),
        ("lone\rcr", "lone␍cr"),
        ("a\u{200d}b", "a⟨U+200D⟩b"),
        ("\u{115f}\u{3164}", "⟨U+115F⟩⟨U+3164⟩"),
    ] {
        assert_eq!(shown(source), expected, "{source:?}");
        assert_eq!(line(source), expected, "{source:?}");
    }
}

#[test]
fn written_languages_and_emoji_stay_as_they_are() {
    for text in [
        "Grüße, señor, žluťoučký",
        "e\u{301}te\u{301}",
        "日本語、漢字かな交じり文。",
        "한국어 \u{1112}\u{1161}\u{11ab}",
        "שָׁלוֹם",
        "می\u{200c}خواهم",
        "क्\u{200d}ष क्षत्रिय",
        "👩\u{200d}👩\u{200d}👧 👍🏽 🇨🇭 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 🧑🏽\u{200d}🚀 🏳\u{fe0f}\u{200d}🌈",
        "ภาษาไทย น้ำ",
    ] {
        let clean = multi_line(text);
        assert_eq!(clean.text, text);
        assert!(matches!(clean.text, Cow::Borrowed(_)), "{text} was copied");
        assert!(clean.map.is_identity());
    }
}

#[test]
fn smuggled_selectors_joiners_and_mark_piles_are_shown() {
    assert_eq!(shown("😀\u{fe01}\u{fe02}"), "😀\u{fe01}⟨U+FE02⟩");
    assert_eq!(shown("x\u{e0100}\u{e0101}"), "x\u{e0100}⟨U+E0101⟩");
    assert_eq!(shown("\u{fe0f}"), "⟨U+FE0F⟩");
    assert_eq!(shown("م\u{200d}\u{200d}"), "م\u{200d}⟨U+200D⟩");
    let pile = format!("a{}", "\u{301}".repeat(40));
    assert_eq!(
        shown(&pile).matches("⟨U+0301⟩").count(),
        40 - usize::from(MAX_MARKS)
    );
    assert_eq!(shown("\u{301}a"), "◌\u{301}a");
    assert_eq!(shown("a\n\u{301}"), "a\n◌\u{301}");
}

#[test]
fn a_stand_in_is_no_emoji() {
    assert_eq!(shown("\u{300}🏽\u{fe0f}"), "◌\u{300}🏽\u{fe0f}");
    assert_eq!(shown(&shown("\u{300}🏽\u{fe0f}")), "◌\u{300}🏽\u{fe0f}");
}

#[test]
fn lines_keep_their_ends_and_tabs_reach_their_stops() {
    assert_eq!(shown("a\r\nb\n\tc"), "a\nb\n    c");
    assert_eq!(shown("ab\tc\t日\td"), "ab  c   日  d");
    assert_eq!(line("a\r\nb\n\tc"), "a⏎b⏎ c");
}

#[test]
fn stand_ins_map_back_to_their_bytes() {
    let clean = multi_line("ab\x1b[1m\r\nü\tz");
    let at = clean.text.find('␛').unwrap();
    assert_eq!(clean.map.source_range(at..at + '␛'.len_utf8()), 2..3);
    let z = clean.text.find('z').unwrap();
    assert_eq!(clean.map.source_range(z..z + 1), 11..12);
    assert_eq!(clean.map.text_range(6..8), Some(8..9));
    assert_eq!(clean.map.revealed(0..clean.text.len()).count(), 1);
}

/// A character that is safe wherever it stands.
fn is_harmless(c: char) -> bool {
    if matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180f}')
        || ('\u{e0100}'..='\u{e01ef}').contains(&c)
    {
        return true;
    }
    !c.is_control()
        && !is_hidden(c)
        && (c.width().unwrap_or(0) > 0
            || unicode_normalization::char::is_combining_mark(c)
            || ('\u{1161}'..='\u{11ff}').contains(&c)
            || ('\u{d7b0}'..='\u{d7ff}').contains(&c))
}

#[test]
fn every_character_of_unicode_comes_out_harmless() {
    // Planes 4 to 13 are empty; of the private planes a sample is enough.
    let codes = (0..0x4_0000)
        .chain(0xe_0000..0xe_2000)
        .chain((0xf_0000..0x11_0000).step_by(251));
    for c in codes.filter_map(char::from_u32) {
        let single = c.to_string();
        for around in [
            single.clone(),
            format!("a{single}"),
            format!("\u{645}{single}{single}"),
        ] {
            let out = line(&around);
            assert!(
                out.chars().all(is_harmless),
                "U+{:04X} gave {out:?}",
                u32::from(c)
            );
        }
        let alone = line(&single);
        assert!(width::of(&alone) > 0, "U+{:04X} is invisible", u32::from(c));
    }
}

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            any::<char>(),
            prop::char::range('\0', '\u{9f}'),
            prop::char::range('\u{200b}', '\u{2069}'),
            prop::char::range('\u{300}', '\u{310}'),
            prop::sample::select(vec![
                '👩', '\u{200d}', '\u{fe0f}', '🏽', 'م', '日', '\r', '\n', '\t', '\x1b'
            ]),
        ],
        0..60,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #[test]
    fn nothing_harmful_leaves_whole_or_in_fragments(source in hostile(), cut in 0usize..200) {
        for form in [Form::Lines, Form::Line] {
            let out = sanitise(&source, form).text.into_owned();
            let ok = |c: char| is_harmless(c) || (form == Form::Lines && c == '\n');
            prop_assert!(out.chars().all(ok), "{out:?}");
            let fragment = &out[width::floor_boundary(&out, cut)..];
            prop_assert!(sanitise(fragment, form).text.chars().all(ok));
        }
    }

    #[test]
    fn the_map_covers_every_byte_in_both_directions(source in hostile()) {
        let clean = multi_line(&source);
        prop_assert_eq!(clean.map.text_len(), clean.text.len());
        prop_assert_eq!(clean.map.source_range(0..clean.text.len()), 0..source.len());
        for (at, c) in source.char_indices() {
            let range = clean.map.text_range(at..at + c.len_utf8());
            let range = range.ok_or_else(|| TestCaseError::fail(format!("{c:?} is not shown")))?;
            let back = clean.map.source_range(range.clone());
            prop_assert!(back.start <= at && at + c.len_utf8() <= back.end);
            prop_assert!(clean.text.is_char_boundary(range.start));
            prop_assert!(clean.text.is_char_boundary(range.end));
        }
    }

    #[test]
    fn sanitising_twice_changes_nothing(source in hostile()) {
        for form in [Form::Lines, Form::Line] {
            let once = sanitise(&source, form).text.into_owned();
            prop_assert_eq!(sanitise(&once, form).text, once.as_str());
        }
    }
}
