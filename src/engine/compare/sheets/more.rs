//! What stands behind `--full`, as tables.

use super::{ends, p, signed, standing, three, two, value};
use crate::domain::count::{counted, either};
use crate::domain::decimal::fixed;
use crate::domain::view::compare::{
    CandidateSummary, Comparison, Detail, Full, LengthControl, Sheet, Stability, Told,
};

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

/// The secondary tests; none without a baseline.
pub(super) fn tests(comparison: &Comparison) -> Option<Sheet> {
    against(comparison).next()?;
    let mut sheet = Sheet::new(
        format!(
            "secondary, not the headline; {} in the family (Holm)",
            counted(comparison.family, "difference")
        ),
        &[
            "candidate",
            "#win",
            "#tie",
            "#loss",
            "#win rate",
            "#equal length",
            "95 %",
            "#sign p",
            "#McNemar p",
            "#mid-p",
            "#Wilcoxon p",
            "#correlation",
            "#headline p",
        ],
    );
    for (one, full) in against(comparison) {
        let length = full.length.value();
        sheet.row([
            one.name.clone(),
            full.win.to_string(),
            full.tie.to_string(),
            full.loss.to_string(),
            format!("{:.3}", full.win_rate),
            three(length.map(|length| length.at_equal_length)),
            between(length.and_then(|length| length.interval)),
            p(full.sign_p),
            p(full.mcnemar_p),
            p(full.mcnemar_mid_p),
            p(full.wilcoxon_p),
            two(full.correlation),
            p(one.difference.as_ref().and_then(|difference| difference.p)),
        ]);
        if let Some(why) = &full.dependent {
            let name = &one.name;
            sheet.note(format!("{name}: sign, McNemar and Wilcoxon n/a: {why}"));
        }
        if full.split > 0 {
            sheet.note(format!(
                "{}: McNemar leaves out {} that {} in exactly half of the runs of one side or both",
                one.name,
                counted(full.split, "item"),
                either(full.split, "passes", "pass"),
            ));
        }
        match &full.length {
            Told::Value(length) if length.large_shift => {
                sheet.notes.push(by_length(&one.name, length));
            }
            Told::Value(_) => {}
            Told::Missing(why) => sheet
                .notes
                .push(format!("{}: win rate at equal length n/a: {why}", one.name)),
        }
        if let Some(power) = one
            .difference
            .as_ref()
            .and_then(|difference| difference.power(comparison.family))
        {
            sheet.notes.push(format!("{}: {power}", one.name));
        }
    }
    Some(sheet)
}

/// How much of a win rate is length, in one sentence: no more than its interval allows.
fn by_length(name: &str, length: &LengthControl) -> String {
    let what = if length.raw > length.at_equal_length {
        "wins"
    } else {
        "losses"
    };
    let so = match length.interval {
        Some((low, high)) if length.raw < low || length.raw > high => {
            format!("its {what} go with length, which is no proof that length makes them")
        }
        _ => format!("how far its {what} go with length cannot be told from these items"),
    };
    format!(
        "{name}: its win rate is {:.3}; with outputs as long as the baseline's it would be {:.3} ({}): {so}",
        length.raw,
        length.at_equal_length,
        between(length.interval)
    )
}

fn between(interval: Option<(f64, f64)>) -> String {
    interval.map_or_else(
        || "n/a".to_owned(),
        |(low, high)| format!("{} to {}", fixed(low, 3), fixed(high, 3)),
    )
}

/// The difference by tag, and what the tags say about the whole; one sheet a candidate.
pub(super) fn slices(comparison: &Comparison) -> Vec<Sheet> {
    let tagged = against(comparison).filter(|(_, full)| !full.tags.is_empty());
    tagged.map(|(one, full)| slice(one, full)).collect()
}

fn slice(one: &CandidateSummary, full: &Full) -> Sheet {
    let mut sheet = Sheet::new(
        format!(
            "{} by tag (p adjusted over the tags; exploration)",
            one.name
        ),
        &[
            "tag",
            "#n",
            "#difference",
            "95 %",
            "#p",
            "",
            "#elsewhere",
            "95 %",
        ],
    );
    for tag in &full.tags {
        sheet.row([
            tag.tag.clone(),
            tag.range.n.to_string(),
            signed(Some(&tag.range)),
            ends(Some(&tag.range)),
            p(tag.p),
            standing(tag.standing).to_owned(),
            signed(tag.elsewhere.as_ref()),
            ends(tag.elsewhere.as_ref()),
        ]);
    }
    let said = full.slices.iter();
    sheet.notes = said.map(|said| format!("{}: {said}", one.name)).collect();
    sheet
}

