//! What every kind of store has to do; SQLite is the first that does.

mod lists;

use std::time::Duration;

use secrecy::SecretSlice;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::settings::{SecretKeys, StoreAddress};

use super::{Key, StoreError, Vault, VaultError};

const MINUTE: Option<Duration> = Some(Duration::from_mins(1));

struct House {
    folder: TempDir,
    clock: Clock,
}

impl House {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Clock::system(),
        }
    }

    async fn open_with(
        &self,
        current: Option<u8>,
        previous: Option<u8>,
    ) -> Result<Vault, VaultError> {
        let key = |byte: u8| SecretSlice::from(vec![byte; 64]);
        let secrets = SecretKeys {
            current: current.map(key),
            previous: previous.map(key),
        };
        Vault::open(
            &StoreAddress::Sqlite(self.folder.path().join("store.sqlite")),
            &secrets,
            self.clock.clone(),
        )
        .await
    }

    async fn open(&self) -> Vault {
        self.open_with(None, None).await.unwrap()
    }
}

fn key(name: &str) -> Key {
    Key::customer(name)
}

#[tokio::test]
async fn what_was_written_is_read_by_every_process_that_opens_the_store() {
    let house = House::new();
    house
        .open()
        .await
        .put(&key("a"), "value", None)
        .await
        .unwrap();
    let other = house.open().await;
    assert_eq!(
        other.get::<String>(&key("a")).await.unwrap().as_deref(),
        Some("value")
    );
    assert!(other.remove(&key("a")).await.unwrap());
    assert_eq!(
        house.open().await.get::<String>(&key("a")).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn what_has_expired_is_gone_to_every_operation() {
    let house = House::new();
    let vault = house.open().await;
    vault.put(&key("a"), "value", MINUTE).await.unwrap();
    vault
        .index_put(&key("i"), "member", &1, MINUTE)
        .await
        .unwrap();
    let version = vault
        .get_versioned::<String>(&key("a"))
        .await
        .unwrap()
        .unwrap()
        .1;
    house.clock.advance(Duration::from_secs(59));
    assert!(vault.exists(&key("a")).await.unwrap());
    house.clock.advance(Duration::from_secs(1));
    assert!(!vault.exists(&key("a")).await.unwrap());
    assert!(
        !vault
            .replace(&key("a"), &version, "other", None)
            .await
            .unwrap()
    );
    assert!(!vault.remove(&key("a")).await.unwrap());
    assert!(vault.index_list::<u8>(&key("i")).await.unwrap().is_empty());
    assert!(vault.put_if_absent(&key("a"), "new", None).await.unwrap());
}

#[tokio::test]
async fn of_fifty_who_claim_at_once_one_has_it() {
    let vault = House::new().open().await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn({
                let vault = vault.clone();
                async move {
                    vault
                        .claim(&key("a"), Duration::from_mins(1))
                        .await
                        .unwrap()
                }
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn replacing_takes_the_version_that_was_read() {
    let vault = House::new().open().await;
    vault.put(&key("a"), "one", None).await.unwrap();
    let (_, version) = vault
        .get_versioned::<String>(&key("a"))
        .await
        .unwrap()
        .unwrap();
    assert!(
        vault
            .replace(&key("a"), &version, "two", None)
            .await
            .unwrap()
    );
    assert!(
        !vault
            .replace(&key("a"), &version, "three", None)
            .await
            .unwrap(),
        "that version is gone"
    );
    vault.remove(&key("a")).await.unwrap();
    assert!(
        !vault
            .replace(&key("a"), &version, "four", None)
            .await
            .unwrap(),
        "what was removed stays removed"
    );
}

#[tokio::test]
async fn a_counter_starts_anew_when_its_life_is_over() {
    let house = House::new();
    let vault = house.open().await;
    for expected in 1..=3 {
        assert_eq!(
            vault
                .count(&key("c"), Duration::from_mins(1))
                .await
                .unwrap(),
            expected
        );
        house.clock.advance(Duration::from_secs(15));
    }
    house.clock.advance(Duration::from_secs(15));
    assert_eq!(
        vault
            .count(&key("c"), Duration::from_mins(1))
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn one_write_that_fails_leaves_those_committed_with_it_alone() {
    let vault = House::new().open().await;
    let huge = "x".repeat(2 * 1024 * 1024);
    let (small_key, huge_key) = (key("small"), key("huge"));
    let (small, large) = tokio::join!(
        vault.put(&small_key, "value", None),
        vault.put(&huge_key, &huge, None)
    );
    assert!(small.is_ok());
    assert!(matches!(large, Err(StoreError::TooLarge(_))));
}

#[tokio::test]
async fn a_store_opens_with_the_previous_key_and_stays_sealed_with_it() {
    let house = House::new();
    let name = house
        .open_with(Some(1), None)
        .await
        .unwrap()
        .pseudonym("customer", "ada@acme.example");
    assert!(
        matches!(
            house.open_with(Some(2), None).await,
            Err(VaultError::Sealed)
        ),
        "another key"
    );
    let turning = house.open_with(Some(2), Some(1)).await.unwrap();
    assert_eq!(turning.pseudonym("customer", "ada@acme.example"), name);
    assert!(
        matches!(
            house.open_with(Some(2), None).await,
            Err(VaultError::Sealed)
        ),
        "opening changes nothing"
    );
}

#[tokio::test]
async fn a_lost_key_file_is_an_error_and_never_a_new_key() {
    let house = House::new();
    drop(house.open().await);
    std::fs::remove_file(house.folder.path().join("store.sqlite.key")).unwrap();
    assert!(matches!(
        house.open_with(None, None).await,
        Err(VaultError::KeyGone { .. })
    ));
}

#[tokio::test]
async fn the_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    let _vault = house.open().await;
    for file in std::fs::read_dir(house.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            file.file_name()
        );
    }
}

#[tokio::test]
async fn a_database_of_a_newer_front_door_is_refused() {
    let house = House::new();
    drop(house.open().await);
    let raw = rusqlite::Connection::open(house.folder.path().join("store.sqlite")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    let error = house
        .open_with(None, None)
        .await
        .expect_err("refused")
        .to_string();
    assert!(error.contains("version 99"), "{error}");
}

#[tokio::test]
async fn a_value_put_in_anothers_place_does_not_open() {
    let house = House::new();
    let vault = house.open().await;
    vault.put(&key("a"), "of a", None).await.unwrap();
    let raw = rusqlite::Connection::open(house.folder.path().join("store.sqlite")).unwrap();
    raw.execute(
        "INSERT INTO entry (name, value) SELECT ?1, value FROM entry WHERE name = ?2",
        [key("b").as_str(), key("a").as_str()],
    )
    .unwrap();
    assert!(matches!(
        vault.get::<String>(&key("b")).await,
        Err(StoreError::Unreadable(_))
    ));
}
