//! `docket tickets EVAL`: the queue for programs and people at a prompt.
//!
//! A blind eval stays blind here: models, judge scores and other people's reviews of tickets whose judge the caller
//! has not been shown are left out, whoever asks.

use std::collections::HashMap;

use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::eval::Eval;
use crate::domain::ids::TicketId;
use crate::domain::view::{Drawn, Order, QueueRow, Shown, TicketDoc};
use crate::engine::Engine;
use crate::engine::queue::QueueError;
use crate::text::table::{Column, Table};

/// List the tickets of an eval.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval
    eval: String,
    /// Which ones, such as `status:open tag:billing`
    #[arg(
        long,
        alias = "where",
        short = 'f',
        default_value = "",
        allow_hyphen_values = true
    )]
    filter: String,
    /// plan, arrival, newest, longest or judge
    #[arg(long, default_value = "plan")]
    order: String,
    /// How many; 0 for all
    #[arg(long, default_value_t = 0)]
    limit: u32,
    /// Request, output, reviews and correction in full (with --json)
    #[arg(long)]
    full: bool,
}

#[derive(Serialize)]
struct Ticket {
    id: String,
    state: &'static str,
    external_id: Option<String>,
    feature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judge: Option<f64>,
    score: Option<f64>,
    /// The chance it had of being reviewed by its plan, once this reviewer has committed and the plan is past it.
    #[serde(skip_serializing_if = "Option::is_none")]
    chance: Option<f64>,
    flagged: bool,
    corrected: bool,
    preview: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    full: Option<Full>,
}

#[derive(Serialize)]
struct Full {
    request: Option<crate::domain::Json>,
    outputs: Vec<Option<crate::domain::Json>>,
    reference: Option<String>,
    tags: Vec<String>,
    reviews: Vec<Review>,
    correction: Option<String>,
}

#[derive(Serialize)]
struct Review {
    reviewer: String,
    answers: crate::domain::rubric::Answers,
    sight: crate::domain::review::Sight,
    note: Option<String>,
    time: String,
}

/// Lists tickets.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let eval = engine.eval_named(&args.eval)?;
    let mut chances = Chances::of(&engine, &eval, args.limit);
    let order = order(&args.order)?;
    let mut table = Table::new([
        Column::left("ticket"),
        Column::left("state"),
        Column::left("id").max(20),
        Column::left("feature").max(16),
        Column::right("score"),
        Column::left("output"),
    ]);
    let mut left = if args.limit == 0 {
        u32::MAX
    } else {
        args.limit
    };
    let mut failed = None;
    engine.each_ticket(eval.id, &args.filter, order, |row| {
        left -= 1;
        let written = if context.json() {
            line(&engine, row, &mut chances, args.full)
        } else {
            let score = row
                .mine
                .map_or_else(|| "–".into(), |score| format!("{score:.2}"));
            let (id, feature) = (
                row.external_id.unwrap_or_default(),
                row.feature.unwrap_or_default(),
            );
            table.row([
                &row.ticket.short(),
                row.state.name(),
                &id,
                &feature,
                &score,
                &row.preview,
            ]);
            Ok(())
        };
        failed = written.err();
        failed.is_none() && left > 0
    })?;
    match failed {
        Some(error) => return Err(error),
        None if !context.json() => output::table(&table)?,
        None => {}
    }
    Ok(Exit::Done)
}

/// Tickets that are asked about one by one; beyond it the plan is read once.
const FEW: u32 = 100;

/// The chances of tickets, read when the first is asked for: a plan may have a million tickets, and few be reviewed.
struct Chances<'a> {
    engine: &'a Engine,
    eval: &'a Eval,
    few: bool,
    all: Option<HashMap<TicketId, f64>>,
}

impl<'a> Chances<'a> {
    fn of(engine: &'a Engine, eval: &'a Eval, limit: u32) -> Self {
        Self {
            engine,
            eval,
            few: (1..=FEW).contains(&limit),
            all: None,
        }
    }

    fn get(&mut self, ticket: TicketId) -> Result<Option<f64>, CliError> {
        if self.few {
            return Ok(match self.engine.ticket(ticket)?.drawn {
                Drawn::Sampled { chance, .. } => Some(chance),
                _ => None,
            });
        }
        if self.all.is_none() {
            self.all = Some(self.engine.chances(self.eval)?);
        }
        Ok(self.all.as_ref().and_then(|all| all.get(&ticket).copied()))
    }
}

fn line(
    engine: &Engine,
    row: QueueRow,
    chances: &mut Chances<'_>,
    full: bool,
) -> Result<(), CliError> {
    let chance = match row.mine {
        Some(_) => chances.get(row.ticket)?,
        None => None,
    };
    let full = if full {
        Some(whole(engine.ticket(row.ticket)?))
    } else {
        None
    };
    let visible = |shown: Shown<String>| match shown {
        Shown::Some(value) => Some(value),
        Shown::None | Shown::Hidden => None,
    };
    output::json_line(&Ticket {
        id: row.ticket.to_string(),
        state: row.state.name(),
        external_id: row.external_id,
        feature: row.feature,
        model: visible(row.model),
        judge: row.judge.visible().copied(),
        score: row.mine,
        chance,
        flagged: row.flagged,
        corrected: row.corrected,
        preview: row.preview,
        full,
    })
}

fn whole(doc: TicketDoc) -> Full {
    let reviews = doc.folded.reviews.into_iter().map(|standing| {
        let time = super::history::time(standing.hlc.millis());
        let current = standing.second.unwrap_or(standing.first);
        Review {
            reviewer: standing.reviewer,
            answers: current.answers,
            sight: current.sight,
            note: current.note.map(|note| note.text),
            time,
        }
    });
    Full {
        request: doc.request_raw,
        outputs: doc.outputs.into_iter().map(|output| output.raw).collect(),
        reference: doc.reference,
        tags: doc.tags,
        reviews: reviews.collect(),
        correction: doc
            .folded
            .correction
            .map(|correction| correction.value.text),
    }
}

fn order(name: &str) -> Result<Order, CliError> {
    let found = Order::ALL
        .into_iter()
        .find(|order| order.name().starts_with(name) && !name.is_empty());
    found.ok_or_else(|| {
        CliError::new(
            format!("no order `{name}`"),
            "there are: plan, arrival, newest, longest, judge",
        )
    })
}

impl From<QueueError> for CliError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::BadFilter(bad) => match bad.hint {
                Some(hint) => Self::new(bad.why, hint),
                None => Self::plain(bad.why),
            },
            QueueError::Engine(error) => error.into(),
        }
    }
}
