//! Terminal guard, event loop, effect runner.

pub mod external;
pub mod pace;
pub mod terminal;
