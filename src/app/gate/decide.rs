//! Approving, rejecting and taking back from the screen: what exactly is decided about, by whom, and why.

use super::super::effect::{Effect, Order};
use super::super::modal::{Confirm, Confirmed, LineEdit, Modal};
use super::super::state::{AppState, Asked, Tone};
use super::super::update::DisabledReason;
use super::GateAsked;
use super::checklist::{sense, word};
use super::rows::{Sense, Sheet};
use crate::domain::gate::Decision;
use crate::domain::view::GateOrder;
use crate::domain::view::gate::{GateVerdict, GateWish, person};

/// A decision being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideForm {
    /// In which group.
    pub group: String,
    /// About which candidate.
    pub candidate: String,
    /// Its model, where that is another name.
    pub model: Option<String>,
    /// What is decided; `None` takes back one's last decision.
    pub decision: Option<Decision>,
    /// What the gate says.
    pub verdict: GateVerdict,
    /// The same in a sentence.
    pub sentence: String,
    /// Hash of the rule, shortened.
    pub rule: String,
    /// Hash of everything it rests on.
    pub evidence: String,
    /// Who decides: the account on the machine.
    pub account: String,
    /// The name that person reviews under.
    pub reviewer: String,
    /// What must stand beside every number.
    pub watermarks: Vec<String>,
    /// Why.
    pub line: LineEdit,
    /// Why it was not taken.
    pub error: Option<String>,
    /// Whether it is on its way.
    pub sent: bool,
}

impl DecideForm {
    /// The question over it.
    pub fn title(&self) -> String {
        match self.decision {
            Some(Decision::Approve) => format!("Approve {}?", self.candidate),
            Some(Decision::Reject) => format!("Reject {}?", self.candidate),
            None => format!("Take back your decision about {}?", self.candidate),
        }
    }

    /// What is decided about, in rows of this width.
    pub fn told(&self, width: u16) -> Sheet {
        let mut sheet = Sheet::new(width);
        let model = self
            .model
            .as_ref()
            .map_or_else(String::new, |model| format!(" ({model})"));
        let mut fact = |name: &str, sense: Sense, what: String| {
            let parts = vec![(Sense::Dim, format!("{name:<10}")), (sense, what)];
            sheet.parts(0, parts, None);
        };
        fact(
            "candidate",
            Sense::Strong,
            format!("{}{model} of {}", self.candidate, self.group),
        );
        fact(
            "gate",
            sense(self.verdict),
            format!(
                "{}, by rule {}",
                word(self.verdict).to_uppercase(),
                self.rule
            ),
        );
        fact("evidence", Sense::Plain, self.evidence.clone());
        let who = person(&self.account, &self.reviewer);
        fact("as", Sense::Plain, format!("{who}, not authenticated"));
        for mark in &self.watermarks {
            sheet.words(0, Sense::Warn, &format!("*** {mark} ***"));
        }
        if !self.watermarks.is_empty() {
            sheet.words(
                0,
                Sense::Warn,
                "This is no real release, and cannot be signed as one.",
            );
        }
        sheet.gap();
        match self.decision {
            Some(Decision::Approve) if self.verdict != GateVerdict::Pass => sheet.words(
                0,
                Sense::Bad,
                &format!("{}. Approving all the same is kept with your name.", self.sentence),
            ),
            Some(_) => sheet.words(
                0,
                Sense::Dim,
                "The evidence is the hash of everything this rests on: rule, items, rubric, judge, model, prompt, \
                 outputs, scores. Once any of it changes, your decision is shown as stale.",
            ),
            None => sheet.words(
                0,
                Sense::Dim,
                "What you decided stays on record, as void, with this reason.",
            ),
        }
        sheet
    }

    /// What is asked for.
    pub fn asks(&self) -> &'static str {
        match self.decision {
            Some(Decision::Approve) => "Why may it be released?",
            Some(Decision::Reject) => "Why may it not be released?",
            None => "Why is it taken back?",
        }
    }
}

