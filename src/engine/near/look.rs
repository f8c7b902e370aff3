//! One item's own text and its signature; what of it is boilerplate.

use std::collections::HashSet;

use super::SAMPLE;
use crate::domain::canonical::cluster_id;
use crate::domain::ids::ClusterId;
use crate::domain::json::{Json, decode_string};
use crate::domain::message::Request;
use crate::stats::minhash::Signature;
use crate::stats::overlap::{Boilerplate, Grams, SHINGLE, Shingled};
use crate::store::Db;
use crate::store::near::{self, ItemText, KEYS, Signed};
use crate::text::normalise::normalise;

/// Shingles counted to tell boilerplate; beyond, the sample is smaller, so that long texts need no more memory.
const MOST_COUNTED: usize = 1_500_000;

/// The own text of a request, normalised; empty where it has none.
pub(super) fn own_text(item: &ItemText) -> String {
    let Some(json) = &item.request else {
        return String::new();
    };
    match decode_string(json) {
        Some(text) => normalise(&text),
        None => normalise(&Request::read(&Json::trusted(json.as_str())).own_text()),
    }
}

/// The signature of an item that was not looked at yet, under this boilerplate.
pub(super) fn signed(item: &ItemText, common: &Boilerplate) -> Signed {
    let grams = Grams::of(&own_text(item), SHINGLE).without(common);
    // The low halves of the keys: a chance match only costs a comparison.
    let keys = |signature: Signature| -> [u32; KEYS] { signature.bands().map(|key| key as u32) };
    Signed {
        item: item.item,
        own: item.cluster,
        bands: Signature::of(&grams).map(keys),
    }
}

/// What a text is compared by.
pub(super) fn shingled(item: &ItemText, common: &Boilerplate) -> Shingled {
    Shingled::of(&own_text(item), common)
}

/// The boilerplate of a uniform sample of the texts, each different one counted once.
pub(super) fn boilerplate(db: &Db) -> crate::store::Result<Vec<u64>> {
    let mut seen: HashSet<ClusterId> = HashSet::new();
    let mut counted = Boilerplate::default();
    let mut shingles = 0;
    near::sample(db, SAMPLE, |item| {
        let text = own_text(item);
        if !text.is_empty() && seen.insert(cluster_id(&text)) {
            let grams = Grams::of(&text, SHINGLE);
            shingles += grams.len();
            counted.add(&grams);
        }
        shingles < MOST_COUNTED
    })?;
    Ok(counted.common())
}
