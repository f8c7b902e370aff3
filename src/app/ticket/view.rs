//! The texts of an open ticket: which are shown, how, and where they are scrolled to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::view::{Draft, TicketDoc};
use crate::text::{Style, width};

use super::super::document::{self, Lit, Source, TextOptions, TextPane};
use super::super::layout::Size;
use super::{Pane, TicketLayout, TicketOptions, TicketState, form_view, layout};

/// The texts and what is in focus.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextView {
    /// The pane that scroll keys move, the form not counted.
    pub reading: Pane,
    /// The pane in focus.
    pub focus: Pane,
    /// The text shown where only one fits.
    pub tab: Pane,
    /// The output shown where only one fits.
    pub output: usize,
    /// The pane that has the screen to itself.
    pub zoom: Option<Pane>,
    /// Whether the reference stands where the request does.
    pub reference: bool,
    /// Whether the list is wanted beside the ticket.
    pub rail: bool,
    /// Which of the judge's quotes is gone to next, as its pane lists them.
    pub quote: usize,
    /// How texts are shown.
    pub options: TextOptions,
    /// The texts.
    pub panes: BTreeMap<Pane, TextPane>,
}

impl TextView {
    /// The texts of a ticket that has just come.
    pub fn of(doc: &TicketDoc, draft: &Draft, before: &Self) -> Self {
        let mut view = Self {
            reading: Pane::Output(0),
            focus: Pane::Form,
            tab: Pane::Output(0),
            rail: before.rail,
            options: TextOptions {
                raw: false,
                ..before.options
            },
            ..Self::default()
        };
        let options = view.options;
        let request = Source::Request(Arc::clone(&doc.request), doc.request_raw.clone());
        view.panes
            .insert(Pane::Request, TextPane::new(request, options));
        for shown in 0..doc.outputs.len() {
            let source = output_source(doc, shown, draft);
            view.panes
                .insert(Pane::Output(shown), TextPane::new(source, options));
        }
        if let Some(reference) = &doc.reference {
            let source = Source::Text(Arc::from(reference.as_str()));
            view.panes
                .insert(Pane::Reference, TextPane::new(source, options));
        }
        view
    }

    /// The pane scroll keys move.
    pub fn reading_pane(&mut self) -> Option<&mut TextPane> {
        self.panes.get_mut(&self.reading)
    }
}

/// What an output's pane is made from: the correction if there is one, else the answer, else the failure.
pub(super) fn output_source(doc: &TicketDoc, shown: usize, draft: &Draft) -> Source {
    let at = doc.display_order.get(shown).copied().unwrap_or(shown);
    let Some(output) = doc.outputs.get(at) else {
        return Source::Plain(Arc::from(""));
    };
    let correction = draft.correction.as_deref().filter(|_| draft.corrects == at);
    match (correction, &output.message, &output.error) {
        (Some(text), ..) => match document::blank(text) {
            Some(nothing) => Source::Styled(Arc::new(nothing)),
            None => Source::Text(Arc::from(text)),
        },
        (_, Some(message), _) => Source::Message(Arc::clone(message), output.raw.clone()),
        (_, None, Some(error)) => Source::Plain(Arc::from(error.as_str())),
        (_, None, None) => Source::Styled(Arc::new(document::note("(no answer)"))),
    }
}

impl TicketState {
    /// What the layout depends on.
    pub fn options(&self, size: Size) -> TicketOptions {
        let Some(doc) = &self.doc else {
            return TicketOptions::default();
        };
        let columns = (size.width * 2 / 5).clamp(40, 72);
        let lines = form_view::lines(doc, &self.draft, &self.ghosts(), &self.form, columns);
        let request = self.view.panes.get(&Pane::Request);
        TicketOptions {
            rail: self.view.rail,
            outputs: doc.outputs.len(),
            output: self.view.output,
            reference: self.view.reference && doc.reference.is_some(),
            tab: self.view.tab,
            zoom: self.view.zoom,
            form_lines: lines.len().min(200) as u16,
            request_lines: request.map_or(4, |pane| pane.rows().rows().len().min(200) as u16),
            instructions: !(doc.eval.instructions.is_empty() && doc.eval.purpose.is_empty()),
            why_lines: u16::from(super::why_here(doc).is_some()),
        }
    }

    /// Where everything stands.
    pub fn layout(&self, size: Size) -> TicketLayout {
        layout(size, &self.options(size))
    }

    /// Whether every question with its levels is in sight at this size.
    pub fn shows_whole_form(&self, size: Size) -> bool {
        let (Some(doc), Some(form)) = (&self.doc, self.layout(size).form) else {
            return false;
        };
        let (columns, rows) = (form.body.width, usize::from(form.body.height));
        form_view::lines(doc, &self.draft, &self.ghosts(), &self.form, columns).len() <= rows
    }

