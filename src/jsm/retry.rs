//! Whether a call is tried again, and after how long: a pure decision.

use std::time::Duration;

use super::answer::Again;
use super::call::Repeat;

/// Tries of one call, the first included.
const MOST_TRIES: u32 = 4;
/// The pause after the first try when Atlassian names none; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How much jitter may add to a pause that Atlassian asked for.
const MOST_JITTER: Duration = Duration::from_millis(500);

/// How long to wait before the next try; `None`: give up. `jitter` is a random number from 0 to 1.
pub(super) fn pause(
    again: Again,
    repeat: Repeat,
    tries: u32,
    left: Option<Duration>,
    jitter: f64,
) -> Option<Duration> {
    let asked = match again {
        Again::Useless => return None,
        Again::Unsure(_) if repeat == Repeat::OnlyUndone => return None,
        Again::Odd(_) if repeat != Repeat::Question => return None,
        Again::Undone(asked) | Again::Unsure(asked) | Again::Odd(asked) => asked,
    };
    if tries >= MOST_TRIES {
        return None;
    }
    let pause = match asked {
        Some(asked) => lengthened(asked, jitter),
        None => (FIRST_PAUSE * 2u32.pow(tries - 1)).mul_f64(0.5 + jitter / 2.0),
    };
    left.filter(|left| pause < *left).map(|_| pause)
}

/// A wait that was asked for, and a little more, so that many callers do not come back at once.
pub(super) fn lengthened(asked: Duration, jitter: f64) -> Duration {
    asked.saturating_add(MOST_JITTER.mul_f64(jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ENOUGH: Option<Duration> = Some(Duration::from_secs(30));

    #[test]
    fn what_may_have_worked_is_repeated_only_where_twice_is_harmless() {
        let unsure = Again::Unsure(None);
        assert!(pause(unsure, Repeat::Harmless, 1, ENOUGH, 0.0).is_some());
        assert!(pause(unsure, Repeat::OnlyUndone, 1, ENOUGH, 0.0).is_none());
        assert!(pause(Again::Undone(None), Repeat::OnlyUndone, 1, ENOUGH, 0.0).is_some());
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_and_only_ever_lengthened() {
        let asked = Again::Undone(Some(SECOND));
        let pauses = [0.0, 0.5, 1.0]
            .map(|jitter| pause(asked, Repeat::Harmless, 1, ENOUGH, jitter).unwrap());
        assert_eq!(
            pauses,
            [SECOND, SECOND + MOST_JITTER / 2, SECOND + MOST_JITTER]
        );
    }

    #[test]
    fn pauses_of_our_own_are_shortened_by_up_to_half_so_that_nobody_comes_back_at_once() {
        let pauses = [0.0, 0.5, 1.0]
            .map(|jitter| pause(Again::Odd(None), Repeat::Question, 1, ENOUGH, jitter).unwrap());
        assert_eq!(pauses, [100, 150, 200].map(Duration::from_millis));
    }

    #[test]
    fn pauses_of_our_own_double() {
        let pauses: Vec<_> = (1..=4)
            .map(|tries| pause(Again::Undone(None), Repeat::Harmless, tries, ENOUGH, 1.0))
            .collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(pauses, [ms(200), ms(400), ms(800), None]);
    }

    #[test]
    fn a_wait_beyond_the_time_left_is_not_begun() {
        let hour = Again::Undone(Some(SECOND * 3600));
        assert_eq!(pause(hour, Repeat::Harmless, 1, ENOUGH, 0.0), None);
        assert_eq!(
            pause(Again::Undone(None), Repeat::Harmless, 1, None, 0.0),
            None
        );
    }

    #[test]
    fn an_absurd_wait_does_not_overflow() {
        let absurd = Again::Undone(Some(Duration::from_secs(u64::MAX)));
        assert_eq!(pause(absurd, Repeat::Harmless, 1, ENOUGH, 1.0), None);
    }
}
