//! Everything the workbench knows, as one plain value.

use std::collections::BTreeMap;

use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::Progress;

use super::activity::ActivityState;
use super::agreement::AgreementState;
use super::effect::{Effect, Order, RequestId};
use super::export::ExportState;
use super::first_run::FirstRun;
use super::home::HomeState;
use super::keymap::KeyMap;
use super::keymap::KeymapError;
use super::layout::Size;
use super::modal::Modal;
use super::practice::Practice;
use super::queue::QueueState;
use super::runs::RunsState;
use super::settings::Settings;
use super::ticket::TicketState;

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
    /// Training data.
    Export,
    /// What judges are doing.
    Activity,
    /// Run groups and their comparison.
    Runs,
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

/// What a reply is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Home.
    Home,
    /// Rows of the queue.
    Rows(super::queue::Fetch),
    /// Numbers of the queue.
    Counts,
    /// Tickets to mark.
    Marks,
    /// The ticket to show, with what was asked for.
    Ticket,
    /// The seat of a ticket that is shown already.
    Seat(TicketId),
    /// The ticket after this one.
    Prefetch,
    /// A longer hold.
    Renew(TicketId),
    /// A safe draft.
    Draft(TicketId),
    /// A commit.
    Submit(TicketId),
    /// A decision about tickets: its words, and whether the open ticket is left behind.
    Decide {
        /// What happened, for the strip.
        words: String,
        /// Whether the next ticket is taken.
        advance: bool,
    },
    /// Undo or redo.
    Undo,
    /// What happened to a ticket.
    History,
    /// The judge, early.
    Reveal(TicketId),
    /// The text from `$EDITOR`.
    Outside(TicketId),
    /// A styled long text.
    Prepare(super::document::PaneKey),
    /// A comparison.
    Diff,
    /// How far judges and people agree.
    Agreement(EvalId),
    /// That page of a blind eval, opened.
    Opened(EvalId),
    /// Formats.
    ExportOptions,
    /// What would be written.
    Preview,
    /// Who could judge.
    Judges,
    /// What judges are doing.
    Activity,
    /// The run groups.
    Groups,
    /// The comparison of a group.
    Group(String),
    /// A group, opened.
    GroupOpened(String),
    /// One item across the candidates of a group.
    Side(i64),
    /// Another wish for a job, and what is said once it is known.
    Steer(&'static str),
    /// What a judge at work has said about the open ticket.
    Look(TicketId),
    /// The judge with what was said against it.
    Disagree(TicketId),
    /// Who could suggest a correction of a ticket.
    SuggestionOffer(TicketId),
    /// A running job.
    Job(Job),
    /// A slice of the index.
    Index,
    /// The mode of an eval, and the eval to go on with.
    Mode(EvalId),
    /// Another reviewer.
    Reviewer(String),
    /// Kept settings.
    Settings,
}

/// A long job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// An import.
    Import,
    /// The sample.
    Demo,
    /// An export.
    Export,
    /// A judge's work.
    Judge,
    /// A judge's suggestion for a ticket.
    Suggest(TicketId),
}

/// Orders that are on their way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Requests {
    next: u64,
    open: BTreeMap<RequestId, Asked>,
    /// How far the long ones are.
    pub progress: BTreeMap<RequestId, Progress>,
}

impl Requests {
    /// Orders something. An older order for the same thing is forgotten: its reply will be stale.
    pub fn ask(&mut self, asked: Asked, order: Order) -> Effect {
        self.forget(&asked);
        self.next += 1;
        let request = RequestId(self.next);
        self.open.insert(request, asked);
        Effect::Ask { request, order }
    }

    /// Waits no longer for this.
    pub fn forget(&mut self, asked: &Asked) {
        self.open.retain(|_, other| other != asked);
    }

    /// Takes what a reply was waited for; `None` for a stale one.
    pub fn settle(&mut self, request: RequestId) -> Option<Asked> {
        self.progress.remove(&request);
        self.open.remove(&request)
    }

    /// What a request is waited for, without settling it.
    pub fn asked(&self, request: RequestId) -> Option<&Asked> {
        self.open.get(&request)
    }

    /// Whether something is waited for that matches.
    pub fn waits(&self, matches: impl Fn(&Asked) -> bool) -> bool {
        self.open.values().any(matches)
    }

    /// The running job of a kind.
    pub fn job(&self) -> Option<RequestId> {
        self.open
            .iter()
            .find(|(_, asked)| matches!(asked, Asked::Job(_)))
            .map(|(id, _)| *id)
    }
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
    /// Training data.
    pub export: Option<ExportState>,
    /// What judges are doing.
    pub activity: ActivityState,
    /// Run groups and their comparison.
    pub runs: RunsState,
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
            export: None,
            activity: ActivityState::default(),
            runs: RunsState::default(),
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
        super::ticket::open::take_next(self, eval, &mut effects);
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
