//! What a stretch of text means, and the text that carries such meanings.

use std::ops::Range;

use super::offsets::OffsetMap;
use super::sanitise::{Form, Source, Writer};
use super::wrap::Line;

/// What a stretch of text is. How it looks is decided by the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// Running text.
    #[default]
    Plain,
    /// Strongly emphasised.
    Strong,
    /// Emphasised.
    Emphasis,
    /// Strongly emphasised inside emphasis.
    StrongEmphasis,
    /// Struck through.
    Struck,
    /// Code in running text.
    Code,
    /// A line of a code block.
    CodeBlock,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// Quoted text.
    Quote,
    /// The text of a link.
    Link,
    /// Bullet, number or check box of a list item.
    ListMarker,
    /// Lines between table cells, and rules.
    TableRule,
    /// Key of a JSON object.
    JsonKey,
    /// JSON string.
    JsonString,
    /// JSON number.
    JsonNumber,
    /// `true`, `false`, `null`.
    JsonLiteral,
    /// Brackets, colons, commas.
    JsonPunct,
    /// The name of who speaks.
    Role(Role),
    /// Less important than what surrounds it.
    Dim,
    /// Added by an edit.
    Inserted,
    /// Would be added by an edit that is not taken.
    Offered,
    /// Removed by an edit.
    Deleted,
    /// Quoted by a judge as what is wrong.
    Evidence,
    /// Quoted by a judge as what is right.
    Merit,
    /// The range a note stands on.
    Note,
    /// Found by a search.
    SearchHit,
    /// The search hit the cursor is on.
    CurrentHit,
    /// Stand-in for a character that must not be shown.
    Visible,
}

/// Who speaks in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions of the application.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool's result.
    Tool,
    /// Any other name.
    Other,
}

/// A text that may be shown, with its lines, its meanings and the way back to its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StyledText {
    text: String,
    runs: Vec<(Range<usize>, Style)>,
    lines: Vec<Line>,
    map: OffsetMap,
}

impl StyledText {
    /// A text shown as it is, its lines kept.
    pub fn plain(source: &str) -> Self {
        let mut builder = Builder::with_capacity(source.len());
        builder.source(source, 0, Style::Plain);
        builder.finish()
    }

    /// The sanitised text, lines separated by line feeds.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Non-overlapping styled ranges in order; what lies between is [`Style::Plain`].
    pub fn runs(&self) -> &[(Range<usize>, Style)] {
        &self.runs
    }

    /// The line table; never empty.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// One line without its line end; empty if there is no such line.
    pub fn line(&self, index: usize) -> &str {
        self.lines
            .get(index)
            .map_or("", |line| &self.text[line.start..line.end])
    }

    /// The line that holds the byte `offset` of the text.
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines
            .partition_point(|line| line.start <= offset)
            .saturating_sub(1)
    }

    /// The way back to the source.
    pub fn map(&self) -> &OffsetMap {
        &self.map
    }

    /// The runs that touch `range`, in order.
    pub fn runs_in(&self, range: &Range<usize>) -> &[(Range<usize>, Style)] {
        let from = self.runs.partition_point(|(run, _)| run.end <= range.start);
        let rest = &self.runs[from..];
        &rest[..rest.partition_point(|(run, _)| run.start < range.end)]
    }

    /// The style of the byte at `offset`.
    pub fn style_at(&self, offset: usize) -> Style {
        self.runs_in(&(offset..offset + 1))
            .first()
            .map_or(Style::Plain, |(_, style)| *style)
    }
}

/// Builds a [`StyledText`] piece by piece; sanitises whatever it is given.
#[derive(Debug, Default)]
pub struct Builder {
    writer: Writer,
    runs: Vec<(Range<usize>, Style)>,
    indents: Vec<(usize, usize, usize)>,
}

