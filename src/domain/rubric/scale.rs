//! What levels a question may be answered with.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Levels beyond this number are typed as a number; up to it, one digit key sets one.
const ONE_KEY_LEVELS: i64 = 10;

/// Judges become unreliable on scales with more levels than this.
const RELIABLE_LEVELS: i64 = 11;

/// The ends of a scale stay within this, so that a level always fits a form and a prompt.
pub const LEVEL_LIMIT: i32 = 1_000_000;

/// The integer levels of a question, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "ScaleRepr", try_from = "ScaleRepr")]
pub enum Scale {
    /// 0 or 1: no or yes, not met or met.
    Binary,
    /// 0 to 5, meant to have a written anchor at every level.
    Level5,
    /// Every integer from `min` to `max`.
    Range {
        /// The worst level.
        min: i32,
        /// The best level; above `min`.
        max: i32,
    },
}

impl Scale {
    /// A scale from `min` to `max`, or why these cannot be its ends.
    pub fn range(min: i32, max: i32) -> Result<Self, ScaleError> {
        if min >= max {
            return Err(ScaleError::Empty { min, max });
        }
        if min < -LEVEL_LIMIT || max > LEVEL_LIMIT {
            return Err(ScaleError::TooFar { min, max });
        }
        Ok(Self::Range { min, max })
    }

    /// The worst level.
    pub fn min(self) -> i32 {
        match self {
            Self::Binary | Self::Level5 => 0,
            Self::Range { min, .. } => min,
        }
    }

    /// The best level.
    pub fn max(self) -> i32 {
        match self {
            Self::Binary => 1,
            Self::Level5 => 5,
            Self::Range { max, .. } => max,
        }
    }

    /// All levels, worst first.
    pub fn levels(self) -> RangeInclusive<i32> {
        self.min()..=self.max()
    }

    /// How many levels there are.
    pub fn count(self) -> usize {
        usize::try_from(self.span() + 1).unwrap_or(0)
    }

    /// Whether `level` is one of them.
    pub fn allows(self, level: i32) -> bool {
        self.levels().contains(&level)
    }

    /// The level's place in the scale: 0 for the worst, 1 for the best, (level-min)/(max-min).
    ///
    /// A level outside the scale is held at the nearer end, so the result always lies in 0-1.
    pub fn normalise(self, level: i32) -> f64 {
        let above = i64::from(level) - i64::from(self.min());
        if self.span() <= 0 {
            return 0.0;
        }
        (above as f64 / self.span() as f64).clamp(0.0, 1.0)
    }

    /// The same for the mean of several levels.
    pub fn normalise_mean(self, level: f64) -> f64 {
        if self.span() <= 0 {
            return 0.0;
        }
        ((level - f64::from(self.min())) / self.span() as f64).clamp(0.0, 1.0)
    }

    /// Whether a level is typed as a number instead of set with one digit key.
    pub fn typed(self) -> bool {
        // A digit key reaches 0-9 only; `10` on a scale from 1 is the one level that `0` stands for.
        self.span() + 1 > ONE_KEY_LEVELS || self.min() < 0 || self.max() > 10
    }

    /// Whether the scale has more levels than judges can tell apart reliably (11).
    pub fn unreliable(self) -> bool {
        self.span() + 1 > RELIABLE_LEVELS
    }

    fn span(self) -> i64 {
        i64::from(self.max()) - i64::from(self.min())
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => f.write_str("binary"),
            Self::Level5 => f.write_str("level5"),
            Self::Range { min, max } => write!(f, "{min}-{max}"),
        }
    }
}

/// Reads `binary`, `level5`, `1-10` or `1..10`, as the command line takes them.
impl FromStr for Scale {
    type Err = ScaleError;

    fn from_str(text: &str) -> Result<Self, ScaleError> {
        let unknown = || ScaleError::Unknown(text.to_owned());
        match text.trim() {
            "binary" => return Ok(Self::Binary),
            "level5" => return Ok(Self::Level5),
            _ => {}
        }
        let text = text.trim();
        // The first `-` may be the sign of the lower end.
        let split = text.split_once("..").or_else(|| {
            let at = text.get(1..)?.find('-')? + 1;
            Some((&text[..at], &text[at + 1..]))
        });
        let (min, max) = split.ok_or_else(unknown)?;
        let number = |end: &str| end.trim().parse::<i32>().map_err(|_| unknown());
        Self::range(number(min)?, number(max)?)
    }
}

