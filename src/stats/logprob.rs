//! Levels from token probabilities, where a provider returns them.

/// Mass on the scale below which the emitted level is used instead.
pub const LEAST_MASS: f64 = 0.8;

/// What the probabilities of the score token say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenLevel {
    /// Expected level: Σ level·p / Σ p over tokens that are levels.
    pub expected: f64,
    /// Probability of those tokens, 0 to 1.
    pub mass: f64,
    /// Entropy over the levels as a share of the greatest possible, 0 (certain) to 1.
    pub entropy_share: f64,
}

impl TokenLevel {
    /// Whether enough of the probability lies on the scale to use it.
    pub fn usable(&self) -> bool {
        self.mass >= LEAST_MASS
    }
}

/// Reads the candidates of the score token, given as (token, natural logarithm of its probability).
///
/// A token counts if, blanks aside, it is an integer from `min` to `max`. `None` if none does.
/// Source: Liu and others 2023, arXiv 2303.16634 (G-Eval).
pub fn token_level<T: AsRef<str>>(tokens: &[(T, f64)], min: i64, max: i64) -> Option<TokenLevel> {
    let on_scale = |token: &str| {
        token
            .trim()
            .parse::<i64>()
            .ok()
            .filter(|level| (min..=max).contains(level))
    };
    let levels: Vec<(i64, f64)> = tokens
        .iter()
        .filter(|(_, logarithm)| logarithm.is_finite() && *logarithm <= 0.0)
        .filter_map(|(token, logarithm)| Some((on_scale(token.as_ref())?, logarithm.exp())))
        .collect();
    let mass: f64 = levels.iter().map(|(_, p)| p).sum();
    if mass <= 0.0 {
        return None;
    }
    let mut by_level = std::collections::BTreeMap::<i64, f64>::new();
    for (level, p) in &levels {
        *by_level.entry(*level).or_default() += p / mass;
    }
    let entropy: f64 = by_level
        .values()
        .filter(|p| **p > 0.0)
        .map(|p| -p * p.ln())
        .sum();
    let most = ((max - min + 1) as f64).ln();
    Some(TokenLevel {
        expected: by_level.iter().map(|(level, p)| *level as f64 * p).sum(),
        mass: mass.min(1.0),
        entropy_share: if most > 0.0 {
            (entropy / most).clamp(0.0, 1.0)
        } else {
            0.0
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_off_the_scale_are_no_levels() {
        assert_eq!(
            token_level(&[("good", -0.1), ("55", -1.0), ("3.5", -1.0)], 0, 5),
            None
        );
        assert_eq!(token_level(&[("3", f64::NAN)], 0, 5), None);
        assert_eq!(token_level::<&str>(&[], 0, 5), None);
    }

    #[test]
    fn certainty_has_no_entropy_and_indifference_all_of_it() {
        let sure = token_level(&[("4", 0.0)], 0, 5).unwrap();
        assert_eq!(
            (sure.expected, sure.entropy_share, sure.usable()),
            (4.0, 0.0, true)
        );
        let even: Vec<(String, f64)> = (0..=5)
            .map(|level| (level.to_string(), (1.0_f64 / 6.0).ln()))
            .collect();
        assert!((token_level(&even, 0, 5).unwrap().entropy_share - 1.0).abs() < 1e-12);
    }
}
