//! Going on with an AuthnRequest after a login, or after it came by POST: sealed into an address of our own.

use std::time::Duration;

use jiff::Timestamp;
use rocket::response::Redirect;
use serde::{Deserialize, Serialize};

use crate::store::Vault;
use crate::web::{Reason, Refusal};

use super::{PendingRequest, sealed};

/// What the sealed text is bound to.
const CONTEXT: &str = "saml-resume";

/// How long it may take from the one address to the next.
const LIFE: Duration = Duration::from_mins(5);

/// Whether a demanded new login took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fresh {
    /// It did.
    Proved,
    /// The provider would not ask again.
    Failed,
}

/// An AuthnRequest that goes on.
#[derive(Clone, Serialize, Deserialize)]
pub struct Resume {
    /// The request.
    pub request: PendingRequest,
    /// The identity that logged in for it ([`crate::identity::Identity::key`]); `None`: whoever is signed in. Not the session: logins in parallel tabs
    /// replace each other's.
    pub person: Option<String>,
    /// See [`Fresh`].
    pub fresh: Option<Fresh>,
    /// When it was sealed.
    pub at: Timestamp,
}

/// Sends the browser on to where the request is answered.
pub fn at_saml(vault: &Vault, resume: &Resume) -> Result<Redirect, Refusal> {
    address(vault, resume).map(Redirect::to)
}

/// Where that is.
pub fn address(vault: &Vault, resume: &Resume) -> Result<String, Refusal> {
    let sealed = sealed::seal(vault, CONTEXT, resume).ok_or_else(|| {
        Refusal::new(Reason::Internal).because("a SAML request could not be sealed")
    })?;
    Ok(format!("/saml/sso?resume={sealed}"))
}

/// Opens what [`at_saml`] sealed, while it is alive.
#[must_use]
pub fn open(vault: &Vault, sealed: &str, now: Timestamp) -> Option<Resume> {
    let resume: Resume = sealed::open(vault, CONTEXT, sealed)?;
    (now.duration_since(resume.at).unsigned_abs() <= LIFE).then_some(resume)
}
