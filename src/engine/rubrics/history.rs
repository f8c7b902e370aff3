//! What stored verdicts say about a rubric: levels nobody gives, and levels that move with length.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Engine, Result};
use crate::domain::ids::RubricId;
use crate::domain::rubric::{Question, Rubric, Takes};
use crate::domain::view::{FindingKind, QuickFinding};
use crate::stats::describe::spearman;
use crate::store::verdicts;

/// Verdicts looked at, the latest ones.
const LOOKED: u32 = 2_000;
/// Below so many levels an unused one is chance.
const ENOUGH_FOR_SCALE: usize = 30;
/// Below so many levels a correlation is chance.
const ENOUGH_FOR_LENGTH: usize = 20;
/// Rank correlation of level and length, in either direction, from which it is worth a warning.
const MOVES: f64 = 0.5;

/// A level and the characters of the output it was given to.
pub(super) type Given = (i32, u64);

/// What the stored verdicts of this rubric version say.
pub(super) fn findings(
    engine: &Engine,
    id: &RubricId,
    rubric: &Rubric,
) -> Result<Vec<QuickFinding>> {
    let rows = engine
        .store()
        .read(|db| verdicts::levels_under(db, id, LOOKED))?;
    let mut given: BTreeMap<String, Vec<Given>> = BTreeMap::new();
    for (criterion, level, chars) in rows {
        given.entry(criterion).or_default().push((level, chars));
    }
    let of = |question: Question<'_>| {
        let given = given.get(question.id).map_or(&[][..], Vec::as_slice);
        [unused(&question, given), length(&question, given)]
    };
    Ok(rubric.questions().flat_map(of).flatten().collect())
}

fn unused(question: &Question<'_>, given: &[Given]) -> Option<QuickFinding> {
    let Takes::Level(scale) = question.takes else {
        return None;
    };
    if given.len() < ENOUGH_FOR_SCALE {
        return None;
    }
    let used: BTreeSet<i32> = given.iter().map(|(level, _)| *level).collect();
    let never: Vec<String> = (scale.min()..=scale.max())
        .filter(|level| !used.contains(level))
        .map(|level| level.to_string())
        .collect();
    (!never.is_empty()).then(|| QuickFinding {
        kind: FindingKind::Look,
        code: "unused_levels",
        message: format!(
            "`{}`: level {} was never given in {} verdicts",
            question.id,
            never.join(", "),
            given.len()
        ),
        means: "no output here was like that, or no output can be: the scale may promise steps it does not have",
        hint: "if outputs like that exist, say in the anchors what earns these levels; if none can, use fewer levels".to_owned(),
    })
}

fn length(question: &Question<'_>, given: &[Given]) -> Option<QuickFinding> {
    if given.len() < ENOUGH_FOR_LENGTH {
        return None;
    }
    let levels: Vec<f64> = given.iter().map(|(level, _)| f64::from(*level)).collect();
    let chars: Vec<f64> = given.iter().map(|(_, chars)| *chars as f64).collect();
    let rho = spearman(&levels, &chars).filter(|rho| rho.abs() >= MOVES)?;
    let longer = if rho > 0.0 { "longer" } else { "shorter" };
    Some(QuickFinding {
        kind: FindingKind::Look,
        code: "level_moves_with_length",
        message: format!(
            "`{}`: {longer} outputs get higher levels (rank correlation {rho:.2} over {} verdicts)",
            question.id,
            given.len()
        ),
        means: "such outputs may be the better ones here, or the judge pays for length itself",
        hint: "`docket rubric test --probes` tells which; if it is length, say in the anchors that it earns nothing".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::Scale;

    fn codes(given: &[Given]) -> Vec<&'static str> {
        let rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
        let question = rubric.questions().next().unwrap();
        [unused(&question, given), length(&question, given)]
            .into_iter()
            .flatten()
            .map(|warning| warning.code)
            .collect()
    }

    #[test]
    fn doubt_needs_enough_verdicts_and_a_clear_pattern() {
        let growing: Vec<Given> = (0..60).map(|i| (i / 10, (i as u64 + 1) * 10)).collect();
        assert_eq!(codes(&growing), ["level_moves_with_length"]);
        assert_eq!(codes(&growing[..19]), [""; 0]);
        let mixed: Vec<Given> = (0..60).map(|i| (i % 6, (i as u64 * 37) % 61)).collect();
        assert_eq!(codes(&mixed), [""; 0]);
        let narrow: Vec<Given> = (0..40).map(|i| (4 + i % 2, (i as u64 * 37) % 61)).collect();
        assert_eq!(codes(&narrow), ["unused_levels"]);
        assert_eq!(codes(&narrow[..29]), [""; 0]);
    }
}
