//! The numbers of one criterion as lines, the same in the terminal and on the screen.

use super::super::super::count::{counted, either};
use super::super::super::decimal::{fixed, signed};
use super::{About, Calibration, JudgeOn, Learning, Measured, PeopleOn, WorstCase};

/// One number with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberLine {
    /// What it is.
    pub name: &'static str,
    /// The number; `None` is n/a.
    pub value: Option<f64>,
    /// Interval at 95 %.
    pub ends: Option<(f64, f64)>,
    /// Whether a plus sign belongs before it.
    pub signed: bool,
    /// What it rests on, or what to hold it against.
    pub about: String,
}

impl NumberLine {
    pub(super) fn of(
        name: &'static str,
        found: Option<&Measured>,
        about: impl Into<String>,
    ) -> Self {
        Self {
            name,
            value: found.map(|found| found.value),
            ends: found.and_then(Measured::ends),
            signed: false,
            about: about.into(),
        }
    }

    pub(super) fn alone(name: &'static str, value: Option<f64>, about: impl Into<String>) -> Self {
        Self {
            value,
            ..Self::of(name, None, about)
        }
    }

    /// The number with so many decimals, or `n/a`.
    pub fn shown(&self, decimals: usize) -> String {
        match (self.value, self.signed) {
            (None, _) => "n/a".to_owned(),
            (Some(value), false) => fixed(value, decimals),
            (Some(value), true) => signed(value, decimals),
        }
    }

    /// Its interval, or nothing where the number has none to show.
    pub fn ends_shown(&self) -> String {
        match self.ends {
            Some((low, high)) if self.signed => {
                format!("{} to {}", signed(low, 2), signed(high, 2))
            }
            Some((low, high)) => format!("{} to {}", fixed(low, 2), fixed(high, 2)),
            None => String::new(),
        }
    }
}

impl Learning {
    /// How far the judge was from people on a criterion without and with what it learned: 0 is no distance, 1 the
    /// whole scale. Of the test share once it was read, else of the dev share.
    pub fn lines(&self, criterion: &str) -> Vec<NumberLine> {
        let (share, found) = match &self.test {
            Some(test) => ("test share", &test.found),
            None => ("dev share", &self.dev),
        };
        let Some(one) = found.iter().find(|one| one.criterion == criterion) else {
            return vec![NumberLine::alone(
                "change learned",
                None,
                self.finding.said(),
            )];
        };
        let base = self.base.as_deref().unwrap_or_default();
        let tickets = counted(one.tickets, "ticket");
        let change = NumberLine {
            ends: one.interval,
            signed: true,
            ..NumberLine::alone(
                "change learned",
                Some(one.after - one.before),
                self.finding.said(),
            )
        };
        vec![
            NumberLine::alone(
                "distance before",
                Some(one.before),
                format!("judge {base}, {tickets} of the {share}"),
            ),
            NumberLine::alone("distance after", Some(one.after), ""),
            change,
        ]
    }
}

impl Measured {
    /// Both ends of the interval.
    pub fn ends(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }
}

impl JudgeOn {
    /// Every number, the ones to look at first at the top.
    pub fn lines(&self) -> Vec<NumberLine> {
        let scored = format!("of the {} scored", self.scored);
        let mut lines = vec![
            NumberLine::of(
                "accuracy",
                self.accuracy.as_ref(),
                format!("of {}", self.total),
            ),
            NumberLine::of(self.kappa_name, self.kappa.as_ref(), self.versus()),
            self.guess(),
            NumberLine::of("exact", self.exact.as_ref(), scored),
        ];
        if self.within_one.is_some() {
            let about = match &self.within_one {
                Some(near) if self.split > 0 => format!("of {}", near.n),
                _ => "level".to_owned(),
            };
            lines.push(NumberLine::of(
                "within one",
                self.within_one.as_ref(),
                about,
            ));
        }
        lines.extend(self.on_pass());
        lines.extend(self.on_scores());
        lines.extend(self.worst.iter().flat_map(WorstCase::lines));
        lines.extend(self.calibration.iter().flat_map(Calibration::lines));
        lines
    }

    /// What kappa rests on where it is more than what is scored, and what people reach among themselves.
    fn versus(&self) -> String {
        let all = self
            .kappa
            .as_ref()
            .filter(|_| self.split > 0 && self.within_one.is_some());
        let of = all.map(|kappa| format!("of {}", kappa.n));
        let people = self.people_kappa;
        let people = people.map(|kappa| format!("people among themselves {}", fixed(kappa, 4)));
        let parts: Vec<String> = of.into_iter().chain(people).collect();
        parts.join("; ")
    }

    fn on_pass(&self) -> Vec<NumberLine> {
        let Some(pass) = &self.pass else {
            return Vec::new();
        };
        let of = |whole: &str, found: Option<&Measured>| {
            found.map_or_else(String::new, |found| format!("of {} {whole}", found.n))
        };
        let drift = format!(
            "only judge passes {}, only people {}",
            pass.judge_only, pass.people_only
        );
        let passes = of("people's passes", pass.tpr.as_ref());
        let fails = of("people's fails", pass.tnr.as_ref());
        vec![
            NumberLine::of("TPR", pass.tpr.as_ref(), passes),
            NumberLine::of("TNR", pass.tnr.as_ref(), fails),
            NumberLine::of("kappa on pass", pass.kappa.as_ref(), ""),
            NumberLine::alone("drift p", Some(pass.drift_p), drift),
            NumberLine::alone("MCC", pass.mcc, ""),
        ]
    }

