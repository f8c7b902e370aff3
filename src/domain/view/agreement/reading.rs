//! How a judge reads, beside whether it is right: calibration, halo, the order of outputs, the form of its answers, its
//! kin, and what the tickets without a score could change.

use serde::Serialize;

use super::super::super::count::{counted, either};
use super::super::super::decimal::fixed;
use super::Measured;
use super::lines::NumberLine;

/// How a judge's answers came about, over the tickets that count.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Reading {
    /// Answers that say how they were found in the reply.
    pub answers: u64,
    /// The steps of reading a reply that were used, the most reliable first.
    pub steps: Vec<StepRate>,
    /// Whether it tells criteria apart; `None` for a rubric with fewer than two that have levels.
    pub halo: Option<Halo>,
    /// Of comparisons.
    pub orders: Vec<Orders>,
}

/// How often answers were found by one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepRate {
    /// Its stored word.
    pub step: &'static str,
    /// Answers found so.
    pub answers: u64,
    /// Share of all, 0 to 1.
    pub share: f64,
}

/// How alike levels are between criteria: mean correlations, -1 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Halo {
    /// Tickets on which judge and people gave every criterion a level.
    pub tickets: u64,
    /// Pairs of criteria that vary on both sides.
    pub pairs: u64,
    /// Of the judge's levels.
    pub judge: Option<f64>,
    /// Of the people's.
    pub people: Option<f64>,
    /// The judge's less the people's: above 0 the judge tells criteria apart less than people do.
    pub excess: Option<Measured>,
    /// Of judge less people: above 0 it is wrong on several criteria together.
    pub errors: Option<f64>,
    /// Why there are no numbers.
    pub why_not: Option<String>,
}

/// Comparisons that were asked in both orders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Orders {
    /// Criterion id.
    pub criterion: String,
    /// Share of comparisons with the same answer in both orders.
    pub consistency: Option<Measured>,
    /// Share of preferences, ties left out, for what stood first; a half is no habit.
    pub first_slot: Option<Measured>,
    /// Comparisons of which the slots were not kept, and so in `consistency` alone.
    pub unknown: u64,
}

/// Tickets whose output is of the judge's own family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kin {
    /// Such as `gpt`, or `one model`.
    pub family: String,
    /// Outputs of it in the eval.
    pub outputs: u64,
}

impl Kin {
    /// What must stand beside every number of the judge. The model is not named: names show after a commit.
    pub fn banner(&self) -> String {
        let outputs = counted(self.outputs, "output");
        let are = either(self.outputs, "is", "are");
        if self.family == "one model" {
            return format!(
                "the judge is the model that wrote {outputs} here: judges favour their own"
            );
        }
        format!(
            "the judge is of the family {}, and so {are} {outputs} here: judges favour their own",
            self.family
        )
    }
}

/// What the numbers would be if every unscored ticket were as bad, or as good, as can be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorstCase {
    /// Tickets without a score.
    pub unscored: u64,
    /// Exact agreement: all of them wrong, all right.
    pub exact: (f64, f64),
    /// The same of TPR.
    pub tpr: Option<(f64, f64)>,
    /// The same of TNR.
    pub tnr: Option<(f64, f64)>,
    /// Bias: the judge at the bottom of the scale on all of them, at its top.
    pub bias: Option<(f64, f64)>,
}

