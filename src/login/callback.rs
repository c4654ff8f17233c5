//! Where people come back from the provider: `GET /login/callback/<provider>`.
//!
//! Everything that can be checked without the provider is checked before the code is spent, and the attempt is claimed in the store before that: of
//! two callbacks with one state, however close, one goes on.

use std::time::Instant;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Route, get, routes};

use crate::provider::Provider;
use crate::session::{Sessions, Visitor};
use crate::settings::ProviderName;
use crate::store::Key;
use crate::web::{LoginRate, Reason, Refusal, Room, Visit};

use super::ReturnTo;
use super::again::{Again, start_again};
use super::attempt::{LIFE, LoginAttempt, Spent, Trace};
use super::cookies::Cookies;
use super::denied::{Denied, ToTrail};
use super::query::{BadQuery, parameter};
use super::service::Login;

/// What the provider sent along.
pub(super) struct Query {
    pub(super) state: Option<String>,
    pub(super) code: Option<String>,
    pub(super) error: Option<String>,
    pub(super) iss: Option<String>,
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
    rate: &Room<LoginRate>,
    login: &Room<Login>,
    sessions: &Room<Sessions>,
) -> Result<Redirect, Refusal> {
    let at = login
        .providers
        .get(&provider)
        .ok_or_else(|| Refusal::new(Reason::NotFound).because("no such provider"))?;
    let done = Return {
        begun: Instant::now(),
        login,
        visit: &visit,
        cookies: &cookies,
        sessions,
        at,
        rate,
    }
    .come_back(uri, &visitor)
    .await;
    let refusal = match done {
        Ok(redirect) => return Ok(redirect),
        Err(Denied { refusal, .. }) if refusal.reason() == Reason::StoreUnavailable => refusal,
        // Anyone can call this address with anything: what that costs is limited like login attempts.
        Err(denied) => match rate.check(visit.client) {
            Ok(()) => login.record_refusal(&visit, &provider, denied).await,
            Err(too_many) => too_many,
        },
    };
    login.count_refusal(&provider, &refusal);
    Err(refusal)
}

/// What of an attempt is claimed: each can be once.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// Its one completion.
    Completion,
    /// Its one refusal in the trail that costs no completion: after a login that was cancelled, the back button leads to one that is not.
    Refusal,
}

/// One callback.
pub(super) struct Return<'a> {
    /// When it began.
    begun: Instant,
    pub(super) login: &'a Login,
    pub(super) visit: &'a Visit,
    pub(super) cookies: &'a Cookies<'a>,
    pub(super) sessions: &'a Sessions,
    pub(super) at: &'a Provider,
    pub(super) rate: &'a LoginRate,
}

