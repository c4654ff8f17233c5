//! A way to Redis that counts round trips: whatever is asked at the same time, on however many connections, goes on together, and the next only when
//! nothing more comes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// For how long nothing more must come for a turn to be whole. Only a pause between things that are asked at the same time could be longer.
const QUIET: Duration = Duration::from_millis(30);

/// The way. It is closed when it is dropped.
pub struct Turns {
    /// Where it begins, on `127.0.0.1`.
    pub port: u16,
    told: Arc<Mutex<Vec<String>>>,
    work: Vec<JoinHandle<()>>,
}

/// Something that was asked, and where it is to go on.
struct Asked {
    bytes: Vec<u8>,
    to: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
}

impl Turns {
    /// A way to the server on this port.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap_or_else(|error| panic!("a port for the way to Redis: {error}"));
        let port = listener.local_addr().map_or(0, |address| address.port());
        let (asked, all) = unbounded_channel();
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let work = vec![
            tokio::spawn(let_in(listener, server, asked)),
            tokio::spawn(pass_on(all, Arc::clone(&told))),
        ];
        Self { port, told, work }
    }

    /// What went to the server since this was last asked: a text a turn.
    #[must_use]
    pub fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.work.iter().for_each(JoinHandle::abort);
    }
}

async fn let_in(listener: TcpListener, server: u16, asked: UnboundedSender<Asked>) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else {
            continue;
        };
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, to_server) = server.into_split();
        let (asked, to) = (asked.clone(), Arc::new(tokio::sync::Mutex::new(to_server)));
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        tokio::spawn(async move {
            let mut buffer = vec![0; 65_536];
            while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
                let bytes = buffer[..read].to_vec();
                let to = Arc::clone(&to);
                if asked.send(Asked { bytes, to }).is_err() {
                    return;
                }
            }
        });
    }
}

async fn pass_on(mut all: UnboundedReceiver<Asked>, told: Arc<Mutex<Vec<String>>>) {
    while let Some(first) = all.recv().await {
        let mut turn = vec![first];
        while let Ok(Some(more)) = tokio::time::timeout(QUIET, all.recv()).await {
            turn.push(more);
        }
        let text = turn
            .iter()
            .map(|asked| String::from_utf8_lossy(&asked.bytes));
        let text = text.collect();
        told.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text);
        for Asked { bytes, to } in turn {
            let _ended = to.lock().await.write_all(&bytes).await;
        }
    }
}
