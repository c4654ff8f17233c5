//! Something fetched from a provider and kept: one fetch at a time, shared by all who wait for it, and the old value stays when a fetch fails.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Away, Endpoint, ProviderError};
use crate::clock::Clock;

/// A value with the history of its fetches.
#[derive(Debug)]
pub(super) struct Kept<T> {
    clock: Clock,
    state: RwLock<State<T>>,
    /// Held by whoever is fetching.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State<T> {
    value: Option<Arc<T>>,
    /// When `value` came.
    fetched: Option<Timestamp>,
    failing: Option<Failing>,
    attempts: u64,
}

/// Fetches fail, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// The end of the first fetch that failed since the last good one.
    pub since: Timestamp,
    /// Why the last one failed.
    pub why: ProviderError,
}

impl<T> Kept<T> {
    pub(super) fn new(clock: Clock) -> Self {
        let state = State {
            value: None,
            fetched: None,
            failing: None,
            attempts: 0,
        };
        Self {
            clock,
            state: RwLock::new(state),
            flight: tokio::sync::Mutex::new(()),
        }
    }

    /// What is kept, however old.
    pub(super) fn value(&self) -> Option<Arc<T>> {
        self.read(|state| state.value.clone())
    }

    /// When what is kept came.
    pub(super) fn fetched(&self) -> Option<Timestamp> {
        self.read(|state| state.fetched)
    }

    /// Whether and why the last fetch failed.
    pub(super) fn failing(&self) -> Option<Failing> {
        self.read(|state| state.failing.clone())
    }

    /// What is kept, or what a first fetch brings.
    pub(super) async fn get(
        &self,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        match self.value() {
            Some(value) => Ok(value),
            None => self.refresh(fetch).await,
        }
    }

    /// Fetches anew. Whoever comes while a fetch is under way takes what that one brings, its failure included.
    pub(super) async fn refresh(
        &self,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        let before = self.read(|state| state.attempts);
        let _flight = self.flight.lock().await;
        if self.read(|state| state.attempts) == before {
            let brought = fetch.await;
            self.settle(brought);
        }
        self.read(State::outcome)
    }

    /// Fetches anew, after the fetch that may be under way: what is brought is of now.
    pub(super) async fn fetch(
        &self,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        let _flight = self.flight.lock().await;
        let brought = fetch.await;
        self.settle(brought);
        self.read(State::outcome)
    }

    fn settle(&self, brought: Result<T, ProviderError>) {
        let now = self.clock.now();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.attempts += 1;
        match brought {
            Ok(value) => {
                state.value = Some(Arc::new(value));
                state.fetched = Some(now);
                state.failing = None;
            }
            Err(why) => {
                let since = state.failing.as_ref().map_or(now, |failing| failing.since);
                state.failing = Some(Failing { since, why });
            }
        }
    }

    fn read<A>(&self, look: impl FnOnce(&State<T>) -> A) -> A {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether `then` was less than `span` ago. A clock that was set back makes it long ago: ask again rather than wait for the clock to catch up.
pub(super) fn is_within(span: Duration, then: Timestamp, now: Timestamp) -> bool {
    let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
    let since = now.duration_since(then);
    !since.is_negative() && since < span
}

impl<T> State<T> {
    /// How the last fetch ended.
    fn outcome(&self) -> Result<Arc<T>, ProviderError> {
        match (&self.failing, &self.value) {
            (None, Some(value)) => Ok(value.clone()),
            (Some(failing), _) => Err(failing.why.clone()),
            (None, None) => Err(Away::new(Endpoint::Discovery, "it was not asked yet").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn away() -> ProviderError {
        Away::new(Endpoint::Discovery, "away").into()
    }

    #[tokio::test]
    async fn many_who_wait_share_one_fetch() {
        let kept = Kept::new(Clock::system());
        let fetches = AtomicU32::new(0);
        let fetch = || async {
            tokio::task::yield_now().await;
            Ok(fetches.fetch_add(1, Ordering::SeqCst))
        };
        let (a, b, c) = tokio::join!(kept.get(fetch()), kept.get(fetch()), kept.refresh(fetch()));
        assert_eq!((*a.unwrap(), *b.unwrap(), *c.unwrap()), (0, 0, 0));
        assert_eq!(fetches.into_inner(), 1);
    }

    #[tokio::test]
    async fn a_failure_is_shared_too() {
        let kept = Kept::<()>::new(Clock::system());
        let fetches = AtomicU32::new(0);
        let fetch = || async {
            tokio::task::yield_now().await;
            fetches.fetch_add(1, Ordering::SeqCst);
            Err(away())
        };
        let (a, b) = tokio::join!(kept.get(fetch()), kept.get(fetch()));
        assert_eq!((a, b), (Err(away()), Err(away())));
        assert_eq!(fetches.into_inner(), 1);
    }

    #[tokio::test]
    async fn the_old_value_outlives_a_failed_fetch() {
        let kept = Kept::new(Clock::system());
        kept.refresh(async { Ok(1) }).await.unwrap();
        assert_eq!(kept.refresh(async { Err(away()) }).await, Err(away()));
        assert_eq!(
            kept.get(async { Err(away()) }).await.map(|value| *value),
            Ok(1)
        );
        assert_eq!(kept.failing().map(|failing| failing.why), Some(away()));
        kept.refresh(async { Ok(2) }).await.unwrap();
        assert_eq!(kept.failing(), None);
    }

    #[tokio::test]
    async fn a_fetch_of_now_is_not_content_with_one_that_is_under_way() {
        let kept = Kept::new(Clock::system());
        let fetches = AtomicU32::new(0);
        let fetch = || async {
            let this = fetches.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(this)
        };
        let (before, now) = tokio::join!(kept.refresh(fetch()), kept.fetch(fetch()));
        assert_eq!((*before.unwrap(), *now.unwrap()), (0, 1));
    }

    #[test]
    fn a_clock_that_was_set_back_ends_every_span() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let ten = Duration::from_secs(10);
        assert!(is_within(ten, at(100), at(109)));
        assert!(!is_within(ten, at(100), at(110)));
        assert!(!is_within(ten, at(100), at(99)));
    }

    #[tokio::test]
    async fn failing_dates_from_the_first_failure() {
        let clock = Clock::system();
        let kept = Kept::<()>::new(clock.clone());
        assert!(kept.refresh(async { Err(away()) }).await.is_err());
        let first = kept.failing().map(|failing| failing.since);
        clock.advance(Duration::from_mins(1));
        assert!(kept.refresh(async { Err(away()) }).await.is_err());
        assert_eq!(kept.failing().map(|failing| failing.since), first);
    }
}
