//! How messages name what stands in a file.

use toml::de::DeValue;

pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

pub(super) fn example_of(wanted: &str, key: &str) -> String {
    match wanted {
        "a text" => format!("`{key} = \"...\"`, in quotes"),
        "a list of texts" => format!("`{key} = [\"...\", \"...\"]`"),
        "true or false" => format!("`{key} = true`, without quotes"),
        "a whole number" => format!("`{key} = 3`, without quotes or decimals"),
        "a number" => format!("`{key} = 0.8`, without quotes"),
        _ => format!("`[{key}]` and its keys below"),
    }
}

/// A path as the author reads it: `criterion[1]` is the second one.
pub(super) fn plain(path: &str) -> String {
    let Some((list, rest)) = path.split_once('[') else {
        return path.to_owned();
    };
    let Some((place, rest)) = rest.split_once(']') else {
        return path.to_owned();
    };
    let place = place.parse::<usize>().map_or(0, |place| place + 1);
    format!("{list} {place}{}", rest.replacen('.', ", ", 1))
}

/// A word from the file, short enough for a message.
pub(in crate::formats) fn shown(word: &str) -> String {
    let mut short: String = word
        .chars()
        .take(60)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if word.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}
