//! The standing instructions imported rows were asked with, as far as they say so.

use std::collections::BTreeSet;

use crate::domain::ids::{Identity, hex};
use crate::domain::message::{Request, Role};

/// Different instructions above which they are no standing ones: each row has its own.
const MOST: usize = 16;

/// The instructions of the rows so far.
#[derive(Debug, Default)]
pub(super) struct Prompts(BTreeSet<[u8; 16]>);

impl Prompts {
    /// Looks at the request of a row; a row without one says nothing.
    pub fn see(&mut self, request: Option<&str>) {
        let Some(request) = request.filter(|_| self.0.len() <= MOST) else {
            return;
        };
        let request = Request::read_text(request);
        let mut identity = Identity::of("standing instructions");
        for message in &request.messages {
            if matches!(message.role, Role::System | Role::Developer) {
                identity = identity.part(message.plain_text().trim().as_bytes());
            }
        }
        self.0.insert(identity.finish());
    }

    /// Their hash; `None` where no row says, or every row has its own.
    pub fn hash(&self) -> Option<String> {
        if self.0.is_empty() || self.0.len() > MOST {
            return None;
        }
        let all = Identity::of("standing instructions of a run");
        let all = self.0.iter().fold(all, |all, one| all.part(one));
        Some(hex(&all.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(requests: &[Option<&str>]) -> Option<String> {
        let mut prompts = Prompts::default();
        for request in requests {
            prompts.see(*request);
        }
        prompts.hash()
    }

    const KIND: &str =
        r#"{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"a"}]}"#;

    #[test]
    fn other_questions_under_the_same_instructions_change_nothing_and_others_do() {
        let again = KIND.replace("\"a\"", "\"b\"");
        assert_eq!(hash(&[Some(KIND)]), hash(&[Some(&again), Some(KIND), None]));
        let brief = KIND.replace("kind", "brief");
        assert_ne!(hash(&[Some(KIND)]), hash(&[Some(&brief)]));
        assert_ne!(hash(&[Some(KIND)]), hash(&[Some("\"a\"")]));
    }

    #[test]
    fn rows_that_say_nothing_or_each_something_else_have_none() {
        assert_eq!(hash(&[None, None]), None);
        let own: Vec<String> = (0..=MOST)
            .map(|n| KIND.replace("kind", &format!("kind {n}")))
            .collect();
        let own: Vec<Option<&str>> = own.iter().map(|one| Some(one.as_str())).collect();
        assert_eq!(hash(&own), None);
        assert!(hash(&own[..MOST]).is_some());
    }
}
