//! A login attempt's whole life: begun, sealed into a cookie of its own, found again by its state, spent, expired.
//!
//! An attempt costs the server nothing until it succeeds: everything about it is in the visitor's own cookie. The state that travels through the
//! provider is a random name and nothing else. A spent attempt leaves a small trace in its cookie for as long as the attempt would have lived:
//! where it led, so that a reloaded callback finds its page, and when, so that a loop is noticed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::random;
use crate::settings::ProviderName;

use super::return_to::ReturnTo;
use super::trial::TrialId;

/// How long a person may take at the provider.
pub const LIFE: Duration = Duration::from_mins(15);

/// Completed callbacks in one browser within [`LOOP_WINDOW`], the next included, that are a loop and no longer a person restoring tabs.
pub const LOOP_COUNT: usize = 5;

/// See [`LOOP_COUNT`].
pub const LOOP_WINDOW: Duration = Duration::from_mins(1);

/// One attempt to log in, in one tab.
#[derive(Clone, Serialize, Deserialize)]
pub struct LoginAttempt {
    /// Its name: what goes to the provider as `state` and comes back. 43 characters, as Cognito wants it.
    pub state: String,
    /// Which provider it was sent to.
    pub provider: ProviderName,
    /// Ties the ID token to this attempt (OpenID Connect Core 3.1.2.1).
    pub nonce: String,
    /// Ties the code to this attempt (RFC 7636).
    pub pkce_verifier: String,
    /// Where the person wanted to go.
    pub return_to: ReturnTo,
    /// The AuthnRequest that is waiting for this login.
    pub saml: Option<PendingRequest>,
    /// A login is demanded that is not older than this attempt.
    pub fresh: Option<Fresh>,
    /// The test that it is for: nobody is signed in by it.
    #[serde(default)]
    pub trial: Option<TrialId>,
    /// When it began.
    pub started: Timestamp,
    /// The reference of the visit that began it.
    #[serde(default)]
    pub begun_by: Option<String>,
}

/// A demand for a new login although the provider may remember the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// The login must not be older than this.
    pub since: Timestamp,
    /// Whether this is already the second try: there is no third.
    pub second_try: bool,
}

/// What must be kept of an AuthnRequest while its person logs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRequest {
    /// The service provider, by the name of its table.
    pub service_provider: String,
    /// The request's ID; `None` when nobody asked, and an unsolicited Response is sent.
    pub id: Option<String>,
    /// To be given back byte for byte.
    pub relay_state: Option<String>,
    /// The service provider demands a new login.
    pub force_authn: bool,
    /// The service provider wants no page shown.
    pub is_passive: bool,
    /// The person is to be named in a way that is not configured.
    pub unsuited_name_id: bool,
}

/// What is left of an attempt that was completed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Spent {
    /// Where it led.
    pub return_to: ReturnTo,
    /// When.
    pub completed: Timestamp,
    /// Whether it went well: only then it counts towards a loop. Who is refused starts again by hand.
    pub went_well: bool,
}

/// What a cookie of ours may hold.
#[derive(Clone, Serialize, Deserialize)]
pub enum Trace {
    /// A person is at the provider.
    Open(Box<LoginAttempt>),
    /// They came back.
    Spent(Spent),
}

impl LoginAttempt {
    /// A new attempt with new secrets.
    #[must_use]
    pub fn begin(provider: ProviderName, return_to: ReturnTo, now: Timestamp) -> Self {
        Self {
            state: random::token::<32>(),
            provider,
            nonce: random::token::<32>(),
            pkce_verifier: random::token::<32>(),
            return_to,
            saml: None,
            fresh: None,
            trial: None,
            started: now,
            begun_by: None,
        }
    }

    /// Whether the person took too long.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        !within(self.started, now, LIFE)
    }
}

impl Trace {
    /// When it was made: the oldest are dropped first.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Open(attempt) => attempt.started,
            Self::Spent(spent) => spent.completed,
        }
    }

    /// Whether it is still worth keeping.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        !within(self.at(), now, LIFE)
    }
}

impl Spent {
    /// Whether it counts towards a loop.
    #[must_use]
    pub fn is_recent(&self, now: Timestamp) -> bool {
        self.went_well && within(self.completed, now, LOOP_WINDOW)
    }
}

/// Whether no more than `most` lies between the two; a time in the future is not within.
fn within(then: Timestamp, now: Timestamp, most: Duration) -> bool {
    let passed = now.duration_since(then);
    // A second of grace: another instance's clock may be ahead by a little.
    passed >= -SignedDuration::from_secs(1) && passed.unsigned_abs() <= most
}
