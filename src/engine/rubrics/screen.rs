//! Rubrics as a person edits them: the list, one with its versions, a checked draft, and keeping it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::judge::JudgeOrder;
use super::super::{Engine, EngineError, Result, evals, library};
use super::{Drafted, GenerateOrder, QuickTest};
use crate::domain::eval::Eval;
use crate::domain::ids::{EvalId, RubricId, TicketId};
use crate::domain::rubric::Rubric;
use crate::domain::sight;
use crate::domain::view::{
    QuickProbe, QuickReport, RubricCard, RubricDraft, RubricExample, RubricFinding, RubricLine,
    RubricMove, RubricPage, RubricSaved, RubricSource, RubricTrial, RubricUse,
};
use crate::formats::rubric as file;
use crate::store::{catalog, rubric_texts, rubrics, runs, tickets};

/// Examples a model reads to draft a rubric.
const EXAMPLES: usize = 20;
/// Tickets one can go through as examples, with and without reviews each.
const SHOWN: usize = 50;
/// Characters of an output that tell it from others.
const BEGINS: usize = 160;

impl Engine {
    /// Every rubric: those evals ask, then those kept, then those that come with the program.
    pub fn rubric_cards(&self) -> Result<Vec<RubricCard>> {
        let (kept, evals, groups) = self.store().read(|db| {
            let groups = runs::groups(db)?;
            Ok((rubrics::all(db)?, catalog::evals(db)?, groups))
        })?;
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
                        stays: groups.iter().any(|group| group.tickets == eval.id),
                    })
                    .collect(),
                name,
            })
            .collect();
        cards.sort_by_key(|card| (card.evals.is_empty(), !card.kept));
        Ok(cards)
    }

    /// One rubric by name, with every version the workspace keeps of it. Behind changed copies of one that comes with
    /// docket stands the original, so that they can be held against it.
    pub fn rubric_page(&self, name: &str) -> Result<RubricPage> {
        let kept = self.store().read(|db| {
            let all = rubrics::all(db)?.into_iter();
            all.filter(|(_, known, _)| known == name)
                .map(|(id, _, _)| {
                    let rubric = rubrics::get(db, &id)?;
                    Ok((id, rubric, rubric_texts::kept(db, &id)?))
                })
                .collect::<crate::store::Result<Vec<_>>>()
        })?;
        let mut versions = self.rubric_lines(kept)?;
        if !versions.is_empty() {
            versions
                .extend(original(name)?.filter(|own| versions.iter().all(|one| one.id != own.id)));
        }
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
        let draft = if let Some(line) = versions.first() {
            checked(name, &line.toml)
        } else {
            let own = library::rubric_text(name).map(str::to_owned);
            checked(name, &text_of(&rubric, own))
        };
        Ok(RubricPage {
            rubric,
            id,
            draft,
            versions,
        })
    }

    /// What each version scored, newest first.
    fn rubric_lines(
        &self,
        kept: Vec<(RubricId, Rubric, Option<String>)>,
    ) -> Result<Vec<RubricLine>> {
        let mut lines: Vec<RubricLine> = kept
            .into_iter()
            .map(|(id, rubric, own)| RubricLine {
                id,
                toml: text_of(&rubric, own).into(),
                rubric: Arc::new(rubric),
                original: false,
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
            RubricSource::Form { rubric, over } => {
                let text = match over {
                    Some(over) => file::rewrite(over, rubric),
                    None => file::to_toml(rubric),
                };
                Ok(checked(&rubric.id, &text))
            }
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
                let own = library::rubric_text(name).map(str::to_owned);
                Ok(checked(name, &text_of(&rubric, own)))
            }
            RubricSource::Generated { eval, judge } => {
                Ok(drafted(&self.generate_rubric(&GenerateOrder {
                    judge: JudgeOrder::new(self.name_of_eval(*eval)?, judge.as_str()),
                    tickets: EXAMPLES,
                })?))
            }
            RubricSource::Note {
                ticket,
                written,
                judge,
            } => {
                let eval = self.store().read(|db| {
                    let row = tickets::get(db, ticket)?;
                    catalog::eval_in_row(db, row.eval)
                })?;
                let order = judge
                    .as_deref()
                    .map(|judge| JudgeOrder::new(eval.name.as_str(), judge));
                let made = self.criterion_from_note(*ticket, written.as_deref(), order.as_ref())?;
                let mut draft = drafted(&made);
                if judge.is_none() {
                    draft.cost = None;
                }
                let asked = self.rubric_of(&eval)?.id;
                let made = draft.rubric.as_ref().map(|rubric| &rubric.id);
                draft.base = (made == Some(&asked)).then_some(asked);
                Ok(draft)
            }
        }
    }

    /// Keeps a version, with its text if it has one of its own, and lets these evals ask it, all or none. Reviews and
    /// verdicts stay as they were given.
    pub fn save_rubric(
        &self,
        rubric: &Rubric,
        text: Option<&str>,
        evals: &[EvalId],
    ) -> Result<RubricSaved> {
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
        let mut asking = Vec::with_capacity(evals.len());
        for eval in evals {
            let eval = self.eval_named(&self.name_of_eval(*eval)?)?;
            self.rubric_may_move(&eval)?;
            asking.push(eval);
        }
        let (engine, kept, own) = (self.clone(), rubric.clone(), text.map(str::to_owned));
        let movable = asking.clone();
        self.store().write(move |db| {
            let id = rubrics::put(db, &kept)?;
            if let Some(text) = own.filter(|text| gives(text, &kept)) {
                rubric_texts::keep(db, &id, &text)?;
            }
            for eval in &movable {
                evals::move_to(db, &engine, eval, id)?;
            }
            Ok(())
        })?;
        let mut moved = Vec::new();
        for eval in asking.into_iter().filter(|eval| eval.rubric != id) {
            moved.push(RubricMove {
                eval: eval.id,
                rescores: self.rescores(&eval.name)?,
                name: eval.name,
                from: eval.rubric,
            });
        }
        Ok(RubricSaved {
            id,
            name: rubric.id.clone(),
            known,
            moved,
        })
    }

    /// A ticket to try a rubric on: those this person may see a judge on come first. After one of them, the next.
    pub fn rubric_example(
        &self,
        eval: EvalId,
        after: Option<TicketId>,
    ) -> Result<Option<RubricExample>> {
        Ok(self.store().read(|db| {
            let Some((row, eval)) = catalog::eval(db, &eval)? else {
                return Ok(None);
            };
            let mut ids = tickets::touched(db, row)?;
            ids.truncate(SHOWN);
            for id in tickets::first(db, row, SHOWN as u32)? {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let folded = tickets::folded(db, tickets::get(db, &id)?.row)?;
                found.push((!sight::view(&eval, &id, &folded, self.reviewer()).open, id));
            }
            found.sort_by_key(|(blind, _)| *blind);
            let at = after.and_then(|after| found.iter().position(|(_, id)| *id == after));
            let next = at.map_or(0, |at| (at + 1) % found.len());
            let Some((blind, ticket)) = found.get(next).copied() else {
                return Ok(None);
            };
            let output = self.seen(db, &eval, &ticket)?.output;
            Ok(Some(RubricExample {
                ticket,
                blind,
                begins: output.chars().take(BEGINS).collect(),
            }))
        })?)
    }

    /// Tries a rubric on one ticket; see [`Engine::quick_test`] and [`Engine::quick_test_probed`].
    pub fn rubric_trial(&self, trial: &RubricTrial) -> Result<(QuickReport, Vec<QuickProbe>)> {
        let judge = JudgeOrder::new(self.name_of_eval(trial.eval)?, trial.judge.as_str());
        let test = QuickTest {
            ticket: trial.ticket,
            rubric: (*trial.rubric).clone(),
            against: trial.against.as_deref().cloned(),
            judge: Some(JudgeOrder {
                samples: Some(trial.samples),
                ..judge
            }),
        };
        if trial.probes {
            self.quick_test_probed(&test)
        } else {
            Ok((self.quick_test(&test)?, Vec::new()))
        }
    }

    fn name_of_eval(&self, id: EvalId) -> Result<String> {
        let found = self.store().read(|db| catalog::eval(db, &id))?;
        found.map(|(_, eval)| eval.name).ok_or_else(|| {
            EngineError::refused("this eval is not in the workspace", "go Home and come back")
        })
    }
}

