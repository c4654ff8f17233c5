//! What a scrape is answered with. What has to be looked up for it is looked up now and then, however many ask.
//!
//! While the store does not answer, what stands in it is left out of the answer: the number of sessions and the days of the certificate. Everything else is
//! there.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::clock::Clock;
use crate::health::TokenEnd;
use crate::metrics::{Metrics, MetricsError};
use crate::saml::KeyKeeper;
use crate::session;
use crate::store::Vault;
use crate::web::Live;

/// How often the store is asked at most.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How long it may take then.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whoever answers scrapes.
pub struct Scrape {
    metrics: Metrics,
    live: Live,
    vault: Vault,
    keys: KeyKeeper,
    clock: Clock,
    looked: Mutex<Option<Instant>>,
}

impl Scrape {
    /// Of these metrics, in a house with these rooms.
    #[must_use]
    pub fn new(metrics: Metrics, live: Live, vault: Vault, keys: KeyKeeper, clock: Clock) -> Self {
        Self {
            metrics,
            live,
            vault,
            keys,
            clock,
            looked: Mutex::default(),
        }
    }

    pub(super) async fn text(&self) -> Result<String, MetricsError> {
        self.look_now_and_then().await;
        self.metrics.api_token_days_left(self.token_days());
        self.metrics.text()
    }

    async fn look_now_and_then(&self) {
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            return;
        }
        let (sessions, keys) = tokio::join!(
            timeout(PATIENCE, session::count(&self.vault)),
            timeout(PATIENCE, self.keys.keys()),
        );
        self.metrics.sessions(sessions.ok().and_then(Result::ok));
        let keys = keys.ok().and_then(Result::ok);
        let expires = keys.map(|keys| keys.current.certificate().expires);
        let days = expires.map(|expires| whole_days(self.clock.now(), expires));
        self.metrics.certificate_days_left(days);
        *looked = Some(Instant::now());
    }

    /// Of the tokens whose end is known, the one that ends first.
    fn token_days(&self) -> Option<i64> {
        let ends = self.live.room::<TokenEnd>()?;
        let days = ends.days_left().into_iter().filter_map(|(_, days)| days);
        days.min().map(i64::from)
    }
}

/// Rounded down: on the last day none is left, and a minute later one is missing.
fn whole_days(now: Timestamp, then: Timestamp) -> i64 {
    const DAY: i64 = 86_400;
    (then.as_second() - now.as_second()).div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_rounded_down_on_both_sides_of_the_end() {
        let end: Timestamp = "2027-01-10T00:00:00Z".parse().unwrap();
        for (now, days) in [
            ("2027-01-08T00:00:00Z", 2),
            ("2027-01-08T00:00:01Z", 1),
            ("2027-01-09T12:00:00Z", 0),
            ("2027-01-10T00:00:00Z", 0),
            ("2027-01-10T00:00:01Z", -1),
        ] {
            assert_eq!(whole_days(now.parse().unwrap(), end), days, "{now}");
        }
    }
}
