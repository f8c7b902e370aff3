//! What stands behind `--full`, in tables: secondary tests, slices, questions, repeats.

use super::told::{ends, percent, say, value};
use crate::cli::{CliError, output};
use crate::domain::view::compare::{
    CandidateSummary, Comparison, Detail, Full, HumanNumbers, Stability, Standing, Told,
};
use crate::text::table::{Column, Table};

/// Prints all of it.
pub(super) fn full(comparison: &Comparison) -> Result<(), CliError> {
    say(&format!(
        "secondary, not the headline; {} differences in the family (Holm)",
        comparison.family
    ))?;
    tests(comparison)?;
    for (one, full) in against(comparison) {
        slices(one, full)?;
    }
    criteria(comparison)?;
    stability(comparison)?;
    for one in &comparison.candidates {
        if let Some(power) = one.difference.as_ref().and_then(|one| one.power()) {
            say(&format!("{}: {power}", one.name))?;
        }
    }
    Ok(())
}

fn against(comparison: &Comparison) -> impl Iterator<Item = (&CandidateSummary, &Full)> {
    comparison
        .candidates
        .iter()
        .filter_map(|one| Some((one, one.full.as_ref()?)))
}

fn details(comparison: &Comparison) -> impl Iterator<Item = (&CandidateSummary, &Detail)> {
    comparison
        .candidates
        .iter()
        .filter_map(|one| Some((one, one.detail.as_ref()?)))
}

fn tests(comparison: &Comparison) -> Result<(), CliError> {
    if against(comparison).next().is_none() {
        return Ok(());
    }
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("win"),
        Column::right("tie"),
        Column::right("loss"),
        Column::right("win rate"),
        Column::right("equal length"),
        Column::right("sign p"),
        Column::right("McNemar p"),
        Column::right("mid-p"),
        Column::right("Wilcoxon p"),
        Column::right("correlation"),
        Column::right("headline p"),
    ]);
    for (one, full) in against(comparison) {
        table.row([
            &one.name,
            &full.win.to_string(),
            &full.tie.to_string(),
            &full.loss.to_string(),
            &format!("{:.3}", full.win_rate),
            &match &full.length {
                Told::Value(length) => format!("{:.3}", length.at_equal_length),
                Told::Missing(_) => "n/a".to_owned(),
            },
            &p(Some(full.sign_p)),
            &p(Some(full.mcnemar_p)),
            &p(Some(full.mcnemar_mid_p)),
            &p(full.wilcoxon_p),
            &two(full.correlation),
            &p(one.difference.as_ref().and_then(|difference| difference.p)),
        ]);
    }
    output::table(&table)?;
    for (one, full) in against(comparison) {
        match &full.length {
            Told::Value(length) if length.large_shift => say(&format!(
                "{}: length explains much of its win rate: {:.3}, {:.3} at equal length",
                one.name, length.raw, length.at_equal_length
            ))?,
            Told::Value(_) => {}
            Told::Missing(why) => say(&format!("{}: equal length n/a: {why}", one.name))?,
        }
    }
    Ok(())
}

/// By tag, and what the tags say about the whole.
fn slices(one: &CandidateSummary, full: &Full) -> Result<(), CliError> {
    if full.tags.is_empty() {
        return Ok(());
    }
    output::line("")?;
    say(&format!(
        "{} by tag (p adjusted over the tags; exploration)",
        one.name
    ))?;
    let mut table = Table::new([
        Column::left("tag"),
        Column::right("n"),
        Column::right("difference"),
        Column::left("95 %"),
        Column::right("p"),
        Column::left(""),
        Column::right("elsewhere"),
        Column::left("95 %"),
    ]);
    for tag in &full.tags {
        table.row([
            &tag.tag,
            &tag.range.n.to_string(),
            &format!("{:+.3}", tag.range.estimate),
            &ends(Some(&tag.range)),
            &p(tag.p),
            &match tag.standing {
                Standing::Better => "better".to_owned(),
                Standing::Worse => "worse".to_owned(),
                Standing::Unclear => "unclear".to_owned(),
            },
            &value(tag.elsewhere.as_ref()),
            &ends(tag.elsewhere.as_ref()),
        ]);
    }
    output::table(&table)?;
    for slice in &full.slices {
        say(&format!("{}: {slice}", one.name))?;
    }
    Ok(())
}

fn criteria(comparison: &Comparison) -> Result<(), CliError> {
    if details(comparison).all(|(_, detail)| detail.criteria.is_empty()) {
        return Ok(());
    }
    output::line("")?;
    say("by question, levels brought to 0 to 1 (p adjusted over the questions; exploration)")?;
    let mut table = Table::new([
        Column::left("question"),
        Column::left("candidate"),
        Column::right("n"),
        Column::right("level"),
        Column::left("of"),
        Column::right("mean"),
        Column::left("95 %"),
        Column::right("difference"),
        Column::left("95 %"),
        Column::right("p"),
    ]);
    let questions = details(comparison).map(|(_, detail)| detail.criteria.len());
    for place in 0..questions.max().unwrap_or(0) {
        for (one, detail) in details(comparison) {
            let Some(on) = detail.criteria.get(place) else {
                continue;
            };
            table.row([
                &on.id,
                &one.name,
                &on.mean
                    .as_ref()
                    .map_or_else(|| "0".to_owned(), |mean| mean.n.to_string()),
                &two(on.level),
                &format!("{} to {}", on.scale.0, on.scale.1),
                &value(on.mean.as_ref()),
                &ends(on.mean.as_ref()),
                &on.difference
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), |one| format!("{:+.3}", one.estimate)),
                &ends(on.difference.as_ref()),
                &on.difference
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), |_| p(on.p)),
            ]);
        }
    }
    output::table(&table)
}

