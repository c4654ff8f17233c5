//! Live sessions follow the provider: what changed there counts here within `session.recheck`, and nothing is given on a word that is older.

#[path = "../support/mod.rs"]
mod support;

mod away;
mod only_by_login;

use std::collections::BTreeSet;
use std::time::Duration;

use front_door::House;
use front_door::admission::blocks;
use front_door::settings::Settings;
use imitation::browser::{Browser, Page};
use imitation::cognito::{CognitoConfig, Endpoint, Fault, Person, RefreshTokens};
use rocket::futures::future::join_all;
use serde_json::{Value, json};
use support::people::{grace, is_signed_in, signs_in};
use support::{Town, arrived, reason, told};

/// A moment longer than the usual `session.recheck`.
const RECHECK: Duration = Duration::from_mins(16);

const BILLING: &str =
    "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"billing\"]\n";

async fn town_with(refresh_tokens: RefreshTokens, more: &str) -> Town {
    let config = CognitoConfig {
        parallel_tabs: true,
        refresh_tokens,
        ..CognitoConfig::default()
    };
    Town::of(more, config).await
}

fn change(town: &Town, username: &str, change: impl FnOnce(&mut Person)) {
    assert!(town.cognito.change_person(username, change), "{username}");
}

/// The reasons for which sessions ended.
async fn ended(town: &Town) -> Vec<Value> {
    let mut trail = town.trail().await;
    trail.retain(|event| event["event"] == "session_ended");
    trail.iter().map(|event| event["reason"].clone()).collect()
}

