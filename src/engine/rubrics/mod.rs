//! Rubrics as work in progress: tried on one example, compared with their earlier versions, drafted from what
//! people wrote.
//!
//! Nothing here writes a verdict or puts a rubric to use.

mod draft;
mod history;
mod material;
mod note;
mod probe;
mod rescore;
mod sending;
mod test;
mod trial;
mod versions;

pub use draft::{Drafted, GenerateOffer, GenerateOrder};
pub use test::QuickTest;
