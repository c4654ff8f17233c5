//! Where people come back from the provider: `GET /login/callback/<provider>`.
//!
//! Everything that can be checked without the provider is checked before the code is spent, and the attempt is claimed in the store before that: of
//! two callbacks with one state, however close, one goes on.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Route, State, get, routes};

use crate::audit::EventName;
use crate::identity::{Identity, MappingError, map};
use crate::provider::{Callback as Answer, Provider};
use crate::session::{Session, Sessions, Visitor};
use crate::settings::ProviderName;
use crate::store::Key;
use crate::web::{LoginRate, Reason, Refusal, Visit};

use super::ReturnTo;
use super::attempt::{Fresh, LIFE, LoginAttempt, PendingRequest, Spent, Trace};
use super::cookies::Cookies;
use super::query::{BadQuery, parameter};
use super::service::{Begin, Login, refusal, start_again, unavailable};
use super::{resume, start};

/// How far the provider's clock may be behind ours when a new login is demanded.
const CLOCK_GRACE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// What the provider sent along.
struct Query {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

impl Query {
    fn read(uri: &Origin<'_>) -> Result<Self, BadQuery> {
        let query = uri.query().map(|query| query.as_str());
        let read = |name| parameter(query, name);
        Ok(Self {
            state: read("state")?,
            code: read("code")?,
            error: read("error")?,
            iss: read("iss")?,
        })
    }
}

/// What a callback finds of its attempt.
enum Found {
    /// It is open: go on.
    Open(Box<LoginAttempt>),
    /// It was completed before, and led there.
    Spent(ReturnTo),
    /// This browser has none of that state.
    Nothing,
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[get("/login/callback/<provider>")]
async fn callback(
    provider: ProviderName,
    uri: &Origin<'_>,
    visit: Visit,
    visitor: Visitor<'_>,
    cookies: Cookies<'_>,
    rate: &State<LoginRate>,
    login: &State<Login>,
    sessions: &State<Sessions>,
) -> Result<Redirect, Refusal> {
    let at = login
        .providers
        .get(&provider)
        .ok_or_else(|| Refusal::new(Reason::NotFound).because("no such provider"))?;
    let done = Return {
        login,
        visit: &visit,
        cookies: &cookies,
        sessions,
        at,
        rate,
    }
    .come_back(uri, &visitor)
    .await;
    match done {
        Err(refusal) if refusal.reason() != Reason::StoreUnavailable => {
            Err(login.record_refusal(&visit, &provider, None, refusal).await)
        }
        other => other,
    }
}

/// One callback.
struct Return<'a> {
    login: &'a Login,
    visit: &'a Visit,
    cookies: &'a Cookies<'a>,
    sessions: &'a Sessions,
    at: &'a Provider,
    rate: &'a LoginRate,
}

impl Return<'_> {
    async fn come_back(
        &self,
        uri: &Origin<'_>,
        visitor: &Visitor<'_>,
    ) -> Result<Redirect, Refusal> {
        let query =
            Query::read(uri).map_err(|error| Refusal::new(Reason::LoginInvalid).because(error))?;
        if let Some(error) = &query.error {
            return Err(self.refused(error, query.state.as_deref()));
        }
        let state = query.state.as_deref().ok_or_else(|| {
            Refusal::new(Reason::LoginExpired).because("a callback without state")
        })?;
        let now = self.login.now();
        let attempt = match self.find(state, now) {
            Found::Open(attempt) => attempt,
            Found::Spent(to) => return go_on(visitor, &to, "the attempt was completed before"),
            Found::Nothing => {
                return go_on(
                    visitor,
                    &ReturnTo::home(),
                    "no attempt of this state in this browser, or an old one",
                );
            }
        };
        let again = start_again(&attempt.return_to);
        let code = query
            .code
            .as_deref()
            .ok_or_else(|| invalid("neither code nor error").start_again(&again))?;
        if attempt.provider != *self.at.name() {
            return Err(invalid("the attempt was sent to another provider").start_again(&again));
        }
        self.stop_loops(now, &again)?;
        if !self.claim(state).await? {
            return go_on(
                visitor,
                &attempt.return_to,
                "the attempt is being completed by another request",
            );
        }
        self.spend(&attempt, now);
        self.complete(*attempt, code, query.iss.as_deref(), visitor)
            .await
            .map_err(|refusal| refusal.start_again(&again))
    }

