//! [`Json`]: text that was checked to be JSON and is kept byte for byte.
//!
//! docket never rewrites what a model or a log said: key order, number spelling and escapes survive until
//! somebody edits the text. Parsing happens at the place that needs a part of it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Checked JSON text, shared cheaply.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Json(Arc<str>);

/// Why a text is not JSON.
#[derive(Debug, thiserror::Error)]
#[error("not JSON: {0}")]
pub struct JsonError(#[from] serde_json::Error);

impl Json {
    /// Checks `text` and keeps it unchanged.
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, JsonError> {
        let text = text.into();
        serde_json::from_str::<&RawValue>(&text)?;
        Ok(Self(text))
    }

    /// The JSON string literal of `text`.
    pub fn string(text: &str) -> Self {
        Self(quote(text).into())
    }

    /// Text that this program has just checked or written itself.
    pub(crate) fn trusted(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Any serialisable value; `null` where it cannot be written (a map with keys that are no text).
    pub fn of<T: Serialize>(value: &T) -> Self {
        Self(
            serde_json::to_string(value)
                .unwrap_or_else(|_| "null".into())
                .into(),
        )
    }

    /// The text as it stands.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The decoded text if this is a JSON string.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        decode_string(&self.0)
    }

    /// The same object without some of its members, every other one as it stands; anything that is no object unchanged.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let Ok(Members(members)) = self.read::<Members<'_>>() else {
            return self.clone();
        };
        if !members
            .iter()
            .any(|(name, _)| names.contains(&name.as_str()))
        {
            return self.clone();
        }
        let kept = members
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()));
        let kept: Vec<String> = kept
            .map(|(name, value)| format!("{}:{}", quote(name), value.get()))
            .collect();
        Self(format!("{{{}}}", kept.join(",")).into())
    }

    /// Reads it into a type.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonError> {
        Ok(serde_json::from_str(&self.0)?)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Ok(Self(raw.get().into()))
    }
}

/// The members of an object, in order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        from.deserialize_map(Each).map(Self)
    }
}

/// `text` as a JSON string literal.
pub fn quote(text: &str) -> String {
    // A reply within a reply has a sign to escape in every tenth place.
    let mut quoted = Vec::with_capacity(text.len() + text.len() / 8 + 2);
    // Writing a string cannot fail: there is no I/O and no map key, and what is written is text.
    let _ = serde_json::to_writer(&mut quoted, text);
    String::from_utf8(quoted).unwrap_or_else(|_| "\"\"".into())
}

/// The decoded text of a JSON string literal; borrowed when nothing was escaped; `None` for other JSON.
pub fn decode_string(json: &str) -> Option<Cow<'_, str>> {
    struct Text<'a>(Cow<'a, str>);
    impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            #[derive(Deserialize)]
            struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);
            Borrowed::deserialize(from).map(|b| Text(b.0))
        }
    }
    if !json.starts_with('"') {
        return None;
    }
    serde_json::from_str::<Text<'_>>(json)
        .ok()
        .map(|text| text.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_left_out_and_every_other_stays_as_it_was_written() {
        let request =
            r#"{"model":"m","n":1.50,"text":"a\u0301","nested":{"model":"inner"},"model":"again"}"#;
        let request = Json::parse(request).unwrap();
        assert_eq!(
            request.without(&["model", "engine"]).as_str(),
            r#"{"n":1.50,"text":"a\u0301","nested":{"model":"inner"}}"#
        );
        for other in [r#"{ "n": 1 }"#, r#""model""#, "[1, 2]", "null"] {
            let other = Json::parse(other).unwrap();
            assert_eq!(other.without(&["model"]), other);
        }
    }

    #[test]
    fn text_is_kept_byte_for_byte() {
        let odd = r#"{ "b":1.0e0,"a":"\u00e9" }"#;
        assert_eq!(Json::parse(odd).unwrap().as_str(), odd);
        let through = serde_json::to_string(&Json::parse(odd).unwrap()).unwrap();
        assert_eq!(through, odd);
    }

    #[test]
    fn broken_text_is_refused() {
        for bad in ["", "{", "nul", "{\"a\":}", "1 2"] {
            assert!(Json::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_string_is_decoded_and_other_values_are_not() {
        assert_eq!(decode_string(r#""a\nb""#).as_deref(), Some("a\nb"));
        assert!(matches!(
            decode_string(r#""plain""#),
            Some(Cow::Borrowed("plain"))
        ));
        assert_eq!(decode_string("12"), None);
    }
}
