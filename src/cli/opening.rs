//! One rule for every command that shows what judges say of a blind eval: it is said, agreed to, and logged.
//!
//! On a terminal it is asked. Where nobody can be asked, a line of a script would take a person's blind reviews away: it is
//! refused until `--yes`, unless the eval holds the outputs of a run group that nobody reviews.

use std::io::IsTerminal;

use super::{CliError, Context, output};
use crate::domain::ids::EvalId;
use crate::engine::Engine;

/// What is about to be opened.
pub(super) struct Opening<'a> {
    /// The eval whose reviews it marks.
    pub eval: EvalId,
    /// What it is called in the ledger.
    pub page: &'static str,
    /// The command as typed, without `docket` and flags: `compare june`.
    pub command: String,
    /// Whose word it shows: `the judges say`.
    pub shows: &'a str,
    /// Whether what is asked rests on what people are to say.
    pub asks_people: bool,
}

impl Opening<'_> {
    /// Of a page that shows every judge's word.
    pub fn of(eval: EvalId, page: &'static str, command: &str, name: &str) -> Self {
        Self {
            eval,
            page,
            command: format!("{command} {}", output::word(name)),
            shows: "the judges say",
            asks_people: false,
        }
    }

    /// Opens it, if that is agreed to; `false` where somebody was asked and said no.
    pub fn agreed(&self, engine: &Engine, context: &Context) -> Result<bool, CliError> {
        let Some(name) = engine.agreement_is_closed(self.eval)? else {
            return Ok(true);
        };
        let who = engine.reviewer();
        let asks = std::io::stdin().is_terminal() && !context.json();
        let people = self.asks_people || engine.people_review(self.eval)?;
        if !asks && !context.yes() && people {
            return Err(CliError::new(
                format!(
                    "`{name}` is blind, and nobody can be asked here: this would show what {} of its tickets, and what other \
                     people said",
                    self.shows
                ),
                format!(
                    "`docket {} --yes` shows it; that is logged, and from then on reviews by {who} there count as assisted",
                    self.command
                ),
            ));
        }
        output::say(&format!(
            "`{name}` is blind: this shows what the judge says. It is logged, and from here on reviews by {who} there count \
             as assisted."
        ));
        if asks && !context.yes() && !output::confirm("Show it?") {
            return Ok(false);
        }
        engine.open_page(self.eval, self.page)?;
        Ok(true)
    }
}
