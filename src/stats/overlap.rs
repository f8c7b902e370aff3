//! How much of one text stands in another: shared runs of words, and Jaccard similarity.
//!
//! Works on normalised texts (lower case, words joined by one blank; see `text::normalise`), and on the request's
//! own text only: system prompts and tool schemas are shared by design. Paraphrases pass every measure here, and
//! whoever prints the result says so.

use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Words of a run that two unrelated texts hardly share.
pub const RUN: usize = 13;
/// Words of a shingle for similarity.
pub const SHINGLE: usize = 3;
/// Characters of a window in scripts that put no blanks between words.
pub const WINDOW: usize = 50;
/// Similarity from which two texts count as the same.
pub const SAME: f64 = 0.8;
/// Share of items a run may occur in before it counts as boilerplate.
const COMMON_SHARE: f64 = 0.01;
/// Items a run may occur in however few items there are.
const COMMON_ITEMS: u32 = 20;
/// Items from which a run that more than half of them have is boilerplate too: a template shows itself early.
const HALF_OF: u32 = 8;
/// With fewer shingles than this left, the rest alone is too little to go by.
const FEW: usize = 5;

/// SHA-256 of a normalised text: equal exactly where the texts are.
pub fn fingerprint(normalised: &str) -> [u8; 32] {
    Sha256::digest(normalised.as_bytes()).into()
}

/// The distinct runs of a text as hashes, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grams(Vec<u64>);

impl Grams {
    /// All runs of `n` words of a normalised text; a shorter text is one run as a whole, an empty one none.
    ///
    /// A text mostly in a script without blanks is cut into windows of [`WINDOW`] characters instead, for
    /// runs ([`RUN`]), and into windows of 2n characters for shorter `n`.
    pub fn of(normalised: &str, n: usize) -> Self {
        let n = n.max(1);
        let mut hashes = if without_blanks(normalised) {
            let window = if n >= RUN { WINDOW } else { 2 * n };
            let characters: Vec<u64> = normalised
                .chars()
                .map(|c| u64::from(u32::from(c)))
                .collect();
            windows(&characters, window)
        } else {
            let words: Vec<u64> = normalised
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(hash_word)
                .collect();
            windows(&words, n)
        };
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// The hashes, ascending and distinct.
    pub fn hashes(&self) -> &[u64] {
        &self.0
    }

    /// Number of distinct runs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no run.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs both have.
    pub fn shared(&self, other: &Self) -> usize {
        let (few, many) = if self.len() <= other.len() {
            (self, other)
        } else {
            (other, self)
        };
        few.0
            .iter()
            .filter(|hash| many.0.binary_search(hash).is_ok())
            .count()
    }

    /// Size of the intersection over size of the union, 0 to 1; `None` for two texts without a run.
    pub fn jaccard(&self, other: &Self) -> Option<f64> {
        let shared = self.shared(other);
        let union = self.len() + other.len() - shared;
        (union > 0).then(|| shared as f64 / union as f64)
    }

    /// Share of this text's runs that stand in the other, 0 to 1; `None` without a run.
    pub fn contained_in(&self, other: &Self) -> Option<f64> {
        (!self.is_empty()).then(|| self.shared(other) as f64 / self.len() as f64)
    }

    /// The runs that `common` does not know as boilerplate.
    #[must_use]
    pub fn without(&self, common: &Boilerplate) -> Self {
        Self(
            self.0
                .iter()
                .copied()
                .filter(|hash| !common.is_common(*hash))
                .collect(),
        )
    }
}

/// Counts in how many items each run occurs, to tell boilerplate from overlap.
#[derive(Debug, Clone, Default)]
pub struct Boilerplate {
    items: u32,
    counts: HashMap<u64, u32>,
}

impl Boilerplate {
    /// Counts one item's runs.
    pub fn add(&mut self, grams: &Grams) {
        self.items += 1;
        for hash in grams.hashes() {
            *self.counts.entry(*hash).or_default() += 1;
        }
    }

    /// Boilerplate that was counted before: these runs and no others.
    pub fn known(common: impl IntoIterator<Item = u64>) -> Self {
        Self {
            items: 0,
            counts: common.into_iter().map(|hash| (hash, u32::MAX)).collect(),
        }
    }

    /// The runs that count as boilerplate, ascending.
    pub fn common(&self) -> Vec<u64> {
        let all = self.counts.keys().copied();
        let mut common: Vec<u64> = all.filter(|hash| self.is_common(*hash)).collect();
        common.sort_unstable();
        common
    }

