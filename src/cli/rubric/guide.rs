//! A rubric from answers to questions: on a terminal, or from lines on standard input.
//!
//! Every question has a default, which an empty line takes. Nothing is written here; whoever stops in between has
//! made nothing.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use crate::cli::CliError;
use crate::domain::rubric::{Criterion, Rubric, Scale, slug};

/// Asked if nobody says anything else.
const QUESTION: &str = "Would you send this output as it is?";
/// Leaves out what it answers.
const NONE: &str = "-";
/// Of longer scales only the ends are asked about.
const MOST_ANCHORS: usize = 6;
/// Questions of one rubric, at most; more make a form nobody fills in.
const MOST_QUESTIONS: usize = 20;

/// Why there is no rubric.
#[derive(Debug)]
pub enum Stop {
    /// There was nothing to read.
    Silence,
    /// The person left.
    Left,
    /// It cannot go on.
    Failed(CliError),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(CliError::plain(format!("cannot read the answer: {error}")))
    }
}

/// Questions go out, answers come in.
pub struct Talk<'a> {
    /// Lines of answers.
    pub input: &'a mut dyn BufRead,
    /// Where questions are written.
    pub out: &'a mut dyn Write,
    /// Whether somebody types; else answers are written out behind their questions, and missing ones are defaults.
    pub terminal: bool,
    heard: bool,
}

impl<'a> Talk<'a> {
    /// Nothing said yet.
    pub fn new(input: &'a mut dyn BufRead, out: &'a mut dyn Write, terminal: bool) -> Self {
        Self {
            input,
            out,
            terminal,
            heard: false,
        }
    }

    fn say(&mut self, text: &str) -> Result<(), Stop> {
        Ok(writeln!(self.out, "{text}")?)
    }

    /// The next line, trimmed; `None` once there are no more.
    fn line(&mut self) -> Result<Option<String>, Stop> {
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            return match (self.terminal, self.heard) {
                (true, _) => {
                    // What follows starts a line of its own.
                    self.say("")?;
                    Err(Stop::Left)
                }
                (false, false) => Err(Stop::Silence),
                (false, true) => Ok(None),
            };
        }
        self.heard = true;
        Ok(Some(line.trim().to_owned()))
    }

    /// Asks until the answer can be read; an empty one is the default.
    fn ask<T>(
        &mut self,
        question: &str,
        default: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Stop> {
        let mut wrong = None;
        loop {
            // Nothing is asked of nobody: the first line decides whether there is anybody.
            let early = if self.heard || self.terminal {
                None
            } else {
                Some(self.line()?)
            };
            write!(self.out, "{question} [{default}]: ")?;
            self.out.flush()?;
            let given = match early {
                Some(given) => given,
                None => self.line()?,
            };
            if !self.terminal {
                self.say(given.as_deref().unwrap_or_default())?;
            }
            let answer = match (given, wrong.take()) {
                // No more lines after an answer that cannot be read: the default is not what was meant.
                (None, Some(why)) => return Err(Stop::Failed(CliError::plain(why))),
                (None, None) => default.to_owned(),
                (Some(given), _) if given.is_empty() => default.to_owned(),
                (Some(given), _) => given,
            };
            match read(&answer) {
                Ok(read) => return Ok(read),
                Err(why) => {
                    self.say(&format!("  {why}"))?;
                    wrong = Some(why);
                }
            }
        }
    }
}

/// Asks for everything a rubric needs; what is given already is not asked for.
pub fn rubric(
    given: Option<Scale>,
    name: Option<&str>,
    talk: &mut Talk<'_>,
) -> Result<Rubric, Stop> {
    let any = |text: &str| Ok::<_, String>(text.to_owned());
    let first = talk.ask("What do you ask of every output?", QUESTION, any)?;
    let mut rubric = Rubric::empty(String::new());
    let mut next = first.clone();
    let mut usual = match given {
        None if first == QUESTION => Scale::Binary,
        given => given.unwrap_or(Scale::Level5),
    };
    while rubric.criteria.len() < MOST_QUESTIONS {
        let scale = match given {
            Some(scale) => scale,
            None => talk.ask(
                "Answered by yes or no (1), levels 0 to 5 (2), or a range such as 1-10?",
                &named(usual),
                scale,
            )?,
        };
        usual = scale;
        let criterion = criterion(&next, scale, &rubric, talk)?;
        rubric.criteria.push(criterion);
        next = talk.ask("Another question?", "no", any)?;
        if ["no", "n", NONE].contains(&next.to_ascii_lowercase().as_str()) {
            break;
        }
    }
    let told = talk.ask(
        "What are the outputs for, and which rules must they follow? Judges and reviewers read this.",
        "nothing",
        any,
    )?;
    if told != "nothing" && told != NONE {
        rubric.instructions = told;
    }
    rubric.scoring = rubric.fitting_scoring();
    rubric.id = if let Some(name) = name {
        name.to_owned()
    } else {
        let usual = Some(slug(&first)).filter(|slug| !slug.is_empty());
        talk.ask("Its name?", usual.as_deref().unwrap_or("rubric"), id)?
    };
    Ok(rubric)
}

