//! What fuzzing holds docket to: what is accepted stands in an object that holds this question's id under the id's own
//! key, whatever the spelling of either. Where it stands is looked for here by itself, with none of docket's reading.

pub mod random;

use std::collections::BTreeMap;

use docket::domain::rubric::{Answer, Choice, Criterion, Kind, Rubric, Scale, Scoring};
use docket::judge::nonce::Nonce;
use docket::judge::parse::{Read, read_text};
use docket::judge::prompt::{Expected, Pair, Prepared};
use docket::judge::suggest;
use docket::provider::{Mode, Reply};
use serde_json::value::RawValue;

/// The id of the question every reply is held against.
pub const ID: &str = "0123456789ab";
/// The output a suggestion is held against.
const ORIGINAL: &str = "Paris is in Italy, as the atlas says.";
/// Every way JSON is asked for.
const MODES: [Mode; 4] = [Mode::Schema, Mode::Tool, Mode::Json, Mode::Text];

/// An object's fields as they are written; of a key that stands twice the last.
type Object = BTreeMap<String, Box<RawValue>>;

/// One question, several in one call, a comparison, a suggestion: none takes a reply that is not bound to it.
pub fn judge_reply(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let reading = Oracle::of(text);
    for expected in [direct(), joint(), pairwise()] {
        for mode in MODES {
            if let Ok(found) = read_text(text, mode, &expected) {
                for read in &found.answers {
                    assert!(reading.holds(read, expected.joint), "{read:?} of {text}");
                }
            }
        }
    }
    let nonce = Nonce::from_digits(ID).expect("twelve digits");
    for mode in MODES {
        if let Ok(found) = suggest::read(&Reply::of_text(text, mode), &nonce, ORIGINAL) {
            assert!(reading.suggests(&found.text), "{found:?} of {text}");
        }
    }
}

fn rubric(kind: Kind, scoring: Scoring) -> Rubric {
    let mut rubric = Rubric::empty("fuzz");
    rubric.kind = kind;
    rubric.scoring = scoring;
    for id in ["quality", "tone"] {
        rubric.criteria.push(Criterion::new(id, id, Scale::Level5));
    }
    rubric
}

fn expected(kind: Kind, scoring: Scoring, pair: Option<Pair>) -> Expected {
    let calls = Prepared::all(&rubric(kind, scoring), &[]).expect("no template");
    Expected {
        nonce: Nonce::from_digits(ID).expect("twelve digits"),
        asked: calls[0].asked().into(),
        joint: scoring == Scoring::Joint,
        pair,
    }
}

/// One criterion a call.
fn direct() -> Expected {
    expected(Kind::Direct, Scoring::PerCriterion, None)
}

/// All criteria in one call.
fn joint() -> Expected {
    expected(Kind::Direct, Scoring::Joint, None)
}

/// Which of two is better.
fn pairwise() -> Expected {
    expected(
        Kind::Pairwise,
        Scoring::PerCriterion,
        Some(Pair { a: 2, b: 1 }),
    )
}

/// Everything in a reply that is bound to the question.
pub struct Oracle {
    /// Objects that hold the id under its key.
    objects: Vec<Object>,
    /// Criterion and answer of the lines that name the id.
    lines: Vec<(String, String)>,
}

impl Oracle {
    /// Looks for it.
    pub fn of(text: &str) -> Self {
        let mut objects = objects(text);
        // A trailing comma is the one repair of an object.
        objects.extend(objects_of_mended(text));
        objects.retain(|object| string(object, "verdict_id").as_deref() == Some(ID));
        let lines = text.lines().filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["VERDICT", id, criterion, answer] if *id == ID => {
                    Some(((*criterion).to_owned(), (*answer).to_owned()))
                }
                _ => None,
            }
        });
        Self {
            lines: lines.collect(),
            objects,
        }
    }

    /// Whether an answer stands in something that is bound.
    pub fn holds(&self, read: &Read, joint: bool) -> bool {
        let in_line = |(criterion, answer): &(String, String)| {
            !joint && *criterion == read.criterion && says(answer, &read.answer)
        };
        let in_object = |object: &Object| {
            let Some(raw) = object.get("verdicts").filter(|_| joint) else {
                return !joint && gives(object, read);
            };
            let entries = serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()).unwrap_or_default();
            let entry = |raw: &RawValue| serde_json::from_str::<Object>(raw.get()).ok();
            entries
                .iter()
                .filter_map(|raw| entry(raw))
                .any(|one| gives(&one, read))
        };
        self.lines.iter().any(in_line) || self.objects.iter().any(in_object)
    }

    /// Whether a corrected output stands in an object that is bound.
    pub fn suggests(&self, text: &str) -> bool {
        // What was mended here may have lost commas that docket keeps.
        let plain = |text: &str| text.replace(|c: char| c == ',' || c.is_whitespace(), "");
        let says = |object: &Object| string(object, "corrected_output");
        let mut said = self.objects.iter().filter_map(says);
        said.any(|said| plain(&said) == plain(text))
    }
}

/// Whether an object gives this answer to its criterion.
fn gives(object: &Object, read: &Read) -> bool {
    if string(object, "criterion").as_ref() != Some(&read.criterion) {
        return false;
    }
    let raw = |key: &str| object.get(key).map(|value| value.get());
    match &read.answer {
        Answer::CannotJudge { .. } => raw("cannot_judge") == Some("true"),
        Answer::Choice(_) => string(object, "choice").is_some_and(|word| says(&word, &read.answer)),
        Answer::Level(_) => raw("level").is_some_and(|raw| {
            let quoted = string(object, "level");
            says(quoted.as_deref().unwrap_or(raw), &read.answer)
        }),
    }
}

/// Whether a word is this answer: the level itself, also as `4/5`, or the candidate in its place.
fn says(word: &str, answer: &Answer) -> bool {
    let word = word.trim();
    match answer {
        Answer::Level(level) => {
            let level = f64::from(*level);
            let first = word.split('/').next().unwrap_or(word).trim();
            first
                .parse::<f64>()
                .is_ok_and(|said| (said - level).abs() < f64::EPSILON)
        }
        Answer::Choice(Choice::Tie) => word == "tie",
        // The pair of `pairwise`: the second candidate stands first.
        Answer::Choice(Choice::Candidate(place)) => word == if *place == 2 { "A" } else { "B" },
        Answer::CannotJudge { .. } => false,
    }
}

fn string(object: &Object, key: &str) -> Option<String> {
    serde_json::from_str(object.get(key)?.get()).ok()
}

/// Whatever is an object from some brace on.
fn objects(text: &str) -> Vec<Object> {
    let from = |(at, _): (usize, &str)| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Object>();
        values.next()?.ok()
    };
    text.match_indices('{').filter_map(from).collect()
}

/// The same after every comma before a closing bracket was left out, in texts as well: more than docket mends.
fn objects_of_mended(text: &str) -> Vec<Object> {
    let mut mended = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '}' | ']') {
            let kept = mended.trim_end().len();
            if mended[..kept].ends_with(',') {
                mended.remove(kept - 1);
            }
        }
        mended.push(c);
    }
    if mended == text {
        return Vec::new();
    }
    objects(&mended)
}
