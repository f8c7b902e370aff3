//! What a judge learns from: corrected tickets as examples, and guidelines people approved.
//!
//! Promises: only what the fixed split calls `train` is taken in; a ticket's own correction, its cluster
//! and anything near to it are never in its prompt, also when a train ticket is scored again. At most six
//! examples, two per level, one per cluster.

use std::collections::{BTreeMap, BTreeSet};

use super::prompt::Asked;
use crate::domain::ids::{ClusterId, Identity, TicketId};
pub use crate::domain::learning::Guideline;
use crate::domain::rubric::Example;
use crate::domain::split::Stage;

/// Examples shown at most.
pub const MOST_SHOTS: usize = 6;
/// Of these, with the same level.
pub const MOST_PER_LEVEL: usize = 2;
/// From this overlap of 3-grams on, two requests are too alike to be shown to each other's judge.
pub const TOO_ALIKE: f64 = 0.6;

/// Dimensions of the hashed vectors. A power of two, so that a mask takes the place of a division.
const DIMENSIONS: usize = 1 << 12;
/// Characters of a whole example; a longer one is never shown, because a cut one would teach the wrong thing.
pub const MOST_EXAMPLE_CHARS: usize = 8_000;
/// Characters looked at per text; similarity of the start is similarity enough.
const MOST_CHARS: usize = 8_000;

/// The block of guidelines that belong to these questions; empty without any.
pub(super) fn guidelines_block(guidelines: &[Guideline], asked: &[Asked]) -> String {
    let fits = |rule: &&Guideline| match &rule.criterion {
        None => true,
        Some(id) => asked.iter().any(|one| &one.id == id),
    };
    let rules: Vec<String> = guidelines
        .iter()
        .filter(fits)
        .map(|rule| format!("- {}\n", super::data::guarded(rule.text.trim())))
        .collect();
    if rules.is_empty() {
        return String::new();
    }
    format!("# How experts here decide\n{}\n", rules.concat())
}

/// Guidelines in the one order in which they are shown, each once: the same rules make the same prompt.
pub fn in_order(mut guidelines: Vec<Guideline>) -> Vec<Guideline> {
    guidelines.sort();
    guidelines.dedup_by(|a, b| a.criterion == b.criterion && a.text == b.text);
    guidelines
}

/// Identity of a set of guidelines as judges are shown them, whatever their order.
pub fn guidelines_digest(guidelines: &[Guideline]) -> [u8; 16] {
    let mut parts: Vec<[u8; 16]> = guidelines
        .iter()
        .map(|rule| {
            Identity::of("guideline")
                .maybe(rule.criterion.as_deref().map(str::as_bytes))
                .part(rule.text.as_bytes())
                .finish()
        })
        .collect();
    parts.sort_unstable();
    let start = Identity::of("guidelines");
    parts
        .iter()
        .fold(start, |identity, part| identity.part(part))
        .finish()
}

/// Identity of examples in their order.
pub fn examples_digest(examples: &[Example]) -> [u8; 16] {
    let start = Identity::of("examples").number(examples.len() as i64);
    examples
        .iter()
        .fold(start, |identity, example| {
            identity.part(crate::domain::json::Json::of(example).as_str().as_bytes())
        })
        .finish()
}

/// A ticket an expert corrected the judge on.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The ticket it comes from.
    pub ticket: TicketId,
    /// Its cluster.
    pub cluster: ClusterId,
    /// The request's own text, by which it is held against other requests.
    pub own: String,
    /// What would be shown: request, output, the expert's answers and reason.
    pub example: Example,
}

/// The ticket a prompt is written for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The ticket.
    pub ticket: &'a TicketId,
    /// Its cluster.
    pub cluster: &'a ClusterId,
    /// The request's own text.
    pub input: &'a str,
    /// The output.
    pub output: &'a str,
}

#[derive(Debug)]
struct Shelved {
    lesson: Lesson,
    vector: Vec<(u16, f32)>,
    grams: BTreeSet<u32>,
}

/// Lessons that may be shown, indexed once per job.
#[derive(Debug, Default)]
pub struct Library {
    shelved: Vec<Shelved>,
}

impl Library {
    /// Takes in the lessons whose cluster the split of this seed calls `train`; the others never enter, nor
    /// do those above [`MOST_EXAMPLE_CHARS`].
    pub fn new(seed: u64, lessons: impl IntoIterator<Item = Lesson>) -> Self {
        let trained = lessons.into_iter().filter(|lesson| {
            Stage::of(seed, &lesson.cluster) == Stage::Train
                && chars(&lesson.example) <= MOST_EXAMPLE_CHARS
        });
        let shelved = trained.map(|lesson| {
            let output = lesson.example.outputs.join("\n");
            Shelved {
                vector: vector(&lesson.own, &output),
                grams: grams(&lesson.own),
                lesson,
            }
        });
        Self {
            shelved: shelved.collect(),
        }
    }

    /// Lessons that may be shown.
    pub fn len(&self) -> usize {
        self.shelved.len()
    }

    /// Tokens that examples add to a prompt, about: as many as may be shown, of the usual length.
    pub fn tokens_per_prompt(&self) -> u64 {
        let all: usize = self
            .shelved
            .iter()
            .map(|one| chars(&one.lesson.example))
            .sum();
        let mean = all / self.len().max(1);
        (mean * self.len().min(MOST_SHOTS)) as u64 / 4
    }

