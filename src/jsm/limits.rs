//! What Atlassian asks to be let alone with (429): one caller is told, and all keep to it.
//!
//! A burst limit is one operation's, and over within seconds. A quota is the site's, whatever is asked of it, and may be spent for hours: so it is let
//! alone for a while at a time, and then one call finds out.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::error::Operation;

/// The longest that an operation is let alone after a burst, whatever is asked.
const LONGEST_BURST: Duration = Duration::from_mins(1);

/// The longest that a site is let alone whose quota is spent, before one call finds out: it may be raised or given back at any time.
const LONGEST_QUOTA: Duration = Duration::from_mins(5);

/// How long it is let alone where Atlassian does not say.
const USUAL_QUOTA: Duration = Duration::from_mins(1);

/// How long all others wait for the call that finds out; longer than a try may take.
const SCOUTING: Duration = Duration::from_secs(11);

/// What Atlassian asked for lately.
#[derive(Debug, Default)]
pub(super) struct Limits {
    bursts: BTreeMap<Operation, Instant>,
    /// Until when nothing is asked, since the quota is spent.
    spent: Option<Instant>,
}

/// Whether a call may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It may.
    Now,
    /// It may, and finds out for all others whether there is a quota again.
    Scout,
    /// Not before so long.
    In(Duration),
    /// The same, since the quota is spent.
    Spent(Duration),
}

impl Limits {
    /// An operation was too much at once.
    pub(super) fn burst(&mut self, operation: Operation, wait: Duration, now: Instant) {
        let until = now + wait.min(LONGEST_BURST);
        let kept = self.bursts.entry(operation).or_insert(until);
        *kept = until.max(*kept);
    }

    /// The quota is spent. Who was told first is believed, until somebody finds out.
    pub(super) fn spent(&mut self, wait: Option<Duration>, now: Instant) {
        self.spent = Some(now + wait.unwrap_or(USUAL_QUOTA).min(LONGEST_QUOTA));
    }

    /// There is a quota again.
    pub(super) fn is_back(&mut self) {
        self.spent = None;
    }

    /// Whose turn it is. A scout who never comes back is followed by another.
    pub(super) fn turn(&mut self, operation: Operation, now: Instant) -> Turn {
        self.bursts.retain(|_, until| *until > now);
        if let Some(until) = self.bursts.get(operation) {
            return Turn::In(until.saturating_duration_since(now));
        }
        match self.spent {
            None => Turn::Now,
            Some(until) if until > now => Turn::Spent(until.saturating_duration_since(now)),
            Some(_) => {
                self.spent = Some(now + SCOUTING);
                Turn::Scout
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_limit_holds_for_one_operation_and_is_bounded() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.burst("create_customer", SECOND * 3, now);
        limits.burst("create_customer", SECOND, now);
        assert_eq!(limits.turn("create_customer", now), Turn::In(SECOND * 3));
        assert_eq!(limits.turn("add_customers", now), Turn::Now);
        assert_eq!(limits.turn("create_customer", now + SECOND * 3), Turn::Now);
        limits.burst("add_customers", Duration::MAX, now);
        assert_eq!(limits.turn("add_customers", now), Turn::In(LONGEST_BURST));
    }

    #[test]
    fn a_spent_quota_holds_for_all_operations_and_is_bounded() {
        for (asked, kept) in [
            (None, USUAL_QUOTA),
            (Some(SECOND * 7), SECOND * 7),
            (Some(Duration::MAX), LONGEST_QUOTA),
        ] {
            let (mut limits, now) = (Limits::default(), Instant::now());
            limits.spent(asked, now);
            assert_eq!(limits.turn("create_customer", now), Turn::Spent(kept));
            assert_eq!(limits.turn("search_users", now), Turn::Spent(kept));
        }
    }

    #[test]
    fn one_call_finds_out_whether_there_is_a_quota_again_and_the_others_wait_for_it() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.spent(Some(SECOND), now);
        let later = now + SECOND;
        assert_eq!(limits.turn("search_users", later), Turn::Scout);
        assert_eq!(limits.turn("search_users", later), Turn::Spent(SCOUTING));
        limits.spent(Some(SECOND * 2), later);
        assert_eq!(limits.turn("search_users", later), Turn::Spent(SECOND * 2));
        let later = later + SECOND * 2;
        assert_eq!(limits.turn("create_customer", later), Turn::Scout);
        let lost = later + SCOUTING;
        assert_eq!(limits.turn("create_customer", lost), Turn::Scout);
        limits.is_back();
        assert_eq!(limits.turn("search_users", lost), Turn::Now);
    }
}
