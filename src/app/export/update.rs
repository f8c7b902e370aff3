//! What actions do on the export form.

use crate::domain::count::counted;
use crate::domain::view::{ExportOptions, ExportRows, Exported, Failure};

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::modal::{LineEdit, Modal, Prompt, PromptFor};
use super::super::state::{AppState, Asked, Job, Screen, Tone};
use super::super::{ticket, update};
use super::{ExportState, Field, Stage};

/// Opens the form for the eval that is open.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    // The queue's screen knows the eval whatever screen one comes from.
    update::go_queue(state, effects);
    let Some(queue) = &state.queue else {
        return;
    };
    let (eval, name) = (queue.eval, queue.name.clone());
    if state
        .export
        .as_ref()
        .is_none_or(|export| export.eval != eval)
    {
        state.export = Some(ExportState::new(eval, &name));
    }
    state.screen = Screen::Export;
    effects.push(
        state
            .requests
            .ask(Asked::ExportOptions, Order::ExportOptions { eval }),
    );
}

/// Formats and folder have come.
pub(crate) fn options(state: &mut AppState, options: ExportOptions, effects: &mut Vec<Effect>) {
    if let Some(export) = &mut state.export {
        if export.plan.format.is_empty() {
            export.plan.folder.clone_from(&options.folder);
            if let Some(first) = options.formats.first() {
                export.plan.format.clone_from(&first.name);
            }
        }
        export.options = options;
        fit_rows(export);
    }
    preview(state, effects);
}

/// A format of pairs takes pairs, one of single answers does not.
fn fit_rows(export: &mut ExportState) {
    let pairs = export.format().is_some_and(|format| format.pairs);
    match (pairs, export.plan.rows) {
        (_, ExportRows::Suggested) => {}
        (true, _) => export.plan.rows = ExportRows::Pairs,
        (false, ExportRows::Pairs) => export.plan.rows = ExportRows::Corrected,
        (false, _) => {}
    }
}

/// Runs an action on the form; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(export) = &mut state.export else {
        return false;
    };
    let last = Field::ALL.len() - 1;
    match action {
        Action::Down => export.cursor = (export.cursor + 1).min(last),
        Action::Up => export.cursor = export.cursor.saturating_sub(1),
        Action::FieldLeft => turn(state, -1, effects),
        Action::FieldRight => turn(state, 1, effects),
        Action::FieldEdit => edit(state, effects),
        Action::ExportWrite => write(state, effects),
        Action::ExportOverride => ticket::update::prompt(
            state,
            "Why may rows that are measured on be trained on? The manifest prints it.",
            PromptFor::Override,
            false,
        ),
        _ => return false,
    }
    true
}

fn turn(state: &mut AppState, by: isize, effects: &mut Vec<Effect>) {
    let Some(export) = &mut state.export else {
        return;
    };
    let step = |at: usize, len: usize| (at as isize + by).rem_euclid(len.max(1) as isize) as usize;
    match export.field() {
        Field::Format => {
            let formats = &export.options.formats;
            let at = formats
                .iter()
                .position(|f| f.name == export.plan.format)
                .unwrap_or(0);
            if let Some(next) = formats.get(step(at, formats.len())) {
                export.plan.format.clone_from(&next.name);
            }
            fit_rows(export);
        }
        Field::Rows => {
            let all = ExportRows::ALL;
            let at = all
                .iter()
                .position(|rows| *rows == export.plan.rows)
                .unwrap_or(0);
            export.plan.rows = all[step(at, all.len())];
            fit_rows(export);
        }
        Field::Validation => {
            let next = (export.plan.validation * 100.0).round() + 5.0 * by as f64;
            export.plan.validation = next.clamp(0.0, 50.0) / 100.0;
        }
        Field::MinScore => {
            let next = export.plan.min_score.unwrap_or(0.0) + 0.05 * by as f64;
            export.plan.min_score =
                (next > 0.001).then(|| (next * 100.0).round().min(100.0) / 100.0);
        }
        Field::Seed => export.plan.seed = export.plan.seed.saturating_add_signed(by as i64),
        Field::Replace => {
            // What would be written stays what it is.
            export.plan.replace = !export.plan.replace;
            if matches!(export.stage, Stage::Failed(_)) {
                export.stage = Stage::Planning;
            }
            return;
        }
        Field::Filter | Field::Folder | Field::Write => return,
    }
    preview(state, effects);
}

