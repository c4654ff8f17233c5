//! Each fault of an ID token, and what it gets.

mod claims;

use openidconnect::core::CoreJsonWebKey;
use serde_json::json;

use super::*;
use crate::provider::testing::{FIRST, SECOND};

const NOW: i64 = 1_800_000_000;

fn judged_at(now: i64, token: &str) -> Result<VerifiedClaims, IdTokenFault> {
    let key: CoreJsonWebKey = serde_json::from_value(FIRST.jwk()).unwrap();
    let expected = Expected {
        issuer: "https://idp.test/pool",
        client_id: "ours",
        nonce: Nonce::Is("n-1"),
        access_token: &AccessToken::new("access".into()),
        needs_token_use: true,
        now: Timestamp::from_second(now).unwrap(),
    };
    Unverified::parse(token)?.verify(&key, &expected)
}

fn judged(token: &str) -> Result<VerifiedClaims, IdTokenFault> {
    judged_at(NOW, token)
}

fn good() -> Value {
    json!({"iss": "https://idp.test/pool", "aud": "ours", "sub": "s-1", "token_use": "id", "nonce": "n-1",
        "exp": NOW + 3600, "iat": NOW - 5, "auth_time": NOW - 10, "at_hash": at_hash("access"), "email": "ann@corp.test"})
}

/// The left half of the SHA-256 (OIDC Core, section 3.1.3.6), made without the library.
fn at_hash(access_token: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = good();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[track_caller]
fn refused(claims: &Value, fault: IdTokenFault) {
    assert_eq!(judged(&FIRST.token(claims)), Err(fault), "{claims}");
}

#[track_caller]
fn accepted(claims: &Value) {
    assert!(judged(&FIRST.token(claims)).is_ok(), "{claims}");
}

#[test]
fn a_good_token_gives_its_claims() {
    let verified = judged(&FIRST.token(&good())).unwrap();
    assert_eq!(verified.subject, "s-1");
    assert_eq!(
        verified.claims.text("email").as_deref(),
        Some("ann@corp.test")
    );
    assert_eq!(verified.auth_time.map(Timestamp::as_second), Some(NOW - 10));
}

#[test]
fn odd_shapes_of_claims_are_no_fault() {
    let mut odd = good();
    odd["address"] = "Main Street 1".into();
    odd["updated_at"] = "1700000000".into();
    odd["email_verified"] = "true".into();
    odd["identities"] = "[]".into();
    accepted(&odd);
}

#[test]
fn only_rs256_is_a_signature() {
    for alg in [
        "none", "None", "nOnE", "", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256",
    ] {
        let token = FIRST.sign(
            &json!({"alg": alg, "kid": FIRST.kid}).to_string(),
            &good().to_string(),
        );
        assert_eq!(judged(&token), Err(IdTokenFault::Algorithm), "{alg}");
    }
    for header in [
        r#"{"kid":"first="}"#,
        r#"{"alg":["RS256"]}"#,
        r#"{"alg":null}"#,
    ] {
        assert_eq!(
            judged(&FIRST.sign(header, &good().to_string())),
            Err(IdTokenFault::Algorithm),
            "{header}"
        );
    }
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let key = FIRST.jwk();
    let secrets = [
        key.to_string(),
        key["n"].as_str().unwrap().to_owned(),
        "client secret".to_owned(),
    ];
    for secret in secrets {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        for alg in ["HS256", "RS256"] {
            let header = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": FIRST.kid}).to_string());
            let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(good().to_string()));
            let signature = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()));
            assert!(judged(&format!("{signed}.{signature}")).is_err(), "{alg}");
        }
    }
}

#[test]
fn a_signature_of_another_key_or_none_does_not_hold() {
    let (ours, theirs) = (FIRST.token(&good()), SECOND.token(&good()));
    let (signed, own) = ours.rsplit_once('.').unwrap();
    let (_, foreign) = theirs.rsplit_once('.').unwrap();
    let zeros = URL_SAFE_NO_PAD.encode([0; 256]);
    let short = URL_SAFE_NO_PAD.encode([1; 255]);
    for signature in [foreign, &zeros, &short, "", "AAAA"] {
        assert_eq!(
            judged(&format!("{signed}.{signature}")),
            Err(IdTokenFault::Signature),
            "{signature}"
        );
    }
    let (header, _) = signed.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(with("email", "eve@corp.test").to_string());
    assert_eq!(
        judged(&format!("{header}.{other}.{own}")),
        Err(IdTokenFault::Signature)
    );
}

#[test]
fn keys_that_a_token_brings_along_are_ignored() {
    let header = json!({"alg": "RS256", "kid": FIRST.kid, "jwk": SECOND.jwk(), "jku": "https://evil.test/", "x5u": "https://evil.test/"});
    assert!(judged(&FIRST.sign(&header.to_string(), &good().to_string())).is_ok());
    assert_eq!(
        judged(&SECOND.sign(&header.to_string(), &good().to_string())),
        Err(IdTokenFault::Signature)
    );
}

#[test]
fn a_header_that_asks_for_more_is_refused() {
    let extras = [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("cty", json!("JWT")),
        ("typ", json!("at+jwt")),
        ("typ", json!(1)),
    ];
    for (name, value) in extras {
        let mut header = json!({"alg": "RS256", "kid": FIRST.kid});
        header[name] = value;
        assert_eq!(
            judged(&FIRST.sign(&header.to_string(), &good().to_string())),
            Err(IdTokenFault::Kind),
            "{header}"
        );
    }
    let plain = json!({"alg": "RS256", "kid": FIRST.kid, "typ": "JWT"});
    assert!(judged(&FIRST.sign(&plain.to_string(), &good().to_string())).is_ok());
}

#[test]
fn what_is_not_three_parts_of_json_is_malformed() {
    let token = FIRST.token(&good());
    let parts: Vec<&str> = token.split('.').collect();
    let malformed = [
        String::new(),
        ".".into(),
        "..".into(),
        "....".into(),
        parts[..2].join("."),
        format!("{token}.x.y"),
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
        token.replacen('.', "=.", 1),
        format!("{}.{}.{}+/", parts[0], parts[1], parts[2]),
        FIRST.sign("[]", "{}"),
        FIRST.sign(r#"{"alg":"RS256","alg":"RS256"}"#, &good().to_string()),
        FIRST.sign(r#"{"alg":"RS256","kid":7}"#, &good().to_string()),
    ];
    for token in &malformed {
        assert_eq!(judged(token), Err(IdTokenFault::Malformed), "{token}");
    }
    assert_eq!(judged(&"a".repeat(1 << 20)), Err(IdTokenFault::TooLong));
}

#[test]
fn a_payload_with_a_name_twice_is_malformed_however_well_signed() {
    let header = json!({"alg": "RS256", "kid": FIRST.kid}).to_string();
    let doubled = good().to_string().replacen('{', r#"{"sub":"admin","#, 1);
    for payload in [doubled.as_str(), "", "7", "[]", "{", "\u{0}"] {
        assert_eq!(
            judged(&FIRST.sign(&header, payload)),
            Err(IdTokenFault::Malformed),
            "{payload}"
        );
    }
}
