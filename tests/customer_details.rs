//! Display names and detail fields at Jira follow the claims, where the site takes them; where it does not, nobody notices.

mod support;

use std::time::Duration;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::Browser;
use support::{Town, at_portal};

const DETAILS: &str = "[default.mapping.details]\nRegion = \"custom:region\"\nWho = \"{given_name} of {custom:region}\"\n";

const ADA: &str = "ada@customer.example";

async fn comes(town: &Town, username: &str) {
    let page = town.arrive(&Browser::new(), "/p/help", username).await;
    assert!(at_portal(&page).0.is_some(), "{username}: {}", page.words());
}

fn lives_in(town: &Town, region: Option<&str>) {
    moves(town, "ada", region);
}

fn moves(town: &Town, username: &str, region: Option<&str>) {
    town.cognito.change_person(username, |person| {
        person.custom.remove("region");
        let region = region.map(|region| ("region".to_owned(), region.to_owned()));
        person.custom.extend(region);
    });
}

fn detail(town: &Town, field: &str) -> Vec<String> {
    let mut details = town.atlassian.details(ADA);
    details.remove(field).unwrap_or_default()
}

async fn with_fields() -> Town {
    let town = Town::with(DETAILS).await;
    for field in ["Region", "Who"] {
        town.atlassian.add_detail_field(field, &[]);
    }
    town
}

fn told(town: &Town) -> usize {
    town.atlassian.count(Operation::SetCustomerDetail)
        + town.atlassian.count(Operation::SetCustomerName)
}

#[tokio::test(flavor = "multi_thread")]
async fn details_follow_the_claims_and_cost_nothing_while_these_stay_the_same() {
    let town = with_fields().await;
    lives_in(&town, Some("EU"));
    comes(&town, "ada").await;
    assert_eq!(detail(&town, "Region"), ["EU"]);
    assert_eq!(detail(&town, "Who"), ["Ada of EU"]);
    town.atlassian.forget_calls();
    comes(&town, "ada").await;
    assert!(town.atlassian.rest_calls().is_empty());
    lives_in(&town, None);
    comes(&town, "ada").await;
    assert_eq!(
        detail(&town, "Region"),
        [""; 0],
        "{:?}",
        town.atlassian.rest_calls()
    );
    assert_eq!(told(&town), 2, "both fields changed");
    let trail = town.trail().await;
    let told = trail
        .iter()
        .filter(|event| event["event"] == "customer_updated");
    let told: Vec<_> = told.map(|event| &event["changes"]["detail"]).collect();
    assert_eq!(told, ["Region", "Who", "Region", "Who"], "{trail:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_name_is_changed_at_jira_for_new_and_for_known_customers() {
    let town = Town::with("").await;
    town.atlassian
        .add_account(Account::customer("mary@acme.example", "Somebody"));
    for (username, email) in [("ada", ADA), ("mary", "mary@acme.example")] {
        comes(&town, username).await;
        town.cognito.change_person(username, |person| {
            person.family_name = Some("Married".to_owned());
        });
        comes(&town, username).await;
        let account = town.atlassian.account(email);
        let name = account.map(|account| account.display_name);
        assert!(
            name.clone().unwrap_or_default().ends_with(" Married"),
            "{email}: {name:?} {:?}",
            town.atlassian.rest_calls()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_update_new_only_customers_whom_the_front_door_makes_are_told() {
    let town = Town::with(&format!("[default.mapping]\nupdate = \"new\"\n{DETAILS}")).await;
    for field in ["Region", "Who"] {
        town.atlassian.add_detail_field(field, &[]);
    }
    lives_in(&town, Some("EU"));
    comes(&town, "ada").await;
    assert_eq!(detail(&town, "Region"), ["EU"]);
    lives_in(&town, Some("US"));
    comes(&town, "ada").await;
    assert_eq!(detail(&town, "Region"), ["EU"]);
    town.atlassian
        .add_account(Account::customer("mary@acme.example", "Somebody"));
    comes(&town, "mary").await;
    let mary = town.atlassian.account("mary@acme.example");
    assert_eq!(
        mary.map(|mary| mary.display_name).as_deref(),
        Some("Somebody")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_without_customer_details_is_soon_asked_no_more_and_everybody_comes_in() {
    let town = with_fields().await;
    town.atlassian.set_without_customer_service(true);
    for username in ["ada", "ada", "charles", "mary", "grace"] {
        moves(&town, username, Some("EU"));
        comes(&town, username).await;
    }
    assert_eq!(
        told(&town),
        5,
        "two fields of two people, and one of a third"
    );
    town.atlassian.set_without_customer_service(false);
    town.advance(Duration::from_hours(1));
    comes(&town, "grace").await;
    assert_eq!(told(&town), 7, "an hour later the site is asked again");
    town.advance(Duration::from_hours(23));
    comes(&town, "ada").await;
    assert_eq!(detail(&town, "Region"), ["EU"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_whom_customer_details_do_not_know_keeps_nobody_elses_from_being_told() {
    let town = with_fields().await;
    for username in ["ada", "charles"] {
        moves(&town, username, Some("EU"));
    }
    let not_found = Failure::status(404);
    town.atlassian
        .fail_times(Operation::SetCustomerDetail, 1, &not_found);
    comes(&town, "charles").await;
    comes(&town, "ada").await;
    assert_eq!(detail(&town, "Region"), ["EU"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_jira_does_not_have_keeps_no_other_from_being_told() {
    let town = Town::with(DETAILS).await;
    town.atlassian.add_detail_field("Who", &[]);
    lives_in(&town, Some("EU"));
    comes(&town, "ada").await;
    assert_eq!(detail(&town, "Who"), ["Ada of EU"]);
    town.atlassian.forget_calls();
    comes(&town, "ada").await;
    assert!(
        town.atlassian.rest_calls().is_empty(),
        "not asked again at once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_told_is_told_later() {
    let town = with_fields().await;
    lives_in(&town, Some("EU"));
    town.atlassian
        .fail_times(Operation::SetCustomerDetail, 20, &Failure::status(503));
    comes(&town, "ada").await;
    town.atlassian.behave();
    town.advance(Duration::from_mins(2));
    town.until(|| detail(&town, "Who") == ["Ada of EU"]).await;
}
