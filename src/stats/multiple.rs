//! Several comparisons at once: p-values adjusted for how many were made.

/// Holm's adjusted p-values, in the order given: the chance of any false alarm in the family stays controlled.
///
/// For families that gate. `None` if a p-value lies outside [0, 1]. Source: Holm 1979.
pub fn holm(p: &[f64]) -> Option<Vec<f64>> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut so_far: f64 = 0.0;
    for (place, &at) in order.iter().enumerate() {
        so_far = so_far.max((p.len() - place) as f64 * p[at]).min(1.0);
        adjusted[at] = so_far;
    }
    Some(adjusted)
}

/// Benjamini and Hochberg's adjusted p-values: the expected share of false alarms among findings is controlled.
///
/// For exploration. `None` if a p-value lies outside [0, 1]. Source: Benjamini and Hochberg 1995.
pub fn benjamini_hochberg(p: &[f64]) -> Option<Vec<f64>> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut so_far: f64 = 1.0;
    for (place, &at) in order.iter().enumerate().rev() {
        so_far = so_far.min(p.len() as f64 / (place + 1) as f64 * p[at]);
        adjusted[at] = so_far;
    }
    Some(adjusted)
}

fn ascending(p: &[f64]) -> Option<Vec<usize>> {
    p.iter()
        .all(|p| (0.0..=1.0).contains(p))
        .then(|| super::describe::ascending(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_that_are_no_chances_are_refused() {
        assert_eq!(holm(&[0.1, f64::NAN]), None);
        assert_eq!(benjamini_hochberg(&[1.1]), None);
        assert_eq!(holm(&[]), Some(vec![]));
        assert_eq!(holm(&[0.04]), Some(vec![0.04]));
    }

    proptest! {
        #[test]
        fn adjusting_never_lowers_a_p_value_nor_changes_the_order(p in prop::collection::vec(0.0..=1.0_f64, 1..20)) {
            let (strict, mild) = (holm(&p).unwrap(), benjamini_hochberg(&p).unwrap());
            for i in 0..p.len() {
                prop_assert!(p[i] <= mild[i] + 1e-15 && mild[i] <= strict[i] + 1e-15 && strict[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || (strict[i] <= strict[j] && mild[i] <= mild[j]));
                }
            }
        }
    }
}