    /// Whether nothing can be learned from.
    pub fn is_empty(&self) -> bool {
        self.shelved.is_empty()
    }

    /// Identity of the set that may be shown; part of the judge version.
    pub fn digest(&self) -> [u8; 16] {
        let mut parts: Vec<[u8; 16]> = self
            .shelved
            .iter()
            .map(|one| {
                Identity::of("lesson")
                    .part(&one.lesson.ticket.0)
                    .part(&examples_digest(std::slice::from_ref(&one.lesson.example)))
                    .finish()
            })
            .collect();
        parts.sort_unstable();
        let start = Identity::of("lessons");
        parts
            .iter()
            .fold(start, |identity, part| identity.part(part))
            .finish()
    }

    /// The lessons for one question about one ticket, most alike first: those that answer one of the criteria
    /// it asks. Their tickets leave the labelled set of every estimate.
    pub fn choose(&self, target: Target<'_>, criteria: &[&str]) -> Vec<&Lesson> {
        if self.is_empty() {
            return Vec::new();
        }
        let wanted = vector(target.input, target.output);
        let own = grams(target.input);
        let mut ranked: Vec<(f32, &Shelved)> = self
            .shelved
            .iter()
            .filter(|one| {
                one.lesson.ticket != *target.ticket
                    && one.lesson.cluster != *target.cluster
                    && answer(&one.lesson, criteria).is_some()
                    && jaccard(&one.grams, &own) < TOO_ALIKE
            })
            .map(|one| (cosine(&one.vector, &wanted), one))
            .collect();
        // Ties go by ticket id, so the same library gives the same prompt.
        ranked.sort_by(|(a, one), (b, two)| {
            b.total_cmp(a)
                .then_with(|| one.lesson.ticket.cmp(&two.lesson.ticket))
        });
        let mut clusters = BTreeSet::new();
        let mut levels: BTreeMap<String, usize> = BTreeMap::new();
        let mut chosen = Vec::new();
        for (_, one) in ranked {
            let count = levels
                .entry(answer(&one.lesson, criteria).unwrap_or_default())
                .or_default();
            if *count >= MOST_PER_LEVEL || clusters.contains(&one.lesson.cluster) {
                continue;
            }
            *count += 1;
            clusters.insert(one.lesson.cluster);
            chosen.push(&one.lesson);
            if chosen.len() == MOST_SHOTS {
                break;
            }
        }
        chosen
    }
}

/// The first criterion of these that a lesson answers, with its answer; balance goes by it.
fn answer(lesson: &Lesson, criteria: &[&str]) -> Option<String> {
    let answers = &lesson.example.answers;
    criteria
        .iter()
        .find_map(|id| Some(format!("{id} = {}", answers.get(*id)?)))
}

/// Characters an example takes in a prompt, about.
fn chars(example: &Example) -> usize {
    let texts = example.outputs.iter().chain(&example.reference);
    let texts = texts.chain([&example.input, &example.why]);
    texts.map(String::len).sum()
}

fn normalised(text: &str) -> Vec<char> {
    crate::text::normalise::normalise(text)
        .chars()
        .take(MOST_CHARS)
        .collect()
}

/// FNV-1a over the characters: stable over versions and platforms.
fn hash(gram: &[char]) -> u32 {
    gram.iter().fold(0x811c_9dc5, |hash, c| {
        (hash ^ u32::from(*c)).wrapping_mul(0x0100_0193)
    })
}

/// Character 3-grams, hashed; a shorter text is one gram.
fn grams(text: &str) -> BTreeSet<u32> {
    let chars = normalised(text);
    if chars.len() < 3 {
        return BTreeSet::from([hash(&chars)]);
    }
    chars.windows(3).map(hash).collect()
}

fn jaccard(one: &BTreeSet<u32>, two: &BTreeSet<u32>) -> f64 {
    let shared = one.intersection(two).count();
    let all = one.len() + two.len() - shared;
    if all == 0 {
        1.0
    } else {
        shared as f64 / all as f64
    }
}

/// Counts of hashed character 3- to 5-grams, length 1.
fn vector(input: &str, output: &str) -> Vec<(u16, f32)> {
    let mut counts = vec![0_f32; DIMENSIONS];
    for text in [input, output] {
        let chars = normalised(text);
        for size in 3..=5 {
            for gram in chars.windows(size) {
                counts[hash(gram) as usize & (DIMENSIONS - 1)] += 1.0;
            }
        }
    }
    let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt();
    let filled = counts
        .into_iter()
        .enumerate()
        .filter(|(_, count)| *count > 0.0);
    filled
        .map(|(at, count)| (at as u16, count / length))
        .collect()
}

fn cosine(one: &[(u16, f32)], two: &[(u16, f32)]) -> f32 {
    let (mut left, mut right) = (one.iter().peekable(), two.iter().peekable());
    let mut sum = 0.0;
    while let (Some((a, x)), Some((b, y))) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => {
                left.next();
            }
            std::cmp::Ordering::Greater => {
                right.next();
            }
            std::cmp::Ordering::Equal => {
                sum += x * y;
                left.next();
                right.next();
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests;
