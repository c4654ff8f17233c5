//! A certified OpenID provider by others in the place of Cognito: a complete login works, and what it refuses ends well.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "support/judges.rs"]
mod judges;
mod support;

use imitation::browser::{Browser, Page};
use judges::Judge;
use serde_json::json;
use support::{Town, arrived, reason};

/// A town whose customers log in at the provider by others. `secret` is what the front door believes its secret to be.
async fn town_with(redirect: Option<&str>, secret: &str) -> (Town, Judge) {
    let mut town = Town::new().await;
    let callback = town.at("/login/callback/others");
    let (provider, ready) = Judge::openid_provider(&json!({
        "client_id": "front-door",
        "client_secret": "a shared secret",
        "redirect_uris": [redirect.unwrap_or(&callback)],
        "accounts": [{
            "sub": "248289761001", "username": "ada", "password": "correct horse", "groups": ["customers"],
            "claims": { "email": "ada@customer.example", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace" },
        }],
    }));
    town.close().await;
    let issuer = ready["issuer"].as_str().unwrap();
    let table = format!(
        "[default.provider.others]\nissuer = {issuer:?}\nclient_id = \"front-door\"\nclient_secret = {secret:?}\n"
    );
    let (before, after) = town
        .settings
        .split_once("[default.provider.cognito]")
        .unwrap();
    let rest = after.split_once("\n[default.atlassian]").unwrap().1;
    let settings = format!("{before}{table}\n[default.atlassian]{rest}")
        .replace("cognito:helpdesk-admins", "others:helpdesk-admins");
    town.settings = settings;
    town.open().await;
    (town, provider)
}

async fn log_in(town: &Town, browser: &Browser) -> Page {
    let login = browser.open(&town.at("/p/help")).await;
    let form = login.form_with("password");
    browser
        .submit(&form, &[("username", "ada"), ("password", "correct horse")])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_login_ends_in_the_portal() {
    let (town, _provider) = town_with(None, "a shared secret").await;
    let browser = Browser::new();
    let page = log_in(&town, &browser).await;
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_our_fault_and_not_the_persons() {
    let (town, _provider) = town_with(None, "another secret").await;
    let page = log_in(&town, &Browser::new()).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("provider_unavailable"), 503)
    );
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_address_that_is_not_registered_never_comes_back() {
    let (town, _provider) =
        town_with(Some("http://localhost:1/elsewhere"), "a shared secret").await;
    let page = Browser::new().open(&town.at("/p/help")).await;
    assert!(
        page.status >= 400 && !page.url.as_str().starts_with(&town.public_url),
        "{}",
        page.url
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_already_ends_as_an_expired_login() {
    let (town, _provider) = town_with(None, "a shared secret").await;
    let browser = Browser::new();
    let first = log_in(&town, &browser).await;
    let callback = first
        .hops
        .iter()
        .map(|hop| hop.url.as_str())
        .find(|url| url.contains("/login/callback/others?"))
        .unwrap();
    let code = callback
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let other = Browser::new();
    let begun = other.open_once(&town.at("/p/help")).await;
    let state = begun
        .location()
        .unwrap()
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let issuer = callback
        .split("iss=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let replay = other
        .open(&town.at(&format!(
            "/login/callback/others?code={code}&state={state}&iss={issuer}"
        )))
        .await;
    assert_eq!(
        (reason(&replay).as_deref(), replay.status),
        (Some("login_expired"), 400),
        "{}",
        replay.words()
    );
}
