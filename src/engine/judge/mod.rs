//! Judging as claiming: a judge takes its seat on a ticket by lease, asks, and leaves verdicts as they come.
//!
//! [`order`] reads what is wanted, [`offer`] says what it would do and cost, [`run`] does it: one thread claims
//! and reads tickets ([`work`]), one talks to the model ([`drive`]), the caller's writes what comes back
//! ([`keep`]). Each may be killed at any point; the next start goes on with what is missing.

mod doctor;
pub(super) mod drive;
mod ending;
mod feed;
mod keep;
mod limit;
pub(super) mod offer;
pub(super) mod order;
mod probing;
pub(super) mod purse;
mod route;
pub(super) mod run;
pub(super) mod running;
mod suggest;
mod unit;
mod usable;
mod work;

pub use doctor::{EndpointReport, look_at_endpoints};
pub use ending::Report;
pub use keep::Kept;
pub use offer::{Cost, Offer};
pub use order::{By, JudgeOrder};
pub use probing::{ProbeOrder, ProbeReport, probe_judge};
pub use route::RuleCount;
pub use run::Control;
pub use running::Progress;
pub use suggest::{SuggestOrder, SuggestReport, Suggested};
pub use usable::UsableJudge;
