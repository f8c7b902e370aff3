//! Hostile text for a page: nothing in it is markup, a script or a hidden character.

use super::sanitise;

/// A text that keeps its lines, as the content of an element or the value of a quoted attribute.
///
/// Control, bidirectional and invisible characters are shown as stand-ins first, as on a terminal.
pub fn escape(text: &str) -> String {
    escaped(&sanitise::multi_line(text).text)
}

/// The same on one line.
pub fn escape_line(text: &str) -> String {
    escaped(&sanitise::line(text))
}

/// The same, with what stands between backticks as code. A backtick without a second one stays.
pub fn inline(text: &str) -> String {
    let shown = escape_line(text);
    let mut out = String::with_capacity(shown.len() + 32);
    let mut rest = shown.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, behind)) = after.split_once('`') else {
            break;
        };
        out.push_str(before);
        out.push_str("<code>");
        out.push_str(code);
        out.push_str("</code>");
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup_in_content_or_attribute() {
        let hostile = "</pre><script>alert('x')</script>\" onload=\"y\" &lt;";
        let shown = escape(hostile);
        for sign in ['<', '>', '"', '\''] {
            assert!(!shown.contains(sign), "{shown}");
        }
        assert!(shown.contains("&amp;lt;"), "{shown}");
    }

    #[test]
    fn what_stands_between_backticks_is_code_and_nothing_more() {
        for (text, shown) in [
            ("`b` beats `a`", "<code>b</code> beats <code>a</code>"),
            ("one ` alone", "one ` alone"),
            ("`<b>`", "<code>&lt;b&gt;</code>"),
            ("``", "<code></code>"),
        ] {
            assert_eq!(inline(text), shown);
        }
    }

    #[test]
    fn hidden_characters_are_shown_and_lines_stay() {
        let shown = escape("a\u{202e}b\u{1b}[31m\nc");
        assert!(!shown.contains('\u{202e}') && !shown.contains('\u{1b}'));
        assert_eq!(shown.lines().count(), 2);
        assert_eq!(escape_line("a\nb").lines().count(), 1);
    }
}
