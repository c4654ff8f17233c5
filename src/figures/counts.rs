//! What is counted, by hour and by day of UTC: the arithmetic alone, with the time as an argument.
//!
//! It is bounded whatever the trail holds: by the hours and days that are kept, by the reasons that there are, and by [`MOST_LINKS`].

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::{EventName, Numbers, Outline};
use crate::web::Reason;

/// Hours that are kept, the current one included.
pub(super) const HOURS: i64 = 24;

/// Days that are kept, the current one included.
pub(super) const DAYS: i64 = 30;

/// Days that are kept of a link, the current one included.
const DAYS_OF_LINK: i64 = 7;

/// Links that are counted one by one; whichever was quiet for longest makes room for another.
const MOST_LINKS: usize = 2_000;

/// How many of the newest events of a kind are remembered, by their places in the trail.
const NEWEST: usize = 10;

/// What a reason counts as that this program does not know.
const OTHER: &str = "other";

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// What happened in an hour or a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Logins that ended well.
    pub logins: u64,
    /// Refusals, by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Customers who were sent to the portal.
    pub handed_over: u64,
    /// Those of them whom Atlassian never asked for.
    pub unanswered: u64,
}

/// What happened at one link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkFigures {
    /// How often somebody was let through in seven days: today, in UTC, and the six before.
    pub logins_7d: u64,
    /// How often somebody was refused in the same time.
    pub refusals_7d: u64,
    /// When somebody was let through last.
    pub last_used: Option<Timestamp>,
}

/// All that was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// The place of the last record that was counted.
    pub(super) place: u64,
    /// By the number of the hour since 1970.
    hours: BTreeMap<i64, Sum>,
    /// By the number of the day since 1970.
    days: BTreeMap<i64, Sum>,
    links: BTreeMap<String, OfLink>,
    /// Where the newest refusals stand, oldest first.
    pub(super) refusals: VecDeque<u64>,
    /// Where the newest hand-overs without an answer stand, oldest first.
    pub(super) unanswered: VecDeque<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OfLink {
    last_used: Option<Timestamp>,
    /// Let through, and refused, by the number of the day.
    days: BTreeMap<i64, (u64, u64)>,
}

/// What an event adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Login,
    Refusal(&'static str),
    HandOver,
    Unanswered,
}

impl Sum {
    /// All refusals.
    #[must_use]
    pub fn refused(&self) -> u64 {
        let all = self.refusals.values();
        all.fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Takes another hour or day in.
    pub fn add(&mut self, other: &Self) {
        self.logins += other.logins;
        self.handed_over += other.handed_over;
        self.unanswered += other.unanswered;
        for (reason, count) in &other.refusals {
            let refused = self.refusals.entry(reason.clone()).or_default();
            *refused = refused.saturating_add(*count);
        }
    }

    fn count_refusals(&mut self, counted: &Numbers) {
        for (reason, number) in counted {
            let refused = self.refusals.entry(known(reason).to_owned()).or_default();
            *refused = refused.saturating_add(*number);
        }
    }

    fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Login => self.logins += 1,
            Kind::Refusal(reason) => *self.refusals.entry(reason.to_owned()).or_default() += 1,
            Kind::HandOver => self.handed_over += 1,
            Kind::Unanswered => self.unanswered += 1,
        }
    }
}

impl Kind {
    /// Not everything is counted. A SAML request without a reason was answered by the book: nobody was signed in, and none was to be asked.
    fn of(event: &Outline) -> Option<Self> {
        let reason = event.reason.as_deref();
        match event.event {
            EventName::SignedIn => Some(Self::Login),
            EventName::Refused | EventName::AtlassianAccountFound => {
                Some(Self::Refusal(known(reason.unwrap_or(OTHER))))
            }
            EventName::SamlRefused => reason.map(|reason| Self::Refusal(known(reason))),
            EventName::HandedOver => Some(Self::HandOver),
            EventName::HandOverUnanswered => Some(Self::Unanswered),
            _ => None,
        }
    }
}

impl Counts {
    /// Counts the record at a place, if it can be read.
    pub(super) fn count(&mut self, place: u64, event: Option<&Outline>, now: Timestamp) {
        self.place = place;
        let Some(event) = event else { return };
        // A clock that ran ahead of ours must not leave hours of the future behind.
        let at = event.at.min(now);
        if !event.counted.is_empty() {
            self.count_into(at, now, |sum| sum.count_refusals(&event.counted));
            return;
        }
        let Some(kind) = Kind::of(event) else { return };
        self.count_into(at, now, |sum| sum.count(kind));
        match kind {
            Kind::Refusal(_) => remember(&mut self.refusals, place),
            Kind::Unanswered => remember(&mut self.unanswered, place),
            Kind::Login | Kind::HandOver => {}
        }
        if let Some(link) = &event.link {
            self.count_link(link, kind, at, now);
        }
    }

