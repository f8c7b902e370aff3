//! Rubrics as work in progress: tried on one example, compared with their earlier versions, drafted from what
//! people wrote.
//!
//! Nothing here writes a verdict, and a rubric is put to use by [`super::Engine::save_rubric`] alone.

mod draft;
mod finding;
mod history;
mod material;
mod note;
mod probe;
mod rescore;
mod screen;
mod sending;
mod test;
mod trial;
mod unsaved;
mod versions;

pub use draft::{Drafted, GenerateOffer, GenerateOrder};
pub use test::QuickTest;
