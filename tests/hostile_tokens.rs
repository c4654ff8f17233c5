//! ID tokens that are forged, foreign, old or none at all: nobody is signed in by one, and Atlassian hears of nobody.

mod support;

use std::time::Duration;

use imitation::browser::Browser;
use imitation::cognito::{Endpoint, Fault};
use serde_json::{Value, json};
use support::tokens::{are_refused, is_refused, log_in};
use support::{Town, reason};

fn header(name: &str, value: impl Into<Value>) -> Fault {
    Fault::Header(name.to_owned(), Some(value.into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_fails_a_check_of_openid_signs_nobody_in() {
    are_refused(vec![
        Fault::AlgNone,
        Fault::AlgHs256WithSecret,
        Fault::AlgHs256WithPublicKey,
        Fault::SignedByStranger,
        Fault::UnknownKeyId,
        Fault::IssuerWrong,
        Fault::IssuerMissing,
        Fault::AudienceForeign,
        Fault::AudienceMissing,
        Fault::AudienceShared,
        Fault::AuthorizedPartyForeign,
        Fault::NonceWrong,
        Fault::NonceMissing,
        Fault::Expired,
        Fault::ExpiryMissing,
        Fault::ExpiryOdd,
        Fault::IssuedInFuture,
        Fault::NotBeforeInFuture,
        Fault::TokenUseAccess,
        Fault::AtHashWrong,
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_algorithm_of_the_settings_counts_whatever_a_header_says() {
    let algorithms = [
        "none", "None", "NONE", "nOnE", "", " RS256", "rs256", "RS256 ", "HS256", "HS384", "HS512",
        "RS384", "RS512", "PS256", "ES256", "ES256K", "EdDSA", "RSA-OAEP", "dir",
    ];
    let mut faults: Vec<_> = algorithms.map(|name| header("alg", name)).into();
    faults.extend([
        Fault::Header("alg".to_owned(), None),
        header("alg", Value::Null),
        header("alg", json!(["RS256"])),
        header("alg", json!({ "RS256": true })),
        header("alg", 256),
    ]);
    are_refused(faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_key_in_any_form_is_no_shared_secret() {
    let town = Town::new().await;
    let keys = format!("{}/.well-known/jwks.json", town.cognito.issuer());
    let keys = Browser::new().fetch(&keys).await.text;
    let jwk: Value = serde_json::from_str::<Value>(&keys).unwrap()["keys"][0].take();
    let modulus = jwk["n"].as_str().unwrap().to_owned();
    let pem = town.cognito.public_key();
    let secrets = [
        pem.trim_end().to_owned(),
        pem,
        modulus,
        jwk.to_string(),
        keys,
        town.cognito.client_secret().unwrap(),
        town.cognito.client_id(),
        String::new(),
    ];
    for secret in secrets {
        is_refused(&town, &[Fault::SignedWithText(secret)]).await;
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_none_does_not_hold() {
    let es256 = |length: usize| [header("alg", "ES256"), Fault::SignatureIs(vec![0; length])];
    let town = Town::new().await;
    for length in [0, 64, 70, 132] {
        is_refused(&town, &es256(length)).await;
    }
    for bytes in [
        vec![],
        vec![0],
        vec![0; 64],
        vec![0; 255],
        vec![0; 256],
        vec![1; 256],
        vec![255; 256],
        vec![0; 512],
        vec![0; 100_000],
    ] {
        is_refused(&town, &[Fault::SignatureIs(bytes)]).await;
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_a_token_brings_along_or_asks_for_are_nobodys() {
    let stolen = [
        "../../etc/passwd",
        "' OR 1=1 --",
        "key\r\nFLUSHALL\r\n",
        "",
        "*",
        "\u{0}",
        "http://127.0.0.1/jwks.json",
    ];
    let mut faults: Vec<_> = stolen.map(|kid| header("kid", kid)).into();
    faults.extend([
        header("kid", "a".repeat(10_000)),
        header("kid", 7),
        header("kid", Value::Null),
        header("kid", json!(["a"])),
        header("crit", json!(["exp"])),
        header("crit", json!([])),
        header("crit", json!(["b64"])),
        header("cty", "JWT"),
        header("typ", "at+jwt"),
        header("typ", "logout+jwt"),
        header("typ", 7),
    ]);
    are_refused(faults).await;
    let town = Town::new().await;
    let jwk = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "mine", "alg": "RS256" });
    let evil = format!("{}/jwks.json", town.atlassian.site());
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!(evil)),
        ("x5u", json!(evil)),
        ("x5c", json!(["AAAA"])),
        ("x5t", json!("AAAA")),
    ] {
        town.atlassian.forget_calls();
        let brought = header(name, value);
        is_refused(&town, &[Fault::SignatureIs(vec![1; 256]), brought.clone()]).await;
        assert!(town.atlassian.calls().is_empty(), "{name} was fetched");
        let (_, page) = log_in(&town, &[brought]).await;
        assert_eq!(
            reason(&page),
            None,
            "{name} beside a good signature is ignored"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_their_keys_make_us_ask_for_keys_once_in_ten_seconds() {
    let town = Town::new().await;
    // The front door reads the keys by itself when it opens; after that only strangers make it ask.
    town.cognito.wait_for(Endpoint::Keys, 1).await;
    town.arrive(&Browser::new(), "/p/help", "mary").await;
    town.cognito.forget_calls();
    let mut asked = 0;
    for n in 0..50 {
        let kid = header("kid", format!("unknown-{n}"));
        let (_, page) = log_in(&town, &[kid]).await;
        let expected = match n {
            0 => "login_invalid",
            _ => "provider_unavailable",
        };
        assert_eq!(reason(&page).as_deref(), Some(expected));
        asked = town.cognito.count(Endpoint::Keys);
        assert!(asked <= 1, "{asked} after {n} unknown keys");
    }
    assert_eq!(asked, 1, "it was asked for once");
    town.advance(Duration::from_secs(11));
    log_in(&town, &[header("kid", "unknown")]).await;
    assert_eq!(town.cognito.count(Endpoint::Keys), 2);
}

/// That a login ends so when the token endpoint answers so.
async fn ends(town: &Town, status: u16, kind: &str, body: &str, expected: (&str, u16)) {
    let shown = format!("{status} {kind} {body}");
    let answer = Fault::TokenEndpointSays(status, kind.to_owned(), body.to_owned());
    town.cognito.forget_calls();
    let (browser, page) = log_in(town, &[answer]).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some(expected.0), expected.1),
        "{shown}: {}",
        page.words()
    );
    assert!(!page.text.contains("<script>x"), "{shown}");
    assert_eq!(town.cognito.count(Endpoint::Token), 1, "{shown}");
    assert_eq!(browser.cookie("front-door"), None, "{shown}");
    assert!(town.atlassian.customers().is_empty(), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_the_token_endpoint_that_cannot_be_read_is_invalid() {
    let town = Town::new().await;
    let json = "application/json";
    for (status, kind, body) in [
        (200, json, ""),
        (200, json, "[]"),
        (200, json, "null"),
        (200, json, "{}"),
        (200, json, "{\"id_token\":"),
        (200, json, r#"{"access_token":"a","token_type":"Bearer"}"#),
        (
            200,
            json,
            r#"{"id_token":7,"access_token":"a","token_type":"Bearer"}"#,
        ),
        (
            200,
            json,
            r#"{"id_token":"a.b.c","access_token":"a","token_type":"mac"}"#,
        ),
        (200, json, r#"{"id_token":"a.b.c","token_type":"Bearer"}"#),
        (200, "text/html", "<h1>Welcome</h1>"),
        (
            200,
            "text/plain",
            r#"{"id_token":"a.b.c","access_token":"a","token_type":"Bearer"}"#,
        ),
        (204, json, ""),
        (302, json, "{}"),
        (400, "text/html", "<h1>Bad</h1>"),
        (400, json, "{}"),
    ] {
        ends(&town, status, kind, body, ("login_invalid", 400)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_endpoint_that_says_no_is_told_apart_from_one_that_is_unwell() {
    let town = Town::new().await;
    let unavailable = ("provider_unavailable", 503);
    for (status, error, expected) in [
        (400, "invalid_grant", ("login_expired", 400)),
        (400, "invalid_client", unavailable),
        (401, "invalid_client", unavailable),
        (400, "unauthorized_client", unavailable),
        (400, "invalid_request", unavailable),
        (400, "anything", unavailable),
        (429, "slow_down", unavailable),
        (500, "invalid_grant", unavailable),
        (502, "", unavailable),
        (503, "temporarily_unavailable", unavailable),
    ] {
        let body = format!("{{\"error\":{error:?},\"error_description\":\"<script>x</script>\"}}");
        ends(&town, status, "application/json", &body, expected).await;
    }
}
