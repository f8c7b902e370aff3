//! Values and rules. No I/O, no clock, no randomness.

pub mod canonical;
pub mod ids;
pub mod json;
pub mod message;
pub mod record;

pub use json::Json;
