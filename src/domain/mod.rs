//! Values and rules. No I/O, no clock, no randomness.

pub mod canonical;
pub mod ids;
pub mod json;
pub mod message;
pub mod nearest;
pub mod record;
pub mod split;
pub mod training;

pub use json::Json;
