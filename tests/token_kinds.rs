//! The service account's three kinds of token: each works where it belongs, and no customer's browser ever sees the API gateway.

mod support;

use std::process::Command;

use imitation::atlassian::Operation;
use imitation::browser::Browser;
use support::{Town, arrived, at_portal};

/// A town whose front door uses another kind of token.
async fn town_with(kind: &str) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    town.take_a_new_store();
    let (client_id, client_secret) = town.atlassian.oauth_client();
    let classic = format!(
        "email = {:?}\napi_token = {:?}",
        town.atlassian.email(),
        town.atlassian.api_token()
    );
    let gateway = town.atlassian.site();
    let settings = match kind {
        "oauth" => format!(
            "token_kind = \"oauth\"\nclient_id = {client_id:?}\nclient_secret = {client_secret:?}\nauth = {gateway:?}\ngateway = {gateway:?}"
        ),
        kind => format!("token_kind = {kind:?}\ngateway = {gateway:?}\n{classic}"),
    };
    town.atlassian.set_token_scoped(kind == "scoped");
    town.settings = town.settings.replace(&classic, &settings);
    town.open().await;
    let metadata = Browser::new().open(&town.at("/saml/metadata")).await.text;
    town.atlassian.trust_metadata(&metadata);
    town
}

/// What `check` says, and whether all was well.
fn check(town: &Town) -> (bool, String) {
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap_or_default();
    let output = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .arg("check")
        .current_dir(town.folder.path())
        .output();
    output
        .map(|output| {
            let words = String::from_utf8_lossy(&output.stdout).into_owned();
            (output.status.success(), words)
        })
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_works_with_every_kind_and_shows_no_gateway_to_the_browser() {
    for kind in ["classic", "scoped", "oauth"] {
        let town = town_with(kind).await;
        town.wait_until_links_are_read().await;
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        assert_eq!(
            at_portal(&page).0.as_deref(),
            Some("ada@customer.example"),
            "{kind}: {}",
            page.words()
        );
        let shown = page
            .hops
            .iter()
            .any(|hop| hop.url.path().starts_with("/ex/"));
        assert!(!shown && !page.text.contains("/ex/jira"), "{kind}");
        let by_gateway = town.atlassian.rest_calls();
        let by_gateway = by_gateway
            .iter()
            .filter(|call| call.path.starts_with("/ex/jira/"));
        assert_eq!(by_gateway.count() > 0, kind != "classic", "{kind}");
        let (good, words) = check(&town);
        assert!(good, "{kind}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_is_fetched_once_and_anew_when_it_is_refused() {
    let town = town_with("oauth").await;
    town.wait_until_links_are_read().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.arrive(&Browser::new(), "/p/help", "mary").await;
    assert_eq!(town.atlassian.count(Operation::AccessToken), 1);
    assert_eq!(town.atlassian.count(Operation::TenantInfo), 1);
    town.atlassian.revoke_access_tokens();
    let refused = town.arrive(&Browser::new(), "/p/help", "charles").await;
    assert_eq!(refused.status, 503, "{}", refused.words());
    let page = town.arrive(&Browser::new(), "/p/help", "charles").await;
    arrived(&page, "charles@acme.example");
    assert_eq!(town.atlassian.count(Operation::AccessToken), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_wrong_place_is_told_apart() {
    let town = town_with("classic").await;
    town.wait_until_links_are_read().await;
    town.atlassian.set_token_scoped(true);
    let (good, words) = check(&town);
    assert!(!good && words.contains("token_kind = scoped"), "{words}");
    let town = town_with("scoped").await;
    town.wait_until_links_are_read().await;
    town.atlassian.set_token_expired(true);
    let (good, words) = check(&town);
    assert!(
        !good && words.contains("manage:servicedesk-customer"),
        "{words}"
    );
    let mut town = town_with("oauth").await;
    town.wait_until_links_are_read().await;
    town.settings = town
        .settings
        .replace("an-imitated-oauth-secret", "another-secret");
    let (good, words) = check(&town);
    assert!(!good && words.contains("client_secret"), "{words}");
    assert!(!words.contains("another-secret"));
}
