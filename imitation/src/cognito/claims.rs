//! What the pool says about a person, in each of its three places.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::people::Person;

/// ID and access tokens live this long.
pub(super) const TOKEN_LIFE: Duration = Duration::from_hours(1);

/// What tokens of one login share.
pub(super) struct Login<'a> {
    pub(super) person: &'a Person,
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) scopes: &'a [String],
    pub(super) nonce: Option<&'a str>,
    pub(super) auth_time: Timestamp,
    pub(super) now: Timestamp,
    pub(super) origin_jti: String,
    pub(super) event_id: String,
}

impl Login<'_> {
    /// The payload of the access token: no `aud`, no address.
    pub(super) fn access_claims(&self) -> Map<String, Value> {
        let mut claims = self.common("access");
        claims.insert("version".into(), json!(2));
        claims.insert("client_id".into(), json!(self.client_id));
        claims.insert("scope".into(), json!(self.scopes.join(" ")));
        claims.insert("username".into(), json!(self.person.username));
        claims
    }

    /// The payload of the ID token, but for `at_hash`: the access token is not there yet.
    pub(super) fn id_claims(&self) -> Map<String, Value> {
        let mut claims = self.common("id");
        claims.insert("aud".into(), json!(self.client_id));
        claims.insert("cognito:username".into(), json!(self.person.username));
        if let Some(nonce) = self.nonce {
            claims.insert("nonce".into(), json!(nonce));
        }
        attributes(self.person, self.scopes, &mut claims, Booleans::AsTheyAre);
        claims
    }

    fn common(&self, token_use: &str) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("sub".into(), json!(self.person.sub));
        if !self.person.groups.is_empty() {
            claims.insert("cognito:groups".into(), json!(self.person.groups));
        }
        claims.insert("iss".into(), json!(self.issuer));
        claims.insert("origin_jti".into(), json!(self.origin_jti));
        claims.insert("event_id".into(), json!(self.event_id));
        claims.insert("token_use".into(), json!(token_use));
        claims.insert("auth_time".into(), json!(self.auth_time.as_second()));
        claims.insert("exp".into(), json!(end_of(self.now).as_second()));
        claims.insert("iat".into(), json!(self.now.as_second()));
        claims.insert("jti".into(), json!(crate::random::uuid()));
        claims
    }
}

/// When a token made now ends.
pub(super) fn end_of(now: Timestamp) -> Timestamp {
    now.checked_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX)
}

/// What userInfo says: booleans as texts, and no groups.
pub(super) fn user_info(person: &Person, scopes: &[String]) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".into(), json!(person.sub));
    claims.insert("username".into(), json!(person.username));
    attributes(person, scopes, &mut claims, Booleans::AsText);
    claims
}

#[derive(Clone, Copy)]
enum Booleans {
    AsTheyAre,
    AsText,
}

/// The attributes that the scopes open; `openid` alone opens all.
fn attributes(
    person: &Person,
    scopes: &[String],
    claims: &mut Map<String, Value>,
    booleans: Booleans,
) {
    let opens = |scope: &str| scopes.len() == 1 || scopes.iter().any(|s| s == scope);
    if opens("email")
        && let Some(email) = &person.email
    {
        claims.insert("email".into(), json!(email));
        let verified = match booleans {
            Booleans::AsTheyAre => json!(person.email_verified),
            Booleans::AsText => json!(person.email_verified.to_string()),
        };
        claims.insert("email_verified".into(), verified);
    }
    if opens("profile") {
        let names = [
            ("given_name", &person.given_name),
            ("family_name", &person.family_name),
            ("name", &person.name),
        ];
        for (claim, value) in names {
            if let Some(value) = value {
                claims.insert(claim.into(), json!(value));
            }
        }
        for (name, value) in &person.custom {
            claims.insert(format!("custom:{name}"), json!(value));
        }
    }
}