    /// The provider said no, in words that are not ours to show.
    fn refused(&self, error: &str, state: Option<&str>) -> Refusal {
        let now = self.login.now();
        let reason = match error {
            "server_error" | "temporarily_unavailable" => Reason::ProviderUnavailable,
            _ => Reason::LoginRefused,
        };
        let refusal = Refusal::new(reason).because(format!(
            "the provider answered with the error {:?}",
            bounded(error)
        ));
        match state.map(|state| self.find(state, now)) {
            Some(Found::Open(attempt)) => refusal.start_again(&start_again(&attempt.return_to)),
            _ => refusal,
        }
    }

    fn find(&self, state: &str, now: Timestamp) -> Found {
        match self.cookies.attempts().find(state, now) {
            Some(Trace::Open(attempt)) => Found::Open(attempt.clone()),
            Some(Trace::Spent(spent)) => Found::Spent(spent.return_to.clone()),
            None => Found::Nothing,
        }
    }

    fn stop_loops(&self, now: Timestamp, again: &str) -> Result<(), Refusal> {
        let mut attempts = self.cookies.attempts();
        if !attempts.is_looping(now) {
            return Ok(());
        }
        attempts.forget_spent();
        self.cookies.set_attempts(attempts);
        Err(Refusal::new(Reason::LoginLoop)
            .because("the fifth completed callback within a minute")
            .start_again(again))
    }

    async fn claim(&self, state: &str) -> Result<bool, Refusal> {
        let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, state.as_bytes()));
        self.login
            .vault
            .claim(&Key::attempt(&hash), LIFE)
            .await
            .map_err(|error| unavailable(&error))
    }

    fn spend(&self, attempt: &LoginAttempt, now: Timestamp) {
        let mut attempts = self.cookies.attempts();
        attempts.spend(
            &attempt.state,
            Spent {
                return_to: attempt.return_to.clone(),
                completed: now,
            },
            now,
        );
        self.cookies.set_attempts(attempts);
    }

    async fn complete(
        &self,
        attempt: LoginAttempt,
        code: &str,
        iss: Option<&str>,
        visitor: &Visitor<'_>,
    ) -> Result<Redirect, Refusal> {
        let identity = self.identify(&attempt, code, iss).await?;
        if let Some(fresh) = attempt.fresh
            && !is_fresh(&identity, fresh)
        {
            return self.still_stale(attempt, fresh).await;
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
    ) -> Result<Identity, Refusal> {
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
            .map_err(|error| mapping_refusal(&error))
    }

    async fn open_session(
        &self,
        identity: Identity,
        replaces: Option<&Session>,
    ) -> Result<crate::session::SessionId, Refusal> {
        let signed_in = self.visit.event(EventName::SignedIn).identity(&identity);
        let id = self
            .sessions
            .open(identity, &self.visit.user_agent, replaces)
            .await
            .map_err(|error| unavailable(&error))?;
        self.login
            .trail
            .record(signed_in)
            .await
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
            };
            return start::go(begin, self.login, self.visit, self.rate, self.cookies).await;
        }
        match attempt.saml {
            Some(request) => self.resume(request, "", Some(resume::Fresh::Failed)),
            None => Err(invalid("the provider did not ask for a new login")),
        }
    }
}

/// With a live session an old callback is no trouble: on to its page.
fn go_on(visitor: &Visitor<'_>, to: &ReturnTo, why: &str) -> Result<Redirect, Refusal> {
    match visitor.session()? {
        Some(_) => Ok(Redirect::to(to.to_string())),
        None => Err(Refusal::new(Reason::LoginExpired)
            .because(why)
            .start_again(&start_again(to))),
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

fn invalid(why: &str) -> Refusal {
    Refusal::new(Reason::LoginInvalid).because(why)
}

fn bounded(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![callback]
}
