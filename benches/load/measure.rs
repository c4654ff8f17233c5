//! Doing one thing again and again, several at once, for a while: how many a second, how long each took, and what it cost the server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rocket::futures::future::join_all;

use super::process::Process;

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// Done in a second.
    pub(crate) per_second: f64,
    /// The server's CPU for one, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// Half of them took less, in milliseconds.
    pub(crate) p50_ms: f64,
    /// All but one in a hundred took less, in milliseconds.
    pub(crate) p99_ms: f64,
}

/// Runs `one` for `length`, `at_once` at a time, each with a number of its own. A warm-up of a fifth goes before and is not counted.
pub(crate) async fn run(
    server: &Process,
    length: Duration,
    at_once: usize,
    one: impl AsyncFn(usize),
) -> Run {
    let next = AtomicUsize::new(0);
    for_a_while(length / 5, at_once, &next, &one).await;
    let (cpu, began) = (server.cpu(), Instant::now());
    let mut took = for_a_while(length, at_once, &next, &one).await;
    let (wall, cpu) = (began.elapsed(), server.cpu().saturating_sub(cpu));
    took.sort_unstable();
    let count = f64::from(u32::try_from(took.len()).unwrap());
    Run {
        per_second: count / wall.as_secs_f64(),
        cpu_ms: cpu.as_secs_f64() * 1000.0 / count,
        p50_ms: ms(took[took.len() / 2]),
        p99_ms: ms(took[took.len() * 99 / 100]),
    }
}

async fn for_a_while(
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
