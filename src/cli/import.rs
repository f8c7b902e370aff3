//! `docket import`: files to items, outputs, tickets and the decisions that came with the rows.

mod run;
mod told;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{CliError, Context, Exit, interrupt, output};
use crate::domain::count::counted;
use crate::domain::eval::{DatasetRole, Mode, Policy};
use crate::domain::filter::{Filter, FilterError};
use crate::engine::import::{End, ImportPlan, ImportReport, Intake, NewTarget, RunImport, Sample};
use crate::engine::{Engine, library};
use crate::formats::intake::Profile;
use crate::text::sanitise;
use told::Told;

/// Take in logs, tables and training files, with the scores and corrections they carry.
///
/// What a file holds is told from its content. Importing the same rows again adds nothing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSON Lines, JSON or CSV, plain, gzip or zstd; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read the files as one, row by row, on this key
    #[arg(long, value_name = "KEY")]
    join: Option<String>,
    /// Which column holds what: a profile's file, or its name
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Which column holds one field, such as `request=question` (may be repeated)
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Keep the columns as they were read as a profile, for later imports
    #[arg(long, value_name = "FILE")]
    save_profile: Option<PathBuf>,
    /// Only rows that pass this filter, such as `feature:billing`
    #[arg(
        long = "where",
        alias = "filter",
        value_name = "FILTER",
        allow_hyphen_values = true
    )]
    filter: Option<String>,
    /// Only a random sample of so many of them
    #[arg(long, value_name = "N", value_parser = some)]
    sample: Option<usize>,
    /// Seed of the sample
    #[arg(long, value_name = "N", default_value_t = 0, requires = "sample")]
    seed: u64,
    /// The dataset they go to; by default the eval's, or one named after the file
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// What the dataset may be used for, if it is made
    #[arg(long, default_value = "review")]
    role: RoleArg,
    /// The eval that gets a ticket for each output; made if it is not there
    #[arg(long, value_name = "NAME")]
    eval: Option<String>,
    /// The rubric of a new eval: a built-in name, a file, or a sentence
    #[arg(long, value_name = "RUBRIC")]
    rubric: Option<String>,
    /// blind: measure the model; assist: fix outputs for training (for a new eval)
    #[arg(long)]
    mode: Option<ModeArg>,
    /// A run group: the rows are outputs of a candidate for the group's items
    #[arg(
        long = "run",
        value_name = "GROUP",
        requires = "candidate",
        conflicts_with_all = ["eval", "dataset", "rubric", "mode", "sample", "save_profile"]
    )]
    run: Option<String>,
    /// The candidate that gave them
    #[arg(long, value_name = "NAME", requires = "run")]
    candidate: Option<String>,
    /// The run they belong to; an item's further outputs go to the next ones
    #[arg(long, value_name = "N", requires = "run", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rerun: u32,
    /// Why it was run again
    #[arg(long, value_name = "REASON", requires = "run")]
    because: Option<String>,
    /// A tag for every row (may be repeated)
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Take nothing if one row is bad
    #[arg(long)]
    strict: bool,
    /// Keep bad rows in this file, as they stand
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Pass over rows longer than so many MiB
    #[arg(long, value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u64).range(1..=1024))]
    max_row: u64,
    /// Leave the search index for later
    #[arg(long)]
    no_index: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArg {
    /// Reviewed and exported freely
    Review,
    /// Measured on, never trained on
    Heldout,
    /// What was trained on
    Train,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArg {
    Blind,
    Assist,
}

/// A number of rows, at least one.
fn some(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("a sample has at least one row".to_owned()),
        Ok(n) => Ok(n),
        Err(_) => Err("not a whole number".to_owned()),
    }
}

/// Imports and reports.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let plan = plan(args)?;
    if let (Some(group), Some(candidate)) = (&args.run, &args.candidate) {
        let into = RunImport {
            group: group.clone(),
            candidate: candidate.clone(),
            number: args.rerun,
            because: args.because.clone(),
        };
        return run::run(context, &plan, &into);
    }
    let (_, report) = load(context, &plan)?;
    if context.json() {
        output::json(&report)?;
    }
    if let Some(path) = &args.save_profile {
        save_profile(path, &report, &plan)?;
    }
    match report.end {
        End::Refused => Ok(Exit::No),
        End::Stopped => Err(stopped(&report)),
        End::Done => Ok(Exit::Done),
        End::Nothing => Err(nothing(&report)),
    }
}

/// What a stopped import leaves, and how it goes on.
pub(super) fn stopped(report: &ImportReport) -> CliError {
    let new = report.new;
    CliError::new(
        format!(
            "stopped after {}; {} and {} are kept",
            counted(report.rows(), "row"),
            counted(new.items, "new item"),
            counted(new.tickets, "new ticket")
        ),
        "run the same command again: it takes the rest, and nothing twice",
    )
}

/// Why an import brought nothing.
pub(super) fn nothing(report: &ImportReport) -> CliError {
    match report.nothing() {
        Some((what, hint)) => CliError::new(what, hint),
        None => CliError::plain("nothing was imported"),
    }
}

