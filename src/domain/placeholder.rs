//! Words in a command that a person has to put something in place of, written `<FILE>`, and what each stands for.

/// What each stands for.
const MEANINGS: [(&str, &str); 11] = [
    ("<FILE>", "a file with more rows"),
    ("<OUTPUTS>", "the file with the candidate's outputs"),
    ("<PROMPT>", "the file with its prompt"),
    ("<RUBRIC>", "the file of the rubric"),
    ("<DATASET>", "the dataset they come from"),
    (
        "<JUDGE>",
        "a model that reads, such as openai/gpt-4.1, or checks",
    ),
    ("<OTHER>", "another judge than the group has"),
    ("<MODEL>", "a model, such as openai/gpt-4.1-mini"),
    ("<KEY>", "your SSH key"),
    (
        "<SIGNERS>",
        "the file with the names and public keys of those who may sign",
    ),
    ("<REASON>", "why, in your words"),
];

/// A judge nobody knows the name of.
pub const JUDGE: &str = "<JUDGE>";

/// What the placeholders of a command stand for, in the order they come: `<FILE> is a file with more rows`; `None` for a
/// command that can be pasted as it is.
pub fn explained(command: &str) -> Option<String> {
    let mut found: Vec<(usize, &str, &str)> = MEANINGS
        .iter()
        .filter_map(|(sign, means)| Some((command.find(sign)?, *sign, *means)))
        .collect();
    found.sort_unstable();
    let each: Vec<String> = found
        .iter()
        .map(|(_, sign, means)| format!("{sign} is {means}"))
        .collect();
    (!each.is_empty()).then(|| each.join(", "))
}

/// A way on with its command in code signs, and what is to be put into it in the same line.
pub fn with_command(what: &str, command: &str) -> String {
    match explained(command) {
        Some(means) => format!("{what}: `{command}` ({means})"),
        None => format!("{what}: `{command}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_put_into_a_command_is_said_beside_it() {
        assert_eq!(
            with_command("add items", "docket import <FILE> --judge <JUDGE>"),
            "add items: `docket import <FILE> --judge <JUDGE>` (<FILE> is a file with more rows, <JUDGE> is a model that \
             reads, such as openai/gpt-4.1, or checks)"
        );
        assert_eq!(
            with_command("go on", "docket run june"),
            "go on: `docket run june`"
        );
    }
}
