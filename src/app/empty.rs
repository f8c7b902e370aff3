//! What a screen or pane says when it has nothing to show.

use super::action::Action;

/// Why there is nothing, what fills it, and the one thing to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Empty {
    /// Why there is nothing here.
    pub why: String,
    /// What fills it, and how far that is.
    pub fills: String,
    /// The one thing offered: its words and the action behind it.
    pub action: Option<(String, Action)>,
}

impl Empty {
    /// An empty state with an offer.
    pub fn offering(why: &str, fills: &str, words: &str, action: Action) -> Self {
        Self {
            why: why.to_owned(),
            fills: fills.to_owned(),
            action: Some((words.to_owned(), action)),
        }
    }

    /// An empty state where there is nothing to do but wait.
    pub fn waiting(why: &str, fills: &str) -> Self {
        Self {
            why: why.to_owned(),
            fills: fills.to_owned(),
            action: None,
        }
    }
}
