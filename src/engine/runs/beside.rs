//! One item across the candidates: outputs in an order that tells nothing, names and scores once they are asked for.

use super::super::ticket::judge;
use super::super::{Engine, EngineError, Pen, Result};
use crate::domain::eval::Eval;
use crate::domain::event::{Body, Revealed};
use crate::domain::group_scores::{CandidateScores, GroupScores, RowOutcome, RowScore};
use crate::domain::ids::TicketId;
use crate::domain::message::{Message, Request, Role};
use crate::domain::preference::{Opinion, Preference, SeenOutput, draw_of, order_seed, place_of};
use crate::domain::review::Sight;
use crate::domain::run::RunGroup;
use crate::domain::view::{JudgeView, Known, Side, SideBySide};
use crate::store::{Db, StoreError, catalog, rubrics, tickets};

/// What was shown when somebody asked who wrote the outputs of an item.
pub(in crate::engine) const SIDE_BY_SIDE: &str = "side_by_side";

/// An item of a group as one person sees it.
pub(super) struct Beside {
    pub group: RunGroup,
    pub scores: GroupScores,
    pub eval: Eval,
    /// Seed of the order.
    pub seed: u64,
    /// One run of each candidate in the order they are seen, then the other runs: places of candidate and run.
    order: Vec<(usize, usize)>,
}

impl Beside {
    /// How many outputs are held against each other.
    pub fn compared(&self) -> usize {
        self.scores.candidates.len()
    }

    fn row(&self, (candidate, run): (usize, usize)) -> &RowScore {
        &self.scores.candidates[candidate].runs[run].rows[0]
    }

    /// The outputs held against each other, in the order they are seen.
    pub fn seen(&self, db: &Db) -> crate::store::Result<Vec<SeenOutput>> {
        let compared = self.order.iter().take(self.compared());
        compared
            .map(|at| {
                let candidate = &self.scores.candidates[at.0];
                let ticket = self.row(*at).ticket;
                let ticket = ticket.map(|row| tickets::in_row(db, row)).transpose()?;
                let output = match &ticket {
                    Some(ticket) => tickets::outputs(db, ticket)?.into_iter().next(),
                    None => None,
                };
                Ok(SeenOutput {
                    candidate: candidate.name.clone(),
                    run: candidate.runs[at.1].number,
                    output: output.map(|output| output.id),
                })
            })
            .collect()
    }

    /// Local rows of every ticket of the item.
    fn tickets(&self) -> Vec<i64> {
        let rows = self.order.iter().filter_map(|at| self.row(*at).ticket);
        rows.collect()
    }

    /// Whether this person asked who wrote these outputs, and what they would say now is marked as: a name also shows
    /// on a ticket after the own commit.
    pub fn sight(&self, db: &Db, reviewer: &str) -> crate::store::Result<(bool, Sight)> {
        let (mut asked, mut told) = (true, false);
        for row in self.tickets() {
            let folded = tickets::folded(db, row)?;
            let revealed = folded.revealed.contains_key(reviewer);
            asked &= revealed;
            told |= revealed || folded.by(reviewer).is_some();
        }
        let sight = if told { Sight::Assisted } else { Sight::Blind };
        Ok((asked && told, sight))
    }
}

impl Engine {
    /// One item with what every candidate answered. Names and scores are in it once this reviewer has asked for them.
    pub fn side_by_side(&self, group: &str, item: i64) -> Result<SideBySide> {
        let beside = self.beside(group, item)?;
        let opinions = self.opinions(&beside.group.id)?;
        Ok(self
            .store()
            .read(|db| shown(db, &beside, &opinions, self.reviewer()))?)
    }

    /// Shows who wrote the outputs of an item and what they scored: logged, and marks what this reviewer says of them
    /// from now on.
    pub fn reveal_sides(&self, group: &str, item: i64) -> Result<SideBySide> {
        let beside = self.beside(group, item)?;
        let (engine, rows, eval) = (self.clone(), beside.tickets(), beside.eval);
        self.store().write(move |db| {
            let pen = Pen::new(&engine);
            let mut touched = Vec::new();
            for row in rows {
                touched.extend(engine.reveal_side(db, &pen, &eval, row)?);
            }
            super::super::review::refold(db, &touched)
        })?;
        self.side_by_side(group, item)
    }