impl Builder {
    /// A builder for a text of about this length.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            writer: Writer::with_capacity(bytes + bytes / 8),
            ..Self::default()
        }
    }

    /// Bytes of shown text so far.
    pub fn len(&self) -> usize {
        self.writer.text.len()
    }

    /// Whether nothing was appended yet.
    pub fn is_empty(&self) -> bool {
        self.writer.text.is_empty()
    }

    /// The shown text so far.
    pub fn text(&self) -> &str {
        &self.writer.text
    }

    /// Appends `raw`, which is the source text from `offset` on.
    pub fn source(&mut self, raw: &str, offset: usize, style: Style) {
        self.put(raw, &Source::At(offset), style, Form::Lines);
    }

    /// Appends `raw`, decoded from the source bytes `span` and different from them, as one line.
    pub fn decoded(&mut self, raw: &str, span: Range<usize>, style: Style) {
        self.put(raw, &Source::Span(span), style, Form::Line);
    }

    /// Appends `raw`, which is the source text from `offset` on, as one line.
    pub fn source_line(&mut self, raw: &str, offset: usize, style: Style) {
        self.put(raw, &Source::At(offset), style, Form::Line);
    }

    /// Appends text that is not in the source.
    pub fn own(&mut self, text: &str, style: Style) {
        self.put(text, &Source::Own, style, Form::Lines);
    }

    /// Appends text that is not at this place of the source, as one line.
    pub fn own_line(&mut self, text: &str, style: Style) {
        self.put(text, &Source::Own, style, Form::Line);
    }

    /// Ends the current line.
    pub fn newline(&mut self) {
        self.own("\n", Style::Plain);
    }

    /// Sets how continuation rows of the current line stand: indented by `hang` cells, in which the
    /// first `lead` bytes of the line are repeated. Holds for this line only.
    pub fn hang(&mut self, hang: usize, lead: usize) {
        let bytes = self.writer.text.as_bytes();
        let line_start = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        self.indents.push((line_start, hang, lead));
    }

    /// Appends another builder's text.
    pub fn append(&mut self, other: &Self) {
        let base = self.len();
        self.writer.append(&other.writer);
        for (run, style) in &other.runs {
            self.run(base + run.start..base + run.end, *style);
        }
    }

    /// The finished text.
    pub fn finish(self) -> StyledText {
        let text = self.writer.text;
        let mut lines = super::wrap::lines_of(&text);
        for (start, hang, lead) in self.indents {
            if let Ok(index) = lines.binary_search_by_key(&start, |line| line.start) {
                let line = &mut lines[index];
                line.hang = hang;
                line.lead = lead.min(line.end - line.start);
            }
        }
        StyledText {
            text,
            runs: self.runs,
            lines,
            map: self.writer.map,
        }
    }

    fn put(&mut self, raw: &str, source: &Source, style: Style, form: Form) {
        let start = self.len();
        let stand_ins = self.writer.map.revealed_count();
        self.writer.write(raw, source, form);
        let end = self.len();
        if self.writer.map.revealed_count() == stand_ins {
            self.run(start..end, style);
            return;
        }
        let mut at = start;
        let revealed: Vec<_> = self.writer.map.revealed(start..end).collect();
        for range in revealed {
            self.run(at..range.start, style);
            self.run(range.clone(), Style::Visible);
            at = range.end;
        }
        self.run(at..end, style);
    }

    fn run(&mut self, range: Range<usize>, style: Style) {
        if style == Style::Plain || range.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some((last, same)) if *same == style && last.end == range.start => last.end = range.end,
            _ => self.runs.push((range, style)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_marked_as_stand_ins() {
        let text = StyledText::plain("a\x1b[2Jb\nc");
        assert_eq!(text.text(), "a␛[2Jb\nc");
        assert_eq!(text.runs(), [(1..4, Style::Visible)]);
        assert_eq!(text.line(0), "a␛[2Jb");
        assert_eq!(text.line_at(9), 1);
        assert_eq!(text.line(7), "");
    }

    #[test]
    fn runs_join_and_are_found_by_range() {
        let mut builder = Builder::default();
        builder.source("one ", 0, Style::Strong);
        builder.source("two", 4, Style::Strong);
        builder.own(" · ", Style::Dim);
        builder.source("three", 7, Style::Plain);
        let text = builder.finish();
        assert_eq!(text.runs(), [(0..7, Style::Strong), (7..11, Style::Dim)]);
        assert_eq!(text.runs_in(&(8..20)), [(7..11, Style::Dim)]);
        assert_eq!(text.style_at(3), Style::Strong);
        assert_eq!(text.style_at(13), Style::Plain);
        assert_eq!(text.map().text_range(7..12), Some(11..16));
    }

    #[test]
    fn a_decoded_piece_maps_to_all_of_its_source() {
        let mut builder = Builder::default();
        builder.decoded("&", 3..8, Style::Plain);
        let text = builder.finish();
        assert_eq!(text.map().source_range(0..1), 3..8);
    }

    #[test]
    fn hang_belongs_to_its_line_only() {
        let mut builder = Builder::default();
        builder.own("• ", Style::ListMarker);
        builder.hang(2, 0);
        builder.source("item", 2, Style::Plain);
        builder.newline();
        builder.own("next", Style::Plain);
        let text = builder.finish();
        assert_eq!(text.lines()[0].hang, 2);
        assert_eq!(text.lines()[1].hang, 0);
    }
}
