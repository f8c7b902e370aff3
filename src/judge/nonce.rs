//! The number a reply must repeat to count.
//!
//! First 12 hex digits of HMAC-SHA256 under the workspace's secret over what is judged, the criterion,
//! the sample and the order. A judged text cannot know it, so a verdict planted there cannot be taken
//! for the judge's; and it is the same every time, so a question is the same to the cache.

use std::fmt;

use ring::hmac::{Context, HMAC_SHA256, Key};

use crate::domain::ids::hex;

/// Digits of a nonce.
pub const DIGITS: usize = 12;

/// What stands for the criterion in a call that answers all of them.
pub const ALL_CRITERIA: &str = "*";

/// Which of two outputs stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// As in the ticket.
    AsGiven,
    /// Swapped.
    Swapped,
}

impl Order {
    /// Both, in the order they are asked.
    pub const BOTH: [Self; 2] = [Self::AsGiven, Self::Swapped];

    /// The word used in identities and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::AsGiven => "AB",
            Self::Swapped => "BA",
        }
    }
}

/// Twelve hexadecimal digits, bound to one question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonce(String);

impl Nonce {
    /// The nonce of one question. `subject` is what [`super::subject::Subject::outputs_digest`] gives.
    pub fn of(
        secret: &[u8],
        subject: &[u8; 16],
        criterion: &str,
        sample: u32,
        order: Option<Order>,
    ) -> Self {
        let order = order.map_or("", Order::name);
        let digest = mac(
            secret,
            &[
                hex(subject).as_bytes(),
                criterion.as_bytes(),
                sample.to_string().as_bytes(),
                order.as_bytes(),
            ],
        );
        Self(hex(&digest[..DIGITS / 2]))
    }

    /// The nonce of a question that no output is judged by (drafting a rubric, suggesting a correction).
    pub fn of_task(secret: &[u8], task: &str, material: &[u8; 16]) -> Self {
        let digest = mac(secret, &[task.as_bytes(), hex(material).as_bytes()]);
        Self(hex(&digest[..DIGITS / 2]))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A nonce with these digits, for tests and for reading one back.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let fits = digits.len() == DIGITS
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(digits.to_owned()))
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// HMAC-SHA256 over the parts joined by `|`; no part but the criterion's id can hold one, and an id cannot.
fn mac(secret: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Context::with_key(&Key::new(HMAC_SHA256, secret));
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            mac.update(b"|");
        }
        mac.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(mac.sign().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_stable_and_every_part_of_the_question_changes_it() {
        let (secret, subject) = ([7; 32], [1; 16]);
        let base = Nonce::of(&secret, &subject, "tone", 0, None);
        assert_eq!(base, Nonce::of(&secret, &subject, "tone", 0, None));
        assert_eq!(base.as_str().len(), DIGITS);
        for other in [
            Nonce::of(&[8; 32], &subject, "tone", 0, None),
            Nonce::of(&secret, &[2; 16], "tone", 0, None),
            Nonce::of(&secret, &subject, "fact", 0, None),
            Nonce::of(&secret, &subject, "tone", 1, None),
            Nonce::of(&secret, &subject, "tone", 0, Some(Order::AsGiven)),
            Nonce::of(&secret, &subject, "tone", 0, Some(Order::Swapped)),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn the_digits_are_those_of_the_published_construction() {
        // RFC 4231 test case 2, truncated: key "Jefe", data "what do ya want for nothing?".
        let digest = mac(b"Jefe", &[b"what do ya want for nothing?"]);
        assert_eq!(&hex(&digest)[..12], "5bdcc146bf60");
    }

    #[test]
    fn only_twelve_lower_case_digits_are_a_nonce() {
        assert!(Nonce::from_digits("0123456789ab").is_some());
        for text in [
            "",
            "0123456789a",
            "0123456789AB",
            "0123456789ag",
            "０123456789ab",
        ] {
            assert!(Nonce::from_digits(text).is_none(), "{text}");
        }
    }
}
