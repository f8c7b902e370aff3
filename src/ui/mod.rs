//! Drawing: reads the state, never writes it.

pub mod glyph;
pub mod pen;
pub mod theme;
pub mod widgets;
