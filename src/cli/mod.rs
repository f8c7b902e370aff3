//! The command line: one small file per command over the engine.
//!
//! Data goes to standard output, talk to standard error. What was typed is a clap type; what it means is
//! decided in the command's own `run`. Exit codes: 0 done, 1 the answer is no, 2 an error, 3 undecided.

mod agree;
mod approve;
mod backup;
mod compare;
mod completions;
mod dataset;
mod demo;
mod doctor;
mod eval;
mod export;
mod failures;
mod gate;
mod guidelines;
mod history;
mod import;
mod init;
mod interrupt;
mod items;
mod judge;
mod opening;
pub mod output;
mod plan;
mod progress;
mod reach;
mod report;
mod rescore;
mod rubric;
mod run;
mod tickets;
mod usage;
mod workbench;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Flags, State, Who, login_name};
use crate::engine::{Clock, Engine, EngineError};

pub use output::CliError;

/// What a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or yes.
    Done,
    /// The answer is no.
    No,
    /// A signal of this number ended the workbench; nothing that was entered is lost.
    Signal(i32),
    /// It cannot be told yet.
    Undecided,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::No => Self::from(1),
            // As shells report a program that a signal ended.
            Exit::Signal(number) => Self::from(u8::try_from(128 + number).unwrap_or(FAILED)),
            Exit::Undecided => Self::from(3),
        }
    }
}

/// The exit code of an error.
pub const FAILED: u8 = 2;

/// A terminal workbench that works through an LLM eval as a ticket queue
#[derive(Debug, Parser)]
#[command(name = "docket", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
    /// Logs to review: makes ./docket.db, an eval named after the file, and opens the first ticket
    files: Vec<PathBuf>,
}

/// Where the help of every command lists what is the same everywhere.
const GLOBAL: &str = "Global options";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The workspace file
    #[arg(
        long,
        short = 'w',
        global = true,
        help_heading = GLOBAL,
        display_order = 101,
        env = "DOCKET_WORKSPACE",
        value_name = "FILE"
    )]
    workspace: Option<PathBuf>,
    /// Who reviews
    #[arg(
        long = "as",
        global = true,
        help_heading = GLOBAL,
        display_order = 102,
        env = "DOCKET_REVIEWER",
        value_name = "NAME"
    )]
    reviewer: Option<String>,
    /// Answer in JSON
    #[arg(long, global = true, help_heading = GLOBAL, display_order = 103)]
    json: bool,
    /// Do not ask
    #[arg(long, short = 'y', global = true, help_heading = GLOBAL, display_order = 104)]
    yes: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the workbench on the next ticket
    Review(workbench::Args),
    /// Make the sample workspace and open it
    Demo(demo::Args),
    /// Take in logs, tables and training files, with the scores and corrections they carry
    Import(import::Args),
    /// List what was imported
    Items(items::Args),
    /// List the tickets of an eval
    Tickets(tickets::Args),
    /// Make, show and change evals
    Eval(eval::Args),
    /// Build and show datasets, hold a share out, move clusters between them
    Dataset(dataset::Args),
    /// Check, make and show rubrics
    Rubric(rubric::Args),
    /// Let a judge score the tickets of an eval
    Judge(judge::Args),
    /// Ask candidates for every item of an eval, to compare them
    Run(run::Args),
    /// List run groups, or the runs of one
    Runs(run::listed::Args),
    /// Compare the candidates of a run group
    Compare(compare::Args),
    /// Hold a release rule against the candidates of a run group
    Gate(Box<gate::Args>),
    /// Approve or reject a candidate by name
    Approve(approve::ApproveArgs),
    /// Sign the decision about a candidate with an SSH key
    Sign(approve::SignArgs),
    /// Check the signatures of a group, offline
    Verify(approve::VerifyArgs),
    /// From failures to training data: what stands at each step, and what to do next
    Failures(failures::Args),
    /// Write a run group up for whoever decides, as one HTML page and as Markdown
    Report(report::Args),
    /// List, draft, approve and remove the rules that judges of an eval may be shown
    Guidelines(guidelines::Args),
    /// How far judges and people agree, and people among themselves
    Agree(agree::Args),
    /// Where the review plans of an eval stand, or a new one by risk
    Plan(plan::Args),
    /// Write a training dataset from what was reviewed
    Export(export::Args),
    /// What was decided, by whom and when
    History(history::Args),
    /// Copy the workspace while others work on it
    Backup(backup::Args),
    /// Check the workspace, or recompute everything that is shown
    Doctor(doctor::Args),
    /// Make an empty workspace
    Init(init::Args),
    /// Completions for a shell
    Completions(completions::Args),
}

/// What every command knows.
pub struct Context {
    /// As typed.
    common: Common,
    /// The person's settings.
    config: Config,
    /// Who reviews.
    who: Who,
}

