//! The only HTTP: questions to models and their replies, in no endpoint's dialect.
//!
//! A question ([`Ask`]) goes to a [`Model`]: [`Http`] behind an [`Endpoint`], or [`Scripted`]. What comes back is a
//! [`Reply`], or a [`Failure`] of one class of the closed list, after every retry the transport is good for. Dialects
//! (`openai`, `anthropic`) are pure functions from and to bytes; what endpoints say when they refuse is read in
//! `fault`. Keys live in [`Key`] alone and are masked out of everything that comes back. What a reply says is not
//! judged here.

mod address;
mod anthropic;
mod ask;
mod body;
mod cancel;
mod capability;
mod client;
mod endpoint;
mod fault;
mod gate;
mod job;
mod key;
mod known;
mod model;
mod openai;
mod pace;
mod price;
mod probe;
mod purse;
mod reply;
mod retry_after;
mod scripted;
mod send;
mod signs;
mod stream;
#[cfg(test)]
mod testing;

pub use address::is_local;
pub use ask::{Ask, Prompt, Shape};
pub use cancel::Cancel;
pub use capability::{Capabilities, RoomName};
pub use endpoint::{Dialect, Endpoint, EndpointError, KeySource, Timeouts};
pub use gate::Slot;
pub use job::{Backoff, Job};
pub use key::Key;
pub use known::{KNOWN, Known};
pub use model::{Boxed, Model, Traffic};
pub use pace::Pace;
pub use price::{Price, Priced, Prices, estimate};
pub use probe::{Check, Found, Usable, check, lacking, models, settle_local, usable};
pub use purse::{Estimate, Held, Purse, Spent, Unlimited};
pub use reply::{Failure, Finish, Mode, Reply, Usage};
pub use scripted::{Line, ScriptError, Scripted};
pub use send::Http;
