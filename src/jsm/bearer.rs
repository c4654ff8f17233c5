//! The token of `token_kind = "oauth"`: fetched with the client's id and secret (RFC 6749, section 4.4), kept for as long as it lives.

use std::time::Duration;

use reqwest::header::ACCEPT;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::account::below;
use super::answer::Failure;
use super::deadline::Deadline;
use super::error::Operation;
use super::requests::Requests;
use super::send::beforehand;

const OPERATION: Operation = "get_access_token";

/// How long before its end a token is no longer used: it must outlive the call.
const MARGIN: Duration = Duration::from_mins(1);

/// A token that is refused so soon is refused for a reason that the next one would have too.
const NEW: Duration = Duration::from_secs(10);

/// How long a token is kept whose answer does not say how long it lives.
const UNSAID: Duration = Duration::from_mins(5);

/// A client that gets tokens.
#[derive(Debug)]
pub(super) struct Bearer {
    auth: Url,
    client_id: String,
    client_secret: SecretString,
    /// Held while one is fetched, so that all who wait share it.
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    token: SecretString,
    fetched: Instant,
    good_until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

impl Bearer {
    pub(super) fn new(auth: &Url, client_id: String, client_secret: SecretString) -> Self {
        Self {
            auth: auth.clone(),
            client_id,
            client_secret,
            kept: Mutex::default(),
        }
    }

    /// A token that is good for a while.
    pub(super) async fn token(
        &self,
        http: Requests<'_>,
        deadline: Deadline,
    ) -> Result<SecretString, Failure> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept
            .as_ref()
            .filter(|kept| kept.good_until > Instant::now())
        {
            return Ok(kept.token.clone());
        }
        let request = http
            .client
            .post(below(&self.auth, "oauth/token"))
            .header(ACCEPT, "application/json")
            .json(&json!({
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret.expose_secret(),
            }));
        let answer = beforehand(http, OPERATION, request, deadline).await?;
        let granted: Granted = answer.read(OPERATION).map_err(Failure::useless)?;
        let life = granted.expires_in.map_or(UNSAID, |seconds| {
            Duration::from_secs(seconds).saturating_sub(MARGIN)
        });
        let token = SecretString::from(granted.access_token);
        *kept = Some(Kept {
            token: token.clone(),
            fetched: Instant::now(),
            good_until: Instant::now() + life.min(Duration::from_hours(24)),
        });
        Ok(token)
    }

    /// The token was refused: the next call fetches another. Whether that is worth trying at once: not when the token was new.
    pub(super) async fn forget(&self) -> bool {
        let forgotten = self.kept.lock().await.take();
        forgotten.is_some_and(|kept| kept.fetched.elapsed() > NEW)
    }
}