impl Context {
    /// The workspace file asked for.
    pub fn workspace(&self) -> PathBuf {
        self.common
            .workspace
            .clone()
            .unwrap_or_else(|| PathBuf::from("docket.db"))
    }

    /// The workspace file, if one was named.
    pub fn named_workspace(&self) -> Option<PathBuf> {
        self.common.workspace.clone()
    }

    /// Whether to ask who reviews: nobody said so and the account is shared.
    pub fn ask_name(&self) -> bool {
        self.who.guessed
    }

    /// Whether to answer in JSON.
    pub fn json(&self) -> bool {
        self.common.json
    }

    /// Whether not to ask.
    pub fn yes(&self) -> bool {
        self.common.yes
    }

    /// Who reviews.
    pub fn reviewer(&self) -> String {
        self.who.name.clone()
    }

    /// The person's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Opens the workspace.
    pub fn open(&self) -> Result<Engine, CliError> {
        let path = self.workspace();
        Engine::open(&path, &self.reviewer(), Clock::system()).map_err(|error| {
            let sample = Path::new(demo::WORKSPACE);
            if self.common.workspace.is_none() && !path.exists() && sample.is_file() {
                let hint = format!("the sample is here: add `--workspace {}`", demo::WORKSPACE);
                return CliError::new(error.to_string(), hint);
            }
            error.into()
        })
    }

    /// Opens the workspace, making it if it is not there.
    pub fn open_or_make(&self) -> Result<Engine, CliError> {
        Ok(Engine::create(
            &self.workspace(),
            &self.reviewer(),
            Clock::system(),
            false,
        )?)
    }
}

/// Runs the program: parses, dispatches, prints errors.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if !error.use_stderr() {
                // Help and version go to standard output and are no error.
                let _ = error.print();
                return ExitCode::SUCCESS;
            }
            if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                let _ = error.print();
            } else {
                let words = std::env::args_os().skip(1);
                let words: Vec<_> = words
                    .map(|word| word.to_string_lossy().into_owned())
                    .collect();
                output::print_error(&usage::told(&error, &words));
            }
            return ExitCode::from(FAILED);
        }
    };
    let code = match run(cli) {
        Ok(exit) => exit.into(),
        // Whoever reads our output has seen enough.
        Err(CliError::Pipe) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(&error);
            ExitCode::from(FAILED)
        }
    };
    interrupt::asked_to_end().map_or(code, ExitCode::from)
}

fn run(cli: Cli) -> Result<Exit, CliError> {
    let flags = Flags {
        reviewer: cli.common.reviewer.clone(),
        ..Flags::default()
    };
    let config = Config::load(&flags)?;
    // What was remembered is a convenience: nothing fails without it.
    let remembered = State::path().map(|file| State::load(&file));
    let who = Who::of(
        config.reviewer.as_deref(),
        login_name(|name| std::env::var_os(name)),
        remembered.unwrap_or_default().reviewer,
    );
    let context = Context {
        common: cli.common,
        config,
        who,
    };
    match cli.command {
        None if cli.files.is_empty() => workbench::home(&context),
        None => workbench::files(&cli.files, &context),
        Some(Command::Review(args)) => workbench::run(&args, &context),
        Some(Command::Demo(args)) => demo::run(&args, &context),
        Some(Command::Import(args)) => import::run(&args, &context),
        Some(Command::Items(args)) => items::run(&args, &context),
        Some(Command::Tickets(args)) => tickets::run(&args, &context),
        Some(Command::Eval(args)) => eval::run(&args, &context),
        Some(Command::Dataset(args)) => dataset::run(&args, &context),
        Some(Command::Rubric(args)) => rubric::run(&args, &context),
        Some(Command::Judge(args)) => judge::run(&args, &context),
        Some(Command::Run(args)) => run::run(&args, &context),
        Some(Command::Runs(args)) => run::listed::run(&args, &context),
        Some(Command::Compare(args)) => compare::run(&args, &context),
        Some(Command::Gate(args)) => gate::run(&args, &context),
        Some(Command::Approve(args)) => approve::run(&args, &context),
        Some(Command::Sign(args)) => approve::sign(&args, &context),
        Some(Command::Verify(args)) => approve::verify(&args, &context),
        Some(Command::Failures(args)) => failures::run(&args, &context),
        Some(Command::Report(args)) => report::run(&args, &context),
        Some(Command::Guidelines(args)) => guidelines::run(&args, &context),
        Some(Command::Agree(args)) => agree::run(&args, &context),
        Some(Command::Plan(args)) => plan::run(&args, &context),
        Some(Command::Export(args)) => export::run(&args, &context),
        Some(Command::History(args)) => history::run(&args, &context),
        Some(Command::Backup(args)) => backup::run(&args, &context),
        Some(Command::Doctor(args)) => doctor::run(&args, &context),
        Some(Command::Init(args)) => init::run(&args, &context),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        let hint = error.hint();
        Self::Failed {
            what: error.to_string(),
            hint,
        }
    }
}
