//! The judge's pane: what it said, where it differs, or why it is not shown.

use ratatui::layout::Rect;

use crate::app::document::TextPane;
use crate::domain::view::JudgeView;

use super::form::pass_sign;
use super::pen::{Pen, Words};
use super::texts;
use super::theme::Look;
use super::widgets::wait::{Empty, empty};

/// What stands in the judge's pane.
#[derive(Debug, Clone, Copy)]
pub struct JudgePane<'a> {
    /// The judge, as far as it may be seen.
    pub judge: &'a JudgeView,
    /// Its words as a text, once there are some.
    pub text: Option<&'a TextPane>,
    /// Whether the reviewer has committed without it.
    pub committed: bool,
    /// The key that shows the judge early.
    pub reveal_key: &'a str,
    /// The key that lets a judge read.
    pub judge_key: &'a str,
}

/// What stands beside the title: which judge, its overall score.
pub fn about<'a>(judge: &JudgeView) -> Words<'a> {
    let JudgeView::Verdicts {
        verdicts,
        score,
        pass,
        ..
    } = judge
    else {
        return Words::new();
    };
    let mut words = Words::new();
    if let Some(first) = verdicts.first() {
        words.push(Look::Dim, first.judge.clone());
    }
    if let Some(score) = score {
        words.push(Look::Dim, format!("  {score:.2} "));
    }
    if let Some(pass) = pass {
        let (sign, look) = pass_sign(*pass);
        words.push(look, sign);
    }
    words
}

/// Draws the pane's content.
pub fn draw(pen: &mut Pen<'_>, area: Rect, pane: &JudgePane<'_>) {
    match pane.judge {
        JudgeView::Hidden if pane.committed => {
            let words = Empty {
                why: "You committed without the judge.",
                how: "What you change after seeing it is kept as a second review.",
                action: Some((pane.reveal_key, "shows it")),
            };
            empty(pen, area, &words);
        }
        JudgeView::Hidden => {
            let words = Empty {
                why: "Hidden until you commit.",
                how: "",
                action: Some((pane.reveal_key, "shows it now (counts as assisted)")),
            };
            empty(pen, area, &words);
        }
        JudgeView::Nothing => {
            let words = Empty {
                why: "No judge has read this.",
                how: "",
                action: Some((pane.judge_key, "lets one read it; the checks are free")),
            };
            empty(pen, area, &words);
        }
        JudgeView::Verdicts { .. } => {
            if let Some(text) = pane.text {
                texts::pane(pen, area, text);
            }
        }
    }
}
