//! Reading `[[criterion]]` tables.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::super::reader::{Reader, Table, shown};
use crate::domain::rubric::{Criterion, Kind, Scale};

/// The ways to write a scale.
const FORMS: &str =
    "write `scale = \"binary\"`, `scale = \"level5\"` or `scale = { min = 1, max = 10 }`";

pub(super) fn criterion(reader: &mut Reader<'_>, table: &Table<'_, '_>, kind: Kind) -> Criterion {
    reader.allow(
        table,
        &["id", "question", "scale", "weight", "must_reach", "anchors"],
    );
    Criterion {
        id: reader.required(table, "id"),
        question: reader.required(table, "question"),
        scale: scale(reader, table, kind),
        weight: reader.number(table, "weight").unwrap_or(1.0),
        must_reach: reader.whole(table, "must_reach"),
        anchors: anchors(reader, table),
    }
}

fn scale(reader: &mut Reader<'_>, table: &Table<'_, '_>, kind: Kind) -> Scale {
    let Some(value) = table.get("scale") else {
        if kind != Kind::Pairwise {
            reader.error(
                "missing_key",
                table.span.start,
                "a criterion needs a `scale`",
                FORMS,
            );
        }
        return Scale::Binary;
    };
    let offset = value.span().start;
    reader.remember(table.at("scale"), offset);
    if kind == Kind::Pairwise {
        reader.error(
            "kind_mismatch",
            offset,
            "a pairwise criterion has no `scale`: its answer is a candidate or a tie",
            "remove `scale`",
        );
        return Scale::Binary;
    }
    if let DeValue::Table(map) = value.get_ref() {
        let ends = Table {
            path: table.at("scale"),
            span: value.span(),
            map,
        };
        return scale_from_ends(reader, &ends);
    }
    let words = [Scale::Binary, Scale::Level5];
    let named = value
        .get_ref()
        .as_str()
        .and_then(|word| words.into_iter().find(|scale| scale.to_string() == word));
    named.unwrap_or_else(|| {
        let given = value
            .get_ref()
            .as_str()
            .map_or_else(|| "this".to_owned(), |word| format!("`{}`", shown(word)));
        reader.error("bad_scale", offset, format!("{given} is no scale"), FORMS);
        Scale::Level5
    })
}

fn scale_from_ends(reader: &mut Reader<'_>, ends: &Table<'_, '_>) -> Scale {
    reader.allow(ends, &["min", "max"]);
    let (min, max) = (
        reader.whole::<i32>(ends, "min"),
        reader.whole::<i32>(ends, "max"),
    );
    let offset = ends.span.start;
    let (Some(min), Some(max)) = (min, max) else {
        if ends.get("min").is_none() || ends.get("max").is_none() {
            reader.error(
                "missing_key",
                offset,
                "a scale needs both `min` and `max`",
                FORMS,
            );
        }
        return Scale::Level5;
    };
    Scale::range(min, max).unwrap_or_else(|error| {
        reader.error("bad_scale", offset, error.to_string(), FORMS);
        Scale::Level5
    })
}

fn anchors(reader: &mut Reader<'_>, criterion: &Table<'_, '_>) -> BTreeMap<i32, String> {
    let mut anchors = BTreeMap::new();
    let Some(table) = reader.table(criterion, "anchors") else {
        return anchors;
    };
    for key in table.map.keys() {
        let (name, offset) = (key.get_ref().as_ref(), key.span().start);
        let text = reader.prose(&table, name);
        // A problem with an anchor is one with its level, which is the key.
        reader.remember(table.at(name), offset);
        let Ok(level) = name.parse::<i32>() else {
            reader.error(
                "bad_value",
                offset,
                format!("`{}` is no level", shown(name)),
                "anchors are written as `0 = \"...\"`, `1 = \"...\"`",
            );
            continue;
        };
        if let Some(text) = text
            && anchors.insert(level, text).is_some()
        {
            reader.error(
                "duplicate_id",
                offset,
                format!("level {level} has two anchors"),
                "keep one",
            );
        }
    }
    anchors
}