impl Return<'_> {
    async fn come_back(&self, uri: &Origin<'_>, visitor: &Visitor<'_>) -> Result<Redirect, Denied> {
        let query =
            Query::read(uri).map_err(|error| Refusal::new(Reason::LoginInvalid).because(error))?;
        if let Some((attempt, trial)) = self.trial(&query, self.login.now()) {
            return Ok(self.try_out(&attempt, &trial, &query, uri).await?);
        }
        if let Some(error) = &query.error {
            return Err(self.refused(error, query.state.as_deref()).await);
        }
        let state = query.state.as_deref().ok_or_else(|| {
            Refusal::new(Reason::LoginExpired).because("a callback without state")
        })?;
        let now = self.login.now();
        let attempt = match self.find(state, now) {
            Found::Open(attempt) => attempt,
            Found::Spent(to) => {
                return Ok(go_on(visitor, &to, "the attempt was completed before")?);
            }
            Found::Nothing => {
                let why = "no attempt of this state in this browser, or an old one";
                return Ok(go_on(visitor, &ReturnTo::home(), why)?);
            }
        };
        let again = Again::of(&attempt, &self.login.providers, &self.login.vault, now)?;
        let Some(code) = query.code.as_deref().filter(|code| !code.is_empty()) else {
            let refusal = again.offer(invalid("neither code nor error"));
            return Err(self.deny(&attempt, refusal).await);
        };
        if attempt.provider != *self.at.name() {
            let why = "the attempt was sent to another provider";
            return Err(self.deny(&attempt, again.offer(invalid(why))).await);
        }
        if let Err(refusal) = self.stop_loops(now, &again) {
            return Err(self.deny(&attempt, refusal).await);
        }
        if !self.claim(state, Part::Completion).await? {
            let why = "the attempt is being completed by another request";
            return match visitor.session()? {
                Some(_) if attempt.saml.is_none() => {
                    Ok(Redirect::to(attempt.return_to.to_string()))
                }
                _ => {
                    let refusal = Refusal::new(Reason::LoginExpired).because(why);
                    Err(again.offer(refusal).into())
                }
            };
        }
        let (led_to, link) = (attempt.return_to.clone(), self.login.links.of(&attempt));
        let done = self
            .complete(*attempt, code, query.iss.as_deref(), visitor)
            .await;
        self.login.metrics.login_took(self.begun.elapsed());
        let spent = Spent {
            return_to: led_to,
            completed: now,
            went_well: done.is_ok(),
        };
        self.spend(state, spent, now);
        done.map_err(|denied| Denied {
            refusal: again.offer(denied.refusal),
            link,
            // A made-up code comes as far as this: only whom the provider vouched for is more than a stranger.
            to_trail: match denied.to_trail {
                ToTrail::No => ToTrail::AsAStrangers,
                known => known,
            },
            ..denied
        })
    }

    /// The provider said no, in words that are not ours to show.
    async fn refused(&self, error: &str, state: Option<&str>) -> Denied {
        let now = self.login.now();
        let reason = match error {
            "server_error" | "temporarily_unavailable" => Reason::ProviderUnavailable,
            _ => Reason::LoginRefused,
        };
        let refusal = Refusal::new(reason).because(format!(
            "the provider answered with the error {:?}",
            bounded(error)
        ));
        let Some(state) = state else {
            return refusal.into();
        };
        match self.find(state, now) {
            Found::Open(attempt) => {
                match Again::of(&attempt, &self.login.providers, &self.login.vault, now) {
                    Ok(again) => self.deny(&attempt, again.offer(refusal)).await,
                    Err(internal) => internal.into(),
                }
            }
            _ => refusal.into(),
        }
    }

    fn find(&self, state: &str, now: Timestamp) -> Found {
        let (attempts, steps) = (self.cookies.attempts(), &self.visit.steps);
        match attempts.find(state, now) {
            Some(Trace::Open(attempt)) => {
                steps.note("Login attempt", told(attempt, now));
                steps.follows(&attempt.begun_by);
                if let Some(link) = self.login.links.of(attempt) {
                    steps.link(link.as_str());
                }
                Found::Open(attempt.clone())
            }
            Some(Trace::Spent(spent)) => {
                steps.note("Login attempt", "was completed before");
                Found::Spent(spent.return_to.clone())
            }
            None => {
                steps.failed(
                    "Login attempt",
                    "none of this state in the browser's cookies",
                );
                Found::Nothing
            }
        }
    }

    fn stop_loops(&self, now: Timestamp, again: &Again) -> Result<(), Refusal> {
        let mut attempts = self.cookies.attempts();
        if !attempts.is_looping(now) {
            return Ok(());
        }
        attempts.forget_spent();
        self.cookies.set_attempts(attempts);
        Err(again.offer(
            Refusal::new(Reason::LoginLoop).because("the fifth completed callback within a minute"),
        ))
    }

    /// An attempt that was found is refused before it is claimed; the first time goes into the trail.
    async fn deny(&self, attempt: &LoginAttempt, refusal: Refusal) -> Denied {
        match self.claim(&attempt.state, Part::Refusal).await {
            Ok(true) => Denied {
                to_trail: ToTrail::AsAStrangers,
                link: self.login.links.of(attempt),
                ..refusal.into()
            },
            Ok(false) => refusal.into(),
            Err(unavailable) => unavailable.into(),
        }
    }

    pub(super) async fn claim(&self, state: &str, part: Part) -> Result<bool, Refusal> {
        let mut hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, state.as_bytes()));
        if matches!(part, Part::Refusal) {
            hash.push_str(" refused");
        }
        self.login
            .vault
            .claim(&Key::attempt(&hash), LIFE)
            .await
            .map_err(Refusal::from)
    }

    pub(super) fn spend(&self, state: &str, spent: Spent, now: Timestamp) {
        let mut attempts = self.cookies.attempts();
        attempts.spend(state, spent, now);
        self.cookies.set_attempts(attempts);
    }
}

fn told(attempt: &LoginAttempt, now: Timestamp) -> String {
    let seconds = now.duration_since(attempt.started).as_secs();
    let waiting = match &attempt.saml {
        Some(request) => format!("; {} waits for it", request.service_provider),
        None => String::new(),
    };
    format!("begun {seconds} s ago at {}{waiting}", attempt.provider)
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

pub(super) fn invalid(why: &str) -> Refusal {
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