/// A rubric as it comes with docket, as the oldest of its versions.
fn original(name: &str) -> Result<Option<RubricLine>> {
    let Some(rubric) = library::built_in(name) else {
        return Ok(None);
    };
    let own = library::rubric_text(name).map(str::to_owned);
    Ok(Some(RubricLine {
        id: RubricId(hash(&rubric)?.0),
        toml: text_of(&rubric, own).into(),
        rubric: Arc::new(rubric),
        original: true,
        since_ms: None,
        asked_by: Vec::new(),
        reviews: 0,
        verdicts: 0,
        judged_tickets: 0,
    }))
}

fn hash(rubric: &Rubric) -> Result<crate::domain::rubric::RubricHash> {
    rubric.content_hash().map_err(|error| {
        EngineError::refused(
            format!("the rubric `{}` cannot be hashed: {error}", rubric.id),
            "one of its numbers is not one",
        )
    })
}

/// Whether a text is the file of this rubric.
fn gives(text: &str, rubric: &Rubric) -> bool {
    let loaded = file::load(&rubric.id, text, &file::no_files).rubric;
    loaded.is_some_and(|loaded| loaded.content_hash().ok() == rubric.content_hash().ok())
}

/// The file of a rubric: a person's own, if there is one and it is that rubric's.
fn text_of(rubric: &Rubric, own: Option<String>) -> String {
    own.filter(|text| gives(text, rubric))
        .unwrap_or_else(|| file::to_toml(rubric))
}

