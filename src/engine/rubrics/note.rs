//! A note made a criterion, with the output it was written on as the example.

use std::collections::BTreeMap;

use super::super::judge::JudgeOrder;
use super::super::{Engine, EngineError, Result};
use super::draft::{Drafted, Question, ROOM, refuse};
use crate::domain::ids::TicketId;
use crate::domain::rubric::{Answer, Answers, Criterion, Example, Kind, Rubric, Scale, slug};
use crate::judge::generate::{self, Draft, Seen};
use crate::judge::nonce::Nonce;
use crate::store::{catalog, tickets};

impl Engine {
    /// Drafts a criterion from this person's note on a ticket, with its output as the example; a model words it if
    /// one is named. `written` is a note that is not kept yet; it stands in the place of those that are. The draft is the eval's rubric with the criterion added, or, where that rubric asks no levels,
    /// the criterion alone.
    pub fn criterion_from_note(
        &self,
        ticket: TicketId,
        written: Option<&str>,
        judge: Option<&JudgeOrder>,
    ) -> Result<Drafted> {
        let (eval, mut seen, own) = self.store().read(|db| {
            let row = tickets::get(db, &ticket)?;
            let eval = catalog::eval_in_row(db, row.eval)?;
            let seen = self.seen(db, &eval, &ticket)?;
            let folded = tickets::folded(db, row.row)?;
            let mine = folded.by(self.reviewer());
            let own = mine.map(|one| one.current().answers.clone());
            Ok((eval, seen, own.unwrap_or_default()))
        })?;
        if let Some(note) = written.map(str::trim).filter(|note| !note.is_empty()) {
            seen.notes = vec![note.to_owned()];
        }
        if seen.notes.is_empty() {
            return Err(EngineError::refused(
                format!("you have no note on ticket {}", ticket.short()),
                "write down what is wrong with its output first",
            ));
        }
        let rubric = self.rubric_of(&eval)?;
        let Some(order) = judge else {
            let (criterion, example) = from_words(&seen);
            not_asked_yet(&rubric, &criterion)?;
            return Ok(Drafted {
                rubric: joined(&rubric, criterion, known(example, &own)),
                why: BTreeMap::new(),
                problems: Vec::new(),
                tokens: (0, 0),
                cost_micros: Some(0),
                took_ms: 0,
            }
            .looked_over());
        };
        let judge = self.asked_judge(order, &eval, &rubric)?;
        let nonce = Nonce::of_task(&self.identity().secret, "from-note", &ticket.0);
        let wanted = generate::prompt_from_note(&rubric, &seen, &nonce, Some(ROOM))
            .map_err(|no| refuse(&no))?;
        let drafted = self.put(&Question {
            eval,
            judge,
            sooner: order.reach.sooner,
            wanted,
            nonce,
            shown: vec![seen.clone()],
        })?;
        let draft = Draft {
            rubric: drafted.rubric.clone(),
            why: drafted.why.clone(),
            problems: Vec::new(),
        };
        // A note says what is wrong: its output is the example of the lowest level.
        let worst = draft.rubric.criteria.first().map(|one| one.scale.min());
        match generate::with_example(&draft, &seen, worst) {
            Some((criterion, example)) => Ok(Drafted {
                rubric: joined(&rubric, criterion, known(example, &own)),
                ..drafted
            }
            .looked_over()),
            None => Ok(drafted),
        }
    }
}

/// A criterion in the note's own words. A note is taken as what is wrong, so its output has the lowest level.
fn from_words(seen: &Seen) -> (Criterion, Example) {
    let said = seen.notes.join(" ");
    let words: Vec<&str> = said.split_whitespace().collect();
    let id = match slug(&words.iter().take(4).copied().collect::<Vec<_>>().join(" ")) {
        id if id.is_empty() => "from-note".to_owned(),
        id => id,
    };
    let said = words.join(" ");
    let mut criterion = Criterion::new(
        id.clone(),
        format!(
            "Is the output free of this fault: {}?",
            said.trim_end_matches(['.', '?', '!'])
        ),
        Scale::Binary,
    );
    criterion.anchors = BTreeMap::from([
        (0, "The fault is there.".to_owned()),
        (1, "The fault is not there.".to_owned()),
    ]);
    let example = Example {
        input: seen.input.clone(),
        outputs: vec![seen.output.clone()],
        reference: None,
        answers: Answers::from([(id, Answer::Level(0))]),
        why: seen.notes.join("\n"),
        correction: None,
    };
    (criterion, example)
}

