//! The fields of a rubric's form: their names, their texts, and what a changed text does.

use crate::domain::rubric::{Kind, Rubric, valid_id};

mod words;

use super::checks::{self, Part};
use super::form;

use words::{answer_words, number, read_answer, scale_words};
pub use words::{in_form, question_named, question_words, scale};

/// Cells of a field's name.
pub const LABEL: u16 = 17;
/// Cells of a line number beside the text.
pub const NUMBER: u16 = 5;
/// Above this many levels only the ends and those with a text are listed.
const LISTED: usize = 11;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    /// The rubric's id.
    Name,
    /// How it is answered.
    Kind,
    /// What the judge is told.
    Instructions,
    /// What people are told.
    Notes,
    /// The score that passes.
    PassMark,
    /// A question or a requirement, by its place.
    Question(usize),
    /// The scale of a criterion.
    Scale(usize),
    /// The weight of a criterion.
    Weight(usize),
    /// The level a criterion must reach.
    MustReach(usize),
    /// What a level of a criterion means.
    Anchor(usize, i32),
    /// What an example answers.
    Input(usize),
    /// One of its outputs.
    Output(usize, usize),
    /// The right answer to a question, by the question's place.
    Answer(usize, usize),
    /// The answer an example holds its output against.
    Reference(usize),
    /// An example's output as it should have been.
    Correction(usize),
    /// Why that is right.
    Why(usize),
    /// Stands where there is no example.
    NoExamples,
    /// A part of a check, by the check's place.
    Check(usize, Part),
    /// Stands where there is no check.
    NoChecks,
    /// The judge to offer first.
    Model,
    /// Readings per question.
    Samples,
    /// The prompt in place of docket's own.
    Template,
}

impl Field {
    /// Rows it takes while it is written.
    pub fn rows(&self) -> u16 {
        match self {
            Self::Instructions
            | Self::Notes
            | Self::Input(_)
            | Self::Output(..)
            | Self::Reference(_)
            | Self::Correction(_)
            | Self::Template => 6,
            Self::Question(_) | Self::Anchor(..) | Self::Why(_) | Self::Check(_, Part::Value) => 3,
            _ => 1,
        }
    }

    /// Its heading, where a part of the form begins with it.
    pub fn heading(&self, rubric: &Rubric) -> Option<String> {
        match self {
            Self::Question(at) => Some(match rubric.kind {
                Kind::Adherence => format!("REQUIREMENT {}", at + 1),
                Kind::Direct | Kind::Pairwise => format!("QUESTION {}", at + 1),
            }),
            Self::Input(at) => Some(format!("EXAMPLE {}", at + 1)),
            Self::Check(at, Part::Kind) => {
                let id = rubric.checks.get(*at).map_or("", |check| &check.id);
                Some(format!("CHECK {} · {id}", at + 1))
            }
            Self::NoChecks => Some("CHECKS".to_owned()),
            Self::NoExamples => Some("EXAMPLES".to_owned()),
            Self::Model => Some("JUDGE".to_owned()),
            _ => None,
        }
    }

    /// Its name.
    pub fn label(&self, rubric: &Rubric) -> String {
        match self {
            Self::Name => "name".into(),
            Self::Kind => "answers are".into(),
            Self::Instructions => "told to judges".into(),
            Self::Notes => "told to people".into(),
            Self::PassMark => "passes from".into(),
            Self::Question(_) if rubric.kind == Kind::Adherence => "must hold".into(),
            Self::Question(_) => "question".into(),
            Self::Scale(_) => "scale".into(),
            Self::Weight(_) => "weight".into(),
            Self::MustReach(_) => "must reach".into(),
            Self::Anchor(_, level) => format!("level {level}"),
            Self::Input(_) => "request".into(),
            Self::Output(_, at) if rubric.kind == Kind::Pairwise => format!("output {}", at + 1),
            Self::Output(..) => "output".into(),
            Self::Answer(_, at) => question_words(rubric, *at),
            Self::Reference(_) => "reference".into(),
            Self::Correction(_) => "corrected output".into(),
            Self::Why(_) => "why".into(),
            Self::NoExamples => "examples".into(),
            Self::Check(at, part) => checks::label(rubric, *at, *part).into(),
            Self::NoChecks => "checks".into(),
            Self::Model => "asked first".into(),
            Self::Samples => "readings".into(),
            Self::Template => "own prompt".into(),
        }
    }

    /// What an empty one stands for.
    pub fn nothing(&self) -> &'static str {
        match self {
            Self::PassMark => "0.8, as nothing else is said",
            Self::MustReach(_) => "no level fails it alone",
            Self::Anchor(..) => "say what this level looks like",
            Self::Instructions => "what the task is, for whom, what must not happen",
            Self::Model => "whoever is chosen",
            Self::Answer(..) => "no answer given",
            Self::NoExamples => "none; a adds one: judges and people learn the levels from it",
            Self::Reference(_) => "none: the request alone decides",
            Self::Correction(_) => "none; shown in practice and to judges",
            Self::NoChecks => "none; a adds one: free, run before any judge",
            Self::Check(_, Part::Sets) => "no question: it stands for itself",
            Self::Check(_, Part::Value) => "the item's own: its reference, or its whole request",
            Self::Template => "docket's; what is written here is asked in its place",
            _ => "nothing yet",
        }
    }
}

