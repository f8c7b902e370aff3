//! How meanings look: one calm palette for every terminal.
//!
//! Screens name a [`Look`], never a colour. A [`Theme`] turns it into a terminal style for the colours
//! and the background at hand. Promises: one accent, for what has the focus; green and red only beside
//! `✓`, `✗` or a word; nothing told by colour alone, so that [`Depth::None`] loses no information.

use ratatui::style::{Color, Modifier, Style};

use crate::text::{Role, Style as TextStyle};

/// What a cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Look {
    /// What is read now.
    #[default]
    Text,
    /// Names and totals in what is read now.
    Strong,
    /// Everything that is not read now.
    Dim,
    /// Rules and empty parts of bars.
    Faint,
    /// The title of a pane that has not the focus.
    Title,
    /// The one accent: focus, the key to press next.
    Accent,
    /// The row under the cursor.
    Cursor,
    /// Dim parts of the row under the cursor.
    CursorDim,
    /// The level that is set.
    Chosen,
    /// A level somebody else proposes.
    Ghost,
    /// Passing; always with `✓` or a word.
    Good,
    /// Failing; always with `✗` or a word.
    Bad,
    /// To be looked at; always with a word.
    Warn,
    /// Text under the selection.
    Selected,
    /// Where the next character goes, drawn by us because the pane has no terminal cursor.
    Caret,
}

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Depth {
    /// None: bold, dim, underline, reverse only.
    None,
    /// The 16 the user set up.
    Sixteen,
    /// The fixed 256.
    Indexed,
    /// All.
    True,
}

/// What is behind the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ground {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// Everything drawing needs to know about the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Theme {
    /// Colours.
    pub depth: Depth,
    /// Background.
    pub ground: Ground,
    /// No dim text and no soft backgrounds.
    pub high_contrast: bool,
    /// Only ASCII is sent to the terminal.
    pub ascii: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            depth: Depth::Indexed,
            ground: Ground::Dark,
            high_contrast: false,
            ascii: false,
        }
    }
}

impl Depth {
    /// What the environment says: `NO_COLOR` wins over `COLORTERM`, that over `TERM`.
    ///
    /// `var` reads an environment variable; an empty `NO_COLOR` counts as unset, as its convention asks.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::None;
        }
        let term = var("TERM").unwrap_or_default();
        if term.is_empty() || term == "dumb" || term.starts_with("vt1") || term.starts_with("vt2") {
            return Self::None;
        }
        let claimed = var("COLORTERM").unwrap_or_default();
        if matches!(claimed.as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
            return Self::True;
        }
        let rich = ["256color", "kitty", "alacritty", "ghostty", "foot"];
        if rich.iter().any(|name| term.contains(name)) {
            return Self::Indexed;
        }
        Self::Sixteen
    }
}

/// Whether the locale asks for something other than UTF-8.
///
/// The first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set decides. With none set UTF-8 is assumed, because
/// containers and services leave them out while the terminal in front of them reads UTF-8.
pub fn wants_ascii(var: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(var)
        .find(|value| !value.is_empty());
    locale.is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        !(value.contains("utf-8") || value.contains("utf8"))
    })
}

/// One colour as each kind of terminal gets it.
#[derive(Clone, Copy)]
struct Paint {
    sixteen: Color,
    indexed: u8,
    rgb: (u8, u8, u8),
}

const fn paint(sixteen: Color, indexed: u8, rgb: (u8, u8, u8)) -> Paint {
    Paint {
        sixteen,
        indexed,
        rgb,
    }
}

/// The palette on one background.
struct Palette {
    dim: Paint,
    faint: Paint,
    accent: Paint,
    on_accent: Paint,
    good: Paint,
    bad: Paint,
    warn: Paint,
    cool: Paint,
    row: Paint,
    lit: Paint,
    hit: Paint,
    added: Paint,
    removed: Paint,
}

