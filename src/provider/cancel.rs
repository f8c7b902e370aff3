//! [`Cancel`]: one switch that ends every wait at once.

use std::sync::Arc;

use tokio::sync::watch;

/// A switch that can be thrown once. Clones are the same switch.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// A switch nobody has thrown.
    pub fn new() -> Self {
        Self::default()
    }

    /// Throws it.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was thrown.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it is thrown, at once if it was.
    pub async fn cancelled(&self) {
        let mut seen = self.0.subscribe();
        // An error means that the sender is gone, and this very value holds one.
        let _ = seen.wait_for(|thrown| *thrown).await;
    }
}
