//! The end of a callback: the code is redeemed, the claims become an identity, and a session is opened for it.

use rocket::response::Redirect;

use crate::admission::blocks;
use crate::audit::EventName;
use crate::identity::{EmailAddress, Identity, MappingError, map};
use crate::metrics::LoginOutcome;
use crate::provider::{Callback as Answer, Redeemed, Renewal};
use crate::session::{NotOpened, Session, SessionId, Visitor};
use crate::trace::Said;
use crate::web::pages::ProviderButton;
use crate::web::{Reason, Refusal};

use super::again::Again;
use super::attempt::{Fresh, LoginAttempt, PendingRequest};
use super::callback::{Return, invalid};
use super::choice::Choice;
use super::denied::Denied;
use super::service::{Begin, refusal};
use super::{leaving, resume, right_provider, start};

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
        let (identity, renewal) = self.identify(&attempt, code, iss).await?;
        self.stop_blocked(&identity).await?;
        if let Some(fresh) = attempt.fresh
            && !is_fresh(&identity, fresh)
        {
            return Ok(self.still_stale(attempt, fresh).await?);
        }
        let person = identity.key();
        let id = self
            .open_session(identity, renewal, visitor.session()?)
            .await?;
        self.cookies.set_session(&id);
        match attempt.saml {
            Some(request) => Ok(self.resume(
                request,
                Some(person),
                attempt.fresh.map(|_| resume::Fresh::Proved),
            )?),
            None => Ok(Redirect::to(self.login.end(&attempt.return_to))),
        }
    }

    fn resume(
        &self,
        request: PendingRequest,
        person: Option<String>,
        fresh: Option<resume::Fresh>,
    ) -> Result<Redirect, Refusal> {
        let resume = resume::Resume {
            request,
            person,
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
    ) -> Result<(Identity, Renewal), Denied> {
        let redirect_uri = self.login.redirect_uri(&attempt.provider);
        let answer = Answer {
            code,
            pkce_verifier: &attempt.pkce_verifier,
            nonce: &attempt.nonce,
            redirect_uri: &redirect_uri,
            iss,
            steps: &self.visit.steps,
        };
        let Redeemed { claims, renewal } = self
            .at
            .redeem(&answer, &self.login.needed)
            .await
            .map_err(|error| refusal(&error))?;
        self.visit.steps.vouched();
        let (subject, told_of) = (claims.subject.clone(), claims.claims.clone());
        let identity = map(&self.login.mapping, self.at.settings(), claims);
        let email = match &identity {
            Ok(identity) => Some(&identity.email),
            Err(error) => error.email(),
        };
        self.visit.steps.said(Said {
            provider: self.at.name().clone(),
            subject,
            email: email.cloned(),
            name: identity.as_ref().ok().map(|one| one.display_name.clone()),
            claims: told_of.of_the_person().without_tokens(),
        });
        let identity = match identity {
            Ok(identity) => identity,
            Err(error) => return Err(self.no_identity(attempt, &error)?),
        };
        self.visit.steps.note("Identity", told(&identity));
        Ok((identity, renewal))
    }

    /// Claims that make no identity. Whoever came by the wrong provider is shown the way to the right one, and on to where this one was to lead.
    fn no_identity(&self, attempt: &LoginAttempt, error: &MappingError) -> Result<Denied, Refusal> {
        let (vault, now) = (&self.login.vault, self.login.now());
        let way = |right: &_| match &attempt.saml {
            Some(request) => Ok(Again::with(request, right, vault, now)?.plain),
            None => Ok(Again::at_provider(right, &attempt.return_to)),
        };
        let refusal = right_provider::refuse(error, self.at.name(), &self.login.providers, way)?;
        Ok(Denied::an_attempt(refusal, error.email().cloned()))
    }

    /// Nobody who is blocked is signed in.
    async fn stop_blocked(&self, identity: &Identity) -> Result<(), Denied> {
        let email = identity.email.as_str();
        let (blocked, ()) = tokio::try_join!(
            blocks::holds(&self.login.vault, identity),
            self.login.trail.prepare(email),
        )
        .map_err(Refusal::from)?;
        if blocked {
            return Err(not_opened(&NotOpened::Blocked, &identity.email));
        }
        let none = "neither the address nor the account is blocked";
        self.visit.steps.note("Blocks", none);
        Ok(())
    }

    async fn open_session(
        &self,
        identity: Identity,
        renewal: Renewal,
        replaces: Option<&Session>,
    ) -> Result<SessionId, Denied> {
        let email = identity.email.clone();
        let signed_in = self.visit.event(EventName::SignedIn).identity(&identity);
        let visits = self.visit.steps.with_those_before(&self.visit.reference);
        let (browser, renewal) = (&self.visit.user_agent, Some(renewal));
        let opened = self
            .sessions
            .open(identity, browser, replaces, visits, renewal);
        let recorded = self.login.trail.record(signed_in);
        let (id, ()) = tokio::try_join!(opened, async { Ok(recorded.await?) })
            .map_err(|error| not_opened(&error, &email))?;
        let metrics = &self.login.metrics;
        metrics.login(self.at.name(), LoginOutcome::SignedIn);
        self.visit.steps.note("Session", "opened");
        self.visit.steps.completed();
        Ok(id)
    }

    /// The provider signed somebody in silently although a new login was demanded: once more, by way of its logout where it has one, then the service
    /// provider is told.
    async fn still_stale(&self, attempt: LoginAttempt, fresh: Fresh) -> Result<Redirect, Refusal> {
        if fresh.second_try {
            return match attempt.saml {
                Some(request) => self.resume(request, None, Some(resume::Fresh::Failed)),
                None => Err(invalid("the provider did not ask for a new login")),
            };
        }
        let now = self.login.now();
        if let Some(request) = &attempt.saml {
            let choice = Choice {
                request: request.clone(),
                providers: vec![attempt.provider.clone()],
                second_try: true,
                at: now,
            };
            let sealed = choice.seal(&self.login.vault)?;
            let on_to = ProviderButton::address(Some(&attempt.provider), None, Some(&sealed));
            if let Some(redirect) = leaving::leave(self.login, self.at, on_to, self.cookies)? {
                return Ok(redirect);
            }
        }
        let begin = Begin {
            saml: attempt.saml,
            fresh: Some(Fresh {
                second_try: true,
                ..fresh
            }),
            ..Begin::at(&attempt.provider, attempt.return_to)
        };
        start::go(begin, self.login, self.visit, self.rate, self.cookies).await
    }
}

fn not_opened(error: &NotOpened, email: &EmailAddress) -> Denied {
    match error {
        NotOpened::Blocked => {
            let refusal = Refusal::new(Reason::Blocked).because(error);
            Denied::an_attempt(refusal, Some(email.clone()))
        }
        NotOpened::Ended => {
            let refusal = Refusal::new(Reason::LoginExpired).because(error);
            Denied::an_attempt(refusal, Some(email.clone()))
        }
        NotOpened::Store(error) => Refusal::from(error).into(),
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

/// What may be said of an identity without naming anybody.
fn told(identity: &Identity) -> String {
    let groups: Vec<&str> = identity
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    match groups.as_slice() {
        [] => "its address is believed; it has no groups".to_owned(),
        _ => format!("its address is believed; groups: {}", groups.join(", ")),
    }
}
