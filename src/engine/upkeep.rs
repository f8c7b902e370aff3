//! Looking after the file: check-up, rebuild, backup.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::{Engine, EngineError, Result};
use crate::domain::count::counted;
use crate::store::{dialect, project, schema, search, workspace};

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

/// What a rebuild changes of what is shown.
#[derive(Debug, PartialEq, Eq)]
struct Changed {
    /// Starts of the ids of tickets that stood otherwise.
    tickets: Vec<String>,
    /// Kept numbers and names that did.
    others: usize,
    /// Lines in all.
    lines: usize,
}

/// Hexadecimal characters of an identity.
const ID: usize = 32;
/// Tickets named one by one.
const NAMED: usize = 3;

impl Changed {
    /// Compares two dumps of everything that is shown.
    fn between(before: &str, after: &str) -> Self {
        let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
            (before.lines().collect(), after.lines().collect());
        let mut tickets = BTreeSet::new();
        let mut others = BTreeSet::new();
        for line in old.symmetric_difference(&new) {
            let first = line.split(' ').next().unwrap_or_default();
            if first.len() == ID && first.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                tickets.insert(first[..8].to_lowercase());
            } else {
                // A count is the same one with another number at its end.
                others.insert(line.rsplit_once(' ').map_or(*line, |(name, _)| name));
            }
        }
        Self {
            tickets: tickets.into_iter().collect(),
            others: others.len(),
            lines: new.len(),
        }
    }

    fn nothing(&self) -> bool {
        self.tickets.is_empty() && self.others == 0
    }

    fn words(&self, rebuilt: bool) -> String {
        let all = counted(self.lines, "entry");
        match (self.nothing(), rebuilt) {
            (true, false) => "what is shown equals a rebuild from the ledger".to_owned(),
            (true, true) => {
                format!("rebuilt what is shown from the ledger ({all}): nothing had to change")
            }
            (false, true) => format!(
                "rebuilt what is shown from the ledger ({all}): {} stood otherwise and were mended",
                self.told()
            ),
            (false, false) => format!(
                "what is shown differs from the ledger: {}; `docket doctor --rebuild` mends it",
                self.told()
            ),
        }
    }

    /// `2 tickets (1f03a2b4, 77c0de11), 5 kept counts`.
    fn told(&self) -> String {
        let mut parts = Vec::new();
        if !self.tickets.is_empty() {
            let more = if self.tickets.len() > NAMED {
                ", ..."
            } else {
                ""
            };
            let named = self.tickets[..self.tickets.len().min(NAMED)].join(", ");
            parts.push(format!(
                "{} ({named}{more})",
                counted(self.tickets.len(), "ticket")
            ));
        }
        if self.others > 0 {
            parts.push(counted(self.others, "kept count"));
        }
        parts.join(", ")
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
            let changed = Changed::between(&before, &after);
            report.note(changed.nothing() || rebuild, changed.words(rebuild));
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
        let (from, target) = (self.path().to_owned(), to.to_owned());
        let copied = self
            .store()
            .on_writer(move |db| workspace::backup(db, &from, &target));
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

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: &str = "00112233445566778899AABBCCDDEEFF";

    #[test]
    fn what_a_rebuild_changed_is_named() {
        let before = format!("{TICKET} 000 - - - \nsupport state open 2\nsupport state done 0\n");
        let after = format!("{TICKET} 400 0.5 1 - \nsupport state open 1\nsupport state done 1\n");
        let changed = Changed::between(&before, &after);
        assert_eq!(changed.told(), "1 ticket (00112233), 2 kept counts");
        assert!(
            changed
                .words(true)
                .starts_with("rebuilt what is shown from the ledger (3 entries)")
        );
        assert!(
            changed
                .words(false)
                .contains("`docket doctor --rebuild` mends it")
        );
    }

    #[test]
    fn a_rebuild_that_changes_nothing_says_that_it_was_one() {
        let same = Changed::between("support state open 2\n", "support state open 2\n");
        assert_eq!(
            same.words(true),
            "rebuilt what is shown from the ledger (1 entry): nothing had to change"
        );
        assert_eq!(
            same.words(false),
            "what is shown equals a rebuild from the ledger"
        );
    }
}
