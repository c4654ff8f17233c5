//! Logins during which the provider issues tokens that must not be believed.

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Endpoint, Fault};

use super::{Town, arrived, reason};

/// Logs in while the provider misbehaves so.
pub(crate) async fn log_in(town: &Town, faults: &[Fault]) -> (Browser, Page) {
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    for fault in faults {
        town.cognito.misbehave(fault.clone());
    }
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    town.cognito.behave();
    (browser, page)
}

/// That a login with such a token is refused as one that fails a check, and leaves nothing behind.
pub(crate) async fn is_refused(town: &Town, faults: &[Fault]) {
    let shown = format!("{faults:.150?}");
    town.cognito.forget_calls();
    town.atlassian.forget_calls();
    let (browser, page) = log_in(town, faults).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("login_invalid"), 400),
        "{shown}: {}",
        page.words()
    );
    assert_eq!(town.cognito.count(Endpoint::Token), 1, "{shown}");
    assert_eq!(browser.cookie("front-door"), None, "{shown}");
    assert_eq!(browser.fetch(&town.at("/me")).await.status, 401, "{shown}");
    assert!(town.atlassian_heard_of_nobody(), "{shown}");
}

/// That each of these is refused, and that the same town lets an honest login in afterwards.
pub(crate) async fn are_refused(faults: Vec<Fault>) {
    let town = Town::new().await;
    for fault in faults {
        is_refused(&town, &[fault]).await;
        // So that the next key that is unknown is searched for.
        town.advance(Duration::from_secs(11));
    }
    assert!(town.atlassian.customers().is_empty());
    assert!(town.events().await.iter().all(|event| event == "refused"));
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}