fn criterion(
    question: &str,
    scale: Scale,
    rubric: &Rubric,
    talk: &mut Talk<'_>,
) -> Result<Criterion, Stop> {
    // The sentence is worded as a question where it is none.
    let worded = Rubric::from_sentence(question, scale).criteria;
    let text = worded
        .into_iter()
        .next()
        .map_or_else(|| question.to_owned(), |made| made.question);
    let mut criterion = Criterion::new(free_id(question, rubric), text, scale);
    criterion.anchors = anchors(scale, talk)?;
    Ok(criterion)
}

/// An id no other question has.
fn free_id(question: &str, rubric: &Rubric) -> String {
    let stem = match slug(question) {
        slug if slug.is_empty() => "question".to_owned(),
        slug => slug,
    };
    let taken = |id: &str| rubric.criteria.iter().any(|known| known.id == id);
    if !taken(&stem) {
        return stem;
    }
    (2..=rubric.criteria.len() + 2)
        .map(|n| format!("{stem}-{n}"))
        .find(|id| !taken(id))
        .unwrap_or(stem)
}

fn anchors(scale: Scale, talk: &mut Talk<'_>) -> Result<BTreeMap<i32, String>, Stop> {
    let start = scale.starting_anchors();
    let asked: Vec<i32> = if scale.count() <= MOST_ANCHORS {
        scale.levels().collect()
    } else {
        vec![scale.min(), scale.max()]
    };
    talk.say("What does each level mean? `-` leaves one out.")?;
    let mut anchors = BTreeMap::new();
    for level in asked {
        let default = start.get(&level).map_or(NONE, String::as_str);
        let text = talk.ask(&format!("  {level}"), default, |text| Ok(text.to_owned()))?;
        if text != NONE {
            anchors.insert(level, text);
        }
    }
    Ok(anchors)
}

/// A scale as it is offered.
fn named(scale: Scale) -> String {
    match scale {
        Scale::Binary => "1".to_owned(),
        Scale::Level5 => "2".to_owned(),
        Scale::Range { .. } => scale.to_string(),
    }
}

fn scale(text: &str) -> Result<Scale, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "yes or no" | "yes/no" => Ok(Scale::Binary),
        "2" | "0-5" | "levels" => Ok(Scale::Level5),
        other => other
            .parse()
            .map_err(|_| format!("`{text}` is no scale; type 1, 2 or two ends such as 1-10")),
    }
}

fn id(text: &str) -> Result<String, String> {
    match slug(text) {
        slug if slug.is_empty() => Err(format!(
            "`{text}` makes no name; use letters from a to z and digits"
        )),
        slug => Ok(slug),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(lines: &str, terminal: bool) -> (Result<Rubric, Stop>, String) {
        let mut out = Vec::new();
        let made = rubric(
            None,
            None,
            &mut Talk::new(&mut lines.as_bytes(), &mut out, terminal),
        );
        (made, String::from_utf8(out).unwrap())
    }

    #[test]
    fn empty_lines_take_every_default_and_make_a_rubric_without_fault() {
        let (rubric, talk) = made("\n", false);
        let rubric = rubric.unwrap();
        assert_eq!(rubric.id, "would-you-send-this-output-as-it-is");
        assert_eq!(rubric.criteria[0].scale, Scale::Binary);
        assert_eq!(rubric.criteria[0].anchors.len(), 2);
        assert_eq!(crate::domain::rubric::lint(&rubric), []);
        assert!(talk.contains("[Would you send this output as it is?]"));
    }

    #[test]
    fn answers_make_several_questions_with_scales_and_anchors_of_their_own() {
        let lines = "Polite\n2\nInsults.\n-\n\n\n\nWarm.\nDoes it name a day?\n1\n\n\n\nParcels.\nMy Parcels!\n";
        let rubric = made(lines, false).0.unwrap();
        assert_eq!(rubric.id, "my-parcels");
        assert_eq!(rubric.instructions, "Parcels.");
        let [polite, day] = &rubric.criteria[..] else {
            panic!("{rubric:?}");
        };
        assert_eq!(
            polite.question,
            "How well does the output meet this: Polite?"
        );
        assert_eq!(polite.anchors[&0], "Insults.");
        assert_eq!(polite.anchors[&5], "Warm.");
        assert!(!polite.anchors.contains_key(&1));
        assert_eq!(
            (day.id.as_str(), day.scale),
            ("does-it-name-a-day", Scale::Binary)
        );
    }

    #[test]
    fn of_a_long_scale_only_the_ends_are_asked() {
        let rubric = made("Kind?\n1-10\nRude.\nKind.\n", false).0.unwrap();
        let levels: Vec<i32> = rubric.criteria[0].anchors.keys().copied().collect();
        assert_eq!(levels, [1, 10]);
    }

    #[test]
    fn what_cannot_be_read_is_asked_again_and_never_becomes_the_default() {
        let (rubric, talk) = made("Kind?\nseven\n1\n", false);
        assert_eq!(rubric.unwrap().criteria[0].scale, Scale::Binary);
        assert!(talk.contains("`seven` is no scale"), "{talk}");
        assert!(matches!(
            made("Kind?\nseven\n", false).0,
            Err(Stop::Failed(_))
        ));
    }

    #[test]
    fn silence_makes_nothing_and_neither_does_leaving_halfway() {
        let (silent, talk) = made("", false);
        assert!(matches!(silent, Err(Stop::Silence)));
        assert_eq!(talk, "");
        assert!(matches!(made("Kind?\n", true).0, Err(Stop::Left)));
    }
}
