//! The workbench without a terminal, for tests: keys in, screen out, time by hand.
//!
//! It runs the same state, the same drawing and the same orders as the event loop, one after the other in
//! one thread, so that a test reads as what a person does and sees.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::AppState;
use crate::app::effect::{Command, Effect, Order, Outcome};
use crate::app::input::Input;
use crate::app::settings::Settings;
use crate::app::update::update;
use crate::domain::view::{Failure, Progress};
use crate::ui;
use crate::ui::theme::Theme;

use super::desk::{Desk, Job};
use super::perform::{Keep, perform, perform_command};

/// Milliseconds between two keys of a person: long enough that no rule takes them for a paste.
const KEY_MS: u64 = 100;
/// Inputs handled in one go before a test is taken to be stuck.
const MOST: usize = 10_000;

/// The workbench over a desk, without a terminal.
pub struct Harness {
    /// The state, to look at.
    pub state: AppState,
    /// What was put on the clipboard.
    pub copied: Vec<String>,
    /// What `$EDITOR` gives back next.
    pub written_outside: Option<String>,
    /// Whether the workbench was left.
    pub left: bool,
    desk: Arc<dyn Desk>,
    theme: Theme,
    width: u16,
    height: u16,
    now_ms: u64,
    effects: VecDeque<Effect>,
}

/// Settings go nowhere in tests.
struct Nowhere;

impl Keep for Nowhere {
    fn keep(&self, _settings: &Settings) -> Result<(), Failure> {
        Ok(())
    }
}

impl Harness {
    /// Starts `state` with what it asks for first, at this size, and lets it settle.
    pub fn start(
        desk: Arc<dyn Desk>,
        state: AppState,
        first: Vec<Effect>,
        (width, height): (u16, u16),
    ) -> Self {
        let mut harness = Self {
            state,
            copied: Vec::new(),
            written_outside: None,
            left: false,
            desk,
            theme: Theme::default(),
            width,
            height,
            now_ms: 1000,
            effects: first.into(),
        };
        harness.resize(width, height);
        harness
    }

