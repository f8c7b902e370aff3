//! Everything that can happen to the workbench, as values.

use crossterm::event::{KeyEvent, MouseEvent};

use super::effect::{Outcome, RequestId};

/// One thing that happened.
///
/// Times are milliseconds of a clock that never goes backwards; where it starts does not matter. A key
/// carries the time its bytes were read (replies do not: the runner sends a tick before the first of them), because the rules about bursts and hasty commits rest on it.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A key.
    Key {
        /// As the terminal library reports it.
        key: KeyEvent,
        /// When it was read.
        at_ms: u64,
    },
    /// The mouse.
    Mouse {
        /// As the terminal library reports it.
        mouse: MouseEvent,
        /// When it was read.
        at_ms: u64,
    },
    /// A bracketed paste.
    Paste {
        /// The text, as it came.
        text: String,
        /// When it was read.
        at_ms: u64,
    },
    /// The terminal has this size now.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// Time went on. Wanted no earlier than [`super::AppState::next_tick_ms`] says.
    Tick {
        /// The time now.
        now_ms: u64,
    },
    /// What an order led to.
    Outcome {
        /// The order's id; an id that is no longer waited for is dropped.
        request: RequestId,
        /// The reply.
        outcome: Outcome,
    },
    /// Another process wrote to the workspace.
    Changed,
}
