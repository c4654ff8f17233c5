//! `/oauth2/token`: a code becomes tokens, once; and a refresh token becomes new ones, which say what holds now.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::claims::{Login, TOKEN_LIFE, end_of};
use super::config::RefreshTokens;
use super::faults::Fault;
use super::grants::{Access, CODE_LIFE, Grant, REFRESH_LIFE, Refresh, is_over};
use super::id_token::{at_hash, challenge_of, id_token, signed};
use super::pool::{Pool, State};
use crate::http::{Answer, Asked, Parameters, Ticket};
use crate::keys::PoolKey;
use crate::random;

/// What goes wrong at this endpoint, in its own words: `error` and `error_description`.
type Refusal = (&'static str, &'static str);

/// Answers, unless a fault has it otherwise.
pub(super) async fn token(pool: &Pool, asked: &Asked, ticket: Ticket) -> Answer {
    for fault in pool.read(|state| state.faults.clone()) {
        match fault {
            Fault::TokenEndpointHangs => {
                ticket.wait().await;
                break;
            }
            Fault::TokenEndpointFails => return Answer::json(500, &json!({"message": "Oops"})),
            Fault::TokenEndpointHtml => return Answer::page(200, "<h1>Maintenance</h1>".into()),
            Fault::TokenEndpointHuge => return Answer::json(200, &json!("x".repeat(3 << 20))),
            Fault::TokenEndpointRedirects(url) => {
                return Answer::empty(307).with("Location", url);
            }
            Fault::TokenEndpointSays(status, kind, body) => {
                return Answer::text(status, &kind, body);
            }
            Fault::TokenRefused => return refused(("invalid_grant", "")),
            _ => {}
        }
    }
    let issuer = pool.issuer();
    let now = pool.clock.now();
    // Signing takes a while, and is done while others may be answered.
    let due = pool.change(|state| {
        let granted = granted(state, asked, now)?;
        due(state, granted, &issuer, now)
    });
    match due {
        Ok(due) => due.answer(pool, now),
        Err(refusal) => refused(refusal),
    }
}

fn refused((error, description): Refusal) -> Answer {
    let body = if description.is_empty() {
        json!({"error": error})
    } else {
        json!({"error": error, "error_description": description})
    };
    Answer::json(400, &body).with("Cache-Control", "no-store")
}

/// What tokens are made for.
struct Granted {
    refresh: Refresh,
    /// Of a login; refreshed tokens have none.
    nonce: Option<String>,
    /// The refresh token that goes along, if one does.
    refresh_token: Option<String>,
    by_refresh: bool,
}

/// Checks the client first, then what it shows.
fn granted(state: &mut State, asked: &Asked, now: jiff::Timestamp) -> Result<Granted, Refusal> {
    let form = asked.form();
    authenticate(state, asked, &form)?;
    match form.get("grant_type") {
        Some("authorization_code") => {
            let grant = redeem(state, &form, now)?;
            // A pool that federates makes a nonce of its own when none was sent.
            let nonce = grant.nonce.clone().unwrap_or_else(random::token);
            let refresh = Refresh {
                who: grant.who,
                client_id: grant.client_id,
                scopes: grant.scopes,
                origin_jti: random::uuid(),
                made: now,
            };
            let given = state.config.refresh_tokens != RefreshTokens::Off;
            Ok(Granted {
                refresh_token: given.then(|| keep(state, refresh.clone())),
                refresh,
                nonce: Some(nonce),
                by_refresh: false,
            })
        }
        Some("refresh_token") => refreshed(state, form.text("refresh_token"), now),
        _ => Err(("unsupported_grant_type", "")),
    }
}

/// What is known of the refresh token that is shown.
fn refreshed(state: &mut State, shown: &str, now: jiff::Timestamp) -> Result<Granted, Refusal> {
    let rule = state.config.refresh_tokens;
    if rule == RefreshTokens::Off {
        return Err(("unauthorized_client", ""));
    }
    let refresh = state.refreshes.get(shown).cloned();
    let refresh = refresh
        .filter(|refresh| !is_over(refresh.made, REFRESH_LIFE, now))
        .filter(|refresh| state.enabled(&refresh.who.username).is_some())
        .ok_or(("invalid_grant", ""))?;
    let rotates = rule == RefreshTokens::Rotated;
    if rotates {
        state.refreshes.remove(shown);
    }
    Ok(Granted {
        refresh_token: rotates.then(|| keep(state, refresh.clone())),
        refresh,
        nonce: None,
        by_refresh: true,
    })
}

fn keep(state: &mut State, refresh: Refresh) -> String {
    let token = random::token();
    state.refreshes.insert(token.clone(), refresh);
    token
}

