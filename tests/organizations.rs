//! Where customers belong: organizations by rules, for new and known customers, and nothing asked of Atlassian while nothing changed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use front_door::settings::Settings;
use front_door::store::{Key, Vault};
use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::Browser;
use support::people::{grace, page_of};
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
async fn a_first_visit_costs_three_calls_and_one_more_an_organization_that_jira_has() {
    for managed in [false, true] {
        for known_to_jira in [false, true] {
            let rules = RULES.replace("managed = false", &format!("managed = {managed}"));
            let mut town = Town::new().await;
            for name in ["Acme GmbH", "Billing"] {
                town.atlassian.add_organization(name, false);
            }
            if known_to_jira {
                let mary = Account::customer("mary@acme.example", "Mary Somerville");
                town.atlassian.add_account(mary);
            }
            town.reopen_with(&rules).await;
            let is_read = || town.atlassian.count(Operation::ListOrganizations) == 1;
            town.until(is_read).await;
            town.atlassian.forget_calls();
            comes(&town, "mary").await;
            let calls: Vec<Operation> = town
                .atlassian
                .rest_calls()
                .into_iter()
                .map(|call| call.operation)
                // Asked once in the life of a process.
                .filter(|call| *call != Operation::TenantInfo)
                .collect();
            let more = |call: &&Operation| {
                matches!(call, Operation::AddMembers | Operation::SetCustomerName)
            };
            let context = format!("managed: {managed}, known: {known_to_jira}: {calls:?}");
            assert_eq!(town.atlassian.count(Operation::AddMembers), 2, "{context}");
            assert!(
                calls.len() - calls.iter().filter(more).count() <= 3,
                "{context}"
            );
        }
    }
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
    town.advance(Duration::from_hours(24));
    comes(&town, "ada").await;
    assert!(
        town.atlassian
            .organization_emails("Partners")
            .contains("ada@customer.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_organizations_that_takes_longer_than_a_visit_keeps_nobody_waiting() {
    let mut town = Town::new().await;
    for n in 0..200 {
        town.atlassian
            .add_organization(&format!("Number {n}"), false);
    }
    town.atlassian.add_organization("Partners", false);
    town.cognito.change_person("ada", |person| {
        person.custom.insert("tier".to_owned(), "gold".to_owned());
    });
    town.atlassian.set_page_cap(1);
    let table = "[default.atlassian]";
    let hurry = format!("{table}\nbudget = \"700ms\"");
    town.settings = town.settings.replace(table, &hurry);
    town.reopen_with(RULES).await;
    comes(&town, "ada").await;
    town.advance(Duration::from_mins(2));
    town.until(|| is_in(&town, "Partners", "ada@customer.example"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_scim_manages_is_left_alone() {
    let town = Town::with(RULES).await;
    town.atlassian.add_organization("Acme GmbH", true);
    comes(&town, "charles").await;
    assert!(town.atlassian.organization_emails("Acme GmbH").is_empty());
    assert_eq!(town.atlassian.count(Operation::AddMembers), 0, "not tried");
}

/// One rule of a kind that takes away again, and what stands in for it.
const MANAGED: &str = r#"
[[default.organization]]
name = "Billing"
groups = ["billing"]
[[default.organization]]
name = "Guests"
default_for = "new"
"#;

fn is_in(town: &Town, organization: &str, email: &str) -> bool {
    town.atlassian
        .organization_emails(organization)
        .contains(email)
}

fn set_groups(town: &Town, username: &str, groups: &[&str]) {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    town.cognito
        .change_person(username, |person| person.groups = groups);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_rule_is_taken_out_and_the_default_stands_in_for_it() {
    let town = Town::with(MANAGED).await;
    let ada = "ada@customer.example";
    comes(&town, "ada").await;
    assert!(is_in(&town, "Guests", ada));
    set_groups(&town, "ada", &["billing"]);
    comes(&town, "ada").await;
    assert!(is_in(&town, "Billing", ada) && !is_in(&town, "Guests", ada));
    set_groups(&town, "ada", &[]);
    comes(&town, "ada").await;
    assert!(!is_in(&town, "Billing", ada));
    assert!(
        !is_in(&town, "Guests", ada),
        "she is no new customer any more"
    );
    let trail = town.trail().await;
    let left = trail
        .iter()
        .filter(|event| event["event"] == "organization_left");
    let left: Vec<_> = left
        .map(|event| &event["changes"]["organization"])
        .collect();
    assert_eq!(left, ["Guests", "Billing"], "{trail:?}");
    town.atlassian.forget_calls();
    comes(&town, "ada").await;
    assert!(town.atlassian.rest_calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_taken_out_of_what_somebody_else_put_them_into() {
    let town = Town::with(MANAGED).await;
    for (email, before) in [
        ("ada@customer.example", true),
        ("charles@acme.example", false),
    ] {
        town.atlassian.add_account(Account::customer(email, "Ada"));
        town.atlassian.add_organization("Billing", false);
        if before {
            town.atlassian.add_member("Billing", email);
        }
        let username = email.split('@').next().unwrap_or_default();
        set_groups(&town, username, &["billing"]);
        comes(&town, username).await;
        assert!(is_in(&town, "Billing", email));
        set_groups(&town, username, &[]);
        comes(&town, username).await;
        assert_eq!(is_in(&town, "Billing", email), before, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_managed_by_scim_by_now_is_left_where_they_are() {
    let town = Town::with(MANAGED).await;
    set_groups(&town, "ada", &["billing"]);
    comes(&town, "ada").await;
    town.atlassian.add_organization("Billing", true);
    set_groups(&town, "ada", &[]);
    comes(&town, "ada").await;
    assert!(is_in(&town, "Billing", "ada@customer.example"));
    let tried = town.atlassian.count(Operation::RemoveMembers);
    assert_eq!(tried, 0, "not tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_gets_the_default_also_when_the_first_visit_was_interrupted() {
    let town = Town::with(MANAGED).await;
    let after = Failure::status(500).after_doing_it();
    town.atlassian.fail_next(Operation::CreateCustomer, after);
    town.atlassian
        .fail_times(Operation::SearchUsers, 20, &Failure::status(500));
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.atlassian.behave();
    comes(&town, "ada").await;
    assert!(is_in(&town, "Guests", "ada@customer.example"));
    town.atlassian
        .add_account(Account::customer("mary@acme.example", "Mary"));
    comes(&town, "mary").await;
    assert!(
        !is_in(&town, "Guests", "mary@acme.example"),
        "she was there before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_atlassian_fails_at_is_done_later_without_the_customer() {
    let town = Town::with(MANAGED).await;
    let ada = "ada@customer.example";
    set_groups(&town, "ada", &["billing"]);
    town.atlassian
        .fail_times(Operation::AddMembers, 20, &Failure::status(503));
    comes(&town, "ada").await;
    let page = page_of(&town, &grace(&town).await, ada).await;
    assert!(page.says("Waits for Atlassian"), "{}", page.words());
    let overview = grace(&town).await.open(&town.at("/admin")).await;
    let words = "Something is still to be done at Atlassian for 1 customer,";
    assert!(overview.says(words), "{}", overview.words());
    town.atlassian.behave();
    town.advance(Duration::from_mins(2));
    town.until(|| is_in(&town, "Billing", ada)).await;
    set_groups(&town, "ada", &[]);
    town.atlassian
        .fail_times(Operation::RemoveMembers, 20, &Failure::status(503));
    comes(&town, "ada").await;
    assert!(is_in(&town, "Billing", ada));
    town.atlassian.behave();
    town.advance(Duration::from_mins(2));
    town.until(|| !is_in(&town, "Billing", ada)).await;
}

/// The store as another process opens it.
async fn store(town: &Town) -> Vault {
    let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
    let (address, secrets) = (&loaded.settings.store, &loaded.settings.secrets);
    Vault::open(address, secrets, town.clock.clone())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_the_list_that_cannot_be_read_keeps_nobody_else_waiting() {
    let town = Town::with(MANAGED).await;
    let put_off = Key::put_off();
    let damaged = store(&town).await;
    damaged
        .index_put(&put_off, "a", &"damaged", None)
        .await
        .unwrap();
    set_groups(&town, "ada", &["billing"]);
    town.atlassian
        .fail_times(Operation::AddMembers, 20, &Failure::status(503));
    comes(&town, "ada").await;
    town.atlassian.behave();
    let overview = grace(&town).await.open(&town.at("/admin")).await;
    assert!(overview.says("Admin desk"), "{}", overview.words());
    town.advance(Duration::from_mins(2));
    town.until(|| is_in(&town, "Billing", "ada@customer.example"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_was_deleted_and_made_anew_is_joined_at_once() {
    for create in [true, false] {
        let mut town = Town::new().await;
        town.atlassian.add_organization("Billing", false);
        let rule = "[[default.organization]]\nname = \"Billing\"\ngroups = [\"billing\"]\n";
        town.reopen_with(&format!("{rule}create = {create}\n"))
            .await;
        for username in ["ada", "mary"] {
            set_groups(&town, username, &["billing"]);
        }
        comes(&town, "ada").await;
        assert!(is_in(&town, "Billing", "ada@customer.example"));
        town.atlassian.remove_organization("Billing");
        town.atlassian.add_organization("Billing", false);
        comes(&town, "mary").await;
        assert!(is_in(&town, "Billing", "mary@acme.example"), "{create}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_customer_comes_in_at_another_link_while_atlassian_is_down_and_is_added_later() {
    let town = Town::with("").await;
    comes(&town, "ada").await;
    town.atlassian.set_unavailable(true);
    let page = town.arrive(&Browser::new(), "/p/bill", "ada").await;
    assert!(page.url.path().ends_with("/portal/7"), "{}", page.words());
    town.atlassian.set_unavailable(false);
    assert!(town.atlassian.members("BILL").is_empty());
    town.advance(Duration::from_mins(2));
    town.until(|| town.atlassian.members("BILL").len() == 1)
        .await;
}
