//! The store in Redis, or Valkey: one server, one that sentinels watch over, or a cluster. What it can do stands in the files below.
//!
//! Each operation is one command, most of them a script that runs as a whole or not at all, so several front doors may share it. Whether something has
//! ended is judged by the clock of the front door, as with SQLite: its end stands in front of the value. Redis is told to remove it a little later, which
//! only keeps its memory clean; a difference between the two clocks up to [`LINGER`] changes nothing.
//!
//! What Redis confirms is as safe as its own persistence makes it. It must never evict anything: `maxmemory-policy` has to be `noeviction`.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, FromRedisValue};

use crate::clock::Clock;
use crate::settings::RedisAddress;

use super::pulse::Pulse;
use super::{Key, StoreError, expiry};

mod condition;
mod entries;
mod ground;
mod guarded;
mod link;
mod log;
mod members;
mod names;
mod restore;
mod route;
mod rows;
mod script;
mod stamp;
#[cfg(test)]
mod tests;
mod traces;

pub use condition::Condition;
use link::Link;
pub(super) use rows::Cursor;
use script::Call;

/// How much later than its end Redis removes something.
const LINGER: Duration = Duration::from_mins(5);

/// A Redis. Clones share the connection.
#[derive(Clone)]
pub struct Redis {
    link: Arc<Link>,
    clock: Clock,
    pulse: Pulse,
}

impl Redis {
    /// The Redis at an address. It is asked for nothing yet.
    #[must_use]
    pub fn at(address: &RedisAddress, clock: Clock) -> Self {
        Self {
            link: Arc::new(Link::to(address.clone())),
            pulse: Pulse::new(clock.clone()),
            clock,
        }
    }

    /// Runs a command that changes nothing.
    async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let value = self.link.read(command).await.map_err(|e| unavailable(&e))?;
        understood(value)
    }

    /// Runs a script that changes nothing.
    async fn look<T: FromRedisValue>(&self, call: &Call<'_>) -> Result<T, StoreError> {
        let value = self.link.look(call).await.map_err(|e| unavailable(&e))?;
        understood(value)
    }

    /// Runs a script that writes. What it answers tells whether it did.
    async fn write<T: FromRedisValue + Wrote>(&self, call: &Call<'_>) -> Result<T, StoreError> {
        let done = self.link.write(call).await.map_err(|e| unavailable(&e));
        let done = done.and_then(understood::<T>);
        match &done {
            Ok(answer) if answer.wrote() => self.pulse.arrived(),
            Ok(_) => {} // nothing was written, which proves nothing
            Err(error) => self.pulse.failed(error),
        }
        done
    }

    /// Whether it is uncertain that the next write will arrive.
    pub(super) fn is_doubtful(&self) -> bool {
        self.pulse.is_doubtful()
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn expiry(&self, life: Option<Duration>) -> Option<i64> {
        expiry(self.now(), life)
    }
}

/// Whether an answer says that something was written.
trait Wrote {
    fn wrote(&self) -> bool;
}

impl Wrote for bool {
    fn wrote(&self) -> bool {
        *self
    }
}

/// Whether a log was appended to, and what its end was.
impl Wrote for (bool, u64, Vec<u8>) {
    fn wrote(&self) -> bool {
        self.0
    }
}

/// How many were counted, or removed: removing is taken also by a server that is full.
impl Wrote for u64 {
    fn wrote(&self) -> bool {
        *self > 0
    }
}

/// How many were removed: a server that is full still does that, so it proves nothing.
impl Wrote for usize {
    fn wrote(&self) -> bool {
        false
    }
}

fn understood<T: FromRedisValue>(value: redis::Value) -> Result<T, StoreError> {
    T::from_redis_value(value)
        .map_err(|_| StoreError::Unavailable("Redis gave an answer that is none".to_owned()))
}

/// Redis's own words are for the log, with what they mean in front. They hold no password and no value.
fn unavailable(error: &redis::RedisError) -> StoreError {
    let meaning = match error.code() {
        Some("READONLY") => "Redis is a replica that takes no writes",
        Some("NOREPLICAS") => "Redis has too few replicas that follow and takes no writes",
        Some("OOM") => "Redis is full",
        Some("MISCONF") => "Redis cannot write to its disk and takes no writes",
        Some("NOAUTH" | "WRONGPASS") => "Redis does not take the user or the password",
        Some("NOPERM") => "Redis does not let its user do this",
        Some("LOADING") => "Redis is still reading its files",
        Some("CLUSTERDOWN") => "the Redis cluster is not whole",
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => {
            "Redis does not take the user or the password"
        }
        _ if error.is_timeout() => "Redis does not answer in time",
        _ if error.is_io_error() => "Redis cannot be reached",
        _ => "Redis has failed",
    };
    StoreError::Unavailable(format!("{meaning}: {error}"))
}

fn unreadable(key: &Key) -> StoreError {
    StoreError::Unreadable(Key::kind(key.as_str()).to_owned())
}
