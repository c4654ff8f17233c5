//! How many requests of a visit are in its trace at most. The visit's cookie can be kept and sent again and again: that must neither make a trace without end
//! nor get round what `one_in` leaves out. Each front door counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::context::Context;

/// More than anybody's way to the portal has.
const REQUESTS: u32 = 100;

/// How many visits are counted at once. Those beyond are not gone on with.
const VISITS: usize = 4096;

/// What was counted.
#[derive(Debug, Default)]
pub struct Most(Mutex<HashMap<[u8; 16], Counted>>);

#[derive(Debug)]
struct Counted {
    ends: Timestamp,
    requests: u32,
}

impl Most {
    /// Whether one more request belongs to the visit that ends then. Of visits that nobody will see nothing is counted.
    #[must_use]
    pub fn takes(&self, visit: Context, ends: Timestamp, now: Timestamp) -> bool {
        if !visit.sampled {
            return true;
        }
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visits.len() >= VISITS && !visits.contains_key(&visit.trace) {
            visits.retain(|_, one| now < one.ends);
            if visits.len() >= VISITS {
                return false;
            }
        }
        let fresh = Counted { ends, requests: 0 };
        let counted = visits.entry(visit.trace).or_insert(fresh);
        counted.requests = counted.requests.saturating_add(1);
        counted.requests <= REQUESTS
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn later() -> Timestamp {
        NOW + SignedDuration::from_mins(15)
    }

    #[test]
    fn a_visit_has_so_many_requests_and_no_more() {
        let (most, visit) = (Most::default(), Context::first(1));
        let taken = (0..200).filter(|_| most.takes(visit.another(), later(), NOW));
        assert_eq!(taken.count(), 100);
        assert!(most.takes(Context::first(1), later(), NOW), "another visit");
    }

    #[test]
    fn what_is_counted_has_an_end_and_makes_room_when_visits_are_over() {
        let most = Most::default();
        let taken = (0..5000).filter(|_| most.takes(Context::first(1), later(), NOW));
        assert_eq!(taken.count(), VISITS);
        assert!(most.takes(
            Context::first(1),
            later() + SignedDuration::from_mins(15),
            later()
        ));
    }

    #[test]
    fn visits_that_are_not_sent_take_no_room() {
        let (most, quiet) = (
            Most::default(),
            Context {
                sampled: false,
                ..Context::first(1)
            },
        );
        assert!((0..200).all(|_| most.takes(quiet, later(), NOW)));
        assert!(most.0.lock().is_ok_and(|visits| visits.is_empty()));
    }
}
