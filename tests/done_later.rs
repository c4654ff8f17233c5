//! What Atlassian failed at, and what is to be taken away from those who come in no more, is done later: in order, once, and for who they are by then.

mod support;

use std::time::Duration;

use imitation::atlassian::{Body, Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::people::{ADA, block, grace, page_of};
use support::{Town, at_portal, reason};

const BILLING: &str = "[[default.organization]]\nname = \"Billing\"\ngroups = [\"billing\"]\n";

async fn visit(town: &Town, path: &str, username: &str) -> Page {
    town.arrive(&Browser::new(), path, username).await
}

async fn comes(town: &Town, username: &str) {
    let page = visit(town, "/p/help", username).await;
    assert!(at_portal(&page).0.is_some(), "{username}: {}", page.words());
}

fn set_groups(town: &Town, groups: &[&str]) {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    town.cognito
        .change_person("ada", |person| person.groups = groups);
}

fn is_in(town: &Town, organization: &str) -> bool {
    town.atlassian
        .organization_emails(organization)
        .contains(ADA)
}

/// Lets pass what the list waits after a failure, and waits until nothing is on it.
async fn the_list_is_done(town: &Town) {
    town.advance(Duration::from_mins(2));
    let grace = grace(town).await;
    let waits = "Something is still to be done at Atlassian";
    while grace.open(&town.at("/admin")).await.says(waits) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_a_group_meanwhile_is_put_into_nothing_by_it() {
    let town = Town::with(BILLING).await;
    comes(&town, "ada").await;
    set_groups(&town, &["billing"]);
    town.atlassian
        .fail_times(Operation::CreateOrganization, 50, &Failure::status(503));
    comes(&town, "ada").await;
    set_groups(&town, &[]);
    comes(&town, "ada").await;
    town.atlassian.behave();
    the_list_is_done(&town).await;
    assert!(!is_in(&town, "Billing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_group_again_meanwhile_is_taken_out_of_nothing() {
    let town = Town::with(BILLING).await;
    set_groups(&town, &["billing"]);
    comes(&town, "ada").await;
    set_groups(&town, &[]);
    town.atlassian
        .fail_times(Operation::RemoveMembers, 50, &Failure::status(503));
    comes(&town, "ada").await;
    set_groups(&town, &["billing"]);
    comes(&town, "ada").await;
    town.atlassian.behave();
    the_list_is_done(&town).await;
    assert!(is_in(&town, "Billing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_way_in_with_a_group_loses_its_organization_too() {
    let private = "[default.link.help]\nservice_desk = \"HELP\"\naccess = \"private\"\ngroups = [\"billing\"]\n";
    let town = Town::with(&format!("{BILLING}{private}[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"staff\"]\n")).await;
    set_groups(&town, &["billing"]);
    comes(&town, "ada").await;
    assert!(is_in(&town, "Billing"));
    set_groups(&town, &[]);
    let page = visit(&town, "/p/help", "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("group_required"));
    town.advance(Duration::from_mins(2));
    town.until(|| !is_in(&town, "Billing")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_added_to_a_service_desk_whose_link_lets_them_in_no_more() {
    let mut town = Town::new().await;
    comes(&town, "ada").await;
    town.atlassian
        .fail_times(Operation::AddCustomers, 50, &Failure::status(503));
    visit(&town, "/p/bill", "ada").await;
    let private = "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"staff\"]\n";
    town.reopen_with(private).await;
    town.atlassian.behave();
    the_list_is_done(&town).await;
    assert!(!town.atlassian.member_emails("BILL").contains(ADA));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_customer_comes_in_while_the_list_waits_for_an_answer_about_them() {
    let town = Town::with(BILLING).await;
    comes(&town, "ada").await;
    town.atlassian
        .fail_times(Operation::AddCustomers, 50, &Failure::status(503));
    visit(&town, "/p/bill", "ada").await;
    town.atlassian.behave();
    town.atlassian.forget_calls();
    town.atlassian
        .fail_times(Operation::AddCustomers, 50, &Failure::hangs());
    town.advance(Duration::from_mins(2));
    town.until(|| town.atlassian.count(Operation::AddCustomers) > 0)
        .await;
    set_groups(&town, &["billing"]);
    comes(&town, "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_and_a_maintenance_page_are_nobodys_end() {
    let html = Failure::status(200).with_body(Body::Html);
    for (call, failure) in [
        (Operation::AddMembers, Failure::status(401)),
        (Operation::AddMembers, Failure::status(403)),
        (Operation::AddMembers, html.clone()),
        (Operation::CreateOrganization, html),
    ] {
        let town = Town::with(BILLING).await;
        set_groups(&town, &["billing"]);
        town.atlassian.fail_times(call, 50, &failure);
        comes(&town, "ada").await;
        let page = page_of(&town, &grace(&town).await, ADA).await;
        assert!(page.says("Waits for Atlassian"), "{}", page.words());
        town.atlassian.behave();
        the_list_is_done(&town).await;
        assert!(is_in(&town, "Billing"), "{call:?}, {failure:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_waited_longest_is_first_when_atlassian_is_back() {
    let rules = "[[default.organization]]\nname = \"Guests\"\ndefault_for = \"all\"\n";
    let town = Town::with(rules).await;
    let email = |n: usize| format!("guest-{n}@customer.example");
    let refused = Failure::status(401);
    town.atlassian
        .fail_times(Operation::AddMembers, 5000, &refused);
    for n in 0..4 {
        let name = format!("guest-{n}");
        town.cognito
            .add_person(Person::new(&name, "A", "Guest", &email(n)));
        comes(&town, &name).await;
        town.advance(Duration::from_secs(5));
    }
    // Several rounds in vain.
    for _ in 0..3 {
        town.atlassian.forget_calls();
        town.advance(Duration::from_mins(6));
        town.until(|| town.atlassian.count(Operation::AddMembers) == 1)
            .await;
    }
    town.atlassian.behave();
    town.advance(Duration::from_mins(6));
    let (mut before, mut order) = (std::collections::BTreeSet::new(), Vec::new());
    while order.len() < 4 {
        let now = town.atlassian.organization_emails("Guests");
        order.extend(now.difference(&before).cloned());
        before = now;
        tokio::task::yield_now().await;
    }
    assert_eq!(order, (0..4).map(email).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_wants_any_more_is_waited_for_no_longer() {
    let mapping = "[default.mapping.details]\nRegion = \"custom:region\"\n";
    let mut town = Town::with(mapping).await;
    town.atlassian.add_detail_field("Region", &[]);
    let lives_in = |town: &Town, region: &str| {
        town.cognito.change_person("ada", |person| {
            person.custom.insert("region".to_owned(), region.to_owned());
        });
    };
    lives_in(&town, "EU");
    comes(&town, "ada").await;
    lives_in(&town, "US");
    town.atlassian
        .fail_times(Operation::SetCustomerDetail, 50, &Failure::status(503));
    comes(&town, "ada").await;
    lives_in(&town, "EU");
    comes(&town, "ada").await;
    let page = page_of(&town, &grace(&town).await, ADA).await;
    assert!(
        !page.says("Waits for Atlassian"),
        "the old value is told already"
    );
    lives_in(&town, "US");
    comes(&town, "ada").await;
    town.close().await;
    town.settings = town.settings.replace(mapping, "");
    town.open().await;
    town.wait_until_links_are_read().await;
    the_list_is_done(&town).await;
    let page = page_of(&town, &grace(&town).await, ADA).await;
    assert!(
        !page.says("Waits for Atlassian"),
        "the field is mapped no more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_for_who_was_blocked_meanwhile_nor_after_a_week() {
    for is_blocked in [true, false] {
        let town = Town::with(BILLING).await;
        comes(&town, "ada").await;
        set_groups(&town, &["billing"]);
        let refused = Failure::status(401);
        town.atlassian
            .fail_times(Operation::AddMembers, 5000, &refused);
        comes(&town, "ada").await;
        if is_blocked {
            block(&town, &grace(&town).await, ADA).await;
            town.atlassian.behave();
        } else {
            town.advance(Duration::from_hours(24 * 7 + 1));
        }
        the_list_is_done(&town).await;
        town.atlassian.behave();
        assert!(!is_in(&town, "Billing"), "blocked: {is_blocked}");
    }
}
