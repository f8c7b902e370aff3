//! `docket eval`: make, show, change and grow evals.

mod grow;

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::eval::{DatasetRole, Eval, Mode, Policy, Send};
use crate::domain::route::Rule;
use crate::domain::view::EvalCard;
use crate::engine::evals::NewEval;
use crate::text::table::{Column, Table};

/// Make, show and change evals.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List evals with their progress
    List,
    /// Show one
    Show {
        /// The eval
        name: String,
    },
    /// Make one; rows are added with `docket import --eval`
    New {
        /// Its name
        name: String,
        /// The rubric: a built-in name, a file, or a sentence
        #[arg(long, default_value = "send-as-is")]
        rubric: String,
        /// The dataset it reviews; by default one of its own name
        #[arg(long)]
        dataset: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change one
    Set {
        /// The eval
        name: String,
        /// Move it to this rubric: a built-in name, a file, or a sentence
        #[arg(long)]
        rubric: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Give one new tickets, in a plan of their own
    Grow(grow::Args),
}

#[derive(Debug, clap::Args)]
struct Settings {
    /// blind: measure the model; assist: fix outputs for training
    #[arg(long)]
    mode: Option<ModeArg>,
    /// Reviews a ticket needs, from different people
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=9))]
    overlap: Option<u8>,
    /// Score from which a ticket passes, 0 to 1
    #[arg(long)]
    threshold: Option<f64>,
    /// Share of tickets that stay blind in an assisted eval, 0 to 1
    #[arg(long)]
    audit: Option<f64>,
    /// Only send ticket text to this machine; `--local-only=false` takes that back
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    local_only: Option<bool>,
    /// A routing rule, such as 'human when tag:legal', '@ana when lang:de' or 'close when score>=0.9 and no flag';
    /// repeat it for more, the first that fits counts; `none` takes all away
    #[arg(long, value_name = "RULE")]
    route: Vec<String>,
    /// What the eval is to find out, in one sentence
    #[arg(long)]
    purpose: Option<String>,
    /// What reviewers are told before the first ticket
    #[arg(long)]
    instructions: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArg {
    Blind,
    Assist,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    eval: &'a Eval,
    done: u64,
    total: u64,
    waiting: u64,
    human_pass: Option<(f64, u64)>,
}

/// Runs the subcommand; lists by default.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    match &args.command {
        None | Some(Command::List) => list(context),
        Some(Command::Show { name }) => show(name, context),
        Some(Command::New {
            name,
            rubric,
            dataset,
            settings,
        }) => {
            let eval = context.open_or_make()?.make_eval(NewEval {
                name: name.clone(),
                purpose: settings.purpose.clone().unwrap_or_default(),
                instructions: settings.instructions.clone().unwrap_or_default(),
                dataset: dataset.clone().unwrap_or_else(|| name.clone()),
                role: DatasetRole::Review,
                rubric: super::rubric::find(rubric)?,
                policy: settings.over(Policy::default())?,
                seed: None,
            })?;
            output::say(&format!(
                "eval `{}`, {}, on dataset `{}`",
                eval.name,
                eval.policy.mode.name(),
                dataset.as_ref().unwrap_or(name)
            ));
            Ok(Exit::Done)
        }
        Some(Command::Set {
            name,
            rubric,
            settings,
        }) => set(name, rubric.as_deref(), settings, context),
        Some(Command::Grow(args)) => grow::run(args, context),
    }
}

fn set(
    name: &str,
    rubric: Option<&str>,
    settings: &Settings,
    context: &Context,
) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let eval = engine.eval_named(name)?;
    if let Some(rubric) = rubric {
        let (from, to) = engine.move_rubric(name, &super::rubric::find(rubric)?)?;
        output::say(&format!(
            "rubric {} to {}; reviews stay as they were given",
            from.short(),
            to.short()
        ));
        super::rescore::hint(&engine, name)?;
    }
    let policy = settings.over(eval.policy.clone())?;
    if policy != eval.policy || settings.purpose.is_some() || settings.instructions.is_some() {
        engine.set_policy(
            name,
            policy,
            settings.purpose.clone(),
            settings.instructions.clone(),
        )?;
        output::say(&format!("changed eval `{name}`"));
    }
    Ok(Exit::Done)
}

impl Settings {
    fn over(&self, mut policy: Policy) -> Result<Policy, CliError> {
        for (name, value) in [("--threshold", self.threshold), ("--audit", self.audit)] {
            if value.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
                return Err(CliError::plain(format!(
                    "{name} takes a number from 0 to 1"
                )));
            }
        }
        match self.mode {
            Some(ModeArg::Blind) => policy.mode = Mode::Blind,
            Some(ModeArg::Assist) => policy.mode = Mode::Assist,
            None => {}
        }
        policy.overlap = self.overlap.unwrap_or(policy.overlap);
        policy.pass_threshold = self.threshold.or(policy.pass_threshold);
        policy.audit_share = self.audit.unwrap_or(policy.audit_share);
        match self.local_only {
            Some(true) => policy.send = Send::Local,
            Some(false) => policy.send = Send::Any,
            None => {}
        }
        if !self.route.is_empty() {
            policy.routes = routes(&self.route)?;
        }
        Ok(policy)
    }
}

/// The rules as they are kept; `none` alone is no rule.
fn routes(given: &[String]) -> Result<Vec<String>, CliError> {
    if let [only] = given
        && only.trim().eq_ignore_ascii_case("none")
    {
        return Ok(Vec::new());
    }
    let rule = |text: &String| {
        let rule =
            Rule::parse(text).map_err(|error| CliError::new(error.to_string(), &error.hint))?;
        Ok(rule.text)
    };
    given.iter().map(rule).collect()
}

fn list(context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let (home, evals) = (engine.home()?, engine.evals()?);
    let of = |card: &EvalCard| evals.iter().find(|eval| eval.id == card.id);
    if context.json() {
        for card in &home.evals {
            if let Some(eval) = of(card) {
                output::json_line(&shown(eval, card))?;
            }
        }
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        Column::left("eval"),
        Column::left("mode"),
        Column::right("done"),
        Column::right("waiting"),
        Column::left("purpose"),
    ]);
    for card in &home.evals {
        let done = format!("{}/{}", card.done, card.total);
        table.row([
            &card.name,
            card.mode.name(),
            &done,
            &card.waiting.to_string(),
            &card.purpose,
        ]);
    }
    output::table(&table)?;
    Ok(Exit::Done)
}

fn show(name: &str, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let eval = engine.eval_named(name)?;
    let home = engine.home()?;
    let Some(card) = home.evals.iter().find(|card| card.id == eval.id) else {
        return Ok(Exit::No);
    };
    output::json(&shown(&eval, card))?;
    Ok(Exit::Done)
}

fn shown<'a>(eval: &'a Eval, card: &EvalCard) -> Shown<'a> {
    Shown {
        eval,
        done: card.done,
        total: card.total,
        waiting: card.waiting,
        human_pass: card.human_pass,
    }
}
