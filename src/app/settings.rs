//! What a person sets once.

use std::collections::{BTreeMap, BTreeSet};

use super::keymap::Preset;

/// Settings of one person on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Key preset.
    pub preset: Preset,
    /// Action name to chords, over the preset. An empty list takes the default keys away.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Whether lines wrap.
    pub no_wrap: bool,
    /// Whether the queue rail is shown beside a ticket.
    pub rail: bool,
    /// Who reviews; what they know stands below.
    pub reviewer: String,
    /// Rubrics (name and version) whose practice tickets were done or skipped.
    pub practised: BTreeSet<String>,
    /// Evals whose instructions were read.
    pub instructed: BTreeSet<String>,
    /// Tickets reviewed so far; the first three show four keys only.
    pub reviewed: u64,
    /// What others know who review on this account, by name.
    pub others: BTreeMap<String, Known>,
}

/// What one reviewer has been shown and need not be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Rubrics practised.
    pub practised: BTreeSet<String>,
    /// Evals whose instructions were read.
    pub instructed: BTreeSet<String>,
    /// Tickets reviewed.
    pub reviewed: u64,
}

impl Settings {
    /// Somebody else reviews from now on. What they were shown under their own name counts, nobody else's does.
    pub fn review_as(&mut self, name: &str) {
        if self.reviewer == name {
            return;
        }
        let now = self.others.remove(name).unwrap_or_default();
        let before = Known {
            practised: std::mem::replace(&mut self.practised, now.practised),
            instructed: std::mem::replace(&mut self.instructed, now.instructed),
            reviewed: std::mem::replace(&mut self.reviewed, now.reviewed),
        };
        let who = std::mem::replace(&mut self.reviewer, name.to_owned());
        if !who.is_empty() {
            self.others.insert(who, before);
        }
    }

    /// What everybody knows, by name.
    pub fn everybody(&self) -> BTreeMap<String, Known> {
        let mut all = self.others.clone();
        if !self.reviewer.is_empty() {
            let mine = Known {
                practised: self.practised.clone(),
                instructed: self.instructed.clone(),
                reviewed: self.reviewed,
            };
            all.insert(self.reviewer.clone(), mine);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reviewer_of_an_account_is_shown_practice_and_instructions_for_themselves() {
        let mut settings = Settings::default();
        settings.review_as("ana");
        settings.practised.insert("support-reply 3".into());
        settings.reviewed = 4;
        settings.review_as("ben");
        assert!(settings.practised.is_empty());
        assert_eq!(settings.reviewed, 0);
        settings.instructed.insert("support".into());
        settings.review_as("ana");
        assert!(settings.practised.contains("support-reply 3"));
        assert!(settings.instructed.is_empty());
        assert_eq!(settings.reviewed, 4);
        let all = settings.everybody();
        assert_eq!(all.len(), 2);
        assert!(all["ben"].instructed.contains("support"));
    }
}
