//! Two front doors on one Redis, behind one address: whichever of them answers, it is the same house.

use imitation::browser::Browser;
use imitation::redis::RedisServer;

use crate::commands::front_door;
use crate::support::callbacks::callback;
use crate::support::twins::Twins;
use crate::support::{Town, arrived};

#[tokio::test(flavor = "multi_thread")]
async fn either_finishes_what_the_other_began() {
    let server = RedisServer::new();
    let twins = Twins::of(Town::over(&server.address()).await).await;
    let town = &twins.town;
    // An odd number of requests more, so that each step meets either.
    for ahead in 0..2 {
        let browser = Browser::wandering();
        for _ in 0..ahead {
            browser.open(&town.at("/health/live")).await;
        }
        let page = town.arrive(&browser, "/p/help", "ada").await;
        arrived(&page, "ada@customer.example");
        assert_eq!(browser.open(&town.at("/me")).await.status, 200);
        let question = browser.open(&town.at("/logout")).await;
        browser.press(&question, "Sign out").await;
        for _ in 0..2 {
            assert_eq!(browser.open_once(&town.at("/me")).await.status, 303);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_comes_at_both_at_once_is_made_one_customer() {
    let server = RedisServer::new();
    let twins = Twins::of(Town::over(&server.address()).await).await;
    let town = &twins.town;
    let mut ready = Vec::new();
    for _ in 0..6 {
        let browser = Browser::wandering();
        let honest = callback(town, &browser, "ada").await;
        ready.push((browser, honest));
    }
    let coming = ready.iter().map(|(browser, honest)| async move {
        let page = browser.open(honest.as_str()).await;
        browser.post_on(page).await
    });
    for page in rocket::futures::future::join_all(coming).await {
        arrived(&page, "ada@customer.example");
    }
    assert_eq!(town.atlassian.customers().len(), 1);
    let events = town.events().await;
    let created = events.iter().filter(|event| *event == "customer_created");
    assert_eq!(created.count(), 1, "{events:?}");
    let (status, said) = front_door(town, &["audit", "--json"]);
    assert_eq!(status, Some(0), "the chain holds, whoever wrote: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_counts_at_both_within_five_seconds() {
    let server = RedisServer::new();
    let twins = Twins::of(Town::over(&server.address()).await).await;
    let file = twins.town.folder.path().join("import.toml");
    std::fs::write(file, "[default.branding]\nname = \"Acme Help\"\n").unwrap();
    let (status, said) = front_door(&twins.town, &["import", "import.toml"]);
    assert_eq!(status, Some(0), "{said}");
    for which in 0..2 {
        let takes_effect = async {
            let address = twins.at(which, "/");
            while !Browser::new().open(&address).await.says("Acme Help") {
                tokio::task::yield_now().await;
            }
        };
        let soon = tokio::time::timeout(std::time::Duration::from_secs(5), takes_effect);
        assert!(soon.await.is_ok(), "front door {which}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_in_the_middle_of_a_login_is_missed_by_nobody() {
    let server = RedisServer::new();
    let mut twins = Twins::of(Town::over(&server.address()).await).await;
    let browsers = [Browser::wandering(), Browser::wandering()];
    let mut honest = Vec::new();
    for (browser, name) in browsers.iter().zip(["ada", "grace"]) {
        honest.push(callback(&twins.town, browser, name).await);
    }
    twins.close(0).await;
    for ((browser, honest), email) in browsers
        .iter()
        .zip(honest)
        .zip(["ada@customer.example", "grace@helpdesk.example"])
    {
        let page = browser.open(honest.as_str()).await;
        arrived(&browser.post_on(page).await, email);
    }
}
