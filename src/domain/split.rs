//! Who goes where: the fixed train/dev/test split, the export's train/validation split, and hash uniforms.
//!
//! Everything here is a pure function of a seed and an id, so adding rows never moves others, two copies of
//! a workspace agree without talking, and a second export puts every row where the first one put it.
//! Splits go by cluster, never by row: near-duplicates of one request cannot sit on both sides.
//!
//! The key behind all of it is
//! `SHA-256(tag | 0x00 | seed as 8 bytes little-endian | id as 16 bytes)`, its first 8 bytes read big-endian.
//! SHA-256 rather than this program's own BLAKE3, because whoever receives a dataset folder can then
//! recompute its split with any standard library. The tag keeps the three uses independent of each other.
//! All of this is frozen: changing a tag, a byte order or a threshold would move rows that were already used.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ids::ClusterId;

const STAGE: &str = "docket stage v1";
const EXPORT: &str = "docket export v1";
const UNIFORM: &str = "docket uniform v1";

/// A fifth of the range of a key: (2^64 - 1) / 5, exactly.
const FIFTH: u64 = u64::MAX / 5;

fn key(tag: &str, seed: u64, id: &[u8; 16]) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(tag.as_bytes());
    hasher.update([0]);
    hasher.update(seed.to_le_bytes());
    hasher.update(id);
    let digest = hasher.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

/// What a cluster's reviews may be used for when a judge is improved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// 20 %: may appear in prompts and in distilled guidelines.
    Train,
    /// 40 %: chooses between judge versions.
    Dev,
    /// 40 %: read once per judge version, and the read is logged.
    Test,
}

impl Stage {
    /// The stage of a cluster in the workspace with this seed; fixed for ever.
    pub fn of(seed: u64, cluster: &ClusterId) -> Self {
        match key(STAGE, seed, &cluster.0) {
            low if low < FIFTH => Self::Train,
            middle if middle < 3 * FIFTH => Self::Dev,
            _ => Self::Test,
        }
    }

    /// The word used in files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Dev => "dev",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The file of an export a row goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Trained on.
    Train,
    /// Watched while training.
    Validation,
}

impl Split {
    /// The name trainers know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
        }
    }
}

/// Why a share cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "`{0}` is not a share of rows to validate on: expected a number from 0 to below 1, such as `0.1`"
)]
pub struct ShareError(pub f64);

/// How an export divides its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExportSplit {
    seed: u64,
    share: f64,
}

impl ExportSplit {
    /// Everything is trained on.
    pub const ALL_TRAIN: Self = Self {
        seed: 0,
        share: 0.0,
    };

    /// Puts about `share` of the clusters, from 0 to below 1, into validation.
    ///
    /// Raising the share with the same seed only moves clusters from train to validation, never back.
    pub fn new(seed: u64, share: f64) -> Result<Self, ShareError> {
        if (0.0..1.0).contains(&share) {
            Ok(Self { seed, share })
        } else {
            Err(ShareError(share))
        }
    }

    /// The same seed, and everything is trained on.
    #[must_use]
    pub fn without_validation(self) -> Self {
        Self { share: 0.0, ..self }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The share of clusters that go to validation.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Where a cluster's rows go.
    pub fn of(&self, cluster: &ClusterId) -> Split {
        // No key lies below zero, so without a share there is nothing to hash.
        if self.share > 0.0 && unit(key(EXPORT, self.seed, &cluster.0)) < self.share {
            Split::Validation
        } else {
            Split::Train
        }
    }
}

/// A uniform 64-bit key of an id under a seed, for frozen random orders.
///
/// Sorting tickets by it gives an order that depends on nothing but the seed; [`unit()`] turns it into a number.
pub fn uniform(seed: u64, id: &[u8; 16]) -> u64 {
    key(UNIFORM, seed, id)
}

/// A key as a number strictly between 0 and 1: `((key >> 12) + 0.5) / 2^52`.
///
/// 52 bits, so that the half is still exact at the upper end; with 53 the largest keys would round to 1.
pub fn unit(key: u64) -> f64 {
    ((key >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cluster(n: u32) -> ClusterId {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        ClusterId(id)
    }

    // Recomputed outside this program with Python's hashlib:
    // int.from_bytes(sha256(tag + b"\0" + seed.to_bytes(8,"little") + id).digest()[:8], "big")
    #[test]
    fn keys_are_the_documented_ones() {
        let id: [u8; 16] = std::array::from_fn(|at| at as u8);
        let golden = [
            (STAGE, 0, STAGE_0),
            (EXPORT, 42, EXPORT_42),
            (UNIFORM, 7, UNIFORM_7),
            (UNIFORM, u64::MAX, UNIFORM_MAX),
        ];
        for (tag, seed, expected) in golden {
            assert_eq!(key(tag, seed, &id), expected, "{tag} {seed}");
        }
        assert_eq!(uniform(7, &id), UNIFORM_7);
    }
    const STAGE_0: u64 = 0x12cf_3c02_4ba0_99e8;
    const EXPORT_42: u64 = 0xf1bb_49b3_ac96_043e;
    const UNIFORM_7: u64 = 0x7d4f_dab7_9641_bfd3;
    const UNIFORM_MAX: u64 = 0xea6c_546b_1909_6d62;

    #[test]
    fn the_fixed_split_is_20_40_40() {
        let mut counts = [0_u32; 3];
        for n in 0..20_000 {
            counts[Stage::of(11, &cluster(n)) as usize] += 1;
        }
        // Five standard deviations of a binomial with n = 20 000 are under 350.
        for (count, expected) in counts.into_iter().zip([4_000_u32, 8_000, 8_000]) {
            assert!(count.abs_diff(expected) < 350, "{counts:?}");
        }
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for share in [-0.1, 1.0, 2.0, f64::NAN, f64::INFINITY] {
            assert!(ExportSplit::new(1, share).is_err(), "{share}");
        }
        assert!(ExportSplit::new(1, 0.0).is_ok());
    }

    #[test]
    fn no_share_means_no_validation_rows() {
        assert!((0..1_000).all(|n| ExportSplit::ALL_TRAIN.of(&cluster(n)) == Split::Train));
    }

    #[test]
    fn the_ends_of_the_range_stay_inside_it() {
        assert!(unit(0) > 0.0);
        assert!(unit(u64::MAX) < 1.0);
    }

    proptest! {
        #[test]
        fn a_larger_share_never_moves_a_cluster_back_to_train(
            seed: u64, id: [u8; 16], a in 0.0..1.0_f64, b in 0.0..1.0_f64,
        ) {
            let (small, large) = if a < b { (a, b) } else { (b, a) };
            let cluster = ClusterId(id);
            let before = ExportSplit::new(seed, small).unwrap().of(&cluster);
            let after = ExportSplit::new(seed, large).unwrap().of(&cluster);
            prop_assert!(before == Split::Train || after == Split::Validation);
        }

        #[test]
        fn the_share_is_met_within_chance(seed: u64) {
            let split = ExportSplit::new(seed, 0.1).unwrap();
            let hits = (0..4_000).filter(|n| split.of(&cluster(*n)) == Split::Validation).count();
            // 400 expected, standard deviation 19.
            prop_assert!((280..520).contains(&hits), "{hits}");
        }
    }
}
