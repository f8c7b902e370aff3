//! A rubric's checks in its form: what the output has to be, what that takes, whose level it sets, what failing does.

use crate::domain::rubric::{Check, CheckTest, Language, Mode, OnFail, Rubric};

use super::field::{Field, question_named, question_words};

/// Between several words or languages.
const BETWEEN: &str = " / ";

/// A part of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What the output has to be.
    Kind,
    /// The pattern, words, number or language of it.
    Value,
    /// The question whose level it sets.
    Sets,
    /// What failing does.
    OnFail,
}

/// The fields of all checks; one that stands for none, if there is none.
pub fn fields(rubric: &Rubric) -> Vec<Field> {
    if rubric.checks.is_empty() {
        return vec![Field::NoChecks];
    }
    let mut fields = Vec::with_capacity(rubric.checks.len() * 4);
    for (at, check) in rubric.checks.iter().enumerate() {
        fields.push(Field::Check(at, Part::Kind));
        if !matches!(check.test, CheckTest::Json) {
            fields.push(Field::Check(at, Part::Value));
        }
        fields.push(Field::Check(at, Part::Sets));
        fields.push(Field::Check(at, Part::OnFail));
    }
    fields
}

/// The name of a part.
pub fn label(rubric: &Rubric, at: usize, part: Part) -> &'static str {
    match part {
        Part::Kind => "the output",
        Part::Sets => "sets level of",
        Part::OnFail => "if it fails",
        Part::Value => match rubric.checks.get(at).map(|check| &check.test) {
            Some(CheckTest::Regex { .. } | CheckTest::NotRegex { .. }) => "pattern",
            Some(CheckTest::Contains { .. }) => "words",
            Some(CheckTest::JsonSchema { .. }) => "schema",
            Some(CheckTest::Language { .. }) => "language",
            Some(CheckTest::Equals { .. }) => "text",
            _ => "characters",
        },
    }
}

/// The text of a part.
pub fn text(rubric: &Rubric, at: usize, part: Part) -> Option<String> {
    let check = rubric.checks.get(at)?;
    Some(match part {
        Part::Kind => words(&check.test).to_owned(),
        Part::Value => value(&check.test),
        Part::Sets => sets(rubric, check.criterion.as_deref()),
        Part::OnFail => on_fail(check.on_fail),
    })
}

/// The question whose level a check sets, as the form heads it; an id that is none stands as it is.
fn sets(rubric: &Rubric, id: Option<&str>) -> String {
    let Some(id) = id else {
        return String::new();
    };
    let at = rubric.questions().position(|one| one.id == id);
    at.map_or_else(|| id.to_owned(), |at| question_words(rubric, at))
}

/// What a check asks of the output, in people's words.
fn words(test: &CheckTest) -> &'static str {
    let at = CheckTest::NAMES
        .iter()
        .position(|name| *name == test.name());
    at.map_or("", |at| WORDS[at])
}

/// In the order of [`CheckTest::NAMES`].
const WORDS: [&str; 10] = [
    "matches a pattern",
    "matches no such pattern",
    "has these words",
    "is at most so long",
    "is at least so long",
    "is JSON",
    "is JSON of a schema",
    "is in this language",
    "is this text",
    "does not repeat the request",
];

fn value(test: &CheckTest) -> String {
    match test {
        CheckTest::Regex { pattern } | CheckTest::NotRegex { pattern } => pattern.clone(),
        CheckTest::Contains { text, mode, .. } => match (text.len(), mode) {
            (1, _) => text.concat(),
            (_, Mode::All) => format!("all of {}", text.join(BETWEEN)),
            (_, Mode::Any) => format!("any of {}", text.join(BETWEEN)),
        },
        CheckTest::MaxChars { chars } | CheckTest::MinChars { chars } => chars.to_string(),
        CheckTest::Json => String::new(),
        CheckTest::JsonSchema { schema } => schema.clone(),
        CheckTest::Language { language } => match language {
            Language::Input => "as the request".to_owned(),
            Language::OneOf(codes) => codes.join(BETWEEN),
        },
        CheckTest::Equals { text, .. } => text.clone().unwrap_or_default(),
        CheckTest::NoEcho { chars } => chars.map(|n| n.to_string()).unwrap_or_default(),
    }
}

fn on_fail(does: OnFail) -> String {
    match does {
        OnFail::Zero => "the ticket fails".to_owned(),
        OnFail::Note => "it is noted".to_owned(),
        OnFail::Cap(level) => format!("no level above {level}"),
    }
}

