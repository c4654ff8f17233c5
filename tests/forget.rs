//! Forgetting a person by command, while the server runs.

mod support;

use std::process::Command;

use imitation::browser::Browser;
use imitation::cognito::Person;
use support::{Town, arrived, reason};

/// Runs `front-door forget`; its exit status.
fn forget(town: &Town, email: &str) -> Option<i32> {
    let written = std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings);
    assert!(written.is_ok());
    let output = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .args(["forget", email])
        .current_dir(town.folder.path())
        .output();
    output.ok().and_then(|output| output.status.code())
}

/// The addresses in the trail, event by event.
async fn emails(town: &Town, event: &str) -> Vec<Option<String>> {
    let trail = town.trail().await;
    let of_event = trail.iter().filter(|one| one["event"] == event);
    of_event
        .map(|one| one["email"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_person_is_nobody_here_until_they_come_again() {
    let town = Town::new().await;
    let (ada, charles) = (Browser::new(), Browser::new());
    town.arrive(&ada, "/p/help", "ada").await;
    town.arrive(&charles, "/p/help", "charles").await;
    assert_eq!(forget(&town, "Ada@Customer.example"), Some(0));

    let page = ada.open(&town.at("/")).await;
    assert!(!page.says("Your portals"), "the session has ended");
    assert!(charles.open(&town.at("/")).await.says("Your portals"));
    let charles_alone = [None, Some("charles@acme.example".to_owned())];
    assert_eq!(emails(&town, "signed_in").await, charles_alone);
    assert_eq!(emails(&town, "customer_created").await, charles_alone);
    assert_eq!(
        town.events().await.last().map(String::as_str),
        Some("person_forgotten")
    );

    // The running server notices soon: what happens from then on can be read again.
    loop {
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        arrived(&page, "ada@customer.example");
        let last = emails(&town, "signed_in").await.pop().flatten();
        if last.as_deref() == Some("ada@customer.example") {
            break;
        }
    }
    assert_eq!(
        town.atlassian.customers().len(),
        2,
        "Jira's customer is found again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_made_anew_comes_in_after_the_old_one_is_forgotten() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.add_person(Person::new(
        "ada-again",
        "Ada",
        "Lovelace",
        "ada@customer.example",
    ));
    let page = town.arrive(&Browser::new(), "/p/help", "ada-again").await;
    assert_eq!(reason(&page).as_deref(), Some("identity_conflict"));
    assert_eq!(forget(&town, "ada@customer.example"), Some(0));
    let page = town.arrive(&Browser::new(), "/p/help", "ada-again").await;
    arrived(&page, "ada@customer.example");
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_unknown_is_no_failure_and_what_is_no_address_is() {
    let town = Town::new().await;
    assert_eq!(forget(&town, "nobody@customer.example"), Some(0));
    assert_eq!(forget(&town, "nobody"), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_without_being_a_customer_is_forgotten_too() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/me")).await;
    let me = town.cognito.log_in(&browser, &login, "ada").await;
    assert!(me.says("ada@customer.example"));
    assert_eq!(forget(&town, "ada@customer.example"), Some(0));
    let again = browser.open(&town.at("/")).await;
    assert!(!again.says("Your portals"), "{}", again.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn which_accounts_came_with_a_forgotten_address_is_forgotten_too() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.arrive(&Browser::new(), "/p/help", "charles").await;
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap();
    let known = || -> u32 {
        let count = "SELECT count(*) FROM member WHERE name LIKE 'identities:%'";
        store.query_row(count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(known(), 2);
    assert_eq!(forget(&town, "ada@customer.example"), Some(0));
    assert_eq!(known(), 1, "charles alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_key_is_nowhere_in_the_stores_files() {
    let mut town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.trail().await;
    let database = town.folder.path().join("front-door.sqlite");
    let keys: Vec<Vec<u8>> = {
        let store = rusqlite::Connection::open(&database).unwrap();
        let mut rows = store
            .prepare("SELECT value FROM entry WHERE name LIKE 'person%'")
            .unwrap();
        let values = rows.query_map([], |row| row.get(0)).unwrap();
        values.map(Result::unwrap).collect()
    };
    assert!(!keys.is_empty());
    town.close().await;
    assert_eq!(forget(&town, "ada@customer.example"), Some(0));
    for file in ["front-door.sqlite", "front-door.sqlite-wal"] {
        let bytes = std::fs::read(town.folder.path().join(file)).unwrap_or_default();
        for key in &keys {
            assert!(!bytes.windows(key.len()).any(|part| part == key), "{file}");
        }
    }
}
