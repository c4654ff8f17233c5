//! Two front doors behind one address: whoever connects meets one of them, and the next connection the other. A browser that wanders meets both in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use imitation::browser::Browser;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{Running, Town, free_port};

/// The two, and what stands before them.
pub(crate) struct Twins {
    pub(crate) town: Town,
    ports: [u16; 2],
    running: [Option<Running>; 2],
    balancer: JoinHandle<()>,
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
        let turns = Arc::default();
        let balancer = tokio::spawn(balance(listener, ports, Arc::clone(&turns)));
        let twins = Self {
            town,
            ports,
            running,
            balancer,
            turns,
        };
        for which in 0..2 {
            let (browser, ready) = (Browser::new(), twins.at(which, "/health/ready"));
            while !browser.open(&ready).await.says("\"atlassian\":\"ok\"") {
                tokio::task::yield_now().await;
            }
        }
        twins
    }

    /// The address of one of them alone.
    pub(crate) fn at(&self, which: usize, path: &str) -> String {
        format!("http://localhost:{}{path}", self.ports[which])
    }

    /// Closes one of them; the balancer sends everybody to the other.
    pub(crate) async fn close(&mut self, which: usize) {
        self.turns.store(OTHER_ONLY + 1 - which, Ordering::Relaxed);
        if let Some(running) = self.running[which].take() {
            running.close().await;
        }
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        self.balancer.abort();
    }
}

/// From here on turns are not taken any more.
const OTHER_ONLY: usize = usize::MAX / 2;

async fn balance(listener: TcpListener, ports: [u16; 2], turns: Arc<AtomicUsize>) {
    loop {
        let (mut visitor, _) = listener.accept().await.unwrap();
        let turn = turns.load(Ordering::Relaxed);
        let port = if turn >= OTHER_ONLY {
            ports[turn - OTHER_ONLY]
        } else {
            turns.fetch_add(1, Ordering::Relaxed);
            ports[turn % 2]
        };
        tokio::spawn(async move {
            if let Ok(mut house) = TcpStream::connect(("127.0.0.1", port)).await {
                // Either may end it at any time.
                let _ended = copy_bidirectional(&mut visitor, &mut house).await;
            }
        });
    }
}