/// Asks for the reason.
pub(crate) fn ask(state: &mut AppState, decision: Option<Decision>) {
    let Some(open) = &state.gate.open else {
        return;
    };
    let (Some(view), Some(one)) = (open.view(), open.chosen()) else {
        return;
    };
    let form = DecideForm {
        group: open.name.clone(),
        candidate: one.name.clone(),
        model: one.model.clone().filter(|model| *model != one.name),
        decision,
        verdict: one.verdict,
        sentence: one.sentence.clone(),
        rule: view.report.declared.id.short(),
        evidence: one.evidence.clone(),
        account: view.account.clone(),
        reviewer: view.reviewer.clone(),
        watermarks: view.report.watermarks.clone(),
        line: LineEdit::default(),
        error: None,
        sent: false,
    };
    state.modals.push(Modal::Decide(Box::new(form)));
}

/// Enter in the dialog. What does not pass is approved only after it was asked once more.
pub(crate) fn accept(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Decide(form)) = state.modals.last_mut() else {
        return;
    };
    if form.sent {
        return;
    }
    if form.line.text().trim().is_empty() {
        form.error = Some("a few words are needed; Esc closes".to_owned());
        return;
    }
    if form.decision == Some(Decision::Approve) && form.verdict != GateVerdict::Pass {
        let question = format!(
            "Approve {} although the gate says {}?",
            form.candidate,
            word(form.verdict)
        );
        state.modals.push(Modal::Confirm(Confirm {
            question,
            detail: "What the gate said is kept with the approval, and shown wherever that is."
                .to_owned(),
            yes: Confirmed::Despite,
        }));
    } else {
        send(state, effects);
    }
}

/// Sends the decision. The dialog stays until it is kept, so that no word of the reason is lost.
pub(crate) fn send(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Decide(form)) = state.modals.last_mut() else {
        return;
    };
    form.sent = true;
    let wish = GateWish {
        group: form.group.clone(),
        candidate: form.candidate.clone(),
        decision: form.decision,
        reason: form.line.text().trim().to_owned(),
        despite: form.decision == Some(Decision::Approve) && form.verdict != GateVerdict::Pass,
        evidence: form.evidence.clone(),
    };
    let words = match form.decision {
        Some(decision) => format!("{}: {}", decision.past(), form.candidate),
        None => format!("your decision about {} is taken back", form.candidate),
    };
    let asked = GateAsked::Decided {
        group: form.group.clone(),
        words,
    };
    let order = Order::Gate(GateOrder::Decide(Box::new(wish)));
    effects.push(state.requests.ask(Asked::Gate(asked), order));
}

/// It is kept.
pub(super) fn kept(state: &mut AppState, words: &str) {
    state
        .modals
        .retain(|modal| !matches!(modal, Modal::Decide(form) if form.sent));
    state.say(Tone::Done, words);
}

/// It is not kept; the reason stays.
pub(super) fn refused(state: &mut AppState, why: &str) -> bool {
    let form = state.modals.iter_mut().rev().find_map(|modal| match modal {
        Modal::Decide(form) => Some(form),
        _ => None,
    });
    let Some(form) = form else {
        return false;
    };
    form.sent = false;
    form.error = Some(why.to_owned());
    true
}

/// Why nothing can be decided now.
pub(super) fn barred(state: &AppState, taking_back: bool) -> Option<DisabledReason> {
    let open = state.gate.open.as_ref()?;
    let (Some(view), Some(one)) = (open.view(), open.chosen()) else {
        return Some(DisabledReason::NothingHere);
    };
    if taking_back {
        let mine = one.owner.standing_of(&view.account);
        return mine.is_none().then_some(DisabledReason::NothingDecided);
    }
    if let Some(why) = &view.barred {
        return Some(DisabledReason::MayNotDecide(why.clone()));
    }
    open.moved.then_some(DisabledReason::NumbersMoved)
}
