//! The bucket arithmetic: which hour and day a moment belongs to, what is kept, and that nothing grows without end.

use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn event(event: EventName, at: &str) -> Outline {
    Outline {
        at: time(at),
        event,
        link: Some("help".to_owned()),
        reason: None,
        counted: Numbers::new(),
    }
}

fn refusal(reason: &str, at: &str) -> Outline {
    Outline {
        reason: Some(reason.to_owned()),
        ..event(EventName::Refused, at)
    }
}

/// What was counted of these events, one after the other, at this time.
fn counted(events: &[Outline], now: &str) -> Counts {
    let mut counts = Counts::default();
    for (place, event) in (1..).zip(events) {
        counts.count(place, Some(event), time(now));
    }
    counts
}

fn logins(slots: &[(Timestamp, Sum)]) -> Vec<u64> {
    slots.iter().map(|(_, sum)| sum.logins).collect()
}

#[test]
fn a_moment_belongs_to_the_hour_and_the_day_that_begin_with_it_or_before_it() {
    for (at, hour_begins, day_begins) in [
        (
            "2026-11-21T10:00:00Z",
            "2026-11-21T10:00:00Z",
            "2026-11-21T00:00:00Z",
        ),
        (
            "2026-11-21T10:59:59.999Z",
            "2026-11-21T10:00:00Z",
            "2026-11-21T00:00:00Z",
        ),
        (
            "2026-11-21T11:00:00Z",
            "2026-11-21T11:00:00Z",
            "2026-11-21T00:00:00Z",
        ),
        (
            "2026-11-21T23:59:59.999Z",
            "2026-11-21T23:00:00Z",
            "2026-11-21T00:00:00Z",
        ),
        (
            "2026-11-22T00:00:00Z",
            "2026-11-22T00:00:00Z",
            "2026-11-22T00:00:00Z",
        ),
        // The hour in which clocks are set back in Berlin is two hours of UTC.
        (
            "2026-10-25T00:30:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:00:00Z",
        ),
        (
            "2026-10-25T01:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T00:00:00Z",
        ),
        (
            "2028-02-29T23:00:00Z",
            "2028-02-29T23:00:00Z",
            "2028-02-29T00:00:00Z",
        ),
        (
            "1969-12-31T23:59:59.5Z",
            "1969-12-31T23:00:00Z",
            "1969-12-31T00:00:00Z",
        ),
    ] {
        let second = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(second(hour(time(at)) * HOUR), time(hour_begins), "{at}");
        assert_eq!(second(day(time(at)) * DAY), time(day_begins), "{at}");
    }
}

#[test]
fn the_last_slot_is_the_current_one_and_the_first_begins_so_many_before() {
    let now = "2026-11-21T10:20:00Z";
    let counts = Counts::default();
    let (hours, days) = (counts.hours(24, time(now)), counts.days(30, time(now)));
    let ends = |slots: &[(Timestamp, Sum)]| (slots.len(), slots[0].0, slots[slots.len() - 1].0);
    assert_eq!(
        ends(&hours),
        (
            24,
            time("2026-11-20T11:00:00Z"),
            time("2026-11-21T10:00:00Z")
        )
    );
    assert_eq!(
        ends(&days),
        (
            30,
            time("2026-10-23T00:00:00Z"),
            time("2026-11-21T00:00:00Z")
        )
    );
}

#[test]
fn each_event_is_in_its_hour_and_old_ones_are_in_none() {
    let login = |at| event(EventName::SignedIn, at);
    let counts = counted(
        &[
            login("2026-11-20T10:59:59Z"),
            login("2026-11-20T11:00:00Z"),
            login("2026-11-21T09:59:59Z"),
            login("2026-11-21T10:00:00Z"),
            login("2026-11-21T10:20:00Z"),
        ],
        "2026-11-21T10:20:00Z",
    );
    let now = time("2026-11-21T10:20:00Z");
    let mut expected = vec![0; 24];
    (expected[0], expected[22], expected[23]) = (1, 1, 2);
    assert_eq!(logins(&counts.hours(24, now)), expected);
    assert_eq!(logins(&counts.days(2, now)), [2, 3]);
    let later = time("2026-11-21T11:00:00Z");
    assert_eq!(logins(&counts.hours(3, later)), [1, 2, 0], "an hour later");
}

#[test]
fn a_record_that_tells_how_many_were_refused_counts_as_so_many() {
    let now = "2026-11-21T10:20:00Z";
    let numbers = [
        ("too_many_requests", 512),
        ("blocked", 2),
        ("unheard_of", 1),
    ];
    let told = Outline {
        counted: numbers
            .map(|(name, number)| (name.to_owned(), number))
            .into(),
        ..event(EventName::Refused, now)
    };
    let counts = counted(&[refusal("blocked", now), told], now);
    let hour = &counts.hours(1, time(now))[0].1;
    assert_eq!(hour.refused(), 516);
    assert_eq!(hour.refusals["too_many_requests"], 512);
    assert_eq!((hour.refusals["blocked"], hour.refusals[OTHER]), (3, 1));
    assert_eq!(counts.refusals, [1], "it is no refusal of somebody");
}

