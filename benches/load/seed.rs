//! Sessions put into the store before the front door opens.

use front_door::House;
use front_door::clock::Clock;
use front_door::identity::Identity;
use front_door::session::Sessions;
use rocket::futures::{StreamExt, stream};

use super::town::Town;

/// Sessions written at a time: the store commits those that come together in one transaction.
const AT_ONCE: usize = 256;

/// How many of the sessions are used afterwards, spread over all; the others are only there.
const USED: usize = 1_000;

/// Opens so many sessions, each of another person, and returns some of their cookies, as they are sent.
pub(crate) async fn sessions(town: &Town, count: usize) -> Vec<String> {
    let all = everybody(town, count).await;
    let used = all.into_iter().step_by((count / USED).max(1));
    used.map(|session| format!("front-door={session}"))
        .collect()
}

/// Opens so many sessions, each of another person, and returns their cookies.
pub(crate) async fn everybody(town: &Town, count: usize) -> Vec<String> {
    let (loaded, clock) = (town.loaded(), Clock::system());
    let house = House::open(&loaded, &clock).await.unwrap();
    let sessions = &Sessions::new(house.vault, house.settings.session, clock);
    let cookies = stream::iter(0..count)
        .map(|n| async move {
            let id = sessions
                .open(person(n), "load", None, Vec::new(), None)
                .await
                .unwrap();
            id.cookie_value()
        })
        .buffer_unordered(AT_ONCE);
    cookies.collect().await
}

fn person(n: usize) -> Identity {
    serde_json::from_value(serde_json::json!({
        "provider": "cognito",
        "subject": format!("seeded-{n}"),
        "email": format!("seeded-{n}@acme.example"),
        "first_name": "Seeded", "last_name": "Customer", "display_name": "Seeded Customer",
        "username": null, "groups": [], "auth_time": null,
        "claims": { "email": format!("seeded-{n}@acme.example"), "email_verified": true },
    }))
    .unwrap()
}
