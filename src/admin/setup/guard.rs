//! Who is at `/setup`, and whether it is still there.

use std::ops::Deref;

use rocket::async_trait;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::web::{Reason, Refusal};

use super::super::Administrator;
use super::super::guard::Asking;
use super::FirstRun;

/// Whoever asks.
pub(super) enum AtSetup<'r> {
    /// The first run is over.
    Over { administrator: bool },
    /// Somebody who had a code.
    Holder(InSetup<'r>),
    /// Somebody who is signed in, and has no code yet.
    Customer,
    /// Somebody who is not signed in.
    Stranger,
}

#[async_trait]
impl<'r> FromRequest<'r> for AtSetup<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match ask(request).await {
            Ok(at) => Outcome::Success(at),
            Err(refusal) => refusal.from_guard(request),
        }
    }
}

async fn ask<'r>(request: &'r Request<'_>) -> Result<AtSetup<'r>, Refusal> {
    let asking = Asking::of(request).await?;
    let Some(first_run) = request.rocket().state::<FirstRun>() else {
        return Err(Refusal::new(Reason::Internal).because("no first run"));
    };
    let over = first_run.is_over().await?;
    Ok(match asking {
        Asking::Administrator(_) if over => AtSetup::Over {
            administrator: true,
        },
        _ if over => AtSetup::Over {
            administrator: false,
        },
        Asking::Administrator(administrator) => AtSetup::Holder(InSetup(administrator)),
        Asking::Customer(_) => AtSetup::Customer,
        // A code opens the first run whatever a provider says.
        Asking::Stranger | Asking::Untold(_) => AtSetup::Stranger,
    })
}

/// The holder of a setup code at a step of the first run. Whoever is not gets what [`super::other`] says.
#[derive(Clone, Copy)]
pub struct InSetup<'r>(Administrator<'r>);

impl<'r> Deref for InSetup<'r> {
    type Target = Administrator<'r>;

    fn deref(&self) -> &Administrator<'r> {
        &self.0
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for InSetup<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match request.guard::<AtSetup<'r>>().await {
            Outcome::Success(AtSetup::Holder(holder)) => Outcome::Success(holder),
            Outcome::Success(_) => Outcome::Forward(Status::NotFound),
            Outcome::Error(error) => Outcome::Error(error),
            Outcome::Forward(status) => Outcome::Forward(status),
        }
    }
}
