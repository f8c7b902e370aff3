//! Judging as claiming: a judge takes its seat on a ticket by lease, asks, and leaves verdicts as they come.
//!
//! [`order`] reads what is wanted, [`offer`] says what it would do and cost, [`run`] does it: one thread claims
//! and reads tickets ([`work`]), one talks to the model ([`drive`]), the caller's writes what comes back
//! ([`keep`]). Each may be killed at any point; the next start goes on with what is missing.

mod activity;
pub(in crate::engine) mod again;
mod doctor;
pub(super) mod drive;
mod ending;
mod feed;
pub(in crate::engine) mod first_send;
pub(in crate::engine) mod keep;
pub(in crate::engine) mod learn;
mod limit;
pub(in crate::engine) mod offer;
pub(in crate::engine) mod order;
mod probe_cost;
mod probing;
pub(in crate::engine) mod purse;
mod readings;
pub(in crate::engine) mod retried;
mod rounds;
mod route;
pub(in crate::engine) mod run;
pub(in crate::engine) mod running;
mod suggest;
mod tally;
pub(in crate::engine) mod unit;
pub(in crate::engine) mod unsaved;
mod usable;
pub(in crate::engine) mod work;

pub use crate::judge::retrieve::MOST_SHOTS;
pub use doctor::{EndpointReport, look_at_endpoints};
pub use ending::Report;
pub use offer::{Cost, Offer};
pub use order::{By, JudgeOrder, Reach};
pub use probe_cost::ProbeOffer;
pub use probing::{CriterionShifts, ProbeOrder, ProbeReport, probe_judge};
pub use route::RuleCount;
pub use run::Control;
pub use running::Progress;
pub use suggest::{SuggestOrder, SuggestReport, Suggested};
pub use tally::Kept;
pub use usable::{PASSES_ON, UsableJudge};
