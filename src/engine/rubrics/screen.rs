//! Rubrics as a person edits them: the list, one with its versions, a checked draft, and keeping it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::judge::JudgeOrder;
use super::super::{Engine, EngineError, Result, library};
use super::{GenerateOrder, QuickTest};
use crate::domain::eval::Eval;
use crate::domain::ids::{EvalId, RubricId};
use crate::domain::rubric::Rubric;
use crate::domain::sight;
use crate::domain::view::{
    QuickReport, RubricCard, RubricDraft, RubricExample, RubricFinding, RubricLine, RubricMove,
    RubricPage, RubricSaved, RubricSource, RubricTrial, RubricUse,
};
use crate::formats::rubric as file;
use crate::store::{catalog, rubrics, tickets};

/// Examples a model reads to draft a rubric.
const EXAMPLES: usize = 12;

impl Engine {
    /// Every rubric: those evals ask, then those kept, then those that come with the program.
    pub fn rubric_cards(&self) -> Result<Vec<RubricCard>> {
        let (kept, evals) = self
            .store()
            .read(|db| Ok((rubrics::all(db)?, catalog::evals(db)?)))?;
        let names: BTreeSet<String> = kept
            .iter()
            .map(|(_, name, _)| name.clone())
            .chain(library::rubric_ids())
            .collect();
        let asks = |eval: &Eval, name: &str| {
            let versions = kept.iter().filter(|(_, known, _)| known == name);
            versions.into_iter().any(|(id, _, _)| *id == eval.rubric)
        };
        let mut cards: Vec<RubricCard> = names
            .into_iter()
            .map(|name| RubricCard {
                built_in: library::built_in(&name).is_some(),
                kept: kept.iter().any(|(_, known, _)| *known == name),
                evals: evals
                    .iter()
                    .filter(|(_, eval)| asks(eval, &name))
                    .map(|(_, eval)| RubricUse {
                        eval: eval.id,
                        name: eval.name.clone(),
                        version: eval.rubric,
                    })
                    .collect(),
                name,
            })
            .collect();
        cards.sort_by_key(|card| (card.evals.is_empty(), !card.kept));
        Ok(cards)
    }

    /// One rubric by name, with every version the workspace keeps of it.
    pub fn rubric_page(&self, name: &str) -> Result<RubricPage> {
        let kept = self.store().read(|db| {
            let all = rubrics::all(db)?.into_iter();
            all.filter(|(_, known, _)| known == name)
                .map(|(id, _, _)| Ok((id, rubrics::get(db, &id)?)))
                .collect::<crate::store::Result<Vec<_>>>()
        })?;
        let versions = self.rubric_lines(kept)?;
        let rubric = match versions.first() {
            Some(line) => Arc::clone(&line.rubric),
            None => Arc::new(library::built_in(name).ok_or_else(|| {
                EngineError::refused(
                    format!("no rubric `{name}` is kept here"),
                    "go back to the list and choose again",
                )
            })?),
        };
        let id = RubricId(hash(&rubric)?.0);
        Ok(RubricPage {
            draft: checked(name, &file::to_toml(&rubric)),
            rubric,
            id,
            versions,
        })
    }

    /// What each version scored, newest first.
    fn rubric_lines(&self, kept: Vec<(RubricId, Rubric)>) -> Result<Vec<RubricLine>> {
        let mut lines: Vec<RubricLine> = kept
            .into_iter()
            .map(|(id, rubric)| RubricLine {
                id,
                toml: file::to_toml(&rubric).into(),
                rubric: Arc::new(rubric),
                since_ms: None,
                asked_by: Vec::new(),
                reviews: 0,
                verdicts: 0,
                judged_tickets: 0,
            })
            .collect();
        for eval in self.evals()? {
            for asked in self.rubric_versions(&eval.name)? {
                let Some(line) = lines.iter_mut().find(|line| line.id == asked.id) else {
                    continue;
                };
                line.since_ms = match (line.since_ms, asked.since_ms) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                line.reviews += asked.reviews;
                line.verdicts += asked.verdicts;
                line.judged_tickets += asked.judged_tickets;
                if asked.current {
                    line.asked_by.push(eval.name.clone());
                }
            }
        }
        lines.reverse();
        Ok(lines)
    }

