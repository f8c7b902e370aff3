//! Markdown to styled text, with the way back to every byte of the source.
//!
//! Markers become styles, bullets and bars; what they enclose stays verbatim, so that a quote found in
//! the source can be lit where it is shown. Line ends inside a paragraph stay line ends: reviewers see
//! the lines the model wrote. Nothing is hidden: link targets, raw HTML, images and reference
//! definitions are shown as text. Tables are aligned where they fit and shown raw where they do not.
//!
//! Nesting is walked with an explicit stack and drawn up to a bounded indent; time is linear.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::style::{Style, StyledText};
use layout::{Layout, Lead};
use table::TableBuffer;

mod code;
mod layout;
mod put;
mod table;
#[cfg(test)]
mod tests;

/// Renders `source` for a pane of `width` cells; the width decides about tables and rules only.
pub fn render(source: &str, width: usize) -> StyledText {
    if nests_too_deep(source) {
        return StyledText::plain(source);
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut renderer = Renderer {
        source,
        layout: Layout::new(source.len(), width),
        inline: Inline::default(),
        links: Vec::new(),
        lists: Vec::new(),
        code: None,
        table: None,
        covered: 0,
        inline_end: 0,
    };
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        renderer.event(event, range);
    }
    renderer.reveal_gap(source.len());
    renderer.layout.finish()
}

/// Markers of enclosing blocks that one line may start with, and bytes they may take.
const MAX_MARKERS: usize = 64;
const MAX_LEADING: usize = 400;

/// Whether a line opens more blocks than anyone writes. The parser looks at every open block on every
/// line, so unbounded nesting would cost the square of the length; such a text is shown as it is.
fn nests_too_deep(source: &str) -> bool {
    source.lines().any(|line| {
        let lead = line.bytes().take_while(|b| {
            matches!(
                b,
                b' ' | b'\t' | b'>' | b'-' | b'*' | b'+' | b'.' | b')' | b'0'..=b'9'
            )
        });
        let (mut bytes, mut markers, mut before) = (0, 0, b' ');
        for byte in lead {
            let ends_marker = byte == b' ' && !matches!(before, b' ' | b'>');
            markers += usize::from(byte == b'>' || ends_marker);
            bytes += 1;
            before = byte;
        }
        markers > MAX_MARKERS || (markers > 0 && bytes > MAX_LEADING)
    })
}

/// Inline markup around the current text, as nesting counts.
#[derive(Default)]
struct Inline {
    heading: Option<u8>,
    strong: usize,
    emphasis: usize,
    struck: usize,
    link: usize,
    quote: usize,
}

impl Inline {
    fn style(&self) -> Style {
        match self.heading {
            Some(level) => Style::Heading(level),
            None if self.link > 0 => Style::Link,
            None if self.strong > 0 && self.emphasis > 0 => Style::StrongEmphasis,
            None if self.strong > 0 => Style::Strong,
            None if self.emphasis > 0 => Style::Emphasis,
            None if self.struck > 0 => Style::Struck,
            None if self.quote > 0 => Style::Quote,
            None => Style::Plain,
        }
    }
}

struct Renderer<'a> {
    source: &'a str,
    layout: Layout,
    inline: Inline,
    /// Kind and target of the links and images around the current text.
    links: Vec<(LinkType, String)>,
    /// Next number of each list around the current item; `None` for bullets.
    lists: Vec<Option<u64>>,
    code: Option<code::CodeBuffer>,
    table: Option<TableBuffer>,
    /// Source up to here is shown or is plain markup.
    covered: usize,
    /// End of the last inline event: where the tail of a link starts.
    inline_end: usize,
}