/// Imports with progress on standard error, for commands that go on with what came in. The files are looked at
/// before a workspace is made for them; one that was made and is not needed goes away again, and there is no engine.
pub(super) fn load(
    context: &Context,
    plan: &ImportPlan,
) -> Result<(Option<Engine>, ImportReport), CliError> {
    let cancel = interrupt::watch();
    let intake = Intake::look(plan, &cancel)?;
    let fresh = !context.workspace().exists();
    let engine = context.open_or_make()?;
    let mut told = Told::new();
    let result = engine.import_looked(plan, intake, &cancel, &mut |progress| told.hear(progress));
    told.end();
    let taken = matches!(&result, Ok(report) if matches!(report.end, End::Done | End::Stopped));
    let engine = if fresh && !taken {
        // Why nothing was taken matters more than a file that could not be taken away.
        let _ = engine.discard_untouched();
        None
    } else {
        Some(engine)
    };
    let report = result?;
    told::summary(&report);
    Ok((engine, report))
}

fn plan(args: &Args) -> Result<ImportPlan, CliError> {
    let filter = match &args.filter {
        Some(text) => {
            let unread =
                |error: FilterError| CliError::new(format!("`--where`: {error}"), error.way_on());
            Filter::parse(text).map_err(unread)?
        }
        None => Filter::all(),
    };
    let policy = Policy {
        mode: match args.mode {
            Some(ModeArg::Blind) => Mode::Blind,
            Some(ModeArg::Assist) | None => Mode::Assist,
        },
        ..Policy::default()
    };
    let rubric = args
        .rubric
        .as_deref()
        .map(super::rubric::find)
        .transpose()?;
    let eval = args.eval.as_ref().map(|name| NewTarget {
        rubric: rubric.clone(),
        policy: policy.clone(),
        ..NewTarget::named(name)
    });
    if eval.is_none() && (args.rubric.is_some() || args.mode.is_some()) {
        return Err(CliError::new(
            "`--rubric` and `--mode` are an eval's, and none is named",
            "add `--eval NAME`",
        ));
    }
    Ok(ImportPlan {
        files: args.files.clone(),
        join: args.join.clone(),
        profile: args.profile.as_deref().map(profile).transpose()?,
        map: args.map.clone(),
        filter,
        sample: args.sample.map(|size| Sample {
            size,
            seed: args.seed,
        }),
        dataset: args.dataset.clone(),
        role: match args.role {
            RoleArg::Review => DatasetRole::Review,
            RoleArg::Heldout => DatasetRole::Heldout,
            RoleArg::Train => DatasetRole::Train,
        },
        eval,
        strict: args.strict,
        rejects: args.rejects.clone(),
        max_row: (args.max_row as usize) << 20,
        tags: args.tag.clone(),
        index: !args.no_index,
    })
}

/// A profile by its file, or by the name of one that comes with docket or lies in this folder.
fn profile(name: &str) -> Result<Profile, CliError> {
    let file = format!("{name}.toml");
    let path = [name, &file]
        .into_iter()
        .map(Path::new)
        .find(|path| path.is_file());
    let text = match (path, library::data(&format!("profiles/{file}"))) {
        (Some(path), _) => std::fs::read_to_string(path).map_err(|error| {
            CliError::plain(format!(
                "cannot read the profile `{}`: {error}",
                sanitise::path(path)
            ))
        })?,
        (None, Some(built_in)) => String::from_utf8_lossy(built_in).into_owned(),
        (None, None) => {
            return Err(CliError::new(
                format!(
                    "no profile `{}`: neither a file nor one that comes with docket",
                    sanitise::line(name)
                ),
                "`--map FIELD=COLUMN --save-profile FILE` makes one",
            ));
        }
    };
    Profile::parse(&text).map_err(|error| CliError::Failed {
        what: format!("the profile `{name}` cannot be used: {error}"),
        hint: error.hint,
    })
}

fn save_profile(path: &Path, report: &ImportReport, plan: &ImportPlan) -> Result<(), CliError> {
    let Some(columns) = report.files.iter().find_map(|file| file.columns.clone()) else {
        return Err(CliError::new(
            "there are no columns to keep: the format says it all",
            "leave `--save-profile` out",
        ));
    };
    let path = if path.extension().is_some() {
        path.to_owned()
    } else {
        path.with_extension("toml")
    };
    let stem = path.file_stem().map_or_else(
        || "profile".into(),
        |stem| stem.to_string_lossy().into_owned(),
    );
    let profile = Profile {
        name: stem,
        rubric: report.rubric.clone(),
        join: report.join.as_ref().map(|join| join.key.clone()),
        columns,
        ..plan.profile.clone().unwrap_or_default()
    };
    let text = profile
        .to_toml()
        .map_err(|error| CliError::plain(error.to_string()))?;
    std::fs::write(&path, text).map_err(|error| {
        CliError::plain(format!("cannot write `{}`: {error}", sanitise::path(&path)))
    })?;
    output::say(&format!("kept the columns in `{}`", sanitise::path(&path)));
    Ok(())
}
