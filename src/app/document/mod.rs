//! Texts in panes: what they are made from, how they are scrolled, searched and selected.

mod build;
mod fold;
mod pane;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::Json;
use crate::domain::message::{Message, Request};
use crate::text::StyledText;
use crate::text::json::Fold;
use crate::text::view::WrapCache;

pub use build::{blank, build, note, source_len};
pub use pane::{Lit, Selection, TextPane};

/// Texts longer than this are styled off the screen's thread; a plain beginning shows at once.
pub const LONG: usize = 1024 * 1024;

/// What a pane's text is made from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A conversation.
    Request(Arc<Request>, Option<Json>),
    /// One answer, its raw form, and what an edit made of it.
    Message(Arc<Message>, Option<Json>),
    /// A text in Markdown.
    Text(Arc<str>),
    /// A text shown as it is.
    Plain(Arc<str>),
    /// A text that was styled elsewhere.
    Styled(Arc<StyledText>),
}

impl Source {
    /// The text a model or a person wrote, if it is one text.
    pub fn written(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Message(message, _) => Some(build::first_text(message).into()),
            Self::Text(text) | Self::Plain(text) => Some((&**text).into()),
            Self::Request(..) | Self::Styled(_) => None,
        }
    }
}

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TextOptions {
    /// As logged.
    pub raw: bool,
    /// Standing instructions and tool schemas in full.
    pub unfolded: bool,
    /// Lines are cut at the edge instead of wrapped.
    pub no_wrap: bool,
}

/// Names the pane a long text is prepared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaneKey {
    /// Which pane.
    pub pane: super::ticket::Pane,
    /// Rises with every change of text, options or width.
    pub revision: u64,
}

/// A long text to style and wrap.
#[derive(Debug, Clone, PartialEq)]
pub struct TextJob {
    /// For which pane.
    pub key: PaneKey,
    /// From what.
    pub source: Source,
    /// How.
    pub options: TextOptions,
    /// Columns.
    pub width: usize,
    /// JSON nodes that a person folded or opened, by the place of their bracket.
    pub toggled: BTreeSet<usize>,
}

/// A text ready to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// For which pane.
    pub key: PaneKey,
    /// The text.
    pub text: Arc<StyledText>,
    /// Its JSON nodes.
    pub folds: Arc<[Fold]>,
    /// Its rows.
    pub rows: WrapCache,
}

/// Does the work of a [`TextJob`]; called off the screen's thread.
pub fn prepare(job: &TextJob) -> Prepared {
    let built = build(&job.source, job.options, job.width, &job.toggled);
    let text = Arc::new(built.text);
    let rows = WrapCache::new(&text, pane::wrap_width(job.width, job.options));
    Prepared {
        key: job.key,
        text,
        folds: built.folds.into(),
        rows,
    }
}
