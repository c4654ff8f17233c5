//! What is sent for a code, and what else is asked before its claims are believed.

use super::*;

#[tokio::test]
async fn a_code_is_redeemed_with_the_secret_in_the_header_alone() {
    let house = House::build().await;
    assert_eq!(house.redeem().await.unwrap().subject, "s-1");
    let request = house.fake.requests("/token").remove(0);
    // RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined.
    assert!(
        request
            .to_ascii_lowercase()
            .contains("authorization: basic b3vyczp0b3arc2vjcmv0jtjgjtjc"),
        "{request}"
    );
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    for part in [
        "grant_type=authorization_code",
        "code=the-code",
        &format!("code_verifier={VERIFIER}"),
        "redirect_uri=https%3A%2F%2Fsso",
    ] {
        assert!(body.contains(part), "{part}");
    }
    assert!(!body.contains("secret"));
    assert_eq!(house.asked("/userInfo"), 0);
}

#[tokio::test]
async fn a_public_client_names_itself_in_the_body() {
    let house = House::build_with(|settings| settings.client_secret = None).await;
    house.redeem().await.unwrap();
    let request = house.fake.requests("/token").remove(0);
    assert!(
        request.contains("client_id=ours")
            && !request.to_ascii_lowercase().contains("authorization:")
    );
}

#[tokio::test]
async fn a_callback_of_another_issuer_spends_no_code() {
    let house = House::build().await;
    for iss in [
        "https://evil.test",
        "",
        &format!("{}/", house.provider.settings.issuer),
    ] {
        let answer = house
            .provider
            .redeem(
                &callback(Some(iss), &Steps::default()),
                &NeededClaims::default(),
            )
            .await;
        assert_eq!(answer, Err(Invalid::Issuer.into()), "{iss}");
    }
    assert_eq!(house.asked("/token"), 0);
    let iss = house.provider.settings.issuer.clone();
    assert!(
        house
            .provider
            .redeem(
                &callback(Some(&iss), &Steps::default()),
                &NeededClaims::default()
            )
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_provider_that_always_names_itself_must_do_so() {
    let house = House::build().await;
    let mut document = document(&house.fake.origin);
    document["authorization_response_iss_parameter_supported"] = true.into();
    house.fake.say(DISCOVERY, Reply::Json(document));
    assert_eq!(house.redeem().await, Err(Invalid::Issuer.into()));
}

#[tokio::test]
async fn user_info_is_asked_only_for_what_the_id_token_lacks() {
    let house = House::build().await;
    house.fake.say(
        "/userInfo",
        Reply::Json(
            json!({"sub": "s-1", "given_name": "Ann", "email": "eve@evil.test", "address": "x"}),
        ),
    );
    house
        .redeem_needing(&["email", "cognito:groups"])
        .await
        .unwrap();
    assert_eq!(house.asked("/userInfo"), 0);
    let verified = house.redeem_needing(&["given_name"]).await.unwrap();
    assert_eq!(verified.claims.text("given_name").as_deref(), Some("Ann"));
    assert_eq!(
        verified.claims.text("email").as_deref(),
        Some("ann@corp.test")
    );
    assert!(
        house.fake.requests("/userInfo")[0]
            .to_ascii_lowercase()
            .contains("authorization: bearer access")
    );
}

#[tokio::test]
async fn user_info_is_asked_whether_the_address_is_verified() {
    let house = House::build().await;
    let mut claims = house.claims();
    claims.as_object_mut().unwrap().remove("email_verified");
    house.issue(&claims);
    house.fake.say(
        "/userInfo",
        Reply::Json(json!({"sub": "s-1", "email": "ann@corp.test", "email_verified": "true"})),
    );
    assert_eq!(
        house
            .redeem()
            .await
            .unwrap()
            .claims
            .boolean("email_verified"),
        Some(true)
    );
}

#[tokio::test]
async fn user_info_of_somebody_else_is_not_believed() {
    let house = House::build().await;
    let text = |content_type, body: &str| Reply::Text {
        status: 200,
        content_type,
        body: body.to_owned(),
    };
    let odd = [
        Reply::Json(json!({"sub": "s-2", "given_name": "Eve"})),
        Reply::Json(json!({"given_name": "Eve"})),
        Reply::Json(json!([])),
        text("application/jwt", "a.b.c"),
        text("text/html", r#"{"sub":"s-1","given_name":"Eve"}"#),
        text("application/json", r#"{"sub":"s-2","sub":"s-1"}"#),
        Reply::Text {
            status: 401,
            content_type: "application/json",
            body: "{}".into(),
        },
        Reply::Endless,
    ];
    for reply in odd {
        house.fake.say("/userInfo", reply);
        is_invalid(house.redeem_needing(&["given_name"]).await);
    }
    house.fake.say(
        "/userInfo",
        Reply::Text {
            status: 503,
            content_type: "text/plain",
            body: String::new(),
        },
    );
    is_unavailable(house.redeem_needing(&["given_name"]).await);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let house = House::build().await;
    house.redeem().await.unwrap();
    let printed = format!("{:?}", house.provider);
    assert!(!printed.contains("top secret"));
}

#[tokio::test]
async fn logins_may_run_on_any_thread() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let house = House::build().await;
    is_send(house.provider.start(&login())).await.unwrap();
    is_send(house.redeem()).await.unwrap();
}
