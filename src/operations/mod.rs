//! The operations address: a listener of its own for whoever watches over the front door. It serves the metrics and nothing else, and knows no visitor.

mod listener;
mod scrape;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Orbit, Rocket};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use scrape::Scrape;

/// Nobody can listen where `operations` says.
#[derive(Debug, thiserror::Error)]
#[error(
    "operations: the metrics cannot be served at {address}: {error}; set operations to another address, or to \"off\""
)]
pub struct NotBound {
    address: SocketAddr,
    error: std::io::Error,
}

/// Where the metrics are served in fact, which the settings do not say when they leave the port to the system. In the state of a house that serves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationsAddress(pub SocketAddr);

/// A place to listen at, taken and not served yet.
pub struct Bound {
    listener: TcpListener,
    /// Where it is.
    pub address: OperationsAddress,
}

impl Bound {
    /// Takes the place.
    pub async fn at(address: SocketAddr) -> Result<Self, NotBound> {
        let not_bound = |error| NotBound { address, error };
        let listener = TcpListener::bind(address).await.map_err(not_bound)?;
        let taken = listener.local_addr().map_err(not_bound)?;
        Ok(Self {
            listener,
            address: OperationsAddress(taken),
        })
    }
}

/// Serves the operations address for as long as the server listens. When the server has stopped the place is free again.
pub struct Operations {
    scrape: Arc<Scrape>,
    waiting: Mutex<Option<Bound>>,
    serving: Mutex<Option<JoinHandle<()>>>,
}

impl Operations {
    /// Serves there, when the time comes.
    #[must_use]
    pub fn new(bound: Bound, scrape: Scrape) -> Self {
        Self {
            scrape: Arc::new(scrape),
            waiting: Mutex::new(Some(bound)),
            serving: Mutex::default(),
        }
    }
}

fn taken<T>(from: &Mutex<Option<T>>) -> Option<T> {
    from.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[rocket::async_trait]
impl Fairing for Operations {
    fn info(&self) -> Info {
        Info {
            name: "operations address",
            kind: Kind::Liftoff | Kind::Shutdown,
        }
    }

    async fn on_liftoff(&self, _: &Rocket<Orbit>) {
        let Some(bound) = taken(&self.waiting) else {
            return;
        };
        tracing::info!(address = %bound.address.0, "metrics are served");
        let task = tokio::spawn(listener::serve(bound.listener, self.scrape.clone()));
        *self.serving.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    async fn on_shutdown(&self, _: &Rocket<Orbit>) {
        if let Some(task) = taken(&self.serving) {
            task.abort();
            // It ends by being aborted: that is what is waited for.
            let _aborted = task.await;
        }
    }
}
