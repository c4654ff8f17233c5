//! The steps of one visit while it goes on: noted on the way, wherever that leads.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::logins::Said;
use super::tidy::tidy;

/// The most steps of one visit; the refusal is noted even beyond them.
const MOST_STEPS: usize = 60;

/// The most visits before this one that are remembered.
const MOST_BEFORE: usize = 6;

/// What the step is called that ends on an error page.
pub const REFUSED: &str = "Refused";

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When it was over, in milliseconds since the visit began.
    pub ms: u64,
    /// What was asked, checked or done.
    pub what: Cow<'static, str>,
    /// What came of it.
    pub outcome: Cow<'static, str>,
    /// Whether that is why the visit did not go on, or might be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// The steps of one visit. Clones note into the same.
#[derive(Debug, Clone)]
pub struct Steps(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    begun: Instant,
    noted: Mutex<Noted>,
}

/// What is known of a visit so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Noted {
    pub(super) steps: Vec<Step>,
    /// How many more there would have been.
    pub(super) left_out: u32,
    /// References of the visits that led here, oldest first.
    pub(super) before: Vec<String>,
    pub(super) worth: Worth,
    pub(super) vouched: bool,
    /// What a provider said of them.
    pub(super) said: Option<Box<Said>>,
    /// The link that it is about.
    pub(super) link: Option<String>,
    /// Why it ends on an error page, if so.
    pub(super) refused: Option<String>,
}

/// Whether a visit is worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Worth {
    /// Nobody will ask.
    #[default]
    Nothing,
    /// Something was completed that a later refusal may go back to.
    Completed,
    /// Somebody was shown an error page.
    Refused,
}

impl Default for Steps {
    fn default() -> Self {
        Self(Arc::new(Shared {
            begun: Instant::now(),
            noted: Mutex::default(),
        }))
    }
}

impl Steps {
    /// Something was done or checked, and it is well.
    pub fn note(&self, what: &'static str, outcome: impl Into<Cow<'static, str>>) {
        self.add(what, outcome.into(), false);
    }

    /// Something failed.
    pub fn failed(&self, what: &'static str, why: impl Display) {
        self.add(what, Cow::Owned(why.to_string()), true);
    }

    /// Does some work, and notes how it ended and how long it took.
    pub async fn timed<T, E: Display>(
        &self,
        what: &'static str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let begun = Instant::now();
        let done = work.await;
        let ms = begun.elapsed().as_millis();
        match &done {
            Ok(_) => self.note(what, format!("ok in {ms} ms")),
            Err(error) => self.failed(what, format_args!("{error}; after {ms} ms")),
        }
        done
    }

    /// The visit ends on an error page.
    pub fn refused(&self, reason: &str, detail: &str) {
        let outcome = match detail {
            "" => reason.to_owned(),
            detail => format!("{reason}: {detail}"),
        };
        let step = self.step(REFUSED, Cow::Owned(outcome), true);
        let mut noted = self.lock();
        noted.steps.push(step);
        noted.worth = Worth::Refused;
        noted.refused = Some(reason.to_owned());
    }

    /// The visit completed something of a login: it is worth keeping although nobody was refused.
    pub fn completed(&self) {
        let mut noted = self.lock();
        if noted.worth == Worth::Nothing {
            noted.worth = Worth::Completed;
        }
    }

    /// Whoever visits is known: signed in here, or vouched for by a provider.
    pub fn vouched(&self) {
        self.lock().vouched = true;
    }

    /// A provider has said this of whoever visits: for the preview, and apart from the steps, which name nobody.
    pub fn said(&self, said: Said) {
        if said.fits() {
            self.lock().said = Some(Box::new(said));
        } else {
            self.note("Claims", "too many to be kept for the preview");
        }
    }

    /// The visit is about this link, by its slug.
    pub fn link(&self, slug: &str) {
        self.lock().link = Some(slug.to_owned());
    }

    /// These visits led to this one.
    pub fn follows<'a>(&self, references: impl IntoIterator<Item = &'a String>) {
        let mut noted = self.lock();
        for reference in references {
            if noted.before.len() < MOST_BEFORE && !noted.before.contains(reference) {
                noted.before.push(reference.clone());
            }
        }
    }

    /// The visits that led to this one, and this one.
    #[must_use]
    pub fn with_those_before(&self, reference: &str) -> Vec<String> {
        let mut before = self.lock().before.clone();
        before.push(reference.to_owned());
        before
    }

    /// When the visit began, and what is known of it.
    pub(super) fn taken(&self) -> (Instant, Noted) {
        (self.0.begun, std::mem::take(&mut *self.lock()))
    }

    fn add(&self, what: &'static str, outcome: Cow<'static, str>, failed: bool) {
        let step = self.step(what, outcome, failed);
        let mut noted = self.lock();
        if noted.steps.len() < MOST_STEPS {
            noted.steps.push(step);
        } else {
            noted.left_out = noted.left_out.saturating_add(1);
        }
    }

    fn step(&self, what: &'static str, outcome: Cow<'static, str>, failed: bool) -> Step {
        Step {
            ms: u64::try_from(self.0.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            what: Cow::Borrowed(what),
            outcome: tidy(outcome),
            failed,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_without_end_keeps_its_beginning_and_its_refusal() {
        let steps = Steps::default();
        for n in 0..1_000 {
            steps.note("Call", format!("the {n}th"));
        }
        steps.refused("internal", "");
        let (_, noted) = steps.taken();
        assert_eq!(noted.steps.len(), MOST_STEPS + 1);
        assert_eq!(noted.left_out, 1_000 - 60);
        assert_eq!(noted.steps[0].outcome, "the 0th");
        assert_eq!(noted.steps[MOST_STEPS].outcome, "internal");
    }

    #[test]
    fn a_refusal_counts_for_more_than_what_was_completed_before_it() {
        let steps = Steps::default();
        steps.refused("login_loop", "");
        steps.completed();
        assert_eq!(steps.taken().1.worth, Worth::Refused);
    }

    #[test]
    fn the_visits_before_are_each_remembered_once_and_not_without_end() {
        let steps = Steps::default();
        let names: Vec<String> = (0..100).map(|n| (n % 50).to_string()).collect();
        steps.follows(&names);
        let before = steps.with_those_before("own");
        assert_eq!(before, ["0", "1", "2", "3", "4", "5", "own"]);
    }

    #[tokio::test]
    async fn timed_work_says_how_it_ended() {
        let steps = Steps::default();
        let done = steps.timed("Good", async { Ok::<_, String>(7) }).await;
        assert_eq!(done, Ok(7));
        let done = steps.timed("Bad", async { Err::<(), _>("no answer") });
        assert_eq!(done.await, Err("no answer"));
        let (_, noted) = steps.taken();
        let outcomes: Vec<_> = noted.steps.iter().map(|step| step.failed).collect();
        assert_eq!(outcomes, [false, true]);
        assert!(noted.steps[1].outcome.starts_with("no answer; after "));
    }
}
