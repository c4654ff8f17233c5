//! The commands over Redis: what `check` says of it, and moving everything there and back.

use std::process::Command;

use imitation::browser::Browser;
use imitation::redis::{RedisCluster, RedisServer};

use crate::support::{Town, arrived};

/// Runs the program in the town's folder: its exit status, and what it printed.
pub(crate) fn front_door(town: &Town, arguments: &[&str]) -> (Option<i32>, String) {
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .args(arguments)
        .current_dir(town.folder.path())
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (
        done.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_what_the_redis_is_like() {
    let server = RedisServer::new();
    let mut town = Town::over(&server.address()).await;
    let (_, said) = front_door(&town, &["check"]);
    for words in [
        "store: Redis 7",
        "answers and takes writes",
        "opens with the secret key",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("maxmemory-policy"), "{said}");
    let _ = server.say("CONFIG SET maxmemory-policy allkeys-lru");
    let _ = server.say("CONFIG SET appendonly no");
    let (_, said) = front_door(&town, &["check"]);
    for words in [
        "maxmemory-policy is allkeys-lru",
        "loses what was written since its last snapshot",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let address = server.address();
    let wrong = address.replace("redis://", "redis://door:canary-of-a-secret@");
    town.settings = town.settings.replace(&address, &wrong);
    let (status, said) = front_door(&town, &["check"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains("does not take the user or the password"),
        "{said}"
    );
    assert!(!said.contains("canary-of-a-secret"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_to_redis_and_back_and_nothing_is_lost() {
    let mut town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.close().await;
    let (file, before) = (town.settings.clone(), town.events().await);
    let key = "secret_key_file = \"front-door.sqlite.key\"";
    let server = RedisServer::new();
    let cluster = RedisCluster::of(3);
    let steps = [
        ("sqlite:front-door.sqlite".to_owned(), server.address()),
        (server.address(), cluster.address()),
        (cluster.address(), "sqlite:back.sqlite".to_owned()),
    ];
    for (from, to) in steps {
        let copy = ["store", "copy", &from, &to];
        let (status, said) = front_door(&town, &copy);
        assert_eq!(status, Some(0), "{from} to {to}: {said}");
        assert!(said.contains("Copied and compared"), "{said}");
        let (status, said) = front_door(&town, &copy);
        assert_eq!(status, Some(1), "{to} is full: {said}");
        let store = format!("{to:?}\n{key}");
        town.settings = file.replace("\"sqlite:front-door.sqlite\"", &store);
        assert_eq!(town.events().await, before, "{to}");
    }
    town.open().await;
    town.wait_until_links_are_read().await;
    assert_eq!(
        browser.open(&town.at("/me")).await.status,
        200,
        "still signed in"
    );
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    assert_eq!(town.atlassian.customers().len(), 1, "and known");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_copied_from_where_nothing_is() {
    let server = RedisServer::new();
    let mut town = Town::new().await;
    town.close().await;
    for (from, to, words) in [
        ("sqlite:none.sqlite", "store", "no store of a front door"),
        (
            &server.address(),
            "sqlite:new.sqlite",
            "no store of a front door",
        ),
        ("store", "sqlite:front-door.sqlite", "are the same"),
        ("store", "redis://hush:hush@h:odd", "no host:port"),
    ] {
        let (status, said) = front_door(&town, &["store", "copy", from, to]);
        assert!(matches!(status, Some(1 | 2)), "{from} to {to}: {said}");
        assert!(
            said.contains(words) && !said.contains("hush"),
            "{from} to {to}: {said}"
        );
    }
    assert!(!town.folder.path().join("none.sqlite").exists());
    assert!(!town.folder.path().join("new.sqlite").exists());
}
