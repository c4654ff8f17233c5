//! Where answers that must not come yet wait until they are let go.

use rocket::tokio::sync::watch;

/// Holds answers back; opening it lets go all that were asked for before.
#[derive(Debug)]
pub(crate) struct Gate {
    opened: watch::Sender<u64>,
}

/// A place in the queue, taken before the request is recorded: an opening after that is never missed.
#[derive(Debug, Clone)]
pub(crate) struct Ticket(watch::Receiver<u64>);

impl Default for Gate {
    fn default() -> Self {
        Self {
            opened: watch::Sender::new(0),
        }
    }
}

impl Gate {
    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(self.opened.subscribe())
    }

    /// Lets everything go that waits.
    pub(crate) fn open(&self) {
        self.opened.send_modify(|times| *times += 1);
    }
}

impl Ticket {
    /// Waits until the gate is opened, or gone with its server.
    pub(crate) async fn wait(mut self) {
        let _ = self.0.changed().await;
    }
}
