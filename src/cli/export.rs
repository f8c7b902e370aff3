//! `docket export`: reviewed tickets as a training dataset folder.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::progress::Shown;
use super::{CliError, Context, Exit, interrupt, output};
use crate::domain::count::counted;
use crate::domain::training::{Needs, TrainingFormat};
use crate::domain::view::{ExportPlan, ExportRows};
use crate::engine::export::{ExportError, ExportReport, ExportRequest};
use crate::text::preview::preview_of;
use crate::text::sanitise;

/// Characters of the first row that a dry run shows.
const PREVIEW: usize = 300;

/// Write a training dataset from what was reviewed.
#[derive(Debug, clap::Args)]
#[command(override_usage = "docket export [OPTIONS] --format <FORMAT> --out <FOLDER> <EVAL>")]
pub struct Args {
    /// The eval
    eval: String,
    /// The file format
    #[arg(long, value_parser = formats())]
    format: String,
    /// The folder to write; it must not exist yet, or be empty
    #[arg(long, value_name = "FOLDER", required_unless_present = "dry_run")]
    out: Option<String>,
    /// Which tickets become rows; by default what fits the format best
    #[arg(long, value_enum)]
    rows: Option<RowsArg>,
    /// Only tickets this filter shows, such as `feature:billing score>=0.8`
    #[arg(long, alias = "where", default_value = "", allow_hyphen_values = true)]
    filter: String,
    /// Only tickets with this score or a better one, 0 to 1
    #[arg(long, value_name = "SCORE")]
    min_score: Option<f64>,
    /// Share of requests in the training file; the others go into validation
    #[arg(long, value_name = "train=SHARE", value_parser = validation, default_value = "train=0.9")]
    split: f64,
    /// Seed of the split
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// At most so many rows, in the order the tickets arrived
    #[arg(long)]
    limit: Option<u64>,
    /// Name of the dataset of what leaves; by default the eval's with `-train`
    #[arg(long, value_name = "NAME")]
    as_dataset: Option<String>,
    /// Write rows that are held out all the same, and say why; the manifest prints it
    #[arg(long = "override", value_name = "REASON")]
    override_reason: Option<String>,
    /// Replace a dataset that docket wrote before
    #[arg(long)]
    replace: bool,
    /// Licence for the dataset card, such as `cc-by-4.0`
    #[arg(long)]
    license: Option<String>,
    /// Languages for the dataset card, such as `en,de`
    #[arg(long = "language", value_delimiter = ',')]
    languages: Vec<String>,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RowsArg {
    /// Outputs that pass as they stand; with trl-kto also those that do not, labelled
    Accepted,
    /// Corrected outputs
    Corrected,
    /// Both
    All,
    /// A better and a worse answer: correction over original, or what a majority prefers
    Pairs,
    /// What a judge suggested on tickets no person touched, if checks and a second judgement found it better
    Suggested,
}

impl RowsArg {
    fn meant(self) -> ExportRows {
        match self {
            Self::Accepted => ExportRows::Accepted,
            Self::Corrected => ExportRows::Corrected,
            Self::All => ExportRows::All,
            Self::Pairs => ExportRows::Pairs,
            Self::Suggested => ExportRows::Suggested,
        }
    }
}

/// The share of validation from `train=0.9`.
fn validation(text: &str) -> Result<f64, String> {
    let given = text.strip_prefix("train=").unwrap_or(text);
    match given.parse::<f64>() {
        // Rounded, so that the manifest shows 0.1 and not 0.09999999999999998.
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(((1.0 - share) * 1e9).round() / 1e9),
        _ => Err("expected `train=` and a share above 0 and up to 1, such as `train=0.9`".into()),
    }
}

/// Writes the dataset, or shows what would be written. The answer is no when there is nothing to write.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let request = request(args, engine.eval_named(&args.eval)?.id);
    let stop = interrupt::watch();
    let mut shown = Shown::new();
    let mut progress = |at| shown.at(&at);
    let result = if args.dry_run {
        engine.export_dry(&request, &mut progress, &stop)
    } else {
        engine.export_with(&request, &mut progress, &stop)
    };
    shown.end();
    match result {
        Ok(report) if report.row_count() == 0 => nothing(&report, context),
        Ok(report) => {
            tell(&report, context)?;
            Ok(Exit::Done)
        }
        Err(ExportError::Nothing(report)) => nothing(&report, context),
        Err(error) => Err(CliError::Failed {
            hint: error.hint(),
            what: error.to_string(),
        }),
    }
}

