//! Where customers belong: organizations by rules, for new and known customers, and nothing asked of Atlassian while nothing changed.

mod support;

use std::time::Duration;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::Browser;
use support::{Town, at_portal};

const RULES: &str = r#"
[[default.organization]]
name = "Acme GmbH"
domains = ["acme.example"]
managed = false
[[default.organization]]
name = "Billing"
groups = ["billing"]
managed = false
[[default.organization]]
claim = "custom:company"
managed = false
[[default.organization]]
name = "Partners"
claim = "custom:tier = gold"
create = false
managed = false
"#;

/// Lets somebody come, in a browser of their own.
async fn comes(town: &Town, username: &str) {
    let page = town.arrive(&Browser::new(), "/p/help", username).await;
    assert!(at_portal(&page).0.is_some(), "{username}: {}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_by_domain_group_and_claim_each_give_their_organization_once() {
    let town = Town::with(RULES).await;
    for username in ["ada", "charles", "mary", "mary"] {
        comes(&town, username).await;
    }
    let members = |name: &str| -> Vec<String> {
        town.atlassian
            .organization_emails(name)
            .into_iter()
            .collect()
    };
    assert_eq!(
        members("Acme GmbH"),
        ["charles@acme.example", "mary@acme.example"]
    );
    assert_eq!(members("Billing"), ["mary@acme.example"]);
    assert_eq!(
        town.atlassian.organizations().len(),
        2,
        "made when needed, each once"
    );
    assert_eq!(town.atlassian.count(Operation::AddMembers), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returning_customer_costs_atlassian_nothing() {
    let town = Town::with(RULES).await;
    comes(&town, "mary").await;
    town.atlassian.forget_calls();
    comes(&town, "mary").await;
    assert!(
        town.atlassian.rest_calls().is_empty(),
        "{:?}",
        town.atlassian.rest_calls()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_their_organizations_before_they_have_followed_a_link() {
    let town = Town::with(RULES).await;
    comes(&town, "mary").await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/me")).await;
    let page = town.cognito.log_in(&browser, &login, "mary").await;
    assert!(page.says("Acme GmbH, Billing"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_customer_who_comes_under_a_rule_joins_at_the_next_login() {
    let town = Town::with(RULES).await;
    comes(&town, "ada").await;
    town.cognito
        .change_person("ada", |person| person.groups = vec!["billing".to_owned()]);
    comes(&town, "ada").await;
    assert!(
        town.atlassian
            .organization_emails("Billing")
            .contains("ada@customer.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_atlassian_fails_at_slows_no_later_login_and_is_joined_when_it_is_well()
 {
    for (failure, again) in [
        (Failure::status(403), Duration::from_hours(24)),
        (Failure::status(503), Duration::from_mins(15)),
    ] {
        let town = Town::with(RULES).await;
        town.atlassian
            .fail_times(Operation::AddMembers, 20, &failure);
        comes(&town, "charles").await;
        town.atlassian.forget_calls();
        comes(&town, "charles").await;
        assert!(
            town.atlassian.rest_calls().is_empty(),
            "{:?}",
            town.atlassian.rest_calls()
        );
        town.atlassian.behave();
        town.advance(again);
        comes(&town, "charles").await;
        let members = town.atlassian.organization_emails("Acme GmbH");
        assert!(members.contains("charles@acme.example"), "after {again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_whom_jsm_had_before_joins_too() {
    let town = Town::with(RULES).await;
    town.atlassian
        .add_account(Account::customer("mary@acme.example", "Mary"));
    comes(&town, "mary").await;
    assert!(
        town.atlassian
            .organization_emails("Acme GmbH")
            .contains("mary@acme.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_may_not_be_made_is_joined_once_somebody_made_it() {
    let town = Town::with(RULES).await;
    town.cognito.change_person("ada", |person| {
        person.custom.insert("tier".to_owned(), "gold".to_owned());
    });
    comes(&town, "ada").await;
    assert!(town.atlassian.organizations().is_empty());
    town.atlassian.add_organization("Partners", false);
    town.atlassian.forget_calls();
    comes(&town, "ada").await;
    assert!(
        town.atlassian.rest_calls().is_empty(),
        "not asked for at every login"
    );
    town.advance(std::time::Duration::from_hours(24));
    comes(&town, "ada").await;
    assert!(
        town.atlassian
            .organization_emails("Partners")
            .contains("ada@customer.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_scim_manages_is_left_alone() {
    let town = Town::with(RULES).await;
    town.atlassian.add_organization("Acme GmbH", true);
    comes(&town, "charles").await;
    assert!(town.atlassian.organization_emails("Acme GmbH").is_empty());
}
