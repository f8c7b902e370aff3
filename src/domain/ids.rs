//! Identities. Facts are named by what they contain, events by a UUID, places in time by a hybrid clock.
//!
//! A fact id is the first 16 bytes of a BLAKE3 hash over a tagged, length-prefixed list of parts, so two
//! parts can never run into each other and two kinds of fact can never share an id. 128 bits keep the
//! indexes of a million-row workspace small; an accidental collision is expected after about 2^64 facts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not an identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: expected {expected} hexadecimal characters")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// How many hexadecimal characters an id has.
    pub expected: usize,
}

/// Builds a fact id from tagged parts.
#[derive(Debug)]
pub struct Identity(blake3::Hasher);

impl Identity {
    /// Starts the identity of a fact of the kind `tag`.
    pub fn of(tag: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(tag.as_bytes());
        hasher.update(&[0]);
        Self(hasher)
    }

    /// Adds one part. The length goes in first, so `("ab", "c")` and `("a", "bc")` differ.
    #[must_use]
    pub fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds one part of `len` bytes that comes in pieces: the same identity as the part in one.
    #[must_use]
    pub fn streamed(mut self, len: u64, feed: impl FnOnce(&mut dyn FnMut(&str))) -> Self {
        self.0.update(&len.to_le_bytes());
        feed(&mut |piece| {
            self.0.update(piece.as_bytes());
        });
        self
    }

    /// Adds a part that may be absent; absent and empty differ.
    #[must_use]
    pub fn maybe(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.part(&[1]).part(bytes),
            None => self.part(&[0]),
        }
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, value: i64) -> Self {
        self.part(&value.to_le_bytes())
    }

    /// The first 16 bytes of the hash.
    pub fn finish(self) -> [u8; 16] {
        let mut out = [0; 16];
        out.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        out
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The first eight hexadecimal characters, as shown to people.
            pub fn short(&self) -> String {
                hex(&self.0[..4])
            }

            /// Reads the 16 bytes of a stored id; `None` if there are not exactly 16.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                unhex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&hex(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(/// The workspace: random, made at init, copied with the file.
    WorkspaceId);
id!(/// One raw record as it stood in its source.
    RawId);
id!(/// An imported file, or another place rows came from.
    SourceId);
id!(/// One example: H(canonical request, reference, external id or occurrence number).
    ItemId);
id!(/// One model's response: H(item, model, message, position).
    OutputId);
id!(/// What is reviewed inside one eval: H(eval, subject).
    TicketId);
id!(/// Items with the same normalised request: the unit of every split.
    ClusterId);
id!(/// An eval: H(workspace, name), so that two copies that create the same eval mean the same one.
    EvalId);
id!(/// A dataset: H(workspace, name).
    DatasetId);
id!(/// A frozen list of items: H(sorted item ids).
    DatasetVersionId);
id!(/// One model over one dataset version.
    RunId);
id!(/// Runs made to be compared: H(workspace, name).
    GroupId);
id!(/// A release rule: H(everything it asks).
    GateId);
id!(/// A judge: rubric, model, prompt and parameters together.
    JudgeVersionId);
id!(/// A judge's result on (ticket, criterion, judge version, sample).
    VerdictId);
id!(/// A judge's proposed correction of a ticket's output.
    SuggestionId);
id!(/// A frozen review order.
    PlanId);
id!(/// A rubric version: the hash of its canonical content.
    RubricId);
id!(/// A decision. `UUIDv7` when made here, `UUIDv8` from a hash when imported.
    EventId);
id!(/// All events of one action of one person; undo takes back an action.
    ActionId);

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)] as char);
        out.push(DIGITS[usize::from(byte & 15)] as char);
    }
    out
}

fn unhex(text: &str) -> Result<[u8; 16], IdError> {
    let bad = || IdError {
        text: text.chars().take(64).collect(),
        expected: 32,
    };
    let bytes = text.as_bytes();
    if bytes.len() != 32 {
        return Err(bad());
    }
    let mut out = [0; 16];
    for (at, pair) in bytes.chunks_exact(2).enumerate() {
        let digit = |c: u8| (c as char).to_digit(16).ok_or_else(bad);
        out[at] = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Ok(out)
}

impl EventId {
    /// The id of a decision that came in with data: a `UUIDv8` from H(raw record, reviewer, criterion), so a
    /// second import, or the merge of two copies that imported the same file, is a no-op.
    pub fn imported(raw: &RawId, reviewer: &str, what: &str) -> Self {
        let hash = Identity::of("imported event")
            .part(&raw.0)
            .part(reviewer.as_bytes())
            .part(what.as_bytes());
        Self(
            *uuid::Builder::from_custom_bytes(hash.finish())
                .as_uuid()
                .as_bytes(),
        )
    }
}

impl EventId {
    /// Whether the decision came in with data. Such a decision was not made here and is not undone here.
    pub fn is_imported(&self) -> bool {
        self.0[6] >> 4 == 8
    }
}

/// A hybrid logical clock: milliseconds since 1970 in the high 48 bits, a counter in the low 16.
///
/// It never goes backwards on one workspace, also when the wall clock does, and orders the events of
/// several copies: an event made after seeing another one always has the larger value.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Hlc(pub i64);

impl Hlc {
    /// The next value after `self` when the wall clock shows `now_ms`.
    #[must_use]
    pub fn tick(self, now_ms: i64) -> Self {
        Self((now_ms.max(0) << 16).max(self.0 + 1))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0 >> 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_run_into_each_other() {
        let a = Identity::of("t").part(b"ab").part(b"c").finish();
        let b = Identity::of("t").part(b"a").part(b"bc").finish();
        assert_ne!(a, b);
        assert_ne!(
            Identity::of("t").maybe(None).finish(),
            Identity::of("t").maybe(Some(b"")).finish()
        );
    }

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = ItemId(Identity::of("x").finish());
        assert_eq!(id.to_string().parse::<ItemId>(), Ok(id));
        assert!("zz".parse::<ItemId>().is_err());
        assert!("é".repeat(16).parse::<ItemId>().is_err());
    }

    #[test]
    fn clock_never_goes_backwards() {
        let first = Hlc::default().tick(1_000);
        let second = first.tick(10);
        assert!(second > first);
        assert_eq!(second.millis(), 1_000);
        assert_eq!(second.tick(2_000).millis(), 2_000);
    }
}
