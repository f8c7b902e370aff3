//! `docket rubric versions` and `docket rubric diff`.

use serde_json::json;
use similar::{ChangeTag, TextDiff};

use super::{find_or_kept, with_original};
use crate::cli::{CliError, Context, Exit, output, rescore};
use crate::domain::count::counted;
use crate::formats::rubric as file;
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// Lists the rubric versions of an eval and what each scored.
pub fn versions(eval: &str, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let versions = engine.rubric_versions(eval)?;
    let left = engine.rescores(eval)?;
    let rescore = |id| -> u64 {
        let of_it = left.iter().filter(|one| one.from == id);
        of_it.map(|one| one.tickets).sum()
    };
    let mut table = Table::new([
        Column::left("id"),
        Column::left("rubric"),
        Column::left("version"),
        Column::left("since"),
        Column::right("reviews"),
        Column::right("verdicts"),
        Column::right("judged"),
        Column::left("now"),
    ]);
    for one in &versions {
        if context.json() {
            output::json_line(&json!({
                "id": one.id.to_string(), "rubric": one.name, "version": one.label, "since_ms": one.since_ms,
                "current": one.current, "reviews": one.reviews, "verdicts": one.verdicts,
                "judged_tickets": one.judged_tickets, "imported_verdicts": one.imported, "rescore": rescore(one.id),
            }))?;
            continue;
        }
        let since = one
            .since_ms
            .map_or_else(|| "–".to_owned(), crate::cli::history::time);
        table.row([
            one.id.short().as_str(),
            &one.name,
            &one.label,
            &since,
            &one.reviews.to_string(),
            &one.verdicts.to_string(),
            &one.judged_tickets.to_string(),
            if one.current { "in use" } else { "" },
        ]);
    }
    if !context.json() {
        output::table(&table)?;
        let imported: u64 = versions.iter().map(|one| one.imported).sum();
        if imported > 0 {
            output::line(&format!(
                "{} imported: which version they answer is not known; they count for the one in use, under which their scores are \
                 shown",
                counted(imported, "verdict")
            ))?;
        }
        rescore::all(&engine, eval)?;
    }
    Ok(Exit::Done)
}

/// Shows what differs between two rubrics. `No` if anything does.
pub fn diff(old: &str, new: Option<&str>, context: &Context) -> Result<Exit, CliError> {
    let (a, b, old, new) = if let Some(new) = new {
        let (a, b) = (find_or_kept(old, context)?, find_or_kept(new, context)?);
        (a, b, old.to_owned(), new.to_owned())
    } else {
        let (original, copy) = with_original(old, context)?;
        let name = format!("{} (as it comes with docket)", original.id);
        (original, copy, name, old.to_owned())
    };
    let (a, b) = (file::to_toml(&a), file::to_toml(&b));
    let diff = TextDiff::from_lines(&a, &b);
    let changed: Vec<(char, String)> = diff
        .iter_all_changes()
        .filter_map(|change| {
            let sign = match change.tag() {
                ChangeTag::Equal => return None,
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            Some((sign, change.value().trim_end().to_owned()))
        })
        .collect();
    let same = changed.is_empty();
    if context.json() {
        let of = |sign: char| -> Vec<&String> {
            let lines = changed.iter().filter(|(one, _)| *one == sign);
            lines.map(|(_, line)| line).collect()
        };
        output::json(&json!({"same": same, "removed": of('-'), "added": of('+')}))?;
    } else if same {
        output::say("the two are the same");
    } else {
        for line in diff.unified_diff().header(&old, &new).to_string().lines() {
            output::line(&sanitise::line(line))?;
        }
    }
    Ok(if same { Exit::Done } else { Exit::No })
}
