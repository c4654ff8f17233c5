//! The day on which the Atlassian token ends, `token_expires`: the log warns of it in time, and readiness in the last week.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::jsm::days_left;
use crate::settings::Settings;

/// So many days before the end the log warns, once each.
const STEPS: [i32; 4] = [1, 7, 14, 30];

/// From so many days before the end on, readiness is degraded.
const LAST_WEEK: i32 = 7;

/// How often the log is looked after. More often than daily, so that a day's warning comes early in the day.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// When the token ends, if the settings say so.
#[derive(Debug, Clone)]
pub struct TokenEnd {
    expires: Option<Date>,
    clock: Clock,
}

impl TokenEnd {
    /// What the settings say.
    #[must_use]
    pub fn of(settings: &Settings, clock: &Clock) -> Self {
        let atlassian = settings.atlassian.as_ref();
        Self {
            expires: atlassian.and_then(|atlassian| atlassian.token_expires),
            clock: clock.clone(),
        }
    }

    /// Whole days until it ends, negative when it has; `None` when nobody has said when.
    #[must_use]
    pub fn days_left(&self) -> Option<i32> {
        Some(days_left(self.expires?, day(self.clock.now())))
    }

    /// What readiness says in the last week, and from then on.
    pub(super) fn trouble(&self) -> Option<String> {
        let days = self.days_left()?;
        (days <= LAST_WEEK).then(|| words(days))
    }

    /// Warns in the log, for as long as the server runs.
    pub async fn keep_watch(self) {
        let Some(expires) = self.expires else {
            return;
        };
        let mut said = None;
        loop {
            let now = self.clock.now();
            let days = days_left(expires, day(now));
            if let Some(warning) = due(days, said) {
                said = Some(warning);
                tracing::warn!(days_left = days, %expires, "{}: make a new one, and set api_token and token_expires", words(days));
            }
            let next = now.checked_add(LOOK_EVERY).unwrap_or(Timestamp::MAX);
            self.clock.wait_until(next).await;
        }
    }
}

fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The warning that is due so many days before the end, unless it was the last one said: the step that was reached, or the day itself from the last on.
fn due(days: i32, said: Option<i32>) -> Option<i32> {
    let reached = if days <= 0 {
        Some(days)
    } else {
        STEPS.into_iter().find(|step| days <= *step)
    };
    reached.filter(|reached| said.is_none_or(|said| *reached < said))
}

fn words(days: i32) -> String {
    match days {
        2.. => format!("the token expires in {days} days"),
        1 => "the token expires in 1 day".to_owned(),
        0 => "the token expires today, 0 days left".to_owned(),
        -1 => "the token expired 1 day ago".to_owned(),
        _ => format!("the token expired {} days ago", days.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_warned_of_once_and_each_day_from_the_last_on() {
        for (days, said, expected) in [
            (400, None, None),
            (31, None, None),
            (30, None, Some(30)),
            (29, Some(30), None),
            (15, Some(30), None),
            (14, Some(30), Some(14)),
            (14, Some(14), None),
            (8, Some(14), None),
            (7, Some(14), Some(7)),
            (2, Some(7), None),
            (1, Some(7), Some(1)),
            (1, Some(1), None),
            (0, Some(1), Some(0)),
            (0, Some(0), None),
            (-1, Some(0), Some(-1)),
            (-1, Some(-1), None),
            (-2, Some(-1), Some(-2)),
            // What stands at a start is said, whatever it is.
            (20, None, Some(30)),
            (3, None, Some(7)),
            (-100, None, Some(-100)),
            // Days that nobody looked at leave one warning, not several.
            (5, Some(30), Some(7)),
            (-3, Some(14), Some(-3)),
            // A clock that is set back makes nothing due again.
            (2, Some(-1), None),
            (25, Some(14), None),
            (31, Some(30), None),
        ] {
            assert_eq!(due(days, said), expected, "{days} days, said {said:?}");
        }
    }

    #[test]
    fn every_number_of_days_is_said_as_people_say_it() {
        for (days, expected) in [
            (7, "the token expires in 7 days"),
            (1, "the token expires in 1 day"),
            (0, "the token expires today, 0 days left"),
            (-1, "the token expired 1 day ago"),
            (-30, "the token expired 30 days ago"),
        ] {
            assert_eq!(words(days), expected);
        }
    }
}
