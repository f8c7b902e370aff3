//! A mapping from column names, and from what stands in the columns where names say nothing.

use super::super::fields::{Fields, scalar};
use super::{Mapping, OutputColumns, Source};

/// Names for the request, best first, in lower case without separators.
const REQUEST: [&str; 18] = [
    "request",
    "prompt",
    "question",
    "query",
    "messages",
    "instruction",
    "userinput",
    "usermessage",
    "userprompt",
    "input",
    "inputs",
    "task",
    "problem",
    "message",
    "user",
    "conversation",
    "ticket",
    "source",
];
/// Names for the answer, best first.
const OUTPUT: [&str; 24] = [
    "response",
    "output",
    "completion",
    "answer",
    "generation",
    "modeloutput",
    "modelresponse",
    "modelanswer",
    "generatedtext",
    "generated",
    "prediction",
    "predicted",
    "reply",
    "assistant",
    "assistantresponse",
    "llmoutput",
    "llmresponse",
    "botresponse",
    "outputtext",
    "result",
    "candidate",
    "summary",
    "translation",
    "outputs",
];
const SYSTEM: [&str; 4] = [
    "system",
    "systemprompt",
    "systemmessage",
    "systeminstruction",
];
const REFERENCE: [&str; 11] = [
    "reference",
    "expected",
    "expectedoutput",
    "expectedanswer",
    "ideal",
    "target",
    "gold",
    "groundtruth",
    "referenceanswer",
    "goldanswer",
    "correctanswer",
];
const ID: [&str; 10] = [
    "externalid",
    "id",
    "customid",
    "idx",
    "index",
    "uid",
    "uuid",
    "exampleid",
    "rowid",
    "questionid",
];
const MODEL: [&str; 6] = [
    "model",
    "modelname",
    "modelid",
    "generator",
    "engine",
    "llm",
];
const FEATURE: [&str; 5] = ["feature", "category", "usecase", "topic", "product"];
const TIME: [&str; 8] = [
    "time",
    "createdat",
    "timestamp",
    "created",
    "date",
    "datetime",
    "loggedat",
    "starttime",
];
/// What two answers to one request are told apart by.
const SIDES: [[&str; 2]; 3] = [["1", "2"], ["a", "b"], ["left", "right"]];

