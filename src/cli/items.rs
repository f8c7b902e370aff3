//! `docket items`: what was imported.

use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::count::counted;
use crate::domain::message::Request;
use crate::engine::items::ItemLine;
use crate::text::preview::preview;
use crate::text::table::{Column, Table};

/// List what was imported.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only those of which any output passes, such as `feature:billing judge<0.5`
    #[arg(long, alias = "where", short = 'f', allow_hyphen_values = true)]
    filter: Option<String>,
    /// Only those of this dataset
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// How many; 0 for all [default: 50]
    #[arg(long)]
    limit: Option<u32>,
    /// The whole request, not its first words (with --json)
    #[arg(long)]
    full: bool,
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    cluster: String,
    external_id: Option<&'a str>,
    outputs: u64,
    datasets: &'a [String],
    source: &'a str,
    line: u64,
    preview: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a crate::domain::Json>,
}

/// Lists items in the order they came in.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let mut table = Table::new([
        Column::left("item"),
        Column::left("id").max(24),
        Column::right("outputs"),
        Column::left("datasets").max(32),
        Column::left("request"),
    ]);
    let mut left = output::limit(args.limit);
    let mut write = |line: &ItemLine| -> Result<(), CliError> {
        let item = view(line, args.full);
        if context.json() {
            return output::json_line(&item);
        }
        let (id, outputs) = (item.external_id.unwrap_or("–"), item.outputs.to_string());
        table.row([
            &item.id[..8],
            id,
            &outputs,
            &item.datasets.join(" "),
            &item.preview,
        ]);
        Ok(())
    };
    let all = if args.filter.is_some() || args.dataset.is_some() {
        let mut failed = None;
        let found = engine.each_item(args.filter.as_deref(), args.dataset.as_deref(), |line| {
            left -= 1;
            failed = write(&line).err();
            failed.is_none() && left > 0
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        if found.hidden > 0 {
            output::say(&format!(
                "{} left out whatever the filter says: what it asks about is hidden from you there until your own \
                 review (a blind eval, or the blind audit share)",
                counted(found.hidden, "item")
            ));
        }
        found.items
    } else {
        let mut after = 0;
        while left > 0 {
            let lines = engine.items(after, left.min(500))?;
            let Some(last) = lines.last() else { break };
            after = last.row;
            left -= lines.len() as u32;
            lines.iter().try_for_each(&mut write)?;
        }
        engine.item_count()?
    };
    if !context.json() {
        output::table(&table)?;
    }
    output::say_cut(args.limit, all);
    Ok(Exit::Done)
}

fn view(line: &ItemLine, full: bool) -> Item<'_> {
    let words = line
        .request
        .as_ref()
        .map(|json| Request::read(json).own_text())
        .unwrap_or_default();
    Item {
        id: line.id.to_string(),
        cluster: line.cluster.to_string(),
        external_id: line.external_id.as_deref(),
        outputs: line.outputs,
        datasets: &line.datasets,
        source: &line.source,
        line: line.line,
        preview: preview(&words),
        request: line.request.as_ref().filter(|_| full),
    }
}