    /// Counts something in its hour and in its day.
    fn count_into(&mut self, at: Timestamp, now: Timestamp, count: impl Fn(&mut Sum)) {
        count(self.hours.entry(hour(at)).or_default());
        count(self.days.entry(day(at)).or_default());
        keep_newest(&mut self.hours, hour(now) - HOURS);
        keep_newest(&mut self.days, day(now) - DAYS);
    }

    fn count_link(&mut self, link: &str, kind: Kind, at: Timestamp, now: Timestamp) {
        let added = match kind {
            Kind::HandOver => (1, 0),
            Kind::Refusal(_) => (0, 1),
            Kind::Login | Kind::Unanswered => return,
        };
        if !self.links.contains_key(link) && self.links.len() >= MOST_LINKS {
            self.drop_the_quietest();
        }
        let of_link = self.links.entry(link.to_owned()).or_default();
        let counted = of_link.days.entry(day(at)).or_default();
        *counted = (counted.0 + added.0, counted.1 + added.1);
        keep_newest(&mut of_link.days, day(now) - DAYS_OF_LINK);
        if kind == Kind::HandOver {
            of_link.last_used = of_link.last_used.max(Some(at));
        }
    }

    fn drop_the_quietest(&mut self) {
        let quietest = self
            .links
            .iter()
            .min_by_key(|(_, of_link)| of_link.last_day())
            .map(|(link, _)| link.clone());
        if let Some(link) = quietest {
            self.links.remove(&link);
        }
    }

    /// The hours up to the current one, oldest first, each with its beginning.
    pub(super) fn hours(&self, count: i64, now: Timestamp) -> Vec<(Timestamp, Sum)> {
        newest(&self.hours, hour(now), count.min(HOURS), HOUR)
    }

    /// The days up to the current one, oldest first, each with its beginning.
    pub(super) fn days(&self, count: i64, now: Timestamp) -> Vec<(Timestamp, Sum)> {
        newest(&self.days, day(now), count.min(DAYS), DAY)
    }

    /// What happened at a link.
    pub(super) fn link(&self, slug: &str, now: Timestamp) -> LinkFigures {
        let Some(of_link) = self.links.get(slug) else {
            return LinkFigures::default();
        };
        let week = day(now) - DAYS_OF_LINK + 1..=day(now);
        let mut figures = LinkFigures {
            last_used: of_link.last_used,
            ..LinkFigures::default()
        };
        for (_, (logins, refusals)) in of_link.days.range(week) {
            figures.logins_7d += logins;
            figures.refusals_7d += refusals;
        }
        figures
    }
}

impl OfLink {
    /// The last day on which anything happened.
    fn last_day(&self) -> Option<i64> {
        let counted = self.days.keys().next_back().copied();
        counted.max(self.last_used.map(day))
    }
}

impl LinkFigures {
    /// Together with those of a former name of the link.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            logins_7d: self.logins_7d + other.logins_7d,
            refusals_7d: self.refusals_7d + other.refusals_7d,
            last_used: self.last_used.max(other.last_used),
        }
    }
}

/// The hour of UTC that a time belongs to; its first moment is its own.
fn hour(at: Timestamp) -> i64 {
    seconds(at).div_euclid(HOUR)
}

/// The day of UTC that a time belongs to.
fn day(at: Timestamp) -> i64 {
    seconds(at).div_euclid(DAY)
}

/// Whole seconds since 1970, also before it rounded down: jiff rounds towards zero.
fn seconds(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(1_000)
}

/// Drops everything up to and with this number.
fn keep_newest<T>(slots: &mut BTreeMap<i64, T>, through: i64) {
    while slots
        .first_key_value()
        .is_some_and(|(number, _)| *number <= through)
    {
        slots.pop_first();
    }
}

fn remember(places: &mut VecDeque<u64>, place: u64) {
    if places.len() >= NEWEST {
        places.pop_front();
    }
    places.push_back(place);
}

fn newest(slots: &BTreeMap<i64, Sum>, last: i64, count: i64, length: i64) -> Vec<(Timestamp, Sum)> {
    let beginning = |number: i64| {
        let second = number.saturating_mul(length);
        Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
    };
    (last - count + 1..=last)
        .map(|number| {
            (
                beginning(number),
                slots.get(&number).cloned().unwrap_or_default(),
            )
        })
        .collect()
}

/// The reason, if it is one of ours: what the trail holds may come from another version.
fn known(reason: &str) -> &'static str {
    let mut all = Reason::ALL.iter().map(|reason| reason.name());
    all.find(|name| *name == reason).unwrap_or(OTHER)
}

#[cfg(test)]
#[path = "counts_tests.rs"]
mod tests;
