//! Home: the evals, what waits for whom, files that could be imported, judges at work.

pub mod update;

use crate::domain::view::{EvalCard, FoundFile, GroupNote, Home, JobCard};

use super::action::Action;
use super::empty::Empty;

/// The evals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HomeState {
    /// What is there, once it came.
    pub home: Option<Box<Home>>,
    /// The line under the cursor: evals first, then files, then jobs, then run groups.
    pub cursor: usize,
    /// First line shown.
    pub top: usize,
    /// Lines that fit.
    pub height: usize,
}

/// What a line of Home is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HomeLine<'a> {
    /// An eval.
    Eval(&'a EvalCard),
    /// A file that could be imported.
    File(&'a FoundFile),
    /// Work of a judge that is under way.
    Job(&'a JobCard),
    /// The run groups.
    Runs(&'a [GroupNote]),
}

impl HomeState {
    /// Every line.
    pub fn lines(&self) -> Vec<HomeLine<'_>> {
        self.home
            .iter()
            .flat_map(|home| {
                let evals = home.evals.iter().map(HomeLine::Eval);
                evals
                    .chain(home.found.iter().map(HomeLine::File))
                    .chain(home.jobs.iter().map(HomeLine::Job))
                    .chain((!home.groups.is_empty()).then_some(HomeLine::Runs(&home.groups)))
            })
            .collect()
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<HomeLine<'_>> {
        self.lines().get(self.cursor).copied()
    }

    /// The eval under the cursor.
    pub fn eval(&self) -> Option<&EvalCard> {
        match self.current() {
            Some(HomeLine::Eval(card)) => Some(card),
            _ => None,
        }
    }

    /// The file under the cursor, else the first one found.
    pub fn file(&self) -> Option<&FoundFile> {
        match self.current() {
            Some(HomeLine::File(file)) => Some(file),
            _ => self.home.as_ref()?.found.first(),
        }
    }

    /// Moves the cursor and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.lines().len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        let height = self.height.max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
    }

    /// What Home says when it has no line.
    pub fn empty(&self) -> Option<Empty> {
        match &self.home {
            None => Some(Empty::waiting("Opening the workspace.", "A moment.")),
            Some(_) if !self.lines().is_empty() => None,
            Some(_) => Some(Empty::offering(
                "There is no eval yet.",
                "Importing logs makes one; the sample has three.",
                "Make the sample",
                Action::Demo,
            )),
        }
    }
}

#[cfg(test)]
mod tests;
