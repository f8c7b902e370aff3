//! The sample workspace: three evals and a run group from the embedded data, made through the same import as
//! anybody's logs and candidates.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Deserialize;

use super::import::{ImportPlan, NewTarget, Progress, RunImport};
use super::judge::Control;
use super::runs::RunOrder;
use super::{Engine, EngineError, Result, library};
use crate::domain::eval::{DatasetRole, Mode, Policy};

/// `data/sample.toml`.
#[derive(Debug, Deserialize)]
struct Sample {
    sample: Vec<Domain>,
    group: Group,
}

/// Candidates against what was logged.
#[derive(Debug, Deserialize)]
struct Group {
    name: String,
    eval: String,
    run: Vec<SampleRun>,
}

/// Outputs of one run of a candidate.
#[derive(Debug, Deserialize)]
struct SampleRun {
    candidate: String,
    #[serde(default = "first")]
    number: u32,
    because: Option<String>,
    /// Relative to `data/`.
    file: String,
}

fn first() -> u32 {
    1
}

/// One eval of the sample.
#[derive(Debug, Deserialize)]
struct Domain {
    dataset: String,
    role: DatasetRole,
    /// The logged outputs; relative to `data/`.
    file: String,
    eval: String,
    purpose: String,
    instructions: String,
    mode: Mode,
    rubric: String,
}

impl Engine {
    /// Fills the workspace with the sample. Filling it twice adds nothing.
    pub fn load_sample(
        &self,
        cancel: &AtomicBool,
        told: &mut dyn FnMut(Progress<'_>),
    ) -> Result<()> {
        let sample = read()?;
        // The import reads files, so that the sample goes the same way as anybody's logs.
        let folder = tempfile::tempdir()
            .map_err(|error| EngineError::file("write", &std::env::temp_dir(), &error))?;
        for domain in &sample.sample {
            let plan = plan(domain, unpack(folder.path(), &domain.file)?)?;
            self.import(&plan, cancel, told)?;
        }
        self.compare_sample(&sample.group, folder.path(), cancel, told)
    }

    /// Makes the run group: nothing is called, every output is there already.
    fn compare_sample(
        &self,
        group: &Group,
        folder: &Path,
        cancel: &AtomicBool,
        told: &mut dyn FnMut(Progress<'_>),
    ) -> Result<()> {
        let order = RunOrder {
            group: Some(group.name.clone()),
            ..RunOrder::new(&group.eval)
        };
        self.run_group(&order, &Control::default(), &mut |_| {})?;
        for run in &group.run {
            let plan = ImportPlan {
                files: vec![unpack(folder, &run.file)?],
                ..ImportPlan::default()
            };
            let into = RunImport {
                group: group.name.clone(),
                candidate: run.candidate.clone(),
                number: run.number,
                because: run.because.clone(),
            };
            self.import_run(&plan, &into, cancel, told)?;
        }
        Ok(())
    }
}

fn read() -> Result<Sample> {
    let text = library::data("sample.toml")
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .unwrap_or_default();
    toml::from_str(text).map_err(|error| EngineError::Refused {
        what: format!("the sample cannot be read: {error}"),
        hint: None,
    })
}

/// Writes an embedded file under its own name, which is what lists show as its source.
fn unpack(folder: &Path, name: &str) -> Result<PathBuf> {
    let bytes = library::data(name).ok_or_else(|| EngineError::Refused {
        what: format!("the sample lacks `{name}`"),
        hint: None,
    })?;
    let path = folder.join(name.replace('/', "-"));
    std::fs::write(&path, bytes).map_err(|error| EngineError::file("write", &path, &error))?;
    Ok(path)
}

fn plan(domain: &Domain, file: PathBuf) -> Result<ImportPlan> {
    let rubric = library::built_in(&domain.rubric).ok_or_else(|| EngineError::Refused {
        what: format!("no rubric `{}`", domain.rubric),
        hint: None,
    })?;
    let eval = NewTarget {
        name: domain.eval.clone(),
        purpose: domain.purpose.clone(),
        instructions: domain.instructions.clone(),
        rubric: Some(rubric),
        policy: Policy {
            mode: domain.mode,
            ..Policy::default()
        },
        ..NewTarget::default()
    };
    Ok(ImportPlan {
        files: vec![file],
        dataset: Some(domain.dataset.clone()),
        role: domain.role,
        eval: Some(eval),
        index: true,
        ..ImportPlan::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Clock;

    #[test]
    fn instructions_of_the_sample_break_between_paragraphs_and_nowhere_else() {
        for domain in read().unwrap().sample {
            let told = domain.instructions.trim();
            for paragraph in told.split("\n\n") {
                assert!(!paragraph.contains('\n'), "{}: {paragraph}", domain.eval);
                assert!(paragraph.ends_with('.'), "{}: {paragraph}", domain.eval);
            }
            assert!(told.split("\n\n").count() > 1, "{}", domain.eval);
        }
    }

    #[test]
    fn the_sample_has_three_evals_and_a_comparison_and_filling_it_twice_adds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let engine =
            Engine::create(&folder.path().join("w.db"), "ana", Clock::system(), false).unwrap();
        engine
            .load_sample(&AtomicBool::new(false), &mut |_| {})
            .unwrap();
        let dump = || engine.store().read(crate::store::project::dump).unwrap();
        let first = dump();
        let home = engine.home().unwrap();
        let totals: Vec<_> = home
            .evals
            .iter()
            .map(|card| (card.name.as_str(), card.total))
            .collect();
        assert_eq!(
            totals,
            [("support", 40), ("contracts", 15), ("discharge", 15)]
        );
        let group = engine.group_line("october").unwrap();
        let runs: Vec<_> = group
            .candidates
            .iter()
            .map(|one| (one.name.as_str(), one.runs.len()))
            .collect();
        assert_eq!(runs, [("logged", 1), ("harbor-2", 2), ("quay-mini", 1)]);
        engine
            .load_sample(&AtomicBool::new(false), &mut |_| {})
            .unwrap();
        assert_eq!(dump(), first);
    }
}
