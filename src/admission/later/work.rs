//! Doing what waits: one person at a time, whoever has waited longest first.
//!
//! What fails for one person is tried again for that one, later each time. What fails for everybody, such as a token that is refused or a site that is away,
//! is nobody's failure: all wait, in their order, until it is well again.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::identity::Identity;
use crate::jsm::{Deadline, JsmError, ServiceDeskId};
use crate::store::{Key, StoreError, Vault};

use super::super::approvals::Standing;
use super::super::carry_out::{self, Done};
use super::super::cause::{Cause, Scope};
use super::super::person::PersonId;
use super::super::plan::Destination;
use super::super::policy::LinkRules;
use super::super::{Admission, AdmissionError, blocks};
use super::{PutOff, forget, of, put};

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often the list is read at most, and at least: another process may have put something there.
const READ_EVERY: [SignedDuration; 2] =
    [SignedDuration::from_secs(5), SignedDuration::from_secs(30)];

/// How long all wait when what fails fails for everybody: at first, and at most.
const PAUSES: [SignedDuration; 2] = [SignedDuration::from_secs(5), SignedDuration::from_mins(5)];

/// How long a visit of the same person is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who may come where, by the links as they are now.
pub struct MayCome(Box<Judge>);

type Judge = dyn Fn(&Identity, Option<&ServiceDeskId>) -> May + Send + Sync;

/// Whether somebody who is not there might come.
#[derive(Debug, Clone)]
pub enum May {
    /// By a link of these rules.
    By(Box<LinkRules>),
    /// No link lets them in.
    No,
    /// No link is on, or none was read yet: there is nothing to judge by.
    Unknown,
}

impl MayCome {
    /// By whoever knows the links. Asked for a service desk, or for any.
    #[must_use]
    pub fn new(
        judge: impl Fn(&Identity, Option<&ServiceDeskId>) -> May + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(judge))
    }

    fn ask(&self, identity: &Identity, desk: Option<&ServiceDeskId>) -> May {
        (self.0)(identity, desk)
    }
}

/// Does what is due, for as long as the house stands.
pub async fn keep_doing(admission: Admission, may_come: MayCome) {
    let mut worker = Worker {
        admission,
        may_come,
        pause: SignedDuration::ZERO,
    };
    let mut next = Timestamp::MIN;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = worker.admission.now();
        if now < next || worker.admission.jsm.is_none() {
            continue;
        }
        let due = worker.round().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was put off could not be read");
            None
        });
        let [soonest, latest] = READ_EVERY.map(|after| now.checked_add(after).unwrap_or(now));
        next = due.map_or(latest, |due| due.clamp(soonest, latest));
    }
}

struct Worker {
    admission: Admission,
    may_come: MayCome,
    /// How long all wait, since what was done last failed for everybody.
    pause: SignedDuration,
}

/// What came of one person's turn.
enum Outcome {
    /// Nothing is left, or nothing that could be done.
    Over,
    /// It failed again, for this one.
    Failed,
    /// It cannot be told or done now, and that is nobody's failure.
    NotNow,
    /// It fails for everybody.
    Everybody(JsmError),
}

impl Worker {
    /// One look through the list. Returns when something is due next.
    async fn round(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let vault = &self.admission.vault;
        let all = vault.index_readable::<PutOff>(&Key::put_off()).await?;
        let mut all: Vec<PutOff> = all.into_iter().map(|(_, entry)| entry).collect();
        all.sort_by_key(|entry| entry.since);
        let now = self.admission.now();
        for entry in all.iter().filter(|entry| entry.due <= now) {
            let outcome = self.turn(&entry.identity).await;
            match outcome {
                Ok(Outcome::Everybody(error)) => return Ok(Some(self.all_wait(&error))),
                Ok(_) => self.pause = SignedDuration::ZERO,
                // What is wrong with one entry keeps nobody else waiting.
                Err(error) => {
                    tracing::warn!(%error, reference = entry.reference, "what was put off for somebody could not be done");
                }
            }
        }
        let due = all.iter().map(|entry| entry.due);
        Ok(due.filter(|due| *due > now).min())
    }

    /// Until when all wait.
    fn all_wait(&mut self, error: &JsmError) -> Timestamp {
        tracing::info!(%error, "what was put off waits until Atlassian is well again");
        let [first, most] = PAUSES;
        let doubled = self.pause.checked_mul(2).unwrap_or(most);
        self.pause = doubled.clamp(first, most);
        let asked = error
            .wait()
            .and_then(|wait| SignedDuration::try_from(wait).ok());
        let wait = asked.unwrap_or(self.pause).clamp(first, most);
        self.admission
            .now()
            .checked_add(wait)
            .unwrap_or(Timestamp::MAX)
    }