const DARK: Palette = Palette {
    dim: paint(Color::DarkGray, 246, (142, 148, 162)),
    faint: paint(Color::DarkGray, 239, (76, 81, 94)),
    accent: paint(Color::Cyan, 110, (130, 178, 224)),
    on_accent: paint(Color::Black, 234, (24, 27, 34)),
    good: paint(Color::Green, 108, (140, 190, 140)),
    bad: paint(Color::Red, 174, (224, 130, 126)),
    warn: paint(Color::Yellow, 179, (216, 178, 108)),
    cool: paint(Color::Blue, 146, (168, 172, 216)),
    row: paint(Color::Black, 236, (42, 47, 58)),
    lit: paint(Color::Black, 58, (74, 66, 28)),
    hit: paint(Color::Black, 94, (104, 78, 22)),
    added: paint(Color::Black, 22, (28, 58, 36)),
    removed: paint(Color::Black, 52, (70, 32, 34)),
};

const LIGHT: Palette = Palette {
    dim: paint(Color::DarkGray, 242, (104, 110, 122)),
    faint: paint(Color::Gray, 250, (194, 199, 208)),
    accent: paint(Color::Blue, 25, (22, 92, 162)),
    on_accent: paint(Color::White, 231, (255, 255, 255)),
    good: paint(Color::Green, 28, (28, 112, 48)),
    bad: paint(Color::Red, 124, (172, 38, 38)),
    warn: paint(Color::Yellow, 94, (138, 88, 0)),
    cool: paint(Color::Magenta, 61, (84, 84, 160)),
    row: paint(Color::White, 254, (229, 235, 244)),
    lit: paint(Color::White, 229, (255, 242, 190)),
    hit: paint(Color::White, 222, (255, 214, 130)),
    added: paint(Color::White, 194, (218, 244, 220)),
    removed: paint(Color::White, 224, (252, 222, 222)),
};

impl Theme {
    /// The terminal style of a meaning.
    pub fn style(self, look: Look) -> Style {
        let plain = Style::new();
        let bold = Modifier::BOLD;
        match look {
            Look::Text => plain,
            Look::Strong => plain.add_modifier(bold),
            Look::Dim | Look::Title => self.dim(),
            Look::Faint => match self.depth {
                Depth::None => plain.add_modifier(Modifier::DIM),
                _ if self.high_contrast => plain,
                _ => self.fore(|p| p.faint),
            },
            Look::Accent => self.fore(|p| p.accent).add_modifier(bold),
            Look::Cursor => self.row(plain),
            Look::CursorDim => self.row(self.dim()),
            Look::Chosen => match self.depth {
                Depth::None => plain.add_modifier(bold | Modifier::REVERSED),
                _ => self
                    .fore(|p| p.on_accent)
                    .patch(self.back(|p| p.accent))
                    .add_modifier(bold),
            },
            Look::Ghost => self.fore(|p| p.cool).add_modifier(Modifier::ITALIC),
            Look::Good => self.fore(|p| p.good),
            Look::Bad => self.fore(|p| p.bad),
            Look::Warn => self.fore(|p| p.warn),
            Look::Selected | Look::Caret => plain.add_modifier(Modifier::REVERSED),
        }
    }