    /// A draft from a text, a form, a sentence, a template or a model, with everything wrong in it. Nothing is kept.
    pub fn rubric_draft(&self, source: &RubricSource) -> Result<RubricDraft> {
        match source {
            RubricSource::Toml(text) => Ok(checked("rubric", text)),
            RubricSource::Form(rubric) => Ok(checked(&rubric.id, &file::to_toml(rubric))),
            RubricSource::Sentence { text, scale } => {
                let rubric = Rubric::from_sentence(text, *scale);
                Ok(checked(&rubric.id, &file::to_toml(&rubric)))
            }
            RubricSource::Template(name) => {
                let rubric = library::built_in(name).ok_or_else(|| {
                    EngineError::refused(
                        format!("no template `{name}`"),
                        format!("there are: {}", library::rubric_ids().join(", ")),
                    )
                })?;
                Ok(checked(name, &file::to_toml(&rubric)))
            }
            RubricSource::Generated { eval, judge } => {
                let drafted = self.generate_rubric(&GenerateOrder {
                    judge: JudgeOrder::new(self.name_of_eval(*eval)?, judge.as_str()),
                    tickets: EXAMPLES,
                })?;
                let cost = match drafted.cost_micros {
                    Some(micros) => crate::text::numbers::money(micros),
                    None => "unpriced".to_owned(),
                };
                Ok(RubricDraft {
                    cost: Some(format!("{cost}, {} ms", drafted.took_ms)),
                    ..checked(&drafted.rubric.id, &file::to_toml(&drafted.rubric))
                })
            }
        }
    }

    /// Keeps a version and lets these evals ask it. Reviews and verdicts stay as they were given.
    pub fn save_rubric(&self, rubric: &Rubric, evals: &[EvalId]) -> Result<RubricSaved> {
        if let Some(error) = checked(&rubric.id, &file::to_toml(rubric)).error() {
            return Err(EngineError::refused(
                format!("this rubric cannot be used: {}", error.message),
                error.hint.clone(),
            ));
        }
        let id = RubricId(hash(rubric)?.0);
        let known = self
            .store()
            .read(|db| Ok(rubrics::all(db)?.iter().any(|(kept, _, _)| *kept == id)))?;
        let kept = rubric.clone();
        self.store().write(move |db| rubrics::put(db, &kept))?;
        let mut moved = Vec::new();
        for eval in evals {
            let name = self.name_of_eval(*eval)?;
            let before = self.rubric_versions(&name)?;
            let (from, to) = self.move_rubric(&name, rubric)?;
            if from != to {
                let line = before.iter().find(|line| line.id == from);
                moved.push(RubricMove {
                    eval: *eval,
                    name,
                    from,
                    judged_tickets: line.map_or(0, |line| line.judged_tickets),
                });
            }
        }
        Ok(RubricSaved {
            id,
            name: rubric.id.clone(),
            known,
            moved,
        })
    }

    /// A ticket to try a rubric on: one this person may see a judge on, if there is one.
    pub fn rubric_example(&self, eval: EvalId) -> Result<Option<RubricExample>> {
        Ok(self.store().read(|db| {
            let Some((row, eval)) = catalog::eval(db, &eval)? else {
                return Ok(None);
            };
            let first = tickets::first(db, row, 1)?;
            for ticket in tickets::touched(db, row)?.into_iter().chain(first.clone()) {
                let folded = tickets::folded(db, tickets::get(db, &ticket)?.row)?;
                if sight::view(&eval, &ticket, &folded, self.reviewer()).open {
                    return Ok(Some(RubricExample {
                        ticket,
                        blind: false,
                    }));
                }
            }
            Ok(first.first().map(|ticket| RubricExample {
                ticket: *ticket,
                blind: true,
            }))
        })?)
    }

    /// Tries a rubric on one ticket; see [`Engine::quick_test`].
    pub fn rubric_trial(&self, trial: &RubricTrial) -> Result<QuickReport> {
        let judge = JudgeOrder::new(self.name_of_eval(trial.eval)?, trial.judge.as_str());
        self.quick_test(&QuickTest {
            ticket: trial.ticket,
            rubric: (*trial.rubric).clone(),
            against: trial.against.as_deref().cloned(),
            judge: Some(judge),
        })
    }

