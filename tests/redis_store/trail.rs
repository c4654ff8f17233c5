//! The audit trail over a Redis that loses its newest records, and over one that is away for a while.

use std::path::Path;

use front_door::audit::{Event, EventName, Trail};
use front_door::clock::Clock;
use front_door::settings::Settings;
use front_door::store::Vault;
use imitation::redis::RedisServer;

async fn trail(server: &RedisServer) -> Trail {
    let (store, key) = (server.address(), "A".repeat(86) + "==");
    let settings = format!("[default]\nstore = {store:?}\nsecret_key = {key:?}");
    let settings = Settings::from_toml(&settings, Path::new("")).unwrap();
    let settings = settings.settings;
    let vault = Vault::open(&settings.store, &settings.secrets, Clock::system()).await;
    Trail::new(vault.unwrap(), Clock::system())
}

/// Told apart by their references.
fn event(name: &str) -> Event {
    Event::new(EventName::SignedIn).reference(name)
}

/// What the trail tells of, in its order.
async fn names(trail: &Trail) -> Vec<String> {
    let mut export = trail.export();
    let mut names = Vec::new();
    loop {
        let page = export.next(None).await.unwrap();
        if page.is_empty() {
            return names;
        }
        names.extend(page.into_iter().filter_map(|record| record.reference));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_goes_on_behind_what_a_redis_still_has() {
    let server = RedisServer::new();
    let (one, other) = (trail(&server).await, trail(&server).await);
    for name in ["ada", "boris", "lost"] {
        one.record(event(name)).await.unwrap();
    }
    let lost = server.say("RPOP front-door:log:{audit}");
    assert!(lost.contains("signed_in"), "{lost}");
    other.record(event("charles")).await.unwrap();
    one.record(event("grace")).await.unwrap();
    other.record(event("emmy")).await.unwrap();
    let checked = one.check(None).await.unwrap();
    assert_eq!((checked.records, checked.all), (5, true));
    assert_eq!(
        names(&one).await,
        ["ada", "boris", "charles", "grace", "emmy"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_written_when_redis_is_back_and_what_failed_is_not() {
    let mut server = RedisServer::new();
    let trail = trail(&server).await;
    trail.record(event("before")).await.unwrap();
    server.stop();
    trail.record_soon(event("first")).await.unwrap();
    assert!(trail.flush().await.is_err());
    assert!(trail.record(event("refused")).await.is_err());
    trail.record_soon(event("second")).await.unwrap();
    assert!(trail.flush().await.is_err());
    server.start();
    trail.record(event("after")).await.unwrap();
    let expected = ["before", "first", "second", "after"];
    assert_eq!(names(&trail).await, expected);
    server.stop();
    trail.record_soon(event("last")).await.unwrap();
    assert!(trail.flush().await.is_err());
    server.start();
    while names(&trail).await.last().is_none_or(|name| name != "last") {
        tokio::task::yield_now().await;
    }
    assert!(trail.check(None).await.unwrap().all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_arrived_without_an_answer_is_not_written_twice() {
    let server = RedisServer::new();
    let trail = trail(&server).await;
    trail.record(event("before")).await.unwrap();
    server.hold();
    trail.record_soon(event("held")).await.unwrap();
    assert!(trail.flush().await.is_err());
    trail.record_soon(event("behind it")).await.unwrap();
    server.go_on();
    trail.record(event("after")).await.unwrap();
    let expected = ["before", "held", "behind it", "after"];
    assert_eq!(names(&trail).await, expected);
    assert_eq!(trail.check(None).await.unwrap().records, 4);
}
