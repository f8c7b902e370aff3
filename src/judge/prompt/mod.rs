//! Prompts in the fixed order of the protocol: what is the same for all tickets first.
//!
//! [`Prepared`] is one call of a rubric, made once per job: standing instructions and the prefix an
//! endpoint may cache (rubric instructions, criterion with anchors, guidelines, hand-written examples).
//! [`Prepared::fill`] adds one ticket: learned examples, context, request, reference, output, and the
//! reminder, whose last word is the nonce. What does not fit the token room is refused, never cut.

mod asked;
mod examples;
mod template;
pub(super) mod words;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::Arc;

pub use asked::{Asked, Expected, Form, Pair};
pub use template::{TemplateError, VARIABLES};

use super::data::{Blocks, output_text};
use super::nonce::{ALL_CRITERIA, Nonce};
use super::parse::Rejected;
use super::retrieve::Guideline;
use super::subject::{Output, Subject};
use super::{retrieve, schema, tokens};
use crate::domain::failure::Class;
use crate::domain::rubric::{Example, Kind, Rubric, Scoring};
use crate::provider::{Prompt, Shape};

/// Version of prompts and of the reading of replies; part of every judge's identity.
pub const PROTOCOL: u32 = 1;

/// One call of a rubric, ready for any ticket.
#[derive(Debug, Clone)]
pub struct Prepared {
    criterion: String,
    asked: Arc<[Asked]>,
    joint: bool,
    kind: Kind,
    system: Arc<str>,
    prefix: Arc<str>,
    shape: Arc<Shape>,
    template: Option<String>,
    datamark: bool,
    standing_tokens: u64,
}

/// What one ticket brings to a call.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// What is judged.
    pub subject: &'a Subject,
    /// The id of this question.
    pub nonce: &'a Nonce,
    /// The candidates compared; needed by pairwise rubrics only.
    pub pair: Option<Pair>,
    /// Learned examples, most alike first ([`retrieve::Library::choose`]).
    pub shots: &'a [Example],
    /// Tokens the question may take; `None` for no limit.
    pub room: Option<u64>,
}

/// A question ready to be sent, and what its reply is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// What is sent.
    pub prompt: Prompt,
    /// What the reply is held against.
    pub expected: Expected,
    /// Estimated tokens of the question.
    pub tokens: u64,
}

impl Prepared {
    /// The calls one reading of a ticket takes, in order. Criteria that a check sets are left out: nobody
    /// needs to be asked. Fails only for a template that cannot be used.
    pub fn all(rubric: &Rubric, guidelines: &[Guideline]) -> Result<Vec<Self>, TemplateError> {
        if let Some(source) = &rubric.judge.template {
            template::check(source)?;
        }
        let open = rubric.questions().filter(|question| !question.from_check);
        let asked: Vec<Asked> = open.map(|question| Asked::of(&question)).collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let calls = match rubric.scoring {
            Scoring::Joint if asked.len() > 1 => vec![Self::new(rubric, guidelines, asked)],
            Scoring::Joint | Scoring::PerCriterion => asked
                .into_iter()
                .map(|one| Self::new(rubric, guidelines, vec![one]))
                .collect(),
        };
        Ok(calls)
    }

    fn new(rubric: &Rubric, guidelines: &[Guideline], asked: Vec<Asked>) -> Self {
        let joint = asked.len() > 1;
        let form = asked.first().map_or(Form::Level, |one| one.form);
        let system = words::system(form, joint);
        let prefix = prefix(rubric, guidelines, &asked);
        let shape = Arc::new(schema::verdict(&asked, joint));
        let criterion = match &asked[..] {
            [one] => one.id.clone(),
            _ => ALL_CRITERIA.to_owned(),
        };
        Self {
            criterion,
            joint,
            kind: rubric.kind,
            standing_tokens: tokens::estimate(&system)
                + tokens::estimate(&prefix)
                + tokens::estimate(shape.schema.as_str()),
            system: system.into(),
            prefix: prefix.into(),
            shape,
            template: rubric.judge.template.clone(),
            datamark: rubric.judge.datamark,
            asked: asked.into(),
        }
    }

    /// The criterion's id, or [`ALL_CRITERIA`] for a joint call: part of nonce and cache key.
    pub fn criterion(&self) -> &str {
        &self.criterion
    }

    /// The questions, in the order of the rubric.
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// Estimated tokens of what every ticket's question has in common.
    pub fn standing_tokens(&self) -> u64 {
        self.standing_tokens
    }

    /// The JSON wished for; the same for every ticket.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// Whether two candidates are compared.
    pub fn is_comparison(&self) -> bool {
        self.kind == Kind::Pairwise
    }