    /// Gives every pane its size.
    pub fn fit(&mut self, size: Size) {
        let first = self.layout(size);
        // The request's share of the column depends on its rows at the column's width.
        if let Some(area) = first.pane(Pane::Request)
            && let Some(pane) = self.view.panes.get_mut(&Pane::Request)
        {
            pane.resize(area.body.width, area.body.height);
        }
        let layout = self.layout(size);
        for (pane, area) in &layout.texts {
            if let Some(text) = self.view.panes.get_mut(pane) {
                text.resize(area.body.width, area.body.height);
            }
        }
        if let Some(editor) = &mut self.editor
            && let Some(area) = layout.pane(Pane::Output(self.view.output))
        {
            editor.resize(area.body.width, area.body.height);
        }
        if let (Some(area), Some(text)) = (layout.judge, self.view.panes.get_mut(&Pane::Judge)) {
            text.resize(area.body.width, area.body.height);
        }
    }

    /// Panes that Tab goes through at this size.
    pub fn stops(&self, size: Size) -> Vec<Pane> {
        let layout = self.layout(size);
        if layout.tabs.is_some() {
            return self.tabs();
        }
        let mut stops = vec![Pane::Form];
        stops.extend(layout.texts.iter().map(|(pane, _)| *pane));
        if let Some(doc) = &self.doc
            && doc.outputs.len() > 1
            && layout.texts.len() == 2
        {
            // Only one of several outputs fits: Tab goes through them all.
            stops.retain(|pane| !matches!(pane, Pane::Output(_)));
            stops.extend((0..doc.outputs.len()).map(Pane::Output));
        }
        if layout.judge.is_some() {
            stops.push(Pane::Judge);
        }
        stops
    }

    /// The tabs where only one text fits.
    pub fn tabs(&self) -> Vec<Pane> {
        let Some(doc) = &self.doc else {
            return Vec::new();
        };
        let mut tabs = vec![Pane::Request];
        tabs.extend((0..doc.outputs.len()).map(Pane::Output));
        tabs.push(Pane::Judge);
        if doc.reference.is_some() {
            tabs.push(Pane::Reference);
        }
        tabs
    }

    /// What a pane is called.
    pub fn pane_word(&self, pane: Pane) -> String {
        let outputs = self.doc.as_ref().map_or(0, |doc| doc.outputs.len());
        match pane {
            Pane::Form => "Questions".to_owned(),
            Pane::Request => "Request".to_owned(),
            Pane::Output(_) if outputs < 2 => "Output".to_owned(),
            Pane::Output(shown) => format!("Output {}", shown + 1),
            Pane::Judge => "Judge".to_owned(),
            Pane::Reference => "Reference".to_owned(),
        }
    }

    /// The tab in a column of the line of tabs. Each is its name between blanks, and a blank follows.
    pub fn tab_at(&self, column: u16) -> Option<Pane> {
        let mut from = 0;
        self.tabs().into_iter().find(|pane| {
            let to = from + width::of(&self.pane_word(*pane)) + 2;
            let hit = (from..to).contains(&usize::from(column));
            from = to + 1;
            hit
        })
    }

    /// Shows a tab. What is read changes; the keys of the form stay where they are.
    pub fn show_tab(&mut self, pane: Pane) {
        self.focus(pane);
        self.view.focus = Pane::Form;
    }

    /// Focuses a pane and shows it where only one fits.
    pub fn focus(&mut self, pane: Pane) {
        self.view.focus = pane;
        if pane == Pane::Form {
            return;
        }
        self.view.tab = pane;
        self.view.reading = pane;
        self.view.reference =
            pane == Pane::Reference || (self.view.reference && pane != Pane::Request);
        if let Pane::Output(at) = pane {
            self.view.output = at;
        }
        if self.view.zoom.is_some() {
            self.view.zoom = Some(pane);
        }
    }

    /// Builds the judge's text anew and lights what it quotes.
    pub fn show_judge(&mut self) {
        let (text, quotes) = super::judge_text::text(self);
        let pane = TextPane::new(Source::Text(Arc::from(text)), self.view.options);
        self.view.panes.insert(Pane::Judge, pane);
        let lit = match self.draft.note_range {
            Some((from, to)) if quotes.is_empty() => Lit::Range(from..to, Style::Note),
            _ => Lit::Quotes(quotes),
        };
        for (key, pane) in &mut self.view.panes {
            if matches!(key, Pane::Output(_)) {
                pane.light(lit.clone());
            }
        }
    }
}
