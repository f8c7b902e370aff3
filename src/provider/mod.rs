//! The only HTTP: questions to models and their replies, in no endpoint's dialect.

mod ask;
mod reply;

pub use ask::{Ask, Prompt, Shape};
pub use reply::{Failure, Finish, Mode, Reply, Usage};