    /// The question about one ticket.
    ///
    /// Refused with [`Class::TooLong`] when it does not fit, with [`Class::BadRequest`] when the ticket
    /// lacks the output or outputs this call is about.
    pub fn fill(&self, with: &Filling<'_>) -> Result<Filled, Rejected> {
        let shown = self.outputs(with)?;
        let mut rest = String::new();
        for shot in with.shots {
            examples::learned(shot, &self.asked, with.nonce, &mut rest);
        }
        match &self.template {
            None => self.material(with, &shown, &mut rest),
            Some(source) => self.templated(source, with, &shown, &mut rest)?,
        }
        if self.datamark {
            rest.push_str(words::MARKED);
            rest.push('\n');
        }
        rest.push_str(&words::reminder(&self.asked, self.joint, with.nonce));
        let tokens = self.standing_tokens + tokens::estimate(&rest);
        if let Some(room) = with.room.filter(|room| tokens > *room) {
            return Err(Rejected {
                class: Class::TooLong,
                message: format!(
                    "the question takes about {tokens} tokens, the judge has room for {room}; use a judge with a longer context"
                ),
            });
        }
        Ok(Filled {
            prompt: Prompt::Written {
                system: Arc::clone(&self.system),
                prefix: Arc::clone(&self.prefix),
                rest,
            },
            expected: Expected {
                nonce: with.nonce.clone(),
                asked: Arc::clone(&self.asked),
                joint: self.joint,
                pair: with.pair.filter(|_| self.is_comparison()),
            },
            tokens,
        })
    }

    /// The outputs to show with their names.
    fn outputs<'a>(&self, with: &Filling<'a>) -> Result<Vec<(&'static str, &'a Output)>, Rejected> {
        let at = |place: u16| with.subject.outputs.get(usize::from(place).wrapping_sub(1));
        let found = if self.is_comparison() {
            with.pair
                .and_then(|pair| Some(vec![("output A", at(pair.a)?), ("output B", at(pair.b)?)]))
        } else {
            at(1).map(|output| vec![("output", output)])
        };
        found.ok_or_else(|| Rejected {
            class: Class::BadRequest,
            message: "the ticket has no such output to judge; check that rubric and ticket are of one kind"
                .to_owned(),
        })
    }

    fn material(&self, with: &Filling<'_>, shown: &[(&'static str, &Output)], out: &mut String) {
        let mut blocks = Blocks::new(with.nonce);
        context(with.subject, &mut blocks);
        conversation(with.subject, &mut blocks);
        reference(with.subject, &mut blocks);
        for (name, output) in shown {
            blocks.output(name, output, self.datamark);
        }
        out.push_str(&blocks.text);
    }

    fn templated(
        &self,
        source: &str,
        with: &Filling<'_>,
        shown: &[(&'static str, &Output)],
        out: &mut String,
    ) -> Result<(), Rejected> {
        let mut before = Blocks::new(with.nonce);
        conversation(with.subject, &mut before);
        context(with.subject, &mut before);
        let mut response = Blocks::new(with.nonce);
        reference(with.subject, &mut response);
        let mut outputs = Blocks::new(with.nonce);
        for (name, output) in shown {
            outputs.output(name, output, self.datamark);
        }
        let variables = template::Variables {
            context: before.text.trim_end(),
            response: response.text.trim_end(),
            output: outputs.text.trim_end(),
        };
        let text = template::fill(source, variables).map_err(|error| Rejected {
            class: if error.out_of_fuel {
                Class::TooLong
            } else {
                Class::BadRequest
            },
            message: error.to_string(),
        })?;
        out.push_str(text.trim_end());
        out.push('\n');
        Ok(())
    }
}

fn context(subject: &Subject, blocks: &mut Blocks<'_>) {
    if let Some(context) = filled(subject.context.as_deref()) {
        blocks.note("Context the output had to rest on:");
        blocks.block("context", context);
    }
}

fn conversation(subject: &Subject, blocks: &mut Blocks<'_>) {
    if !subject.request.is_empty() {
        blocks.note("The request, message by message:");
        blocks.turns(&subject.request);
    }
    if let Some(tools) = filled(subject.tools.as_deref()) {
        blocks.note("Tools the model could call:");
        blocks.block("tools", tools);
    }
}

fn reference(subject: &Subject, blocks: &mut Blocks<'_>) {
    if let Some(reference) = &subject.reference
        && !reference.text.trim().is_empty()
    {
        blocks.note(words::reference(reference.standing));
        blocks.block("reference", &reference.text);
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// Sections 1 to 4 of the order: instructions, criteria, guidelines, hand-written examples.
fn prefix(rubric: &Rubric, guidelines: &[Guideline], asked: &[Asked]) -> String {
    let mut text = String::new();
    if !rubric.instructions.trim().is_empty() {
        let _ = write!(text, "# Task\n{}\n\n", rubric.instructions.trim());
    }
    text.push_str("# Rubric\n");
    for one in asked {
        text.push_str(&words::criterion(one));
    }
    text.push('\n');
    text.push_str(&retrieve::guidelines_block(guidelines, asked));
    text.push_str(&examples::written(&rubric.examples, asked));
    text.push_str("# Material\n");
    text
}

/// Whether anything of the outputs could not be shown to a judge as text.
pub fn parts_not_shown(subject: &Subject) -> bool {
    subject
        .outputs
        .iter()
        .any(|output| !output.not_shown.is_empty())
        || subject
            .request
            .iter()
            .any(|turn| turn.text.ends_with(", not shown]"))
}

/// What is in an output that a judge can read; empty if nothing is.
pub fn readable(output: &Output) -> String {
    output_text(output)
}
