//! A way to a master that leads to its replica from a certain command on: as when another server takes over in the middle of something.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::watched::until_it_has_all_of;
use super::{RedisServer, say};

/// A master, its replica, and the way. All of it ends when it is dropped.
pub struct TakeOver {
    /// The master at first.
    pub master: RedisServer,
    /// Who takes over.
    pub heir: RedisServer,
    /// Where the way begins, on `127.0.0.1`.
    port: u16,
    moment: Arc<Moment>,
    work: JoinHandle<()>,
}

/// When it happens.
#[derive(Default)]
struct Moment {
    command: Mutex<Vec<u8>>,
    /// How many of these commands may still come; nothing happens at zero.
    left: AtomicUsize,
    has_come: AtomicBool,
}

impl TakeOver {
    /// Starts them, and lets the way lead to the master.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn new() -> Self {
        let master = RedisServer::new();
        let of = format!("127.0.0.1 {}", master.port);
        let heir = RedisServer::with(&["--replicaof", &of, "--repl-diskless-sync-delay", "0"]);
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap_or_else(|error| panic!("a port for the way to Redis: {error}"));
        let moment: Arc<Moment> = Arc::default();
        let ports = [master.port, heir.port];
        Self {
            port: listener.local_addr().map_or(0, |address| address.port()),
            work: tokio::spawn(let_in(listener, ports, Arc::clone(&moment))),
            master,
            heir,
            moment,
        }
    }

    /// Its address as the setting `store` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Lets the replica take over when this command comes the `count`th time from now on, with all that the master has by now.
    pub fn happens_at(&self, command: &str, count: usize) {
        until_it_has_all_of(&self.heir, &self.master);
        let word = format!("\r\n{command}\r\n").into_bytes();
        *self.moment.command() = word;
        self.moment.left.store(count, Ordering::SeqCst);
    }

    /// Whether it has happened.
    #[must_use]
    pub fn has_happened(&self) -> bool {
        self.moment.has_come.load(Ordering::SeqCst)
    }
}

impl Drop for TakeOver {
    fn drop(&mut self) {
        self.work.abort();
    }
}

impl Moment {
    fn command(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.command.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it has come with these bytes.
    fn comes_with(&self, bytes: &[u8]) -> bool {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return false;
        }
        let command = self.command();
        let parts = bytes.windows(command.len());
        let left = left.saturating_sub(parts.filter(|part| *part == command.as_slice()).count());
        self.left.store(left, Ordering::SeqCst);
        left == 0
    }
}

async fn let_in(listener: TcpListener, [master, heir]: [u16; 2], moment: Arc<Moment>) {
    while let Ok((client, _)) = listener.accept().await {
        let moment = Arc::clone(&moment);
        if moment.has_come.load(Ordering::SeqCst) {
            tokio::spawn(pass_on(client, heir, |_: &[u8]| false));
        } else {
            let comes = move |bytes: &[u8]| {
                let comes = moment.comes_with(bytes);
                if comes {
                    assert!(say(heir, "REPLICAOF NO ONE").starts_with("+OK"));
                    moment.has_come.store(true, Ordering::SeqCst);
                }
                comes
            };
            tokio::spawn(pass_on(client, master, comes));
        }
    }
}

/// Passes on what is said, until it is to end before it goes on.
async fn pass_on(client: TcpStream, server: u16, ends: impl Fn(&[u8]) -> bool) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asked = async {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            let bytes = &buffer[..read];
            if ends(bytes) || to_server.write_all(bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = asked => {}
        _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
    }
}
