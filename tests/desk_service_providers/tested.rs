//! The test of a service provider: what came of each of its requests.

use imitation::browser::Browser;
use imitation::saml::{AuthnRequest, redirect_url};

use crate::LIST;
use crate::support::Town;

#[tokio::test(flavor = "multi_thread")]
async fn the_test_tells_what_came_of_each_request_with_its_reference() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(&format!("{LIST}/portal/test")).await;
    assert!(page.says("No request of this service provider was seen lately"));
    assert_eq!(page.header("refresh"), None);
    let (entity_id, acs) = (
        town.atlassian.entity_id("portal"),
        town.atlassian.acs_url("portal"),
    );
    for (issuer, consumer, expected) in [
        (
            "https://other.example/<b>id",
            acs.as_str(),
            "under the entity ID “https://other.example/<b>id”, which nobody has here",
        ),
        (
            &entity_id,
            "https://evil.example/acs",
            "refused: its AssertionConsumerService is not the registered one",
        ),
    ] {
        let sso = town.at("/saml/sso");
        let request = AuthnRequest::new(issuer, consumer, &sso, town.clock.now());
        let address = redirect_url(&sso, &request.xml(), None);
        let refused = Browser::new().open(address.as_str()).await;
        let reference = refused.attribute("data-reference").unwrap();
        let page = browser.open(&town.at(&format!("{LIST}/portal/test"))).await;
        assert!(page.says(expected), "{expected}: {}", page.words());
        assert!(
            page.says(&format!("reference {reference}")),
            "{}",
            page.words()
        );
    }
    let anna = Browser::new();
    let login = anna.open(&town.atlassian.login_url("portal")).await;
    town.cognito.log_in(&anna, &login, "anna").await;
    let page = browser.open(&town.at(&format!("{LIST}/portal/test"))).await;
    assert!(page.says("It asked, and was refused"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_loads_itself_again_for_ten_minutes_and_no_longer() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(&format!("{LIST}/portal/test")).await;
    let watched = browser.click(&page, "Watch for the next request").await;
    let again = |left| format!("5; url={LIST}/portal/test?watch={left}");
    assert_eq!(watched.header("refresh"), Some(again(119).as_str()));
    let path = format!("{LIST}/portal/test?watch=4000000");
    let bounded = browser.open(&town.at(&path)).await;
    assert_eq!(bounded.header("refresh"), Some(again(119).as_str()));
    let over = browser
        .open(&town.at(&format!("{LIST}/portal/test?watch=0")))
        .await;
    assert_eq!(over.header("refresh"), None);
    let stopped = browser.click(&watched, "Stop that").await;
    assert_eq!(stopped.header("refresh"), None);
}
