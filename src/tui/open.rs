//! Opening the workbench on a workspace.

use std::path::PathBuf;
use std::sync::Arc;

use super::engine_desk::EngineDesk;
use super::keep::{FileKeep, settings};
use super::{Ended, TuiError, run};
use crate::app::AppState;
use crate::app::layout::Size;
use crate::config::{Config, State};
use crate::domain::ids::EvalId;
use crate::engine::Engine;

/// Where the workbench starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// On Home, or on the first screen of an empty workspace.
    Home,
    /// On the next ticket of this eval.
    Review(EvalId),
}

/// Opens the workbench on `engine` until it is left. `folder` is where docket was started; `ask_name` asks who
/// reviews first.
pub fn open(
    engine: Engine,
    folder: PathBuf,
    config: &Config,
    start: Start,
    ask_name: bool,
) -> Result<Ended, TuiError> {
    // What was remembered is a convenience: without it the workbench starts as for a new person.
    let file = State::path().ok();
    let mut remembered = file.as_deref().map(State::load).unwrap_or_default();
    remembered.opened(&folder.join(engine.path()));
    if let Some(file) = &file
        && let Err(error) = remembered.save(file)
    {
        tracing::warn!(%error, "the list of workspaces was not remembered");
    }
    let began = settings(config, &remembered, engine.reviewer());
    let mut state = AppState::new(Size::default(), began.clone());
    state.first_run.ask_name = ask_name;
    let first = match start {
        Start::Home => state.start(),
        Start::Review(eval) => state.start_review(eval),
    };
    let keep = FileKeep::new(file.unwrap_or_default(), remembered, began);
    run(
        Arc::new(EngineDesk::new(engine, folder)),
        Arc::new(keep),
        state,
        first,
        config,
    )
}
