//! Rubrics as work in progress: tried on one example, compared with their earlier versions, drafted from what
//! people wrote.
//!
//! Nothing here writes a verdict or puts a rubric to use.

mod draft;
mod history;
mod screen;
mod sending;
mod test;
mod versions;

pub use draft::{Drafted, GenerateOffer, GenerateOrder};
pub use test::QuickTest;
