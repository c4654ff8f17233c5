//! Searches: by every field, page by page, within their bounds, and while the trail grows and shrinks.

use super::*;
use crate::audit::keep::drop_old;
use crate::audit::{Event, EventName, Trail};
use crate::clock::Clock;

const DAY: Duration = Duration::from_hours(24);

const GENEROUS: Bounds = Bounds {
    found: 100,
    looked_at: 1_000_000,
    within: Duration::from_mins(10),
};

struct House {
    folder: tempfile::TempDir,
    vault: Vault,
    trail: Trail,
    clock: Clock,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let vault = Vault::in_folder(folder.path(), &clock).await;
    let trail = Trail::new(vault.clone(), clock.clone());
    House {
        folder,
        vault,
        trail,
        clock,
    }
}

impl House {
    async fn records(&self, count: usize, name: EventName) {
        for n in 0..count {
            let event = Event::new(name).link(&n.to_string());
            self.trail.record_soon(event).await.unwrap();
        }
        self.trail.flush().await.unwrap();
    }

    async fn find(&self, filter: &Filter, before: Option<u64>, bounds: &Bounds) -> Found {
        self.trail.search(filter, before, bounds).await.unwrap()
    }

    async fn links(&self, filter: &Filter) -> Vec<String> {
        let mut links = links(&self.find(filter, None, &GENEROUS).await);
        links.reverse();
        let (mut matching, mut forward) = (self.trail.matching(filter.clone()), Vec::new());
        while let Some(records) = matching.next().await.unwrap() {
            forward.extend(records.into_iter().filter_map(|record| record.link));
        }
        assert_eq!(forward, links, "both ways find the same");
        links
    }
}

fn links(found: &Found) -> Vec<String> {
    let links = found.records.iter().map(|(_, record)| record.link.clone());
    links.map(Option::unwrap_or_default).collect()
}

fn event(name: EventName, link: &str) -> Event {
    Event::new(name).link(link)
}