/// Question by question, the candidates below each other.
pub(super) fn criteria(comparison: &Comparison) -> Option<Sheet> {
    let most = details(comparison)
        .map(|(_, detail)| detail.criteria.len())
        .max()?;
    let mut sheet = Sheet::new(
        "by question, levels brought to 0 to 1 (p adjusted over the questions; exploration)",
        &[
            "question",
            "candidate",
            "#n",
            "#level",
            "of",
            "#mean",
            "95 %",
            "#difference",
            "95 %",
            "#p",
        ],
    );
    for place in 0..most {
        for (one, detail) in details(comparison) {
            let Some(on) = detail.criteria.get(place) else {
                continue;
            };
            sheet.row([
                on.id.clone(),
                one.name.clone(),
                on.mean.as_ref().map_or(0, |mean| mean.n).to_string(),
                two(on.level),
                format!("{} to {}", on.scale.0, on.scale.1),
                value(on.mean.as_ref()),
                ends(on.mean.as_ref()),
                signed(on.difference.as_ref()),
                ends(on.difference.as_ref()),
                on.difference
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), |_| p(on.p)),
            ]);
        }
    }
    Some(sheet)
}

/// Two tables, new outputs of a candidate and new readings of one output, then where the variance comes from.
pub(super) fn repeats(comparison: &Comparison) -> Vec<Sheet> {
    if details(comparison).next().is_none() {
        return Vec::new();
    }
    let own = repeated(
        comparison,
        "candidate reruns: new outputs for the same item",
        |detail| &detail.candidate_reruns,
    );
    let judge = repeated(
        comparison,
        "judge reruns: new readings of the same output",
        |detail| &detail.judge_reruns,
    );
    vec![own, judge, variance(comparison)]
}

fn repeated(
    comparison: &Comparison,
    title: &str,
    of: impl Fn(&Detail) -> &Told<Stability>,
) -> Sheet {
    let mut sheet = Sheet::new(
        title,
        &[
            "candidate",
            "#units",
            "#repeats",
            "#flip any",
            "#flip pair",
            "#pass^k",
            "#pass@k",
            "#ICC",
            "95 %",
            "#sd within",
            "",
        ],
    );
    for (one, detail) in details(comparison) {
        let found = match of(detail) {
            Told::Value(found) => found,
            Told::Missing(why) => {
                sheet.notes.push(format!("{}: n/a, {why}", one.name));
                continue;
            }
        };
        sheet.row([
            one.name.clone(),
            found.units.to_string(),
            found.repeats.to_string(),
            format!("{:.1} %", found.flip_any * 100.0),
            format!("{:.1} %", found.flip_pair * 100.0),
            three(found.all_pass),
            three(found.any_pass),
            two(found.icc),
            found.icc_interval.map_or_else(
                || "n/a".to_owned(),
                |(low, high)| format!("{} to {}", fixed(low, 2), fixed(high, 2)),
            ),
            three(found.sd_within),
            found.advice.to_string(),
        ]);
        if found.icc_units < found.units {
            let name = &one.name;
            let (whole, k) = (found.icc_units, found.repeats);
            sheet.note(format!(
                "{name}: pass^k, pass@k and ICC rest on the {whole} with {k} repeats, flips and spread on all {}",
                found.units
            ));
        }
        if !found.because.is_empty() {
            let because = found.because.join("; ");
            sheet
                .notes
                .push(format!("{} was run again: {because}", one.name));
        }
        if !found.flickering.is_empty() {
            let items = found.flickering.join(", ");
            sheet
                .notes
                .push(format!("{} flickers on {items}", one.name));
        }
    }
    sheet
}

fn variance(comparison: &Comparison) -> Sheet {
    let mut sheet = Sheet::new(
        "where the variance of one judged score comes from",
        &["candidate", "#items", "#candidate", "#judge"],
    );
    let share = |share: Option<f64>| {
        share.map_or_else(
            || "not repeated".to_owned(),
            |share| format!("{:.0} %", share * 100.0),
        )
    };
    for (one, detail) in details(comparison) {
        match &detail.variance {
            Told::Missing(why) => sheet.notes.push(format!("{}: n/a, {why}", one.name)),
            Told::Value(variance) => match variance.shares() {
                Some((item, candidate, judge)) => sheet.row([
                    one.name.clone(),
                    share(Some(item)),
                    share(candidate),
                    share(judge),
                ]),
                None => sheet
                    .notes
                    .push(format!("{}: n/a, all scores are equal", one.name)),
            },
        }
    }
    sheet
}
