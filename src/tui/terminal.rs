//! The terminal while it is ours: what is switched on is switched off again, whatever happens.
//!
//! What is on stands in one static set of bits, because a panic hook has nothing else to look at. Every
//! way out runs [`restore`]: dropping the [`Guard`], a panic, a signal, going to the background. It undoes
//! step by step in reverse order; a step that fails is logged and the others still run.

use std::io::{self, IsTerminal as _, Stdout, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Once, OnceLock};
use std::thread::ThreadId;
use std::time::Duration;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags,
    PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

use crate::ui::theme::Ground;

/// How long the terminal may take to say what it is. Over a slow line it then counts as dark and plain.
const ANSWER_WITHIN: Duration = Duration::from_millis(150);

const RAW: u8 = 1;
const ALTERNATE: u8 = 2;
const PASTE: u8 = 4;
const MOUSE: u8 = 8;
const FOCUS: u8 = 16;
const KITTY: u8 = 32;

/// What is switched on now.
static ON: AtomicU8 = AtomicU8::new(0);

/// The thread that draws; a panic elsewhere is caught there and must not touch the screen.
static DRAWS: OnceLock<ThreadId> = OnceLock::new();

/// What the terminal told about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Its background, if it said.
    pub ground: Option<Ground>,
    /// Whether it reports keys unambiguously on demand.
    pub keys: bool,
}

/// Whether there is a terminal on both sides.
pub fn present() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Asks the terminal for its background and its keyboard.
///
/// To be called before anything reads events. A terminal that does not answer the first question is not
/// asked the second, because that one has no short time limit of its own. The two go together in
/// practice: terminals that report keys unambiguously also report their colours.
pub fn ask() -> Told {
    if !present() {
        return Told::default();
    }
    let mut options = QueryOptions::default();
    options.timeout = ANSWER_WITHIN;
    match theme_mode(options) {
        Ok(mode) => Told {
            ground: Some(match mode {
                ThemeMode::Dark => Ground::Dark,
                ThemeMode::Light => Ground::Light,
            }),
            keys: crossterm::terminal::supports_keyboard_enhancement().unwrap_or(false),
        },
        Err(why) => {
            tracing::debug!(%why, "the terminal does not tell its colours");
            Told::default()
        }
    }
}

/// Holds the terminal; dropping it gives it back.
#[derive(Debug)]
pub struct Guard {
    mouse: bool,
    keys: bool,
}

impl Guard {
    /// Takes the terminal. What was switched on before a failure is switched off again.
    pub fn take(mouse: bool, keys: bool) -> io::Result<Self> {
        let _ = DRAWS.set(std::thread::current().id());
        hook_panics();
        let guard = Self { mouse, keys };
        guard.switch_on()?;
        Ok(guard)
    }

    /// Gives the terminal to somebody else for a while.
    pub fn lend(&self) {
        restore();
    }

    /// Takes it back. The whole screen must be drawn anew.
    pub fn retake(&self) -> io::Result<()> {
        self.switch_on()
    }

    fn switch_on(&self) -> io::Result<()> {
        let mut out = io::stdout();
        enable_raw_mode()?;
        ON.fetch_or(RAW, Ordering::SeqCst);
        // The bit first: a sequence that was half written must be undone too.
        ON.fetch_or(ALTERNATE, Ordering::SeqCst);
        execute!(out, EnterAlternateScreen, cursor::Hide)?;
        ON.fetch_or(PASTE, Ordering::SeqCst);
        execute!(out, EnableBracketedPaste)?;
        ON.fetch_or(FOCUS, Ordering::SeqCst);
        execute!(out, EnableFocusChange)?;
        if self.mouse {
            ON.fetch_or(MOUSE, Ordering::SeqCst);
            execute!(out, EnableMouseCapture)?;
        }
        if self.keys {
            ON.fetch_or(KITTY, Ordering::SeqCst);
            let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES;
            execute!(out, PushKeyboardEnhancementFlags(flags))?;
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Switches off whatever is on. Doing it twice does nothing the second time.
pub fn restore() {
    let on = ON.swap(0, Ordering::SeqCst);
    let mut out = io::stdout();
    let mut step = |bit: u8, name: &str, undo: &mut dyn FnMut(&mut Stdout) -> io::Result<()>| {
        if on & bit != 0
            && let Err(why) = undo(&mut out)
        {
            tracing::warn!(step = name, %why, "the terminal was not fully restored");
        }
    };
    step(KITTY, "keyboard", &mut |out| {
        execute!(out, PopKeyboardEnhancementFlags)
    });
    step(MOUSE, "mouse", &mut |out| {
        execute!(out, DisableMouseCapture)
    });
    step(FOCUS, "focus", &mut |out| execute!(out, DisableFocusChange));
    step(PASTE, "paste", &mut |out| {
        execute!(out, DisableBracketedPaste)
    });
    step(ALTERNATE, "screen", &mut |out| {
        execute!(out, cursor::Show, LeaveAlternateScreen)
    });
    step(RAW, "line mode", &mut |_| disable_raw_mode());
    let _ = out.flush();
}

/// Whether a failure says that there is no terminal any more: the window was closed, the line went down.
pub fn is_gone(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let gone = [Errno::IO, Errno::NXIO, Errno::PIPE, Errno::NODEV];
    let code = error.raw_os_error();
    code.is_some_and(|code| gone.iter().any(|errno| errno.raw_os_error() == code))
}

/// Restores the terminal before a panic of the drawing thread is reported by the hook that stood before.
///
/// A panic of another thread is caught by the effect runner and told on the screen; printing it would
/// only tear the screen, so it goes to the log.
fn hook_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let draws = DRAWS.get() == Some(&std::thread::current().id());
            if ON.load(Ordering::SeqCst) != 0 && !draws {
                tracing::error!("{panic}");
                return;
            }
            restore();
            previous(panic);
        }));
    });
}

/// Lets a test see from outside what the hook leaves behind; in a release build it does nothing.
///
/// # Panics
///
/// In a debug build whose environment asks for it.
pub fn panic_if_asked() {
    #[cfg(debug_assertions)]
    assert!(
        std::env::var_os("DOCKET_TEST_PANIC").is_none(),
        "a test asked for it"
    );
}
