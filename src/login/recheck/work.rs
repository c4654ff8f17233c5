//! Asking the provider about somebody who has a session, and what comes of each of its answers.

use std::sync::Arc;
use std::time::Duration;

use crate::admission::blocks;
use crate::audit::EventName;
use crate::identity::{Identity, MappingError, VerifiedClaims, map};
use crate::login::again::Again;
use crate::login::{ReturnTo, right_provider};
use crate::provider::{NotRenewed, Provider, Renewal};
use crate::session::Session;
use crate::store::StoreError;
use crate::web::{Reason, Refusal, Visit};

use super::current::Standing;
use super::{Inner, Recheck, hand_back};

/// How many calls one time of asking may take: endpoints, tokens, keys and `userInfo`, each with the provider's own time-out.
const MOST_CALLS: u32 = 4;

/// How long whoever meets a provider that does not answer is to wait, where nothing better is known.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Recheck {
    /// What a session is worth. Nobody is asked while the provider's word is young enough.
    pub(super) async fn standing(&self, session: &Session, visit: &Visit, path: &str) -> Standing {
        let sessions = &self.0.sessions;
        if !sessions.is_due(session) {
            return Standing::AsFound;
        }
        if let Some(standing) = self.0.without_asking(session) {
            return standing;
        }
        let work = Work {
            of: self.0.clone(),
            visit: visit.clone(),
            path: path.to_owned(),
        };
        let session = session.clone();
        // On its own: a visitor who goes away meanwhile does not take a token along that has just been used.
        let done = async move { work.in_turn(session).await };
        let done = tokio::spawn(crate::spans::carried(done)).await;
        done.unwrap_or_else(|error| {
            let refusal = Refusal::new(Reason::Internal).because(error);
            Standing::Refused(refusal)
        })
    }
}

impl Inner {
    /// What can be said without the provider.
    fn without_asking(&self, session: &Session) -> Option<Standing> {
        let is_known = |grounds: &crate::session::Grounds| !grounds.renewal.is_spent();
        if !session.data.grounds.as_ref().is_some_and(is_known) {
            return Some(Standing::Unproved);
        }
        let wait = self.sessions.pause(session)?;
        let why = "the provider did not answer a moment ago";
        Some(unavailable(why, wait))
    }
}

/// One time of asking.
struct Work {
    of: Arc<Inner>,
    visit: Visit,
    path: String,
}

impl Work {
    async fn in_turn(&self, session: Session) -> Standing {
        self.locked(session)
            .await
            .unwrap_or_else(|error| Standing::Refused(error.into()))
    }

    async fn locked(&self, session: Session) -> Result<Standing, StoreError> {
        let (sessions, name) = (&self.of.sessions, &session.data.identity.provider);
        let Some(provider) = self.of.providers.get(name) else {
            return Ok(Standing::Unproved);
        };
        let patience = provider.settings().timeout * MOST_CALLS;
        let Some(turn) = sessions.turn(&session, patience).await? else {
            let why = "waited too long for another request of the same session";
            return Ok(unavailable(why, RETRY_AFTER));
        };
        let standing = match sessions.again(&session).await? {
            None => Standing::Nobody,
            Some(now) if !sessions.is_due(&now) => Standing::Confirmed(Box::new(now)),
            Some(now) => match self.of.without_asking(&now) {
                Some(standing) => standing,
                None => self.ask(provider, now).await?,
            },
        };
        turn.release().await?;
        Ok(standing)
    }

    async fn ask(&self, provider: &Provider, session: Session) -> Result<Standing, StoreError> {
        let identity = &session.data.identity;
        let Some(mut renewal) = session.data.grounds.clone().map(|known| known.renewal) else {
            return Ok(Standing::Unproved);
        };
        let steps = &self.visit.steps;
        let asked = provider.renew(&mut renewal, identity, &self.of.needed, steps);
        match asked.await {
            Ok(claims) => self.told(provider, session, renewal, claims).await,
            Err(error) => self.not_told(session, renewal, error).await,
        }
    }

