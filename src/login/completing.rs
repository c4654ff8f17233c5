//! The end of a callback: the code is redeemed, the claims become an identity, and a session is opened for it.

use rocket::response::Redirect;

use crate::audit::EventName;
use crate::identity::{Identity, MappingError, map};
use crate::provider::Callback as Answer;
use crate::session::{Session, SessionId, Visitor};
use crate::web::{Reason, Refusal};

use super::attempt::{Fresh, LoginAttempt, PendingRequest};
use super::callback::{Denied, Return, invalid};
use super::service::{Begin, refusal, unavailable};
use super::{resume, start};

/// How far the provider's clock may be behind ours when a new login is demanded.
const CLOCK_GRACE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

impl Return<'_> {
    pub(super) async fn complete(
        &self,
        attempt: LoginAttempt,
        code: &str,
        iss: Option<&str>,
        visitor: &Visitor<'_>,
    ) -> Result<Redirect, Denied> {
        let identity = self.identify(&attempt, code, iss).await?;
        if let Some(fresh) = attempt.fresh
            && !is_fresh(&identity, fresh)
        {
            return Ok(self.still_stale(attempt, fresh).await?);
        }
        let id = self.open_session(identity, visitor.session()?).await?;
        self.cookies.set_session(&id);
        match attempt.saml {
            Some(request) => Ok(self.resume(
                request,
                &id.hash(),
                attempt.fresh.map(|_| resume::Fresh::Proved),
            )?),
            None => Ok(Redirect::to(attempt.return_to.to_string())),
        }
    }

    fn resume(
        &self,
        request: PendingRequest,
        session: &str,
        fresh: Option<resume::Fresh>,
    ) -> Result<Redirect, Refusal> {
        let resume = resume::Resume {
            request,
            session: session.to_owned(),
            fresh,
            at: self.login.now(),
        };
        resume::at_saml(&self.login.vault, &resume)
    }

    async fn identify(
        &self,
        attempt: &LoginAttempt,
        code: &str,
        iss: Option<&str>,
    ) -> Result<Identity, Denied> {
        let redirect_uri = self.login.redirect_uri(&attempt.provider);
        let answer = Answer {
            code,
            pkce_verifier: &attempt.pkce_verifier,
            nonce: &attempt.nonce,
            redirect_uri: &redirect_uri,
            iss,
        };
        let claims = self
            .at
            .redeem(&answer, &self.login.needed)
            .await
            .map_err(|error| refusal(&error))?;
        map(&self.login.mapping, self.at.settings(), claims)
            .map_err(|error| Denied::an_attempt(mapping_refusal(&error), error.email().cloned()))
    }

    async fn open_session(
        &self,
        identity: Identity,
        replaces: Option<&Session>,
    ) -> Result<SessionId, Refusal> {
        let signed_in = self.visit.event(EventName::SignedIn).identity(&identity);
        let opened = self
            .sessions
            .open(identity, &self.visit.user_agent, replaces);
        let (id, ()) = tokio::try_join!(opened, self.login.trail.record(signed_in))
            .map_err(|error| unavailable(&error))?;
        Ok(id)
    }

    /// The provider signed somebody in silently although a new login was demanded: once more, then the service provider is told.
    async fn still_stale(&self, attempt: LoginAttempt, fresh: Fresh) -> Result<Redirect, Refusal> {
        if !fresh.second_try {
            let fresh = Some(Fresh {
                second_try: true,
                ..fresh
            });
            let begin = Begin {
                provider: &attempt.provider,
                return_to: attempt.return_to,
                saml: attempt.saml,
                fresh,
                login_hint: None,
                another_account: false,
            };
            return start::go(begin, self.login, self.visit, self.rate, self.cookies).await;
        }
        match attempt.saml {
            Some(request) => self.resume(request, "", Some(resume::Fresh::Failed)),
            None => Err(invalid("the provider did not ask for a new login")),
        }
    }
}

fn is_fresh(identity: &Identity, fresh: Fresh) -> bool {
    identity.auth_time.is_some_and(|at| {
        at >= fresh
            .since
            .saturating_sub(CLOCK_GRACE)
            .unwrap_or(fresh.since)
    })
}

fn mapping_refusal(error: &MappingError) -> Refusal {
    let reason = match error {
        MappingError::EmailMissing => Reason::EmailMissing,
        MappingError::EmailUnverified { .. } => Reason::EmailUnverified,
        MappingError::DomainNotAllowed { .. } => Reason::DomainNotAllowed,
    };
    Refusal::new(reason).because(error)
}
