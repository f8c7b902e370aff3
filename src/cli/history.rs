//! `docket history`: what was decided, by whom and when, latest first.

use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::event::FirstSend;
use crate::domain::view::HistoryLine;
use crate::text::table::{Column, Table};

/// What was decided, by whom and when, latest first.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this ticket, by the start of its id
    #[arg(long)]
    ticket: Option<String>,
    /// How many decisions, latest first; 0 for all [default: 50]
    #[arg(long)]
    limit: Option<u32>,
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    who: &'a str,
    what: &'a str,
    taken_back: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_send: Option<&'a FirstSend>,
}

/// Lists decisions.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let limit = output::limit(args.limit);
    let (all, lines) = match &args.ticket {
        Some(prefix) => {
            let mut lines = engine.history_of(engine.find_ticket(prefix)?)?;
            lines.reverse();
            let all = lines.len() as u64;
            lines.truncate(limit as usize);
            (all, lines)
        }
        None => (engine.decisions()?, engine.history(limit)?),
    };
    if context.json() {
        for entry in &lines {
            output::json_line(&view(entry))?;
        }
        output::say_cut(args.limit, all);
        return Ok(Exit::Done);
    }
    let mut table = Table::new(vec![
        Column::left("when"),
        Column::left("who"),
        Column::left("what"),
        Column::left(""),
    ]);
    for entry in &lines {
        let line = view(entry);
        table.row([
            line.time.as_str(),
            line.who,
            line.what,
            if line.taken_back { "taken back" } else { "" },
        ]);
    }
    output::table(&table)?;
    output::say_cut(args.limit, all);
    Ok(Exit::Done)
}

fn view(line: &HistoryLine) -> Line<'_> {
    Line {
        time: time(line.time_ms),
        who: &line.who,
        what: &line.what,
        taken_back: line.taken_back,
        first_send: line.first_send.as_deref(),
    }
}

/// RFC 3339 with seconds, UTC.
pub fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis - millis.rem_euclid(1000))
        .map(|t| t.to_string())
        .unwrap_or_default()
}
