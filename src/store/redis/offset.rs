//! How far the clock of Redis is from that of this system: all front doors on one Redis judge by its clock what has ended, however wrong their own are.
//!
//! It is measured when a connection is made, and again by whoever uses it some seconds later. In a cluster one and the same server is asked, for as long as
//! it is there. Of the way there and back half is taken, so that the error is at most that: milliseconds.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::{FromRedisValue as _, RedisResult};
use tokio::time::Instant;

use crate::clock::Clock;

use super::route::Connection;

/// For how long a measurement counts.
const COUNTS: Duration = Duration::from_secs(10);

/// The slot whose server is asked in a cluster.
const SLOT: u16 = 0;

/// What was measured last.
pub(super) struct Offset {
    clock: Clock,
    milliseconds: AtomicI64,
    due: Mutex<Instant>,
}

impl Offset {
    pub(super) fn of(clock: Clock) -> Self {
        Self {
            clock,
            milliseconds: AtomicI64::new(0),
            due: Mutex::new(Instant::now()),
        }
    }

    /// Now, as Redis has it, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millisecond() + self.milliseconds.load(Ordering::Relaxed)
    }

    /// Whether it is time to measure again. Of many who ask, one is told so.
    pub(super) fn is_due(&self) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = Instant::now() >= *due;
        if is_due {
            *due = Instant::now() + COUNTS;
        }
        is_due
    }

    /// Asks Redis for the time.
    pub(super) async fn measure(&self, connection: &mut Connection) -> RedisResult<()> {
        let before = self.clock.system_now().as_millisecond();
        let answer = connection.run_at(Some(SLOT), &redis::cmd("TIME")).await?;
        let (seconds, micros) = <(i64, i64)>::from_redis_value(answer)?;
        let after = self.clock.system_now().as_millisecond();
        let here = i64::midpoint(before, after);
        let there = seconds * 1000 + micros / 1000;
        self.milliseconds.store(there - here, Ordering::Relaxed);
        Ok(())
    }
}
