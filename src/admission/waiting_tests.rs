//! The line keeps its order and its pace, whoever comes back when.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::{BETWEEN, KEPT, MOST_PLACES, NEAR, Place, Turn, WaitingLine};

const SECOND: Duration = Duration::from_secs(1);

fn line() -> (WaitingLine, Instant) {
    (WaitingLine::new(SECOND), Instant::now())
}

fn later(ms: u64, ahead: u32) -> Turn {
    Turn::Later(Place {
        wait: Duration::from_millis(ms),
        ahead: Some(ahead),
    })
}

#[test]
fn whose_turn_is_near_waits_and_all_others_are_told_their_place() {
    let (line, now) = line();
    assert_eq!(line.take("a", now), Turn::Soon(Duration::ZERO));
    assert_eq!(line.take("b", now), Turn::Soon(SECOND));
    assert_eq!(line.take("c", now), Turn::Soon(SECOND * 2));
    assert_eq!(line.take("d", now), later(3_000, 2));
    assert_eq!(line.take("e", now), later(4_125, 3));
}

#[test]
fn a_first_visit_in_a_quiet_hour_waits_for_nothing() {
    let (line, now) = (WaitingLine::default(), Instant::now());
    for second in 0..60 {
        let now = now + SECOND * second;
        for n in 0..30_u32 {
            let now = now + SECOND / 30 * n;
            let turn = line.take(&format!("{second} {n}"), now);
            assert_eq!(turn, Turn::Soon(Duration::ZERO), "{second} {n}");
        }
    }
}

#[test]
fn who_comes_back_too_early_keeps_the_place() {
    let (line, now) = line();
    for person in ["a", "b", "c", "d", "e"] {
        line.take(person, now);
    }
    assert_eq!(line.take("e", now + SECOND), later(3_125, 2));
    assert_eq!(line.take("d", now + SECOND), later(2_000, 1));
    assert_eq!(
        line.take("f", now + SECOND),
        later(4_250, 3),
        "behind both, however often they ask"
    );
    let turn = line.take("d", now + SECOND * 3);
    assert_eq!(turn, Turn::Soon(Duration::ZERO));
}

#[test]
fn who_comes_back_too_late_has_no_place_any_more() {
    let (line, now) = line();
    for person in ["a", "b", "c", "d", "e"] {
        line.take(person, now);
    }
    let just = now + SECOND * 3 + KEPT;
    assert_eq!(line.take("d", just), Turn::Soon(Duration::ZERO));
    let after = now + SECOND * 4 + KEPT + SECOND;
    for n in 0..4 {
        line.take(&format!("new {n}"), after);
    }
    assert!(matches!(line.take("e", after), Turn::Later(_)), "anew");
}

#[test]
fn nobody_overtakes_those_who_stand_in_line() {
    let (line, now) = line();
    for person in ["a", "b", "c", "d"] {
        line.take(person, now);
    }
    let soon = now + SECOND * 2;
    assert_eq!(line.take("new", soon), later(2_125, 1), "d begins before");
    assert_eq!(line.take("d", now + SECOND * 3), Turn::Soon(Duration::ZERO));
}

#[test]
fn a_full_line_sends_people_away_for_as_long_as_it_is() {
    let (line, now) = (WaitingLine::default(), Instant::now());
    let before_it = usize::try_from(NEAR.as_nanos() / BETWEEN.as_nanos()).unwrap() + 1;
    for n in 0..before_it + MOST_PLACES {
        line.take(&n.to_string(), now);
    }
    for person in ["one", "one", "another"] {
        let Turn::Later(place) = line.take(person, now) else {
            panic!("{person} overtakes")
        };
        assert_eq!(place.ahead, None);
        assert!(place.wait > SECOND * 440, "{place:?}");
    }
    assert_eq!(line.state.lock().unwrap().turns.len(), MOST_PLACES);
}

#[test]
fn a_line_that_nobody_comes_back_to_is_forgotten() {
    let (line, now) = (WaitingLine::default(), Instant::now());
    for n in 0..10_000 {
        line.take(&n.to_string(), now);
    }
    line.take("later", now + SECOND * 600);
    let state = line.state.lock().unwrap();
    assert_eq!((state.turns.len(), state.by_time.len()), (0, 0));
}

/// Lets people come at these times; each comes back when told, the first time this much later than that: who is always too late loses every turn. Who began
/// when, in the order in which they first came.
fn begun(line: &WaitingLine, arrivals: &[u64], late: &[u64]) -> Vec<Instant> {
    let begin = Instant::now();
    let mut events: BTreeSet<(Instant, usize)> = BTreeSet::new();
    let mut at = begin;
    for (n, after) in arrivals.iter().enumerate() {
        at += Duration::from_millis(*after);
        events.insert((at, n));
    }
    let mut starts = vec![None; arrivals.len()];
    let mut came_back = vec![false; arrivals.len()];
    while let Some((now, n)) = events.pop_first() {
        match line.take(&n.to_string(), now) {
            Turn::Soon(wait) => starts[n] = Some(now + wait),
            Turn::Later(place) => {
                let is_late = !std::mem::replace(&mut came_back[n], true);
                let late = late.get(n % late.len().max(1)).filter(|_| is_late);
                let late = Duration::from_millis(late.copied().unwrap_or(0));
                let back = now + place.wait + late;
                events.insert((back, n));
            }
        }
    }
    starts.into_iter().flatten().collect()
}

/// The most that began within any second.
fn most_in_a_second(starts: &[Instant]) -> usize {
    let mut starts = starts.to_vec();
    starts.sort_unstable();
    let within = |n: usize| {
        starts[n..]
            .iter()
            .take_while(|one| **one < starts[n] + SECOND)
            .count()
    };
    (0..starts.len()).map(within).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn all_who_come_back_when_told_begin_in_order(
        arrivals in proptest::collection::vec(0_u64..400, 1..200),
        between in 50_u64..1_000,
    ) {
        let line = WaitingLine::new(Duration::from_millis(between));
        let starts = begun(&line, &arrivals, &[0]);
        prop_assert_eq!(starts.len(), arrivals.len(), "everybody has a turn");
        prop_assert!(starts.is_sorted(), "{starts:?}");
    }

    #[test]
    fn never_more_begin_in_any_second_than_may_whoever_is_late(
        arrivals in proptest::collection::vec(0_u64..400, 1..200),
        late in proptest::collection::vec(0_u64..200_000, 1..20),
        a_second in 1_u32..60,
    ) {
        let between = Duration::from_nanos(1_000_000_000_u64.div_ceil(u64::from(a_second)));
        let line = WaitingLine::new(between);
        let starts = begun(&line, &arrivals, &late);
        prop_assert_eq!(starts.len(), arrivals.len(), "everybody has a turn");
        prop_assert!(most_in_a_second(&starts) <= usize::try_from(a_second).unwrap());
    }
}