    async fn not_told(
        &self,
        session: Session,
        renewal: Renewal,
        error: NotRenewed,
    ) -> Result<Standing, StoreError> {
        let sessions = &self.of.sessions;
        let reason = match error {
            NotRenewed::OnlyByLogin(_) => {
                self.visit.steps.note("Session", error.to_string());
                sessions.ask_no_more(&session).await?;
                return Ok(Standing::Unproved);
            }
            NotRenewed::Unavailable(_) => {
                sessions.put_off(&session, renewal).await?;
                return Ok(unavailable(&error.to_string(), RETRY_AFTER));
            }
            NotRenewed::No(_) => Reason::LoginRefused,
            NotRenewed::Invalid(_) => Reason::LoginInvalid,
        };
        self.end(&session, reason, &error.to_string()).await?;
        Ok(Standing::Nobody)
    }

    /// The provider's word is judged as at a login; then whether anything here is still for them.
    async fn told(
        &self,
        provider: &Provider,
        session: Session,
        renewal: Renewal,
        claims: VerifiedClaims,
    ) -> Result<Standing, StoreError> {
        let identity = match map(&self.of.mapping, provider.settings(), claims) {
            Ok(identity) => identity,
            Err(error) => {
                let refusal = self.no_identity(provider, &error);
                return self.refuse(session, renewal, refusal).await;
            }
        };
        if identity.email != session.data.identity.email {
            // Their next login finds the customer of the former address, and tells them.
            let why = "their address at the provider is another one";
            self.end(&session, Reason::IdentityConflict, why).await?;
            self.hand_back(&session, renewal);
            return Ok(Standing::Nobody);
        }
        self.of.admission.is_now(&identity).await?;
        if let Some(refusal) = self.objection(&identity).await? {
            return self.refuse(session, renewal, refusal).await;
        }
        let confirmed = self.of.sessions.confirm(&session, identity, renewal).await;
        Ok(confirmed?.map_or(Standing::Nobody, |session| {
            self.visit
                .steps
                .note("Session", "confirmed by the provider");
            Standing::Confirmed(Box::new(session))
        }))
    }

    fn no_identity(&self, provider: &Provider, error: &MappingError) -> Refusal {
        let way = |right: &_| Ok(Again::at_provider(right, &self.to()));
        let providers = &self.of.providers;
        right_provider::refuse(error, provider.name(), providers, way).unwrap_or_else(|other| other)
    }

    /// Where they were going.
    fn to(&self) -> ReturnTo {
        self.path.parse().unwrap_or_else(|_| ReturnTo::home())
    }

    async fn objection(&self, identity: &Identity) -> Result<Option<Refusal>, StoreError> {
        if blocks::holds(&self.of.vault, identity).await? {
            let why = "blocked by an administrator";
            return Ok(Some(Refusal::new(Reason::Blocked).because(why)));
        }
        let judged = self.of.may_stay.judge(identity, &self.path);
        if judged.is_err() {
            let admission = &self.of.admission;
            admission.take_away_later(&self.visit, identity).await?;
        }
        Ok(judged.err())
    }

    /// The session ends, and its person is told why.
    async fn refuse(
        &self,
        session: Session,
        renewal: Renewal,
        refusal: Refusal,
    ) -> Result<Standing, StoreError> {
        self.end(&session, refusal.reason(), refusal.detail())
            .await?;
        self.hand_back(&session, renewal);
        let name = &session.data.identity.provider;
        let again = Again::at(name, &self.of.providers, &self.to());
        Ok(Standing::Refused(again.offer_another_account(refusal)))
    }

    async fn end(&self, session: &Session, reason: Reason, why: &str) -> Result<(), StoreError> {
        self.visit.steps.failed("Session", why);
        self.of.sessions.end(session).await?;
        let event = self
            .visit
            .event(EventName::SessionEnded)
            .identity(&session.data.identity)
            .reason(reason.name());
        self.of.trail.record(event).await
    }

    fn hand_back(&self, session: &Session, renewal: Renewal) {
        let name = &session.data.identity.provider;
        hand_back(&self.of.providers, name, renewal);
    }
}

fn unavailable(why: &str, wait: Duration) -> Standing {
    let refusal = Refusal::new(Reason::ProviderUnavailable).because(why);
    Standing::Refused(refusal.retry_after(wait))
}
