//! `docket judge --pause`, `--resume`, `--cancel`: what is wanted of a job that runs in this process or another.

use crate::cli::{CliError, Exit, output};
use crate::domain::job::Wish;
use crate::domain::view::JobCard;
use crate::engine::Engine;
use crate::engine::judge::JudgeOrder;
use crate::text::sanitise;

/// What is wanted of a job that runs in this process or another.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct Steer {
    /// Hold the running job until `--resume`; `--judge` says which, where several run
    #[arg(long)]
    pause: bool,
    /// Let a held job go on
    #[arg(long)]
    resume: bool,
    /// Stop a running job
    #[arg(long)]
    cancel: bool,
}

impl Steer {
    /// The wish, and what is said once the job has heard it.
    pub fn wish(&self) -> Option<(Wish, &'static str)> {
        match (self.pause, self.resume, self.cancel) {
            (true, ..) => Some((Wish::Pause, "is held; `--resume` lets it go on")),
            (_, true, _) => Some((Wish::Run, "goes on")),
            (.., true) => Some((Wish::Cancel, "stops once what is under way is done")),
            _ => None,
        }
    }
}

/// Tells the job that is meant; the answer is no where nothing runs.
pub fn run(
    engine: &Engine,
    eval: &str,
    order: Option<&JudgeOrder>,
    (wish, word): (Wish, &str),
) -> Result<Exit, CliError> {
    let jobs = engine.judge_jobs(eval, order)?;
    let (live, over): (Vec<&JobCard>, Vec<&JobCard>) =
        jobs.iter().partition(|card| card.job.stage().is_live());
    if live.is_empty() {
        output::say(&nothing_runs(eval, &over));
        return Ok(Exit::No);
    }
    if live.len() > 1 && order.is_none() {
        let names: Vec<String> = live
            .iter()
            .map(|card| format!("`{}`", said(card)))
            .collect();
        return Err(CliError::new(
            format!("several jobs run on `{eval}`: {}", names.join(", ")),
            "say which with `--judge`",
        ));
    }
    for card in live {
        engine.steer(card.job.id, wish)?;
        output::say(&format!("`{}` on `{eval}` {word}", said(card)));
    }
    Ok(Exit::Done)
}

fn nothing_runs(eval: &str, over: &[&JobCard]) -> String {
    match over.first() {
        Some(card) => format!(
            "nothing runs on `{eval}`: the job of `{}` has ended ({})",
            said(card),
            card.job.stage().words()
        ),
        None => format!("nothing runs on `{eval}`, and no such job was ever started"),
    }
}

/// What to name after `--judge`, else what people call the judge.
fn said(card: &JobCard) -> String {
    let name = card.named.as_ref().unwrap_or(&card.judge);
    sanitise::line(name).into_owned()
}
