//! The workbench in a terminal: guard, event loop, effect runner.
//!
//! One thread draws and changes the state; it never waits for disk or network. Terminal events, replies
//! of the desk and time come in as [`Input`](crate::app::input::Input); [`update`](crate::app::update::update)
//! turns them into a new state and effects; [`effects`] carries these out on other threads. Nothing is
//! written to the terminal while nothing changes.

pub mod desk;
pub mod effects;
pub mod engine_desk;
pub mod event_loop;
pub mod external;
#[cfg(test)]
pub(crate) mod fake;
#[doc(hidden)]
pub mod headless;
pub mod keep;
pub mod open;
pub mod pace;
pub mod perform;
pub mod surface;
pub mod terminal;

use std::sync::Arc;

use thiserror::Error;

use crate::app::AppState;
use crate::app::effect::Effect;
use crate::config::{Background, Config, Contrast};
use crate::ui::theme::{Depth, Ground, Theme, wants_ascii};

use desk::Desk;
use perform::Keep;

/// Why the workbench did not run or ended early. The terminal is restored by then.
#[derive(Debug, Error)]
pub enum TuiError {
    /// Standard input or output is a file or a pipe.
    #[error(
        "the workbench needs a terminal on standard input and output; the commands work without one (`docket --help`)"
    )]
    NoTerminal,
    /// The terminal could not be set up, drawn on or read.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] std::io::Error),
}

/// How the workbench ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The person left.
    Quit,
    /// A signal of this number asked for it. What was entered is kept as a draft.
    Signal(i32),
}

/// Runs the workbench until it is left.
///
/// `state` is the first screen, `first` what it asks for. Everything that decides is durable when this
/// returns.
pub fn run(
    desk: Arc<dyn Desk>,
    keep: Arc<dyn Keep>,
    state: AppState,
    first: Vec<Effect>,
    config: &Config,
) -> Result<Ended, TuiError> {
    if !terminal::present() {
        return Err(TuiError::NoTerminal);
    }
    let told = terminal::ask();
    let theme = theme(config, told.ground);
    // One thread: the lanes have their own, and timers and signals need no more.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let guard = terminal::Guard::take(config.mouse, told.keys)?;
    let result = runtime.block_on(event_loop::run(event_loop::Setup {
        desk,
        keep,
        state,
        first,
        theme,
        guard: &guard,
        editor: config.editor.clone(),
    }));
    drop(guard);
    Ok(result?)
}

/// How things look, from the settings, the environment and what the terminal told.
pub fn theme(config: &Config, told: Option<Ground>) -> Theme {
    let var = |name: &str| std::env::var(name).ok();
    Theme {
        depth: Depth::detect(var),
        ground: match config.background {
            Background::Dark => Ground::Dark,
            Background::Light => Ground::Light,
            Background::Auto => told.unwrap_or_default(),
        },
        high_contrast: config.contrast == Contrast::High,
        ascii: wants_ascii(var),
    }
}
