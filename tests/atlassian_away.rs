//! Atlassian on a bad day: whoever is new waits politely, whoever is known comes in, and nobody is made twice.

mod support;

use std::time::Duration;

use imitation::atlassian::{Account, Body, Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::{Town, arrived, at_portal, reason};

/// Everything that a call can meet.
fn faults() -> Vec<Failure> {
    vec![
        Failure::status(401),
        Failure::status(403),
        Failure::status(500),
        Failure::status(503),
        Failure::rate_limited(3_600, "jira-quota-tenant-based"),
        Failure::status(200).with_body(Body::Html),
        Failure::status(200).with_body(Body::Half),
        Failure::status(200).with_body(Body::Cut),
        Failure::status(200).with_body(Body::Huge),
        Failure::text("[]"),
        Failure::text("null"),
        Failure::hangs(),
    ]
}

/// Settings with little patience: what hangs is given up soon.
const SHORT: &str = "budget = \"700ms\"";

async fn impatient() -> Town {
    let mut town = Town::new().await;
    town.close().await;
    town.settings = town.settings.replace(
        "[default.atlassian]",
        &format!("[default.atlassian]\n{SHORT}"),
    );
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

/// Atlassian behaves, and a spent quota is remembered no longer.
async fn is_over(town: &mut Town, fault: &Failure) {
    town.atlassian.behave();
    if fault.status == 429 {
        town.close().await;
        town.open().await;
        town.wait_until_links_are_read().await;
    }
}

fn waits_politely(page: &Page) -> bool {
    (reason(page).as_deref(), page.status) == (Some("atlassian_unavailable"), 503)
        && page.header("retry-after").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_new_waits_whatever_a_call_meets_and_comes_in_afterwards_once() {
    let mut town = impatient().await;
    let calls = [Operation::CreateCustomer, Operation::AddCustomers];
    let cases = calls
        .into_iter()
        .flat_map(|operation| faults().into_iter().map(move |fault| (operation, fault)));
    for (n, (operation, fault)) in cases.enumerate() {
        let (username, email) = (format!("new-{n}"), format!("new-{n}@customer.example"));
        town.cognito
            .add_person(Person::new(&username, "New", "Customer", &email));
        town.atlassian.fail_times(operation, 50, &fault);
        let page = town.arrive(&Browser::new(), "/p/help", &username).await;
        assert!(
            waits_politely(&page),
            "{operation:?} {fault:?}: {} {}",
            page.status,
            page.words()
        );
        if fault.status != 200 {
            let again = town.arrive(&Browser::new(), "/p/help", &username).await;
            assert!(
                waits_politely(&again),
                "a second try, {operation:?} {fault:?}"
            );
        }
        is_over(&mut town, &fault).await;
        let page = town.arrive(&Browser::new(), "/p/help", &username).await;
        assert_eq!(
            at_portal(&page).0.as_deref(),
            Some(email.as_str()),
            "{operation:?} {fault:?}: {}",
            page.words()
        );
        assert_eq!(
            town.atlassian.customers().len(),
            n + 1,
            "{operation:?} {fault:?}"
        );
        assert_eq!(town.atlassian.members("HELP").len(), n + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_newcomers_one_finds_out_that_the_quota_is_spent() {
    let town = Town::new().await;
    town.atlassian.forget_calls();
    let quota = Failure::rate_limited(3_600, "jira-quota-tenant-based");
    town.atlassian
        .fail_times(Operation::CreateCustomer, 50, &quota);
    for n in 0..5 {
        let (username, email) = (format!("new-{n}"), format!("new-{n}@customer.example"));
        let person = Person::new(&username, "New", "Customer", &email);
        town.cognito.add_person(person);
        let page = town.arrive(&Browser::new(), "/p/help", &username).await;
        assert!(waits_politely(&page), "{}", page.words());
    }
    assert_eq!(town.atlassian.rest_calls().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_odd_answer_to_a_question_costs_nobody_their_visit() {
    for odd in [
        Failure::status(500),
        Failure::status(200).with_body(Body::Html),
        Failure::status(200).with_body(Body::Half),
        Failure::status(200).with_body(Body::Cut),
    ] {
        let town = Town::new().await;
        let mary = "mary@acme.example";
        town.atlassian.add_account(Account::customer(mary, "Mary"));
        town.atlassian.fail_next(Operation::SearchUsers, odd);
        let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
        arrived(&page, mary);
        assert_eq!(town.atlassian.count(Operation::SearchUsers), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_done_although_its_answer_got_lost_is_not_done_twice() {
    let mut town = impatient().await;
    for (n, fault) in faults().into_iter().enumerate().skip(2) {
        let (username, email) = (format!("lost-{n}"), format!("lost-{n}@customer.example"));
        town.cognito
            .add_person(Person::new(&username, "Lost", "Answer", &email));
        town.atlassian
            .fail_next(Operation::CreateCustomer, fault.clone().after_doing_it());
        town.arrive(&Browser::new(), "/p/help", &username).await;
        is_over(&mut town, &fault).await;
        let page = town.arrive(&Browser::new(), "/p/help", &username).await;
        assert_eq!(
            at_portal(&page).0.as_deref(),
            Some(email.as_str()),
            "{fault:?}: {}",
            page.words()
        );
        let same = town.atlassian.customers().into_iter();
        let same = same.filter(|account| account.email == email);
        assert_eq!(same.count(), 1, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_soon_passes_is_waited_for_within_the_budget() {
    let town = Town::new().await;
    town.atlassian.fail_next(
        Operation::AddCustomers,
        Failure::rate_limited(1, "jira-burst-based"),
    );
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_somebody_else_is_never_taken() {
    let town = Town::new().await;
    town.atlassian
        .add_account(Account::customer("eve@evil.test", "Eve"));
    let eve = town
        .atlassian
        .account("eve@evil.test")
        .map(|account| account.id);
    let eve = eve.unwrap_or_default();
    town.atlassian
        .fail_next(Operation::CreateCustomer, Failure::status(409));
    let answer = serde_json::json!([{ "accountId": eve, "accountType": "customer", "emailAddress": "eve@evil.test", "active": true }]);
    town.atlassian.fail_times(
        Operation::SearchUsers,
        9,
        &Failure::text(&answer.to_string()),
    );
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(waits_politely(&page), "{}", page.words());
    assert!(!town.atlassian.members("HELP").contains(&eve));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_customer_comes_in_by_both_hand_overs_while_atlassian_is_down() {
    let town =
        Town::with("[default.link.bill]\nservice_desk = \"BILL\"\nhand_over = \"gate\"\n").await;
    for path in ["/p/help", "/p/bill"] {
        town.arrive(&Browser::new(), path, "ada").await;
    }
    town.atlassian.set_unavailable(true);
    town.atlassian.forget_calls();
    for (path, portal) in [("/p/help", "/portal/4"), ("/p/bill", "/portal/7")] {
        let page = town.arrive(&Browser::new(), path, "ada").await;
        assert_eq!(
            (page.status, reason(&page)),
            (200, None),
            "{}",
            page.words()
        );
        assert!(page.url.path().ends_with(portal), "{}", page.url);
    }
    assert!(town.atlassian.rest_calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_anything_of_atlassian_links_say_that_it_is_not_there() {
    let mut town = Town::new().await;
    town.close().await;
    let without = town.settings.clone();
    let (before, rest) = without
        .split_once("[default.atlassian]")
        .unwrap_or_default();
    let (_, after) = rest.split_once("[default.access]").unwrap_or_default();
    town.settings = format!("{before}[default.access]{after}");
    town.take_a_new_store();
    town.open().await;
    let page = Browser::new().open(&town.at("/p/help")).await;
    assert!(waits_politely(&page), "{}", page.words());
    let ready = Browser::new().open(&town.at("/health/ready")).await;
    assert_eq!(ready.status, 200);
    assert!(ready.says("\"atlassian\":\"not set up\""), "{}", ready.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_while_both_are_away_and_goes_on_when_they_are_back() {
    let mut town = Town::new().await;
    town.close().await;
    town.take_a_new_store();
    town.cognito.go_down().await;
    town.atlassian.go_down().await;
    town.open().await;
    let browser = Browser::new();
    let page = browser.open(&town.at("/login")).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("provider_unavailable"), 503)
    );
    assert!(waits_politely(&browser.open(&town.at("/p/help")).await));
    town.cognito.come_back().await;
    town.atlassian.come_back().await;
    town.advance(Duration::from_mins(6));
    let metadata = browser.open(&town.at("/saml/metadata")).await.text;
    town.atlassian.trust_metadata(&metadata);
    town.wait_until_links_are_read().await;
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}
