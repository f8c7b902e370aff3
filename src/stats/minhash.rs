//! Finding near-duplicates among many texts: `MinHash` signatures and locality-sensitive hashing.
//!
//! Only a filter: what it proposes is decided by the exact Jaccard similarity of [`super::overlap`]. Signatures are
//! stored, so the hash family is fixed for ever. Source: Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of
//! Massive Datasets", chapter 3.

use super::bootstrap::SplitMix64;
use super::overlap::Grams;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Hash functions of a signature.
pub const HASHES: usize = 128;
/// Bands a signature is cut into; texts that agree in any whole band become candidates.
pub const BANDS: usize = 16;
/// Hashes of a band.
pub const ROWS: usize = HASHES / BANDS;

/// Odd multipliers and offsets of the hash functions.
static FAMILY: LazyLock<[(u64, u64); HASHES]> = LazyLock::new(|| {
    let mut draws = SplitMix64::new(0x6d69_6e68_6173_6831);
    std::array::from_fn(|_| (draws.next_u64() | 1, draws.next_u64()))
});

/// The least value of every hash function over a text's shingles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([u32; HASHES]);

impl Signature {
    /// The signature of a text's shingles; `None` for a text without any.
    pub fn of(grams: &Grams) -> Option<Self> {
        if grams.is_empty() {
            return None;
        }
        let family = &*FAMILY;
        let mut least = [u32::MAX; HASHES];
        for gram in grams.hashes() {
            for (slot, (factor, offset)) in least.iter_mut().zip(family) {
                let hash = (gram.wrapping_mul(*factor).wrapping_add(*offset) >> 32) as u32;
                *slot = (*slot).min(hash);
            }
        }
        Some(Self(least))
    }

    /// The signature as stored: 512 bytes, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != 4 * HASHES {
            return None;
        }
        let mut out = [0; HASHES];
        for (slot, four) in out.iter_mut().zip(bytes.chunks_exact(4)) {
            *slot = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        }
        Some(Self(out))
    }

    /// Estimated Jaccard similarity, 0 to 1; its standard error is at most 0.045.
    pub fn similarity(&self, other: &Self) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f64 / HASHES as f64
    }

    /// A key per band.
    pub fn bands(&self) -> [u64; BANDS] {
        std::array::from_fn(|band| {
            let rows = &self.0[band * ROWS..(band + 1) * ROWS];
            rows.iter().fold(band as u64, |key, hash| {
                SplitMix64::new(key ^ u64::from(*hash)).next_u64()
            })
        })
    }
}

/// Chance that two texts of a similarity become candidates: 1 - (1 - sʳ)ᵇ.
pub fn found_chance(similarity: f64) -> f64 {
    1.0 - (1.0 - similarity.clamp(0.0, 1.0).powi(ROWS as i32)).powi(BANDS as i32)
}

/// Texts by the bands of their signatures.
#[derive(Debug, Clone, Default)]
pub struct Index {
    buckets: HashMap<(u8, u64), Vec<u32>>,
}

impl Index {
    /// Adds a text under a number of the caller's.
    pub fn insert(&mut self, id: u32, signature: &Signature) {
        for (band, key) in signature.bands().into_iter().enumerate() {
            self.buckets.entry((band as u8, key)).or_default().push(id);
        }
    }

    /// Numbers of the texts that share a band with this one, ascending, itself included if it was added.
    pub fn candidates(&self, signature: &Signature) -> Vec<u32> {
        let keys = signature.bands().into_iter().enumerate();
        let mut found: Vec<u32> = keys
            .filter_map(|(band, key)| self.buckets.get(&(band as u8, key)))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::overlap::SHINGLE;
    use super::*;

    fn text(words: std::ops::Range<usize>, name: &str) -> String {
        words
            .map(|at| format!("{name}{at}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn signature(text: &str) -> Signature {
        Signature::of(&Grams::of(text, SHINGLE)).unwrap()
    }

    #[test]
    fn near_duplicates_are_found_and_strangers_are_not() {
        let mut index = Index::default();
        for at in 0..200 {
            index.insert(at, &signature(&text(0..60, &format!("t{at}x"))));
        }
        let near = format!("{} one two", text(0..60, "t7x"));
        assert_eq!(index.candidates(&signature(&near)), [7]);
        assert!(
            index
                .candidates(&signature(&text(0..60, "other")))
                .is_empty()
        );
    }

    #[test]
    fn the_estimate_is_near_the_similarity() {
        let (a, b) = (text(0..300, "w"), text(60..360, "w"));
        let exact = Grams::of(&a, SHINGLE)
            .jaccard(&Grams::of(&b, SHINGLE))
            .unwrap();
        assert!((signature(&a).similarity(&signature(&b)) - exact).abs() < 0.15);
    }

    #[test]
    fn signatures_survive_storing() {
        let one = signature("a b c d");
        assert_eq!(Signature::from_bytes(&one.to_bytes()), Some(one));
        assert_eq!(Signature::from_bytes(&[1, 2, 3]), None);
        assert_eq!(Signature::of(&Grams::of("", SHINGLE)), None);
    }

    #[test]
    fn the_hash_family_never_changes() {
        // Stored signatures would silently stop matching.
        assert_eq!(signature("a b c d").0[..2], PINNED);
    }

    const PINNED: [u32; 2] = [103_730_359, 1_660_851_374];
}