    fn is_common(&self, hash: u64) -> bool {
        let count = self.counts.get(&hash);
        count.is_some_and(|count| is_common_in(*count, self.items))
    }
}

/// Whether a run of so many of the items is boilerplate: of more than 1 % of them, or more than 20 where that is less
/// than 20; of eight items or more, also of more than half.
pub fn is_common_in(count: u32, items: u32) -> bool {
    let most = COMMON_ITEMS.max((f64::from(items) * COMMON_SHARE) as u32);
    count > most || (items >= HALF_OF && count > items / 2)
}

/// A text's shingles, and those of them that are no boilerplate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shingled {
    /// All of them.
    pub whole: Grams,
    /// Without boilerplate.
    pub own: Grams,
}

impl Shingled {
    /// The shingles of a normalised text.
    pub fn of(normalised: &str, common: &Boilerplate) -> Self {
        let whole = Grams::of(normalised, SHINGLE);
        let own = whole.without(common);
        Self { whole, own }
    }

    /// Whether two texts are near-duplicates: Jaccard similarity at least 0.8 of what is no boilerplate; where
    /// hardly anything is left of one, of the whole texts too. A text of boilerplate alone is near to none.
    pub fn is_near(&self, other: &Self) -> bool {
        let near = |a: &Grams, b: &Grams| a.jaccard(b).is_some_and(|jaccard| jaccard >= SAME);
        if self.own.is_empty() || other.own.is_empty() || !near(&self.own, &other.own) {
            return false;
        }
        self.own.len().min(other.own.len()) >= FEW || near(&self.whole, &other.whole)
    }
}

/// What two texts have in common, weakest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Overlap {
    /// Neither equal nor similar, and no run shared.
    Clean,
    /// Some runs shared: a warning.
    SharedRuns {
        /// Share of the text's runs found in the other, above 0.
        share: f64,
    },
    /// Jaccard similarity of shingles at least 0.8: refused.
    Similar {
        /// The similarity.
        jaccard: f64,
    },
    /// The same text: refused.
    Equal,
}

impl Overlap {
    /// Whether the pair must not stand on both sides of a split.
    pub fn refuses(self) -> bool {
        matches!(self, Self::Equal | Self::Similar { .. })
    }
}

/// Compares two normalised texts; runs known as boilerplate do not count as shared.
pub fn compare(text: &str, other: &str, common: &Boilerplate) -> Overlap {
    if text == other && !text.is_empty() {
        return Overlap::Equal;
    }
    let similarity = Grams::of(text, SHINGLE).jaccard(&Grams::of(other, SHINGLE));
    if let Some(jaccard) = similarity.filter(|jaccard| *jaccard >= SAME) {
        return Overlap::Similar { jaccard };
    }
    let runs = Grams::of(text, RUN).without(common);
    match runs.contained_in(&Grams::of(other, RUN)) {
        Some(share) if share > 0.0 => Overlap::SharedRuns { share },
        _ => Overlap::Clean,
    }
}

/// Hashes of every run of `n` units; of all units together where there are fewer.
fn windows(units: &[u64], n: usize) -> Vec<u64> {
    let hash = |run: &[u64]| {
        run.iter()
            .fold(0x51_7c_c1_b7_27_22_0a_95, |hash, unit| mixed(hash ^ unit))
    };
    match units.len() {
        0 => vec![],
        len if len < n => vec![hash(units)],
        _ => units.windows(n).map(hash).collect(),
    }
}

/// FNV-1a of the word's bytes, mixed; fixed for ever, as signatures are stored.
fn hash_word(word: &str) -> u64 {
    let fnv = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mixed(fnv)
}

/// The finaliser of `SplitMix64`, after a step so that 0 does not map to itself.
fn mixed(x: u64) -> u64 {
    super::bootstrap::SplitMix64::new(x).next_u64()
}

