//! Runs: every item of an eval to every candidate, kept as outputs that judges and people score like any other.
//!
//! [`order`] reads what is wanted, [`group`] finds or makes the group it belongs to, [`offer`] says what it would do
//! and cost, [`run`] does it: one thread takes items ([`feed`]), one talks to the model (the judge's driver), the
//! caller's writes what comes back ([`keep`]). Each may be killed at any point; the next start asks only what is
//! missing. A group's outputs are tickets of an eval of the group's own, under the rubric version the group was made
//! with, so the plan of the eval the items come from stays as it was drawn.

mod ask;
mod asking;
pub(super) mod beside;
mod feed;
pub(super) mod group;
mod keep;
mod left;
mod list;
mod logged;
mod offer;
mod opening;
pub(super) mod order;
pub mod page;
pub mod prefer;
mod run;
pub(super) mod scores;
#[cfg(test)]
mod tests;
mod work;

pub use keep::Kept;
pub use list::{CandidateLine, GroupLine, RunLine};
pub use logged::LoggedTaken;
pub use offer::{CandidateOffer, RunOffer};
pub use order::RunOrder;
pub use run::{CandidateReport, RunProgress, RunReport};
