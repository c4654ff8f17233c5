//! What load balancers are told: 503 only where nobody could be served, and a line for everything that is amiss.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::Fault;
use serde_json::Value;
use support::{Town, reason};

async fn ready(town: &Town) -> (u16, Value) {
    let page: Page = Browser::new().fetch(&town.at("/health/ready")).await;
    let health = serde_json::from_str(&page.text).unwrap_or_default();
    (page.status, health)
}

/// A town whose front door starts anew, on an empty store, after `change`.
async fn anew(change: impl FnOnce(&mut Town)) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    town.take_a_new_store();
    change(&mut town);
    town.open().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well_where_everything_answers() {
    let town = Town::new().await;
    // The provider is asked in the background from the start; a login is certain to have asked it.
    Browser::new().open(&town.at("/p/help")).await;
    let (status, health) = ready(&town).await;
    assert_eq!(
        (status, health),
        (
            200,
            serde_json::json!({ "status": "ok", "checks": {
                "store": "ok", "keys": "ok", "provider.cognito": "ok", "atlassian": "ok",
            }})
        )
    );
    let live = Browser::new().fetch(&town.at("/health/live")).await;
    assert_eq!(live.status, 200);
    let live: Value = serde_json::from_str(&live.text).unwrap_or_default();
    assert_eq!(live["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_door_without_any_settings_is_degraded_and_says_what_is_not_set_up() {
    let town = anew(|town| {
        town.settings = format!("[default]\npublic_url = {:?}\n", town.public_url);
    })
    .await;
    let (status, health) = ready(&town).await;
    assert_eq!((status, &health["status"]), (200, &Value::from("degraded")));
    assert_eq!(health["checks"]["provider"], "not set up");
    assert_eq!(health["checks"]["atlassian"], "not set up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_never_found_means_that_nobody_can_be_served() {
    let town = anew(|town| town.cognito.misbehave(Fault::DiscoveryAway)).await;
    let (status, health) = ready(&town).await;
    assert_eq!(
        (status, &health["status"]),
        (503, &Value::from("unavailable"))
    );
    assert_eq!(health["checks"]["provider.cognito"], "never discovered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_whose_documents_name_another_issuer_is_never_found() {
    let town = anew(|town| town.cognito.misbehave(Fault::DiscoveryIssuerDiffers)).await;
    assert_eq!(ready(&town).await.0, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn service_desks_that_cannot_be_read_are_amiss_and_no_more() {
    let town = anew(|town| town.atlassian.set_unavailable(true)).await;
    Browser::new().open(&town.at("/p/help")).await;
    let (status, health) = ready(&town).await;
    assert_eq!((status, &health["status"]), (200, &Value::from("degraded")));
    assert_eq!(
        health["checks"]["atlassian"],
        "the service desks have never been read"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_broken_means_that_nobody_can_be_served() {
    let town = Town::new().await;
    change_store(&town, "ALTER TABLE entry RENAME TO gone");
    let (status, health) = ready(&town).await;
    assert_eq!(
        (status, &health["status"]),
        (503, &Value::from("unavailable"))
    );
    assert_eq!(health["checks"]["store"], "does not answer");
    assert!(
        !health.to_string().contains("entry"),
        "no words of the inside"
    );
    let login = Browser::new().open(&town.at("/login")).await;
    assert!(login.form_with("password").field("username").is_some());
}

/// What readiness says of Atlassian once the service desks have been read by a front door that starts anew on its store.
async fn said_after_a_restart(town: &mut Town) -> String {
    town.close().await;
    town.open().await;
    // Nobody can be told to log in before the provider was discovered.
    Browser::new().open(&town.at("/login")).await;
    // Looked for at Atlassian before anybody is told that it does not exist.
    Browser::new().open(&town.at("/p/nowhere")).await;
    let (status, health) = ready(town).await;
    assert_eq!(status, 200, "{health}");
    health["checks"]["atlassian"]
        .as_str()
        .map_or_else(String::new, str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_suddenly_sees_no_service_desk_is_told_of() {
    let mut town = Town::new().await;
    assert_eq!(said_after_a_restart(&mut town).await, "ok");
    town.atlassian.set_blind(true);
    let said = said_after_a_restart(&mut town).await;
    let suddenly = "the token suddenly sees no service desk, since ";
    assert!(said.starts_with(suddenly), "{said}");
    town.advance(Duration::from_mins(1));
    let said = said_after_a_restart(&mut town).await;
    assert_eq!(said, "the token sees no service desk", "now it is believed");
    town.atlassian.set_blind(false);
    assert_eq!(said_after_a_restart(&mut town).await, "ok");
}

/// Changes the store behind the front door's back.
fn change_store(town: &Town, statement: &str) {
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite"));
    let changed = store.and_then(|store| store.execute_batch(statement));
    assert!(changed.is_ok(), "{changed:?}");
}

/// The store can be read and takes nothing in, as on a full disk; or it does again.
fn fill_store(town: &Town, full: bool) {
    for (table, change) in [
        ("entry", "INSERT"),
        ("entry", "UPDATE"),
        ("member", "INSERT"),
        ("log", "INSERT"),
    ] {
        let name = format!("full_{table}_{change}");
        let statement = if full {
            format!(
                "CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        } else {
            format!("DROP TRIGGER {name}")
        };
        change_store(town, &statement);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_be_served_from_a_failed_write_until_the_store_takes_one_again() {
    let town = Town::new().await;
    fill_store(&town, true);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("store_unavailable"));
    for _ in 0..2 {
        let (status, health) = ready(&town).await;
        assert_eq!(
            (status, &health["status"]),
            (503, &Value::from("unavailable"))
        );
        assert_eq!(health["checks"]["store"], "takes no writes");
    }
    fill_store(&town, false);
    let (status, health) = ready(&town).await;
    assert_eq!(
        (status, &health["checks"]["store"]),
        (200, &Value::from("ok"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_is_found_before_anybody_tries_to_log_in() {
    let mut town = Town::new().await;
    fill_store(&town, true);
    town.advance(Duration::from_secs(10));
    assert_eq!(ready(&town).await.0, 503, "the last write is long ago");
    town.close().await;
    town.open().await;
    assert_eq!(ready(&town).await.0, 503, "nothing was written yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signing_key_that_does_not_open_is_no_reason_to_make_another() {
    let mut town = Town::new().await;
    town.close().await;
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).ok();
    let changed = store.and_then(|store| {
        store
            .execute(
                "UPDATE entry SET value = zeroblob(200) WHERE name LIKE '%signing%'",
                [],
            )
            .ok()
    });
    assert_eq!(changed, Some(1));
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap_or_default();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .output();
    let (status, words) = output
        .map(|output| {
            (
                output.status.code(),
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )
        })
        .unwrap_or_default();
    assert_eq!(status, Some(1), "{words}");
    assert!(words.contains("signing"), "{words}");
    let check = std::process::Command::new(env!("CARGO_BIN_EXE_front-door"))
        .arg("check")
        .current_dir(town.folder.path())
        .output();
    let said = check
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    assert!(said.contains("FAILED   signing key"), "{said}");
}
