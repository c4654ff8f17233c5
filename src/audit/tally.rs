//! Refusals that have no record of their own, since anyone could cause them without end: they are counted by reason, and one record a minute tells how many
//! there were. So what strangers make the trail write stays little, and what is counted of it stays true.
//!
//! The record is a `refused` without a person, a link and a reason; its `changes` hold `{"counted": {"<reason>": <how many>}}`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::store::StoreError;

use super::event::{Event, EventName};
use super::trail::Trail;

/// How often it is told.
const TELL_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Under which name the numbers stand in a record.
const COUNTED: &str = "counted";

/// More than there are reasons: whatever should come beyond is not told apart.
const MOST_REASONS: usize = 64;

/// What a reason beyond counts as.
const OTHER: &str = "other";

/// How many, by the names of their reasons.
pub type Numbers = BTreeMap<String, u64>;

/// What was refused since it was told last, by one process.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Numbers>);

impl Tally {
    pub(super) fn count(&self, reason: &str) {
        self.add(reason, 1);
    }

    fn add(&self, reason: &str, number: u64) {
        let mut numbers = self.numbers();
        let is_known = numbers.contains_key(reason);
        let reason = if is_known || numbers.len() < MOST_REASONS {
            reason
        } else {
            OTHER
        };
        let counted = numbers.entry(reason.to_owned()).or_default();
        *counted = counted.saturating_add(number);
    }

    /// Takes everything, to tell it.
    fn take(&self) -> Option<Numbers> {
        let numbers = std::mem::take(&mut *self.numbers());
        (!numbers.is_empty()).then_some(numbers)
    }

    /// Puts back what could not be told.
    fn put_back(&self, numbers: Numbers) {
        for (reason, number) in numbers {
            self.add(&reason, number);
        }
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trail {
    /// Counts a refusal that anyone could cause without end and that nobody needs to read of one by one.
    pub fn count_refusal(&self, reason: &'static str) {
        self.tally.count(reason);
    }

    /// Records once a minute what was only counted, for as long as the house stands.
    pub async fn keep_telling(self) {
        loop {
            let next = self.clock.now().checked_add(TELL_EVERY);
            let next = next.unwrap_or(Timestamp::MAX);
            self.clock.wait_until(next).await;
            if let Err(error) = self.tell().await {
                tracing::warn!(%error, "how many were refused could not be recorded; it is tried again");
            }
        }
    }

    /// Records what was only counted, if there is any.
    pub(super) async fn tell(&self) -> Result<(), StoreError> {
        let Some(numbers) = self.tally.take() else {
            return Ok(());
        };
        let told = self.record(told(&numbers)).await;
        if told.is_err() {
            self.tally.put_back(numbers);
        }
        told
    }
}

/// The event that tells them.
fn told(numbers: &Numbers) -> Event {
    Event::new(EventName::Refused).changes(json!({ COUNTED: numbers }))
}

/// What a record tells, if it is such a one.
pub(super) fn read(event: EventName, changes: Option<&Value>) -> Numbers {
    let numbers = changes.filter(|_| event == EventName::Refused);
    let numbers = numbers.and_then(|changes| changes.get(COUNTED)?.as_object());
    let all = numbers.into_iter().flatten();
    all.filter_map(|(reason, number)| Some((reason.clone(), number.as_u64()?)))
        .take(MOST_REASONS + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told_once_and_read_again() {
        let tally = Tally::default();
        for reason in ["too_many_requests", "login_refused", "too_many_requests"] {
            tally.count(reason);
        }
        let numbers = tally.take().unwrap();
        assert_eq!(tally.take(), None);
        let event = told(&numbers);
        let read = |name| super::read(name, event.changes.as_ref());
        assert_eq!(read(EventName::Refused), numbers);
        assert_eq!(numbers["too_many_requests"], 2);
        assert!(read(EventName::SamlRefused).is_empty());
        tally.count("login_refused");
        tally.put_back(numbers);
        assert_eq!(tally.take().unwrap()["login_refused"], 2);
    }

    #[test]
    fn however_many_reasons_there_were_few_are_told_apart() {
        let tally = Tally::default();
        for number in 0..1_000 {
            tally.count(&number.to_string());
        }
        let numbers = tally.take().unwrap();
        assert_eq!(numbers.len(), MOST_REASONS + 1);
        assert_eq!(numbers.values().sum::<u64>(), 1_000);
    }
}
