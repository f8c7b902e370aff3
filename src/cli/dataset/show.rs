//! `docket dataset show`: a dataset with its versions, and what came in and went out.

use serde::Serialize;

use super::super::{CliError, Context, Exit, history, output};
use crate::domain::count::{counted, either};
use crate::engine::SharedRuns;
use crate::engine::datasets::{DatasetOverlap, ItemName, SharedWith, Shown, Version};
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// Show a dataset with its versions
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The dataset
    name: String,
    /// List the items that came in and went out with the last version, with version N, or from A to B (`2..5`)
    #[arg(long, value_name = "N|A..B", num_args = 0..=1, default_missing_value = "")]
    diff: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    role: &'static str,
    items: u64,
    clusters: u64,
    trained_clusters: u64,
    shared: &'a [SharedWith],
    runs: &'a SharedRuns,
    evals: &'a [String],
    versions: &'a [Version],
}

/// Shows it.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let shown = engine.dataset_shown(&args.name)?;
    let last = shown.versions.last().map_or(0, |version| version.number);
    if let Some(text) = &args.diff {
        let (from, to) = between(text, last)?;
        return items(&engine.dataset_difference(&args.name, from, to)?, context);
    }
    let overlap = engine.dataset_overlap(&args.name)?;
    if context.json() {
        output::json(&Report {
            name: &shown.dataset.name,
            role: shown.dataset.role.name(),
            items: shown.dataset.items,
            clusters: shown.clusters,
            trained_clusters: shown.trained,
            shared: &overlap.shared,
            runs: &overlap.runs,
            evals: &shown.evals,
            versions: &shown.versions,
        })?;
    } else {
        told(&shown, &overlap)?;
    }
    Ok(Exit::Done)
}

fn told(shown: &Shown, overlap: &DatasetOverlap) -> Result<(), CliError> {
    let set = &shown.dataset;
    output::line(&format!(
        "{}: {}, {} in {}, version {}",
        set.name,
        set.role.name(),
        counted(set.items, "item"),
        counted(shown.clusters, "cluster"),
        set.version.short(),
    ))?;
    if !shown.evals.is_empty() {
        output::line(&format!("reviewed in {}", shown.evals.join(", ")))?;
    }
    if shown.trained > 0 {
        output::line(&format!(
            "{} {} exported for training: nothing measured on {} holds",
            counted(shown.trained, "cluster"),
            either(shown.trained, "was", "were"),
            either(shown.trained, "it", "them"),
        ))?;
    }
    for one in &overlap.shared {
        output::line(&one.words())?;
    }
    if let Some(words) = overlap.runs.words() {
        output::line(&words)?;
    }
    let mut table = Table::new([
        Column::right("version"),
        Column::right("items"),
        Column::right("added"),
        Column::right("removed"),
        Column::left("when"),
        Column::left("who"),
        Column::left("built from"),
    ]);
    for version in &shown.versions {
        let recipe = version.recipe.as_ref().map(ToString::to_string);
        table.row([
            &version.number.to_string(),
            &version.items.to_string(),
            &format!("+{}", version.added),
            &format!("-{}", version.removed),
            &version.at_ms.map(history::time).unwrap_or_default(),
            version.by.as_deref().unwrap_or("–"),
            &recipe.unwrap_or_default(),
        ]);
    }
    output::table(&table)
}

/// Which versions are compared: none before `to` is the one before it.
fn between(text: &str, last: u64) -> Result<(Option<u64>, u64), CliError> {
    let bad = || {
        CliError::new(
            format!("`{}` names no versions", sanitise::line(text)),
            "a number such as `3`, or two such as `2..5`; without one it is the last",
        )
    };
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| bad());
    match text.split_once("..") {
        _ if text.is_empty() => Ok((None, last)),
        Some((from, to)) => Ok((Some(number(from)?), number(to)?)),
        None => match number(text)? {
            0 => Err(bad()),
            one => Ok((None, one)),
        },
    }
}

fn items(items: &[ItemName], context: &Context) -> Result<Exit, CliError> {
    if context.json() {
        items.iter().try_for_each(output::json_line)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        Column::left(""),
        Column::left("item"),
        Column::left("id").max(24),
        Column::left("request"),
    ]);
    for item in items {
        table.row([
            if item.added { "+" } else { "-" },
            &item.id[..8],
            item.external_id.as_deref().unwrap_or("–"),
            &item.preview,
        ]);
    }
    output::table(&table)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_alone_in_pairs_or_not_at_all() {
        for (text, pair) in [
            ("", Some((None, 7))),
            ("3", Some((None, 3))),
            ("2..5", Some((Some(2), 5))),
            ("0..1", Some((Some(0), 1))),
            ("0", None),
            ("x", None),
            ("2..", None),
        ] {
            assert_eq!(between(text, 7).ok(), pair, "{text}");
        }
    }
}
