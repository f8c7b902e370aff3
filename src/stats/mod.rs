//! Numbers over slices: estimates, intervals, tests and agreement. A pure leaf; every formula names its source.
//!
//! A number that is undefined is `None`, never 0 and never NaN: no item, one item, one cluster, no variation,
//! a value that is not finite. Nothing here panics, reads a clock or draws a random number that its caller did
//! not seed. Two-sided confidence is given as 0.95, one-sided error as `alpha` = 0.05.
//!
//! | question | files |
//! | --- | --- |
//! | one group | [`mean`], [`proportion`], [`bounds`], [`describe`] |
//! | two groups on the same items | [`paired`], [`bootstrap`], [`rank_tests`], [`multiple`] |
//! | many candidates | [`bradley_terry`], [`length_control`] |
//! | reruns | [`reruns`], [`icc`] |
//! | people among themselves | [`krippendorff`], [`gwet`], [`kappa`] |
//! | judge against people | [`against_human`], [`calibration`] |
//! | human-level estimates | [`ppi`], [`active`], [`rogan_gladen`] |
//! | what to review next | [`priority`], [`risk`] |
//! | how much is enough, and the release | [`power`], [`sequential`], [`gate`] |
//! | same texts | [`overlap`], [`minhash`] |
//! | token probabilities | [`logprob`] |
//! | all cores, the same numbers | [`parallel`] |

// Formulas keep the letters of their sources, authors their names, and equal scores are ties, exactly.
#![allow(
    clippy::many_single_char_names,
    clippy::doc_markdown,
    clippy::float_cmp
)]

pub mod active;
pub mod against_human;
pub mod bootstrap;
mod bootstrap_types;
pub mod bounds;
pub mod bradley_terry;
pub mod calibration;
pub mod clusters;
pub mod describe;
pub mod distributions;
pub mod estimate;
pub mod gate;
pub mod gwet;
pub mod halo;
pub mod icc;
pub mod kappa;
pub mod krippendorff;
pub mod length_control;
mod logistic;
pub mod logprob;
pub mod mean;
pub mod minhash;
pub mod multiple;
pub mod overlap;
pub mod paired;
pub mod parallel;
pub mod power;
pub mod ppi;
pub mod priority;
pub mod proportion;
pub mod rank_tests;
pub mod reruns;
pub mod risk;
pub mod rogan_gladen;
pub mod sequential;

pub use clusters::Clusters;
pub use estimate::{Estimate, Interval, Method};
