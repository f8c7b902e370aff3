//! docket works through an LLM eval as a ticket queue, on one `SQLite` file.
//!
//! This header is the map. Data goes one way; `tests/it/architecture.rs` reads the `use crate::`
//! lines and fails on an edge that is not listed here. Every layer but `text` and `stats` may use `domain`.
//!
//! | layer | what it is | may use |
//! | --- | --- | --- |
//! | [`domain`] | values and rules: no I/O, no clock | nothing |
//! | [`text`] | sanitise, width, wrap, word diff, Markdown and JSON to styled byte ranges | nothing |
//! | [`config`] | settings of a person and what is remembered between runs | – |
//! | [`formats`] | bytes to and from domain values: intake readers, training writers | – |
//! | [`store`] | the only SQL | – |
//! | [`stats`] | pure numbers over slices | nothing |
//! | [`provider`] | the only HTTP | – |
//! | [`judge`] | prompts, the reading of replies, checks: pure | provider, text |
//! | [`engine`] | use cases; what command line and screens both call | stats, formats, store, provider, judge, text |
//! | [`app`] | screen state and `update(state, input) -> effects`: pure | text, config |
//! | [`ui`] | `view(&state, frame)`: reads, never writes | app, text |
//! | [`tui`] | terminal guard, event loop, effect runner | ui, app, engine, text, config |
//! | [`cli`] | one small file per command | engine, formats, text, config, tui (to open the workbench) |

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod formats;
pub mod judge;
pub mod provider;
pub mod stats;
pub mod store;
pub mod text;
pub mod tui;
pub mod ui;
