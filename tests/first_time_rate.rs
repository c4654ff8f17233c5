//! New customers within an hour: a flood of newcomers stops, and nobody who was here before.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::people::grace;
use support::{Town, arrived, told};

const HOUR: u64 = 3_600;

/// A front door that lets so many in within an hour, at the beginning of one.
async fn town(limit: u32, more: &str) -> Town {
    let rule = format!("[default.access]\nfirst_time_per_hour = {limit}");
    let mut town = Town::new().await;
    town.close().await;
    town.settings = town.settings.replace("[default.access]", &rule) + more;
    town.open().await;
    town.wait_until_links_are_read().await;
    for n in 0..6 {
        let (name, email) = (format!("new{n}"), email(n));
        town.cognito
            .add_person(Person::new(&name, "New", "Comer", &email));
    }
    let second = town.clock.now().as_second().unsigned_abs();
    town.advance(Duration::from_secs(HOUR - second % HOUR + 1));
    town
}

fn email(n: usize) -> String {
    format!("new{n}@customer.example")
}

async fn comes(town: &Town, n: usize, path: &str) -> Page {
    town.arrive(&Browser::new(), path, &format!("new{n}")).await
}

#[track_caller]
fn is_too_many(page: &Page) {
    assert_eq!(
        told(page),
        (Some("too_many_requests".to_owned()), 429),
        "{}",
        page.words()
    );
}

fn retry_after(page: &Page) -> u64 {
    page.header("retry-after").unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_limit_newcomers_are_told_when_to_come_back_and_others_are_not_stopped() {
    let town = town(2, "").await;
    for n in 0..2 {
        arrived(&comes(&town, n, "/p/help").await, &email(n));
    }
    let page = comes(&town, 2, "/p/help").await;
    is_too_many(&page);
    let wait = retry_after(&page);
    assert!((HOUR - 300..HOUR).contains(&wait), "{wait}");
    assert!(
        page.says("Open the link again in an hour") && page.link("Start again").path() == "/p/help"
    );
    assert_eq!(town.atlassian.customers().len(), 2);

    arrived(&comes(&town, 0, "/p/help").await, &email(0));
    arrived(&comes(&town, 3, "/p/bill").await, &email(3));
    arrived(&comes(&town, 3, "/p/help").await, &email(3));
    town.advance(Duration::from_secs(wait));
    arrived(&comes(&town, 2, "/p/help").await, &email(2));
    let trail = town.trail().await;
    let refused = trail
        .iter()
        .find(|event| event["event"] == "refused")
        .unwrap();
    assert_eq!(
        (&refused["reason"], &refused["link"]),
        (&"too_many_requests".into(), &"help".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_who_comes_again_and_again_uses_up_nobodys_hour() {
    let town = town(2, "").await;
    let away = Failure::status(503);
    for _ in 0..3 {
        town.atlassian
            .fail_next(Operation::CreateCustomer, away.clone());
        let page = comes(&town, 0, "/p/help").await;
        assert_eq!(told(&page), (Some("atlassian_unavailable".to_owned()), 503));
    }
    arrived(&comes(&town, 1, "/p/help").await, &email(1));
    is_too_many(&comes(&town, 2, "/p/help").await);
    arrived(&comes(&town, 0, "/p/help").await, &email(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_jira_has_is_no_newcomer() {
    let town = town(2, "").await;
    for n in [0, 1, 2, 5] {
        let customer = Account::customer(&email(n), "Customer Of Old");
        town.atlassian.add_account(customer);
    }
    for _ in 0..3 {
        let page = town.arrive(&Browser::new(), "/p/help", "anna").await;
        assert_eq!(told(&page), (Some("atlassian_account".to_owned()), 409));
    }
    for n in 0..5 {
        arrived(&comes(&town, n, "/p/help").await, &email(n));
    }
    town.cognito
        .add_person(Person::new("new6", "New", "Comer", &email(6)));
    is_too_many(&comes(&town, 6, "/p/help").await);
    arrived(&comes(&town, 5, "/p/help").await, &email(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_is_asked_about_an_address_first_only_when_no_more_newcomers_may_come() {
    let town = town(1, "").await;
    let asked = |town: &Town| {
        [Operation::SearchUsers, Operation::CreateCustomer].map(|one| town.atlassian.count(one))
    };
    arrived(&comes(&town, 0, "/p/help").await, &email(0));
    assert_eq!(asked(&town), [0, 1], "within the limit");
    is_too_many(&comes(&town, 1, "/p/help").await);
    assert_eq!(asked(&town), [1, 1], "beyond it nobody is made");
    let customer = Account::customer(&email(2), "Customer Of Old");
    town.atlassian.add_account(customer);
    arrived(&comes(&town, 2, "/p/help").await, &email(2));
    assert_eq!(asked(&town), [2, 1], "whom Jira has is found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_nobody_who_came() {
    let mut town = town(1, "").await;
    arrived(&comes(&town, 0, "/p/help").await, &email(0));
    town.reopen_with("").await;
    is_too_many(&comes(&town, 1, "/p/help").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_itself_is_no_way_around_the_limit() {
    let town = town(1, "").await;
    let portal = town.atlassian.login_url("portal");
    for (n, status) in [(0, 200), (1, 429)] {
        let browser = Browser::new();
        let login = browser.open(&portal).await;
        let name = format!("new{n}");
        let page = town.cognito.log_in(&browser, &login, &name).await;
        assert_eq!(page.status, status, "{}", page.words());
    }
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_approval_is_asked_for_so_many_begin_to_wait_and_the_approved_are_not_counted() {
    let link = "[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n";
    let town = town(1, link).await;
    let waits = (Some("awaiting_approval".to_owned()), 403);
    assert_eq!(told(&comes(&town, 0, "/p/help").await), waits);
    is_too_many(&comes(&town, 1, "/p/help").await);
    let grace = grace(&town).await;
    let queue = grace.open(&town.at("/admin/approvals")).await;
    assert!(queue.says("One person waits") && queue.says(&email(0)));
    grace.press(&queue, "Approve").await;
    town.advance(Duration::from_secs(HOUR));
    assert_eq!(told(&comes(&town, 1, "/p/help").await), waits);
    arrived(&comes(&town, 0, "/p/help").await, &email(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_approved_are_not_counted_at_the_portal_itself_either() {
    let links = [("help", "HELP"), ("bill", "BILL"), ("hr", "HR")];
    let asks = |(slug, key): (&str, &str)| {
        format!("[default.link.{slug}]\nservice_desk = \"{key}\"\napproval = true\n")
    };
    let town = town(1, &links.map(asks).concat()).await;
    comes(&town, 0, "/p/help").await;
    comes(&town, 1, "/p/bill").await;
    let grace = grace(&town).await;
    for _ in 0..2 {
        let queue = grace.open(&town.at("/admin/approvals")).await;
        grace.press(&queue, "Approve").await;
    }
    let portal = town.atlassian.login_url("portal");
    for n in 0..2 {
        let browser = Browser::new();
        let login = browser.open(&portal).await;
        let name = format!("new{n}");
        let page = town.cognito.log_in(&browser, &login, &name).await;
        assert_eq!(page.status, 200, "{}", page.words());
    }
    assert_eq!(town.atlassian.customers().len(), 2);
}
