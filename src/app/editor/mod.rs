//! Writing in a text: an area that holds text, cursor, selection and undo, and the window on it.
//!
//! [`TextArea`] hides who holds the text. `tui_textarea` does up to [`SMALL`] bytes; it copies and counts too
//! much beyond that, and its places are 16 bits wide, so longer texts are held by [`LineArea`], which touches
//! only the lines an edit touches. Texts over [`OUTSIDE`] belong into `$EDITOR`.

mod area;
mod keys;
mod large;
mod small;
mod viewport;

pub use area::{Area, Position, TextArea};
pub use keys::EditorState;
pub use large::LineArea;
pub use small::SmallArea;
pub use viewport::{EditorRow, EditorView};

/// Bytes up to which `tui_textarea` holds the text.
pub const SMALL: usize = 256 * 1024;
/// Bytes beyond which a text is edited in `$EDITOR` only.
pub const OUTSIDE: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests;
