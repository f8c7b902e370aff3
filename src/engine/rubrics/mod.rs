//! Rubrics as work in progress: tried on one example, compared with their earlier versions, drafted from what
//! people wrote.
//!
//! Nothing here writes a verdict or puts a rubric to use.


mod history;
mod sending;
mod test;



pub use test::QuickTest;
