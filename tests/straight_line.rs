//! The main job: a customer opens a substitute link, logs in, and stands in the native portal, signed in, at the very page the link named.

mod support;

use imitation::browser::Browser;
use support::{Town, at_portal, reason};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_lands_in_the_portal_signed_in() {
    let town = Town::new().await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(page.status, 200, "{}", page.words());
    let portal = format!(
        "/servicedesk/customer/portal/{}",
        town.atlassian.desk("HELP").portal_id
    );
    assert_eq!(
        at_portal(&page),
        (Some("ada@customer.example".to_owned()), Some(portal))
    );
    assert_eq!(town.atlassian.customers().len(), 1);
    assert!(
        town.atlassian
            .member_emails("HELP")
            .contains("ada@customer.example")
    );
    assert_eq!(
        town.events().await,
        [
            "signed_in",
            "customer_created",
            "customer_added",
            "handed_over",
            "assertion_sent"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_link_survives_the_login_with_its_prefill() {
    let town = Town::new().await;
    let desk = town.atlassian.desk("HELP");
    let request_type = desk.request_types[0].id;
    let page = town
        .arrive(
            &Browser::new(),
            &format!("/p/help/create/{request_type}?summary=It%20does%20not%20start"),
            "ada",
        )
        .await;
    let named = format!(
        "/servicedesk/customer/portal/{}/create/{request_type}?summary=It%20does%20not%20start",
        desk.portal_id
    );
    assert_eq!(
        at_portal(&page),
        (Some("ada@customer.example".to_owned()), Some(named))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returning_customer_costs_no_atlassian_call_and_comes_in_while_atlassian_is_away() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.atlassian.forget_calls();
    town.atlassian.set_unavailable(true);
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    assert_eq!(reason(&page), None, "{}", page.words());
    assert!(
        town.atlassian.rest_calls().is_empty(),
        "{:?}",
        town.atlassian.rest_calls()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_come_in_is_told_why_and_nobody_is_created() {
    let town = Town::new().await;
    for (username, expected, status) in [
        ("ulf", "email_unverified", 403),
        ("boris", "domain_not_allowed", 403),
        ("anna", "atlassian_account", 409),
    ] {
        let page = town.arrive(&Browser::new(), "/p/help", username).await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some(expected), status),
            "{username}: {}",
            page.words()
        );
    }
    assert!(town.atlassian.customers().is_empty());
}
