//! Text for cells: sanitise, width, wrap, word diff, Markdown and JSON to styled byte ranges.
//!
//! A pure leaf: it uses no other layer and no terminal library. Styles are meanings ([`Style`]); the
//! screen decides how a meaning looks. Everything a [`StyledText`] holds went through [`sanitise`], so
//! a screen or a command line table may print it as it stands; every byte of it can be traced back to
//! the byte of the source it shows ([`OffsetMap`]), which is what notes, evidence marks and copying rest on.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`sanitise`] | which characters of a hostile text may reach a terminal, and what stands for the others |
//! | [`offsets`] | which source bytes a shown byte stands for, and back |
//! | [`width`] | how many cells a text takes; cut and pad to cells |
//! | [`wrap`] | where a line breaks at a given width |
//! | [`style`] | the meanings, and the text that carries them |
//! | [`view`] | the rows of a text at one width, only the visible ones touched |
//! | [`markdown`], [`json`] | model text to styled text |
//! | [`diff`], [`diff_view`] | what an edit changed, which hunks are taken, and how that reads |
//! | [`find`], [`search_terms`] | search in an open text; text and queries for the full-text index |
//! | [`normalise`] | the form in which two requests count as the same |
//! | [`preview`], [`table`] | one line for a list; aligned columns for the command line |

pub mod diff;
pub mod diff_view;
pub mod find;
pub mod html;
pub mod json;
pub mod language;
pub mod markdown;
pub mod normalise;
pub mod numbers;
pub mod offsets;
pub mod preview;
pub mod quote;
pub mod sanitise;
pub mod search_terms;
pub mod style;
pub mod table;
pub mod three_way;
pub mod view;
pub mod width;
pub mod wrap;

pub use offsets::OffsetMap;
pub use style::{Role, Style, StyledText};
