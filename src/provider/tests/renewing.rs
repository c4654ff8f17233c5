//! What is kept to ask a provider again, what is sent with it, and what comes of the answers.

use super::*;
use crate::identity::{Identity, NeededClaims};

/// Whether an answer is the one that is expected.
type Expected = fn(&NotRenewed) -> bool;

/// Who they were at the login.
fn ann() -> Identity {
    serde_json::from_value(json!({
        "provider": "cognito", "subject": "s-1", "email": "ann@corp.test", "display_name": "Ann",
        "first_name": null, "last_name": null, "username": null, "groups": [], "auth_time": null,
        "claims": { "email": "ann@corp.test", "email_verified": true, "cognito:groups": ["a"], "department": "sales" },
    }))
    .unwrap()
}

impl House {
    async fn log_in(&self, needed: &[&str]) -> Renewal {
        let needed = NeededClaims::only(needed);
        let steps = Steps::default();
        let redeemed = self.provider.redeem(&callback(None, &steps), &needed).await;
        redeemed.unwrap().renewal
    }

    async fn renew(&self, renewal: &mut Renewal) -> Result<VerifiedClaims, NotRenewed> {
        self.renew_needing(renewal, &[]).await
    }

    async fn renew_needing(
        &self,
        renewal: &mut Renewal,
        deciding: &[&str],
    ) -> Result<VerifiedClaims, NotRenewed> {
        let (needed, steps) = (NeededClaims::only(deciding), Steps::default());
        self.provider.renew(renewal, &ann(), &needed, &steps).await
    }

    /// What the token endpoint answers from now on.
    fn answer(&self, more: Value) {
        let id_token = FIRST.token(&self.claims());
        let mut answer =
            json!({"id_token": id_token, "access_token": "access", "token_type": "Bearer"});
        answer
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.fake.say("/token", Reply::Json(answer));
    }
}

#[tokio::test]
async fn a_refresh_shows_client_and_token_and_nothing_of_the_login() {
    let house = House::build().await;
    let mut renewal = house.log_in(&[]).await;
    assert_eq!(house.renew(&mut renewal).await.unwrap().subject, "s-1");
    let request = house.fake.requests("/token").remove(1);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.to_ascii_lowercase().contains("authorization: basic "));
    assert!(body.contains("grant_type=refresh_token") && body.contains("refresh_token=refresh"));
    assert!(!body.contains("code") && !body.contains("secret"));
}

#[tokio::test]
async fn the_nonce_of_the_login_may_be_repeated_or_left_out_and_no_other_may_stand_there() {
    let house = House::build().await;
    let mut renewal = house.log_in(&[]).await;
    for (nonce, holds) in [
        (json!("n-1"), true),
        (Value::Null, false),
        (json!("n-2"), false),
    ] {
        let mut claims = house.claims();
        claims["nonce"] = nonce.clone();
        house.issue(&claims);
        assert_eq!(house.renew(&mut renewal).await.is_ok(), holds, "{nonce}");
    }
    let mut claims = house.claims();
    claims.as_object_mut().unwrap().remove("nonce");
    house.issue(&claims);
    assert!(house.renew(&mut renewal).await.is_ok());
}

#[tokio::test]
async fn nothing_is_kept_that_is_too_large_and_nothing_kept_is_printed() {
    let house = House::build().await;
    let huge = "r".repeat(33 * 1024);
    for (tokens, kept) in [
        (json!({"refresh_token": "secret-r"}), "refresh token"),
        (json!({"refresh_token": huge}), "userInfo"),
        (json!({"refresh_token": ""}), "userInfo"),
        (json!({}), "userInfo"),
        (
            json!({"refresh_token": huge, "access_token": huge}),
            "login",
        ),
    ] {
        house.answer(tokens);
        let renewal = house.log_in(&[]).await;
        let printed = format!("{renewal:?}");
        assert!(printed.contains(kept), "{printed:.200}");
        assert!(!printed.contains("secret-r") && printed.len() < 200);
    }
}

