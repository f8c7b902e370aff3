//! The difference tag by tag, and whether it is one of a narrow slice only.
//!
//! Many tags are looked at at once, so their p-values are adjusted (Benjamini and Hochberg) and none of them is a
//! headline: a slice that stands out is a reason to draw new items like it.

use std::collections::{BTreeMap, BTreeSet};

use super::ALPHA;
use super::difference::{ranged as told, side};
use super::summary::clusters;
use crate::domain::decimal::signed;
use crate::domain::group_scores::GroupScores;
use crate::domain::view::compare::{Ranged, Standing, TagDifference};
use crate::stats::multiple::benjamini_hochberg;
use crate::stats::paired::{Pairing, difference};

/// Items a tag needs to be shown.
const TAGGED: usize = 5;
/// Share of the items above which a tag is no narrow slice any more.
const NARROW: f64 = 0.5;

/// The difference on the items of each tag or feature, the largest first.
pub(super) fn tags(scores: &GroupScores, pairing: &Pairing) -> Vec<TagDifference> {
    let mut places: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, item) in pairing.items.iter().enumerate() {
        let item = &scores.items[*item];
        for tag in item.tags.iter().chain(&item.feature) {
            places.entry(tag).or_default().insert(at);
        }
    }
    let mut all: Vec<TagDifference> = places
        .into_iter()
        .filter(|(_, within)| within.len() >= TAGGED)
        .filter_map(|(tag, within)| tagged(scores, pairing, tag, &within))
        .collect();
    let raw: Vec<f64> = all.iter().filter_map(|one| one.p).collect();
    let adjusted = benjamini_hochberg(&raw).unwrap_or_default();
    for (one, p) in all.iter_mut().filter(|one| one.p.is_some()).zip(adjusted) {
        one.p = Some(p);
        one.standing = match one.range.estimate {
            estimate if p < ALPHA && estimate > 0.0 => Standing::Better,
            estimate if p < ALPHA && estimate < 0.0 => Standing::Worse,
            _ => Standing::Unclear,
        };
    }
    all.sort_by(|one, two| {
        two.range
            .estimate
            .abs()
            .total_cmp(&one.range.estimate.abs())
    });
    all
}

fn tagged(
    scores: &GroupScores,
    pairing: &Pairing,
    tag: &str,
    within: &BTreeSet<usize>,
) -> Option<TagDifference> {
    let on = |keep: &dyn Fn(usize) -> bool| {
        let places: Vec<usize> = (0..pairing.items.len()).filter(|at| keep(*at)).collect();
        let column = |values: &[f64]| -> Vec<f64> { places.iter().map(|at| values[*at]).collect() };
        let groups = clusters(scores, places.iter().map(|at| pairing.items[*at]));
        difference(&column(&pairing.a), &column(&pairing.b), &groups)
    };
    let estimate = on(&|at| within.contains(&at))?;
    let (range, p) = told(&estimate);
    let elsewhere = on(&|at| !within.contains(&at));
    Some(TagDifference {
        tag: tag.to_owned(),
        p,
        standing: Standing::Unclear,
        range,
        elsewhere: elsewhere.map(|estimate| told(&estimate).0),
    })
}

/// What the tags say about the whole: a difference that one narrow slice makes, and slices that go against it.
pub(super) fn words(
    scores: &GroupScores,
    pairing: &Pairing,
    tags: &[TagDifference],
) -> Vec<String> {
    let groups = clusters(scores, pairing.items.iter().copied());
    let Some(whole) = difference(&pairing.a, &pairing.b, &groups) else {
        return Vec::new();
    };
    let (whole, _) = told(&whole);
    let all = pairing.items.len();
    let whole = side(&whole);
    let mut said = Vec::new();
    for tag in tags {
        let narrow = (tag.range.n as f64) <= NARROW * all as f64;
        let elsewhere = tag.elsewhere.as_ref();
        let slice = format!("`{}` ({} of {all} items)", tag.tag, tag.range.n);
        let beyond = elsewhere.map_or_else(String::new, |range| {
            format!(": everywhere else {}", ranged(range))
        });
        match (tag.standing, whole) {
            (Standing::Better, Standing::Unclear) if narrow => said.push(format!(
                "better on a narrow slice, {slice}, by {}{beyond}",
                ranged(&tag.range)
            )),
            (Standing::Better, Standing::Better)
                if narrow && elsewhere.is_some_and(|range| side(range) != Standing::Better) =>
            {
                said.push(format!("better, but on a narrow slice, {slice}{beyond}"));
            }
            (Standing::Worse, Standing::Better | Standing::Unclear) => {
                said.push(format!("worse in {slice} by {}", ranged(&tag.range)));
            }
            _ => {}
        }
    }
    if said.is_empty() && whole == Standing::Better && !tags.is_empty() {
        said.push("better, and on no tag alone".to_owned());
    }
    said
}

fn ranged(range: &Ranged) -> String {
    match range.interval {
        Some((low, high)) => format!(
            "{} ({} to {})",
            signed(range.estimate, 3),
            signed(low, 3),
            signed(high, 3)
        ),
        None => format!("{} (interval n/a)", signed(range.estimate, 3)),
    }
}
