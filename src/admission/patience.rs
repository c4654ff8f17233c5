//! How soon somebody's page may ask again by itself after Atlassian failed them: later each time, and not for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The first pause; it doubles with each visit in vain.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// How many visits in vain a page makes by itself, in about forty minutes. Whoever sits there still has a button.
const MOST_BY_ITSELF: u32 = 12;

/// How long a visit in vain is remembered.
const KEPT: Duration = Duration::from_mins(15);

/// People who are remembered at a time, about 100 bytes each. For more of them no page asks by itself.
const MOST_PEOPLE: usize = 20_000;

/// Who came in vain of late, and how often. In memory: each instance counts for itself.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<HashMap<String, (u32, Instant)>>);

impl Patience {
    /// Counts a visit in vain: after how long the page may ask again by itself, if it still may.
    pub(super) fn in_vain(&self, person: &str, now: Instant) -> Option<Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_PEOPLE && !all.contains_key(person) {
            all.retain(|_, (_, last)| now < *last + KEPT);
            if all.len() >= MOST_PEOPLE {
                return None;
            }
        }
        let (visits, last) = all.entry(person.to_owned()).or_insert((0, now));
        if now >= *last + KEPT {
            *visits = 0;
        }
        *visits = visits.saturating_add(1);
        *last = now;
        (*visits <= MOST_BY_ITSELF).then(|| pause(*visits))
    }

    /// Forgets somebody who came in.
    pub(super) fn came_in(&self, person: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(person);
    }
}

/// The pause after so many visits in vain.
fn pause(visits: u32) -> Duration {
    let doubled = 2u32.saturating_pow(visits.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_then_the_page_asks_no_more() {
        let (patience, now) = (Patience::default(), Instant::now());
        let pauses: Vec<_> = (0..14)
            .map(|_| patience.in_vain("ada", now).map(|pause| pause.as_secs()))
            .collect();
        let first = [10, 20, 40, 80, 160].map(Some);
        assert_eq!(pauses[..5], first);
        assert_eq!(pauses[5..12], [Some(300); 7]);
        assert_eq!(pauses[12..], [None, None]);
        assert_eq!(patience.in_vain("bob", now), Some(FIRST_PAUSE));
    }

    #[test]
    fn who_came_in_or_stayed_away_begins_anew() {
        let (patience, now) = (Patience::default(), Instant::now());
        patience.in_vain("ada", now);
        patience.came_in("ada");
        assert_eq!(patience.in_vain("ada", now), Some(FIRST_PAUSE));
        assert_eq!(patience.in_vain("ada", now + KEPT), Some(FIRST_PAUSE));
    }

    #[test]
    fn no_more_people_are_remembered_than_fit() {
        let (patience, now) = (Patience::default(), Instant::now());
        for n in 0..MOST_PEOPLE {
            assert!(patience.in_vain(&n.to_string(), now).is_some());
        }
        assert_eq!(patience.in_vain("one more", now), None);
        assert!(patience.in_vain("one more", now + KEPT).is_some());
    }
}
