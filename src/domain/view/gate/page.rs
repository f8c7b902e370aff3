//! The Gate screen: the groups with their rules, one group as its reader may see it, and what is asked of it.

use std::sync::Arc;

use super::super::super::gate::Decision;
use super::super::super::ids::{EvalId, GateId};
use super::{Declared, GateReport, GateVerdict};

/// A run group and what is declared for it.
#[derive(Debug, Clone, PartialEq)]
pub struct GateCard {
    /// Name of the group, which need not be there yet.
    pub group: String,
    /// The eval that holds its tickets; `None` before the group is made.
    pub tickets_in: Option<EvalId>,
    /// Names of the candidates, in the order they joined.
    pub candidates: Vec<String>,
    /// The rule, if one is declared.
    pub rule: Option<RuleNote>,
}

/// A declared rule in a few words. Nothing is evaluated for it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNote {
    /// Hash of the rule, shortened.
    pub gate: String,
    /// `declared before the first output of a candidate`, or after how many.
    pub relative: String,
    /// What the last look said, by candidate; `None` while the group is blind to this person.
    pub last: Option<Vec<(String, GateVerdict)>>,
    /// The latest decision that was not taken back: candidate, decision, who. Whether it still holds is told by opening
    /// it; `None` also while the group is blind to this person.
    pub decided: Option<(String, Decision, String)>,
}

/// How eagerly a group is looked at. A look at numbers that differ is kept, and looks are what a rule limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GateLook {
    /// Only what was looked at before: a screen that is read anew by itself.
    Known,
    /// As many looks as the rule declares: somebody opened the page.
    Declared,
    /// Whatever it costs: somebody was told and wants it.
    Agreed,
}

/// A group as its reader may see it.
#[derive(Debug, Clone, PartialEq)]
pub enum GatePage {
    /// Opening it marks this person's later reviews of the group, and it has not been opened.
    Closed {
        /// Tickets of the group that still wait for this person.
        waiting: u64,
    },
    /// No rule is declared.
    Undeclared(NoRule),
    /// A rule is declared, and the group is not there yet.
    Early(Box<Declared>),
    /// The numbers differ from those that were looked at last; another look was not asked for.
    Moved(Box<Moved>),
    /// The gate.
    Open(Arc<GateView>),
}

/// How a rule is declared, where none is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRule {
    /// A rule that is good to begin with, line by line: what is asked, and how much.
    pub asks: Vec<(String, String)>,
    /// The command that declares it.
    pub command: String,
    /// The same from a file.
    pub by_file: String,
}

/// Numbers that nobody has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which look it would be, from 1.
    pub number: usize,
    /// How many are declared.
    pub declared: u32,
    /// By candidate: what the last look said, and who decided.
    pub candidates: Vec<(String, Option<GateVerdict>, String)>,
}

/// The gate of a group, and what this person may do there.
#[derive(Debug, Clone, PartialEq)]
pub struct GateView {
    /// The gate as it stands.
    pub report: GateReport,
    /// The account on this machine. Not authenticated.
    pub account: String,
    /// The name this person reviews under.
    pub reviewer: String,
    /// Why this account may not decide.
    pub barred: Option<String>,
    /// The folder checks are run in.
    pub folder: String,
}

/// What the Gate screen asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum GateOrder {
    /// The groups. Reply: [`GateReply::List`].
    List,
    /// A group. Reply: [`GateReply::Page`].
    Page {
        /// Its name.
        group: String,
        /// How eagerly.
        look: GateLook,
    },
    /// Opens a group that is blind to this person: logged, and marks their later reviews. Reply: [`GateReply::Page`].
    Open {
        /// Its name.
        group: String,
    },
    /// Keeps a decision. Reply: [`GateReply::Page`].
    Decide(Box<GateWish>),
    /// Runs the commands of the rule. Replies: any number of progresses, then [`GateReply::Page`].
    Check {
        /// The group.
        group: String,
        /// The rule whose commands were read; another one is refused.
        gate: GateId,
    },
}

/// A decision somebody makes on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateWish {
    /// In which group.
    pub group: String,
    /// About which candidate.
    pub candidate: String,
    /// What; `None` takes back one's last decision that stands.
    pub decision: Option<Decision>,
    /// Why.
    pub reason: String,
    /// Approve although the gate does not pass.
    pub despite: bool,
    /// Hash of everything the candidate's verdict rested on when it was shown.
    pub evidence: String,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum GateReply {
    /// The groups.
    List(Vec<GateCard>),
    /// A group.
    Page(Box<GatePage>),
}
