//! What a filter can ask about.

use super::super::failure::Class;

/// A field whose values are words. `tag`, `flag` and `reviewer` may have several per ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordField {
    /// State of the ticket.
    Status,
    /// Tag of the item or ticket.
    Tag,
    /// Feature the request came from.
    Feature,
    /// Model that wrote the output.
    Model,
    /// Language of the request.
    Lang,
    /// Flag set by a person or a check.
    Flag,
    /// Who reviewed the ticket.
    Reviewer,
    /// Dataset the item belongs to.
    Dataset,
    /// Role of that dataset.
    Role,
    /// Why the model stopped.
    Finish,
    /// Class of the error an output ended with.
    Error,
    /// File or system the record came from.
    Source,
    /// External id of the item, or id of the ticket.
    Id,
    /// Review plan the ticket stands in.
    Plan,
    /// Class of what kept a judge from scoring it.
    Unscored,
}

impl WordField {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::Status,
        Self::Tag,
        Self::Feature,
        Self::Model,
        Self::Lang,
        Self::Flag,
        Self::Reviewer,
        Self::Dataset,
        Self::Role,
        Self::Finish,
        Self::Error,
        Self::Source,
        Self::Id,
        Self::Plan,
        Self::Unscored,
    ];

    /// As written in a filter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Tag => "tag",
            Self::Feature => "feature",
            Self::Model => "model",
            Self::Lang => "lang",
            Self::Flag => "flag",
            Self::Reviewer => "reviewer",
            Self::Dataset => "dataset",
            Self::Role => "role",
            Self::Finish => "finish",
            Self::Error => "error",
            Self::Source => "source",
            Self::Id => "id",
            Self::Plan => "plan",
            Self::Unscored => "unscored",
        }
    }

    /// The only words it can hold; empty if they are open.
    pub fn closed_words(self) -> &'static [&'static str] {
        match self {
            Self::Status => &[
                "open",
                "partial",
                "adjudicate",
                "deferred",
                "escalated",
                "done",
            ],
            Self::Role => &["review", "heldout", "train"],
            Self::Unscored => &UNSCORED,
            _ => &[],
        }
    }
}

/// The words of [`WordField::Unscored`].
const UNSCORED: [&str; 18] = {
    let mut names = [""; 18];
    let mut at = 0;
    while at < names.len() {
        names[at] = Class::ALL[at].name();
        at += 1;
    }
    names
};

/// A number a filter can compare.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Overall score of the human review, 0-1.
    Score,
    /// Overall score of the judge, 0-1.
    Judge,
    /// Level a human review gave to the criterion with this id, as given.
    Level(String),
    /// Tokens of the output.
    Tokens,
    /// Characters of the output.
    Chars,
    /// Cost of the output, in the currency of the price table.
    Cost,
    /// Time the model took, in milliseconds.
    Latency,
    /// Index of the rerun, from 0.
    Rerun,
}

impl Measure {
    /// All that need no criterion, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Score,
        Self::Judge,
        Self::Tokens,
        Self::Chars,
        Self::Cost,
        Self::Latency,
        Self::Rerun,
    ];

    /// As written in a filter.
    pub fn name(&self) -> String {
        let name = match self {
            Self::Level(criterion) => return format!("level.{criterion}"),
            Self::Score => "score",
            Self::Judge => "judge",
            Self::Tokens => "tokens",
            Self::Chars => "chars",
            Self::Cost => "cost",
            Self::Latency => "latency",
            Self::Rerun => "rerun",
        };
        name.to_owned()
    }
}

/// Something a ticket has or lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A corrected output by a person.
    Correction,
    /// A corrected output by a judge.
    Suggestion,
    /// A note.
    Note,
    /// A comment.
    Comment,
    /// A flag.
    Flag,
    /// A tag.
    Tag,
    /// A feature.
    Feature,
    /// A reference response.
    Reference,
    /// A tool call in request or output.
    Tool,
    /// An error instead of an output.
    Error,
    /// A score by a person.
    Score,
    /// A verdict by a judge.
    Judge,
    /// A review by a person.
    Review,
    /// A place in a review plan.
    Plan,
    /// A warning on the judged texts, such as text that speaks to whoever grades it, or on what the judge said whose score
    /// the ticket shows.
    Warning,
}