fn edit(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(export) = &state.export else {
        return;
    };
    let field = export.field();
    let text = match field {
        Field::Write => return write(state, effects),
        Field::Format | Field::Rows | Field::Replace => return turn(state, 1, effects),
        Field::Filter => export.plan.filter.clone(),
        Field::MinScore => export
            .plan
            .min_score
            .map_or_else(String::new, |s| s.to_string()),
        Field::Validation => format!("{:.0}", export.plan.validation * 100.0),
        Field::Seed | Field::Folder => export.value(field),
    };
    state.modals.push(Modal::Prompt(Prompt {
        title: field.label().to_owned(),
        purpose: PromptFor::Field(field),
        line: LineEdit::new(text),
        optional: matches!(field, Field::Filter | Field::MinScore),
        error: None,
    }));
}

/// Takes a typed value, or says what is wrong with it.
pub(crate) fn set(state: &mut AppState, field: Field, text: &str) -> Result<(), String> {
    let Some(export) = &mut state.export else {
        return Ok(());
    };
    let plan = &mut export.plan;
    match field {
        Field::Filter => text.clone_into(&mut plan.filter),
        Field::Folder => text.clone_into(&mut plan.folder),
        Field::Seed => {
            plan.seed = text
                .parse()
                .map_err(|_| format!("`{text}` is no seed; write a whole number such as 7"))?;
        }
        Field::MinScore if text.is_empty() => plan.min_score = None,
        Field::MinScore => {
            let score: f64 = text.parse().unwrap_or(f64::NAN);
            if !(0.0..=1.0).contains(&score) {
                return Err(format!("`{text}` is no score; write a number from 0 to 1"));
            }
            plan.min_score = Some(score);
        }
        Field::Validation => {
            let share: f64 = text
                .trim_end_matches(['%', ' '])
                .parse()
                .unwrap_or(f64::NAN);
            if !(0.0..=50.0).contains(&share) {
                return Err(format!("`{text}` is no share; write 0 to 50 percent"));
            }
            plan.validation = share / 100.0;
        }
        Field::Format | Field::Rows | Field::Replace | Field::Write => {}
    }
    Ok(())
}

/// Works out what would be written.
pub(crate) fn preview(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(export) = &mut state.export else {
        return;
    };
    export.preview = None;
    export.problem = None;
    export.stage = Stage::Planning;
    let order = Order::ExportPreview(export.plan.clone());
    effects.push(state.requests.ask(Asked::Preview, order));
}

/// Writes the files.
pub(crate) fn write(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(reason) = update::refusal(state, Action::ExportWrite) {
        state.say(Tone::Refused, reason.to_string());
        return;
    }
    let Some(export) = &mut state.export else {
        return;
    };
    export.stage = Stage::Running;
    let order = Order::ExportRun(export.plan.clone());
    // Asked for once: the next export into the same folder is another one.
    export.plan.replace = false;
    update::job(state, Job::Export, order, effects);
}

/// The plan cannot be used.
pub(crate) fn problem(state: &mut AppState, why: String) {
    if let Some(export) = &mut state.export {
        export.preview = None;
        export.problem = Some(why);
    }
}

/// The file that says where each row of the others comes from.
const PROVENANCE: &str = "provenance.jsonl";

/// The files are written.
pub(crate) fn done(state: &mut AppState, done: Box<Exported>) {
    // Where each row comes from stands beside the rows, and is none itself.
    let data = done.files.iter().filter(|(name, _)| name != PROVENANCE);
    let rows: u64 = data.map(|(_, rows)| rows).sum();
    state.say(
        Tone::Done,
        format!("{} written to {}", counted(rows, "row"), done.folder),
    );
    if let Some(export) = &mut state.export {
        export.stage = Stage::Done(done);
    }
}

/// Nothing was written.
pub(crate) fn failed(state: &mut AppState, failure: Failure) {
    if let Some(export) = &mut state.export {
        export.stage = Stage::Failed(failure);
    }
}
