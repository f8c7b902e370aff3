//! Canonical forms: what two rows must share to be the same item.
//!
//! Objects are written with sorted keys and without white space, strings with the shortest escapes, numbers
//! as their value (the rules of RFC 8785, except that floats print in Rust's shortest form). Settings that
//! do not change what is asked (`model`, `stream`, `user`, ...) are left out of a request.

use serde_json::Value;

use super::ids::{ClusterId, Identity, ItemId, OutputId};
use super::json::decode_string;

/// Request settings that say who is asked, how the answer travels or who pays, not what is asked.
const NOT_THE_QUESTION: [&str; 12] = [
    "model",
    "stream",
    "stream_options",
    "user",
    "metadata",
    "store",
    "n",
    "service_tier",
    "logprobs",
    "top_logprobs",
    "prompt_cache_key",
    "safety_identifier",
];

/// What tells apart two items with the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence<'a> {
    /// The row's own id.
    External(&'a str),
    /// Lacking one: how many equal requests stood before it in its source.
    Number(u32),
}

/// The item id of a request.
///
/// `request` and `reference` are JSON texts that were checked before.
pub fn item_id(
    request: Option<&str>,
    reference: Option<&str>,
    occurrence: Occurrence<'_>,
) -> ItemId {
    let mut identity = Identity::of("item");
    identity = with_request(identity, request);
    identity = match reference {
        Some(json) => identity.part(canonical(json).as_bytes()),
        None => identity.part(b""),
    };
    let identity = match occurrence {
        Occurrence::External(id) => identity.part(b"id").part(id.as_bytes()),
        Occurrence::Number(n) => identity.part(b"n").number(i64::from(n)),
    };
    ItemId(identity.finish())
}

/// Identity of the request alone, to count occurrences inside one source.
pub fn request_key(request: Option<&str>) -> [u8; 16] {
    with_request(Identity::of("request"), request).finish()
}

/// The id of one response to an item.
pub fn output_id(
    item: &ItemId,
    model: Option<&str>,
    message: Option<&str>,
    position: u32,
) -> OutputId {
    let identity = Identity::of("output")
        .part(&item.0)
        .maybe(model.map(str::as_bytes));
    let identity = match message {
        Some(json) => match decode_string(json) {
            Some(text) => identity.part(b"text").part(text.as_bytes()),
            None => identity.part(b"json").part(canonical(json).as_bytes()),
        },
        None => identity.part(b"none"),
    };
    OutputId(identity.number(i64::from(position)).finish())
}

/// The cluster of a request whose own text was normalised by the caller.
pub fn cluster_id(normalised_own_text: &str) -> ClusterId {
    ClusterId(
        Identity::of("cluster")
            .part(normalised_own_text.as_bytes())
            .finish(),
    )
}

/// The same of a text of `len` bytes that comes in pieces, for requests too long to be held once more.
pub fn cluster_id_in_pieces(len: u64, feed: impl FnOnce(&mut dyn FnMut(&str))) -> ClusterId {
    ClusterId(Identity::of("cluster").streamed(len, feed).finish())
}

fn with_request(identity: Identity, request: Option<&str>) -> Identity {
    let Some(json) = request else {
        return identity.part(b"none");
    };
    // The common case, without building a tree: the request is one string.
    match decode_string(json) {
        Some(text) => identity.part(b"text").part(text.as_bytes()),
        None => request_object(identity, json),
    }
}

fn request_object(identity: Identity, json: &str) -> Identity {
    let Ok(mut value) = serde_json::from_str::<Value>(json) else {
        return identity.part(b"raw").part(json.as_bytes());
    };
    if let Value::Object(map) = &mut value {
        map.retain(|key, value| !NOT_THE_QUESTION.contains(&key.as_str()) && !value.is_null());
        // `{"messages":[...]}` and `[...]` ask the same.
        if map.len() == 1
            && let Some(messages) = map.remove("messages")
        {
            value = messages;
        }
    }
    if let Some(text) = only_user_text(&value) {
        return identity.part(b"text").part(text.as_bytes());
    }
    identity.part(b"json").part(write(&value).as_bytes())
}

/// `[{"role":"user","content":"text"}]` is the same request as `"text"`.
fn only_user_text(value: &Value) -> Option<&str> {
    let [message] = value.as_array()?.as_slice() else {
        return None;
    };
    let message = message.as_object()?;
    if message.len() != 2 || message.get("role")?.as_str()? != "user" {
        return None;
    }
    message.get("content")?.as_str()
}

/// The canonical text of checked JSON; the text itself where it cannot be read.
pub fn canonical(json: &str) -> String {
    serde_json::from_str::<Value>(json).map_or_else(|_| json.to_owned(), |value| write(&value))
}

fn write(value: &Value) -> String {
    let mut out = String::new();
    write_into(value, &mut out);
    out
}

fn write_into(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            // RFC 8785 sorts by UTF-16 code units.
            entries.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            out.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&super::json::quote(key));
                out.push(':');
                write_into(value, out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_into(value, out);
            }
            out.push(']');
        }
        Value::Number(number) => match number.as_f64() {
            // 1.0 and 1 are one value.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                out.push_str(&(float as i64).to_string());
            }
            _ => out.push_str(&number.to_string()),
        },
        Value::String(text) => out.push_str(&super::json::quote(text)),
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(request: &str) -> ItemId {
        item_id(Some(request), None, Occurrence::Number(0))
    }

    #[test]
    fn key_order_white_space_and_the_model_do_not_change_the_item() {
        let a =
            id(r#"{"model":"a","messages":[{"role":"system","content":"s"}],"temperature":1.0}"#);
        let b = id(
            r#"{ "temperature":1, "messages":[{"content":"s","role":"system"}],"model":"b","stream":true }"#,
        );
        assert_eq!(a, b);
        assert_ne!(
            a,
            id(r#"{"messages":[{"role":"system","content":"s"}],"temperature":0.5}"#)
        );
    }

    #[test]
    fn a_bare_prompt_and_one_user_message_ask_the_same() {
        let bare = id(r#""2+2?""#);
        assert_eq!(bare, id(r#"[{"role":"user","content":"2+2?"}]"#));
        assert_eq!(
            bare,
            id(r#"{"model":"m","messages":[{"role":"user","content":"2+2?"}]}"#)
        );
    }

    #[test]
    fn reference_external_id_and_occurrence_tell_items_apart() {
        let base = item_id(Some("\"q\""), None, Occurrence::Number(0));
        assert_ne!(base, item_id(Some("\"q\""), None, Occurrence::Number(1)));
        assert_ne!(
            base,
            item_id(Some("\"q\""), None, Occurrence::External("0"))
        );
        assert_ne!(
            base,
            item_id(Some("\"q\""), Some("\"a\""), Occurrence::Number(0))
        );
    }

    #[test]
    fn outputs_differ_by_model_message_and_position() {
        let item = id("\"q\"");
        let base = output_id(&item, Some("m"), Some("\"a\""), 0);
        assert_eq!(base, output_id(&item, Some("m"), Some(r#""\u0061""#), 0));
        assert_ne!(base, output_id(&item, Some("n"), Some("\"a\""), 0));
        assert_ne!(base, output_id(&item, Some("m"), Some("\"b\""), 0));
        assert_ne!(base, output_id(&item, Some("m"), Some("\"a\""), 1));
    }
}
