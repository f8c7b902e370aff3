//! JSON schemas of replies: one per criterion, never one per ticket, because endpoints compile and cache them.
//!
//! Keys stand in the order they shall be written (evidence, reasoning, then the level); every key is
//! required and no other allowed. The nonce is asked for in the prompt and only checked in the reply.

use serde_json::{Value, json};

use super::prompt::{Asked, Form};
use crate::domain::ids::{Identity, hex};
use crate::domain::json::Json;
use crate::provider::Shape;

/// The longest name endpoints take.
const NAME_LIMIT: usize = 64;

/// Scales with more levels than this are given by their ends: endpoints limit the values of an enum.
const ENUM_LIMIT: usize = 101;

/// A name of letters, digits, `_` and `-`, cut with a digest where it would be too long.
fn name(prefix: &str, id: &str) -> String {
    let plain = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let name: String = format!("{prefix}-{}", plain.collect::<String>());
    if name.len() <= NAME_LIMIT {
        return name;
    }
    let digest = Identity::of("shape name").part(id.as_bytes()).finish();
    format!("{}-{}", &name[..NAME_LIMIT - 9], hex(&digest[..4]))
}

/// An object with these keys in this order, all required, no others.
fn object(keys: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    let properties: serde_json::Map<String, Value> = keys
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn text() -> Value {
    json!({"type": "string"})
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}

fn shape(name: String, schema: &Value) -> Shape {
    Shape {
        name,
        schema: Json::of(schema),
    }
}

/// The reply to one call of a rubric.
pub fn verdict(asked: &[Asked], joint: bool) -> Shape {
    if joint {
        let ids: Vec<&str> = asked.iter().map(|one| one.id.as_str()).collect();
        let mut keys = vec![("criterion", json!({"type": "string", "enum": ids}))];
        keys.extend(body(asked));
        let schema = object(&[("verdict_id", text()), ("verdicts", list(&object(&keys)))]);
        return shape(name("verdicts", &ids.join("-")), &schema);
    }
    let id = asked.first().map_or("", |one| one.id.as_str());
    let mut keys = vec![
        ("verdict_id", text()),
        ("criterion", json!({"type": "string", "enum": [id]})),
    ];
    keys.extend(body(asked));
    shape(name("verdict", id), &object(&keys))
}

fn body(asked: &[Asked]) -> Vec<(&'static str, Value)> {
    let quote = object(&[("quote", text()), ("problem", flag())]);
    let form = asked.first().map_or(Form::Level, |one| one.form);
    let answer = match form {
        Form::Level => ("level", levels(asked)),
        Form::Choice => (
            "choice",
            json!({"type": "string", "enum": ["A", "B", "tie"]}),
        ),
    };
    vec![
        ("evidence", list(&quote)),
        ("reasoning", text()),
        answer,
        ("reference_conflict", flag()),
        ("cannot_judge", flag()),
        ("cannot_judge_reason", text()),
    ]
}

/// Every level any of the questions takes; each criterion's own scale is checked in the reply.
fn levels(asked: &[Asked]) -> Value {
    let count: usize = asked.iter().map(|one| one.scale.count()).sum();
    if count <= ENUM_LIMIT {
        let levels: std::collections::BTreeSet<i32> =
            asked.iter().flat_map(|one| one.scale.levels()).collect();
        return json!({"type": "integer", "enum": levels});
    }
    let min = asked.iter().map(|one| one.scale.min()).min();
    let max = asked.iter().map(|one| one.scale.max()).max();
    json!({"type": "integer", "minimum": min, "maximum": max})
}

/// The reply that suggests a correction.
pub fn suggestion() -> Shape {
    let change = object(&[
        ("quote", text()),
        ("replacement", text()),
        ("criterion", text()),
    ]);
    let schema = object(&[
        ("verdict_id", text()),
        ("changes", list(&change)),
        ("corrected_output", text()),
        ("unresolved", list(&text())),
    ]);
    shape("suggestion".to_owned(), &schema)
}

/// The reply that drafts criteria.
pub fn draft() -> Shape {
    let anchor = object(&[("level", json!({"type": "integer"})), ("meaning", text())]);
    let criterion = object(&[
        ("id", text()),
        ("question", text()),
        ("why", text()),
        ("min", json!({"type": "integer"})),
        ("max", json!({"type": "integer"})),
        ("anchors", list(&anchor)),
        ("weight", json!({"type": "integer", "enum": [1, 2, 3]})),
    ]);
    let schema = object(&[
        ("verdict_id", text()),
        ("title", text()),
        ("instructions", text()),
        ("criteria", list(&criterion)),
    ]);
    shape("rubric-draft".to_owned(), &schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::{Criterion, Rubric, Scale, Scoring};
    use crate::judge::prompt::Prepared;

    fn shapes(scoring: Scoring, scale: Scale) -> Vec<Shape> {
        let mut rubric = Rubric::empty("r");
        rubric.scoring = scoring;
        for id in ["fact", "tone"] {
            rubric.criteria.push(Criterion::new(id, "Right?", scale));
        }
        let calls = Prepared::all(&rubric, &[]).unwrap();
        calls.iter().map(|call| (**call.shape()).clone()).collect()
    }

    fn strict(schema: &Value) {
        if let Some(keys) = schema.get("properties").and_then(Value::as_object) {
            let required: Vec<&str> = schema["required"]
                .as_array()
                .unwrap()
                .iter()
                .map(|key| key.as_str().unwrap())
                .collect();
            assert_eq!(required, keys.keys().collect::<Vec<_>>());
            assert_eq!(schema["additionalProperties"], false);
            keys.values().for_each(strict);
        }
        if let Some(items) = schema.get("items") {
            strict(items);
        }
    }

    #[test]
    fn every_schema_is_strict_and_every_name_fits() {
        let mut all = shapes(Scoring::PerCriterion, Scale::Level5);
        all.extend(shapes(Scoring::Joint, Scale::Level5));
        all.extend([suggestion(), draft()]);
        for shape in all {
            strict(&shape.schema.read().unwrap());
            assert!(shape.name.len() <= NAME_LIMIT);
        }
        assert_eq!(name("verdict", &"x".repeat(64)).len(), NAME_LIMIT);
    }

    #[test]
    fn one_schema_serves_every_ticket_and_holds_the_levels() {
        let shape = &shapes(Scoring::PerCriterion, Scale::Level5)[0];
        let schema: Value = shape.schema.read().unwrap();
        assert_eq!(
            schema["properties"]["level"]["enum"],
            json!([0, 1, 2, 3, 4, 5])
        );
        let keys: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "verdict_id",
                "criterion",
                "evidence",
                "reasoning",
                "level",
                "reference_conflict",
                "cannot_judge",
                "cannot_judge_reason"
            ]
        );
        let wide = &shapes(Scoring::PerCriterion, Scale::Range { min: 0, max: 5000 })[0];
        let schema: Value = wide.schema.read().unwrap();
        assert_eq!(schema["properties"]["level"]["maximum"], 5000);
    }
}