/// Whether most of a text is in a script that puts no blanks between words.
fn without_blanks(text: &str) -> bool {
    let spaceless = |c: char| {
        matches!(u32::from(c),
            0x0e00..=0x0eff        // Thai, Lao
            | 0x1000..=0x109f      // Myanmar
            | 0x1780..=0x17ff      // Khmer
            | 0x3040..=0x30ff      // kana
            | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af) // Han
    };
    let (mut those, mut all) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| *c != ' ') {
        all += 1;
        those += usize::from(spaceless(c));
    }
    2 * those > all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(words: std::ops::Range<usize>) -> String {
        words
            .map(|at| format!("w{at}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn an_empty_text_overlaps_with_nothing() {
        let empty = Grams::of("", RUN);
        assert!(empty.is_empty());
        assert_eq!(
            (empty.jaccard(&empty), empty.contained_in(&empty)),
            (None, None)
        );
        assert_eq!(compare("", "", &Boilerplate::default()), Overlap::Clean);
    }

    #[test]
    fn a_text_shorter_than_a_run_counts_as_a_whole() {
        assert_eq!(Grams::of("how are you", RUN).len(), 1);
        assert_eq!(
            Grams::of("how are you", RUN).shared(&Grams::of("how are they", RUN)),
            0
        );
    }

    #[test]
    fn each_degree_of_overlap_is_told_apart() {
        let none = Boilerplate::default();
        let whole = text(0..60);
        assert_eq!(compare(&whole, &whole, &none), Overlap::Equal);
        assert!(compare(&whole, &text(0..58), &none).refuses());
        let part = compare(&text(0..40), &text(20..80), &none);
        assert!(matches!(part, Overlap::SharedRuns { share } if share > 0.2) && !part.refuses());
        assert_eq!(compare(&text(0..40), &text(30..70), &none), Overlap::Clean);
    }

    #[test]
    fn what_many_items_share_is_no_overlap() {
        let mut common = Boilerplate::default();
        let item = |at: usize| format!("{} {}", text(0..20), text(100 * at..100 * at + 40));
        for at in 1..=500 {
            common.add(&Grams::of(&item(at), RUN));
        }
        assert_eq!(compare(&item(7), &item(8), &common), Overlap::Clean);
    }

    #[test]
    fn a_template_makes_no_near_duplicates_and_a_changed_word_does() {
        let mut common = Boilerplate::default();
        let item = |at: usize| format!("{} {}", text(0..100), text(1_000 * at..1_000 * at + 20));
        for at in 1..=12 {
            common.add(&Grams::of(&item(at), SHINGLE));
        }
        let common = Boilerplate::known(common.common());
        let shingled = |text: &str| Shingled::of(text, &common);
        assert!(!shingled(&item(1)).is_near(&shingled(&item(2))));
        assert!(shingled(&item(1)).is_near(&shingled(&format!("{} please", item(1)))));
        assert!(!shingled(&text(0..100)).is_near(&shingled(&text(0..99))));
    }

    #[test]
    fn hardly_anything_beside_a_template_is_too_little_to_go_by() {
        let none = Boilerplate::default();
        let template = Grams::of(&text(0..100), SHINGLE);
        let common = Boilerplate::known(template.hashes().iter().copied());
        let (a, b) = (format!("{} so it is", text(0..100)), "so it is".to_owned());
        assert!(!Shingled::of(&a, &common).is_near(&Shingled::of(&b, &common)));
        assert!(Shingled::of(&b, &none).is_near(&Shingled::of(&b, &none)));
    }

    #[test]
    fn texts_without_blanks_are_compared_by_characters() {
        let sentence = |from: u32, n: u32| -> String {
            (from..from + n)
                .filter_map(|at| char::from_u32(0x4e00 + at))
                .collect()
        };
        assert!(
            compare(
                &sentence(0, 200),
                &sentence(5, 200),
                &Boilerplate::default()
            )
            .refuses()
        );
        assert!(matches!(
            compare(
                &sentence(0, 200),
                &sentence(100, 300),
                &Boilerplate::default()
            ),
            Overlap::SharedRuns { .. }
        ));
        assert_eq!(
            compare(
                &sentence(0, 200),
                &sentence(160, 300),
                &Boilerplate::default()
            ),
            Overlap::Clean
        );
    }

    proptest! {
        #[test]
        fn similarity_is_symmetric_and_in_range(a in "[a-c]( [a-c]){0,20}", b in "[a-c]( [a-c]){0,20}") {
            let (a, b) = (Grams::of(&a, SHINGLE), Grams::of(&b, SHINGLE));
            let similarity = a.jaccard(&b).unwrap();
            prop_assert_eq!(Some(similarity), b.jaccard(&a));
            prop_assert!((0.0..=1.0).contains(&similarity));
            prop_assert_eq!(a.jaccard(&a), Some(1.0));
        }
    }
}