/// Why a scale is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScaleError {
    /// The lower end is not below the upper one.
    #[error("a scale needs `min` below `max`, this one has {min} and {max}")]
    Empty {
        /// Lower end as given.
        min: i32,
        /// Upper end as given.
        max: i32,
    },
    /// An end lies beyond [`LEVEL_LIMIT`].
    #[error("a scale must stay between -1000000 and 1000000, this one goes from {min} to {max}")]
    TooFar {
        /// Lower end as given.
        min: i32,
        /// Upper end as given.
        max: i32,
    },
    /// The text names no scale.
    #[error("`{0}` is no scale; write `binary`, `level5` or two ends such as `1-10`")]
    Unknown(String),
}

/// The stored form: a word, or the two ends.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ScaleRepr {
    Word(String),
    Ends { min: i32, max: i32 },
}

impl From<Scale> for ScaleRepr {
    fn from(scale: Scale) -> Self {
        match scale {
            Scale::Range { min, max } => Self::Ends { min, max },
            named => Self::Word(named.to_string()),
        }
    }
}

impl TryFrom<ScaleRepr> for Scale {
    type Error = ScaleError;

    fn try_from(repr: ScaleRepr) -> Result<Self, ScaleError> {
        match repr {
            ScaleRepr::Ends { min, max } => Self::range(min, max),
            ScaleRepr::Word(word) if word == "binary" => Ok(Self::Binary),
            ScaleRepr::Word(word) if word == "level5" => Ok(Self::Level5),
            ScaleRepr::Word(word) => Err(ScaleError::Unknown(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_placed_between_zero_and_one() {
        for (scale, level, place) in [
            (Scale::Binary, 0, 0.0),
            (Scale::Binary, 1, 1.0),
            (Scale::Level5, 3, 0.6),
            (Scale::Range { min: 1, max: 10 }, 1, 0.0),
            (Scale::Range { min: 1, max: 5 }, 4, 0.75),
            (Scale::Range { min: -2, max: 2 }, 0, 0.5),
            (Scale::Level5, 9, 1.0),
            (Scale::Level5, i32::MIN, 0.0),
        ] {
            assert!(
                (scale.normalise(level) - place).abs() < 1e-12,
                "{scale} {level}"
            );
        }
    }

    #[test]
    fn a_digit_key_is_enough_for_up_to_ten_levels() {
        assert!(!Scale::Binary.typed());
        assert!(!Scale::Level5.typed());
        assert!(!Scale::Range { min: 1, max: 10 }.typed());
        assert!(Scale::Range { min: 0, max: 10 }.typed());
        assert!(Scale::Range { min: -1, max: 1 }.typed());
        assert!(Scale::Range { min: 20, max: 25 }.typed());
    }

    #[test]
    fn only_scales_above_eleven_levels_count_as_unreliable() {
        assert!(!Scale::Range { min: 0, max: 10 }.unreliable());
        assert!(Scale::Range { min: 0, max: 11 }.unreliable());
    }

    #[test]
    fn a_scale_is_read_as_it_is_printed() {
        for (text, scale) in [
            ("binary", Scale::Binary),
            ("level5", Scale::Level5),
            ("1-10", Scale::Range { min: 1, max: 10 }),
            ("-2-2", Scale::Range { min: -2, max: 2 }),
            ("-5--1", Scale::Range { min: -5, max: -1 }),
        ] {
            assert_eq!(text.parse(), Ok(scale));
            assert_eq!(scale.to_string(), text);
        }
        assert_eq!("0..4".parse(), Ok(Scale::Range { min: 0, max: 4 }));
    }

    #[test]
    fn what_is_no_scale_is_refused() {
        for text in [
            "",
            "-",
            "10-1",
            "3-3",
            "five",
            "1-",
            "0-2000000",
            "é-3",
            "1-10-20",
        ] {
            assert!(text.parse::<Scale>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Scale>(r#"{"min":5,"max":5}"#).is_err());
        assert!(serde_json::from_str::<Scale>(r#""level9""#).is_err());
    }

    #[test]
    fn the_stored_form_is_a_word_or_two_ends() {
        for (scale, json) in [
            (Scale::Binary, r#""binary""#),
            (Scale::Level5, r#""level5""#),
            (Scale::Range { min: 1, max: 7 }, r#"{"min":1,"max":7}"#),
        ] {
            assert_eq!(serde_json::to_string(&scale).unwrap(), json);
            assert_eq!(serde_json::from_str::<Scale>(json).unwrap(), scale);
        }
    }
}