    /// The ticket, if it was shown just now.
    fn reveal_side(
        &self,
        db: &Db,
        pen: &Pen,
        eval: &Eval,
        row: i64,
    ) -> crate::store::Result<Option<TicketId>> {
        let folded = tickets::folded(db, row)?;
        if folded.revealed.contains_key(self.reviewer()) {
            return Ok(None);
        }
        let rubric = rubrics::get(db, &eval.rubric)?;
        let about = (eval, &rubric, &folded);
        let verdicts = match judge(db, row, about, Some(self.reviewer()))? {
            JudgeView::Verdicts { verdicts, .. } => verdicts.iter().map(|one| one.id).collect(),
            JudgeView::Nothing | JudgeView::Hidden => Vec::new(),
        };
        let ticket = tickets::in_row(db, row)?.id;
        let body = Body::Revealed(Revealed {
            what: SIDE_BY_SIDE.into(),
            verdicts,
            eval: None,
        });
        pen.write(db, Some(ticket), None, body)?;
        Ok(Some(ticket))
    }

    /// The item as this reviewer sees it.
    pub(super) fn beside(&self, group: &str, item: i64) -> Result<Beside> {
        let scores = self.scores_of_item(group, item)?;
        let Some(of) = scores.items.first() else {
            return Err(EngineError::refused(
                format!("`{group}` has no such item"),
                "open the group anew",
            ));
        };
        let group = self.group_named(group)?;
        let seed = order_seed(self.identity().seed, &group.id, &of.id, self.reviewer());
        let eval = self.store().read(|db| catalog::eval(db, &group.tickets))?;
        let (_, eval) = eval.ok_or_else(|| {
            StoreError::Damaged(format!(
                "run group `{}`: its tickets are missing",
                group.name
            ))
        })?;
        Ok(Beside {
            order: order(&scores, seed),
            group,
            scores,
            eval,
            seed,
        })
    }
}

/// One run of each candidate, those with an output first to be drawn from, in the order of [`place_of`]; behind them
/// the other runs that gave something.
fn order(scores: &GroupScores, seed: u64) -> Vec<(usize, usize)> {
    let drawn = |one: &CandidateScores| {
        let runs = one.runs.iter().enumerate();
        let key = |run: u32, row: &RowScore| (row.output.is_none(), draw_of(seed, &one.name, run));
        runs.min_by_key(|(_, run)| key(run.number, &run.rows[0]))
            .map_or(0, |(at, _)| at)
    };
    let mut first: Vec<(usize, usize)> = scores.candidates.iter().map(drawn).enumerate().collect();
    first.sort_by_key(|(at, _)| place_of(seed, &scores.candidates[*at].name));
    let others = first.clone();
    for (at, chosen) in others {
        let runs = scores.candidates[at].runs.iter().enumerate();
        let more = runs.filter(|(run, of)| *run != chosen && of.rows[0].output.is_some());
        first.extend(more.map(|(run, _)| (at, run)));
    }
    first
}

fn shown(
    db: &Db,
    beside: &Beside,
    opinions: &[Opinion],
    reviewer: &str,
) -> crate::store::Result<SideBySide> {
    let of = &beside.scores.items[0];
    let item = tickets::item(db, of.row)?;
    let (known, sight) = beside.sight(db, reviewer)?;
    let opinions: Vec<&Opinion> = opinions
        .iter()
        .filter(|one| one.given.item == of.id)
        .collect();
    let wanted = if known {
        beside.order.len()
    } else {
        beside.compared()
    };
    let mut sides = Vec::with_capacity(wanted);
    for at in beside.order.iter().take(wanted) {
        sides.push(side(db, beside, *at, known.then_some(opinions.as_slice()))?);
    }
    let answer = |text: &str| {
        Message::read(text, Role::Assistant).map_or_else(|| text.to_owned(), |one| one.plain_text())
    };
    let blind = |one: &&&Opinion| one.given.sight == Sight::Blind;
    Ok(SideBySide {
        item: of.row,
        name: of.external_id.clone().unwrap_or_else(|| of.id.short()),
        request: request_text(&item).into(),
        reference: item
            .reference
            .as_ref()
            .map(|json| answer(json.as_str()).into()),
        compared: beside.compared(),
        sight,
        mine: mine(&opinions, &sides, reviewer),
        opinions: if known {
            opinions.iter().filter(blind).count() as u64
        } else {
            0
        },
        sides,
    })
}

