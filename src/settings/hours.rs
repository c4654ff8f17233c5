//! Opening hours as they are written: `Mon-Fri 08:00-18:00 Europe/Berlin`, several parted by commas, the time zone once, at the end.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The days of the week as they are written, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const MINUTES_A_DAY: u16 = 24 * 60;

/// When people may come in. Clocks are those of one time zone, its summer time included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    spans: Vec<Span>,
    zone: TimeZone,
    text: String,
}

/// One stretch on some days of the week, in minutes after midnight. One that ends before it begins ends on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    days: [bool; 7],
    from: u16,
    to: u16,
}

/// A text that is no opening hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHours {
    /// Days or times are not as they must be.
    #[error(
        "must be days, times and a time zone, such as \"Mon-Fri 08:00-18:00, Sat 09:00-12:00 Europe/Berlin\"; {0:?} is not understood"
    )]
    Span(String),
    /// The last word names no time zone.
    #[error(
        "must end with a time zone such as Europe/Berlin or UTC; {0:?} is not one that is known"
    )]
    Zone(String),
}

impl Hours {
    /// Whether this moment is within them.
    #[must_use]
    pub fn hold(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.zone.clone());
        let today = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let minute =
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        self.spans.iter().any(|span| span.holds(today, minute))
    }
}

impl Span {
    fn holds(&self, today: usize, minute: u16) -> bool {
        let yesterday = (today + 6) % 7;
        if self.from < self.to {
            self.days[today] && (self.from..self.to).contains(&minute)
        } else {
            self.days[today] && minute >= self.from || self.days[yesterday] && minute < self.to
        }
    }
}

impl FromStr for Hours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, BadHours> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (spans, zone) = text
            .rsplit_once(' ')
            .ok_or_else(|| BadHours::Span(text.clone()))?;
        let spans: Result<_, _> = spans.split(',').map(|span| span.trim().parse()).collect();
        Ok(Self {
            spans: spans?,
            zone: TimeZone::get(zone).map_err(|_| BadHours::Zone(zone.to_owned()))?,
            text,
        })
    }
}

impl FromStr for Span {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, BadHours> {
        let bad = || BadHours::Span(text.to_owned());
        let (days_text, times) = text.split_once(' ').ok_or_else(bad)?;
        let (from, to) = times.split_once('-').ok_or_else(bad)?;
        let (from, to) = (minutes(from).ok_or_else(bad)?, minutes(to).ok_or_else(bad)?);
        let is_span = from != to && from < MINUTES_A_DAY && to > 0;
        let days = days(days_text).filter(|_| is_span).ok_or_else(bad)?;
        Ok(Self { days, from, to })
    }
}

/// `Mon`, `Mon-Fri` or `Sat-Mon`.
fn days(text: &str) -> Option<[bool; 7]> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let day = |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name));
    let (mut at, last) = (day(first)?, day(last)?);
    let mut days = [false; 7];
    days[at] = true;
    while at != last {
        at = (at + 1) % 7;
        days[at] = true;
    }
    Some(days)
}

/// `08:00` as minutes after midnight, up to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= MINUTES_A_DAY).then_some(all)
}

/// As they were written.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(hours: &str, at: &str) -> bool {
        let hours: Hours = hours.parse().unwrap_or_else(|error| panic!("{error}"));
        hours.hold(at.parse().unwrap())
    }

    #[test]
    fn they_hold_from_their_first_minute_to_before_their_last() {
        // 21 November 2026 is a Saturday; Berlin is an hour ahead of UTC then.
        let usual = "Mon-Fri 08:00-18:00, Sat 09:00-12:00 Europe/Berlin";
        for (at, expected) in [
            ("2026-11-20T06:59:59Z", false),
            ("2026-11-20T07:00:00Z", true),
            ("2026-11-20T16:59:59Z", true),
            ("2026-11-20T17:00:00Z", false),
            ("2026-11-21T07:30:00Z", false),
            ("2026-11-21T08:00:00Z", true),
            ("2026-11-21T11:00:00Z", false),
            ("2026-11-22T10:00:00Z", false),
        ] {
            assert_eq!(holds(usual, at), expected, "{at}");
        }
    }

    #[test]
    fn they_follow_the_clocks_of_their_zone() {
        let usual = "Mon-Fri 08:00-18:00 Europe/Berlin";
        // Summer time ended on 25 October 2026.
        assert!(holds(usual, "2026-10-23T06:00:00Z"));
        assert!(!holds(usual, "2026-10-26T06:00:00Z"));
        assert!(holds(
            "Fri 20:00-21:00 America/New_York",
            "2026-11-21T01:30:00Z"
        ));
    }

    #[test]
    fn a_stretch_past_midnight_belongs_to_the_day_on_which_it_begins() {
        let night = "Fri-Sat 22:00-06:00 UTC";
        for (at, expected) in [
            ("2026-11-20T05:00:00Z", false),
            ("2026-11-20T22:00:00Z", true),
            ("2026-11-21T05:59:00Z", true),
            ("2026-11-22T05:59:00Z", true),
            ("2026-11-22T22:00:00Z", false),
        ] {
            assert_eq!(holds(night, at), expected, "{at}");
        }
        assert!(holds("Sat-Mon 00:00-24:00 UTC", "2026-11-22T23:59:59Z"));
        assert!(!holds("Sat-Mon 00:00-24:00 UTC", "2026-11-24T00:00:00Z"));
    }

    #[test]
    fn what_is_no_hours_says_what_is_wrong() {
        for text in [
            "",
            "always",
            "Mon-Fri",
            "Mon-Fri 08:00-18:00",
            "08:00-18:00 UTC",
            "Mon 8-18 UTC",
            "Mon 08:00 UTC",
            "Mon 08:00-08:00 UTC",
            "Mon 24:00-08:00 UTC",
            "Mon 08:00-00:00 UTC",
            "Mon 08:60-09:00 UTC",
            "Mon 08:00-24:01 UTC",
            "Day 08:00-18:00 UTC",
            "Mon-Day 08:00-18:00 UTC",
            "Mon 08:00-18:00,, UTC",
            "Mon 08:00-18:00 Europe/Nowhere",
            "Mon +8:00-18:00 UTC",
        ] {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
        let zone = "Mon 08:00-18:00 Berlin".parse::<Hours>().unwrap_err();
        assert!(zone.to_string().contains("Europe/Berlin"), "{zone}");
        let spaced: Hours = "  mon-FRI  08:00-18:00   UTC ".parse().unwrap();
        assert_eq!(spaced.to_string(), "mon-FRI 08:00-18:00 UTC");
    }
}
