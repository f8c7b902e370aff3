//! The writers against rows as reviewers leave them.

mod lines;
mod properties;
mod refusals;
mod toy;
