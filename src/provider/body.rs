//! [`Body`]: a request as JSON, written once and straight into bytes, with the names of the parameters it holds.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::json::Json;

/// A JSON object under way.
pub(super) struct Body {
    bytes: Vec<u8>,
    names: Vec<String>,
}

impl Body {
    /// An object that will hold about `room` bytes.
    pub(super) fn with_room(room: usize) -> Self {
        let mut bytes = Vec::with_capacity(room + 512);
        bytes.push(b'{');
        Self {
            bytes,
            names: Vec::with_capacity(8),
        }
    }

    /// A member whose value is JSON that stands as it is.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    /// A member whose value is a text.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.string(&[value]);
    }

    /// A member whose value is written by `write`.
    pub(super) fn value(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.name(name);
        write(self);
    }

    fn name(&mut self, name: &str) {
        if !self.names.is_empty() {
            self.bytes.push(b',');
        }
        self.names.push(name.to_owned());
        self.string(&[name]);
        self.bytes.push(b':');
    }

    /// JSON that stands as it is.
    pub(super) fn push(&mut self, json: &str) -> &mut Self {
        self.bytes.extend_from_slice(json.as_bytes());
        self
    }

    /// One JSON string of the pieces joined.
    pub(super) fn string(&mut self, pieces: &[&str]) -> &mut Self {
        self.bytes.push(b'"');
        for piece in pieces {
            escape(&mut self.bytes, piece);
        }
        self.bytes.push(b'"');
        self
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|have| have == name)
    }

    pub(super) fn close(mut self) -> Encoded {
        self.bytes.push(b'}');
        Encoded {
            bytes: self.bytes,
            names: self.names,
        }
    }
}

/// A finished request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Encoded {
    /// The JSON.
    pub(super) bytes: Vec<u8>,
    /// Names of its members, in order.
    pub(super) names: Vec<String>,
}

impl Encoded {
    /// One more member at the end, whose value is JSON that stands as it is.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.bytes.pop();
        let comma = if self.names.is_empty() { "" } else { "," };
        let member = format!("{comma}\"{name}\":{value}}}");
        self.bytes.extend_from_slice(member.as_bytes());
        self.names.push(name.to_owned());
    }
}

/// What a byte becomes within a JSON string: itself (0), a letter after a backslash, or `u` for its number.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = b'u';
        byte += 1;
    }
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes[b'\n' as usize] = b'n';
    escapes[b'\r' as usize] = b'r';
    escapes[b'\t' as usize] = b't';
    escapes
};

/// Writes `text` as the inside of a JSON string, runs of plain bytes at a time.
fn escape(to: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut rest = text.as_bytes();
    to.reserve(rest.len() + rest.len() / 16);
    let escape_of = |byte: &u8| ESCAPES[usize::from(*byte)];
    while let Some(at) = rest.iter().position(|byte| escape_of(byte) != 0) {
        let byte = rest[at];
        to.extend_from_slice(&rest[..at]);
        match escape_of(&byte) {
            b'u' => {
                let [high, low] = [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)]);
                to.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            }
            letter => to.extend_from_slice(&[b'\\', letter]),
        }
        rest = &rest[at + 1..];
    }
    to.extend_from_slice(rest);
}

/// The members of a JSON object in order, each value as it stands; nothing for any other JSON.
pub(super) fn members(json: &Json) -> Vec<(String, Box<RawValue>)> {
    struct Members(Vec<(String, Box<RawValue>)>);
    impl<'de> Deserialize<'de> for Members {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Visit;
            impl<'de> Visitor<'de> for Visit {
                type Value = Members;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                    let mut found = Vec::new();
                    while let Some(entry) = map.next_entry()? {
                        found.push(entry);
                    }
                    Ok(Members(found))
                }
            }
            from.deserialize_map(Visit)
        }
    }
    json.read::<Members>()
        .map_or_else(|_| Vec::new(), |all| all.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_string_is_read_back(one in any::<String>(), two in any::<String>()) {
            let mut body = Body::with_room(16);
            body.value("a", |body| { body.string(&[&one, &two]); });
            let read: serde_json::Value = serde_json::from_slice(&body.close().bytes).unwrap();
            prop_assert_eq!(read["a"].as_str().unwrap(), format!("{one}{two}"));
        }
    }

    #[test]
    fn members_keep_their_order_and_their_spelling() {
        let json = Json::parse(r#"{"b": 1.0e0, "a": "\u00e9"}"#).unwrap();
        let found: Vec<_> = members(&json)
            .into_iter()
            .map(|(name, value)| format!("{name}={}", value.get()))
            .collect();
        assert_eq!(found, ["b=1.0e0", r#"a="\u00e9""#]);
        assert!(members(&Json::parse("[1]").unwrap()).is_empty());
    }
}
