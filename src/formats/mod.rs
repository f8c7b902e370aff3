//! Bytes to and from domain values: intake readers and training-data writers.

pub mod intake;
