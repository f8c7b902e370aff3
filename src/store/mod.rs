//! The only SQL.
//!
//! Functions take the facade's connection inside a transaction their caller opened ([`Store::write`],
//! [`Store::read`]) and speak in domain values. Facts are added and never changed; decisions go to
//! [`ledger`]; everything else is recomputed by [`project`]. Tables and their reasons: `migrations/`.

#[macro_use]
pub mod db;

pub mod activity;
mod actor;
pub mod agreement;
pub mod catalog;
mod changed;
mod checkpoints;
pub mod datasets;
pub mod dialect;
pub mod drafts;
mod error;
pub mod export;
pub mod failures;
pub mod filter_sql;
pub mod gates;
pub mod hard;
pub mod ingest;
pub mod jobs;
pub mod judging;
pub mod leases;
pub mod ledger;
pub mod lessons;
pub mod listing;
pub mod near;
pub mod pick;
pub mod places;
pub mod plans;
pub mod project;
pub mod queue;
pub mod rubric_texts;
pub mod rubrics;
pub mod runs;
pub mod said;
pub mod schema;
pub mod search;
pub mod suggestions;
pub mod tally;
#[cfg(test)]
pub mod testing;
pub mod tickets;
pub mod verdicts;
pub mod workspace;

pub use actor::Store;
pub use db::Db;
pub use error::{Result, StoreError};
