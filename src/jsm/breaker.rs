//! The breaker: stops hammering a site that is away, and finds out when it is back.
//!
//! Several calls in a row that say that the site is away open it: no connection, no answer in time, a 5xx, a page where JSON belongs. While it is open
//! calls fail at once, and one at a time is let through after a pause that grows. Any answer of the site closes it, a refusal too. It is shared by all
//! clones of a client, and so is what Atlassian asks to be let alone with ([`Limits`]).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::{JsmError, Operation};
use super::limits::{Limits, Turn};
use crate::random;

/// Calls in a row that open it. Each has had its tries by then.
const MOST_IN_A_ROW: u32 = 5;

/// The pause before the first call that is let through; it doubles with each that fails.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause: so soon is a site noticed that is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What one call told of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It answered.
    There,
    /// It did not, or something else did.
    Away,
    /// Nothing: it was not asked, or not given the time.
    Nothing,
}

/// What is known of one site by how it answered last.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failed_in_a_row: u32,
    open: Option<Open>,
    limits: Limits,
}

#[derive(Debug)]
struct Open {
    since: Instant,
    probes: u32,
    next_probe: Instant,
    probing: bool,
}

/// The permission to make one call. What the call told of the site is passed on when this is dropped.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    way: Way,
    sign: Sign,
}

/// How a call got past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Closed,
    Probe,
    /// It asks whatever is known.
    Anyway,
}

impl Breaker {
    /// Lets a call through, or not: with the time until the next may try.
    pub(super) fn enter(&self, operation: Operation) -> Result<Pass<'_>, JsmError> {
        match self.way(Instant::now()) {
            Ok(way) => Ok(self.pass(way)),
            Err(wait) => Err(JsmError::Resting { operation, wait }),
        }
    }

    /// Lets a call through that asks whatever is known: somebody wants to know how it is now.
    pub(super) fn enter_anyway(&self) -> Pass<'_> {
        self.pass(Way::Anyway)
    }

    /// For how long it has been open, when it is.
    pub(super) fn open_for(&self) -> Option<Duration> {
        self.state().open.as_ref().map(|open| open.since.elapsed())
    }

    /// Keeps everybody from an operation that was too much at once.
    pub(super) fn burst(&self, operation: Operation, wait: Duration, now: Instant) {
        self.state().limits.burst(operation, wait, now);
    }

    /// Keeps everybody from everything, since the quota is spent.
    pub(super) fn spent(&self, wait: Option<Duration>, now: Instant) {
        self.state().limits.spent(wait, now);
    }

    /// Somebody found out that there is a quota again.
    pub(super) fn quota_is_back(&self) {
        self.state().limits.is_back();
    }

    /// Whether a call may be made now, as far as limits go.
    pub(super) fn turn(&self, operation: Operation, now: Instant) -> Turn {
        self.state().limits.turn(operation, now)
    }

    fn pass(&self, way: Way) -> Pass<'_> {
        Pass {
            breaker: self,
            way,
            sign: Sign::Nothing,
        }
    }

    fn way(&self, now: Instant) -> Result<Way, Duration> {
        let mut state = self.state();
        let Some(open) = &mut state.open else {
            return Ok(Way::Closed);
        };
        let wait = open.next_probe.saturating_duration_since(now);
        if open.probing || !wait.is_zero() {
            return Err(wait.max(FIRST_PAUSE));
        }
        open.probing = true;
        Ok(Way::Probe)
    }

    fn leave(&self, way: Way, sign: Sign, now: Instant, jitter: f64) {
        let mut state = self.state();
        match sign {
            Sign::There => state.is_back(now),
            Sign::Away => state.is_away(way, now, jitter),
            Sign::Nothing => {}
        }
        if let (Way::Probe, Some(open)) = (way, &mut state.open) {
            open.probing = false;
        }
    }

    fn is_open(&self) -> bool {
        self.state().open.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_back(&mut self, now: Instant) {
        self.failed_in_a_row = 0;
        if let Some(open) = self.open.take() {
            let seconds = now.saturating_duration_since(open.since).as_secs();
            tracing::info!(seconds, "Atlassian answers again");
        }
    }

    fn is_away(&mut self, way: Way, now: Instant, jitter: f64) {
        self.failed_in_a_row = self.failed_in_a_row.saturating_add(1);
        match &mut self.open {
            Some(open) if way == Way::Probe => {
                open.probes += 1;
                open.next_probe = now + pause(open.probes, jitter);
            }
            Some(_) => {} // It was under way already, or asked anyway.
            None if self.failed_in_a_row < MOST_IN_A_ROW => {}
            None => {
                self.open = Some(Open {
                    since: now,
                    probes: 0,
                    next_probe: now + pause(0, jitter),
                    probing: false,
                });
                tracing::error!(
                    calls = self.failed_in_a_row,
                    "Atlassian is away: it is asked now and then until it answers; known customers still come in"
                );
            }
        }
    }
}

impl Pass<'_> {
    /// Keeps what a try told of the site.
    pub(super) fn saw(&mut self, sign: Sign) {
        if sign != Sign::Nothing {
            self.sign = sign;
        }
    }

    /// Whether the call may be tried again: not by whom the breaker tells that the site is away.
    pub(super) fn may_go_on(&self) -> bool {
        self.sign == Sign::There || self.way == Way::Anyway || !self.breaker.is_open()
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let jitter = random::fraction();
        self.breaker
            .leave(self.way, self.sign, Instant::now(), jitter);
    }
}

/// The pause before a probe, after so many that failed; `jitter` is a random number from 0 to 1.
fn pause(probes: u32, jitter: f64) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(2u32.saturating_pow(probes));
    longest.min(LONGEST_PAUSE).mul_f64(0.5 + jitter / 2.0)
}

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
