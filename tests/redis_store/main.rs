//! The whole house over Redis: everything that it does over a file, whatever becomes of Redis meanwhile, and several houses on one.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../support/mod.rs"]
mod support;

mod away;
mod commands;
mod measured;
mod trail;
mod two_houses;

use imitation::browser::{Browser, Page};
use imitation::redis::{RedisCluster, RedisServer};
use support::{Town, arrived, reason, told};

/// That a page says that the store is away, and when to try again, and nothing of the inside.
#[track_caller]
fn says_so(page: &Page, what: &str) {
    let expected = (Some("store_unavailable".to_owned()), 503);
    assert_eq!(told(page), expected, "{what}: {}", page.words());
    assert!(page.header("retry-after").is_some(), "{what}");
    for inside in ["edis", "6379", "READONLY", "StoreError"] {
        assert!(!page.text.contains(inside), "{what}: {inside}");
    }
}

/// A customer's whole day.
async fn a_day(town: &Town) {
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    assert_eq!(town.atlassian.customers().len(), 1, "nobody twice");
    assert_eq!(browser.open(&town.at("/me")).await.status, 200);
    let question = browser.open(&town.at("/logout")).await;
    browser.press(&question, "Sign out").await;
    let page = browser.open_once(&town.at("/me")).await;
    assert_eq!(page.status, 303, "signed out: {}", page.words());
    let events = town.events().await;
    for event in ["signed_in", "customer_created", "handed_over", "signed_out"] {
        assert!(
            events.iter().any(|known| known == event),
            "{event}: {events:?}"
        );
    }
    let refused = town.arrive(&Browser::new(), "/p/help", "boris").await;
    assert_eq!(reason(&refused).as_deref(), Some("domain_not_allowed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_has_their_day_over_one_server() {
    let server = RedisServer::new();
    let mut town = Town::over(&server.address()).await;
    a_day(&town).await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.close().await;
    town.open().await;
    assert_eq!(
        browser.open(&town.at("/me")).await.status,
        200,
        "after a restart"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_has_their_day_over_a_cluster() {
    let cluster = RedisCluster::of(3);
    a_day(&Town::over(&cluster.address()).await).await;
}