/// Writes a text into a part; says why if it cannot hold it.
pub fn set(rubric: &mut Rubric, at: usize, part: Part, given: &str) -> Result<(), String> {
    let named = question_named(rubric, given).map(str::to_owned);
    let known = given.is_empty() || named.is_some();
    let Some(check) = rubric.checks.get_mut(at) else {
        return Ok(());
    };
    match part {
        Part::Kind => check.test = of_kind(given, &check.test)?,
        Part::Value => set_value(&mut check.test, given)?,
        Part::Sets if !known => {
            return Err("a question of this rubric, such as `question 1`, or nothing".to_owned());
        }
        Part::Sets => check.criterion = named,
        Part::OnFail => check.on_fail = read_on_fail(given)?,
    }
    Ok(())
}

/// A test of another kind, with what it takes left to be written; the same where the kind stays.
fn of_kind(given: &str, now: &CheckTest) -> Result<CheckTest, String> {
    let found = WORDS
        .iter()
        .position(|words| *words == given)
        .or_else(|| CheckTest::NAMES.iter().position(|name| *name == given));
    let Some(name) = found.and_then(|at| CheckTest::NAMES.get(at)) else {
        return Err(format!("one of: {}", WORDS.join(", ")));
    };
    if *name == now.name() {
        return Ok(now.clone());
    }
    Ok(match *name {
        "regex" => CheckTest::Regex {
            pattern: "^[A-Z]".to_owned(),
        },
        "not_regex" => CheckTest::NotRegex {
            pattern: "(?i)as an ai".to_owned(),
        },
        "contains" => CheckTest::Contains {
            text: vec!["thank you".to_owned()],
            mode: Mode::Any,
            ignore_case: true,
        },
        "max_chars" => CheckTest::MaxChars { chars: 2_000 },
        "min_chars" => CheckTest::MinChars { chars: 20 },
        "json" => CheckTest::Json,
        "json_schema" => CheckTest::JsonSchema {
            schema: "{\"type\":\"object\"}".to_owned(),
        },
        "language" => CheckTest::Language {
            language: Language::Input,
        },
        "equals" => CheckTest::Equals {
            text: None,
            ignore_case: false,
        },
        _ => CheckTest::NoEcho { chars: None },
    })
}