/// What this person has said of the ticket on the other questions belongs to the example too.
fn known(mut example: Example, own: &Answers) -> Example {
    for (id, answer) in own {
        if let Answer::Level(_) = answer {
            let slot = example.answers.entry(id.clone());
            slot.or_insert_with(|| answer.clone());
        }
    }
    example
}

/// Refuses to ask the same twice: a note that was made a criterion before.
fn not_asked_yet(rubric: &Rubric, criterion: &Criterion) -> Result<()> {
    let asked = rubric
        .criteria
        .iter()
        .find(|one| one.question == criterion.question);
    match asked {
        None => Ok(()),
        Some(asked) => Err(EngineError::refused(
            format!(
                "the rubric `{}` asks this already: `{}` is your note in these words",
                rubric.id, asked.id
            ),
            "write the note in other words, or change that question on the Rubric screen",
        )),
    }
}

/// The rubric with one criterion more, under an id of its own.
fn joined(rubric: &Rubric, mut criterion: Criterion, mut example: Example) -> Rubric {
    let mut draft = if rubric.kind == Kind::Direct {
        rubric.clone()
    } else {
        Rubric::empty(format!("draft-{}", criterion.id))
    };
    let stem = criterion.id.clone();
    for n in 2..=draft.criteria.len() + 2 {
        if draft.question(&criterion.id).is_none() {
            break;
        }
        criterion.id = format!("{stem}-{n}");
    }
    if let Some(answer) = example.answers.remove(&stem) {
        example.answers.insert(criterion.id.clone(), answer);
    }
    draft.criteria.push(criterion);
    // Of a rubric that asks no levels only the new question is left to answer.
    let asked: Vec<String> = draft.questions().map(|one| one.id.to_owned()).collect();
    example.answers.retain(|id, _| asked.contains(id));
    draft.examples.push(example);
    draft.scoring = draft.fitting_scoring();
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::eval::Mode;
    use crate::engine::testing::{Bench, level};

    #[test]
    fn a_note_becomes_a_criterion_for_those_who_may_read_it() {
        let bench = Bench::new(1, Mode::Blind, 2, false);
        let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
        let mut given = level(&doc, 1);
        given.draft.note = "No greeting at all.".to_owned();
        bench.ana.submit(&given).unwrap();
        let drafted = bench
            .ana
            .criterion_from_note(doc.ticket, None, None)
            .unwrap();
        let [_, criterion] = &drafted.rubric.criteria[..] else {
            panic!("{drafted:?}");
        };
        assert_eq!(criterion.id, "no-greeting-at-all");
        assert_eq!(
            criterion.question,
            "Is the output free of this fault: No greeting at all?"
        );
        let twice = format!("{:?}", criterion.anchors)
            .matches("greeting")
            .count();
        assert_eq!(twice, 0, "the note stands in the question alone");
        let [example] = &drafted.rubric.examples[..] else {
            panic!("{drafted:?}");
        };
        assert_eq!(example.outputs, ["answer 0"]);
        assert_eq!(example.answers["no-greeting-at-all"], Answer::Level(0));
        assert_eq!(
            example.answers["q"],
            Answer::Level(1),
            "what they said of the other question"
        );
        assert_eq!(
            bench.ana.rubric_of(&bench.eval).unwrap().criteria.len(),
            1,
            "the draft is not in use"
        );
        let said = not_asked_yet(&drafted.rubric, criterion)
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("asks this already: `no-greeting-at-all`"),
            "{said}"
        );
        // Ben is still blind to what ana wrote.
        let refused = bench.by("ben").criterion_from_note(doc.ticket, None, None);
        assert!(refused.unwrap_err().to_string().contains("no note"));
        let fresh = bench
            .by("ben")
            .criterion_from_note(doc.ticket, Some(" Too long. "), None);
        let fresh = fresh.unwrap().rubric;
        assert_eq!(fresh.criteria[1].id, "too-long");
        assert_eq!(
            fresh.examples[0].why, "Too long.",
            "nobody else's note is in it"
        );
    }
}
