//! A provider at the socket, and the front door's view of it.

mod answers;
mod checking;
mod fetching;
mod redeeming;
mod renewing;
mod starting;

use std::time::Duration;

use serde_json::{Value, json};

use super::testing::{FIRST, FakeProvider, Reply, SECOND, http_client};
use super::*;
use crate::identity::{NeededClaims, VerifiedClaims};
use crate::trace::Steps;

const DISCOVERY: &str = "/pool/.well-known/openid-configuration";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const OUR_CALLBACK: &str = "https://sso.example.test/login/callback/cognito";

/// A fake user pool, the front door's view of it, and the clock of both.
struct House {
    fake: FakeProvider,
    provider: Provider,
    clock: Clock,
}

impl House {
    async fn build() -> Self {
        Self::build_with(|_| {}).await
    }

    async fn build_with(change: impl FnOnce(&mut ProviderSettings)) -> Self {
        let fake = FakeProvider::start().await;
        let mut settings = settings(&fake.origin);
        change(&mut settings);
        let clock = Clock::system();
        let provider = {
            let http = Http::new(http_client(), &settings, &Metrics::default());
            Provider::new(settings, http, clock.clone())
        };
        fake.say(DISCOVERY, Reply::Json(document(&fake.origin)));
        fake.say("/keys", Reply::Json(json!({"keys": [FIRST.jwk()]})));
        let house = Self {
            fake,
            provider,
            clock,
        };
        house.issue(&house.claims());
        house
    }

    fn claims(&self) -> Value {
        let now = self.clock.now().as_second();
        json!({"iss": self.provider.settings.issuer, "aud": "ours", "sub": "s-1", "token_use": "id", "nonce": "n-1", "exp": now + 3600,
            "iat": now, "email": "ann@corp.test", "email_verified": true})
    }

    /// What the token endpoint hands out from now on, signed with the first key.
    fn issue(&self, claims: &Value) {
        self.hand_out(FIRST.token(claims));
    }

    fn hand_out(&self, id_token: String) {
        let answer = json!({"id_token": id_token, "access_token": "access", "refresh_token": "refresh", "expires_in": 3600, "token_type": "Bearer"});
        self.fake.say("/token", Reply::Json(answer));
    }

    async fn redeem(&self) -> Result<VerifiedClaims, ProviderError> {
        self.redeem_needing(&[]).await
    }

    async fn redeem_needing(&self, claims: &[&str]) -> Result<VerifiedClaims, ProviderError> {
        let needed = NeededClaims::only(claims);
        let steps = Steps::default();
        let callback = callback(None, &steps);
        let redeemed = self.provider.redeem(&callback, &needed).await;
        redeemed.map(|redeemed| redeemed.claims)
    }

    fn asked(&self, path: &str) -> usize {
        self.fake.requests(path).len()
    }
}

fn settings(origin: &str) -> ProviderSettings {
    ProviderSettings {
        enabled: true,
        sign_up: crate::settings::provider::SignUp::Unknown,
        name: "cognito".parse().unwrap(),
        label: "Acme account".into(),
        issuer: format!("{origin}/pool"),
        domain: Some(origin.parse().unwrap()),
        client_id: "ours".into(),
        client_secret: Some("top secret/+".to_owned().into()),
        scopes: ["openid", "profile", "email"].map(String::from).to_vec(),
        timeout: Duration::from_secs(10),
        email_domains: Vec::new(),
        named_elsewhere: Vec::new(),
        assume_verified: false,
        identity_provider: None,
        logout_url: None,
        sign_out_url: "https://sso.example.test/signed-out".into(),
    }
}

fn document(origin: &str) -> Value {
    json!({"issuer": format!("{origin}/pool"), "authorization_endpoint": format!("{origin}/authorize"), "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"), "userinfo_endpoint": format!("{origin}/userInfo"), "odd": [1, 2]})
}

fn callback<'a>(iss: Option<&'a str>, steps: &'a Steps) -> Callback<'a> {
    Callback {
        code: "the-code",
        pkce_verifier: VERIFIER,
        nonce: "n-1",
        redirect_uri: OUR_CALLBACK,
        iss,
        steps,
    }
}

fn login() -> StartLogin<'static> {
    StartLogin {
        redirect_uri: OUR_CALLBACK,
        state: "st",
        nonce: "n-1",
        pkce_verifier: VERIFIER,
        login_hint: None,
        fresh: false,
    }
}

fn parameters(address: &Url) -> BTreeMap<String, String> {
    let pairs: Vec<_> = address.query_pairs().into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "no parameter stands twice");
    map
}

#[track_caller]
fn is_invalid<T: std::fmt::Debug>(answer: Result<T, ProviderError>) {
    assert!(
        matches!(answer, Err(ProviderError::Invalid(_))),
        "{answer:?}"
    );
}

#[track_caller]
fn is_unavailable<T: std::fmt::Debug>(answer: Result<T, ProviderError>) {
    assert!(
        matches!(answer, Err(ProviderError::Unavailable(_))),
        "{answer:?}"
    );
}
