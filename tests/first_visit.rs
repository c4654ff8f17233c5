//! First visits: nobody is made a customer twice, whoever comes at once and whatever gets lost.

mod support;

use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;
use imitation::cognito::Person;
use support::{Town, arrived, at_portal, reason};

#[tokio::test(flavor = "multi_thread")]
async fn twenty_first_visits_at_once_make_one_customer_and_one_membership() {
    let town = std::sync::Arc::new(Town::new().await);
    let visits: Vec<_> = (0..20)
        .map(|_| {
            let town = town.clone();
            tokio::spawn(async move {
                at_portal(&town.arrive(&Browser::new(), "/p/help", "ada").await).0
            })
        })
        .collect();
    for visit in visits {
        assert_eq!(
            visit.await.ok().flatten().as_deref(),
            Some("ada@customer.example")
        );
    }
    assert_eq!(town.atlassian.customers().len(), 1);
    assert_eq!(town.atlassian.count(Operation::CreateCustomer), 1);
    assert_eq!(town.atlassian.count(Operation::AddCustomers), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_jsm_has_already_is_recognised() {
    let town = Town::new().await;
    let account = imitation::atlassian::Account::customer("ada@customer.example", "Ada");
    town.atlassian.add_account(account.clone());
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert_eq!(town.atlassian.customers().len(), 1);
    assert!(town.atlassian.members("HELP").contains(&account.id));
    assert!(town.events().await.contains(&"customer_linked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_whose_answer_got_lost_makes_nobody_twice() {
    let town = Town::new().await;
    town.atlassian.fail_next(
        Operation::CreateCustomer,
        Failure::status(503).after_doing_it(),
    );
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_over_the_customer_of_anothers_address() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.add_person(Person::new(
        "mallory",
        "Mallory",
        "M",
        "ada@customer.example",
    ));
    let page = town.arrive(&Browser::new(), "/p/help", "mallory").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("identity_conflict"), 409)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_identity_with_another_address_waits_for_an_administrator() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.change_person("ada", |person| {
        person.email = Some("ada@other.example".to_owned());
    });
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("identity_conflict"), 409)
    );
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_is_asked_to_wait_while_atlassian_is_away() {
    let town = Town::new().await;
    town.atlassian.set_unavailable(true);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("atlassian_unavailable"), 503)
    );
    assert!(page.header("retry-after").is_some());
    town.atlassian.set_unavailable(false);
    let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
    arrived(&page, "mary@acme.example");
}
