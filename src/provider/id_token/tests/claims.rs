//! What the claims of a token must say, each by itself.

use super::*;

#[test]
fn the_issuer_must_be_ours_to_the_letter() {
    for iss in [
        "https://idp.test/pool/",
        "https://idp.test",
        "https://IDP.test/pool",
        "",
    ] {
        refused(&with("iss", iss), IdTokenFault::Issuer);
    }
    refused(
        &with("iss", json!(["https://idp.test/pool"])),
        IdTokenFault::Issuer,
    );
    refused(&without("iss"), IdTokenFault::Issuer);
}

#[test]
fn the_audience_must_be_ours() {
    for aud in [
        json!("theirs"),
        json!("OURS"),
        json!(["theirs"]),
        json!([]),
        json!(null),
        json!({"ours": 1}),
        json!(["ours", 7]),
    ] {
        refused(&with("aud", aud), IdTokenFault::Audience);
    }
    refused(&without("aud"), IdTokenFault::Audience);
    accepted(&with("aud", json!(["ours"])));
}

#[test]
fn among_several_audiences_the_authorized_party_must_be_ours() {
    let mut several = with("aud", json!(["theirs", "ours"]));
    refused(&several, IdTokenFault::AuthorizedParty);
    several["azp"] = "theirs".into();
    refused(&several, IdTokenFault::AuthorizedParty);
    several["azp"] = "ours".into();
    accepted(&several);
    refused(&with("azp", "theirs"), IdTokenFault::AuthorizedParty);
    refused(&with("azp", Value::Null), IdTokenFault::AuthorizedParty);
}

#[test]
fn an_access_token_is_no_id_token() {
    refused(&with("token_use", "access"), IdTokenFault::TokenUse);
    refused(&with("token_use", json!(["id"])), IdTokenFault::TokenUse);
    refused(&without("token_use"), IdTokenFault::TokenUse);
}

#[test]
fn times_are_judged_with_a_minute_of_leeway() {
    let token = FIRST.token(&good());
    assert!(judged_at(NOW + 3659, &token).is_ok());
    assert_eq!(judged_at(NOW + 3660, &token), Err(IdTokenFault::Expired));
    assert!(judged_at(NOW - 65, &token).is_ok());
    assert_eq!(judged_at(NOW - 66, &token), Err(IdTokenFault::Future));
    accepted(&with("nbf", NOW + 60));
    refused(&with("nbf", NOW + 61), IdTokenFault::Future);
    refused(&with("iat", NOW + 61), IdTokenFault::Future);
    #[expect(clippy::cast_precision_loss, reason = "a time of this century")]
    let fraction = NOW as f64 + 10.5;
    accepted(&with("exp", fraction));
}

#[test]
fn what_is_no_time_is_refused_without_a_panic() {
    let odd = [
        json!(null),
        json!("soon"),
        json!("1900000000"),
        json!(1e300),
        json!(-1e300),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(true),
    ];
    for time in odd {
        refused(&with("exp", time.clone()), IdTokenFault::NoTime("exp"));
        refused(&with("iat", time.clone()), IdTokenFault::NoTime("iat"));
        refused(&with("nbf", time), IdTokenFault::NoTime("nbf"));
    }
    refused(&without("exp"), IdTokenFault::NoTime("exp"));
    refused(&without("iat"), IdTokenFault::NoTime("iat"));
    let header = json!({"alg": "RS256", "kid": FIRST.kid}).to_string();
    let infinite = good().to_string().replacen('{', r#"{"x":1e400,"#, 1);
    assert_eq!(
        judged(&FIRST.sign(&header, &infinite)),
        Err(IdTokenFault::Malformed)
    );
    accepted(&with("auth_time", i64::MAX));
}

#[test]
fn the_nonce_must_be_this_attempts() {
    for nonce in [
        json!("n-2"),
        json!(""),
        json!("n-1 "),
        json!(null),
        json!(["n-1"]),
    ] {
        refused(&with("nonce", nonce), IdTokenFault::Nonce);
    }
    refused(&without("nonce"), IdTokenFault::Nonce);
}

#[test]
fn at_hash_must_be_of_the_access_token_that_came_along() {
    for hash in [json!(at_hash("another")), json!(""), json!(null), json!(7)] {
        refused(&with("at_hash", hash), IdTokenFault::AccessToken);
    }
    accepted(&without("at_hash"));
}

#[test]
fn a_subject_is_short_printable_ascii() {
    for sub in [
        json!(""),
        json!("a".repeat(256)),
        json!("a\nb"),
        json!("\u{e9}"),
        json!(7),
        json!(null),
        json!("a\u{7f}"),
    ] {
        refused(&with("sub", sub), IdTokenFault::Subject);
    }
    refused(&without("sub"), IdTokenFault::Subject);
    accepted(&with("sub", "a".repeat(255)));
    accepted(&with("sub", "google|1 x"));
}