    /// The terminal style of a stretch of styled text.
    pub fn text(self, style: TextStyle) -> Style {
        let plain = Style::new();
        match style {
            TextStyle::Plain | TextStyle::JsonString | TextStyle::CodeBlock => plain,
            TextStyle::Emphasis => plain.add_modifier(Modifier::ITALIC),
            TextStyle::StrongEmphasis => plain.add_modifier(Modifier::BOLD | Modifier::ITALIC),
            TextStyle::Struck => plain.add_modifier(Modifier::CROSSED_OUT),
            TextStyle::Strong | TextStyle::Heading(_) => plain.add_modifier(Modifier::BOLD),
            TextStyle::Code
            | TextStyle::JsonNumber
            | TextStyle::JsonLiteral
            | TextStyle::JsonKey => self.fore(|p| p.cool),
            TextStyle::Link => plain.add_modifier(Modifier::UNDERLINED),
            TextStyle::Quote | TextStyle::Dim | TextStyle::JsonPunct | TextStyle::ListMarker => {
                self.dim()
            }
            TextStyle::TableRule => self.style(Look::Faint),
            TextStyle::Role(role) => self.role(role),
            TextStyle::Inserted => match self.depth {
                Depth::None | Depth::Sixteen => {
                    self.fore(|p| p.good).add_modifier(Modifier::UNDERLINED)
                }
                _ => self.fore(|p| p.good).patch(self.back(|p| p.added)),
            },
            TextStyle::Offered => match self.depth {
                Depth::None | Depth::Sixteen => self.dim().add_modifier(Modifier::UNDERLINED),
                _ => self.fore(|p| p.good).add_modifier(Modifier::UNDERLINED),
            },
            TextStyle::Deleted => match self.depth {
                Depth::None | Depth::Sixteen => {
                    self.fore(|p| p.bad).add_modifier(Modifier::CROSSED_OUT)
                }
                _ => self
                    .fore(|p| p.bad)
                    .patch(self.back(|p| p.removed))
                    .add_modifier(Modifier::CROSSED_OUT),
            },
            TextStyle::Evidence => self.lit(|p| p.lit),
            TextStyle::Merit => self.lit(|p| p.added),
            TextStyle::Note => self.lit(|p| p.row),
            TextStyle::SearchHit => self.lit(|p| p.hit),
            TextStyle::CurrentHit => self.style(Look::Chosen),
            TextStyle::Visible => self.fore(|p| p.warn).add_modifier(Modifier::REVERSED),
        }
    }

    /// Whether removed and added text needs brackets to be told apart.
    pub fn needs_brackets(self) -> bool {
        self.depth == Depth::None
    }

    fn role(self, role: Role) -> Style {
        match role {
            Role::User | Role::Assistant => self.style(Look::Strong),
            Role::System | Role::Tool | Role::Other => self.dim(),
        }
    }

    fn dim(self) -> Style {
        if self.high_contrast {
            return Style::new();
        }
        match self.depth {
            Depth::None => Style::new().add_modifier(Modifier::DIM),
            _ => self.fore(|p| p.dim),
        }
    }

    /// A row or range that stands out by its background, or by reverse where there is none to choose.
    fn row(self, style: Style) -> Style {
        match self.depth {
            Depth::None | Depth::Sixteen => Style::new().add_modifier(Modifier::REVERSED),
            _ if self.high_contrast => Style::new().add_modifier(Modifier::REVERSED),
            _ => style.patch(self.back(|p| p.row)),
        }
    }

    fn lit(self, pick: fn(&Palette) -> Paint) -> Style {
        match self.depth {
            Depth::None | Depth::Sixteen => Style::new().add_modifier(Modifier::UNDERLINED),
            _ if self.high_contrast => {
                Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
            }
            _ => self.back(pick),
        }
    }

    fn fore(self, pick: fn(&Palette) -> Paint) -> Style {
        self.colour(pick)
            .map_or_else(Style::new, |colour| Style::new().fg(colour))
    }

    fn back(self, pick: fn(&Palette) -> Paint) -> Style {
        self.colour(pick)
            .map_or_else(Style::new, |colour| Style::new().bg(colour))
    }

    fn colour(self, pick: fn(&Palette) -> Paint) -> Option<Color> {
        let paint = pick(match self.ground {
            Ground::Dark => &DARK,
            Ground::Light => &LIGHT,
        });
        match self.depth {
            Depth::None => None,
            Depth::Sixteen => Some(paint.sixteen),
            Depth::Indexed => Some(Color::Indexed(paint.indexed)),
            Depth::True => Some(Color::Rgb(paint.rgb.0, paint.rgb.1, paint.rgb.2)),
        }
    }
}

#[cfg(test)]
mod tests;