/// Every field of a rubric, in the order of the form.
pub fn all(rubric: &Rubric) -> Vec<Field> {
    let mut fields = vec![
        Field::Name,
        Field::Kind,
        Field::Instructions,
        Field::Notes,
        Field::PassMark,
    ];
    for (at, criterion) in rubric.criteria.iter().enumerate() {
        fields.push(Field::Question(at));
        if rubric.kind == Kind::Direct {
            fields.push(Field::Scale(at));
        }
        fields.push(Field::Weight(at));
        if rubric.kind == Kind::Direct {
            fields.push(Field::MustReach(at));
            let listed = criterion.scale.count() <= LISTED;
            let ends = [criterion.scale.min(), criterion.scale.max()];
            let shown = |level: &i32| {
                listed || ends.contains(level) || criterion.anchors.contains_key(level)
            };
            // A scale may have thousands of levels; those with a text are few.
            let levels: Vec<i32> = if listed {
                criterion.scale.levels().collect()
            } else {
                let mut some: Vec<i32> = criterion.anchors.keys().copied().chain(ends).collect();
                some.sort_unstable();
                some.dedup();
                some
            };
            fields.extend(
                levels
                    .into_iter()
                    .filter(shown)
                    .map(|level| Field::Anchor(at, level)),
            );
        }
    }
    fields.extend((0..rubric.requirements.len()).map(Field::Question));
    fields.extend(checks::fields(rubric));
    let questions = rubric.questions().count();
    for (at, example) in rubric.examples.iter().enumerate() {
        fields.push(Field::Input(at));
        fields.extend((0..example.outputs.len()).map(|output| Field::Output(at, output)));
        fields.push(Field::Reference(at));
        fields.extend((0..questions).map(|question| Field::Answer(at, question)));
        if rubric.kind != Kind::Pairwise || example.correction.is_some() {
            fields.push(Field::Correction(at));
        }
        fields.push(Field::Why(at));
    }
    if rubric.examples.is_empty() {
        fields.push(Field::NoExamples);
    }
    fields.extend([Field::Model, Field::Samples, Field::Template]);
    fields
}

/// The whole form as a text people read: what is empty is left out.
pub fn in_words(rubric: &Rubric) -> String {
    let mut words = String::new();
    for field in all(rubric) {
        if let Some(heading) = field.heading(rubric) {
            words.extend(["\n", &heading, "\n"]);
        }
        let value = text(rubric, &field);
        if !value.trim().is_empty() {
            words.extend([&field.label(rubric), ": ", value.trim(), "\n"]);
        }
    }
    words
}

/// The text of a field.
pub fn text(rubric: &Rubric, field: &Field) -> String {
    let criterion = |at: &usize| rubric.criteria.get(*at);
    let example = |at: &usize| rubric.examples.get(*at);
    let found = match field {
        Field::Name => Some(rubric.id.clone()),
        Field::Kind => Some(form::kind_words(rubric.kind).to_owned()),
        Field::Instructions => Some(rubric.instructions.clone()),
        Field::Notes => Some(rubric.reviewer_notes.clone()),
        Field::PassMark => rubric.pass_threshold.map(|mark| mark.to_string()),
        Field::Question(at) if rubric.kind == Kind::Adherence => {
            rubric.requirements.get(*at).map(|one| one.text.clone())
        }
        Field::Question(at) => criterion(at).map(|one| one.question.clone()),
        Field::Scale(at) => criterion(at).map(|one| scale_words(one.scale)),
        Field::Weight(at) => criterion(at).map(|one| one.weight.to_string()),
        Field::MustReach(at) => {
            criterion(at).and_then(|one| one.must_reach.map(|level| level.to_string()))
        }
        Field::Anchor(at, level) => criterion(at).and_then(|one| one.anchors.get(level).cloned()),
        Field::Input(at) => example(at).map(|one| one.input.clone()),
        Field::Output(at, output) => example(at).and_then(|one| one.outputs.get(*output).cloned()),
        Field::Answer(at, question) => example(at).and_then(|one| {
            let question = rubric.questions().nth(*question)?;
            one.answers.get(question.id).map(answer_words)
        }),
        Field::Reference(at) => example(at).and_then(|one| one.reference.clone()),
        Field::Correction(at) => example(at).and_then(|one| one.correction.clone()),
        Field::Why(at) => example(at).map(|one| one.why.clone()),
        Field::Model => rubric.judge.model.clone(),
        Field::Samples => Some(rubric.judge.samples.to_string()),
        Field::Template => rubric.judge.template.clone(),
        Field::Check(at, part) => checks::text(rubric, *at, *part),
        Field::NoChecks | Field::NoExamples => None,
    };
    found.unwrap_or_default()
}

