//! Before anything is set up nothing is said to be broken, and whoever sets it up is shown where; when single sign-on is broken, the desk has another way in.

mod support;

use imitation::browser::Browser;
use support::testing::says;
use support::{Town, reason};

/// A front door with nothing set but where it is.
async fn nothing_set() -> Town {
    let mut town = Town::new().await;
    town.close().await;
    let address = &town.public_url;
    town.settings =
        format!("[default]\npublic_url = {address:?}\nstore = \"sqlite:front-door.sqlite\"\n");
    town.take_a_new_store();
    town.open().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_setup_the_desk_leads_there_and_customers_are_told_calmly() {
    let town = nothing_set().await;
    for (path, expected) in [
        ("/admin", "provider_unavailable"),
        ("/admin/links", "provider_unavailable"),
        ("/login", "provider_unavailable"),
        ("/p/help", "atlassian_unavailable"),
    ] {
        let page = Browser::new().open(&town.at(path)).await;
        assert_eq!(
            (page.status, reason(&page).as_deref()),
            (503, Some(expected))
        );
        says(&page, &["not ready yet", "still being set up"]);
        assert!(!page.says("does not answer"), "{}", page.words());
        assert_eq!(page.says("Set it up"), path.starts_with("/admin"), "{path}");
    }
    let browser = Browser::new();
    let refused = browser.open(&town.at("/admin")).await;
    let setup = browser.click(&refused, "Set it up").await;
    assert_eq!((setup.status, setup.url.path()), (200, "/setup"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_german_too() {
    let town = nothing_set().await;
    let client = reqwest::Client::builder().build();
    let client = client.unwrap_or_else(|error| panic!("{error}"));
    let asked = client.get(town.at("/p/help")).header("Accept", "text/html");
    let answer = asked.header("Accept-Language", "de").send().await;
    let page = answer
        .unwrap_or_else(|error| panic!("{error}"))
        .text()
        .await;
    let page = page.unwrap_or_else(|error| panic!("{error}"));
    assert!(page.contains("noch nicht bereit"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_provider_is_away_the_desk_alone_names_the_other_way_in() {
    let mut town = Town::new().await;
    town.close().await;
    town.cognito.go_down().await;
    town.open().await;
    for (path, named) in [
        ("/admin", true),
        ("/admin/links", true),
        ("/login?to=%2Fadmin", true),
        ("/login", false),
        ("/me", false),
    ] {
        let browser = Browser::new();
        let away = browser.open(&town.at(path)).await;
        assert_eq!(reason(&away).as_deref(), Some("provider_unavailable"));
        let other = "For those who run this service: another way in";
        assert_eq!(away.says(other), named, "{path}: {}", away.words());
        if named {
            let field = browser.click(&away, other).await;
            assert_eq!(field.url.path(), "/admin/code");
        }
    }
}