/// A code that was shown is spent, whatever else is wrong.
fn redeem(state: &mut State, form: &Parameters, now: jiff::Timestamp) -> Result<Grant, Refusal> {
    let grant = state
        .codes
        .remove(form.text("code"))
        .filter(|grant| !is_over(grant.made, CODE_LIFE, now))
        .ok_or(("invalid_grant", ""))?;
    if grant.redirect_uri != form.text("redirect_uri") {
        return Err(("unauthorized_client", "invalid_redirect"));
    }
    if grant.client_id != state.config.client_id {
        return Err(("invalid_grant", ""));
    }
    let proven = match &grant.challenge {
        Some(challenge) => form.get("code_verifier").map(challenge_of).as_ref() == Some(challenge),
        None => form.get("code_verifier").is_none(),
    };
    if proven {
        Ok(grant)
    } else {
        Err(("invalid_grant", ""))
    }
}

/// By `client_secret_basic`, by `client_secret_post`, or by the id alone for a public client; never by two at once.
pub(super) fn authenticate(state: &State, asked: &Asked, form: &Parameters) -> Result<(), Refusal> {
    let basic = asked.header("Authorization").map(basic_credentials);
    let (id, secret) = match basic {
        Some(_) if form.get("client_secret").is_some() => return Err(("invalid_request", "")),
        Some(None) => return Err(("invalid_client", "")),
        Some(Some((id, secret))) => (id, Some(secret)),
        None => (
            form.text("client_id").to_owned(),
            form.get("client_secret").map(str::to_owned),
        ),
    };
    if id != state.config.client_id {
        return Err(("invalid_client", ""));
    }
    if secret == state.config.client_secret {
        Ok(())
    } else {
        Err(("invalid_client", "invalid_client_secret"))
    }
}

/// Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        percent_decode_str(&part.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((decode(id), decode(secret)))
}

/// All that goes into an answer, as it was in one moment.
struct Due {
    granted: Granted,
    access_claims: Map<String, Value>,
    id_claims: Map<String, Value>,
    secret: Option<String>,
    /// The access token is no more than random characters.
    opaque: bool,
    key: PoolKey,
    faults: Vec<Fault>,
    issuer: String,
}

fn due(
    state: &State,
    granted: Granted,
    issuer: &str,
    now: jiff::Timestamp,
) -> Result<Due, Refusal> {
    let grant = &granted.refresh;
    let person = state
        .enabled(&grant.who.username)
        .ok_or(("invalid_grant", ""))?;
    let login = Login {
        person,
        issuer,
        client_id: &grant.client_id,
        scopes: &grant.scopes,
        nonce: granted.nonce.as_deref(),
        auth_time: grant.who.at,
        now,
        origin_jti: grant.origin_jti.clone(),
        event_id: random::uuid(),
    };
    Ok(Due {
        access_claims: login.access_claims(),
        id_claims: login.id_claims(),
        secret: state.config.client_secret.clone(),
        opaque: state.config.opaque_access_tokens,
        key: state.key.clone(),
        faults: state.faults.clone(),
        issuer: issuer.to_owned(),
        granted,
    })
}

impl Due {
    fn answer(self, pool: &Pool, now: jiff::Timestamp) -> Answer {
        let access_token = if self.opaque {
            random::token()
        } else {
            signed(&self.access_claims, &self.key)
        };
        let mut body = json!({
            "access_token": access_token,
            "expires_in": TOKEN_LIFE.as_secs(),
            "token_type": "Bearer",
        });
        if !(self.granted.by_refresh && self.faults.contains(&Fault::RefreshWithoutIdToken)) {
            body["id_token"] = json!(self.id_token(&access_token, now));
        }
        if let Some(token) = &self.granted.refresh_token {
            body["refresh_token"] = json!(token);
        }
        let grant = self.granted.refresh;
        let access = Access {
            username: grant.who.username,
            origin_jti: grant.origin_jti,
            scopes: grant.scopes,
            until: end_of(now),
        };
        pool.change(|state| state.accesses.insert(access_token, access));
        Answer::json(200, &body).with("Cache-Control", "no-store")
    }

    fn id_token(&self, access_token: &str, now: jiff::Timestamp) -> String {
        if self.faults.contains(&Fault::IdTokenIsAccessToken) {
            return access_token.to_owned();
        }
        let mut claims = self.id_claims.clone();
        claims.insert("at_hash".to_owned(), json!(at_hash(access_token)));
        let client = &self.granted.refresh.client_id;
        let faults = self.faults.iter();
        for edit in faults.filter_map(|fault| fault.on_claims(&self.issuer, client, now)) {
            match edit.value {
                Some(value) => claims.insert(edit.claim, value),
                None => claims.remove(&edit.claim),
            };
        }
        id_token(&claims, &self.key, self.secret.as_deref(), &self.faults)
    }
}