    /// One person's turn, under their lock. What the list says of them is read again: a visit may have changed it.
    async fn turn(&self, identity: &Identity) -> Result<Outcome, StoreError> {
        let id = PersonId::of(&self.admission.vault, &identity.email);
        let Some(lock) = carry_out::lock(&self.admission, identity, PATIENCE).await? else {
            return Ok(Outcome::NotNow);
        };
        let outcome = self.turn_under_lock(&id).await;
        lock.release().await?;
        outcome
    }

    async fn turn_under_lock(&self, id: &PersonId) -> Result<Outcome, StoreError> {
        let vault = &self.admission.vault;
        // Who was forgotten or let go since the list was read is left alone.
        let Some(entry) = of(vault, id).await? else {
            return Ok(Outcome::Over);
        };
        let outcome = self.try_for(&entry).await?;
        // Whoever came meanwhile and was let past the lock has said who they are now: that is done next.
        if of(vault, id).await?.as_ref() != Some(&entry) {
            return Ok(outcome);
        }
        match &outcome {
            Outcome::Over => forget(vault, id).await?,
            Outcome::Failed => fail(vault, id, entry, self.admission.now()).await?,
            Outcome::NotNow | Outcome::Everybody(_) if entry.is_over(self.admission.now()) => {
                give_up(vault, id, &entry).await?;
            }
            Outcome::NotNow | Outcome::Everybody(_) => {}
        }
        Ok(outcome)
    }

    async fn try_for(&self, entry: &PutOff) -> Result<Outcome, StoreError> {
        let vault = &self.admission.vault;
        if blocks::holds(vault, &entry.identity).await? {
            return Ok(Outcome::Over);
        }
        let Some(scope) = self.scope(entry).await? else {
            return Ok(Outcome::NotNow);
        };
        let deadline = Deadline::after(self.admission.budget);
        let mut waits = false;
        for (destination, link) in destinations(entry, &scope) {
            let cause = Cause::PutOff {
                reference: &entry.reference,
                link,
                scope: &scope,
            };
            let (admission, identity) = (&self.admission, &entry.identity);
            match carry_out::catch_up(admission, cause, identity, &destination, deadline).await {
                Ok(Done {
                    hindrance: Some(error),
                    ..
                }) => return Ok(Outcome::Everybody(error)),
                Ok(done) => waits = done.waits,
                // They are no customer any more, or not this one.
                Err(
                    AdmissionError::NotCreated
                    | AdmissionError::Blocked
                    | AdmissionError::IdentityConflict(_),
                ) => return Ok(Outcome::Over),
                Err(AdmissionError::Store(error)) => return Err(error),
                Err(error) => {
                    tracing::info!(%error, "what was put off could not be done yet");
                    return Ok(Outcome::Failed);
                }
            }
        }
        Ok(if waits {
            Outcome::Failed
        } else {
            Outcome::Over
        })
    }

    /// What may still be done, if that can be told.
    async fn scope(&self, entry: &PutOff) -> Result<Option<Scope>, StoreError> {
        match self.may_come.ask(&entry.identity, None) {
            May::Unknown => return Ok(None),
            May::No => return Ok(Some(Scope::LeavesAlone)),
            May::By(_) => {}
        }
        let mut desks = BTreeSet::new();
        for desk in entry.desks.keys() {
            if let May::By(rules) = self.may_come.ask(&entry.identity, Some(desk))
                && self.admission.approval(&entry.identity, &rules).await?
                    != Some(Standing::Refused)
            {
                desks.insert(desk.clone());
            }
        }
        Ok(Some(Scope::Desks(desks)))
    }
}

/// Where they went and may still go, and by which link; the portal as a whole where nothing of that is left.
fn destinations<'a>(entry: &'a PutOff, scope: &Scope) -> Vec<(Destination, Option<&'a str>)> {
    let Scope::Desks(desks) = scope else {
        return vec![(Destination::Portal, None)];
    };
    let still = entry.desks.iter().filter(|(id, _)| desks.contains(id));
    let mut all: Vec<_> = still
        .map(|(id, slug)| {
            let id = id.clone();
            (Destination::ServiceDesk { id }, Some(slug.as_str()))
        })
        .collect();
    if all.is_empty() {
        all.push((Destination::Portal, None));
    }
    all
}

async fn fail(
    vault: &Vault,
    id: &PersonId,
    mut entry: PutOff,
    now: Timestamp,
) -> Result<(), StoreError> {
    entry.fail(now);
    if entry.is_over(entry.due) {
        return give_up(vault, id, &entry).await;
    }
    put(vault, id, &entry).await
}

async fn give_up(vault: &Vault, id: &PersonId, entry: &PutOff) -> Result<(), StoreError> {
    tracing::warn!(
        reference = entry.reference,
        "what Atlassian failed at for a customer is given up; their next visit does what is left"
    );
    forget(vault, id).await
}
