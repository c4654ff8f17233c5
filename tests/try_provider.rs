//! Test logins: an administrator sees what a provider tells, and nothing else comes of it.

mod support;

use std::time::Duration;

use imitation::browser::Browser;
use imitation::cognito::{Endpoint, Fault, Person};
use serde_json::json;
use support::testing::{TEST, Testing, WINDOW, says};
use support::{Town, reason};

#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_every_claim_where_it_came_from_and_what_becomes_of_it() {
    let town = Town::new().await;
    town.cognito
        .misbehave(Fault::Claim("given_name".to_owned(), Some(json!("Adele"))));
    let testing = Testing::begin(&town).await;
    says(
        &testing.waiting,
        &[
            "accepts client id and client secret",
            "knows the client and the callback address",
            &town.at("/login/callback/cognito"),
        ],
    );
    assert!(testing.result().await.says(WINDOW), "nobody has logged in");
    let window = testing.log_in(&town, "ada").await;
    says(&window, &["You may close this window"]);
    let result = testing.result().await;
    says(
        &result,
        &[
            "The login works.",
            "given_name Adele userInfo says: Ada both, and they differ first name, display name",
            "email ada@customer.example ID token and userInfo e-mail address",
            "email_verified true ID token and userInfo whether the address is theirs",
            "username ada userInfo",
            "cognito:username ada ID token user name",
            "nonce (not kept: it is good for this one login alone)",
            "Display name Adele Lovelace",
            "/p/help let in",
            "find the customer of this address at Jira, or create it",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_signs_nobody_in_and_records_and_makes_and_counts_nothing() {
    let town = Town::new().await;
    let mut testing = Testing::begin(&town).await;
    let session = testing.browser.cookie("front-door");
    for username in ["ada", "charles", "boris", "ulf", "anna", "mary"] {
        says(
            &testing.log_in(&town, username).await,
            &["close this window"],
        );
        testing.again(&town).await;
    }
    town.cognito.misbehave(Fault::Refuses {
        error: "access_denied".to_owned(),
        with_state: true,
    });
    testing.log_in(&town, "ada").await;
    town.cognito.behave();
    assert_eq!(testing.browser.cookie("front-door"), session);
    let me = testing.browser.open(&town.at("/me")).await;
    says(&me, &["grace@helpdesk.example"]);
    assert_eq!(
        town.events().await,
        ["signed_in"],
        "the administrator's own"
    );
    assert!(town.atlassian.customers().is_empty());
    testing.browser.forget_cookies("front-door");
    let home = testing.browser.open(&town.at("/me")).await;
    says(&home, &["My account"]);
    assert_eq!(
        reason(&home),
        None,
        "seven tests are no loop: {}",
        home.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_asks_who_is_there_although_the_provider_remembers_the_administrator() {
    let town = Town::new().await;
    let mut testing = Testing::begin(&town).await;
    let login = testing.browser.click(&testing.waiting, WINDOW).await;
    assert!(login.url.as_str().starts_with(&town.cognito.base()));
    town.advance(Duration::from_mins(5));
    town.cognito.misbehave(Fault::PromptIgnored);
    testing.again(&town).await;
    let window = testing.browser.click(&testing.waiting, WINDOW).await;
    says(&window, &["You may close this window"]);
    let result = testing.result().await;
    says(
        &result,
        &[
            "The provider remembered an account",
            "grace@helpdesk.example",
        ],
    );
    assert!(
        result
            .link("sign out at the provider")
            .path()
            .ends_with("/logout")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_who_began_a_test_sees_it_and_for_an_hour() {
    let town = Town::new().await;
    let other = Person::new("edsger", "Edsger", "Dijkstra", "edsger@helpdesk.example");
    town.cognito
        .add_person(other.in_groups(&["helpdesk-admins"]));
    let testing = Testing::begin(&town).await;
    testing.log_in(&town, "ada").await;
    let address = testing.result().await.url;
    let others = Testing::begin_as(&town, "edsger").await;
    for path in [String::new(), "/login".to_owned()] {
        let page = others.browser.open(&format!("{address}{path}")).await;
        assert_eq!(page.status, 404, "{}", page.words());
        says(&page, &["only for the administrator who began the test"]);
        assert!(!page.says("ada@customer.example"));
    }
    town.advance(Duration::from_mins(59));
    says(&testing.result().await, &["ada@customer.example"]);
    town.advance(Duration::from_mins(2));
    let gone = testing.browser.open(address.as_str()).await;
    assert_eq!(
        (gone.status, gone.says("ada@customer.example")),
        (404, false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_of_a_test_counts_once_and_in_its_own_browser_alone() {
    let town = Town::new().await;
    let testing = Testing::begin(&town).await;
    let login = testing.browser.click(&testing.waiting, WINDOW).await;
    let to = town
        .cognito
        .log_in_once(&testing.browser, &login, "ada")
        .await;
    let callback = to.location().unwrap();
    let stranger = Browser::new().open(callback.as_str()).await;
    assert_eq!(reason(&stranger).as_deref(), Some("login_expired"));
    for _ in 0..2 {
        let window = testing.browser.open(callback.as_str()).await;
        says(&window, &["You may close this window"]);
    }
    assert_eq!(
        town.cognito.count(Endpoint::Token),
        3,
        "two sign-ins and the probe"
    );
    says(&testing.result().await, &["ada@customer.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_without_a_state_fails_no_test_that_has_a_result() {
    let town = Town::new().await;
    let testing = Testing::begin(&town).await;
    testing.log_in(&town, "ada").await;
    let odd = town.at("/login/callback/cognito?error=access_denied");
    testing.browser.open(&odd).await;
    says(&testing.result().await, &["ada@customer.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_claims_are_bounded_and_escaped() {
    let town = Town::new().await;
    for (name, value) in [
        ("custom:long", json!("x".repeat(20_000))),
        ("custom:script", json!("<script>alert(1)</script>")),
        ("custom:bidi", json!("a\u{202e}b")),
        ("custom:many", json!((0..5000).collect::<Vec<_>>())),
    ] {
        let fault = Fault::Claim(name.to_owned(), Some(value));
        town.cognito.misbehave(fault);
    }
    for number in 0..300 {
        let name = format!("zzz{number}");
        town.cognito.misbehave(Fault::Claim(name, Some(json!("z"))));
    }
    let testing = Testing::begin(&town).await;
    testing.log_in(&town, "ada").await;
    let result = testing.result().await;
    says(
        &result,
        &["more characters)", "a\\u{202e}b", "which are not shown"],
    );
    assert!(!result.text.contains("<script>alert") && result.text.len() < 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_begun_by_our_own_form_alone_and_of_a_provider_that_is_there() {
    let town = Town::new().await;
    let testing = Testing::begin(&town).await;
    let address = town.at(TEST);
    for from in [Some(address.as_str()), Some("https://evil.test/"), None] {
        let page = testing.browser.post(&address, &[("csrf", "x")], from).await;
        assert!(
            matches!(page.status, 401 | 403),
            "{from:?}: {}",
            page.status
        );
    }
    for path in [
        "/admin/providers/none/test",
        "/admin/providers/cognito/test/x",
    ] {
        let page = testing.browser.open(&town.at(path)).await;
        assert_eq!(page.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_of_a_setup_code_tests_too_and_another_one_does_not_see_it() {
    let town = Town::new().await;
    let browser = town.holder().await;
    let ready = browser.open(&town.at(TEST)).await;
    let waiting = browser.press(&ready, "Begin the test").await;
    let testing = Testing { browser, waiting };
    says(&testing.log_in(&town, "ada").await, &["close this window"]);
    let result = testing.result().await;
    says(&result, &["The login works.", "ada@customer.example"]);
    assert_eq!(testing.browser.cookie("front-door"), None);
    let other = town.holder().await.open(result.url.as_str()).await;
    assert_eq!(
        (other.status, other.says("ada@customer.example")),
        (404, false)
    );
}
