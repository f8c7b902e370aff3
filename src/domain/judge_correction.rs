//! What people say judges should have said, and the fixed split of it: who may be shown as an example, what is
//! held back to measure with.

use super::event::JudgeCorrected;
use super::fold::Authored;
use super::ids::{ClusterId, JudgeVersionId, TicketId};
use super::split::Stage;

/// A standing correction of a judge: the latest of one person on one question of one ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeCorrection {
    /// The ticket.
    pub ticket: TicketId,
    /// Its cluster, by which the split goes.
    pub cluster: ClusterId,
    /// What it may be used for; fixed for ever.
    pub stage: Stage,
    /// The judge that was corrected; `None` if its verdict is not in this copy of the workspace.
    pub judge: Option<JudgeVersionId>,
    /// Who, when, and what was said: criterion, the judge's answer and the person's, the reason, the rubric version.
    pub said: Authored<JudgeCorrected>,
    /// The output as people corrected it, if anybody did.
    pub text: Option<String>,
}

/// The corrections of an eval by what they may be used for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JudgeCorrections {
    /// 20 % of the clusters: may appear in prompts and in distilled guidelines.
    pub examples: Vec<JudgeCorrection>,
    /// 40 %: choose between judge versions.
    pub dev: Vec<JudgeCorrection>,
    /// 40 %: read once per judge version, and the reading is logged.
    pub test: Vec<JudgeCorrection>,
}

impl JudgeCorrections {
    /// Puts each where its cluster belongs, in the order they come in.
    pub fn of(all: Vec<JudgeCorrection>) -> Self {
        let mut split = Self::default();
        for one in all {
            match one.stage {
                Stage::Train => split.examples.push(one),
                Stage::Dev => split.dev.push(one),
                Stage::Test => split.test.push(one),
            }
        }
        split
    }

    /// The share held back until it is read once: its size stays, its content goes.
    pub fn hold_test(&mut self) -> u64 {
        std::mem::take(&mut self.test).len() as u64
    }
}
