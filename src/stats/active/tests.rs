use super::*;

fn item(judge: f64, human: Option<f64>, pi: f64) -> Labelled {
    Labelled { judge, human, pi }
}

#[test]
fn a_plan_without_labels_has_no_estimate() {
    assert_eq!(active_mean(&[], None, 1.0), None);
    assert_eq!(active_mean(&[item(0.5, None, 0.5)], None, 1.0), None);
    assert_eq!(
        active_mean(&[item(f64::NAN, Some(0.5), 0.5)], None, 1.0),
        None
    );
    assert_eq!(active_mean(&[item(0.5, Some(0.5), 0.0)], None, 1.0), None);
    assert_eq!(
        best_lambda(&[item(0.5, Some(0.5), 1.0), item(0.2, Some(0.5), 1.0)]),
        None
    );
    assert_eq!(combine_plans(&[]), None);
}

#[test]
fn one_label_has_no_interval() {
    let items = [
        item(0.5, Some(0.4), 0.5),
        item(0.3, None, 0.5),
        item(0.1, None, 0.5),
    ];
    let got = active_mean(&items, None, 1.0).unwrap();
    assert_eq!((got.se, got.interval(0.95)), (None, None));
}

#[test]
fn a_full_review_gives_the_human_mean() {
    let items = [item(0.5, Some(0.4), 1.0), item(0.3, Some(0.2), 1.0)];
    let got = active_mean(&items, None, 1.0).unwrap();
    assert!((got.value - 0.3).abs() < 1e-12);
    let clusters = Clusters::from_labels([1, 1]);
    assert_eq!(active_mean(&items, Some(&clusters), 1.0).unwrap().se, None);
}

#[test]
fn tickets_nobody_could_decide_widen_the_band() {
    let items = [item(0.5, Some(0.4), 1.0), item(0.3, None, 1.0)];
    let (low, high) = undecided_band(&items, &[false, true], 1.0).unwrap();
    assert!((low - 0.2).abs() < 1e-12 && (high - 0.7).abs() < 1e-12);
    assert_eq!(undecided_band(&items, &[true], 1.0), None);
}

#[test]
fn plans_are_joined_by_the_tickets_they_cover() {
    let part = |value: f64, se: Option<f64>| Estimate {
        value,
        se,
        df: 30.0,
        n: 31,
        clusters: 31,
        method: Method::Active,
    };
    let got = combine_plans(&[(300, part(0.8, Some(0.02))), (100, part(0.4, Some(0.04)))]).unwrap();
    assert!((got.value - 0.7).abs() < 1e-12);
    assert!((got.se.unwrap() - (0.015_f64.powi(2) + 0.01_f64.powi(2)).sqrt()).abs() < 1e-12);
    assert!(got.df > 30.0 && got.df <= 60.0);
    assert_eq!(
        combine_plans(&[(300, part(0.8, None)), (100, part(0.4, Some(0.04)))])
            .unwrap()
            .se,
        None
    );
    assert_eq!(combine_plans(&[(0, part(0.8, None))]), None);
}
