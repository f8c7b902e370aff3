//! What stands beside the titles of a ticket's panes.

use crate::app::action::Action;
use crate::app::ticket::{Pane, Phase, drawn_words};

use super::super::clock;
use super::super::glyph;
use super::super::pen::Words;
use super::super::theme::Look;
use super::Shown;

/// Columns from which the questions' title has room for how the ticket was drawn; below, the request's has it.
const WIDE: u16 = 100;

impl Shown<'_> {
    pub(super) fn about(&self, pane: Pane) -> Words<'_> {
        match pane {
            Pane::Request => self.about_request(),
            Pane::Output(shown) => self.about_output(shown),
            Pane::Form | Pane::Judge | Pane::Reference => Words::new(),
        }
    }

    fn about_request(&self) -> Words<'_> {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.doc.feature.clone());
        parts.extend(self.doc.time_ms.map(clock::date));
        let turns = self.doc.request.messages.len();
        if turns > 1 {
            parts.push(format!("{turns} messages"));
        }
        parts.extend(self.doc.external_id.clone());
        if self.state.size.width < WIDE {
            parts.extend(self.drawn());
        }
        Words::new().add(Look::Dim, parts.join(" · "))
    }

    fn about_output(&self, shown: usize) -> Words<'_> {
        let at = self.doc.display_order.get(shown).copied().unwrap_or(shown);
        let mut words = Words::new();
        let Some(output) = self.doc.outputs.get(at) else {
            return words;
        };
        if let Some(model) = output.model.visible() {
            words.push(Look::Dim, format!("{model}  "));
        }
        if output.error.is_some() {
            words.push(Look::Bad, "✗ the call failed  ");
        }
        if self.ticket.draft.correction.is_some() && self.ticket.draft.corrects == at {
            words.push(Look::Accent, format!("{} your correction  ", glyph::EDITED));
        }
        if self.ticket.suggested().is_some() {
            words.push(Look::Accent, self.key(Action::ShowDiff));
            words.push(Look::Dim, " a judge suggests a correction  ");
        }
        if let Some((at, of)) = self
            .ticket
            .view
            .panes
            .get(&Pane::Output(shown))
            .and_then(crate::app::document::TextPane::hit)
        {
            words.push(Look::Text, format!("hit {at} of {of}"));
        }
        words
    }

    /// How the ticket was drawn for the sample, as far as it may be told.
    fn drawn(&self) -> Option<String> {
        drawn_words(match &self.ticket.phase {
            Phase::Differs(committed) => committed.drawn,
            _ => self.doc.drawn,
        })
    }

    /// The same at the end of the questions' title.
    pub(super) fn drawn_place(&self) -> Words<'static> {
        let words = self.drawn().filter(|_| self.state.size.width >= WIDE);
        words.map_or_else(Words::new, |words| Words::new().add(Look::Dim, words))
    }
}
