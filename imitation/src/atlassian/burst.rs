//! The burst limit: so many calls of one endpoint in any second, and the rest are told to slow down.

use std::collections::{HashMap, VecDeque};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::operation::Operation;
use crate::http::Answer;

const WINDOW: SignedDuration = SignedDuration::from_secs(1);

/// What the limit remembers.
#[derive(Debug, Default)]
pub(super) struct Burst {
    /// How many calls of one endpoint a second takes; no limit when there is none.
    pub(super) limit: Option<usize>,
    /// How many calls were refused.
    pub(super) refused: usize,
    /// When the endpoint's calls of the last second came.
    recent: HashMap<Operation, VecDeque<Timestamp>>,
}

impl Burst {
    /// 429 when the last second was full.
    pub(super) fn admit(&mut self, operation: Operation, now: Timestamp) -> Result<(), Answer> {
        let Some(limit) = self.limit.filter(|_| operation.is_limited()) else {
            return Ok(());
        };
        let recent = self.recent.entry(operation).or_default();
        recent.retain(|&at| now.duration_since(at) < WINDOW);
        if recent.len() < limit {
            recent.push_back(now);
            return Ok(());
        }
        self.refused += 1;
        Err(slow_down(now))
    }
}

/// The reset is said without seconds: the next whole minute.
fn slow_down(now: Timestamp) -> Answer {
    let reset = (now + SignedDuration::from_mins(1)).to_zoned(TimeZone::UTC);
    Answer::text(429, "text/plain", "Rate limit exceeded.".to_owned())
        .with("Retry-After", "1")
        .with("RateLimit-Reason", "jira-burst-based")
        .with(
            "X-RateLimit-Reset",
            reset.strftime("%Y-%m-%dT%H:%MZ").to_string(),
        )
}
