//! What a rule's condition means, and what it must not say.

use super::super::filter::{Expr, Measure, TABLE, Test, Thing, WordField, bare_words};
use super::super::nearest::{nearest, within};

/// A bare word of a condition that is more likely a slip of the hand than a word to search for. A filter shows what it
/// finds at once; a rule that searches for the wrong thing works in silence.
pub(super) fn slip(condition: &str) -> Option<(usize, String, String)> {
    let quotes = |word: &str| format!("put \"{word}\" in quotes to search for the word");
    let things = || Thing::ALL.map(Thing::name);
    let words = bare_words(condition);
    let mut before = None;
    for (at, word) in &words {
        let lower = word.to_lowercase();
        let last: Option<(usize, String)> = before.replace((at + word.len(), lower.clone()));
        let next = |end: usize| {
            let between = condition.get(end..*at).unwrap_or_default();
            between.trim().is_empty()
        };
        let has = last.filter(|(end, has)| ["has", "no"].contains(&has.as_str()) && next(*end));
        if let Some((_, has)) = has {
            let meant = nearest(word, things());
            let hint = meant.map_or_else(
                || format!("there are: {}; {}", things().join(", "), quotes(word)),
                |meant| format!("did you mean `{has} {meant}`? {}", quotes(word)),
            );
            return Some((*at, format!("a ticket cannot have `{word}`"), hint));
        }
        if lower == "flag" {
            continue;
        }
        let fields = TABLE.iter().map(|info| info.name);
        let known = fields.chain(things()).chain(["and", "or", "not", "when"]);
        let edits = if word.chars().count() > 6 { 2 } else { 1 };
        // `has` and `no` before another word are told above, with that word.
        let alone = !["has", "no"].contains(&lower.as_str()) || at == &words[words.len() - 1].0;
        if let Some(meant) = within(word, known, edits).filter(|_| alone) {
            let example = TABLE.iter().find(|info| info.name == meant);
            let meant = match (Thing::named(meant), example) {
                (None | Some(Thing::Score | Thing::Judge), Some(info)) => info.example.to_owned(),
                (Some(thing), _) => format!("has:{}", thing.name()),
                (None, None) => meant.to_owned(),
            };
            let message = format!("`{word}` stands alone and would be searched for in the text");
            return Some((
                *at,
                message,
                format!("did you mean `{meant}`? {}", quotes(word)),
            ));
        }
    }
    None
}

/// What a rule must not ask about, and why.
pub(super) fn unfit(root: &Expr) -> Option<(String, &'static str)> {
    let mut found = None;
    root.visit(&mut |test| {
        let why = match test {
            Test::Mine => "it depends on who asks",
            Test::Compare {
                measure: Measure::Level(_),
                ..
            } => "it is what a reviewer says later",
            Test::Is {
                field: WordField::Reviewer,
                ..
            }
            | Test::Has(Thing::Review | Thing::Correction | Thing::Suggestion) => {
                "nobody has reviewed the ticket yet"
            }
            _ => return,
        };
        found.get_or_insert((test.name(), why));
    });
    found
}

/// The condition with `score` and `flag` read as a rule means them.
pub(super) fn judged(expr: Expr) -> Expr {
    match expr {
        Expr::And(parts) => Expr::And(parts.into_iter().map(judged).collect()),
        Expr::Or(parts) => {
            let parts: Vec<Expr> = parts.into_iter().map(judged).collect();
            Expr::any(parts.clone()).unwrap_or(Expr::Or(parts))
        }
        Expr::Not(inner) => judged(*inner).negate(),
        Expr::Test(Test::Compare {
            measure: Measure::Score,
            op,
            value,
        }) => Expr::Test(Test::Compare {
            measure: Measure::Judge,
            op,
            value,
        }),
        Expr::Test(Test::Has(Thing::Score)) => Expr::Test(Test::Has(Thing::Judge)),
        Expr::Test(Test::Has(Thing::Flag)) => flagged(),
        Expr::Test(Test::Text(word)) if word.eq_ignore_ascii_case("flag") => flagged(),
        test @ Expr::Test(_) => test,
    }
}

/// A person's flag, or a warning on what a judge said.
pub(super) fn flagged() -> Expr {
    let has = |thing| Expr::Test(Test::Has(thing));
    Expr::Or(vec![has(Thing::Flag), has(Thing::Warning)])
}

/// A condition once a part of it is known.
pub(super) enum Known {
    Always,
    Never,
    Open(Expr),
}

/// A condition where no judge has warned of anything.
pub(super) fn unwarned(expr: Expr) -> Known {
    match expr {
        Expr::Test(Test::Has(Thing::Warning)) => Known::Never,
        Expr::Not(inner) => match unwarned(*inner) {
            Known::Always => Known::Never,
            Known::Never => Known::Always,
            Known::Open(expr) => Known::Open(expr.negate()),
        },
        Expr::And(parts) => {
            let mut open = Vec::new();
            for part in parts {
                match unwarned(part) {
                    Known::Always => {}
                    Known::Never => return Known::Never,
                    Known::Open(expr) => open.push(expr),
                }
            }
            Expr::all(open).map_or(Known::Always, Known::Open)
        }
        Expr::Or(parts) => {
            let mut open = Vec::new();
            for part in parts {
                match unwarned(part) {
                    Known::Always => return Known::Always,
                    Known::Never => {}
                    Known::Open(expr) => open.push(expr),
                }
            }
            Expr::any(open).map_or(Known::Never, Known::Open)
        }
        test @ Expr::Test(_) => Known::Open(test),
    }
}

/// A condition without its `no flag`; `None` if there is no more to it.
pub(super) fn without_flags(expr: Expr) -> Option<Expr> {
    let flag = |expr: &Expr| matches!(expr, Expr::Test(Test::Has(Thing::Flag | Thing::Warning)));
    match expr {
        Expr::And(parts) => Expr::all(parts.into_iter().filter_map(without_flags)),
        Expr::Not(inner) if flag(&inner) => None,
        expr if expr == flagged().negate() => None,
        expr => Some(expr),
    }
}