/// What this person said, in the places the outputs have now; of a blind word and a later one the later.
fn mine(opinions: &[&Opinion], sides: &[Side], reviewer: &str) -> Option<(Preference, Sight)> {
    let own = opinions.iter().filter(|one| one.reviewer == reviewer);
    // Blind ones come after the others in their order.
    let given = &own.min_by_key(|one| one.given.sight == Sight::Blind)?.given;
    let now = match (given.preference, given.best()) {
        (Preference::Best(_), best) => {
            let output = best?.output;
            let place = sides.iter().position(|side| side.output == output)?;
            Preference::Best(u8::try_from(place).ok()?)
        }
        (other, _) => other,
    };
    Some((now, given.sight))
}

/// What was asked, in plain text.
pub(in crate::engine) fn request_text(item: &tickets::ItemRow) -> String {
    let request = item.request.as_ref();
    request.map_or_else(String::new, |json| asked(&Request::read(json)))
}

/// The turns of a request, standing instructions left out.
fn asked(request: &Request) -> String {
    let turns = request
        .messages
        .iter()
        .filter(|message| !matches!(message.role, Role::System | Role::Developer));
    let said: Vec<String> = turns
        .map(|message| format!("{}: {}", message.role.name(), message.plain_text()))
        .collect();
    said.join("\n\n")
}

/// One output; `opinions` where names and scores are told too.
fn side(
    db: &Db,
    beside: &Beside,
    at: (usize, usize),
    opinions: Option<&[&Opinion]>,
) -> crate::store::Result<Side> {
    let row = beside.row(at);
    let ticket = row.ticket.map(|row| tickets::in_row(db, row)).transpose()?;
    let output = match &ticket {
        Some(ticket) => tickets::outputs(db, ticket)?.into_iter().next(),
        None => None,
    };
    let text = output.as_ref().and_then(|output| {
        let json = output.message.as_ref()?;
        let message = Message::read(json.as_str(), Role::Assistant);
        Some(message.map_or_else(|| json.as_str().to_owned(), |one| one.plain_text()))
    });
    let failed = match &row.outcome {
        RowOutcome::Failed(class) => Some(format!("failed: {class}")),
        RowOutcome::Missing => Some("never asked".to_owned()),
        RowOutcome::Scored { .. } | RowOutcome::Unscored(_) | RowOutcome::Unjudged => None,
    };
    let id = output.as_ref().map(|output| output.id);
    let known = opinions.map(|opinions| {
        let name = &beside.scores.candidates[at.0].name;
        let best = |one: &&&Opinion| {
            let best = one.given.best().filter(|_| one.given.sight == Sight::Blind);
            best.is_some_and(|best| best.candidate == *name && best.output == id)
        };
        let best_for = opinions.iter().filter(best).count() as u64;
        known(beside, at, output.and_then(|output| output.model), best_for)
    });
    Ok(Side {
        text: beginning(text.unwrap_or_default()).into(),
        failed,
        output: id,
        ticket: ticket.map(|ticket| ticket.id),
        known,
    })
}

/// Who wrote an output and what it scored.
fn known(beside: &Beside, at: (usize, usize), model: Option<String>, best_for: u64) -> Known {
    let (candidate, row) = (&beside.scores.candidates[at.0], beside.row(at));
    Known {
        candidate: candidate.name.clone(),
        run: candidate.runs[at.1].number,
        model: model.or_else(|| candidate.model.clone()),
        unscored: match &row.outcome {
            RowOutcome::Unscored(class) => Some(format!("not scored: {class}")),
            RowOutcome::Unjudged => Some("no judge has read it".to_owned()),
            _ => None,
        },
        judged: row.outcome.score().zip(row.outcome.pass()),
        human: row.human,
        best_for,
        latency_ms: row.latency_ms,
        cost_micros: row.cost_micros,
    }
}

/// Characters of an output that stand beside the others.
const BESIDE: usize = 20_000;

/// The beginning of a very long text; its ticket has the rest.
fn beginning(text: String) -> String {
    match text.char_indices().nth(BESIDE) {
        None => text,
        Some((end, _)) => format!(
            "{}\n… {} more characters: the ticket has all of it",
            &text[..end],
            text[end..].chars().count()
        ),
    }
}
