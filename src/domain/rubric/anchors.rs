//! Anchors to start from, where nobody has written any yet.

use std::collections::BTreeMap;

use super::Scale;

/// What the levels 0 to 5 mean to start with.
const LEVELS: [&str; 6] = [
    "Not at all.",
    "Hardly: most of it falls short.",
    "In part: a fault that matters.",
    "Mostly: one clear fault, still of use.",
    "Nearly: a detail is off.",
    "Fully: nothing to correct.",
];

impl Scale {
    /// Words for the levels of this scale, to be kept or replaced by better ones: every level of `binary` and
    /// `level5`, the two ends of a range.
    pub fn starting_anchors(self) -> BTreeMap<i32, String> {
        let all: Vec<(i32, &str)> = match self {
            Self::Binary => vec![(0, "No, it does not."), (1, "Yes, it does.")],
            Self::Level5 => (0..).zip(LEVELS).collect(),
            Self::Range { min, max } => vec![(min, LEVELS[0]), (max, LEVELS[5])],
        };
        all.into_iter()
            .map(|(level, text)| (level, text.to_owned()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_to_start_from_stand_at_levels_of_the_scale() {
        for (scale, count) in [
            (Scale::Binary, 2),
            (Scale::Level5, 6),
            (Scale::Range { min: -3, max: 9 }, 2),
        ] {
            let anchors = scale.starting_anchors();
            assert_eq!(anchors.len(), count);
            assert!(anchors.keys().all(|level| scale.allows(*level)));
            assert_eq!(
                anchors.keys().next_back(),
                Some(&scale.max()),
                "the best level is described"
            );
        }
    }
}
