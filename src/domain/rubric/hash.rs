//! Identity of a rubric version.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{CanonicalError, Rubric};

/// First 16 bytes of the BLAKE3 hash of a rubric's canonical text, the version label left out.
///
/// Comments, key order and the label of the file do not change it; any word a judge or a reviewer
/// reads does. Displayed as 12 hex digits; [`RubricHash::hex`] gives all 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RubricHash(pub [u8; 16]);

impl RubricHash {
    /// All 32 hex digits, the stored form.
    pub fn hex(&self) -> String {
        self.0
            .iter()
            .fold(String::with_capacity(32), |mut hex, byte| {
                // Writing into a string cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }

    /// The first 12 hex digits, the form shown to people.
    pub fn short(&self) -> String {
        let mut hex = self.hex();
        hex.truncate(12);
        hex
    }
}

impl fmt::Display for RubricHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

/// Why a text is no rubric hash.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no rubric hash, which has 32 hex digits")]
pub struct HashError(String);

impl FromStr for RubricHash {
    type Err = HashError;

    fn from_str(hex: &str) -> Result<Self, HashError> {
        let wrong = || HashError(hex.chars().take(64).collect());
        if hex.len() != 32 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 16];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl From<RubricHash> for String {
    fn from(hash: RubricHash) -> Self {
        hash.hex()
    }
}

impl TryFrom<String> for RubricHash {
    type Error = HashError;

    fn try_from(hex: String) -> Result<Self, HashError> {
        hex.parse()
    }
}

impl Rubric {
    /// The identity of this version.
    ///
    /// Fails only for a rubric with a number JSON cannot hold (NaN or infinite), which the lint refuses.
    pub fn content_hash(&self) -> Result<RubricHash, CanonicalError> {
        let unlabelled = Self {
            version: String::new(),
            ..self.clone()
        };
        let digest = blake3::hash(unlabelled.to_canonical_json()?.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        Ok(RubricHash(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_stored() {
        let hash = Rubric::empty("r").content_hash().unwrap();
        assert_eq!(hash.hex().parse(), Ok(hash));
        assert_eq!(hash.to_string(), hash.hex()[..12]);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<RubricHash>(&json).unwrap(), hash);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for text in ["", "abc", &"g".repeat(32), &"é".repeat(16), &"0".repeat(33)] {
            assert!(text.parse::<RubricHash>().is_err(), "{text}");
        }
    }
}
