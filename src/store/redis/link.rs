//! The one connection to Redis that all share: made when it is first needed, thrown away when it breaks, and made anew for whoever comes next.
//!
//! Many commands are under way on it at the same time. While Redis is away, everybody who waits for the same attempt to reach it is told of its end, so
//! that nobody waits longer than one attempt takes.

use std::sync::{Mutex, PoisonError};

use redis::{Cmd, RedisError, RedisResult, Value};

use crate::settings::RedisAddress;

use super::route::{Connection, Route};
use super::script::Call;

/// The connection, and how to make another.
pub(super) struct Link {
    route: Route,
    current: Mutex<Current>,
    /// Whoever connects; it holds how the last attempt failed.
    attempt: tokio::sync::Mutex<Option<RedisError>>,
}

#[derive(Default)]
struct Current {
    connection: Option<Connection>,
    /// How many connections there have been: only the one that broke is thrown away.
    made: u64,
    /// How many attempts have ended.
    attempts: u64,
}

impl Link {
    pub(super) fn to(address: RedisAddress) -> Self {
        Self {
            route: Route::to(address),
            current: Mutex::default(),
            attempt: tokio::sync::Mutex::default(),
        }
    }

    /// Runs a command that changes nothing. A connection that turns out to have ended, by a restart or in idleness, is made anew once.
    pub(super) async fn read(&self, command: &Cmd) -> RedisResult<Value> {
        match self.run(command).await {
            Err(error) if has_ended(&error) => self.run(command).await,
            done => done,
        }
    }

    /// Runs a script that changes nothing.
    pub(super) async fn look(&self, call: &Call<'_>) -> RedisResult<Value> {
        match self.write(call).await {
            Err(error) if has_ended(&error) => self.write(call).await,
            done => done,
        }
    }

    /// Runs a script that may change something. It is never repeated: nobody knows whether it ran.
    pub(super) async fn write(&self, call: &Call<'_>) -> RedisResult<Value> {
        match self.run(&call.by_hash()).await {
            Err(error) if error.code() == Some("NOSCRIPT") => self.run(&call.in_full()).await,
            done => done,
        }
    }

    pub(super) async fn run(&self, command: &Cmd) -> RedisResult<Value> {
        self.run_at(None, command).await
    }

    /// Runs a command at the server of a cluster that is known to have this slot, which may be another by now.
    pub(super) async fn run_at(&self, slot: Option<u16>, command: &Cmd) -> RedisResult<Value> {
        let (made, mut connection) = self.connection().await?;
        let done = connection.run_at(slot, command).await;
        if let Err(error) = &done
            && is_of_no_use(error)
        {
            self.throw_away(made);
        }
        done
    }

    /// The connection, with its number.
    pub(super) async fn connection(&self) -> RedisResult<(u64, Connection)> {
        let before = match self.present() {
            Ok(present) => return Ok(present),
            Err(attempts) => attempts,
        };
        let mut failed = self.attempt.lock().await;
        match self.present() {
            Ok(present) => return Ok(present),
            Err(attempts) if attempts > before => {
                if let Some(error) = failed.clone() {
                    return Err(error);
                }
            }
            Err(_) => {}
        }
        let made = self.route.connect().await;
        *failed = made.as_ref().err().cloned();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.attempts += 1;
        let connection = made?;
        current.made += 1;
        current.connection = Some(connection.clone());
        Ok((current.made, connection))
    }

    /// The connection that there is, or how many attempts have ended.
    fn present(&self) -> Result<(u64, Connection), u64> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let present = current.connection.clone();
        present
            .map(|connection| (current.made, connection))
            .ok_or(current.attempts)
    }

    pub(super) fn throw_away(&self, made: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.made == made {
            current.connection = None;
        }
    }
}

/// Whether the connection had ended before it was used.
fn has_ended(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

/// Whether another connection may do better: this one is broken, silent, or leads to a server that has become a replica, or was left by its replicas.
fn is_of_no_use(error: &RedisError) -> bool {
    let is_elsewhere = matches!(error.code(), Some("READONLY" | "NOREPLICAS"));
    error.is_io_error() || error.is_unrecoverable_error() || is_elsewhere
}
