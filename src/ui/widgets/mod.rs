//! The pieces screens are made of. Each draws one thing into one rectangle and knows no screen.

pub mod bar;
pub mod dialog;
pub mod rule;
pub mod table;
pub mod tabs;
pub mod text_pane;
pub mod wait;
