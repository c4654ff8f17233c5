//! The ID token: every check of OIDC Core, section 3.1.3.7, and what Cognito adds.
//!
//! Keys and `at_hash` are the library's. Its verifier as a whole is not used: it would parse every standard claim before it looks
//! at the signature and fail on shapes that providers really send (an `address` or `updated_at` that is a plain text); it takes the
//! algorithms from the discovery document, gives `exp` no leeway, and leaves `azp`, `nbf` and `iat` alone. So the claims are read as a plain
//! object here, once the signature holds, and each check is one function.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash};
use serde_json::{Map, Value};

use crate::identity::{Claims, VerifiedClaims, object};

/// How far the provider's clock and ours may differ, in seconds.
pub(super) const LEEWAY: i64 = 60;
/// The longest ID token that is looked at, in bytes.
const MOST_BYTES: usize = 128 * 1024;
/// The shortest RS256 signature: it is as long as the key, and a key has 2048 bits or more (RFC 7518, section 3.3).
const LEAST_SIGNATURE: usize = 256;
/// The longest `sub` (OIDC Core, section 2).
const MOST_SUBJECT: usize = 255;

/// The check that an ID token failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// The answer has none.
    #[error("is missing")]
    Missing,
    /// Longer than any that a provider sends.
    #[error("is too long")]
    TooLong,
    /// Not three parts of unpadded base64url, the first two of them JSON objects whose names are all different.
    #[error("is not a signed token")]
    Malformed,
    /// `alg` is not RS256.
    #[error("is not signed with RS256")]
    Algorithm,
    /// `typ` or `cty` says that it is something else, or `crit` asks for what we do not know.
    #[error("says in its header that it is something else")]
    Kind,
    /// No key of its `kid`, after asking the provider again.
    #[error("is signed with an unknown key")]
    UnknownKey,
    /// The signature does not hold, or the key is too short.
    #[error("has a signature that does not hold")]
    Signature,
    /// `iss`.
    #[error("is from another issuer")]
    Issuer,
    /// `aud`.
    #[error("is for another client")]
    Audience,
    /// `azp`.
    #[error("was issued to another client")]
    AuthorizedParty,
    /// `token_use`.
    #[error("is another kind of token (token_use)")]
    TokenUse,
    /// `exp`, `iat` or `nbf` is missing or not a time.
    #[error("has no usable {0}")]
    NoTime(&'static str),
    /// `exp`.
    #[error("has expired (is this machine's clock right?)")]
    Expired,
    /// `iat` or `nbf`.
    #[error("is from the future (is this machine's clock right?)")]
    Future,
    /// `nonce`.
    #[error("belongs to another login attempt (nonce)")]
    Nonce,
    /// `at_hash`.
    #[error("belongs to another access token (at_hash)")]
    AccessToken,
    /// `sub`.
    #[error("has no usable sub")]
    Subject,
    /// `sub` is not that of the login.
    #[error("speaks of another sub than the login")]
    AnotherSubject,
}

/// What an ID token is held against.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: Nonce<'a>,
    /// What came with the token.
    pub(super) access_token: &'a AccessToken,
    /// Cognito signs its access tokens with the same keys: `token_use` must be there to tell them apart.
    pub(super) needs_token_use: bool,
    pub(super) now: Timestamp,
}

/// What `nonce` must be.
#[derive(Clone, Copy)]
pub(super) enum Nonce<'a> {
    /// This one: the token ends a login.
    Is(&'a str),
    /// This one, or none: the token comes of a refresh, which should leave it out (OIDC Core, section 12.2). Cognito does, others repeat it.
    WasIfAny(&'a str),
}

/// A token in its parts, of which nothing is believed yet.
pub(super) struct Unverified<'a> {
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
    /// Which key is said to have signed it.
    pub(super) kid: Option<String>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart. Of the header only `alg`, `kid`, `typ`, `cty` and `crit` are looked at: keys that a token brings along
    /// (`jwk`, `jku`, `x5u`, `x5c`) are nobody's.
    pub(super) fn parse(token: &'a str) -> Result<Self, IdTokenFault> {
        if token.len() > MOST_BYTES {
            return Err(IdTokenFault::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenFault::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(IdTokenFault::Malformed)?;
        let decode = |part: &str| {
            URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_| IdTokenFault::Malformed)
        };
        let header = object(&decode(header)?).map_err(|_| IdTokenFault::Malformed)?;
        let kid = judge_header(&header)?;
        Ok(Self {
            signed,
            payload: decode(payload)?,
            signature: decode(signature)?,
            kid,
        })
    }

    /// Checks the signature with the key of its `kid`, then everything the token says.
    pub(super) fn verify(
        &self,
        key: &CoreJsonWebKey,
        expected: &Expected<'_>,
    ) -> Result<VerifiedClaims, IdTokenFault> {
        if self.signature.len() < LEAST_SIGNATURE {
            return Err(IdTokenFault::Signature);
        }
        rs256(key, self.signed.as_bytes(), &self.signature).ok_or(IdTokenFault::Signature)?;
        let claims = object(&self.payload).map_err(|_| IdTokenFault::Malformed)?;
        judge_claims(&claims, key, expected)?;
        let claims = Claims::new(claims);
        Ok(VerifiedClaims {
            subject: subject(&claims)?,
            auth_time: claims
                .integer("auth_time")
                .and_then(|time| Timestamp::from_second(time).ok()),
            claims,
        })
    }
}

/// Verifies an RS256 signature (RFC 7518, section 3.3) with a key that is for that, of 2048 bits or more. `None`: it does not hold.
///
/// Not the library's own way: that takes ten times as long, and this is what a login computes longest.
fn rs256(key: &CoreJsonWebKey, signed: &[u8], signature: &[u8]) -> Option<()> {
    let key = serde_json::to_value(key).ok()?;
    let is = |name: &str, expected: &str| key.get(name).is_none_or(|value| value == expected);
    if key["kty"] != "RSA" || !is("use", "sig") || !is("alg", "RS256") {
        return None;
    }
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok();
    let key = RsaPublicKeyComponents {
        n: number("n")?,
        e: number("e")?,
    };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
        .ok()
}

/// Judges one token by one key, given as a JWK (RFC 7517): for whoever has a token without a login, such as benches and fuzz targets. `token_use` must be
/// there, and a token that comes alone has no `at_hash` to hold against.
pub fn judge(
    token: &str,
    jwk: &Value,
    issuer: &str,
    client_id: &str,
    nonce: &str,
    now: Timestamp,
) -> Result<VerifiedClaims, IdTokenFault> {
    let key: CoreJsonWebKey =
        serde_json::from_value(jwk.clone()).map_err(|_| IdTokenFault::UnknownKey)?;
    let expected = Expected {
        issuer,
        client_id,
        nonce: Nonce::Is(nonce),
        access_token: &AccessToken::new(String::new()),
        needs_token_use: true,
        now,
    };
    Unverified::parse(token)?.verify(&key, &expected)
}

/// Gives the `kid`.
fn judge_header(header: &Map<String, Value>) -> Result<Option<String>, IdTokenFault> {
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(IdTokenFault::Algorithm);
    }
    let plain = header.get("typ").is_none_or(|typ| {
        typ.as_str()
            .is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))
    });
    if !plain || header.contains_key("cty") || header.contains_key("crit") {
        return Err(IdTokenFault::Kind);
    }
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(IdTokenFault::Malformed),
    }
}

