//! Whether a judge tells criteria apart: how alike its levels are between criteria, beside how alike people's are.
//!
//! A judge that likes an output as a whole gives it high levels everywhere (the halo effect, Thorndike 1920); so may
//! people, and so may outputs be. What the judge adds shows in the difference, and in errors that go together.

/// Correlations between criteria, each the mean over the pairs of criteria in which all four columns vary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Halo {
    /// Of the judge, -1 to 1.
    pub judge: f64,
    /// Of people.
    pub people: f64,
    /// Of judge less people, where it varies in every pair that counts.
    pub errors: Option<f64>,
    /// Pairs of criteria behind it.
    pub pairs: usize,
}

impl Halo {
    /// What the judge's criteria are more alike than the people's; above 0 it tells them apart less.
    pub fn excess(&self) -> f64 {
        self.judge - self.people
    }
}

/// Halo of a judge over the same tickets; one column a criterion, equally long. `weights` are the tickets' inclusion
/// weights, positive. `None` for fewer than two criteria, columns that do not fit, and where no pair of criteria varies on
/// both sides.
pub fn halo(judge: &[Vec<f64>], people: &[Vec<f64>], weights: Option<&[f64]>) -> Option<Halo> {
    let n = judge.first()?.len();
    let fits = |columns: &[Vec<f64>]| columns.iter().all(|column| column.len() == n);
    if judge.len() != people.len() || !fits(judge) || !fits(people) {
        return None;
    }
    let ones = vec![1.0; n];
    let weights = weights.filter(|all| all.len() == n).unwrap_or(&ones);
    let off = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a - b).collect();
    let errors: Vec<Vec<f64>> = judge.iter().zip(people).map(off).collect();
    let (mut sums, mut pairs) = ((0.0, 0.0, Some(0.0)), 0);
    for a in 0..judge.len() {
        for b in a + 1..judge.len() {
            let of = |columns: &[Vec<f64>]| correlation(&columns[a], &columns[b], weights);
            let (Some(one), Some(two)) = (of(judge), of(people)) else {
                continue;
            };
            let off = of(&errors);
            sums = (
                sums.0 + one,
                sums.1 + two,
                sums.2.zip(off).map(|(sum, off)| sum + off),
            );
            pairs += 1;
        }
    }
    (pairs > 0).then(|| Halo {
        judge: sums.0 / pairs as f64,
        people: sums.1 / pairs as f64,
        errors: sums.2.map(|sum| sum / pairs as f64),
        pairs,
    })
}

/// Pearson's correlation with weights; `None` where a column does not vary.
fn correlation(x: &[f64], y: &[f64], weights: &[f64]) -> Option<f64> {
    let all: f64 = weights.iter().sum();
    let mean = |values: &[f64]| values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / all;
    let (mx, my) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for ((x, y), w) in x.iter().zip(y).zip(weights) {
        xx += w * (x - mx) * (x - mx);
        yy += w * (y - my) * (y - my);
        xy += w * (x - mx) * (y - my);
    }
    let spread = (xx * yy).sqrt();
    (spread > 1e-12 * all).then(|| xy / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_that_gives_one_level_everywhere_has_all_the_halo_there_is() {
        let people = [vec![1.0, 2.0, 3.0, 4.0], vec![2.0, 4.0, 1.0, 3.0]];
        let alike = vec![1.0, 2.0, 4.0, 5.0];
        let found = halo(&[alike.clone(), alike], &people, None).unwrap();
        assert!((found.judge - 1.0).abs() < 1e-12);
        // Of 1, 2, 3, 4 and 2, 4, 1, 3: products of the deviations sum up to 0.
        assert!(found.people.abs() < 1e-12, "{found:?}");
        assert!((found.excess() - 1.0).abs() < 1e-12);
        // Errors 0, 0, 1, 1 and -1, -2, 3, 2: deviations give 4 over the root of 1 times 17.
        let by_hand = 4.0 / 17.0_f64.sqrt();
        assert!((found.errors.unwrap() - by_hand).abs() < 1e-12, "{found:?}");
        assert_eq!(found.pairs, 1);
    }

    #[test]
    fn what_never_varies_has_no_part_in_it() {
        let (up, flat) = (vec![1.0, 2.0, 3.0], vec![2.0; 3]);
        let three = [up.clone(), vec![3.0, 1.0, 2.0], flat.clone()];
        assert_eq!(halo(&three, &three, None).unwrap().pairs, 1);
        assert_eq!(
            halo(&[up.clone(), flat.clone()], &[up.clone(), flat], None),
            None
        );
        assert_eq!(
            halo(std::slice::from_ref(&up), std::slice::from_ref(&up), None),
            None,
            "one criterion"
        );
        assert_eq!(halo(&[up.clone(), up.clone()], &[up], None), None);
    }

    #[test]
    fn a_ticket_that_weighs_two_counts_as_two() {
        let judge = [vec![1.0, 2.0, 5.0], vec![2.0, 1.0, 4.0]];
        let people = [vec![1.0, 3.0, 5.0], vec![5.0, 1.0, 3.0]];
        let twice = |columns: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let again = |column: &Vec<f64>| [column.clone(), vec![column[2]]].concat();
            columns.iter().map(again).collect()
        };
        let weighed = halo(&judge, &people, Some(&[1.0, 1.0, 2.0])).unwrap();
        let counted = halo(&twice(&judge), &twice(&people), None).unwrap();
        assert!((weighed.excess() - counted.excess()).abs() < 1e-12);
    }
}