/// A draft somebody made, with what it cost.
fn drafted(made: &Drafted) -> RubricDraft {
    let cost = match made.cost_micros {
        Some(0) => "free".to_owned(),
        Some(micros) => crate::text::numbers::money(micros),
        None => "unpriced".to_owned(),
    };
    RubricDraft {
        cost: Some(format!("{cost}, {} ms", made.took_ms)),
        why: made.why.clone(),
        ..checked(&made.rubric.id, &made.to_toml())
    }
}

/// Reads a text as a rubric file that may name no others.
pub(super) fn checked(name: &str, toml: &str) -> RubricDraft {
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
                place: finding.place,
            })
            .collect(),
        base: None,
        why: BTreeMap::new(),
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
        let save = |rubric: &Rubric, text: Option<&str>| {
            bench
                .ana
                .save_rubric(rubric, text, &[bench.eval.id])
                .unwrap()
        };
        let saved = save(&rubric, None);
        assert_eq!(saved.moved[0].from, page.id);
        let left: u64 = saved.moved[0].rescores.iter().map(|one| one.tickets).sum();
        assert_eq!(
            (left, page.versions[0].judged_tickets),
            (0, 4),
            "what was imported is counted, and nobody here can give it again"
        );
        let after = bench.ana.rubric_page(&card.name).unwrap();
        assert_eq!(after.versions.len(), 2);
        assert_eq!(after.versions[0].asked_by, ["support"]);
        assert!(after.versions[1].asked_by.is_empty());
        let noted = file::to_toml(&rubric) + "# agreed in March\n";
        let again = save(&rubric, Some(&noted));
        assert!(again.known && again.moved.is_empty());
        let page = bench.ana.rubric_page(&card.name).unwrap();
        assert!(page.draft.toml.ends_with("# agreed in March\n"));
        save(&rubric, Some("id = \"another\""));
        let page = bench.ana.rubric_page(&card.name).unwrap();
        assert!(
            page.draft.toml.contains("March"),
            "a text that is not its own is not kept"
        );
    }

    #[test]
    fn behind_a_changed_copy_stands_the_original_that_comes_with_docket() {
        let bench = Bench::new(1, Mode::Assist, 1, false);
        let mut copy = library::built_in("tone").unwrap();
        assert!(bench.ana.rubric_page("tone").unwrap().versions.is_empty());
        copy.criteria[0].question = "Does it speak to this reader as a friend would?".into();
        bench.ana.save_rubric(&copy, None, &[]).unwrap();
        let page = bench.ana.rubric_page("tone").unwrap();
        assert_eq!(*page.rubric, copy, "the copy is what is shown");
        let originals: Vec<bool> = page.versions.iter().map(|one| one.original).collect();
        assert_eq!(originals, [false, true]);
        let own = library::built_in("tone").unwrap();
        assert_eq!(*page.versions[1].rubric, own);
        bench.ana.save_rubric(&own, None, &[]).unwrap();
        let both = bench.ana.rubric_page("tone").unwrap().versions;
        assert!(both.len() == 2 && both.iter().all(|one| !one.original));
    }

    #[test]
    fn a_rubric_that_cannot_be_used_is_not_kept() {
        let bench = Bench::new(1, Mode::Assist, 1, false);
        let before = bench.ana.rubrics().unwrap().len();
        let broken = Rubric::empty("nothing-asked");
        assert!(bench.ana.save_rubric(&broken, None, &[]).is_err());
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
    fn examples_go_round_and_those_whose_judge_may_be_seen_come_first() {
        let example = |bench: &Bench, after| {
            let found = bench.ana.rubric_example(bench.eval.id, after).unwrap();
            found.unwrap()
        };
        let open = Bench::new(2, Mode::Assist, 1, false);
        let first = example(&open, None);
        assert!(
            !first.blind && first.begins.starts_with("answer"),
            "{first:?}"
        );
        let second = example(&open, Some(first.ticket));
        assert_ne!(second.ticket, first.ticket);
        assert_eq!(example(&open, Some(second.ticket)), first);
        assert!(example(&Bench::new(2, Mode::Blind, 1, true), None).blind);
    }
}
