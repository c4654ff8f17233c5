//! One audit trail, however many write to it, and whoever of them is killed.

use std::time::Duration;

use imitation::browser::Browser;
use imitation::cognito::Person;
use rocket::futures::future::join_all;

use crate::fleet::Fleet;
use crate::support::{Town, at_portal};

/// How many come at once.
const PEOPLE: usize = 6;

/// What a page says to whoever was just being let in when one was killed: that the login, or the portal's request, was used already.
const BEGIN_AGAIN: [&str; 2] = ["login_expired", "saml_request_invalid"];

/// Comes until they were let in; whoever was just being let in when one was killed begins again, as the page says.
async fn comes(town: &Town, name: &str) {
    let email = format!("{name}@customer.example");
    town.cognito
        .add_person(Person::new(name, "Some", "Body", &email));
    for _ in 0..3 {
        let page = town.arrive(&Browser::wandering(), "/p/help", name).await;
        if at_portal(&page).0.as_deref() == Some(&email) {
            return;
        }
        let reason = page.attribute("data-reason").unwrap_or_default();
        assert!(BEGIN_AGAIN.contains(&&*reason), "{}", page.words());
    }
    panic!("{name} does not come in");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_holds_and_has_everything_that_anybody_saw_although_one_was_killed() {
    let fleet = Fleet::of(3).await;
    let town = &fleet.town;
    for (round, delay) in [10, 60, 150].into_iter().enumerate() {
        let names: Vec<String> = (0..PEOPLE).map(|n| format!("p{round}-{n}")).collect();
        let coming = join_all(names.iter().map(|name| comes(town, name)));
        let killing = async {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            fleet.programs[round].kill();
            fleet.start(round).await;
        };
        tokio::join!(coming, killing);
    }
    let (status, said, complaint) = town.command(&["audit", "--verify"]);
    assert_eq!(status, Some(0), "{said}{complaint}");
    let trail = town.trail().await;
    for event in ["signed_in", "customer_created", "assertion_sent"] {
        for person in 0..3 * PEOPLE {
            let email = format!("p{}-{}@customer.example", person / PEOPLE, person % PEOPLE);
            let has = |one: &&serde_json::Value| one["event"] == event && one["email"] == *email;
            assert!(trail.iter().any(|one| has(&one)), "{event} of {email}");
        }
    }
    let customers = town.atlassian.customers().len();
    assert_eq!(customers, 3 * PEOPLE, "nobody is made twice");
}
