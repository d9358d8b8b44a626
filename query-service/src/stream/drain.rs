//! The signal that the service stops.

use tokio::sync::watch;

/// Tells all who hold it that the service stops. Clones share the signal.
#[derive(Clone, Debug)]
pub struct Drain(watch::Sender<bool>);

impl Default for Drain {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Drain {
    /// Gives the signal.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether the signal was given.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the signal.
    pub async fn begun(&self) {
        // The sender lives as long as `self`, so that waiting cannot fail.
        drop(self.0.subscribe().wait_for(|begun| *begun).await);
    }
}
