//! Test logins that go wrong: an administrator is told the step, the cause and the remedy.

mod support;

use imitation::cognito::{CognitoConfig, Fault};
use support::Town;
use support::testing::{Testing, WINDOW, says};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_console_has_otherwise_is_told_before_the_login_and_after_it() {
    let wrong_secret = "Cognito refuses the client secret";
    for (change, before, after) in [
        (
            (|config| config.client_secret = Some("another".to_owned())) as fn(&mut CognitoConfig),
            wrong_secret,
            wrong_secret,
        ),
        (
            |config| config.client_secret = None,
            "or the app client has no secret",
            "or the app client has no secret",
        ),
        (
            |config| config.scopes.retain(|scope| scope != "email"),
            "A scope is not allowed for this client.",
            "OpenID Connect scopes",
        ),
    ] {
        let town = Town::new().await;
        let mut testing = Testing::begin(&town).await;
        town.cognito.reconfigure(change);
        testing.again(&town).await;
        says(&testing.waiting, &["logins fail", before]);
        let window = testing.browser.click(&testing.waiting, WINDOW).await;
        let window = if window.text.contains("password") {
            town.cognito.log_in(&testing.browser, &window, "ada").await
        } else {
            window
        };
        says(&window, &["You may close this window"]);
        says(&testing.result().await, &["The test login failed", after]);
        assert_eq!(town.events().await, ["signed_in"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_provider_never_comes_back_the_waiting_page_says_so() {
    for (change, cause) in [
        (
            (|config| config.callback_urls.clear()) as fn(&mut CognitoConfig),
            "This callback address is not registered.",
        ),
        (
            |config| config.client_id = "another".to_owned(),
            "This app client does not exist in this user pool.",
        ),
    ] {
        let town = Town::new().await;
        let mut testing = Testing::begin(&town).await;
        town.cognito.reconfigure(change);
        testing.again(&town).await;
        let window = testing.browser.click(&testing.waiting, WINDOW).await;
        assert!(window.url.as_str().starts_with(&town.cognito.base()));
        let waiting = testing.result().await;
        let callback = town.at("/login/callback/cognito");
        says(
            &waiting,
            &[
                cause,
                "the provider never sends the browser back",
                &callback,
            ],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_on_the_way_is_told_with_step_cause_and_remedy() {
    let town = Town::new().await;
    let mut testing = Testing::begin(&town).await;
    let cancelled = |with_state| Fault::Refuses {
        error: "access_denied".to_owned(),
        with_state,
    };
    for (fault, words) in [
        (
            cancelled(true),
            "Step: The provider's login page (authorize) Cause: The login was cancelled",
        ),
        (
            cancelled(false),
            "Step: The provider's login page (authorize) Cause: The login was cancelled",
        ),
        (
            Fault::TokenRefused,
            "The provider no longer accepts the code",
        ),
        (
            Fault::TokenEndpointFails,
            "Step: Fetching the tokens (token endpoint)",
        ),
        (
            Fault::AlgNone,
            "Step: Checking the ID token Cause: The ID token is not signed with RS256",
        ),
        (Fault::Expired, "Set this machine's clock by NTP"),
        (Fault::NonceWrong, "belongs to another login attempt"),
        (
            Fault::CallbackAlsoCarries("iss".to_owned(), "https://evil.test".to_owned()),
            "Step: The way back from the provider (callback)",
        ),
    ] {
        testing.again(&town).await;
        town.cognito.misbehave(fault.clone());
        says(&testing.log_in(&town, "ada").await, &["close this window"]);
        town.cognito.behave();
        let result = testing.result().await;
        assert!(result.says(words), "{fault:?}: {}", result.words());
    }
    assert_eq!(
        town.events().await,
        ["signed_in"],
        "none of it is a refusal"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_could_not_sign_in_is_told_with_all_their_claims() {
    let town = Town::new().await;
    town.cognito.change_person("mary", |mary| mary.email = None);
    let mut testing = Testing::begin(&town).await;
    for (username, cause, remedy) in [
        (
            "ulf",
            "has not verified the mail address ulf@customer.example",
            "mark the e-mail address as verified",
        ),
        (
            "mary",
            "gave no usable mail address",
            "Give the user an e-mail address",
        ),
    ] {
        testing.again(&town).await;
        testing.log_in(&town, username).await;
        let expected = [
            "could not sign in",
            "(mapping)",
            cause,
            remedy,
            "cognito:username",
        ];
        says(&testing.result().await, &expected);
    }
    assert_eq!(town.events().await, ["signed_in"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_told_too() {
    let mut town = Town::new().await;
    let mut testing = Testing::begin(&town).await;
    town.cognito.go_down().await;
    testing.again(&town).await;
    let expected = ["logins fail", "The provider did not answer as it should"];
    says(&testing.waiting, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_state_a_description_is_anybodys_and_says_nothing() {
    let town = Town::new().await;
    let testing = Testing::begin(&town).await;
    testing.browser.click(&testing.waiting, WINDOW).await;
    let lure = "/login/callback/cognito?error=server_error&error_description=invalid_scope";
    let window = testing.browser.open(&town.at(lure)).await;
    says(&window, &["close this window"]);
    says(
        &testing.result().await,
        &["The provider says that something failed at its side."],
    );
}