impl Renderer<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                if let Some(code) = &mut self.code {
                    code.push(&text, range.clone());
                } else {
                    self.put(&text, range.clone(), self.inline.style());
                }
                self.passed(&range);
            }
            Event::Code(text) => {
                let raw = &self.source[range.clone()];
                let inner = raw.find(&*text).map_or(range.clone(), |at| {
                    range.start + at..range.start + at + text.len()
                });
                self.put(&text, inner, Style::Code);
                self.passed(&range);
            }
            Event::Html(_) => {
                self.literal_lines(range.clone(), Style::Dim);
                self.passed(&range);
            }
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {
                self.put(&self.source[range.clone()], range.clone(), Style::Dim);
                self.passed(&range);
            }
            Event::SoftBreak | Event::HardBreak => {
                if self.table.is_none() {
                    self.layout.end_line();
                }
                self.passed(&range);
            }
            Event::Rule => {
                self.reveal_gap(range.start);
                self.layout.rule(range.clone());
                self.passed(&range);
            }
            Event::TaskListMarker(done) => {
                let mark = if done { "[x] " } else { "[ ] " };
                self.put(mark, range.clone(), Style::ListMarker);
                self.passed(&range);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if is_block(&tag) {
            self.reveal_gap(range.start);
        }
        match tag {
            Tag::Heading { level, .. } => {
                let level = level as u8;
                self.inline.heading = Some(level);
                let marker = &"######"[..usize::from(level.min(6))];
                self.layout.open_line();
                self.layout.out.own(marker, Style::Heading(level));
                self.layout.out.own(" ", Style::Heading(level));
            }
            Tag::BlockQuote(_) => {
                self.layout.close_line();
                self.inline.quote += 1;
                self.layout.enter(Lead::Bar);
            }
            Tag::CodeBlock(kind) => {
                self.layout.close_line();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some(code::CodeBuffer::new(info));
            }
            Tag::List(first) => {
                self.layout.close_line();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::FootnoteDefinition(label) => {
                self.layout.close_line();
                let marker = self.source[range.clone()].find("]:").map_or(0, |at| at + 2);
                self.covered = self.covered.max(range.start + marker);
                self.layout.enter(Lead::marker(format!("[^{label}]: ")));
            }
            Tag::Table(columns) => {
                self.layout.close_line();
                self.table = Some(TableBuffer::new(&columns));
            }
            Tag::TableHead | Tag::TableRow => self.in_table(TableBuffer::row),
            Tag::TableCell => self.in_table(TableBuffer::cell),
            inline => self.start_inline(inline, &range),
        }
    }

    fn start_inline(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Emphasis => self.inline.emphasis += 1,
            Tag::Strong => self.inline.strong += 1,
            Tag::Strikethrough => self.inline.struck += 1,
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                self.inline.link += 1;
                self.open_link(link_type, dest_url.into_string(), range);
            }
            Tag::Image {
                link_type,
                dest_url,
                ..
            } => {
                self.open_link(link_type, dest_url.into_string(), range);
                self.own("[image: ", Style::Dim);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_block(&range),
            TagEnd::Heading(_) => {
                self.inline.heading = None;
                self.end_block(&range);
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    code.write(self.source, &range, &mut self.layout);
                }
                self.end_block(&range);
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take()
                    && !table.write(&mut self.layout)
                {
                    self.literal_lines(range.clone(), Style::Plain);
                }
                self.end_block(&range);
            }
            TagEnd::BlockQuote(_) => {
                self.reveal_gap(range.end);
                self.inline.quote = self.inline.quote.saturating_sub(1);
                self.layout.leave();
                self.layout.separate();
            }
            TagEnd::Item => {
                self.reveal_gap(range.end);
                self.layout.leave();
            }
            TagEnd::FootnoteDefinition => {
                self.layout.leave();
                self.layout.separate();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.layout.separate();
                }
            }
            inline => self.end_inline(inline, &range),
        }
    }

    fn end_inline(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.inline.emphasis = self.inline.emphasis.saturating_sub(1),
            TagEnd::Strong => self.inline.strong = self.inline.strong.saturating_sub(1),
            TagEnd::Strikethrough => self.inline.struck = self.inline.struck.saturating_sub(1),
            TagEnd::Link => {
                self.inline.link = self.inline.link.saturating_sub(1);
                self.close_link(range);
            }
            TagEnd::Image => {
                self.own("]", Style::Dim);
                self.close_link(range);
            }
            _ => {}
        }
    }

    fn item(&mut self) {
        self.layout.close_line();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "• ".to_owned(),
        };
        self.layout.enter(Lead::marker(marker));
    }

    fn in_table(&mut self, step: impl FnOnce(&mut TableBuffer)) {
        if let Some(table) = &mut self.table {
            step(table);
        }
    }

    fn end_block(&mut self, range: &Range<usize>) {
        self.layout.close_line();
        self.layout.separate();
        self.passed(range);
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
    )
}