fn request(args: &Args, eval: crate::domain::ids::EvalId) -> ExportRequest {
    let needs = args.format.parse().map(TrainingFormat::needs);
    let fitting = match needs {
        Ok(Needs::Preference) => ExportRows::Pairs,
        Ok(Needs::Labelled) => ExportRows::All,
        _ => ExportRows::Corrected,
    };
    ExportRequest {
        plan: ExportPlan {
            eval,
            format: args.format.clone(),
            rows: args.rows.map_or(fitting, RowsArg::meant),
            filter: args.filter.clone(),
            min_score: args.min_score,
            validation: args.split,
            seed: args.seed,
            folder: args.out.clone().unwrap_or_default(),
            replace: args.replace,
            override_reason: args.override_reason.clone(),
        },
        limit: args.limit,
        dataset: args.as_dataset.clone(),
        license: args.license.clone(),
        languages: args.languages.clone(),
    }
}

fn formats() -> PossibleValuesParser {
    let value = |format: TrainingFormat| PossibleValue::new(format.name()).help(format.about());
    PossibleValuesParser::new(TrainingFormat::ALL.map(value))
}

fn nothing(report: &ExportReport, context: &Context) -> Result<Exit, CliError> {
    if context.json() {
        output::json(report)?;
    } else {
        left_out(report)?;
    }
    let (what, how) = report.why_nothing();
    output::say(&what);
    output::say(&format!("  hint: {how}"));
    Ok(Exit::No)
}

fn tell(report: &ExportReport, context: &Context) -> Result<(), CliError> {
    for notice in report.notices() {
        output::say(&format!("note: {notice}"));
    }
    if context.json() {
        return output::json(report);
    }
    data(&format!(
        "{} for {} from `{}`: {} to train on, {} for validation",
        counted(report.row_count(), "row"),
        report.format,
        report.eval,
        report.train,
        report.validation
    ))?;
    left_out(report)?;
    match (&report.written, &report.sample) {
        (Some(landed), _) => {
            data(&format!("written to {}", landed.folder))?;
            data(&format!(
                "what left is the dataset `{}`; manifest {}",
                landed.dataset, landed.manifest_sha256
            ))
        }
        (None, Some(sample)) => data(&format!("first row: {}", preview_of(sample, PREVIEW))),
        (None, None) => Ok(()),
    }
}

/// What is no row and why, the first ones by name.
fn left_out(report: &ExportReport) -> Result<(), CliError> {
    for held in &report.held_out_in {
        data(&format!(
            "{} held out in `{}`",
            counted(held.rows, "row"),
            held.dataset
        ))?;
    }
    if report.refused == 0 {
        return Ok(());
    }
    let reasons: Vec<String> = report
        .refused_by_reason
        .iter()
        .map(|count| format!("{} {}", count.rows, count.code.replace('_', " ")))
        .collect();
    data(&format!(
        "{} left out: {}",
        counted(report.refused, "row"),
        reasons.join(", ")
    ))?;
    for row in &report.refused_first {
        let id = row
            .external_id
            .as_ref()
            .map_or(String::new(), |id| format!(" ({id})"));
        data(&format!("  {}{id}: {}", row.ticket.short(), row.reason))?;
    }
    match report.refused - report.refused_first.len() as u64 {
        0 => Ok(()),
        more if report.written.is_some() => data(&format!("  and {more} more, in refused.jsonl")),
        more => data(&format!("  and {more} more")),
    }
}

/// A line of the answer; whatever came from rows is made harmless.
fn data(text: &str) -> Result<(), CliError> {
    output::line(&sanitise::line(text))
}
