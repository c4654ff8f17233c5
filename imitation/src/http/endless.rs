//! Answers that never stop being sent, and how much of them was taken.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rocket::tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};
use rocket::tokio::sync::watch;
use rocket::tokio::{select, spawn, time};

use super::Ticket;

/// How much is sent at once.
const BLOCK: usize = 16 * 1024;

/// How long after one blank the next one comes, when they come one by one: no connection looks idle so.
const PAUSE: Duration = Duration::from_millis(20);

/// How blanks come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As fast as they are taken.
    Fast,
    /// One by one.
    OneByOne,
}

/// The endless answers of a server.
#[derive(Debug)]
pub(crate) struct Flood {
    most: AtomicU64,
    flowing: watch::Sender<usize>,
}

impl Default for Flood {
    fn default() -> Self {
        Self {
            most: AtomicU64::new(0),
            flowing: watch::Sender::new(0),
        }
    }
}

impl Flood {
    /// `beginning` and then blanks, until nobody takes them any more or the gate is opened.
    pub(super) fn begin(
        self: &Arc<Self>,
        beginning: Vec<u8>,
        pace: Pace,
        ticket: Ticket,
    ) -> DuplexStream {
        let (mouth, spring) = duplex(BLOCK);
        let flood = Arc::clone(self);
        flood.flowing.send_modify(|answers| *answers += 1);
        spawn(async move {
            select! {
                () = ticket.wait() => {}
                _hung_up = flood.pour(spring, &beginning, pace) => {}
            }
            flood.flowing.send_modify(|answers| *answers -= 1);
        });
        mouth
    }

    async fn pour(&self, mut spring: DuplexStream, beginning: &[u8], pace: Pace) -> io::Result<()> {
        spring.write_all(beginning).await?;
        let blanks = match pace {
            Pace::Fast => vec![b' '; BLOCK],
            Pace::OneByOne => vec![b' '],
        };
        let mut taken = 0;
        loop {
            spring.write_all(&blanks).await?;
            taken += blanks.len() as u64;
            self.most.fetch_max(taken, Ordering::Relaxed);
            if pace == Pace::OneByOne {
                time::sleep(PAUSE).await;
            }
        }
    }

    /// How many blanks were taken of the answer of which most were taken.
    pub(crate) fn most(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }

    /// Waits until nobody takes anything any more.
    pub(crate) async fn ended(&self) {
        // The sender is our own: it is not gone.
        let _ = self
            .flowing
            .subscribe()
            .wait_for(|answers| *answers == 0)
            .await;
    }
}
