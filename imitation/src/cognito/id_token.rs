//! Signing tokens, well and badly.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::faults::Fault;
use crate::keys::PoolKey;

/// A token under the pool's key.
pub(super) fn signed(claims: &Map<String, Value>, key: &PoolKey) -> String {
    rs256(claims, &key.id, key)
}

/// The ID token: under the pool's key, or as a fault has it.
pub(super) fn id_token(
    claims: &Map<String, Value>,
    key: &PoolKey,
    secret: Option<&str>,
    faults: &[Fault],
) -> String {
    for fault in faults {
        match fault {
            Fault::AlgNone => {
                return format!("{}.", unsigned(&json!({"alg": "none"}), claims));
            }
            Fault::AlgHs256WithSecret => {
                return hs256(claims, &key.id, secret.unwrap_or_default().as_bytes());
            }
            Fault::AlgHs256WithPublicKey => return hs256(claims, &key.id, key.public_der()),
            Fault::SignedWithText(text) => return hs256(claims, &key.id, text.as_bytes()),
            Fault::SignedByStranger => return rs256(claims, &key.id, &PoolKey::of_a_stranger()),
            Fault::UnknownKeyId => return signed(claims, &PoolKey::of_a_stranger()),
            Fault::IdTokenIs(text) => return text.clone(),
            _ => {}
        }
    }
    spoiled(claims, key, faults)
}

/// A token under the pool's key of which faults have changed parts.
fn spoiled(claims: &Map<String, Value>, key: &PoolKey, faults: &[Fault]) -> String {
    let mut header = Map::new();
    header.insert("kid".to_owned(), json!(key.id));
    header.insert("alg".to_owned(), json!("RS256"));
    let mut payload = Value::Object(claims.clone()).to_string();
    for fault in faults {
        match fault {
            Fault::Header(name, Some(value)) => {
                header.insert(name.clone(), value.clone());
            }
            Fault::Header(name, None) => {
                header.remove(name);
            }
            Fault::Payload(from, to) => payload = payload.replacen(from, to, 1),
            _ => {}
        }
    }
    let message = message(&Value::Object(header), &payload);
    let mut signature = key.sign(message.as_bytes());
    let mut around = (String::new(), String::new());
    for fault in faults {
        match fault {
            Fault::SignatureIs(bytes) => signature.clone_from(bytes),
            Fault::IdTokenBetween(before, after) => around = (before.clone(), after.clone()),
            _ => {}
        }
    }
    let (before, after) = around;
    format!(
        "{before}{message}.{}{after}",
        URL_SAFE_NO_PAD.encode(signature)
    )
}

/// The left half of the SHA-256 of an access token (`OpenID` Connect Core, 3.1.3.6).
pub(super) fn at_hash(access_token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}

/// The S256 challenge of a verifier (RFC 7636, 4.2).
pub(super) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

fn rs256(claims: &Map<String, Value>, kid: &str, key: &PoolKey) -> String {
    let message = unsigned(&json!({"kid": kid, "alg": "RS256"}), claims);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn hs256(claims: &Map<String, Value>, kid: &str, secret: &[u8]) -> String {
    let message = unsigned(&json!({"kid": kid, "alg": "HS256"}), claims);
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret),
        message.as_bytes(),
    );
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn unsigned(header: &Value, claims: &Map<String, Value>) -> String {
    message(header, &Value::Object(claims.clone()).to_string())
}

fn message(header: &Value, payload: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(payload)
    )
}
