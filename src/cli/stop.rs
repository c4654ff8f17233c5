//! Stopping: readiness fails first, so that a load balancer sends nobody more; then what is under way is finished; then the end.
//!
//! The time for each of the two is `shutdown.grace`, in seconds; `shutdown.mercy`, and a second, is what connections get on top to close, and the last five are
//! for what is to be written then (`finish`). A second signal, or
//! the first one from a keyboard, skips the waiting for load balancers.

use std::time::Duration;

use rocket::Shutdown;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::health::Draining;

/// The signals that end the server.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes them from the system's own handlers, which would end the process at once.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for one of them.
    pub(super) async fn first(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Waits for a signal and stops the server.
pub(super) async fn stop_gently(
    mut signals: Signals,
    draining: Draining,
    grace: u32,
    shutdown: Shutdown,
) {
    let by_keyboard = tokio::select! {
        _ = signals.terminate.recv() => false,
        _ = signals.interrupt.recv() => true,
    };
    draining.begin();
    if !by_keyboard {
        tracing::info!(
            seconds = grace,
            "draining: readiness is refused, requests are not"
        );
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(grace.into())) => {}
            _ = signals.terminate.recv() => {}
            _ = signals.interrupt.recv() => {}
        }
    }
    tracing::info!("the front door closes");
    shutdown.notify();
}
