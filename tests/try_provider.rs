//! Test logins: an administrator sees what a provider tells and what is wrong with it, and nothing else comes of it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Endpoint, Fault, Person};
use serde_json::json;
use support::{Town, reason};

const TEST: &str = "/admin/providers/cognito/test";
const WINDOW: &str = "Open the test login in a new window";

/// An administrator who has begun a test, and the page on which they wait.
struct Testing {
    browser: Browser,
    waiting: Page,
}

impl Testing {
    async fn begin(town: &Town) -> Self {
        Self::begin_as(town, "grace").await
    }

    async fn begin_as(town: &Town, administrator: &str) -> Self {
        let browser = Browser::new();
        let login = browser.open(&town.at(TEST)).await;
        let ready = town.cognito.log_in(&browser, &login, administrator).await;
        let waiting = browser.press(&ready, "Begin the test").await;
        Self { browser, waiting }
    }

    /// The second window: what it shows once this person has logged in.
    async fn log_in(&self, town: &Town, username: &str) -> Page {
        let login = self.browser.click(&self.waiting, WINDOW).await;
        town.cognito.log_in(&self.browser, &login, username).await
    }

    async fn result(&self) -> Page {
        self.browser.click(&self.waiting, "Show the result").await
    }

    /// Begins anew, in the same session.
    async fn again(&mut self, town: &Town) {
        let ready = self.browser.open(&town.at(TEST)).await;
        self.waiting = self.browser.press(&ready, "Begin the test").await;
    }
}

#[track_caller]
fn says(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}

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
async fn what_the_console_has_otherwise_is_told_before_the_login_and_after_it() {
    let wrong_secret = "Cognito refuses the client secret";
    for (change, before, after) in [
        (
            (|config| config.client_secret = Some("another".to_owned()))
                as fn(&mut imitation::cognito::CognitoConfig),
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
            (|config| config.callback_urls.clear()) as fn(&mut imitation::cognito::CognitoConfig),
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
