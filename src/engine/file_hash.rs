//! The SHA-256 of whole files.
//!
//! Files are hundreds of megabytes; without the processor's own instructions this hash would cost an import a
//! sixth of its time, so it is the assembly of the TLS library. Short texts are hashed by `sha2` elsewhere.

use ring::digest::{Context, SHA256};

use crate::domain::ids::hex;

/// A hash in the making.
#[derive(Clone)]
pub(super) struct FileHash(Context);

impl Default for FileHash {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl std::fmt::Debug for FileHash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("FileHash")
    }
}

impl FileHash {
    /// Takes in further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far, in hex.
    pub fn finish(self) -> String {
        hex(self.0.finish().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn it_is_the_same_hash_however_the_bytes_come() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        for step in [1, 63, 64, 65, 4_096, 100_000] {
            let mut hash = FileHash::default();
            for part in bytes.chunks(step) {
                hash.update(part);
            }
            assert_eq!(hash.finish(), hex(&Sha256::digest(&bytes)), "{step}");
        }
    }
}
