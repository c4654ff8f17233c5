//! What goes to the provider, and where people are sent.

use super::*;

#[tokio::test]
async fn a_login_starts_with_state_nonce_and_a_hashed_verifier() {
    let house = House::build().await;
    let address = house.provider.start(&login()).await.unwrap();
    assert!(
        address
            .as_str()
            .starts_with(&format!("{}/authorize?", house.fake.origin))
    );
    let sent = parameters(&address);
    let expected = [
        ("client_id", "ours"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
        ("nonce", "n-1"),
        ("redirect_uri", OUR_CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "st"),
    ];
    assert!(
        sent.iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .eq(expected),
        "{sent:?}"
    );
}

#[tokio::test]
async fn a_fresh_login_with_a_hint_says_so() {
    let house =
        House::build_with(|settings| settings.identity_provider = Some("Okta".into())).await;
    let hint = "ann@corp.test&client_id=evil";
    let address = house
        .provider
        .start(&StartLogin {
            login_hint: Some(hint),
            fresh: true,
            ..login()
        })
        .await
        .unwrap();
    let sent = parameters(&address);
    assert_eq!(sent["client_id"], "ours");
    assert_eq!(
        (
            sent["login_hint"].as_str(),
            sent["identity_provider"].as_str()
        ),
        (hint, "Okta")
    );
    assert_eq!(
        (sent["prompt"].as_str(), sent["max_age"].as_str()),
        ("login", "0")
    );
}

#[tokio::test]
async fn a_hint_beyond_measure_is_left_out() {
    let house = House::build().await;
    for hint in ["", "a\nb", &"a".repeat(300)] {
        let address = house
            .provider
            .start(&StartLogin {
                login_hint: Some(hint),
                ..login()
            })
            .await
            .unwrap();
        assert!(!parameters(&address).contains_key("login_hint"), "{hint:?}");
    }
}

#[tokio::test]
async fn logging_out_leads_through_the_domain() {
    let house = House::build().await;
    let address = house.provider.log_out_address().unwrap();
    assert_eq!(address.path(), "/logout");
    let sent = parameters(&address);
    assert_eq!(
        (sent["client_id"].as_str(), sent["logout_uri"].as_str()),
        ("ours", "https://sso.example.test/signed-out")
    );

    assert_eq!(
        house.provider.log_out_before_login(),
        Some(address),
        "the plain logout: one that leads into a login takes no PKCE challenge along"
    );
}
