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

fn event(name: &str) -> Event {
    Event::new(EventName::SignedIn).email(&format!("{name}@acme.example"))
}

/// Whom the trail names, in its order.
async fn names(trail: &Trail) -> Vec<String> {
    let mut export = trail.export();
    let mut names = Vec::new();
    loop {
        let page = export.next(None).await.unwrap();
        if page.is_empty() {
            return names;
        }
        let all = page.into_iter().filter_map(|record| record.email);
        names.extend(all.map(|email| email.replace("@acme.example", "")));
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