/// Writes a text into a field; says why if the field cannot hold it.
pub fn set(rubric: &mut Rubric, field: &Field, text: &str) -> Result<(), String> {
    let trimmed = text.trim();
    match field {
        Field::Name if valid_id(trimmed) => trimmed.clone_into(&mut rubric.id),
        Field::Name => return Err("small letters, digits and `-`, such as `support-reply`".into()),
        Field::Kind => form::set_kind(rubric, trimmed)?,
        Field::Instructions => trimmed.clone_into(&mut rubric.instructions),
        Field::Notes => trimmed.clone_into(&mut rubric.reviewer_notes),
        Field::PassMark => {
            let mark = number::<f64>(trimmed, "a number from 0 to 1, such as 0.8")?;
            if mark.is_some_and(|mark| !(0.0..=1.0).contains(&mark)) {
                return Err("a number from 0 to 1, such as 0.8".into());
            }
            rubric.pass_threshold = mark;
        }
        Field::Question(at) => form::set_question(rubric, *at, trimmed),
        Field::Model => rubric.judge.model = (!trimmed.is_empty()).then(|| trimmed.to_owned()),
        Field::Template => {
            rubric.judge.template = (!trimmed.is_empty()).then(|| text.to_owned());
        }
        Field::Check(at, part) => checks::set(rubric, *at, *part, trimmed)?,
        Field::NoChecks | Field::NoExamples => return Err("Esc, then `a` adds one".into()),
        Field::Samples => {
            let what = "a whole number from 1 to 25";
            let samples = number(trimmed, what)?.unwrap_or(1);
            if !(1..=25).contains(&samples) {
                return Err(what.into());
            }
            rubric.judge.samples = samples;
        }
        Field::Scale(at) | Field::Weight(at) | Field::MustReach(at) | Field::Anchor(at, _) => {
            set_criterion(rubric, *at, field, trimmed)?;
        }
        Field::Input(at)
        | Field::Output(at, _)
        | Field::Answer(at, _)
        | Field::Reference(at)
        | Field::Correction(at)
        | Field::Why(at) => {
            set_example(rubric, *at, field, text)?;
        }
    }
    Ok(())
}

fn set_criterion(rubric: &mut Rubric, at: usize, field: &Field, text: &str) -> Result<(), String> {
    let Some(criterion) = rubric.criteria.get_mut(at) else {
        return Ok(());
    };
    match field {
        Field::Scale(_) => {
            criterion.scale = scale(text)?;
            let scale = criterion.scale;
            // What a level meant on the old scale says nothing on the new one; undo brings it back.
            criterion.anchors.retain(|level, _| scale.allows(*level));
            criterion.must_reach = criterion.must_reach.filter(|level| scale.allows(*level));
        }
        Field::Weight(_) => {
            let what = "a number above 0, such as 2";
            criterion.weight = number::<f64>(text, what)?.unwrap_or(1.0);
            if !criterion.weight.is_finite() || criterion.weight <= 0.0 {
                return Err(what.into());
            }
        }
        Field::MustReach(_) => {
            let scale = criterion.scale;
            let what = format!(
                "a level from {} to {}, or nothing",
                scale.min(),
                scale.max()
            );
            let level = number::<i32>(text, &what)?;
            if level.is_some_and(|level| !scale.allows(level)) {
                return Err(what);
            }
            criterion.must_reach = level;
        }
        Field::Anchor(_, level) if text.is_empty() => {
            criterion.anchors.remove(level);
        }
        Field::Anchor(_, level) => {
            criterion.anchors.insert(*level, text.to_owned());
        }
        _ => {}
    }
    Ok(())
}

fn written(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn set_example(rubric: &mut Rubric, at: usize, field: &Field, text: &str) -> Result<(), String> {
    let asked = match field {
        Field::Answer(_, question) => rubric
            .questions()
            .nth(*question)
            .map(|one| read_answer(&one, text).map(|answer| (one.id.to_owned(), answer))),
        _ => None,
    };
    let Some(example) = rubric.examples.get_mut(at) else {
        return Ok(());
    };
    match field {
        Field::Input(_) => text.clone_into(&mut example.input),
        Field::Output(_, output) => {
            if let Some(output) = example.outputs.get_mut(*output) {
                text.clone_into(output);
            }
        }
        Field::Reference(_) => example.reference = written(text),
        Field::Correction(_) => example.correction = written(text),
        Field::Why(_) => text.trim().clone_into(&mut example.why),
        _ => {
            if let Some((id, answer)) = asked.transpose()? {
                match answer {
                    Some(answer) => example.answers.insert(id, answer),
                    None => example.answers.remove(&id),
                };
            }
        }
    }
    Ok(())
}
