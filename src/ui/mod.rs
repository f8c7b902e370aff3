//! Drawing: reads the state, never writes it.

pub mod editor;
pub mod form;
pub mod glyph;
pub mod home;
pub mod judge;
pub mod pen;
pub mod queue_table;
pub mod theme;
pub mod widgets;
