//! How a dataset version was put together, in the words it was asked for: kept with the decision, shown with the
//! version, and what ties a dataset of failures to the runs they come from.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::count::counted;

/// How a dataset version was put together. Parts are united; a sample is drawn from their union.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// Filters over everything imported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Tickets of an eval, by a filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tickets: Option<OfEval>,
    /// A list of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Other datasets as they were then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<String>,
    /// So many low, disputed and flickering items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard: Option<u64>,
    /// So many of them, drawn by this seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Drawn>,
    /// The eval or run group whose failures these are, with what is like them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_of: Option<String>,
    /// The dataset this share was held out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out_of: Option<String>,
    /// Whether what was there before and is not named went out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
}

/// Tickets of an eval.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OfEval {
    /// Its name.
    pub eval: String,
    /// Which of them.
    pub filter: String,
}

/// A uniform sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Drawn {
    /// How many at most.
    pub size: u64,
    /// Another seed, another sample.
    pub seed: u64,
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.from.iter().map(|filter| shown(filter)).collect();
        if let Some(of) = &self.tickets {
            parts.push(format!("tickets of `{}`: {}", of.eval, shown(&of.filter)));
        }
        if let Some(file) = &self.file {
            parts.push(format!("the list `{file}`"));
        }
        parts.extend(self.datasets.iter().map(|name| format!("dataset `{name}`")));
        if let Some(n) = self.hard {
            parts.push(format!("{} that are hard", counted(n, "item")));
        }
        if let Some(of) = &self.failures_of {
            parts.push(format!("failures of `{of}` and what is like them"));
        }
        if let Some(of) = &self.held_out_of {
            parts.push(format!("held out of `{of}`"));
        }
        f.write_str(&parts.join("; "))?;
        if let Some(drawn) = self.sample {
            write!(f, "; a sample of {} (seed {})", drawn.size, drawn.seed)?;
        }
        if self.replaced {
            f.write_str("; in place of what was there")?;
        }
        Ok(())
    }
}

fn shown(filter: &str) -> String {
    let filter = filter.trim();
    if filter.is_empty() {
        "everything".to_owned()
    } else {
        filter.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_says_what_was_asked_for_and_keeps_nothing_else() {
        let recipe = Recipe {
            from: vec!["feature:billing".into(), String::new()],
            tickets: Some(OfEval {
                eval: "support".into(),
                filter: "score<0.5".into(),
            }),
            sample: Some(Drawn { size: 20, seed: 7 }),
            ..Recipe::default()
        };
        assert_eq!(
            recipe.to_string(),
            "feature:billing; everything; tickets of `support`: score<0.5; a sample of 20 (seed 7)"
        );
        let json = serde_json::to_string(&Recipe::default()).unwrap();
        assert_eq!(json, "{}");
        assert_eq!(
            serde_json::from_str::<Recipe>(&json).unwrap(),
            Recipe::default()
        );
    }
}