#[test]
fn only_so_many_hours_and_days_are_kept() {
    let mut counts = Counts::default();
    let first = time("2026-01-01T00:30:00Z");
    for hour in 0..24 * 100 {
        let at = first + jiff::SignedDuration::from_hours(hour);
        let login = Outline {
            at,
            ..event(EventName::SignedIn, "2026-01-01T00:00:00Z")
        };
        counts.count(1, Some(&login), at);
    }
    assert_eq!((counts.hours.len(), counts.days.len()), (24, 30));
}

#[test]
fn a_clock_that_ran_ahead_leaves_no_hours_of_the_future() {
    let now = "2026-11-21T10:20:00Z";
    let counts = counted(&[event(EventName::SignedIn, "2999-01-01T00:00:00Z")], now);
    assert_eq!(logins(&counts.hours(1, time(now))), [1]);
    assert_eq!(counts.hours.len(), 1);
}

#[test]
fn what_counts_as_what() {
    let now = "2026-11-21T10:20:00Z";
    let mut account = refusal("atlassian_account", now);
    account.event = EventName::AtlassianAccountFound;
    let mut saml = refusal("saml_request_invalid", now);
    saml.event = EventName::SamlRefused;
    let mut pilot = refusal("group_required", now);
    pilot.event = EventName::WouldRefuse;
    let counts = counted(
        &[
            event(EventName::SignedIn, now),
            event(EventName::HandedOver, now),
            event(EventName::HandOverUnanswered, now),
            event(EventName::SignedOut, now),
            event(EventName::SamlRefused, now),
            refusal("group_required", now),
            refusal("group_required", now),
            refusal("a reason of another version", now),
            account,
            saml,
            pilot,
        ],
        now,
    );
    let (_, sum) = counts.hours(1, time(now)).remove(0);
    let expected = [
        ("atlassian_account", 1),
        ("group_required", 2),
        ("other", 1),
        ("saml_request_invalid", 1),
    ];
    let refusals: Vec<_> = sum
        .refusals
        .iter()
        .map(|(name, &n)| (name.as_str(), n))
        .collect();
    assert_eq!(refusals, expected);
    assert_eq!(
        (sum.logins, sum.refused(), sum.handed_over, sum.unanswered),
        (1, 5, 1, 1)
    );
    assert_eq!(counts.refusals, [6, 7, 8, 9, 10]);
    assert_eq!(counts.unanswered, [3]);
}

#[test]
fn a_link_is_counted_for_seven_days_and_its_last_use_stays() {
    let passed = |at| event(EventName::HandedOver, at);
    let counts = counted(
        &[
            passed("2026-11-14T23:59:59Z"),
            passed("2026-11-15T00:00:00Z"),
            refusal("group_required", "2026-11-16T12:00:00Z"),
            passed("2026-11-21T10:00:00Z"),
            event(EventName::SignedIn, "2026-11-21T10:00:00Z"),
        ],
        "2026-11-21T10:20:00Z",
    );
    let at = |slug, now| counts.link(slug, time(now));
    let last_used = Some(time("2026-11-21T10:00:00Z"));
    let figures = |logins_7d, refusals_7d| LinkFigures {
        logins_7d,
        refusals_7d,
        last_used,
    };
    assert_eq!(at("help", "2026-11-21T10:20:00Z"), figures(2, 1));
    assert_eq!(at("help", "2026-11-22T00:00:00Z"), figures(1, 1));
    assert_eq!(at("help", "2027-06-01T00:00:00Z"), figures(0, 0));
    assert_eq!(at("other", "2026-11-21T10:20:00Z"), LinkFigures::default());
}

#[test]
fn the_quietest_link_makes_room_when_there_are_too_many() {
    let mut events = Vec::new();
    for link in 0..MOST_LINKS {
        let at = if link == 7 {
            "2026-11-01T00:00:00Z"
        } else {
            "2026-11-20T00:00:00Z"
        };
        events.push(Outline {
            link: Some(format!("l{link}")),
            ..event(EventName::HandedOver, at)
        });
    }
    events.push(event(EventName::HandedOver, "2026-11-21T00:00:00Z"));
    let counts = counted(&events, "2026-11-21T00:00:00Z");
    assert_eq!(counts.links.len(), MOST_LINKS);
    assert!(!counts.links.contains_key("l7") && counts.links.contains_key("help"));
}

#[test]
fn the_most_that_can_be_counted_fits_into_the_store() {
    let now = time("2026-11-21T10:20:00Z");
    let mut counts = Counts::default();
    for hours_ago in (0..24 * 30).rev() {
        for reason in Reason::ALL {
            let at = now - jiff::SignedDuration::from_hours(hours_ago);
            let refusal = Outline {
                at,
                ..refusal(reason.name(), "2026-11-21T10:00:00Z")
            };
            counts.count(u64::MAX, Some(&refusal), now);
        }
    }
    for link in 0..=MOST_LINKS {
        for days_ago in (0..9).rev() {
            let passed = Outline {
                at: now - jiff::SignedDuration::from_hours(24 * days_ago),
                link: Some(format!("{link:0>60}")),
                ..event(EventName::HandedOver, "2026-11-21T10:00:00Z")
            };
            counts.count(u64::MAX, Some(&passed), now);
        }
    }
    let size = serde_json::to_vec(&counts).unwrap().len();
    assert!(size < 700_000, "{size} bytes; the store takes a mebibyte");
}