    fn on_scores(&self) -> Vec<NumberLine> {
        let Some(scores) = &self.scores else {
            return Vec::new();
        };
        let of = if self.several > 0 {
            format!("{} of {}", scores.unit, scores.bias.n)
        } else {
            scores.unit.to_owned()
        };
        let limits = scores.limits.map_or_else(String::new, |(low, high)| {
            format!("{of}; singly {} to {}", signed(low, 2), signed(high, 2))
        });
        vec![
            NumberLine {
                signed: true,
                ..NumberLine::of("bias", Some(&scores.bias), limits)
            },
            NumberLine::alone("MAE", Some(scores.mae), scores.unit),
            NumberLine::alone("Spearman", scores.spearman, ""),
            NumberLine::alone("concordance", scores.ccc, ""),
            NumberLine::alone("AUC", scores.auc, ""),
        ]
    }

    fn guess(&self) -> NumberLine {
        let Some(baseline) = &self.baseline else {
            return NumberLine::alone("constant guess", None, "");
        };
        let kappa = baseline.kappa.map_or("n/a", |_| "0");
        let about = format!("always answering `{}`: kappa {kappa}", baseline.answer);
        NumberLine::alone("constant guess", Some(baseline.accuracy), about)
    }

    /// How answers that differ were brought together; `None` where none do.
    pub fn brought_together(&self) -> Option<String> {
        if self.several == 0 || self.about == About::Choice {
            return None;
        }
        let split = match &self.pass {
            Some(pass) if pass.split > 0 => format!(
                "; {} that as many pass as fail {} left out of TPR, TNR and drift",
                pass.split,
                either(pass.split, "is", "are")
            ),
            _ => String::new(),
        };
        Some(format!(
            "people differ on {}: bias, MAE, singly and correlations are against the mean of what they say, the rest against the \
             answer of most, else the middle one{split}",
            counted(self.several, "ticket")
        ))
    }

    /// What the accuracy is a share of, and what is not in it.
    pub fn asked(&self) -> String {
        let mut parts = vec![format!("of {}", counted(self.total, "ticket"))];
        let classes: Vec<String> = self
            .unscored
            .iter()
            .map(|one| format!("{} {}", one.tickets, one.class))
            .collect();
        if !classes.is_empty() {
            parts.push(format!("unscored, not right: {}", classes.join(", ")));
        }
        if self.unread > 0 {
            parts.push(format!("{} not read", self.unread));
        }
        if self.no_majority > 0 {
            parts.push(format!("{} without a majority", self.no_majority));
        }
        if self.split > 0 {
            parts.push(if self.within_one.is_some() {
                format!(
                    "{} on which people lie between two levels, in kappa and within one with the half, not in accuracy",
                    self.split
                )
            } else {
                format!("{} on which people are split, in no share and no kappa", self.split)
            });
        }
        if self.between > 0 {
            parts.push(format!(
                "{} on which the judge's samples lie between two levels, equal to neither and in no cell of the table",
                self.between
            ));
        }
        parts.join("; ")
    }
}

impl PeopleOn {
    /// Every number of people among themselves.
    pub fn lines(&self) -> Vec<NumberLine> {
        let two = format!(
            "{} with two answers or more",
            counted(self.pairable, "ticket")
        );
        let alpha = match self.metric {
            "ordinal" => "alpha, ordinal",
            _ => "alpha, nominal",
        };
        let mut lines = vec![
            NumberLine::of(alpha, self.alpha.as_ref(), two),
            NumberLine::of(
                self.gwet_name,
                self.gwet.as_ref(),
                "Gwet's, for skewed answers",
            ),
            NumberLine::alone("people same", self.same, "share of equal answers"),
        ];
        lines.extend(self.pairs.iter().map(|pair| {
            let about = format!("{} / {}, {}", pair.a, pair.b, counted(pair.n, "ticket"));
            NumberLine::of("two people", pair.kappa.as_ref(), about)
        }));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::event::BeforeAfter;
    use super::super::{Finding, TestRead};
    use super::*;

    fn change(before: f64, after: f64) -> BeforeAfter {
        BeforeAfter {
            criterion: "tone".into(),
            tickets: 12,
            clusters: 12,
            before,
            after,
            interval: Some((-0.25, -0.05)),
            same_before: 0.5,
            same_after: 0.75,
            kappa_before: None,
            kappa_after: None,
        }
    }

    fn shown(lines: &[NumberLine]) -> Vec<String> {
        let line = |line: &NumberLine| {
            format!(
                "{} {} [{}] {}",
                line.name,
                line.shown(2),
                line.ends_shown(),
                line.about
            )
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn what_learning_changed_is_told_of_the_test_share_once_it_was_read() {
        let mut learning = Learning {
            base: Some("ab12cd34".into()),
            stale: false,
            dev: vec![change(0.4, 0.25)],
            finding: Finding::Better,
            kept_for_test: 9,
            test: None,
        };
        let finding = Finding::Better.said();
        assert_eq!(
            shown(&learning.lines("tone")),
            [
                "distance before 0.40 [] judge ab12cd34, 12 tickets of the dev share".to_owned(),
                "distance after 0.25 [] ".to_owned(),
                format!("change learned -0.15 [-0.25 to -0.05] {finding}"),
            ]
        );
        learning.test = Some(TestRead {
            by: "ana".into(),
            at_ms: 0,
            found: vec![change(0.5, 0.3)],
        });
        assert!(
            shown(&learning.lines("tone"))[0]
                .contains("0.50 [] judge ab12cd34, 12 tickets of the test share")
        );
    }

    #[test]
    fn a_judge_with_nothing_to_compare_has_no_number_and_says_why() {
        let learning = Learning {
            base: None,
            stale: false,
            dev: Vec::new(),
            finding: Finding::NoBase,
            kept_for_test: 0,
            test: None,
        };
        let why = Finding::NoBase.said();
        assert_eq!(
            shown(&learning.lines("tone")),
            [format!("change learned n/a [] {why}")]
        );
    }
}
