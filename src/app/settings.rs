//! What a person sets once.

use std::collections::{BTreeMap, BTreeSet};

use super::keymap::Preset;

/// Settings of one person on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Key preset.
    pub preset: Preset,
    /// Action name to chords, over the preset. An empty list takes the default keys away.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Whether lines wrap.
    pub no_wrap: bool,
    /// Whether the queue rail is shown beside a ticket.
    pub rail: bool,
    /// Rubrics (name and version) whose practice tickets were done or skipped.
    pub practised: BTreeSet<String>,
    /// Evals whose instructions were read.
    pub instructed: BTreeSet<String>,
    /// Tickets reviewed so far; the first three show four keys only.
    pub reviewed: u64,
}
