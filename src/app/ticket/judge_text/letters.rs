//! What the letters in a comparing judge's own words mean: it reads two outputs as A and B, in both orders, and the
//! reviewer sees them by numbers, in an order of their own.

use std::fmt::Write as _;

use crate::domain::comparison::{Part, parts};

/// A judge's words about a comparison, each part under a line that says which output it calls A and B, where it does.
///
/// `order` holds, by place on the screen, the logged place of the output that stands there.
pub(super) fn lettered(reasoning: &str, order: &[usize]) -> String {
    let place = |logged: u16| {
        let logged = usize::from(logged).saturating_sub(1);
        order.iter().position(|at| *at == logged).unwrap_or(logged) + 1
    };
    let mut text = String::new();
    for Part {
        pair: (first, second),
        swapped,
        words,
    } in parts(reasoning)
    {
        let (a, b) = if swapped {
            (second, first)
        } else {
            (first, second)
        };
        let meant = format!("A is output {} here, B is output {}", place(a), place(b));
        let named = speaks_of(words, &["A", "B"]);
        match (swapped, named) {
            (false, true) => {
                let _ = write!(text, "*{meant}:*\n{words}\n\n");
            }
            (false, false) => {
                let _ = write!(text, "{words}\n\n");
            }
            (true, true) => {
                let _ = write!(text, "*in the other order {meant}:*\n{words}\n\n");
            }
            (true, false) => {
                let _ = write!(text, "*in the other order:*\n{words}\n\n");
            }
        }
    }
    if let Some(numbers) = renumbered(reasoning, order) {
        let _ = write!(text, "*{numbers}*\n\n");
    }
    text
}

/// Whether one of these stands in a text as a word of its own.
fn speaks_of(text: &str, names: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| names.contains(&word))
}

/// What numbers in the words mean, where the outputs stand in another order here than they were logged in.
fn renumbered(reasoning: &str, order: &[usize]) -> Option<String> {
    let numbers: Vec<String> = (1..=order.len()).map(|number| number.to_string()).collect();
    let names: Vec<&str> = numbers.iter().map(String::as_str).collect();
    if order.is_sorted() || !speaks_of(reasoning, &names) {
        return None;
    }
    let place = |logged: usize| order.iter().position(|at| *at == logged).unwrap_or(logged) + 1;
    let meant: Vec<String> = (0..order.len())
        .map(|logged| format!("{} is output {} here", logged + 1, place(logged)))
        .collect();
    Some(format!(
        "where it counts outputs it counts them as logged: {}",
        meant.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_by_the_numbers_on_the_screen_in_both_orders() {
        let tie = "Output A is clearer than B.\n\nIn the other order: Output A is clearer than B.";
        for (order, first, second) in [
            (
                [0, 1],
                "A is output 1 here, B is output 2",
                "A is output 2 here, B is output 1",
            ),
            (
                [1, 0],
                "A is output 2 here, B is output 1",
                "A is output 1 here, B is output 2",
            ),
        ] {
            let told = lettered(tie, &order);
            assert_eq!(
                told,
                format!(
                    "*{first}:*\nOutput A is clearer than B.\n\n*in the other order {second}:*\nOutput A is clearer than B.\n\n"
                )
            );
        }
    }

    #[test]
    fn words_without_letters_or_numbers_need_no_key() {
        assert_eq!(
            lettered("The first one is clearer.", &[1, 0]),
            "The first one is clearer.\n\n"
        );
        let told = lettered("Response 1 is clearer.", &[1, 0]);
        assert!(
            told.contains("1 is output 2 here, 2 is output 1 here"),
            "{told}"
        );
    }

    #[test]
    fn of_several_candidates_each_pair_has_its_own_letters() {
        let told = lettered(
            "Outputs 1 and 2 as logged: A is best.\n\nOutputs 1 and 3 as logged: B is best.",
            &[2, 0, 1],
        );
        assert!(
            told.contains("*A is output 2 here, B is output 3:*\nA is best."),
            "{told}"
        );
        assert!(
            told.contains("*A is output 2 here, B is output 1:*\nB is best."),
            "{told}"
        );
    }
}
