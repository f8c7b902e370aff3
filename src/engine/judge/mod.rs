//! Judging as claiming: a judge takes its seat on a ticket by lease, asks, and leaves verdicts as they come.
//!
//! [`order`] reads what is wanted, [`offer`] says what it would do and cost, [`run`] does it: one thread claims
//! and reads tickets ([`work`]), one talks to the model ([`drive`]), the caller's writes what comes back
//! ([`keep`]). Each may be killed at any point; the next start goes on with what is missing.

mod drive;
mod keep;
mod offer;
mod order;
mod purse;
mod route;
mod run;
mod unit;
mod usable;
mod work;

pub use keep::Kept;
pub use offer::{Cost, Offer};
pub use order::{By, JudgeOrder};
pub use route::RuleCount;
pub use run::{Control, Progress, Report};
pub use usable::UsableJudge;