fn is_asked(town: &Town, page: &Page) -> bool {
    page.url.as_str().starts_with(&town.cognito.base())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_before_it_is_time_and_once_after() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(Duration::from_mins(14));
    town.cognito.forget_calls();
    browser.open(&town.at("/me")).await;
    assert!(town.provider_heard_of_nobody());
    town.advance(Duration::from_mins(2));
    for path in ["/me", "/", "/p/help"] {
        browser.open(&town.at(path)).await;
    }
    assert_eq!(town.cognito.count(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_group_is_refused_at_its_link_within_recheck() {
    let town = Town::with(BILLING).await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/bill", "mary").await;
    arrived(&page, "mary@acme.example");
    change(&town, "mary", |mary| mary.groups.clear());
    let before = browser.open(&town.at("/p/bill")).await;
    arrived(&browser.post_on(before).await, "mary@acme.example");
    town.advance(RECHECK);
    let page = browser.open(&town.at("/p/bill")).await;
    assert_eq!(told(&page), (Some("group_required".to_owned()), 403));
    assert!(is_signed_in(&town, &browser).await, "other links are open");
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "mary@acme.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_group_counts_without_another_login() {
    let town = Town::with(BILLING).await;
    let browser = Browser::new();
    let refused = town.arrive(&browser, "/p/bill", "ada").await;
    assert_eq!(reason(&refused).as_deref(), Some("group_required"));
    change(&town, "ada", |ada| ada.groups.push("billing".to_owned()));
    town.advance(RECHECK);
    let page = browser.open(&town.at("/p/bill")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_no_longer_allowed_anywhere_loses_the_session_and_is_told_why() {
    let only = "[default.access]\nblocked_domains = [\"blocked.example\"]\ngroups = [\"acme\"]";
    let town = Town::replacing(
        "[default.access]\nblocked_domains = [\"blocked.example\"]",
        only,
    )
    .await;
    for path in ["/p/help", "/me", "/"] {
        change(&town, "charles", |charles| {
            charles.groups = vec!["acme".to_owned()];
        });
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "charles").await;
        change(&town, "charles", |charles| charles.groups.clear());
        town.advance(RECHECK);
        let page = browser.open(&town.at(path)).await;
        assert_eq!(
            told(&page),
            (Some("group_required".to_owned()), 403),
            "{path}"
        );
        assert!(page.says("another account"), "{}", page.words());
        assert!(!is_signed_in(&town, &browser).await, "{path}");
    }
    assert_eq!(ended(&town).await, vec![json!("group_required"); 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_session_with_a_group_loses_its_organization_too() {
    let only = "[default.access]\nblocked_domains = [\"blocked.example\"]\ngroups = [\"acme\"]";
    let mut town = Town::replacing(
        "[default.access]\nblocked_domains = [\"blocked.example\"]",
        only,
    )
    .await;
    town.reopen_with("[[default.organization]]\nname = \"Acme\"\ngroups = [\"acme\"]\n")
        .await;
    change(&town, "charles", |charles| {
        charles.groups = vec!["acme".to_owned()];
    });
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "charles").await;
    let members = || town.atlassian.organization_emails("Acme");
    assert_eq!(members().len(), 1);
    change(&town, "charles", |charles| charles.groups.clear());
    town.advance(RECHECK);
    let page = browser.open(&town.at("/me")).await;
    assert_eq!(reason(&page).as_deref(), Some("group_required"));
    town.advance(Duration::from_mins(2));
    town.until(|| members().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_name_shows_at_me() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    change(&town, "ada", |ada| {
        ada.given_name = Some("Augusta".to_owned());
    });
    assert!(!browser.open(&town.at("/me")).await.says("Augusta"));
    town.advance(RECHECK);
    let me = browser.open(&town.at("/me")).await;
    assert!(me.says("Augusta Lovelace"), "{}", me.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_of_a_disabled_user_ends_and_the_trail_says_so() {
    for refresh_tokens in [RefreshTokens::Kept, RefreshTokens::Off] {
        let town = town_with(refresh_tokens, "").await;
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "ada").await;
        change(&town, "ada", |ada| ada.disabled = true);
        town.advance(RECHECK);
        let page = browser.open(&town.at("/p/help")).await;
        assert!(is_asked(&town, &page), "{}", page.url);
        let page = town.cognito.log_in(&browser, &page, "ada").await;
        assert!(page.says("User is disabled"), "{}", page.words());
        assert_eq!(ended(&town).await, [json!("login_refused")]);
        assert_eq!(browser.fetch(&town.at("/me")).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_at_once_use_a_rotated_refresh_token_once() {
    let town = town_with(RefreshTokens::Rotated, "").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(RECHECK);
    town.cognito.forget_calls();
    town.cognito.misbehave(Fault::TokenEndpointHangs);
    let me = town.at("/me");
    let tabs = join_all((0..5).map(|_| browser.open(&me)));
    let answer = async {
        town.cognito.wait_for(Endpoint::Token, 1).await;
        town.cognito.behave();
    };
    let (pages, ()) = tokio::join!(tabs, answer);
    for page in pages {
        assert!(page.says("ada@customer.example"), "{}", page.words());
    }
    assert_eq!(town.cognito.count(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_token_is_kept_for_the_next_time() {
    let town = town_with(RefreshTokens::Rotated, "").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    for _ in 0..3 {
        let before = town.cognito.refresh_tokens();
        town.advance(RECHECK);
        assert!(is_signed_in(&town, &browser).await);
        assert_ne!(town.cognito.refresh_tokens(), before, "rotated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_proves_nothing_ends_the_session() {
    for fault in [
        Fault::SignedByStranger,
        Fault::AlgNone,
        Fault::IssuerWrong,
        Fault::AudienceForeign,
        Fault::IdTokenIsAccessToken,
        Fault::TokenUseAccess,
        Fault::Expired,
        Fault::NonceWrong,
        Fault::AtHashWrong,
        Fault::Claim("sub".to_owned(), Some(json!("somebody-else"))),
    ] {
        let town = Town::new().await;
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "ada").await;
        town.advance(RECHECK);
        town.cognito.misbehave(fault.clone());
        let answer = browser.fetch(&town.at("/me")).await;
        assert_eq!(answer.status, 401, "{fault:?}");
        town.cognito.behave();
        assert!(!is_signed_in(&town, &browser).await, "{fault:?}");
        assert_eq!(ended(&town).await, [json!("login_invalid")], "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_signing_in_hold_for_live_sessions_too() {
    type Change = fn(&mut Person);
    let changes: [(Change, &str, Option<&str>); 3] = [
        (
            |ada| ada.email_verified = false,
            "email_unverified",
            Some("email_unverified"),
        ),
        (
            |ada| ada.email = None,
            "email_missing",
            Some("email_missing"),
        ),
        // The next login tells them, at the link.
        (
            |ada| ada.email = Some("ada@new.example".to_owned()),
            "identity_conflict",
            None,
        ),
    ];
    for (becomes, event, page_says) in changes {
        let town = Town::new().await;
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "ada").await;
        change(&town, "ada", becomes);
        town.advance(RECHECK);
        let page = browser.open(&town.at("/me")).await;
        match page_says {
            Some(expected) => assert_eq!(reason(&page).as_deref(), Some(expected)),
            None => assert!(
                page.says("ada@new.example"),
                "a new login: {}",
                page.words()
            ),
        }
        assert_eq!(ended(&town).await, [json!(event)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_blocked_loses_the_session_at_the_latest_then() {
    let town = Town::new().await;
    let (ada, _) = signs_in(&town, "ada").await;
    // As by a block that came so close to the login that it ended no session.
    let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
    let vault = House::open(&loaded, &town.clock).await.unwrap().vault;
    let (email, nobody) = ("ada@customer.example".parse().unwrap(), BTreeSet::new());
    let blocking = blocks::block(&vault, &email, &nobody, "", "grace", town.clock.now());
    blocking.await.unwrap();
    town.advance(RECHECK);
    let page = ada.open(&town.at("/me")).await;
    assert_eq!(told(&page), (Some("blocked".to_owned()), 403));
    assert!(!is_signed_in(&town, &ada).await);
    assert_eq!(ended(&town).await, [json!("blocked")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_administrator_is_none_any_more() {
    let town = Town::new().await;
    let browser = grace(&town).await;
    change(&town, "grace", |grace| grace.groups.clear());
    assert_eq!(browser.open(&town.at("/admin")).await.status, 200);
    town.advance(RECHECK);
    let page = browser.open(&town.at("/admin")).await;
    assert_eq!(told(&page), (Some("not_allowed".to_owned()), 403));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_whom_no_link_admits_stays() {
    let nobody = "[default.access]\ngroups = [\"nobody\"]";
    let town = Town::replacing("[default.access]", nobody).await;
    let browser = grace(&town).await;
    town.advance(RECHECK);
    assert_eq!(browser.open(&town.at("/admin")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_does_not_make_a_login_younger() {
    let town = Town::replacing("[default.admin]", "[default.admin]\nlogin_within = \"20m\"").await;
    let browser = grace(&town).await;
    town.advance(RECHECK);
    let page = browser.open(&town.at("/admin/access")).await;
    town.advance(Duration::from_mins(5));
    let sent = browser.submit(&page.form_with("domains"), &[]).await;
    assert_eq!(told(&sent), (Some("login_required".to_owned()), 401));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_hands_the_refresh_token_back() {
    let town = Town::new().await;
    for (page, field) in [("/logout", "csrf"), ("/me", "csrf")] {
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "ada").await;
        assert_eq!(town.cognito.refresh_tokens().len(), 1);
        town.cognito.forget_calls();
        let asked = browser.open(&town.at(page)).await;
        browser.submit(&asked.form_with(field), &[]).await;
        town.cognito.wait_for(Endpoint::Revoke, 1).await;
        // The call is counted as it comes in.
        while !town.cognito.refresh_tokens().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}