impl Thing {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::Correction,
        Self::Suggestion,
        Self::Note,
        Self::Comment,
        Self::Flag,
        Self::Tag,
        Self::Feature,
        Self::Reference,
        Self::Tool,
        Self::Error,
        Self::Score,
        Self::Judge,
        Self::Review,
        Self::Plan,
        Self::Warning,
    ];

    /// As written after `has:` and `no:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Suggestion => "suggestion",
            Self::Note => "note",
            Self::Comment => "comment",
            Self::Flag => "flag",
            Self::Tag => "tag",
            Self::Feature => "feature",
            Self::Reference => "reference",
            Self::Tool => "tool",
            Self::Error => "error",
            Self::Score => "score",
            Self::Judge => "judge",
            Self::Review => "review",
            Self::Plan => "plan",
            Self::Warning => "warning",
        }
    }

    /// The thing with this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|thing| thing.name().eq_ignore_ascii_case(name))
    }
}

/// One field as help shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldInfo {
    /// As written.
    pub name: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
    /// What it asks about.
    pub help: &'static str,
}

const fn info(name: &'static str, example: &'static str, help: &'static str) -> FieldInfo {
    FieldInfo {
        name,
        example,
        help,
    }
}

/// Every field, for help, completion and documentation.
pub const TABLE: [FieldInfo; 28] = [
    info(
        "status",
        "status:open",
        "open, partial, adjudicate, deferred, escalated or done",
    ),
    info("tag", "tag:billing,refund", "has one of the tags"),
    info(
        "feature",
        "feature:search",
        "the feature the request came from",
    ),
    info(
        "model",
        "model:gpt-4*",
        "who wrote the output; * stands for any ending",
    ),
    info(
        "lang",
        "lang:de",
        "language of the request, where it can be told from its words",
    ),
    info("flag", "flag:legal", "flags set by people and checks"),
    info("reviewer", "reviewer:ana", "who reviewed it"),
    info(
        "mine",
        "mine:yes",
        "claimed by, assigned to or reviewed by me",
    ),
    info(
        "score",
        "score<0.5",
        "the reviewer's overall score, 0-1 or in %",
    ),
    info(
        "judge",
        "judge>=80%",
        "the judge's overall score, 0-1 or in %",
    ),
    info("level", "level.tone<=2", "the level given to one question"),
    info("tokens", "tokens>4k", "length of the output in tokens"),
    info("chars", "chars<200", "length of the output in characters"),
    info("cost", "cost>0.01", "cost of the output"),
    info(
        "latency",
        "latency>2s",
        "time the model took; ms without a unit",
    ),
    info(
        "time",
        "time>=2026-10-01",
        "when the request was made (UTC)",
    ),
    info("dataset", "dataset:support", "the dataset it belongs to"),
    info("role", "role:heldout", "review, heldout or train"),
    info("rerun", "rerun:0", "index of the rerun, from 0"),
    info("finish", "finish:length", "why the model stopped"),
    info("error", "error:timeout", "class of the error it ended with"),
    info("source", "source:logs.jsonl", "the file it came from"),
    info("id", "id:4711", "its id"),
    info(
        "text",
        "text:\"double charge\"",
        "words in request or output; bare words do the same",
    ),
    info("plan", "plan:first", "the review plan it stands in"),
    info(
        "unscored",
        "unscored:refusal,transport",
        "what kept a judge that was put to work here from scoring it",
    ),
    info(
        "has",
        "has:correction",
        "has a correction, note, flag, reference and the like",
    ),
    info("no", "no:flag", "has none"),
];
