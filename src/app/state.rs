//! Everything the workbench knows, as one plain value.

use std::collections::BTreeMap;

use crate::domain::ids::{EvalId, TicketId};

use super::activity::ActivityState;
use super::agreement::AgreementState;
use super::effect::{Effect, Order};
use super::export::ExportState;
use super::first_run::FirstRun;
use super::gate::GateState;
use super::home::HomeState;
use super::keymap::KeyMap;
use super::keymap::KeymapError;
use super::layout::Size;
use super::modal::Modal;
use super::practice::Practice;
use super::queue::QueueState;
use super::rubric::RubricState;
use super::runs::RunsState;
use super::settings::Settings;
use super::ticket::TicketState;

pub use super::requests::{Asked, Job, Requests};

/// Which screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    /// An empty workspace.
    FirstRun,
    /// The evals.
    Home,
    /// The tickets of one eval.
    Queue,
    /// One ticket.
    Ticket,
    /// A practice ticket.
    Practice,
    /// How far judges and people agree.
    Agreement,
    /// The rubrics.
    Rubric,
    /// Training data.
    Export,
    /// What judges are doing.
    Activity,
    /// Run groups and their comparison.
    Runs,
    /// The release rule, held against candidates.
    Gate,
}

/// A line about what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// The words.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    /// Whether "u undo" stands behind it.
    pub undo: bool,
    /// When it goes away, if it does by itself.
    pub until_ms: Option<u64>,
    /// What it speaks of, once that is known: it goes with it.
    pub about: Option<About>,
}

/// What a line speaks of: a screen, and the ticket on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The screen.
    pub screen: Screen,
    /// The ticket that was open there.
    pub ticket: Option<TicketId>,
}

/// How a line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// It is done.
    Done,
    /// A key did nothing, and why.
    Refused,
    /// Something failed.
    Failed,
    /// Something to know.
    Notice,
}

/// When keys came, for the rules about bursts and haste.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyTimes {
    /// The last byte.
    pub last_ms: Option<u64>,
    /// The last Ctrl-c.
    pub interrupt_ms: Option<u64>,
}

/// The workbench.
#[derive(Debug, Clone, PartialEq)]
pub struct AppState {
    /// Size of the terminal.
    pub size: Size,
    /// The latest time an input brought.
    pub now_ms: u64,
    /// What is shown.
    pub screen: Screen,
    /// The first screen of an empty workspace.
    pub first_run: FirstRun,
    /// The evals.
    pub home: HomeState,
    /// The tickets of the eval that is open.
    pub queue: Option<QueueState>,
    /// The ticket that is open.
    pub ticket: Option<Box<TicketState>>,
    /// Practice.
    pub practice: Option<Box<Practice>>,
    /// How far judges and people agree.
    pub agreement: Option<AgreementState>,
    /// The rubrics.
    pub rubric: Option<Box<RubricState>>,
    /// Training data.
    pub export: Option<ExportState>,
    /// What judges are doing.
    pub activity: ActivityState,
    /// Run groups and their comparison.
    pub runs: RunsState,
    /// The release rule, held against candidates.
    pub gate: GateState,
    /// Dialogs, the topmost last.
    pub modals: Vec<Modal>,
    /// Keys.
    pub keymap: KeyMap,
    /// What this person set.
    pub settings: Settings,
    /// Orders on their way.
    pub requests: Requests,
    /// What just happened.
    pub strip: Option<Strip>,
    /// When keys came.
    pub keys: KeyTimes,
    /// Whether rows wait for the search index.
    pub unindexed: bool,
    /// Whether something changed since the last drawing.
    pub dirty: bool,
    /// Whether the workbench is ending.
    pub quitting: bool,
}

/// Milliseconds a line about something done stays, and "u undo" with it.
pub const STRIP_MS: u64 = 6000;

impl AppState {
    /// A workbench that has seen nothing yet; [`AppState::start`] makes it load. Keys that cannot be used are
    /// named in the strip, and the preset's own are taken.
    pub fn new(size: Size, settings: Settings) -> Self {
        let (keymap, problem) = match KeyMap::build(settings.preset, &settings.keys) {
            Ok(keymap) => (keymap, None),
            Err(problem) => (
                KeyMap::build(settings.preset, &BTreeMap::new()).unwrap_or_default(),
                Some(problem),
            ),
        };
        Self {
            size,
            now_ms: 0,
            screen: Screen::Home,
            first_run: FirstRun::default(),
            home: HomeState::default(),
            queue: None,
            ticket: None,
            practice: None,
            agreement: None,
            rubric: None,
            export: None,
            activity: ActivityState::default(),
            runs: RunsState::default(),
            gate: GateState::default(),
            modals: Vec::new(),
            keymap,
            settings,
            requests: Requests::default(),
            strip: problem.map(|problem: KeymapError| Strip {
                text: format!("your keys are not used: {problem}"),
                tone: Tone::Failed,
                undo: false,
                until_ms: None,
                about: None,
            }),
            keys: KeyTimes::default(),
            unindexed: false,
            dirty: true,
            quitting: false,
        }
    }

    /// The first orders.
    pub fn start(&mut self) -> Vec<Effect> {
        vec![self.requests.ask(Asked::Home, Order::LoadHome)]
    }

    /// Starts on the next ticket of an eval, as `docket logs.jsonl` and `docket review` do.
    pub fn start_review(&mut self, eval: EvalId) -> Vec<Effect> {
        let mut effects = self.start();
        if self.first_run.ask_name {
            self.first_run.then = Some(eval);
        } else {
            super::ticket::open::take_next(self, eval, &mut effects);
        }
        effects
    }

    /// Says something in the strip.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let stays = match tone {
            Tone::Failed => None,
            Tone::Done | Tone::Notice | Tone::Refused => Some(self.now_ms + STRIP_MS),
        };
        self.strip = Some(Strip {
            text: text.into(),
            tone,
            undo: false,
            until_ms: stays,
            about: None,
        });
        self.dirty = true;
    }

    /// Says what was done, with "u undo" behind it.
    pub fn say_done(&mut self, text: impl Into<String>) {
        self.say(Tone::Done, text);
        if let Some(strip) = &mut self.strip {
            strip.undo = true;
        }
    }

    /// Lets the line go that speaks of a screen or a ticket that is not there any more. A new one belongs to what
    /// the input led to.
    pub(crate) fn settle_strip(&mut self) {
        let here = About {
            screen: self.screen,
            ticket: self.ticket.as_ref().and_then(|ticket| ticket.id()),
        };
        let Some(strip) = &mut self.strip else {
            return;
        };
        let stays = match strip.about {
            None => true,
            Some(about) if about.screen != here.screen => false,
            // What was done goes on to the next ticket, so that it can be taken back from there. A ticket that was
            // being fetched is the one it speaks of.
            Some(about) => strip.undo || about.ticket.is_none() || about.ticket == here.ticket,
        };
        if stays {
            strip.about = Some(here);
        } else {
            self.strip = None;
            self.dirty = true;
        }
    }

    /// Takes note that the screen was drawn; whether it had to be.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// When a tick is wanted; `None` while nothing waits for time, so that an idle workbench sleeps.
    pub fn next_tick_ms(&self) -> Option<u64> {
        super::update::next_tick(self)
    }
}
