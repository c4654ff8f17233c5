//! Sending spans to the collector, beside the visits: nobody waits for it, and what is too much or is not taken is counted and left out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{timeout, timeout_at};

use crate::clock::Clock;
use crate::random;
use crate::settings::TracingSettings;

use super::collector::Collector;
use super::otlp::{self, Over};
use super::visit::{RequestSpan, Under};

/// How many may wait to be sent: about two megabytes.
const QUEUE: usize = 4096;

/// The most that are sent at once.
const BATCH: usize = 512;

/// How long they may gather before.
const GATHER: Duration = Duration::from_secs(1);

/// How long the end of the process waits for those that are not sent yet.
const AT_THE_END: Duration = Duration::from_secs(3);

/// Sends spans. Clones share the way; the default one sends nothing.
#[derive(Clone, Default)]
pub struct Spans(Option<Arc<Inner>>);

struct Inner {
    queue: mpsc::Sender<Span>,
    sender: Mutex<Sender>,
    dropped: AtomicU64,
    one_in: u32,
    believes_proxies: bool,
    clock: Clock,
}

/// The end of the queue, and what is known of the collector.
struct Sender {
    waiting: mpsc::Receiver<Span>,
    batch: Vec<Span>,
    collector: Collector,
    resource: Resource,
    /// Whether the collector took nothing the last time.
    is_away: bool,
}

impl Spans {
    /// Spans for this collector. They are sent while [`Spans::keep_sending`] runs.
    #[must_use]
    pub fn new(settings: &TracingSettings, http: &reqwest::Client, clock: &Clock) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let sender = Sender {
            waiting,
            batch: Vec::with_capacity(BATCH),
            collector: Collector::new(settings, http),
            resource: otlp::resource(&random::token::<12>()),
            is_away: false,
        };
        Self(Some(Arc::new(Inner {
            queue,
            sender: Mutex::new(sender),
            dropped: AtomicU64::new(0),
            one_in: settings.one_in,
            believes_proxies: settings.traceparent,
            clock: clock.clone(),
        })))
    }

    /// Whether any are sent at all.
    #[must_use]
    pub fn are_on(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the `traceparent` of a trusted proxy is gone on with.
    #[must_use]
    pub fn believe_proxies(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.believes_proxies)
    }

    /// The span of a request that began then.
    #[must_use]
    pub fn begin(&self, under: Under, began: Instant) -> Option<RequestSpan> {
        let inner = self.0.as_ref()?;
        Some(RequestSpan::begin(self.clone(), under, began, inner.one_in))
    }

    /// How many were not sent, since the start of this process.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        let dropped = |inner: &Arc<Inner>| inner.dropped.load(Ordering::Relaxed);
        self.0.as_ref().map_or(0, dropped)
    }

    /// Sends what comes, for as long as the house stands. May be ended and begun again at any time.
    pub async fn keep_sending(self) {
        let Some(inner) = self.0 else { return };
        let mut sender = inner.sender.lock().await;
        while sender.gather().await {
            inner.send_batch(&mut sender).await;
        }
    }

    /// Sends what still waits when nobody sends any more: before the process ends, which does not wait for long.
    pub async fn send_rest(&self) {
        let Some(inner) = &self.0 else { return };
        if timeout(AT_THE_END, inner.send_all()).await.is_err() {
            tracing::warn!("the collector did not take the last spans in time");
        }
        let dropped = self.dropped();
        if dropped > 0 {
            tracing::warn!(dropped, "spans were dropped since the start");
        }
    }

    /// Sends a span, if there is room. Waits for nothing.
    pub(super) fn send(&self, over: Over) {
        let Some(inner) = &self.0 else { return };
        if inner.queue.try_send(over.into()).is_err() {
            inner.count_dropped(1);
        }
    }

    /// When something began and ended that took so long and is over now, in nanoseconds since 1970.
    pub(super) fn time_of(&self, took: Duration) -> (u64, u64) {
        let now = self.0.as_ref().map_or(0, |inner| {
            u64::try_from(inner.clock.now().as_nanosecond()).unwrap_or(0)
        });
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        (now.saturating_sub(took), now)
    }
}

impl Inner {
    fn count_dropped(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.dropped.fetch_add(count, Ordering::Relaxed);
    }

    async fn send_all(&self) {
        let mut sender = self.sender.lock().await;
        loop {
            sender.take_what_is_there();
            if sender.batch.is_empty() {
                return;
            }
            self.send_batch(&mut sender).await;
        }
    }

    /// The batch is let go only when the collector has answered: whoever begins this again after it was interrupted sends it once more.
    async fn send_batch(&self, sender: &mut Sender) {
        let message = otlp::message(&sender.resource, sender.batch.clone());
        let sent = sender.collector.post(message).await;
        let count = sender.batch.len();
        sender.batch.clear();
        let refused = match &sent {
            Ok(refused) => usize::try_from(*refused).unwrap_or(count).min(count),
            Err(_) => count,
        };
        self.count_dropped(refused);
        let is_away = refused > 0;
        if is_away == sender.is_away {
            return; // it was told already
        }
        sender.is_away = is_away;
        match sent {
            Err(error) => {
                tracing::warn!(%error, "the collector takes no spans; they are dropped until it does");
            }
            Ok(0) => {
                let dropped = self.dropped.load(Ordering::Relaxed);
                tracing::info!(dropped, "the collector takes spans again");
            }
            Ok(refused) => tracing::warn!(refused, "the collector refuses spans"),
        }
    }
}

impl Sender {
    /// Takes in what waits, and what comes soon after. `false`: there will never be more.
    async fn gather(&mut self) -> bool {
        if self.batch.is_empty() && self.waiting.recv_many(&mut self.batch, BATCH).await == 0 {
            return false;
        }
        let end = tokio::time::Instant::now() + GATHER;
        while self.batch.len() < BATCH {
            let room = BATCH - self.batch.len();
            match timeout_at(end, self.waiting.recv_many(&mut self.batch, room)).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => break,
            }
        }
        true
    }

    fn take_what_is_there(&mut self) {
        while self.batch.len() < BATCH
            && let Ok(span) = self.waiting.try_recv()
        {
            self.batch.push(span);
        }
    }
}