/// Two tables: new outputs of a candidate, and new readings of one output.
fn stability(comparison: &Comparison) -> Result<(), CliError> {
    repeats(
        comparison,
        "candidate reruns: new outputs for the same item",
        |detail| &detail.candidate_reruns,
    )?;
    repeats(
        comparison,
        "judge reruns: new readings of the same output",
        |detail| &detail.judge_reruns,
    )?;
    for (one, detail) in details(comparison) {
        match &detail.variance {
            Told::Value(variance) => {
                if let Some((item, candidate, judge)) = variance.shares() {
                    let share = |name: &str, share: Option<f64>| match share {
                        Some(share) => format!("{:.0} % {name}", share * 100.0),
                        None => format!("{name} not repeated"),
                    };
                    say(&format!(
                        "{} variance of one score: {}, {}, {}",
                        one.name,
                        share("items", Some(item)),
                        share("candidate", candidate),
                        share("judge", judge)
                    ))?;
                } else {
                    say(&format!("{} variance of one score: none", one.name))?;
                }
            }
            Told::Missing(why) => say(&format!("{} variance of one score: n/a, {why}", one.name))?,
        }
    }
    Ok(())
}

fn repeats(
    comparison: &Comparison,
    title: &str,
    of: impl Fn(&Detail) -> &Told<Stability>,
) -> Result<(), CliError> {
    output::line("")?;
    say(title)?;
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("units"),
        Column::right("repeats"),
        Column::right("flip any"),
        Column::right("flip pair"),
        Column::right("pass^k"),
        Column::right("pass@k"),
        Column::right("ICC"),
        Column::left("95 %"),
        Column::right("sd within"),
        Column::left(""),
    ]);
    let mut any = false;
    let mut told = Vec::new();
    for (one, detail) in details(comparison) {
        let found = match of(detail) {
            Told::Value(found) => found,
            Told::Missing(why) => {
                told.push(format!("{}: n/a, {why}", one.name));
                continue;
            }
        };
        any = true;
        table.row([
            &one.name,
            &found.units.to_string(),
            &found.repeats.to_string(),
            &format!("{:.1} %", found.flip_any * 100.0),
            &format!("{:.1} %", found.flip_pair * 100.0),
            &three(found.all_pass),
            &three(found.any_pass),
            &two(found.icc),
            &found.icc_interval.map_or_else(
                || "n/a".to_owned(),
                |(low, high)| format!("{low:.2} to {high:.2}"),
            ),
            &three(found.sd_within),
            &found.advice.to_owned(),
        ]);
        if !found.because.is_empty() {
            told.push(format!(
                "{} was run again: {}",
                one.name,
                found.because.join("; ")
            ));
        }
        if !found.flickering.is_empty() {
            told.push(format!(
                "{} flickers on {}",
                one.name,
                found.flickering.join(", ")
            ));
        }
    }
    if any {
        output::table(&table)?;
    }
    told.iter().try_for_each(|line| say(line))
}

/// What people say beside what the judge says, where anybody has reviewed.
pub(super) fn people(comparison: &Comparison) -> Result<(), CliError> {
    let all = || {
        comparison
            .candidates
            .iter()
            .filter_map(|one| Some((one, one.human.as_ref()?)))
    };
    if all().all(|(_, human)| human.labels == 0) {
        let left = all().next().map_or("", |(_, human)| {
            if human.left_out.is_empty() {
                ""
            } else {
                ": none of the reviews counts"
            }
        });
        return say(&format!(
            "people: n/a, no blind review of the plan{left}; `docket review {}` takes the next",
            comparison.group
        ));
    }
    output::line("")?;
    say("people and judge together (blind reviews of the plan), beside the judge alone")?;
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("labels"),
        Column::right("judge"),
        Column::right("people"),
        Column::left("95 %"),
        Column::right("pass"),
        Column::left("95 %"),
        Column::right("minus base"),
        Column::left("95 %"),
        Column::right("worth"),
    ]);
    for (one, human) in all() {
        let of = |told: &Told<_>| human_range(told);
        table.row([
            &one.name,
            &human.labels.to_string(),
            &value(one.mean.as_ref()),
            &value(of(&human.mean).as_ref()),
            &ends(of(&human.mean).as_ref()),
            &percent(of(&human.pass_rate).as_ref()),
            &ends(of(&human.pass_rate).as_ref()),
            &value(of(&human.difference).as_ref()),
            &ends(of(&human.difference).as_ref()),
            &human
                .mean
                .value()
                .and_then(|mean| mean.n_effective)
                .map_or_else(|| "n/a".to_owned(), |n| format!("{n:.0}")),
        ]);
    }
    output::table(&table)?;
    all().try_for_each(|(one, human)| reasons(one, human))
}

fn human_range(
    told: &Told<crate::domain::view::compare::HumanEstimate>,
) -> Option<crate::domain::view::compare::Ranged> {
    told.value().map(|estimate| estimate.range.clone())
}

fn reasons(one: &CandidateSummary, human: &HumanNumbers) -> Result<(), CliError> {
    match &human.mean {
        Told::Missing(why) => say(&format!("{}: people n/a, {why}", one.name))?,
        Told::Value(mean) => {
            if let Some(n) = mean.n_effective {
                say(&format!(
                    "{}: {} labels worth {n:.0}",
                    one.name, human.labels
                ))?;
            }
            if let Some(note) = mean.note {
                say(&format!("{}: {note}", one.name))?;
            }
        }
    }
    if let (Told::Missing(why), true) = (&human.difference, one.difference.is_some()) {
        say(&format!("{}: difference by people n/a, {why}", one.name))?;
    }
    Ok(())
}

fn two(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.2}"))
}

fn three(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.3}"))
}

fn p(p: Option<f64>) -> String {
    match p {
        None => "n/a".to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}
