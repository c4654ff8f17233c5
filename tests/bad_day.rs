//! What people see on a bad day of Atlassian's, or on a very good one of the help desk's: whoever is known comes in, whoever is new waits politely and in order.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::atlassian::{Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::{Town, arrived, at_portal, told};

fn waits(page: &Page) -> bool {
    told(page) == (Some("atlassian_unavailable".to_owned()), 503)
}

fn seconds(page: &Page, header: &str) -> Option<u64> {
    page.header(header)?.parse().ok()
}

fn add_people(town: &Town, names: &[&str]) {
    for name in names {
        let email = format!("{name}@customer.example");
        town.cognito
            .add_person(Person::new(name, "New", "Customer", &email));
    }
}

async fn health_of_atlassian(town: &Town) -> String {
    let ready = Browser::new().open(&town.at("/health/ready")).await;
    let health: serde_json::Value = serde_json::from_str(&ready.text).unwrap();
    health["checks"]["atlassian"].as_str().unwrap().to_owned()
}

/// A town in which first visits begin so far apart.
async fn town_with_visits_apart(apart: Duration) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    town.first_visits_apart = Some(apart);
    town.open().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_away_is_spared_while_known_customers_come_in_and_new_ones_as_soon_as_it_is_back()
 {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    add_people(&town, &["new"]);
    town.atlassian.set_unavailable(true);
    let browser = Browser::new();
    assert!(waits(&town.arrive(&browser, "/p/help", "new").await));
    while !health_of_atlassian(&town)
        .await
        .contains("does not answer since")
    {
        assert!(waits(&browser.open(&town.at("/p/help")).await));
    }
    let ada = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&ada, "ada@customer.example");
    let page = browser.open(&town.at("/p/help")).await;
    assert!(waits(&page) && seconds(&page, "refresh") == seconds(&page, "retry-after"));
    town.atlassian.set_unavailable(false);
    let mut page = browser.open(&town.at("/p/help")).await;
    while waits(&page) {
        // The breaker's pause is of real time, and nothing tells its end but the next answer.
        tokio::time::sleep(Duration::from_millis(50)).await;
        page = browser.open(&town.at("/p/help")).await;
    }
    arrived(&browser.post_on(page).await, "new@customer.example");
    assert_eq!(town.atlassian.customers().len(), 2);
    assert!(!health_of_atlassian(&town).await.contains("does not answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_back_later_each_time_and_by_themselves_only_where_that_may_help() {
    let town = Town::new().await;
    let browser = Browser::new();
    let failure = Failure::status(500);
    town.atlassian
        .fail_times(Operation::CreateCustomer, 3, &failure);
    let mut pages = vec![town.arrive(&browser, "/p/help", "ada").await];
    for _ in 0..2 {
        pages.push(browser.open(&town.at("/p/help")).await);
    }
    for (page, (least, most)) in pages.iter().zip([(10, 13), (20, 26), (40, 51)]) {
        let wait = seconds(page, "refresh").unwrap();
        assert!(waits(page) && (least..=most).contains(&wait), "{wait}");
        assert!(
            page.says(&format!("tries again by itself in {wait} seconds")),
            "{}",
            page.words()
        );
        assert_eq!(page.link("Go to the page again").path(), "/p/help");
    }
    let refused = Failure::status(403);
    town.atlassian
        .fail_times(Operation::CreateCustomer, 3, &refused);
    let page = browser.open(&town.at("/p/help")).await;
    assert!(waits(&page), "{}", page.words());
    assert_eq!(page.header("refresh"), None, "an administrator's matter");
    town.atlassian.behave();
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_first_visits_than_atlassian_bears_wait_in_order_behind_a_page_that_says_so() {
    let town = town_with_visits_apart(Duration::from_hours(1)).await;
    add_people(&town, &["first", "second", "third", "fourth"]);
    let first = town.arrive(&Browser::new(), "/p/help", "first").await;
    arrived(&first, "first@customer.example");
    let calls = town.atlassian.rest_calls().len();
    let mut browsers = Vec::new();
    for (n, (name, place)) in [
        ("second", "You are the next"),
        ("third", "One person is before you"),
        ("fourth", "2 people are before you"),
    ]
    .into_iter()
    .enumerate()
    {
        let browser = Browser::new();
        let page = town.arrive(&browser, "/p/help", name).await;
        let turn = 3_600 + 4_050 * u64::try_from(n).unwrap(); // promised turns are an eighth further apart
        let wait = seconds(&page, "retry-after").unwrap();
        assert!(waits(&page) && page.says(place), "{}", page.words());
        assert!((turn - 600..=turn).contains(&wait), "{name}: {wait}");
        assert_eq!(seconds(&page, "refresh"), Some(wait));
        browsers.push((browser, place, wait));
    }
    for (browser, place, wait) in browsers.iter().rev() {
        let page = browser.open(&town.at("/p/help")).await;
        assert!(waits(&page) && page.says(place), "{}", page.words());
        assert!(seconds(&page, "retry-after").unwrap() <= *wait);
    }
    assert_eq!(town.atlassian.rest_calls().len(), calls);
    let known = town.arrive(&Browser::new(), "/p/help", "first").await;
    arrived(&known, "first@customer.example");
    let events = town.events().await;
    assert!(!events.contains(&"refused".to_owned()), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_line_speaks_german_and_only_a_browser_is_told_to_come_back_by_itself() {
    let town = town_with_visits_apart(Duration::from_hours(1)).await;
    add_people(&town, &["first", "second"]);
    town.arrive(&Browser::new(), "/p/help", "first").await;
    let browser = Browser::new().with_header("Accept-Language", "de");
    let page = town.arrive(&browser, "/p/help", "second").await;
    let words = "Sie sind als Nächstes an der Reihe.";
    assert!(waits(&page) && page.says(words), "{}", page.words());
    let asked = browser.fetch(&town.at("/p/help")).await;
    assert_eq!(asked.status, 503);
    assert!(asked.header("retry-after").is_some() && asked.header("refresh").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_when_told_comes_in_and_is_made_once() {
    let town = town_with_visits_apart(Duration::from_millis(2_500)).await;
    add_people(&town, &["first", "second"]);
    town.arrive(&Browser::new(), "/p/help", "first").await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "second").await;
    let page = if waits(&page) {
        let wait = Duration::from_secs(seconds(&page, "refresh").unwrap());
        tokio::time::sleep(wait).await;
        browser
            .post_on(browser.open(&town.at("/p/help")).await)
            .await
    } else {
        page // the login took longer than the line
    };
    arrived(&page, "second@customer.example");
    assert_eq!(town.atlassian.customers().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_calls_of_a_visit_share_one_budget() {
    let table = "[default.atlassian]";
    let town = Town::replacing(table, &format!("{table}\nbudget = \"700ms\"")).await;
    town.atlassian
        .fail_next(Operation::CreateCustomer, Failure::hangs());
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(waits(&page), "{}", page.words());
    assert_eq!(
        town.atlassian.count(Operation::SearchUsers),
        0,
        "nothing was left for a look-up"
    );
    town.atlassian.behave();
    town.atlassian.forget_calls();
    let slow = Failure::status(503).with_header("Retry-After", "1");
    town.atlassian.fail_times(Operation::AddCustomers, 9, &slow);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(waits(&page), "{}", page.words());
    assert_eq!(
        town.atlassian.count(Operation::AddCustomers),
        1,
        "a pause that does not fit is not begun"
    );
    assert_eq!(at_portal(&page), (None, None));
}
