//! Bytes to and from domain values: intake readers, training-data writers, rubric and gate files.

pub mod gate;
pub mod guidelines;
pub mod intake;
pub mod rubric;
pub mod training;
