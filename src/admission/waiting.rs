//! The waiting line of first visits: so many a second begin, in the order in which people came, and nobody is refused because others came first.
//!
//! A first visit costs up to three Atlassian calls, each of another endpoint, and one more an organization; a returning customer's costs none and stands
//! in no line. Whoever's turn comes within a moment waits inside the request. All others are told when to come back, and keep their place meanwhile. The
//! line is in memory: each instance has its own, and a restart forgets it.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How far apart first visits begin: 45 a second, and 40 of those who stand in line. Atlassian allows about 100 calls a second to one endpoint, so that two instances may do this at once.
pub const BETWEEN: Duration = Duration::from_nanos(1_000_000_000_u64.div_ceil(45));

/// Whose turn is this near waits inside the request.
const NEAR: Duration = Duration::from_secs(2);

/// How long a turn is kept for somebody who does not come back.
const KEPT: Duration = Duration::from_mins(2);

/// People whose places are kept at a time, about 200 bytes each: those whom five minutes of 200 a second leave behind. Beyond them people are sent away
/// for as long as the line is, without a place.
const MOST_PLACES: usize = 50_000;

/// When a first visit may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// In this request, after so long.
    Soon(Duration),
    /// In another request.
    Later(Place),
}

/// A place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How long until it is their turn.
    pub wait: Duration,
    /// How many are before them; `None`: the line is full, and they have no place.
    pub ahead: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.wait.as_secs();
        match self.ahead {
            Some(ahead) => write!(f, "{ahead} first visits are before it, {seconds} s"),
            None => write!(f, "the waiting line is full, {seconds} s"),
        }
    }
}

/// The line.
#[derive(Debug)]
pub struct WaitingLine {
    between: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the next visit may begin.
    free: Option<Instant>,
    /// The turn after the last that was promised.
    promised: Option<Instant>,
    /// Whose turn is when.
    turns: HashMap<Arc<str>, Instant>,
    /// The same by time, to forget them by; some have been used since.
    by_time: VecDeque<(Instant, Arc<str>)>,
}

impl Default for WaitingLine {
    fn default() -> Self {
        Self::new(BETWEEN)
    }
}

impl WaitingLine {
    /// A line in which first visits begin so far apart.
    #[must_use]
    pub fn new(between: Duration) -> Self {
        Self {
            between,
            state: Mutex::default(),
        }
    }

    /// Waits until it is this person's turn, or says when to come back.
    pub async fn enter(&self, person: &str) -> Result<(), Place> {
        match self.take(person, Instant::now()) {
            Turn::Soon(wait) => {
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
                Ok(())
            }
            Turn::Later(place) => Err(place),
        }
    }

    /// This person's turn. `person` tells people apart; the same comes back for a turn that was promised.
    pub fn take(&self, person: &str, now: Instant) -> Turn {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forget_until(now);
        match state.turns.get(person).copied() {
            Some(turn) if turn > now => Turn::Later(self.place(turn, now)),
            Some(_) => self.called(&mut state, person, now),
            None => self.newcomer(&mut state, person, now),
        }
    }

    /// Somebody whose turn has come: others may be late as well, so that they wait for each other.
    fn called(&self, state: &mut State, person: &str, now: Instant) -> Turn {
        let start = state.free.map_or(now, |free| free.max(now));
        if start - now > NEAR {
            return Turn::Later(self.place(start, now));
        }
        state.turns.remove(person);
        state.free = Some(start + self.between);
        Turn::Soon(start - now)
    }

    fn newcomer(&self, state: &mut State, person: &str, now: Instant) -> Turn {
        let line = state.promised.filter(|promised| *promised > now);
        let end = line.max(state.free).unwrap_or(now).max(now);
        // While somebody stands in line nobody overtakes, however short it is.
        if line.is_none() && end - now <= NEAR {
            state.free = Some(end + self.between);
            return Turn::Soon(end - now);
        }
        if state.turns.len() >= MOST_PLACES {
            let place = self.place(end, now);
            return Turn::Later(Place {
                ahead: None,
                ..place
            });
        }
        state.promised = Some(end + self.promised_between());
        let person: Arc<str> = person.into();
        state.turns.insert(person.clone(), end);
        state.by_time.push_back((end, person));
        Turn::Later(self.place(end, now))
    }

    /// Turns are promised a little further apart than visits may begin: nobody comes back to the moment, and who is late must find room.
    fn promised_between(&self) -> Duration {
        self.between + self.between / 8
    }

    fn place(&self, turn: Instant, now: Instant) -> Place {
        let wait = turn - now;
        let turns = wait
            .as_nanos()
            .div_ceil(self.promised_between().as_nanos().max(1));
        Place {
            wait,
            ahead: u32::try_from(turns.saturating_sub(1)).ok(),
        }
    }
}

impl State {
    /// Forgets whom nothing is kept for any longer.
    fn forget_until(&mut self, now: Instant) {
        while let Some((turn, _)) = self.by_time.front()
            && *turn + KEPT < now
        {
            let Some((turn, person)) = self.by_time.pop_front() else {
                return;
            };
            if self.turns.get(&person) == Some(&turn) {
                self.turns.remove(&person);
            }
        }
    }
}

#[cfg(test)]
#[path = "waiting_tests.rs"]
mod tests;