fn judge_claims(
    claims: &Map<String, Value>,
    key: &CoreJsonWebKey,
    expected: &Expected<'_>,
) -> Result<(), IdTokenFault> {
    if text(claims, "iss") != Some(expected.issuer) {
        return Err(IdTokenFault::Issuer);
    }
    judge_audience(claims, expected.client_id)?;
    judge_token_use(claims, expected.needs_token_use)?;
    judge_times(claims, expected.now.as_second())?;
    judge_nonce(claims, expected.nonce)?;
    judge_at_hash(claims, key, expected.access_token)
}

/// One of several audiences could hand the token on to us: then it must say that it was issued to us.
fn judge_audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), IdTokenFault> {
    let several = match claims.get("aud") {
        Some(Value::String(aud)) if aud == client_id => false,
        Some(Value::Array(auds))
            if auds.iter().any(|aud| aud == client_id) && auds.iter().all(Value::is_string) =>
        {
            auds.len() > 1
        }
        _ => return Err(IdTokenFault::Audience),
    };
    match claims.get("azp") {
        None if !several => Ok(()),
        Some(azp) if azp == client_id => Ok(()),
        _ => Err(IdTokenFault::AuthorizedParty),
    }
}

fn judge_token_use(claims: &Map<String, Value>, needed: bool) -> Result<(), IdTokenFault> {
    match claims.get("token_use") {
        None if !needed => Ok(()),
        Some(token_use) if token_use == "id" => Ok(()),
        _ => Err(IdTokenFault::TokenUse),
    }
}

fn judge_times(claims: &Map<String, Value>, now: i64) -> Result<(), IdTokenFault> {
    let time = |name: &'static str| {
        let seconds = claims.get(name).and_then(seconds);
        seconds.ok_or(IdTokenFault::NoTime(name))
    };
    if time("exp")? <= now.saturating_sub(LEEWAY) {
        return Err(IdTokenFault::Expired);
    }
    let latest = now.saturating_add(LEEWAY);
    if time("iat")? > latest || (claims.contains_key("nbf") && time("nbf")? > latest) {
        return Err(IdTokenFault::Future);
    }
    Ok(())
}

fn judge_nonce(claims: &Map<String, Value>, expected: Nonce<'_>) -> Result<(), IdTokenFault> {
    let nonce = match expected {
        Nonce::WasIfAny(_) if !claims.contains_key("nonce") => return Ok(()),
        Nonce::Is(nonce) | Nonce::WasIfAny(nonce) => nonce,
    };
    let said = text(claims, "nonce").ok_or(IdTokenFault::Nonce)?;
    verify_slices_are_equal(said.as_bytes(), nonce.as_bytes()).map_err(|_| IdTokenFault::Nonce)
}

/// A `NumericDate` (RFC 7519, section 2), whole or with a fraction, that a calendar can hold.
fn seconds(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction is meant to go; what is out of range saturates and is refused below"
    )]
    let whole = value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(whole).ok().map(Timestamp::as_second)
}

fn judge_at_hash(
    claims: &Map<String, Value>,
    key: &CoreJsonWebKey,
    access_token: &AccessToken,
) -> Result<(), IdTokenFault> {
    let Some(at_hash) = claims.get("at_hash") else {
        return Ok(());
    };
    let ours = AccessTokenHash::from_token(
        access_token,
        &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        key,
    );
    if ours.is_ok_and(|ours| at_hash == ours.as_str()) {
        Ok(())
    } else {
        Err(IdTokenFault::AccessToken)
    }
}

fn subject(claims: &Claims) -> Result<String, IdTokenFault> {
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let printable = subject.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if subject.is_empty() || subject.len() > MOST_SUBJECT || !printable {
        return Err(IdTokenFault::Subject);
    }
    Ok(subject.to_owned())
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests;