/// A mapping for these rows, or the columns found if none can be told.
pub fn infer(sample: &[Fields<'_>]) -> Result<Mapping, Vec<String>> {
    let mut columns: Vec<String> = Vec::new();
    for row in sample {
        for name in row.names() {
            if !columns.iter().any(|column| column == name) {
                columns.push(name.to_owned());
            }
        }
    }
    let named = |names: &[&str]| {
        let mut found = names
            .iter()
            .filter_map(|name| columns.iter().find(|c| plain(c) == *name));
        found.next().cloned()
    };
    let mut mapping = Mapping {
        id: named(&ID),
        system: named(&SYSTEM),
        reference: named(&REFERENCE),
        feature: named(&FEATURE),
        time: named(&TIME),
        tags: named(&["tags"]).into_iter().collect(),
        ..Mapping::default()
    };
    mapping.outputs = match pair(&columns) {
        Some(outputs) => outputs,
        None => named(&OUTPUT)
            .map(|text| one(text, named(&MODEL)))
            .into_iter()
            .collect(),
    };
    mapping.pairwise = mapping.outputs.len() > 1;
    mapping.request = named(&REQUEST).into_iter().collect();
    let input = named(&["input", "context"]);
    if let ([question], Some(input)) = (mapping.request.as_slice(), input)
        && plain(question) == "instruction"
        && *question != input
    {
        mapping.request.push(input);
    }
    if !mapping.is_whole() || mapping.outputs.is_empty() {
        by_content(sample, &columns, &mut mapping);
    }
    if let [only] = mapping.outputs.as_mut_slice()
        && only.model.is_none()
    {
        only.model = named(&MODEL).map(Source::Column);
    }
    if mapping.is_whole() {
        Ok(mapping)
    } else {
        Err(columns)
    }
}

fn one(text: String, model: Option<String>) -> OutputColumns {
    OutputColumns {
        text,
        model: model.map(Source::Column),
        ..OutputColumns::default()
    }
}

/// A name in lower case without separators.
fn plain(column: &str) -> String {
    let kept = column.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// `response_1` and `response_2`, `output_a` and `output_b`, with `model_a`, `generator_1`, ... beside them.
fn pair(columns: &[String]) -> Option<Vec<OutputColumns>> {
    let find = |name: &str, side: &str| {
        let wanted = format!("{name}{side}");
        columns
            .iter()
            .find(|column| plain(column) == wanted)
            .cloned()
    };
    for sides in SIDES {
        for name in OUTPUT {
            let (Some(first), Some(second)) = (find(name, sides[0]), find(name, sides[1])) else {
                continue;
            };
            let model = |side| MODEL.iter().find_map(|name| find(name, side));
            return Some(vec![
                one(first, model(sides[0])),
                one(second, model(sides[1])),
            ]);
        }
    }
    None
}

/// Text that people wrote is longer than a label: the longest column is taken for the answer, the text column
/// before it (or the longest other) for the request.
fn by_content(sample: &[Fields<'_>], columns: &[String], mapping: &mut Mapping) {
    let taken = |column: &String| {
        mapping.request.contains(column)
            || [
                &mapping.id,
                &mapping.reference,
                &mapping.system,
                &mapping.feature,
                &mapping.time,
            ]
            .iter()
            .any(|c| c.as_ref() == Some(column))
    };
    let length = |column: &String| -> usize {
        let texts = sample.iter().filter_map(|row| row.get(column));
        let strings = texts.filter(|json| json.starts_with('"'));
        let lengths = strings.map(|json| scalar(json).map_or(0, |text| text.len()));
        lengths.sum::<usize>() / sample.len().max(1)
    };
    let mut texts: Vec<(usize, usize)> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !taken(column))
        .map(|(at, column)| (length(column), at))
        .filter(|(length, _)| *length >= 12)
        .collect();
    texts.sort_unstable_by(|a, b| b.cmp(a));
    let Some((_, answer)) = texts.first().copied() else {
        return;
    };
    if mapping.request.is_empty() {
        // Nothing to tell a request from an answer by: one text alone is not guessed at.
        let others = &texts[1..];
        let before = others
            .iter()
            .find(|(_, at)| *at < answer)
            .or(others.first());
        let Some((_, question)) = before else { return };
        mapping.request = vec![columns[*question].clone()];
    }
    mapping.outputs = vec![one(columns[answer].clone(), None)];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Mapping, Vec<String>> {
        infer(&[Fields::parse(json).unwrap()])
    }

    #[test]
    fn names_in_any_spelling_are_found() {
        let mapping = of(
            r#"{"Row ID":1,"User Input":"q","Model-Output":"a","modelName":"m","Expected_Answer":"r"}"#,
        );
        assert_eq!(
            mapping.unwrap().to_string(),
            "id        <- Row ID\nrequest   <- User Input\noutput    <- Model-Output\n  model   <- modelName\nreference <- Expected_Answer"
        );
    }

    #[test]
    fn two_sides_make_a_pairwise_mapping() {
        let mapping = of(r#"{"instruction":"q","input":"i","model_a":"x","response_a":"1","model_b":"y","response_b":"2"}"#).unwrap();
        assert!(mapping.pairwise);
        assert_eq!(mapping.request, ["instruction", "input"]);
        assert_eq!(mapping.outputs[1].text, "response_b");
        assert_eq!(
            mapping.outputs[1].model,
            Some(Source::Column("model_b".into()))
        );
    }

    #[test]
    fn long_texts_are_taken_where_names_say_nothing() {
        let mapping = of(r#"{"k":"x","spalte1":"Wie lange habe ich Zeit?","spalte2":"Sie haben dreißig Tage Zeit, um zu widersprechen."}"#).unwrap();
        assert_eq!(
            (
                mapping.request[0].as_str(),
                mapping.outputs[0].text.as_str()
            ),
            ("spalte1", "spalte2")
        );
        assert_eq!(of(r#"{"a":1,"b":2}"#), Err(vec!["a".into(), "b".into()]));
    }
}