    fn name_of_eval(&self, id: EvalId) -> Result<String> {
        let found = self.store().read(|db| catalog::eval(db, &id))?;
        found.map(|(_, eval)| eval.name).ok_or_else(|| {
            EngineError::refused("this eval is not in the workspace", "go Home and come back")
        })
    }
}

fn hash(rubric: &Rubric) -> Result<crate::domain::rubric::RubricHash> {
    rubric.content_hash().map_err(|error| {
        EngineError::refused(
            format!("the rubric `{}` cannot be hashed: {error}", rubric.id),
            "one of its numbers is not one",
        )
    })
}

/// Reads a text as a rubric file that may name no others.
fn checked(name: &str, toml: &str) -> RubricDraft {
    let loaded = file::load_and(name, toml, &file::no_files, &library::advice);
    RubricDraft {
        rubric: loaded.rubric.map(Arc::new),
        toml: toml.into(),
        findings: loaded
            .findings
            .into_iter()
            .map(|finding| RubricFinding {
                severity: finding.severity,
                message: finding.message,
                hint: finding.hint,
                line: finding.line,
                column: finding.column,
            })
            .collect(),
        cost: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::eval::Mode;
    use crate::domain::rubric::Scale;
    use crate::engine::testing::Bench;

    #[test]
    fn a_saved_version_is_asked_by_its_eval_and_says_how_many_tickets_the_old_one_scored() {
        let bench = Bench::new(4, Mode::Assist, 1, true);
        let card = &bench.ana.rubric_cards().unwrap()[0];
        assert_eq!(card.evals[0].name, "support");
        let page = bench.ana.rubric_page(&card.name).unwrap();
        let mut rubric = (*page.rubric).clone();
        rubric.criteria[0].question = "Is it right and kind?".into();
        let saved = bench.ana.save_rubric(&rubric, &[bench.eval.id]).unwrap();
        assert_eq!(saved.moved[0].from, page.id);
        assert_eq!(
            saved.moved[0].judged_tickets,
            page.versions[0].judged_tickets
        );
        let after = bench.ana.rubric_page(&card.name).unwrap();
        assert_eq!(after.versions.len(), 2);
        assert_eq!(after.versions[0].asked_by, ["support"]);
        assert!(after.versions[1].asked_by.is_empty());
        let again = bench.ana.save_rubric(&rubric, &[bench.eval.id]).unwrap();
        assert!(again.known && again.moved.is_empty());
    }

    #[test]
    fn a_rubric_that_cannot_be_used_is_not_kept() {
        let bench = Bench::new(1, Mode::Assist, 1, false);
        let before = bench.ana.rubrics().unwrap().len();
        let broken = Rubric::empty("nothing-asked");
        assert!(bench.ana.save_rubric(&broken, &[]).is_err());
        assert_eq!(bench.ana.rubrics().unwrap().len(), before);
    }

    #[test]
    fn a_text_says_its_errors_at_their_line_and_a_sentence_has_none() {
        let bench = Bench::new(1, Mode::Assist, 1, false);
        let draft = |source| bench.ana.rubric_draft(&source).unwrap();
        let broken = draft(RubricSource::Toml(
            "schema = 1\nid = \"a\"\nkind = \"odd\"\n".into(),
        ));
        assert!(broken.rubric.is_none());
        assert!(broken.findings.iter().any(|found| found.line == 3));
        assert!(broken.error().is_some());
        let sentence = draft(RubricSource::Sentence {
            text: "Correct, complete, polite".into(),
            scale: Scale::Binary,
        });
        assert!(sentence.rubric.is_some() && sentence.error().is_none());
        let template = draft(RubricSource::Template("send-as-is".into()));
        assert_eq!(template.rubric.unwrap().id, "send-as-is");
    }

    #[test]
    fn an_example_is_a_ticket_whose_judge_may_be_seen_if_there_is_one() {
        let open = Bench::new(2, Mode::Assist, 1, false);
        assert!(
            !open
                .ana
                .rubric_example(open.eval.id)
                .unwrap()
                .unwrap()
                .blind
        );
        let blind = Bench::new(2, Mode::Blind, 1, true);
        assert!(
            blind
                .ana
                .rubric_example(blind.eval.id)
                .unwrap()
                .unwrap()
                .blind
        );
    }
}
