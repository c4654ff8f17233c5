//! A certified OpenID provider by others in the place of Cognito: a complete login works, and what it refuses ends well.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "support/judges.rs"]
mod judges;
mod support;

use std::borrow::Cow;
use std::time::Duration;

use imitation::browser::{Browser, Page};
use judges::Judge;
use serde_json::{Value, json};
use support::{Town, arrived, reason};
use url::Url;

const SECRET: &str = "a shared secret";
const ADA: [(&str, &str); 2] = [("username", "ada"), ("password", "correct horse")];

/// A town whose customers log in at the provider by others, which has these settings besides the usual ones.
async fn town_where(different: Value) -> (Town, Judge) {
    let mut town = Town::new().await;
    let mut configuration = json!({
        "client_id": "front-door",
        "client_secret": SECRET,
        "redirect_uris": [town.at("/login/callback/others")],
        "accounts": [{
            "sub": "248289761001", "username": "ada", "password": "correct horse", "groups": ["customers"],
            "claims": { "email": "ada@customer.example", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace" },
        }],
    });
    let different = different.as_object().unwrap().clone();
    configuration.as_object_mut().unwrap().extend(different);
    let (provider, ready) = Judge::openid_provider(&configuration);
    town.close().await;
    let issuer = ready["issuer"].as_str().unwrap();
    let table = format!(
        "[default.provider.others]\nissuer = {issuer:?}\nclient_id = \"front-door\"\nclient_secret = {SECRET:?}\n"
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
    browser.submit(&login.form_with("password"), &ADA).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_login_ends_in_the_portal() {
    let (town, _provider) = town_where(json!({})).await;
    let browser = Browser::new();
    let page = log_in(&town, &browser).await;
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_our_fault_and_not_the_persons() {
    let (town, mut provider) = town_where(json!({ "client_secret": "another secret" })).await;
    let page = log_in(&town, &Browser::new()).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("provider_unavailable"), 503)
    );
    assert_eq!(provider.answer()["error"], json!("invalid_client"));
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_address_that_is_not_registered_never_comes_back() {
    let elsewhere = json!({ "redirect_uris": ["http://localhost:1/elsewhere"] });
    let (town, _provider) = town_where(elsewhere).await;
    let page = Browser::new().open(&town.at("/p/help")).await;
    assert!(
        page.status >= 400 && !page.url.as_str().starts_with(&town.public_url),
        "{}",
        page.url
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_already_ends_as_an_expired_login() {
    let (town, mut provider) = town_where(json!({ "redeem_twice": true })).await;
    let page = log_in(&town, &Browser::new()).await;
    is_expired(&page);
    assert_eq!(
        provider.answer(),
        json!({ "granted": true }),
        "the first redemption"
    );
    let refusal = refused("authorization code already consumed");
    assert_eq!(provider.answer(), refusal, "the front door's");
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_login_ends_as_an_expired_login() {
    let (town, mut provider) = town_where(json!({})).await;
    let stolen = unredeemed(&town).await;
    let browser = Browser::new();
    let begun = browser.open_once(&town.at("/p/help")).await;
    let callback = with_state_of(&begun.location().unwrap(), stolen);
    let page = browser.open(callback.as_str()).await;
    is_expired(&page);
    assert_eq!(
        provider.answer(),
        refused("code_verifier does not match code_challenge")
    );
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_confirmed_by_rotating_refresh_tokens() {
    let (town, mut provider) = town_where(json!({ "refresh_tokens": true })).await;
    let browser = Browser::new();
    let page = log_in(&town, &browser).await;
    browser.post_on(page).await;
    assert_eq!(provider.answer(), json!({ "granted": true }), "the code");
    for _ in 0..2 {
        town.advance(Duration::from_mins(16));
        let me = browser.fetch(&town.at("/me")).await;
        assert!(me.says("ada@customer.example"), "{}", me.words());
        assert_eq!(provider.answer(), json!({ "granted": true }), "a refresh");
    }
    let asked = browser.open(&town.at("/logout")).await;
    browser.submit_once(&asked.form_with("csrf"), &[]).await;
}

/// The callback of a login that the browser never opened: its code is good.
async fn unredeemed(town: &Town) -> Url {
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let form = login.form_with("password");
    let logged_in = browser.submit_once(&form, &ADA).await.location().unwrap();
    let back = browser.open_once(logged_in.as_str()).await;
    back.location().unwrap()
}

/// The same callback, with the state of the login that begins at `begun`.
fn with_state_of(begun: &Url, mut callback: Url) -> Url {
    let state = |(name, _): &(Cow<'_, str>, Cow<'_, str>)| name == "state";
    let own = begun.query_pairs().find(state).unwrap();
    let rest: Vec<_> = callback
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| name != "state")
        .collect();
    callback
        .query_pairs_mut()
        .clear()
        .extend_pairs(rest)
        .append_pair("state", &own.1);
    callback
}

/// What the provider says of a code that it does not take, and only in its own log why.
fn refused(detail: &str) -> Value {
    json!({ "granted": false, "error": "invalid_grant", "detail": detail })
}

#[track_caller]
fn is_expired(page: &Page) {
    assert_eq!(
        (reason(page).as_deref(), page.status),
        (Some("login_expired"), 400),
        "{}",
        page.words()
    );
}
