//! How often one client address may start a login.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::audit::Trail;

use super::{ClientAddress, Reason, Refusal};

/// Networks that are counted one by one, about 100 bytes each; beyond them, all others share one count.
const MOST_NETWORKS: usize = 100_000;

/// Networks that have been quiet for a minute are forgotten every so many attempts.
const SWEEP_EVERY: u32 = 1024;

/// Whom all those are counted as who no longer fit.
const CROWD: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// Login attempts a minute, a client network. In memory: each instance counts for itself.
pub struct LoginRate {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    attempts: AtomicU32,
    /// Where it is counted how many were refused; a record of each would be what the limit is there to prevent.
    trail: Option<Trail>,
}

impl LoginRate {
    /// Allows so many attempts a minute, all of them at once if need be. None at all is read as one.
    #[must_use]
    pub fn per_minute(attempts: u32) -> Self {
        let attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: DefaultKeyedRateLimiter::keyed(Quota::per_minute(attempts)),
            attempts: AtomicU32::new(0),
            trail: None,
        }
    }

    /// The same, which tells this trail how many it refused.
    #[must_use]
    pub fn telling(self, trail: &Trail) -> Self {
        Self {
            trail: Some(trail.clone()),
            ..self
        }
    }

    /// Counts an attempt, and refuses it when there were too many.
    pub fn check(&self, client: ClientAddress) -> Result<(), Refusal> {
        self.limiter
            .check_key(&self.key(client))
            .map_err(|too_early| {
                self.tell();
                Refusal::new(Reason::TooManyRequests)
                    .because("login attempts a minute, this address")
                    .retry_after(too_early.wait_time_from(DefaultClock::default().now()))
            })
    }

    fn tell(&self) {
        if let Some(trail) = &self.trail {
            trail.count_refusal(Reason::TooManyRequests.name());
        }
    }

    fn key(&self, client: ClientAddress) -> IpAddr {
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed);
        if attempt % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        if self.limiter.len() < MOST_NETWORKS {
            client.network()
        } else {
            CROWD
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> ClientAddress {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn an_address_is_refused_beyond_its_rate_and_others_are_not() {
        let rate = LoginRate::per_minute(2);
        assert!(rate.check(client("192.0.2.1")).is_ok());
        assert!(rate.check(client("192.0.2.1")).is_ok());
        let refusal = rate.check(client("192.0.2.1")).unwrap_err();
        assert_eq!(refusal.reason(), Reason::TooManyRequests);
        assert!(rate.check(client("192.0.2.2")).is_ok());
    }

    #[test]
    fn an_ipv6_household_is_one_address() {
        let rate = LoginRate::per_minute(1);
        assert!(rate.check(client("2001:db8::1")).is_ok());
        assert!(rate.check(client("2001:db8::2")).is_err());
        assert!(rate.check(client("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn any_number_of_addresses_needs_bounded_memory() {
        let rate = LoginRate::per_minute(1);
        for number in 0..u32::try_from(MOST_NETWORKS + 10_000).unwrap() {
            let _ = rate.check(IpAddr::from(number.to_be_bytes()).into());
        }
        assert!(rate.limiter.len() <= MOST_NETWORKS + 1);
    }
}
