//! Values and rules. No I/O, no clock, no randomness.

pub mod canonical;
pub mod catalog;
pub mod count;
pub mod effective;
pub mod eval;
pub mod event;
mod event_judge;
pub mod failure;
pub mod filter;
pub mod fold;
pub mod gate;
pub mod group_scores;
pub mod ids;
pub mod job;
pub mod json;
pub mod judge_version;
pub mod learning;
pub mod message;
pub mod nearest;
pub mod plan;
pub mod preference;
pub mod recipe;
pub mod record;
pub mod review;
pub mod route;
pub mod rubric;
pub mod run;
pub mod sight;
pub mod split;
pub mod standing;
pub mod suggestion;
pub mod ticket;
pub mod training;
pub mod verdict;
pub mod view;

pub use json::Json;
