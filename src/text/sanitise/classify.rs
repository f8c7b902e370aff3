//! What becomes of one character, given what stands around it.

use unicode_normalization::char::is_combining_mark;
use unicode_width::UnicodeWidthChar;

use crate::text::width::simple_width;

/// Combining marks kept after one visible character; more are shown as stand-ins.
///
/// Written languages need up to about six (Hebrew with cantillation, Tibetan stacks); piles of
/// hundreds exist only to spill over neighbouring lines.
pub const MAX_MARKS: u8 = 8;

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Keep,
    Newline,
    /// CR LF, taken as one line end.
    LineEnd,
    Tab,
    /// Shown by a stand-in.
    Reveal,
    /// A combining mark without a character to sit on.
    LoneMark,
}

/// What was kept last, as far as the next decision needs it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Context {
    prev: Prev,
    marks: u8,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Prev {
    #[default]
    LineStart,
    Base,
    Emoji,
    EmojiSelected,
    /// A letter or sign of a script that spells with joiners.
    Joining,
    Hangul,
    /// A variation selector or joiner was just used: no second one in a row.
    Spent,
}

impl Context {
    /// A character was kept that is visible by itself and joins with nothing.
    pub(super) fn after_simple(&mut self) {
        self.prev = Prev::Base;
        self.marks = 0;
    }

    /// Decides about `c`, which stands before `next`, and remembers it.
    pub(super) fn fate(&mut self, c: char, next: Option<char>) -> Fate {
        match c {
            '\n' => {
                *self = Self::default();
                Fate::Newline
            }
            '\t' => {
                *self = Self::default();
                Fate::Tab
            }
            // Most of what is read: none of these joins with anything.
            _ if simple_width(c).is_some() => {
                self.after_simple();
                Fate::Keep
            }
            '\u{200c}' | '\u{200d}' => self.joiner(c, next),
            _ if is_selector(c) => self.selector(),
            _ if is_hidden(c) => self.reveal(),
            _ if c.width().unwrap_or(0) == 0 => self.zero_width(c),
            _ => {
                self.base(c);
                Fate::Keep
            }
        }
    }

    fn base(&mut self, c: char) {
        self.marks = 0;
        self.prev = if is_pictographic(c) {
            Prev::Emoji
        } else if is_emoji_modifier(c) && self.prev == Prev::Emoji {
            Prev::EmojiSelected
        } else if is_joining_script(c) {
            Prev::Joining
        } else if is_hangul(c) {
            Prev::Hangul
        } else {
            Prev::Base
        };
    }

    fn reveal(&mut self) -> Fate {
        self.after_simple();
        Fate::Reveal
    }

    fn joiner(&mut self, c: char, next: Option<char>) -> Fate {
        let between_emoji = c == '\u{200d}'
            && matches!(self.prev, Prev::Emoji | Prev::EmojiSelected)
            && next.is_some_and(is_pictographic);
        if between_emoji || self.prev == Prev::Joining {
            self.prev = Prev::Spent;
            Fate::Keep
        } else {
            self.reveal()
        }
    }

    fn selector(&mut self) -> Fate {
        self.prev = match self.prev {
            Prev::Emoji => Prev::EmojiSelected,
            Prev::Base | Prev::Hangul | Prev::Joining => Prev::Spent,
            Prev::LineStart | Prev::EmojiSelected | Prev::Spent => return self.reveal(),
        };
        Fate::Keep
    }

    fn zero_width(&mut self, c: char) -> Fate {
        if is_conjoining_jamo(c) {
            return if self.prev == Prev::Hangul {
                self.mark(Prev::Hangul)
            } else {
                self.reveal()
            };
        }
        if !is_combining_mark(c) {
            return self.reveal();
        }
        if self.prev == Prev::LineStart {
            self.after_simple();
            self.marks = 1;
            return Fate::LoneMark;
        }
        let prev = if is_joining_script(c) {
            Prev::Joining
        } else {
            self.prev
        };
        self.mark(prev)
    }

    fn mark(&mut self, prev: Prev) -> Fate {
        self.marks = self.marks.saturating_add(1);
        if self.marks > MAX_MARKS {
            return Fate::Reveal;
        }
        self.prev = prev;
        Fate::Keep
    }
}

/// Whether `c` must never reach a terminal whatever stands around it: controls, bidirectional and
/// format controls, invisible fillers, tags, separators, private use and noncharacters.
///
/// Line feed and tab are controls here; joiners and variation selectors are not (they depend on
/// their neighbours).
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}' | '\u{180f}')
}

fn is_emoji_modifier(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Characters an emoji sequence may be joined from: `Extended_Pictographic`, its emoji blocks whole.
///
/// The stand-ins `⏎` and `◌` are none of them, so that sanitising twice changes nothing.
fn is_pictographic(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2194}'..='\u{2199}' | '\u{21a9}' | '\u{21aa}' | '\u{231a}' | '\u{231b}' | '\u{2328}'
        | '\u{2388}' | '\u{23cf}' | '\u{23e9}'..='\u{23fa}' | '\u{24c2}' | '\u{25aa}' | '\u{25ab}'
        | '\u{25b6}' | '\u{25c0}' | '\u{25fb}'..='\u{25fe}' | '\u{2600}'..='\u{27bf}'
        | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}'
        | '\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
        && !is_emoji_modifier(c)
        && !matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Arabic, Syriac, N'Ko, the Indic and south-east Asian scripts, Mongolian: joiners are spelling there.
fn is_joining_script(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{109f}'
        | '\u{1780}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{a8ff}'
        | '\u{a900}'..='\u{a95f}' | '\u{a980}'..='\u{aaff}' | '\u{abc0}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10a00}'..='\u{10aff}' | '\u{10d00}'..='\u{10fff}' | '\u{11000}'..='\u{11fff}'
        | '\u{1e900}'..='\u{1e95f}')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}')
}

fn is_conjoining_jamo(c: char) -> bool {
    matches!(c, '\u{1161}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_characters_join_with_nothing() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            if simple_width(c).is_some() {
                let joins = is_pictographic(c)
                    || is_emoji_modifier(c)
                    || is_joining_script(c)
                    || is_hangul(c)
                    || is_selector(c)
                    || is_hidden(c);
                assert!(!joins, "U+{:04X}", u32::from(c));
            }
        }
    }
}
