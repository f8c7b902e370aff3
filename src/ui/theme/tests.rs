use super::*;

fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        pairs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    }
}

#[test]
fn colours_follow_what_the_environment_says() {
    let xterm = ("TERM", "xterm-256color");
    for (given, depth) in [
        (vec![xterm], Depth::Indexed),
        (vec![xterm, ("COLORTERM", "truecolor")], Depth::True),
        (vec![xterm, ("COLORTERM", "yes")], Depth::Indexed),
        (
            vec![xterm, ("COLORTERM", "24bit"), ("NO_COLOR", "1")],
            Depth::None,
        ),
        (vec![xterm, ("NO_COLOR", "")], Depth::Indexed),
        (vec![("TERM", "linux")], Depth::Sixteen),
        (vec![("TERM", "xterm-kitty")], Depth::Indexed),
        (
            vec![("TERM", "dumb"), ("COLORTERM", "truecolor")],
            Depth::None,
        ),
        (vec![], Depth::None),
    ] {
        assert_eq!(Depth::detect(env(&given)), depth, "{given:?}");
    }
}

#[test]
fn a_locale_without_utf8_gets_ascii() {
    for (given, ascii) in [
        (vec![("LANG", "C")], true),
        (vec![("LANG", "de_DE.ISO-8859-1")], true),
        (vec![("LANG", "en_GB.UTF-8")], false),
        (vec![("LANG", "en_GB.UTF-8"), ("LC_ALL", "POSIX")], true),
        (vec![("LC_ALL", ""), ("LANG", "C.utf8")], false),
        (vec![], false),
    ] {
        assert_eq!(wants_ascii(env(&given)), ascii, "{given:?}");
    }
}

#[test]
fn without_colours_no_style_carries_one_and_meanings_still_differ() {
    let theme = Theme {
        depth: Depth::None,
        ..Theme::default()
    };
    for look in [
        Look::Dim,
        Look::Accent,
        Look::Cursor,
        Look::Chosen,
        Look::Good,
        Look::Bad,
        Look::Ghost,
    ] {
        let style = theme.style(look);
        assert_eq!((style.fg, style.bg), (None, None), "{look:?}");
    }
    assert_ne!(theme.style(Look::Chosen), theme.style(Look::Text));
    assert_ne!(theme.style(Look::Cursor), theme.style(Look::Text));
    assert!(theme.needs_brackets());
}

#[test]
fn high_contrast_dims_nothing() {
    let theme = Theme {
        high_contrast: true,
        ..Theme::default()
    };
    assert_eq!(theme.style(Look::Dim), Style::new());
    assert_eq!(theme.style(Look::Faint), Style::new());
}
