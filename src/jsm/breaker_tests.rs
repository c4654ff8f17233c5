//! When the breaker opens, whom it lets through, and when it closes.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::{Breaker, FIRST_PAUSE, LONGEST_PAUSE, MOST_IN_A_ROW, Sign, Way, pause};

const SECOND: Duration = Duration::from_secs(1);

fn told(breaker: &Breaker, sign: Sign, now: Instant) {
    breaker.leave(Way::Closed, sign, now, 1.0);
}

fn open(now: Instant) -> Breaker {
    let breaker = Breaker::default();
    for _ in 0..MOST_IN_A_ROW {
        told(&breaker, Sign::Away, now);
    }
    breaker
}

#[test]
fn it_opens_after_several_failures_in_a_row_and_not_before() {
    let (breaker, now) = (Breaker::default(), Instant::now());
    for _ in 1..MOST_IN_A_ROW {
        told(&breaker, Sign::Away, now);
        assert_eq!(breaker.way(now), Ok(Way::Closed));
    }
    told(&breaker, Sign::There, now);
    for _ in 1..MOST_IN_A_ROW {
        told(&breaker, Sign::Away, now);
    }
    told(&breaker, Sign::Nothing, now);
    assert_eq!(
        breaker.way(now),
        Ok(Way::Closed),
        "an answer begins the row anew"
    );
    told(&breaker, Sign::Away, now);
    assert_eq!(breaker.way(now), Err(FIRST_PAUSE));
}

#[test]
fn one_call_at_a_time_is_let_through_after_the_pause() {
    let now = Instant::now();
    let (breaker, later) = (open(now), now + FIRST_PAUSE);
    assert!(breaker.way(later - SECOND / 100).is_err());
    assert_eq!(breaker.way(later), Ok(Way::Probe));
    assert!(breaker.way(later + LONGEST_PAUSE).is_err(), "one at a time");
}

#[test]
fn a_probe_that_is_answered_closes_it_and_one_that_fails_lengthens_the_pause() {
    let now = Instant::now();
    let (breaker, later) = (open(now), now + FIRST_PAUSE);
    assert_eq!(breaker.way(later), Ok(Way::Probe));
    breaker.leave(Way::Probe, Sign::Away, later, 1.0);
    assert_eq!(breaker.way(later), Err(FIRST_PAUSE * 2));
    let later = later + FIRST_PAUSE * 2;
    assert_eq!(breaker.way(later), Ok(Way::Probe));
    breaker.leave(Way::Probe, Sign::There, later, 1.0);
    assert_eq!(breaker.way(later), Ok(Way::Closed));
    told(&breaker, Sign::Away, later);
    assert_eq!(breaker.way(later), Ok(Way::Closed));
}

#[test]
fn a_probe_that_was_given_up_makes_room_for_the_next() {
    let now = Instant::now();
    let (breaker, later) = (open(now), now + FIRST_PAUSE);
    assert_eq!(breaker.way(later), Ok(Way::Probe));
    breaker.leave(Way::Probe, Sign::Nothing, later, 1.0);
    assert_eq!(breaker.way(later), Ok(Way::Probe));
}

#[test]
fn calls_that_were_under_way_neither_lengthen_the_pause_nor_are_in_the_way() {
    let now = Instant::now();
    let breaker = open(now);
    for _ in 0..100 {
        told(&breaker, Sign::Away, now + SECOND / 2);
    }
    assert_eq!(breaker.way(now + FIRST_PAUSE), Ok(Way::Probe));
    told(&breaker, Sign::There, now + FIRST_PAUSE);
    assert_eq!(
        breaker.way(now + FIRST_PAUSE),
        Ok(Way::Closed),
        "any answer closes it"
    );
}

#[test]
fn pauses_double_up_to_a_bound_and_are_jittered() {
    let at_most: Vec<_> = (0..7).map(|n| pause(n, 1.0).as_secs()).collect();
    assert_eq!(at_most, [1, 2, 4, 8, 16, 30, 30]);
    assert_eq!(pause(u32::MAX, 0.0), LONGEST_PAUSE / 2);
}

proptest! {
    #[test]
    fn however_calls_end_at_most_one_probe_is_under_way_and_the_site_is_found_again(
        ends in proptest::collection::vec((0_u8..3, 0_u64..20), 0..200),
    ) {
        let (breaker, mut now) = (Breaker::default(), Instant::now());
        let mut probing = false;
        for (end, seconds) in ends {
            now += SECOND * u32::try_from(seconds).unwrap();
            let sign = [Sign::There, Sign::Away, Sign::Nothing][usize::from(end)];
            match breaker.way(now) {
                Ok(Way::Probe) => {
                    prop_assert!(!probing);
                    probing = true;
                }
                Ok(way) => breaker.leave(way, sign, now, 0.5),
                Err(wait) => {
                    prop_assert!((FIRST_PAUSE..=LONGEST_PAUSE).contains(&wait));
                    if probing {
                        breaker.leave(Way::Probe, sign, now, 0.5);
                        probing = false;
                    }
                }
            }
        }
        if probing {
            breaker.leave(Way::Probe, Sign::Nothing, now, 0.5);
        }
        now += LONGEST_PAUSE;
        let way = breaker.way(now);
        prop_assert!(way.is_ok(), "{way:?}");
        breaker.leave(way.unwrap(), Sign::There, now, 0.5);
        prop_assert_eq!(breaker.way(now), Ok(Way::Closed));
    }
}
