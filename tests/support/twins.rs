//! Two front doors behind one address: whoever connects meets one of them, and the next connection the other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinHandle};

use super::{Running, Town, free_port};

/// The two, and what stands before them.
pub(crate) struct Twins {
    pub(crate) town: Town,
    ports: [u16; 2],
    running: [Option<Running>; 2],
    balancer: JoinHandle<()>,
    open: Arc<Mutex<Vec<AbortHandle>>>,
    turns: Arc<AtomicUsize>,
}

impl Twins {
    /// Two front doors on the store of this town.
    pub(crate) async fn of(mut town: Town) -> Self {
        town.close().await;
        let ports = [free_port(), free_port()];
        let running = [
            Some(town.launch(ports[0]).await),
            Some(town.launch(ports[1]).await),
        ];
        for port in ports {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        }
        let public: u16 = town.public_url.rsplit(':').next().unwrap().parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", public)).await.unwrap();
        let (open, turns) = (Arc::default(), Arc::default());
        let balancer = balance(listener, ports, Arc::clone(&open), Arc::clone(&turns));
        let twins = Self {
            town,
            ports,
            running,
            balancer: tokio::spawn(balancer),
            open,
            turns,
        };
        for _ in 0..2 {
            twins.town.wait_until_links_are_read().await;
            twins.turn();
        }
        twins
    }

    /// Ends every connection: each next one meets the other front door.
    pub(crate) fn turn(&self) {
        for connection in self.open.lock().unwrap().drain(..) {
            connection.abort();
        }
    }

    /// The address of one of them alone.
    pub(crate) fn at(&self, which: usize, path: &str) -> String {
        format!("http://localhost:{}{path}", self.ports[which])
    }

    /// Closes one of them; the balancer sends everybody to the other.
    pub(crate) async fn close(&mut self, which: usize) {
        self.turn();
        self.turns.store(OTHER_ONLY + 1 - which, Ordering::Relaxed);
        if let Some(running) = self.running[which].take() {
            running.close().await;
        }
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        self.balancer.abort();
        self.turn();
    }
}

/// From here on turns are not taken any more.
const OTHER_ONLY: usize = usize::MAX / 2;

async fn balance(
    listener: TcpListener,
    ports: [u16; 2],
    open: Arc<Mutex<Vec<AbortHandle>>>,
    turns: Arc<AtomicUsize>,
) {
    loop {
        let (mut visitor, _) = listener.accept().await.unwrap();
        let turn = turns.load(Ordering::Relaxed);
        let port = if turn >= OTHER_ONLY {
            ports[turn - OTHER_ONLY]
        } else {
            turns.fetch_add(1, Ordering::Relaxed);
            ports[turn % 2]
        };
        let connection = tokio::spawn(async move {
            if let Ok(mut house) = TcpStream::connect(("127.0.0.1", port)).await {
                // Either may end it at any time.
                let _ended = copy_bidirectional(&mut visitor, &mut house).await;
            }
        });
        open.lock().unwrap().push(connection.abort_handle());
    }
}