fn set_value(test: &mut CheckTest, given: &str) -> Result<(), String> {
    let number = || {
        let what = "a whole number of characters";
        let number: Result<u32, String> = given.trim().parse().map_err(|_| what.to_owned());
        number
    };
    let list = |text: &str| -> Vec<String> {
        let parts = text.split(BETWEEN.trim()).map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match test {
        CheckTest::Regex { pattern } | CheckTest::NotRegex { pattern } => {
            given.clone_into(pattern);
        }
        CheckTest::Contains { text, mode, .. } => {
            let (which, rest) = match (given.strip_prefix("all of "), given.strip_prefix("any of "))
            {
                (Some(rest), _) => (Some(Mode::All), rest),
                (_, Some(rest)) => (Some(Mode::Any), rest),
                _ => (None, given),
            };
            // Without such a beginning it is one text, whatever signs it holds.
            let found = match which {
                Some(_) => list(rest),
                None => vec![rest.to_owned()],
            };
            if found.iter().all(String::is_empty) {
                return Err("the words, or `any of a / b`, or `all of a / b`".to_owned());
            }
            *mode = which.unwrap_or(*mode);
            *text = found;
        }
        CheckTest::MaxChars { chars } | CheckTest::MinChars { chars } => *chars = number()?,
        CheckTest::Json => {}
        CheckTest::JsonSchema { schema } => given.clone_into(schema),
        CheckTest::Language { language } => {
            *language = match list(given) {
                codes if codes.is_empty() || given == "as the request" => Language::Input,
                codes => Language::OneOf(codes),
            };
        }
        CheckTest::Equals { text, .. } => *text = (!given.is_empty()).then(|| given.to_owned()),
        CheckTest::NoEcho { chars } => {
            *chars = if given.is_empty() {
                None
            } else {
                Some(number()?)
            };
        }
    }
    Ok(())
}

fn read_on_fail(given: &str) -> Result<OnFail, String> {
    let level = given
        .rsplit([' ', ':'])
        .next()
        .and_then(|word| word.parse().ok());
    match (given, level) {
        ("the ticket fails" | "zero", _) => Ok(OnFail::Zero),
        ("it is noted" | "note" | "", _) => Ok(OnFail::Note),
        (_, Some(level)) => Ok(OnFail::Cap(level)),
        _ => Err("`the ticket fails`, `no level above 2` or `it is noted`".to_owned()),
    }
}

/// The next value of a part that has a few.
pub fn turned(rubric: &Rubric, at: usize, part: Part, by: isize) -> Option<String> {
    let check = rubric.checks.get(at)?;
    let next = |now: Option<usize>, all: &[String]| {
        let count = isize::try_from(all.len()).ok()?;
        let to = now.map_or(0, |now| (now as isize + by).rem_euclid(count));
        all.get(to as usize).cloned()
    };
    let place = |all: &[String], now: &str| all.iter().position(|one| one == now);
    match part {
        Part::Kind => {
            let all = WORDS.map(str::to_owned);
            next(place(&all, words(&check.test)), &all)
        }
        Part::Sets => {
            let count = rubric.questions().count();
            let words = (0..count).map(|at| question_words(rubric, at));
            let all: Vec<String> = std::iter::once(String::new()).chain(words).collect();
            next(place(&all, &sets(rubric, check.criterion.as_deref())), &all)
        }
        Part::OnFail => {
            let all = [OnFail::Note, OnFail::Zero, OnFail::Cap(1)].map(on_fail);
            next(place(&all, &on_fail(check.on_fail)), &all)
        }
        Part::Value => {
            let chars: i64 = match check.test {
                CheckTest::MaxChars { chars } | CheckTest::MinChars { chars } => chars.into(),
                _ => return None,
            };
            Some((chars + 100 * by as i64).clamp(1, 1_000_000).to_string())
        }
    }
}

/// Adds a check that harms nothing before it is filled in.
pub fn add(rubric: &mut Rubric) -> Field {
    let free = |id: &String| rubric.checks.iter().all(|check| check.id != *id);
    let id = (1..=rubric.checks.len() + 1)
        .map(|n| format!("check-{n}"))
        .find(free);
    rubric.checks.push(Check {
        id: id.unwrap_or_default(),
        test: CheckTest::MaxChars { chars: 2_000 },
        criterion: None,
        on_fail: OnFail::Note,
    });
    Field::Check(rubric.checks.len() - 1, Part::Kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::Scale;

    #[test]
    fn every_kind_of_check_is_shown_turned_to_and_written_back_as_it_stands() {
        let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
        assert_eq!(fields(&rubric), [Field::NoChecks]);
        add(&mut rubric);
        for (name, words) in CheckTest::NAMES.iter().zip(WORDS) {
            set(&mut rubric, 0, Part::Kind, words).unwrap();
            assert_eq!(rubric.checks[0].test.name(), *name);
            let before = rubric.clone();
            for field in fields(&rubric) {
                let Field::Check(at, part) = field else {
                    panic!("{field:?}");
                };
                let shown = text(&rubric, at, part).unwrap();
                set(&mut rubric, at, part, &shown).unwrap();
                assert_eq!(rubric, before, "{name}: {part:?} `{shown}`");
                assert!(!label(&rubric, at, part).is_empty());
            }
        }
        let next = turned(&rubric, 0, Part::Kind, 1).unwrap();
        assert_eq!(next, WORDS[0], "round and round");
    }

    #[test]
    fn what_a_part_cannot_hold_is_refused_with_what_it_can() {
        let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
        add(&mut rubric);
        let own = rubric.criteria[0].id.clone();
        for (part, text, ok) in [
            (Part::Kind, "shines", false),
            (Part::Kind, "no_echo", true),
            (Part::Value, "many", false),
            (Part::Value, "40", true),
            (Part::Sets, "nobody", false),
            (Part::Sets, own.as_str(), true),
            (Part::OnFail, "shout", false),
            (Part::OnFail, "no level above 2", true),
            (Part::Kind, "contains", true),
            (Part::Value, "all of one / two words", true),
        ] {
            assert_eq!(set(&mut rubric, 0, part, text).is_ok(), ok, "{text}");
        }
        let check = &rubric.checks[0];
        assert_eq!(
            (check.criterion.as_ref(), check.on_fail),
            (Some(&own), OnFail::Cap(2))
        );
        assert_eq!(
            check.test,
            CheckTest::Contains {
                text: vec!["one".to_owned(), "two words".to_owned()],
                mode: Mode::All,
                ignore_case: true,
            }
        );
    }
}