#[tokio::test]
async fn every_field_finds_what_it_should_and_nothing_else() {
    let house = house().await;
    for event in [
        event(EventName::SignedIn, "a")
            .email("ada@acme.example")
            .customer("qm:1"),
        event(EventName::Refused, "b").email("bob@acme.example"),
        event(EventName::Blocked, "c").actor("Ada@acme.example"),
        event(EventName::HandedOver, "d").customer("qm:12"),
        Event::new(EventName::KeyRotated),
    ] {
        house.trail.record(event).await.unwrap();
    }
    let by_person = |text: &str| Filter {
        person: Some(text.to_owned()),
        ..Filter::default()
    };
    let by_event = |events: &[EventName]| Filter {
        events: events.to_vec(),
        ..Filter::default()
    };
    let by_link = |links: &[&str]| Filter {
        links: links.iter().map(|&link| link.to_owned()).collect(),
        ..Filter::default()
    };
    for (filter, expected) in [
        (by_person("ada@acme.example"), vec!["a", "c"]),
        (by_person(" ADA@ "), vec!["a", "c"]),
        (by_person("acme"), vec!["a", "b", "c"]),
        (by_person("qm:1"), vec!["a"]),
        (by_person("nobody"), vec![]),
        (
            by_event(&[EventName::Refused, EventName::Blocked]),
            vec!["b", "c"],
        ),
        (by_link(&["d", "a"]), vec!["a", "d"]),
        (by_link(&["z"]), vec![]),
        (
            Filter {
                events: vec![EventName::Blocked],
                ..by_person("ada")
            },
            vec!["c"],
        ),
    ] {
        assert_eq!(house.links(&filter).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_while_new_events_come() {
    let house = house().await;
    house.records(1_203, EventName::HandedOver).await;
    let bounds = Bounds {
        found: 100,
        ..GENEROUS
    };
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let found = house.find(&Filter::default(), before, &bounds).await;
        all.extend(links(&found));
        house.records(3, EventName::Refused).await;
        match found.older {
            Older::Before(position) => before = Some(position),
            Older::None => break,
            Older::Unknown(..) => panic!("it had all the time"),
        }
    }
    let expected: Vec<String> = (0..1_203).rev().map(|n| n.to_string()).collect();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn as_many_as_were_asked_for_are_a_page_without_another() {
    let house = house().await;
    house.records(3, EventName::HandedOver).await;
    let bounds = Bounds {
        found: 3,
        ..GENEROUS
    };
    let found = house.find(&Filter::default(), None, &bounds).await;
    assert_eq!((found.records.len(), found.older), (3, Older::None));
}

#[tokio::test]
async fn a_search_that_may_not_go_on_says_where_it_stopped() {
    let house = house().await;
    house.records(1, EventName::Blocked).await;
    house.records(2 * PAGE, EventName::HandedOver).await;
    let filter = Filter {
        events: vec![EventName::Blocked],
        ..Filter::default()
    };
    let few = Bounds {
        looked_at: 1,
        ..GENEROUS
    };
    let no_time = Bounds {
        within: Duration::ZERO,
        ..GENEROUS
    };
    for bounds in [few, no_time] {
        let (mut before, mut stops) = (None, 0);
        let found = loop {
            let found = house.find(&filter, before, &bounds).await;
            let Older::Unknown(position, at) = found.older else {
                break found;
            };
            assert!(at.is_some() && found.records.is_empty());
            (before, stops) = (Some(position), stops + 1);
        };
        assert_eq!((links(&found), stops), (vec!["0".to_owned()], 2));
    }
}

#[tokio::test]
async fn a_time_is_found_without_reading_everything() {
    let house = house().await;
    let mut noon = Vec::new();
    for day in 0..6 {
        noon.push(house.clock.now());
        house.records(PAGE, EventName::HandedOver).await;
        let link = format!("day-{day}");
        let event = event(EventName::Blocked, &link);
        house.trail.record(event).await.unwrap();
        house.clock.advance(DAY);
    }
    let filter = Filter {
        events: vec![EventName::Blocked],
        from: Some(noon[1]),
        to: Some(noon[3] - 2 * SLACK),
        ..Filter::default()
    };
    assert_eq!(house.links(&filter).await, ["day-1", "day-2"]);
    let few = Bounds {
        looked_at: PAGE as u64,
        ..GENEROUS
    };
    let first = house.find(&filter, None, &few).await;
    assert_eq!(links(&first), ["day-2"], "what is newer is skipped");
    let early = Filter {
        to: Some(noon[0] - DAY),
        ..Filter::default()
    };
    assert!(house.links(&early).await.is_empty());
}

#[tokio::test]
async fn what_was_dropped_is_not_missed() {
    let house = house().await;
    house.records(PAGE + 7, EventName::HandedOver).await;
    house.clock.advance(10 * DAY);
    house.records(1, EventName::Blocked).await;
    let found = house.find(&Filter::default(), None, &GENEROUS).await;
    let Older::Before(position) = found.older else {
        panic!("{found:?}")
    };
    drop_old(&house.vault, house.clock.now(), DAY)
        .await
        .unwrap();
    let found = house
        .find(&Filter::default(), Some(position), &GENEROUS)
        .await;
    assert_eq!((links(&found), found.older), (vec![], Older::None));
    let everything = Filter {
        from: Some(Timestamp::UNIX_EPOCH),
        to: Some(house.clock.now()),
        ..Filter::default()
    };
    assert_eq!(house.links(&everything).await, ["0"]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_counted_and_passed_over() {
    let house = house().await;
    house.records(3, EventName::HandedOver).await;
    let raw = rusqlite::Connection::open(house.folder.path().join("store.sqlite")).unwrap();
    raw.execute("UPDATE log SET value = x'00' WHERE position = 2", [])
        .unwrap();
    let found = house.find(&Filter::default(), None, &GENEROUS).await;
    assert_eq!(
        (links(&found), found.unreadable),
        (vec!["2".to_owned(), "0".to_owned()], 1)
    );
    let mut matching = house.trail.matching(Filter::default());
    assert_eq!(matching.next().await.unwrap().unwrap().len(), 2);
    assert_eq!(
        (matching.next().await, matching.unreadable()),
        (Ok(None), 1)
    );
}

#[tokio::test]
async fn an_export_ends_with_what_was_there_when_it_began() {
    let house = house().await;
    house.records(PAGE + 2, EventName::HandedOver).await;
    let mut matching = house.trail.matching(Filter::default());
    assert_eq!(matching.next().await.unwrap().unwrap().len(), PAGE);
    house.records(5, EventName::Blocked).await;
    assert_eq!(matching.next().await.unwrap().unwrap().len(), 2);
    assert_eq!(matching.next().await, Ok(None));
}
