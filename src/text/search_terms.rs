//! Text for the full-text index, and a user's words as a query to it.
//!
//! The index cuts text at what is neither letter nor digit, which makes one single word of a run of
//! Chinese, Japanese or Korean. [`index_text`] therefore sets every such character apart, and
//! [`fts_query`] asks for a run of them as a phrase. A query is always well formed: whatever the user
//! typed stands inside quotes, so no character of it is an operator. Case and diacritics are the
//! index's own business.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The form of `text` to be indexed: NFKC, with blanks around every CJK character.
///
/// Text that needs no change is borrowed.
pub fn index_text(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let composed = is_nfkc_quick(text.chars()) == IsNormalized::Yes;
    if composed && !text.chars().any(is_cjk) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 3);
    if composed {
        set_apart(text.chars(), &mut out);
    } else {
        set_apart(text.nfkc(), &mut out);
    }
    Cow::Owned(out)
}

/// The FTS5 query for what a user typed: all words, `"exact phrases"` and `prefix*`.
///
/// `None` if nothing in it can be searched for: an empty query, or punctuation alone.
pub fn fts_query(typed: &str) -> Option<String> {
    let mut query = String::new();
    for term in terms(typed) {
        let words = index_text(term.text);
        if !words.chars().any(char::is_alphanumeric) {
            continue;
        }
        if !query.is_empty() {
            query.push_str(" AND ");
        }
        push_phrase(&words, &mut query);
        if term.prefix {
            query.push('*');
        }
    }
    (!query.is_empty()).then_some(query)
}

/// The FTS5 query for any of some words, however many; `None` if none of them can be searched for.
pub fn fts_any<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut query = String::new();
    for word in words {
        let word = index_text(word);
        if !word.chars().any(char::is_alphanumeric) {
            continue;
        }
        if !query.is_empty() {
            query.push_str(" OR ");
        }
        push_phrase(&word, &mut query);
    }
    (!query.is_empty()).then_some(query)
}

/// Han, kana, bopomofo and Hangul syllables: scripts searched character by character.
pub fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3105}'..='\u{312f}'
        | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

fn set_apart(chars: impl Iterator<Item = char>, out: &mut String) {
    let mut after_cjk = false;
    for c in chars {
        let cjk = is_cjk(c);
        if (cjk || after_cjk) && !out.is_empty() && !out.ends_with(' ') && c != ' ' {
            out.push(' ');
        }
        out.push(c);
        after_cjk = cjk;
    }
}

struct Term<'a> {
    text: &'a str,
    prefix: bool,
}

/// Cuts a query at blanks outside quotes; an unclosed quote lasts to the end.
fn terms(typed: &str) -> Vec<Term<'_>> {
    let mut found = Vec::new();
    for (index, part) in typed.split('"').enumerate() {
        if index % 2 == 1 {
            found.push(Term {
                text: part,
                prefix: false,
            });
            continue;
        }
        found.extend(part.split_whitespace().map(|word| {
            let text = word.trim_end_matches('*');
            Term {
                text,
                // A star behind punctuation would complete nothing.
                prefix: text.len() < word.len() && text.ends_with(char::is_alphanumeric),
            }
        }));
    }
    found
}

fn push_phrase(words: &str, query: &mut String) {
    query.push('"');
    for c in words.chars() {
        // A quote can still come out of NFKC (U+FF02), and SQLite ends text at NUL.
        query.push(if c == '"' || c == '\0' { ' ' } else { c });
    }
    query.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn every_cjk_character_is_a_word_of_its_own() {
        assert_eq!(index_text("plain text"), "plain text");
        assert!(matches!(index_text("Größe"), Cow::Borrowed(_)));
        assert_eq!(index_text("東京tower 2024年"), "東 京 tower 2024 年");
        assert_eq!(index_text("ｶﾞｽ Ａ"), "ガ ス A");
        assert_eq!(index_text("ﬁne"), "fine");
    }

    #[test]
    fn queries_are_anded_phrases_with_everything_quoted() {
        for (typed, query) in [
            ("late refund", Some(r#""late" AND "refund""#)),
            (r#""late refund" fee*"#, Some(r#""late refund" AND "fee"*"#)),
            ("東京", Some(r#""東 京""#)),
            ("a OR NOT b", Some(r#""a" AND "OR" AND "NOT" AND "b""#)),
            ("body:x^2", Some(r#""body:x^2""#)),
            (r#"open "phrase"#, Some(r#""open" AND "phrase""#)),
            ("  ", None),
            ("-- ** \"\"", None),
        ] {
            assert_eq!(fts_query(typed).as_deref(), query, "{typed}");
        }
    }

    fn index(texts: &[&str]) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE VIRTUAL TABLE fts USING fts5(body, tokenize = 'unicode61')")
            .unwrap();
        for text in texts {
            db.execute("INSERT INTO fts(body) VALUES (?1)", [index_text(text)])
                .unwrap();
        }
        db
    }

    fn hits(db: &Connection, typed: &str) -> Vec<i64> {
        let query = fts_query(typed).unwrap();
        let mut statement = db
            .prepare("SELECT rowid FROM fts WHERE fts MATCH ?1 ORDER BY rowid")
            .unwrap();
        let rows = statement.query_map([query], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn a_real_index_finds_parts_of_cjk_runs_prefixes_and_phrases() {
        let db = index(&[
            "東京都千代田区",
            "the late refund",
            "refund was late",
            "Ｔｏｋｙｏ 京東",
        ]);
        assert_eq!(hits(&db, "京都"), [1]);
        assert_eq!(hits(&db, "京"), [1, 4]);
        assert_eq!(hits(&db, "late refund"), [2, 3]);
        assert_eq!(hits(&db, "\"late refund\""), [2]);
        assert_eq!(hits(&db, "ref*"), [2, 3]);
        assert_eq!(hits(&db, "tokyo"), [4]);
        assert_eq!(hits(&db, "千代*"), [1]);
    }

    proptest! {
        #[test]
        fn no_query_is_a_syntax_error(typed in any::<String>(), noisy in r#"[a"*():^+\-{} ]{0,20}"#) {
            let db = index(&["some text"]);
            for text in [typed, noisy] {
                if let Some(query) = fts_query(&text) {
                    let count = db.query_row(
                        "SELECT count(*) FROM fts WHERE fts MATCH ?1", [&query], |row| row.get::<_, i64>(0));
                    prop_assert!(count.is_ok(), "{query}: {count:?}");
                }
            }
        }
    }
}
