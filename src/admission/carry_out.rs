//! Carrying the plan out: one person at a time, nothing twice, and the record written before anybody is let in.
//!
//! What is already done for somebody is told from the record alone, without a lock. Everything else is a [`Run`] under the lock of the person. A visitor
//! who goes away does not interrupt it: Rocket runs each request in a task of its own, which the end of the connection does not cancel.

use std::time::Duration;

use crate::identity::Identity;
use crate::jsm::{Deadline, JsmError, ServiceDeskId};
use crate::store::{Key, Lock, StoreError};
use crate::web::Visit;

use super::cause::{Came, Cause};
use super::customer::Customer;
use super::person::PersonId;
use super::plan::Destination;
use super::policy::LinkRules;
use super::records::Records;
use super::run::Run;
use super::{Admission, AdmissionError, later};

/// How long the lock of one person outlives its holder, should that die.
const LOCK_LIFE: Duration = Duration::from_secs(2);

/// How long a visit waits at least for another visit of the same person, however little time it has: until the lock of one that died is over.
const LEAST_WAIT: Duration = Duration::from_secs(3);

/// Makes the identity a customer at the destination, as far as it is not one already.
pub(super) async fn carry_out(
    admission: &Admission,
    visit: &Visit,
    identity: &Identity,
    destination: &Destination,
    came: Came<'_>,
) -> Result<Customer, AdmissionError> {
    let records = Records::read(&admission.vault, identity).await?;
    if let Some(customer) = records.customer()?
        && admission.is_whole(identity, destination, customer)
    {
        visit.steps.note("Customer", "known, nothing to do");
        return Ok(customer.clone());
    }
    let known = records.customer()?;
    admission
        .stand_in_line(visit, identity, known.is_none())
        .await?;
    let deadline = Deadline::after(admission.budget);
    let patience = admission.budget.max(LEAST_WAIT);
    let Some(lock) = lock(admission, identity, patience).await? else {
        let desk = destination.service_desk().zip(came.rules());
        return without_turn(admission, visit, identity, desk, known).await;
    };
    let cause = Cause::Visit { visit, came };
    let done = visit_under_lock(admission, cause, identity, destination, deadline, &records).await;
    lock.release().await?;
    done
}

async fn visit_under_lock(
    admission: &Admission,
    cause: Cause<'_>,
    identity: &Identity,
    destination: &Destination,
    deadline: Deadline,
    before: &Records<'_>,
) -> Result<Customer, AdmissionError> {
    let mut run = Run::begin(admission, cause, identity, destination, deadline).await?;
    // Whoever was let go since the visit began comes in no more by the session of before.
    if run.records.partings() != before.partings() {
        return Err(AdmissionError::Busy);
    }
    run.all().await
}

/// The lock of a person, if it is free in time. Waiting for another visit of the same person is part of the budget.
pub(super) async fn lock(
    admission: &Admission,
    identity: &Identity,
    patience: Duration,
) -> Result<Option<Lock>, StoreError> {
    let id = PersonId::of(&admission.vault, &identity.email);
    let key = Key::person_lock(id.as_str());
    admission.vault.lock(&key, LOCK_LIFE, patience).await
}

/// A known customer comes in although something else of theirs is going on for long; what is to be done for them is done later.
async fn without_turn(
    admission: &Admission,
    visit: &Visit,
    identity: &Identity,
    desk: Option<(&ServiceDeskId, &LinkRules)>,
    known: Option<&Customer>,
) -> Result<Customer, AdmissionError> {
    let known = known.filter(|customer| customer.has_come_in());
    let customer = known.ok_or(AdmissionError::Busy)?;
    visit.steps.note(
        "Put off",
        "something else of this customer is being done; the visit goes on without it",
    );
    later::note(admission, visit, identity, desk).await?;
    Ok(customer.clone())
}

/// Does what was put off for somebody, under their lock.
pub(super) async fn catch_up(
    admission: &Admission,
    cause: Cause<'_>,
    identity: &Identity,
    destination: &Destination,
    deadline: Deadline,
) -> Result<Done, AdmissionError> {
    let mut run = Run::begin(admission, cause, identity, destination, deadline).await?;
    let customer = run.all().await?;
    Ok(Done {
        waits: customer.waits(),
        hindrance: run.hindrance,
    })
}

/// What came of doing what was put off.
pub(super) struct Done {
    /// Whether something of it waits still.
    pub(super) waits: bool,
    /// What Atlassian said where it failed at everybody's, not at this one's alone.
    pub(super) hindrance: Option<JsmError>,
}
