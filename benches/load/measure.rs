//! Doing one thing again and again, several at once, for a while: how many a second, how long each took, and what it cost the server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rocket::futures::future::join_all;

use super::usage::Watched;

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// Done in a second.
    pub(crate) per_second: f64,
    /// The server's CPU for one, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// Its store's, where that is a server of its own.
    pub(crate) store_cpu_ms: Option<f64>,
    /// Half of them took less, in milliseconds.
    pub(crate) p50_ms: f64,
    /// All but one in a hundred took less, in milliseconds.
    pub(crate) p99_ms: f64,
}

impl Run {
    /// The cores that the server kept busy.
    pub(crate) fn busy_cores(&self) -> f64 {
        self.per_second * self.cpu_ms / 1000.0
    }

    /// Of several runs of the same thing, the middle one of each figure.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| {
            let mut all: Vec<f64> = runs.iter().map(figure).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        Self {
            per_second: middle(|run| run.per_second),
            cpu_ms: middle(|run| run.cpu_ms),
            store_cpu_ms: runs[0]
                .store_cpu_ms
                .map(|_| middle(|run| run.store_cpu_ms.unwrap_or_default())),
            p50_ms: middle(|run| run.p50_ms),
            p99_ms: middle(|run| run.p99_ms),
        }
    }
}

/// Runs `one` for `length`, `at_once` at a time, each with a number of its own. A warm-up of a fifth goes before and is not counted.
pub(crate) async fn run(
    server: &Watched,
    store: Option<&Watched>,
    length: Duration,
    at_once: usize,
    one: impl AsyncFn(usize),
) -> Run {
    let next = AtomicUsize::new(0);
    for_a_while(length / 5, at_once, &next, &one).await;
    let (cpu, store_cpu, began) = (server.cpu(), store.map(Watched::cpu), Instant::now());
    let mut took = for_a_while(length, at_once, &next, &one).await;
    let wall = began.elapsed();
    took.sort_unstable();
    let count = f64::from(u32::try_from(took.len()).unwrap());
    let each_ms = |after: Duration, before| ms(after.saturating_sub(before)) / count;
    Run {
        per_second: count / wall.as_secs_f64(),
        cpu_ms: each_ms(server.cpu(), cpu),
        store_cpu_ms: store.map(|store| each_ms(store.cpu(), store_cpu.unwrap_or_default())),
        p50_ms: ms(took[took.len() / 2]),
        p99_ms: ms(took[took.len() * 99 / 100]),
    }
}

/// Runs `one` for `length`, `at_once` at a time: how long each took.
pub(crate) async fn for_a_while(
    length: Duration,
    at_once: usize,
    next: &AtomicUsize,
    one: &impl AsyncFn(usize),
) -> Vec<Duration> {
    let end = Instant::now() + length;
    let worker = async || {
        let mut took = Vec::new();
        while Instant::now() < end {
            let began = Instant::now();
            one(next.fetch_add(1, Ordering::Relaxed)).await;
            took.push(began.elapsed());
        }
        took
    };
    join_all((0..at_once).map(|_| worker())).await.concat()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
