//! The words of a comparing judge, of both orders and of every pair, in one text.
//!
//! A pair is read twice, once in each order; the judge calls the output it read first A and the other B. Stored are
//! its own words; what tells them apart is written and read here alone.

/// Before what was said with the outputs in the other order.
const OTHER: &str = "In the other order: ";

/// Words about one pair in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The candidates as logged, from 1; in the given order the first was A.
    pub pair: (u16, u16),
    /// Whether the second was A.
    pub swapped: bool,
    /// The judge's words.
    pub words: &'a str,
}

/// What was said in both orders.
pub fn both(given: &str, swapped: &str) -> String {
    format!("{given}\n\n{OTHER}{swapped}")
}

/// What was said of one pair of several.
pub fn of_pair((first, second): (u16, u16), words: &str) -> String {
    format!("{}{words}", heading(first, second))
}

fn heading(first: u16, second: u16) -> String {
    format!("Outputs {first} and {second} as logged: ")
}

/// The pair a paragraph begins to speak of, and what follows.
fn headed(paragraph: &str) -> Option<((u16, u16), &str)> {
    let rest = paragraph.strip_prefix("Outputs ")?;
    let (pair, words) = rest.split_once(" as logged: ")?;
    let (first, second) = pair.split_once(" and ")?;
    Some(((first.parse().ok()?, second.parse().ok()?), words))
}

/// The parts of a text, in order. One that says of no pair is about the first two.
pub fn parts(reasoning: &str) -> Vec<Part<'_>> {
    // Where each part's words begin and the whole paragraph did.
    let mut starts: Vec<(usize, usize, (u16, u16), bool)> = vec![(0, 0, (1, 2), false)];
    let mut at = 0;
    for paragraph in reasoning.split("\n\n") {
        let pair = starts.last().map_or((1, 2), |last| last.2);
        let found = match (headed(paragraph), paragraph.strip_prefix(OTHER)) {
            (Some((pair, words)), _) => Some((words, pair, false)),
            (None, Some(words)) => Some((words, pair, true)),
            (None, None) => None,
        };
        if let Some((words, pair, swapped)) = found {
            if at == 0 {
                starts.clear();
            }
            starts.push((at, at + paragraph.len() - words.len(), pair, swapped));
        }
        at += paragraph.len() + 2;
    }
    let ends = starts.iter().skip(1).map(|next| next.0);
    let ends: Vec<usize> = ends.chain([reasoning.len()]).collect();
    let parts = starts.iter().zip(ends).map(|(start, end)| Part {
        pair: start.2,
        swapped: start.3,
        words: reasoning[start.1..end].trim(),
    });
    parts.filter(|part| !part.words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_together_is_told_apart_again() {
        let first = both("A is short.\n\nAnd clear.", "B is short.");
        let joined = format!(
            "{}\n\n{}",
            of_pair((1, 2), &first),
            of_pair((1, 3), "Both are bad.")
        );
        let part = |pair, swapped, words| Part {
            pair,
            swapped,
            words,
        };
        assert_eq!(
            parts(&joined),
            [
                part((1, 2), false, "A is short.\n\nAnd clear."),
                part((1, 2), true, "B is short."),
                part((1, 3), false, "Both are bad."),
            ]
        );
        assert_eq!(parts("Plain."), [part((1, 2), false, "Plain.")]);
        assert_eq!(parts(&both("", "B")), [part((1, 2), true, "B")]);
        assert_eq!(parts(""), []);
    }
}
