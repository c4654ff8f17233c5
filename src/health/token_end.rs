//! The days on which the Atlassian tokens end, `token_expires` and `customer_token_expires`: the log warns of them in time, and readiness in the last week.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::jsm::{Token, days_left};
use crate::settings::Settings;

/// So many days before the end the log warns, once each.
const STEPS: [i32; 4] = [1, 7, 14, 30];

/// From so many days before the end on, readiness is degraded.
const LAST_WEEK: i32 = 7;

/// How often the log is looked after. More often than daily, so that a day's warning comes early in the day.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// When the tokens end, as far as the settings say.
#[derive(Debug, Clone)]
pub struct TokenEnd {
    ends: Vec<(Token, Option<Date>)>,
    clock: Clock,
}

impl TokenEnd {
    /// What the settings say of the tokens that are set.
    #[must_use]
    pub fn of(settings: &Settings, clock: &Clock) -> Self {
        let mut ends = Vec::new();
        if let Some(atlassian) = &settings.atlassian {
            let second = atlassian.customer_token.as_ref();
            ends.push((Token::Service, atlassian.token_expires));
            ends.extend(second.map(|second| (Token::Customer, second.expires)));
        }
        Self {
            ends,
            clock: clock.clone(),
        }
    }

    /// Each token with the whole days until it ends, negative when it has; `None` when nobody has said when.
    #[must_use]
    pub fn days_left(&self) -> Vec<(Token, Option<i32>)> {
        let today = day(self.clock.now());
        let left =
            |&(token, end): &(Token, Option<Date>)| (token, end.map(|end| days_left(end, today)));
        self.ends.iter().map(left).collect()
    }

    /// What readiness says in the last week, and from then on.
    pub(super) fn troubles(&self) -> Vec<String> {
        let left = self.days_left().into_iter();
        left.filter_map(|(token, days)| Some((token, days.filter(|days| *days <= LAST_WEEK)?)))
            .map(|(token, days)| words(token, days))
            .collect()
    }

    /// Warns in the log, for as long as the server runs.
    pub async fn keep_watch(self) {
        let known = |(token, end): (Token, Option<Date>)| Some((token, end?, None));
        let mut known: Vec<(Token, Date, Option<i32>)> =
            self.ends.into_iter().filter_map(known).collect();
        while !known.is_empty() {
            let now = self.clock.now();
            for (token, end, said) in &mut known {
                let days = days_left(*end, day(now));
                if let Some(warning) = due(days, *said) {
                    *said = Some(warning);
                    warn(*token, *end, days);
                }
            }
            let next = now.checked_add(LOOK_EVERY).unwrap_or(Timestamp::MAX);
            self.clock.wait_until(next).await;
        }
    }
}

fn warn(token: Token, expires: Date, days: i32) {
    let keys = match token {
        Token::Service => "api_token and token_expires",
        Token::Customer => "customer_token and customer_token_expires",
    };
    let words = words(token, days);
    tracing::warn!(days_left = days, %expires, "{words}: make a new one, and set {keys}");
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

fn words(token: Token, days: i32) -> String {
    let name = match token {
        Token::Service => "the token",
        Token::Customer => "the customer token",
    };
    match days {
        2.. => format!("{name} expires in {days} days"),
        1 => format!("{name} expires in 1 day"),
        0 => format!("{name} expires today, 0 days left"),
        -1 => format!("{name} expired 1 day ago"),
        _ => format!("{name} expired {} days ago", days.unsigned_abs()),
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
            assert_eq!(words(Token::Service, days), expected);
        }
        assert_eq!(
            words(Token::Customer, 7),
            "the customer token expires in 7 days"
        );
    }
}
