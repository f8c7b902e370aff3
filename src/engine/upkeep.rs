//! Looking after the file: check-up, rebuild, backup.

use std::path::Path;

use serde::Serialize;

use super::{Engine, EngineError, Result};
use crate::store::{dialect, project, schema, search};

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it is as it should be.
    pub sound: bool,
    /// What was found.
    pub text: String,
}

/// A check-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct CheckUp {
    /// In the order they were looked at.
    pub findings: Vec<Finding>,
}

impl CheckUp {
    /// Whether everything is as it should be.
    pub fn sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.sound)
    }

    fn note(&mut self, sound: bool, text: impl Into<String>) {
        self.findings.push(Finding {
            sound,
            text: text.into(),
        });
    }
}

impl Engine {
    /// Checks the file and compares what is kept with a rebuild from facts and ledger. With `rebuild` the
    /// rebuilt state stays; without it nothing changes, but that an export which was killed after its folder
    /// stood is recorded.
    pub fn check_up(&self, rebuild: bool) -> Result<CheckUp> {
        let settled = self.settle_exports()?;
        Ok(self.store().on_writer(move |db| {
            let mut report = CheckUp::default();
            for folder in &settled {
                let folder = folder.display();
                report.note(
                    true,
                    format!("the export to `{folder}` was cut off and is recorded now"),
                );
            }
            match dialect::integrity(db)? {
                None => report.note(true, "the file is sound"),
                Some(what) => report.note(false, format!("the file is damaged: {what}")),
            }
            report.note(true, format!("schema {}", schema::newest()));
            schema::finish_indexes(db)?;
            let (before, after) = dialect::rehearse(db, rebuild, |db| {
                let before = project::dump(db)?;
                project::rebuild(db)?;
                Ok((before, project::dump(db)?))
            })?;
            let same = before == after;
            report.note(
                same || rebuild,
                match (same, rebuild) {
                    (true, _) => "what is shown equals a rebuild from the ledger".to_owned(),
                    (false, true) => {
                        "what was shown differed from the ledger and was rebuilt".to_owned()
                    }
                    (false, false) => {
                        "what is shown differs from the ledger; `docket doctor --rebuild` mends it"
                            .to_owned()
                    }
                },
            );
            let coverage = search::coverage(db)?;
            report.note(
                true,
                format!(
                    "search covers {} of {} outputs",
                    coverage.indexed.min(coverage.total),
                    coverage.total
                ),
            );
            Ok(report)
        })?)
    }

    /// Copies the workspace into a new file while others go on working.
    pub fn backup(&self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(EngineError::refused(
                format!("`{}` is there already", to.display()),
                "name a file that does not exist",
            ));
        }
        let target = to.to_owned();
        let copied = self
            .store()
            .on_writer(move |db| dialect::backup(db, &target));
        if copied.is_err() {
            // Half a copy is worse than none, and so is the journal of one.
            for end in ["", "-journal"] {
                let mut name = to.as_os_str().to_owned();
                name.push(end);
                let _ = std::fs::remove_file(name);
            }
        }
        Ok(copied?)
    }
}
