//! Whom a pilot would have refused: read from the audit trail, person by person.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::admin::customers::Customers;
use crate::admission::person::PersonId;
use crate::audit::{Bounds, EventName, Filter, Found, Older, Record};
use crate::link::Link;
use crate::web::Refusal;
use crate::web::pages::for_people;

use super::rooms::{LinkRooms, names};

/// How far back is looked.
const DAYS: i64 = 30;

/// How many people are shown.
const MOST: usize = 100;

/// How far one look goes.
const BOUNDS: Bounds = Bounds {
    found: 2_000,
    looked_at: 100_000,
    within: Duration::from_secs(2),
};

/// What the trail says of a pilot.
pub(crate) struct Pilot {
    pub(crate) people: Vec<WouldRefuse>,
    /// Whether there are, or may be, more.
    pub(crate) is_cut: bool,
}

/// One person who would have been refused.
pub(crate) struct WouldRefuse {
    pub(crate) who: String,
    /// Whose page is about them; `None`: they were forgotten.
    pub(crate) person: Option<PersonId>,
    /// The reasons' names, newest first.
    pub(crate) reasons: Vec<String>,
    pub(crate) times: usize,
    /// When, the last time.
    pub(crate) last: String,
}

impl Pilot {
    pub(super) async fn of(link: &Link, rooms: LinkRooms<'_>) -> Result<Self, Refusal> {
        let filter = Filter {
            events: vec![EventName::WouldRefuse],
            links: names(link).map(ToString::to_string).collect(),
            from: Some(days_ago(rooms.clock.now())),
            ..Filter::default()
        };
        let found = rooms.trail.search(&filter, None, &BOUNDS).await;
        Ok(Self::grouped(found?, rooms.customers))
    }

    /// By person; whoever came last stands first, as the events do.
    fn grouped(found: Found, customers: &Customers) -> Self {
        let mut people: Vec<WouldRefuse> = Vec::new();
        let mut places = HashMap::new();
        for (_, record) in &found.records {
            let place = *places.entry(key(record)).or_insert(people.len());
            if place == people.len() {
                people.push(WouldRefuse::first(record, customers));
            }
            people[place].add(record);
        }
        let is_cut = people.len() > MOST || found.older != Older::None;
        people.truncate(MOST);
        Self { people, is_cut }
    }
}

impl WouldRefuse {
    fn first(record: &Record, customers: &Customers) -> Self {
        let email = record.email.clone();
        Self {
            person: customers.id_of(email.as_deref()),
            who: email.unwrap_or_else(|| "somebody who was forgotten".to_owned()),
            reasons: Vec::new(),
            times: 0,
            last: for_people(record.at),
        }
    }

    fn add(&mut self, record: &Record) {
        self.times += 1;
        if let Some(reason) = &record.reason
            && !self.reasons.contains(reason)
        {
            self.reasons.push(reason.clone());
        }
    }
}

/// Who it is.
fn key(record: &Record) -> (Option<&str>, Option<&str>, Option<&str>) {
    let Record {
        email,
        provider,
        subject,
        ..
    } = record;
    (email.as_deref(), provider.as_deref(), subject.as_deref())
}

fn days_ago(now: Timestamp) -> Timestamp {
    let days = SignedDuration::from_hours(24 * DAYS);
    now.saturating_sub(days).unwrap_or(Timestamp::MIN)
}
