//! Bytes to and from domain values: intake readers, training-data writers, rubric files.

pub mod guidelines;
pub mod intake;
pub mod rubric;
pub mod training;
