//! The event loop: wait, take in everything that is there, change the state, draw when due.

mod lend;
mod paint;
mod signals;

use std::future::{pending, poll_fn};
use std::io::{self, BufWriter, Stdout};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{Event, EventStream, KeyEventKind};
use crossterm::execute;
use futures_util::StreamExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, sleep_until};

use crate::app::AppState;
use crate::app::effect::{Command, Effect, Order, RequestId};
use crate::app::input::Input;
use crate::app::update::update;
use crate::domain::view::Failure;
use crate::ui::theme::Theme;

use super::Ended;
use super::desk::Desk;
use super::effects::Runner;
use super::pace::Pace;
use super::perform::Keep;
use super::surface::Surface;
use super::terminal::{self, Guard};
use signals::{Asked, HANG_UP};

/// How often to look whether another process wrote.
const WATCH: Duration = Duration::from_millis(500);

/// What the loop starts with.
pub struct Setup<'a> {
    /// Does the work.
    pub desk: Arc<dyn Desk>,
    /// Keeps settings.
    pub keep: Arc<dyn Keep>,
    /// The first screen.
    pub state: AppState,
    /// What it asks for first.
    pub first: Vec<Effect>,
    /// How it looks.
    pub theme: Theme,
    /// The terminal, taken.
    pub guard: &'a Guard,
    /// The command that opens texts, if the settings name one.
    pub editor: Option<String>,
}

/// Runs until the workbench is left.
pub async fn run(setup: Setup<'_>) -> io::Result<Ended> {
    let (send, replies) = unbounded_channel();
    let runner = Runner::start(setup.desk, setup.keep, send)?;
    let mut watch = tokio::time::interval(WATCH);
    watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shell = Shell {
        state: setup.state,
        theme: setup.theme,
        guard: setup.guard,
        editor: setup.editor,
        surface: Surface::of_stdout(),
        runner,
        replies,
        events: Some(EventStream::new()),
        outside: None,
        signals: Asked::listen()?,
        watch,
        pace: Pace::default(),
        start: Instant::now(),
        leaving: None,
        continued: false,
    };
    let ended = shell.until_left(setup.first).await;
    if ended.is_err() {
        // The terminal is gone or broken; what was entered is not.
        shell.hurry().unwrap_or_default();
    }
    shell.finish().await;
    match ended {
        Err(error) if terminal::is_gone(&error) => Ok(Ended::Signal(HANG_UP)),
        ended => ended,
    }
}

/// What came back from an editor: a changed text, or nothing new.
type Written = Result<Option<Arc<str>>, Failure>;

/// Everything the loop holds.
struct Shell<'a> {
    state: AppState,
    theme: Theme,
    guard: &'a Guard,
    editor: Option<String>,
    surface: Surface<BufWriter<Stdout>>,
    runner: Runner,
    replies: UnboundedReceiver<Input>,
    /// `None` while the terminal is lent.
    events: Option<EventStream>,
    /// A text being written outside, and whose reply it is.
    outside: Option<(RequestId, JoinHandle<Written>)>,
    signals: Asked,
    watch: Interval,
    pace: Pace,
    start: Instant,
    leaving: Option<Ended>,
    /// Whether the next `SIGCONT` is the one that ended a stop of our own.
    continued: bool,
}

/// What the loop woke up for.
enum Happened {
    Event(Option<io::Result<Event>>),
    Reply(Option<Input>),
    Signal(i32),
    Written(Written),
    Watch,
    /// A frame or a tick is due.
    Time,
}

