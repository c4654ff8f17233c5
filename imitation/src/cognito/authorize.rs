//! `/oauth2/authorize`: who may ask for a login, and who needs no login page any more.

use url::Url;

use super::faults::Fault;
use super::grants::{Grant, SESSION_LIFE, SignedIn, is_over};
use super::pool::{Pool, State};
use crate::http::{Answer, Asked, Parameters};
use crate::random;

/// A request whose client and address to come back to are registered: from here on errors may go there.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) redirect_uri: String,
    state: Option<String>,
    client_id: String,
    challenge: Option<String>,
    nonce: Option<String>,
    scopes: Vec<String>,
    prompt: String,
    pub(super) login_hint: String,
}

/// Why a request is not followed.
pub(super) enum Refused {
    /// Client or address are not registered: Cognito's own page, nothing comes back.
    Here(&'static str),
    /// The error goes back; `state` is forgotten on the way, as so often.
    There(String),
}

impl Refused {
    pub(super) fn into_answer(self) -> Answer {
        match self {
            Self::Here(error) => Answer::redirect(&format!("/error?error={error}")),
            Self::There(url) => Answer::redirect(&url),
        }
    }
}

impl Request {
    pub(super) fn read(state: &State, asked: &Parameters) -> Result<Self, Refused> {
        if asked.get("client_id") != Some(&state.config.client_id) {
            return Err(Refused::Here("invalid_client"));
        }
        let redirect_uri = asked.text("redirect_uri").to_owned();
        if !state.config.callback_urls.contains(&redirect_uri) {
            return Err(Refused::Here("redirect_mismatch"));
        }
        let back = |error, text| Refused::There(with_error(&redirect_uri, error, text, None));
        if asked.get("response_type") != Some("code") {
            return Err(back("invalid_request", "Invalid response_type"));
        }
        let scopes: Vec<String> = asked
            .text("scope")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        if !scopes.iter().all(|s| state.config.scopes.contains(s)) {
            return Err(back("invalid_request", "invalid_scope"));
        }
        let challenge = asked.get("code_challenge").map(str::to_owned);
        if challenge.is_some() && asked.get("code_challenge_method") != Some("S256") {
            return Err(back("invalid_request", "code_challenge_method"));
        }
        Ok(Self {
            state: asked.get("state").map(str::to_owned),
            client_id: state.config.client_id.clone(),
            challenge,
            nonce: asked.get("nonce").map(str::to_owned),
            scopes,
            prompt: asked.text("prompt").to_owned(),
            login_hint: asked.text("login_hint").to_owned(),
            redirect_uri,
        })
    }

    /// The address to come back to, with a code for `who`.
    pub(super) fn grant(
        self,
        state: &mut State,
        who: SignedIn,
        now: jiff::Timestamp,
    ) -> Result<String, Refused> {
        for fault in &state.faults {
            if let Fault::Refuses { error, with_state } = fault {
                let echoed = self.state.as_deref().filter(|_| *with_state);
                let url = with_error(&self.redirect_uri, error, "as asked for", echoed);
                return Err(Refused::There(url));
            }
        }
        let code = random::uuid();
        let mut url = query(&self.redirect_uri, "code", &code);
        if let Some(echoed) = &self.state {
            url = query(&url, "state", echoed);
        }
        for fault in &state.faults {
            if let Fault::CallbackAlsoCarries(name, value) = fault {
                url = query(&url, name, value);
            }
        }
        let grant = Grant {
            client_id: self.client_id,
            redirect_uri: self.redirect_uri,
            challenge: self.challenge,
            nonce: self.nonce,
            scopes: self.scopes,
            who,
            made: now,
        };
        state.codes.insert(code, grant);
        Ok(url)
    }
}

/// Silently, for those with a live `cognito` cookie; by the login page otherwise.
pub(super) fn authorize(pool: &Pool, asked: &Asked) -> Answer {
    let now = pool.clock.now();
    pool.change(|state| {
        let request = match Request::read(state, &asked.parameters()) {
            Ok(request) => request,
            Err(refused) => return refused.into_answer(),
        };
        let fresh = request.prompt == "login" && !state.suffers(&Fault::PromptIgnored);
        match signed_in(state, asked, now).filter(|_| !fresh) {
            Some(who) => request
                .grant(state, who, now)
                .map_or_else(Refused::into_answer, |url| Answer::redirect(&url)),
            None if request.prompt == "none" => Answer::redirect(&with_error(
                &request.redirect_uri,
                "login_required",
                "",
                request.state.as_deref(),
            )),
            None => Answer::redirect(&format!("/login?{}", asked.query)),
        }
    })
}

/// Who is signed in in the browser that asks.
fn signed_in(state: &State, asked: &Asked, now: jiff::Timestamp) -> Option<SignedIn> {
    let who = state.sessions.get(asked.cookie("cognito")?)?;
    let still = !is_over(who.at, SESSION_LIFE, now) && state.enabled(&who.username).is_some();
    still.then(|| who.clone())
}

fn with_error(redirect_uri: &str, error: &str, text: &str, state: Option<&str>) -> String {
    let url = query(redirect_uri, "error_description", text);
    let url = query(&url, "error", error);
    match state {
        Some(state) => query(&url, "state", state),
        None => url,
    }
}

/// The address with one more parameter.
fn query(url: &str, name: &str, value: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) => {
            parsed.query_pairs_mut().append_pair(name, value);
            parsed.into()
        }
        Err(_) => url.to_owned(),
    }
}