impl WorstCase {
    pub(super) fn lines(&self) -> Vec<NumberLine> {
        let tickets = counted(self.unscored, "unscored ticket");
        let tickets = format!("{tickets}: all wrong, all right");
        let ends = "the judge there at the bottom, at the top of the scale".to_owned();
        let line = |name, ends: Option<(f64, f64)>, about: &String| {
            let ends = ends?;
            let line = NumberLine::alone(name, Some(ends.0), about.clone());
            let ends = Some(ends);
            Some(NumberLine { ends, ..line })
        };
        let signed = |line: NumberLine| NumberLine {
            signed: true,
            ..line
        };
        [
            line("worst: exact", Some(self.exact), &tickets),
            line("worst: TPR", self.tpr, &tickets),
            line("worst: TNR", self.tnr, &tickets),
            line("worst: bias", self.bias, &ends).map(signed),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What bringing the judge's scores onto the people's scale would do. Beside the raw numbers, never in their place.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Calibration {
    /// `isotonic` or `linear`; `None` where nothing was fitted.
    pub curve: Option<&'static str>,
    /// Tickets of the train and dev shares it was fitted on.
    pub fitted_on: u64,
    /// Tickets of the test share it was tried on.
    pub tested_on: u64,
    /// Mean distance from people on these, as a share of the scale: raw, calibrated.
    pub mae: Option<(f64, f64)>,
    /// Brier score against the people's pass or fail, on those of them people are not split on: raw, calibrated.
    pub brier: Option<(f64, f64)>,
    /// The curve: from the judge's place on the scale, 0 to 1, to the calibrated one.
    pub points: Vec<(f64, f64)>,
    /// Why there are no numbers.
    pub why_not: Option<String>,
}

impl Calibration {
    pub(super) fn lines(&self) -> Vec<NumberLine> {
        let Some((curve, (raw, after))) = self.curve.zip(self.mae) else {
            let why = self.why_not.clone().unwrap_or_default();
            return vec![NumberLine::alone("calibrated MAE", None, why)];
        };
        let about = format!(
            "raw {}, of the scale; {curve}, fitted on {}, tried on {} of the test share",
            fixed(raw, 4),
            self.fitted_on,
            self.tested_on
        );
        let mut lines = vec![NumberLine::alone("calibrated MAE", Some(after), about)];
        if let Some((raw, after)) = self.brier {
            let about = format!("Brier score, raw {}", fixed(raw, 4));
            lines.push(NumberLine::alone("calibr. Brier", Some(after), about));
        }
        lines
    }

    /// The curve in words: what each place of the judge becomes; `None` where nothing was fitted.
    pub fn curve_said(&self) -> Option<String> {
        let points = self.points.iter();
        let points: Vec<String> = points
            .map(|(raw, after)| format!("{} → {}", fixed(*raw, 2), fixed(*after, 2)))
            .collect();
        (!points.is_empty()).then(|| format!("calibrated: {}", points.join(", ")))
    }
}

impl Halo {
    fn line(&self) -> NumberLine {
        let (Some(judge), Some(people)) = (self.judge, self.people) else {
            return NumberLine::alone("halo", None, self.why_not.clone().unwrap_or_default());
        };
        let errors = self.errors.map_or_else(String::new, |errors| {
            format!("; of their differences {}", fixed(errors, 2))
        });
        let about = format!(
            "between criteria judge {}, people {}{errors}; {}, {}",
            fixed(judge, 2),
            fixed(people, 2),
            counted(self.pairs, "pair"),
            counted(self.tickets, "ticket")
        );
        NumberLine {
            signed: true,
            ..NumberLine::of("halo", self.excess.as_ref(), about)
        }
    }
}

impl Orders {
    fn lines(&self) -> Vec<NumberLine> {
        let of = |found: Option<&Measured>, what: &str| {
            let n = found.map_or(0, |found| found.n);
            format!("{}: of {}", self.criterion, counted(n, what))
        };
        let unknown = match self.unknown {
            0 => String::new(),
            n => format!("; not kept of {}", counted(n, "comparison")),
        };
        let first = of(self.first_slot.as_ref(), "preference");
        let first = format!("{first}; 0.50 is no habit{unknown}");
        vec![
            NumberLine::of(
                "same both ways",
                self.consistency.as_ref(),
                of(self.consistency.as_ref(), "comparison"),
            ),
            NumberLine::of("first slot", self.first_slot.as_ref(), first),
        ]
    }
}

impl Reading {
    /// Every number, whatever the criterion.
    pub fn lines(&self) -> Vec<NumberLine> {
        let mut lines: Vec<NumberLine> = self.orders.iter().flat_map(Orders::lines).collect();
        lines.extend(self.halo.as_ref().map(Halo::line));
        lines.extend(self.steps.iter().map(|one| {
            let about = format!("{} of {}", one.answers, counted(self.answers, "answer"));
            NumberLine::alone(told(one.step), Some(one.share), about)
        }));
        lines
    }
}

/// A step as the name of a number.
fn told(step: &str) -> &'static str {
    match step {
        "strict" => "read: by schema",
        "json_mode" => "read: JSON mode",
        "whole" => "read: as JSON",
        "fenced" => "read: in a fence",
        "object" => "read: in prose",
        _ => "read: a line",
    }
}