impl Shell<'_> {
    async fn until_left(&mut self, first: Vec<Effect>) -> io::Result<Ended> {
        self.first(first)?;
        loop {
            self.draw_if_due()?;
            if let Some(ended) = self.leaving {
                return Ok(ended);
            }
            let happened = self.wait().await;
            self.take(happened)?;
            self.drain().await?;
        }
    }

    fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// Asks for what is shown first, and tells the state how large the screen is.
    fn first(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        self.apply(effects)?;
        self.fit().map(drop)
    }

    async fn wait(&mut self) -> Happened {
        let wake = self.wake_at();
        let events = self.events.as_mut();
        let outside = self.outside.as_mut();
        tokio::select! {
            biased;
            event = next_event(events) => Happened::Event(event),
            reply = self.replies.recv() => Happened::Reply(reply),
            number = self.signals.next() => Happened::Signal(number),
            written = written(outside) => Happened::Written(written),
            () = sleep_or_never(wake) => Happened::Time,
            _ = self.watch.tick() => Happened::Watch,
        }
    }

    /// When to wake up if nothing happens: a frame, or a tick the state asked for.
    fn wake_at(&self) -> Option<Instant> {
        let now = Instant::now();
        let frame = match self.outside {
            None => self.pace.due(now),
            Some(_) => None,
        };
        let tick = self
            .state
            .next_tick_ms()
            .map(|at| self.start + Duration::from_millis(at));
        match (frame, tick) {
            (Some(frame), Some(tick)) => Some(frame.min(tick)),
            (one, other) => one.or(other),
        }
    }

    fn take(&mut self, happened: Happened) -> io::Result<()> {
        match happened {
            Happened::Event(Some(event)) => self.event(event?),
            Happened::Event(None) => {
                // Nothing can be typed any more: the terminal is gone.
                self.leaving = Some(Ended::Signal(HANG_UP));
                Ok(())
            }
            Happened::Reply(Some(input)) => self.input(input),
            Happened::Reply(None) => Ok(()),
            Happened::Signal(number) => self.signal(number),
            Happened::Written(written) => self.came_back(written),
            Happened::Watch => {
                self.runner.watch();
                if self.outside.is_none() {
                    self.fit()?;
                }
                Ok(())
            }
            Happened::Time => self.tick(),
        }
    }

    /// Takes in everything that is there already, so that a burst costs one frame.
    async fn drain(&mut self) -> io::Result<()> {
        while let Ok(input) = self.replies.try_recv() {
            self.input(input)?;
        }
        while let Some(stream) = &mut self.events
            && let Some(Some(event)) = ready(stream).await
        {
            self.event(event?)?;
        }
        self.tick()
    }

    fn tick(&mut self) -> io::Result<()> {
        let now_ms = self.now_ms();
        match self.state.next_tick_ms() {
            Some(at) if at <= now_ms => self.input(Input::Tick { now_ms }),
            _ => Ok(()),
        }
    }

    fn event(&mut self, event: Event) -> io::Result<()> {
        let at_ms = self.now_ms();
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => Ok(()),
            Event::Key(key) => self.input(Input::Key { key, at_ms }),
            Event::Mouse(mouse) => self.input(Input::Mouse { mouse, at_ms }),
            Event::Paste(text) => self.input(Input::Paste { text, at_ms }),
            Event::Resize(width, height) => self.input(Input::Resize { width, height }),
            Event::FocusGained => {
                // Something may have been written while nobody looked.
                self.runner.watch();
                Ok(())
            }
            Event::FocusLost => {
                terminal::panic_if_asked();
                Ok(())
            }
        }
    }

    fn input(&mut self, input: Input) -> io::Result<()> {
        let effects = update(&mut self.state, input);
        if self.state.take_dirty() {
            self.pace.mark();
        }
        self.apply(effects)
    }

    fn apply(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Ask {
                    request,
                    order: Order::OpenEditor { text },
                } => self.go_outside(request, text)?,
                Effect::Ask { request, order } => self.runner.ask(request, order),
                Effect::Tell(Command::Quit) => self.leaving = Some(Ended::Quit),
                Effect::Tell(Command::Redraw) => self.redraw()?,
                Effect::Tell(Command::Suspend) => self.stop(true)?,
                Effect::Tell(Command::Copy { text }) => {
                    execute!(
                        self.surface.writer(),
                        CopyToClipboard::to_clipboard_from(text)
                    )?;
                }
                Effect::Tell(command) => self.runner.tell(command),
            }
        }
        Ok(())
    }

    /// Waits until everything that was entered is safe.
    async fn finish(&mut self) {
        let done = self.runner.drained();
        if done.await.is_err() {
            tracing::error!("the writing lane ended before its work was done");
        }
    }
}

/// The next event if there is one by now.
///
/// Polled with the waker of the loop: the stream keeps the waker it was polled with last, and with one
/// that wakes nobody the next key would lie there until something else happens.
async fn ready(stream: &mut EventStream) -> Option<Option<io::Result<Event>>> {
    poll_fn(|context| {
        Poll::Ready(match stream.poll_next_unpin(context) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        })
    })
    .await
}

async fn next_event(events: Option<&mut EventStream>) -> Option<io::Result<Event>> {
    match events {
        Some(stream) => stream.next().await,
        None => pending().await,
    }
}

async fn written(outside: Option<&mut (RequestId, JoinHandle<Written>)>) -> Written {
    match outside {
        Some((_, task)) => task.await.unwrap_or_else(|error| {
            Err(Failure {
                what: format!("a fault in docket itself: {error}"),
                hint: Some("the text is as it was before".to_owned()),
            })
        }),
        None => pending().await,
    }
}

async fn sleep_or_never(until: Option<Instant>) {
    match until {
        Some(at) => sleep_until(at.into()).await,
        None => pending().await,
    }
}
