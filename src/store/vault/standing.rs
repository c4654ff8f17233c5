//! Whether this front door may seal.
//!
//! One that stood still for longer than its entry in the register lasts is forgotten by the others, who may have left its key behind meanwhile. So a server
//! seals only for as long as its entry lasts: when that is over, it looks first whether its keys still fit. Where they do not, it never seals again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;

use super::super::{Key, StoreError};
use super::register::Discord;

/// Why a front door that runs has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Its key was left behind while it stood still.
    #[error(
        "the other front doors on this store have left behind what is secret_key here, and it may not be used any more: give this one the same keys as the others, and start it again"
    )]
    Left,
    /// What says which keys are in use does not open.
    #[error(
        "what the other front doors on this store seal opens with neither secret_key nor previous_secret_key here: give this one the same keys as the others, and start it again"
    )]
    Unreadable,
    /// Another one, that was there before or for long, has other keys.
    #[error("this front door seals nothing any more and has to be started again: {0}")]
    Discord(Discord),
}

pub(super) struct Standing {
    clock: Clock,
    /// Until when it may seal without looking again, by the system's clock; that of one that is not kept in the register never ends.
    until: AtomicI64,
    unfit: Mutex<Option<Unfit>>,
    changed: Notify,
    asked: Notify,
}

impl Standing {
    pub(super) fn by(clock: Clock) -> Self {
        Self {
            clock,
            until: AtomicI64::new(i64::MAX),
            unfit: Mutex::default(),
            changed: Notify::new(),
            asked: Notify::new(),
        }
    }

    /// Now, for [`Standing::lasts`].
    pub(super) fn now(&self) -> i64 {
        self.clock.system_now().as_millisecond()
    }

    /// It may seal for this long from then on.
    pub(super) fn lasts(&self, from: i64, life: Duration) {
        let life = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
        self.until
            .store(from.saturating_add(life), Ordering::Release);
    }

    /// It never seals again.
    pub(super) fn close(&self, why: Unfit) {
        let mut unfit = self.unfit.lock().unwrap_or_else(PoisonError::into_inner);
        if unfit.replace(why).is_none() {
            tracing::error!("{why}");
        }
        self.changed.notify_waiters();
    }

    pub(super) fn unfit(&self) -> Option<Unfit> {
        *self.unfit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it may never seal again.
    pub(super) async fn closed(&self) -> Unfit {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(unfit) = self.unfit() {
                return unfit;
            }
            changed.await;
        }
    }

    /// Waits until somebody would seal, and may not yet.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Whether it may seal now.
    pub(super) fn may_seal(&self) -> bool {
        self.unfit().is_none() && self.now() <= self.until.load(Ordering::Acquire)
    }

    /// The same for the value of this key, as an error. What the register itself writes comes before it is known.
    pub(super) fn allows(&self, key: &Key) -> Result<(), StoreError> {
        if let Some(unfit) = self.unfit() {
            return Err(StoreError::Unavailable(unfit.to_string()));
        }
        if self.may_seal() || [Key::instances(), Key::sealing()].contains(key) {
            return Ok(());
        }
        self.asked.notify_one();
        let why = "this front door was away for long, and looks first whether its keys still fit";
        Err(StoreError::Unavailable(why.to_owned()))
    }
}
