//! Values and rules. No I/O, no clock, no randomness.

pub mod filter;
pub mod nearest;
pub mod rubric;