#[tokio::test]
async fn what_user_info_no_longer_tells_is_gone_and_what_it_never_told_stays() {
    let house = House::build().await;
    let told = json!({"sub": "s-1", "email": "ann@corp.test", "email_verified": "true", "department": "sales"});
    house.fake.say("/userInfo", Reply::Json(told));
    house.answer(json!({}));
    let mut renewal = house.log_in(&["department"]).await;
    let less = json!({"sub": "s-1", "email": "ann@corp.test", "email_verified": "true"});
    house.fake.say("/userInfo", Reply::Json(less));
    let claims = house.renew(&mut renewal).await.unwrap().claims;
    assert!(!claims.has("department"), "told by userInfo at the login");
    assert_eq!(claims.list("cognito:groups"), ["a"]);
    assert_eq!(claims.boolean("email_verified"), Some(true));
}

#[tokio::test]
async fn user_info_that_leaves_out_what_decides_leads_to_a_login() {
    let house = House::build().await;
    let whole = json!({"sub": "s-1", "email": "ann@corp.test", "email_verified": true, "cognito:groups": [], "department": null});
    house.answer(json!({}));
    for (left_out, is_enough) in [
        ("", true),
        ("cognito:groups", false),
        ("department", false),
        ("email", false),
        ("email_verified", false),
        ("never told by anybody", true),
    ] {
        let mut renewal = house.log_in(&[]).await;
        let mut told = whole.clone();
        told.as_object_mut().unwrap().remove(left_out);
        house.fake.say("/userInfo", Reply::Json(told));
        let deciding = ["email", "cognito:groups", "department", "level"];
        let renewed = house.renew_needing(&mut renewal, &deciding).await;
        let by_login = matches!(renewed, Err(NotRenewed::OnlyByLogin(_)));
        assert_eq!(
            (renewed.is_ok(), by_login),
            (is_enough, !is_enough),
            "{left_out}"
        );
    }
}

#[tokio::test]
async fn an_access_token_is_used_until_its_end() {
    let house = House::build().await;
    let told = json!({"sub": "s-1", "email": "ann@corp.test", "email_verified": true});
    house.fake.say("/userInfo", Reply::Json(told));
    house.answer(json!({"expires_in": 600}));
    let mut renewal = house.log_in(&[]).await;
    house.clock.advance(Duration::from_secs(599));
    assert!(house.renew(&mut renewal).await.is_ok());
    house.clock.advance(Duration::from_secs(1));
    let over = house.renew(&mut renewal).await;
    assert!(matches!(over, Err(NotRenewed::OnlyByLogin(_))), "{over:?}");
    assert_eq!(house.asked("/userInfo"), 1);
}

#[tokio::test]
async fn what_the_provider_says_no_to_is_told_from_what_only_a_login_can_tell() {
    let refused = |status, error: &str| Reply::Text {
        status,
        content_type: "application/json",
        body: json!({ "error": error }).to_string(),
    };
    let cases: [(u16, &str, Expected); 5] = [
        (400, "invalid_grant", |e| matches!(e, NotRenewed::No(_))),
        (400, "unauthorized_client", |e| {
            matches!(e, NotRenewed::OnlyByLogin(_))
        }),
        (400, "unsupported_grant_type", |e| {
            matches!(e, NotRenewed::OnlyByLogin(_))
        }),
        (401, "invalid_client", |e| {
            matches!(e, NotRenewed::Unavailable(_))
        }),
        (400, "temporarily_unavailable", |e| {
            matches!(e, NotRenewed::Unavailable(_))
        }),
    ];
    for (status, error, expected) in cases {
        let house = House::build().await;
        let mut renewal = house.log_in(&[]).await;
        house.fake.say("/token", refused(status, error));
        let answer = house.renew(&mut renewal).await.unwrap_err();
        assert!(expected(&answer), "{error}: {answer:?}");
        assert!(!answer.to_string().contains("refresh\""));
    }
}

#[tokio::test]
async fn a_public_client_hands_back_by_its_id_and_where_nothing_is_offered_nothing_is_sent() {
    let house = House::build_with(|settings| settings.client_secret = None).await;
    let renewal = house.log_in(&[]).await;
    house.provider.revoke(&renewal).await;
    assert_eq!(house.asked("/revoke"), 0);
    let mut offering = document(&house.fake.origin);
    offering["revocation_endpoint"] = json!(format!("{}/revoke", house.fake.origin));
    house.fake.say(DISCOVERY, Reply::Json(offering));
    house.provider.discover_anew().await.unwrap();
    house.provider.revoke(&renewal).await;
    let request = house.fake.requests("/revoke").remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_ascii_lowercase().contains("authorization:"));
    assert_eq!(
        body,
        "token=refresh&token_type_hint=refresh_token&client_id=ours"
    );
}