    /// Draws with another theme from now on.
    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Presses keys by name, blanks between them: `"3 4 enter"`, `"ctrl-s"`, `"space"`.
    ///
    /// A name that is none does nothing but leaves the screen as it is, which the test then sees.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            if let Some(key) = key(name) {
                self.key(key);
            } else {
                tracing::warn!(name, "no such key");
            }
        }
        self
    }

    /// Types a text, character by character.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for sign in text.chars() {
            let code = if sign == '\n' {
                KeyCode::Enter
            } else {
                KeyCode::Char(sign)
            };
            self.key(KeyEvent::new(code, KeyModifiers::NONE));
        }
        self
    }

    fn key(&mut self, key: KeyEvent) {
        self.pass(KEY_MS);
        let at_ms = self.now_ms;
        self.input(Input::Key { key, at_ms });
    }

    /// Pastes a text as terminals with bracketed paste do.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.pass(KEY_MS);
        let at_ms = self.now_ms;
        self.input(Input::Paste {
            text: text.to_owned(),
            at_ms,
        });
        self
    }

    /// Clicks a cell.
    pub fn click(&mut self, column: u16, row: u16) -> &mut Self {
        self.pass(KEY_MS);
        let at_ms = self.now_ms;
        for kind in [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Up(MouseButton::Left),
        ] {
            let mouse = MouseEvent {
                kind,
                column,
                row,
                modifiers: KeyModifiers::NONE,
            };
            self.input(Input::Mouse { mouse, at_ms });
        }
        self
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        (self.width, self.height) = (width, height);
        self.input(Input::Resize { width, height });
        self
    }

    /// Tells that another process wrote.
    pub fn changed(&mut self) -> &mut Self {
        self.input(Input::Changed);
        self
    }

    /// Lets time pass; what falls due happens.
    pub fn wait(&mut self, ms: u64) -> &mut Self {
        self.pass(ms);
        self
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        for _ in 0..MOST {
            match self.state.next_tick_ms() {
                Some(at) if at <= until => {
                    self.now_ms = self.now_ms.max(at);
                    let now_ms = self.now_ms;
                    self.input(Input::Tick { now_ms });
                    // A tick that asks for itself again would stop the time.
                    self.now_ms = (self.now_ms + 1).min(until);
                }
                _ => break,
            }
        }
        self.now_ms = until;
    }

    /// One input, and everything it leads to.
    pub fn input(&mut self, input: Input) -> &mut Self {
        let effects = update(&mut self.state, input);
        self.effects.extend(effects);
        for _ in 0..MOST {
            let Some(effect) = self.effects.pop_front() else {
                break;
            };
            self.carry_out(effect);
        }
        self
    }

    fn carry_out(&mut self, effect: Effect) {
        let (request, order) = match effect {
            Effect::Tell(Command::Copy { text }) => return self.copied.push(text),
            Effect::Tell(Command::Quit) => {
                self.left = true;
                return;
            }
            Effect::Tell(command) => return perform_command(&*self.desk, &command),
            Effect::Ask { request, order } => (request, order),
        };
        let told = std::cell::RefCell::new(Vec::<Progress>::new());
        let outcome = if let Order::OpenEditor { .. } = order {
            Outcome::Edited(self.written_outside.take().map(Into::into))
        } else {
            let cancelled = AtomicBool::new(false);
            let tell = |progress| told.borrow_mut().push(progress);
            perform(&*self.desk, &Nowhere, order, &Job::new(&cancelled, &tell))
        };
        let outcomes = told.into_inner().into_iter().map(Outcome::Progress);
        for outcome in outcomes.chain([outcome]) {
            let effects = update(&mut self.state, Input::Outcome { request, outcome });
            self.effects.extend(effects);
        }
    }

    /// The screen as cells, and where the cursor stands.
    pub fn frame(&self) -> (Buffer, Option<Position>) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.width, self.height));
        let cursor = ui::draw(&self.state, &self.theme, &mut buffer);
        (buffer, cursor)
    }

    /// The screen as text, blanks at the right left out.
    pub fn screen(&self) -> String {
        text_of(&self.frame().0)
    }

    /// Whether the screen shows this text in one row.
    pub fn shows(&self, text: &str) -> bool {
        self.screen().contains(text)
    }

    /// The style of the first cell of the first place that shows `text`.
    pub fn style_of(&self, text: &str) -> Option<Style> {
        let (buffer, _) = self.frame();
        let width = usize::from(buffer.area.width);
        for y in 0..buffer.area.height {
            let cells = &buffer.content[usize::from(y) * width..][..width];
            for x in 0..width {
                let rest: String = cells[x..]
                    .iter()
                    .map(ratatui::buffer::Cell::symbol)
                    .collect();
                if rest.starts_with(text) {
                    return Some(cells[x].style());
                }
            }
        }
        None
    }
}

/// The rows of a buffer as text, blanks at the right left out.
pub fn text_of(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let mut line = String::new();
        let mut skip = 0;
        for cell in row {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            line.push_str(cell.symbol());
            skip = crate::text::width::of(cell.symbol()).saturating_sub(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A key by the name that settings use.
fn key(name: &str) -> Option<KeyEvent> {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name;
    for (prefix, modifier) in [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
        ("shift-", KeyModifiers::SHIFT),
    ] {
        if let Some(cut) = rest.strip_prefix(prefix)
            && !cut.is_empty()
        {
            modifiers |= modifier;
            rest = cut;
        }
    }
    let mut signs = rest.chars();
    let code = match (signs.next()?, signs.next()) {
        (sign, None) => KeyCode::Char(sign),
        ('f', Some(_)) if rest[1..].parse::<u8>().is_ok() => KeyCode::F(rest[1..].parse().ok()?),
        _ => match rest {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "backtab" => KeyCode::BackTab,
            "space" => KeyCode::Char(' '),
            "backspace" => KeyCode::Backspace,
            "delete" => KeyCode::Delete,
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "pgup" => KeyCode::PageUp,
            "pgdn" => KeyCode::PageDown,
            _ => return None,
        },
    };
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests;
