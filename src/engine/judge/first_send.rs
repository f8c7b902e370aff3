//! The first time texts of an eval leave for a place: said in the ledger when the connection stands and the first byte
//! is about to go out, and not before. A run that gets no further than a missing key or a server that is down has sent
//! nothing.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::{Engine, Pen};
use crate::domain::event::{Body, FirstSend};
use crate::domain::failure::Class;
use crate::provider::{Estimate, Failure, Held, Purse, Spent};

/// A purse that writes down a first send before the first byte of it leaves.
struct Announcing {
    purse: Arc<dyn Purse>,
    engine: Engine,
    unsaid: Mutex<Option<FirstSend>>,
}

/// The purse itself, or one that says first what is about to leave.
pub(in crate::engine) fn announcing(
    engine: &Engine,
    purse: Arc<dyn Purse>,
    unsaid: Option<FirstSend>,
) -> Arc<dyn Purse> {
    if unsaid.is_none() {
        return purse;
    }
    Arc::new(Announcing {
        purse,
        engine: engine.clone(),
        unsaid: Mutex::new(unsaid),
    })
}

impl Announcing {
    fn say(&self) -> crate::store::Result<()> {
        // Held while it is written, so that no other call passes before it is.
        let mut unsaid = self.unsaid.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(body) = unsaid.clone() {
            let engine = self.engine.clone();
            self.engine.store().write(move |db| {
                Pen::new(&engine).write(db, None, None, Body::FirstSend(body))?;
                Ok(())
            })?;
            *unsaid = None;
        }
        Ok(())
    }
}

impl Purse for Announcing {
    fn reserve(&self, estimate: Estimate) -> Result<Held, Failure> {
        self.purse.reserve(estimate)
    }

    fn settle(&self, held: Held, spent: Spent) {
        self.purse.settle(held, spent);
    }

    fn watches(&self) -> bool {
        let unsaid = self.unsaid.lock();
        unsaid.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn leaving(&self) -> Result<(), Failure> {
        self.say().map_err(|error| {
            let why =
                format!("nothing was sent, because the first send cannot be recorded: {error}");
            Failure::new(Class::BadRequest, why)
        })
    }
}
