//! The attempts that one browser carries: sealed, one cookie each, 6 KiB in all, the oldest dropped first.

use jiff::Timestamp;
use rocket::http::Cookie;

use crate::store::Vault;
use crate::web::{CookieNames, RawCookies};

use super::attempt::{LIFE, LOOP_COUNT, LoginAttempt, Spent, Trace};
use super::sealed::{open, seal};

/// All attempts of a browser together: well below the 8 KiB of headers that proxies commonly allow.
const MOST_BYTES: usize = 6 * 1024;

/// How much of the state names the cookie; the whole of it is inside.
const NAME_LENGTH: usize = 16;

/// What the attempts' cookies of one request hold, and what must be set in the answer.
pub struct AttemptJar<'a> {
    vault: &'a Vault,
    names: CookieNames,
    held: Vec<Held>,
    changes: Vec<Cookie<'static>>,
}

/// One cookie as it came; `trace` is absent when it cannot be opened.
struct Held {
    name: String,
    length: usize,
    trace: Option<Trace>,
}

impl<'a> AttemptJar<'a> {
    /// Opens every attempt that came with the request.
    #[must_use]
    pub fn read(cookies: &RawCookies<'_>, names: CookieNames, vault: &'a Vault) -> Self {
        let came = cookies
            .with_prefix(names.attempt_prefix())
            .map(|(rest, value)| {
                let name = names.attempt(rest);
                Held {
                    trace: open(vault, &name, value),
                    length: name.len() + value.len(),
                    name,
                }
            });
        Self {
            vault,
            names,
            held: came.collect(),
            changes: Vec::new(),
        }
    }

    /// The attempt of this state, open or spent, if it came and is still alive.
    #[must_use]
    pub fn find(&self, state: &str, now: Timestamp) -> Option<&Trace> {
        let name = self.name(state)?;
        let trace = self
            .held
            .iter()
            .find(|held| held.name == name)?
            .trace
            .as_ref()?;
        let same = match trace {
            // The name is only the state's beginning; a spent attempt keeps no more than that.
            Trace::Open(attempt) => aws_lc_rs::constant_time::verify_slices_are_equal(
                attempt.state.as_bytes(),
                state.as_bytes(),
            )
            .is_ok(),
            Trace::Spent(_) => true,
        };
        (same && !trace.is_expired(now)).then_some(trace)
    }

    /// The open attempt that was begun last.
    #[must_use]
    pub fn newest_open(&self, now: Timestamp) -> Option<&Trace> {
        let traces = self.held.iter().filter_map(|held| held.trace.as_ref());
        traces
            .filter(|trace| matches!(trace, Trace::Open(_)) && !trace.is_expired(now))
            .max_by_key(|trace| trace.at())
    }

    /// Whether the next completed callback would be one too many.
    #[must_use]
    pub fn is_looping(&self, now: Timestamp) -> bool {
        let spent =
            |held: &&Held| matches!(&held.trace, Some(Trace::Spent(spent)) if spent.is_recent(now));
        self.held.iter().filter(spent).count() + 1 >= LOOP_COUNT
    }

    /// Puts a new attempt in, dropping the oldest where all together would be too large.
    pub fn add(&mut self, attempt: LoginAttempt, now: Timestamp) {
        let state = attempt.state.clone();
        self.put(&state, Trace::Open(Box::new(attempt)), now);
    }

    /// Leaves of an attempt only the trace of where it led.
    pub fn spend(&mut self, state: &str, spent: Spent, now: Timestamp) {
        self.put(state, Trace::Spent(spent), now);
    }

    /// The cookies to set.
    #[must_use]
    pub fn into_changes(self) -> Vec<Cookie<'static>> {
        self.changes
    }

    /// Forgets what was spent, so that a person who starts again after a loop is not caught at once.
    pub fn forget_spent(&mut self) {
        let spent = |held: &Held| matches!(held.trace, Some(Trace::Spent(_)));
        self.drop_where(spent);
    }

    fn put(&mut self, state: &str, trace: Trace, now: Timestamp) {
        let Some(name) = self.name(state) else { return };
        let Some(value) = seal(self.vault, &name, &trace) else {
            return;
        };
        self.held.retain(|held| held.name != name);
        self.drop_where(|held| {
            held.trace
                .as_ref()
                .is_none_or(|trace| trace.is_expired(now))
        });
        self.make_room(name.len() + value.len());
        self.changes.push(self.names.build(name, value, Some(LIFE)));
    }

    fn make_room(&mut self, wanted: usize) {
        let mut kept: usize = self.held.iter().map(|held| held.length).sum();
        self.held
            .sort_by_key(|held| std::cmp::Reverse(held.trace.as_ref().map(Trace::at)));
        while kept + wanted > MOST_BYTES
            && let Some(oldest) = self.held.pop()
        {
            kept -= oldest.length;
            self.changes.push(self.names.expired(oldest.name));
        }
    }

    fn drop_where(&mut self, mut gone: impl FnMut(&Held) -> bool) {
        let (dropped, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| gone(held));
        self.held = held;
        let dropped: Vec<Held> = dropped;
        self.changes.extend(
            dropped
                .into_iter()
                .map(|held| self.names.expired(held.name)),
        );
    }

    /// The cookie's name for a state; `None` when it cannot be one of ours.
    fn name(&self, state: &str) -> Option<String> {
        let ours = state.len() == 43
            && state
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ours.then(|| self.names.attempt(&state[..NAME_LENGTH]))
    }
}
