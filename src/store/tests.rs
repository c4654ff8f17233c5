//! What every kind of store has to do, over each of them; and below it what only a file can be asked for.

mod clocks;
mod duties;
pub(super) mod house;
mod lists;
mod several;

use std::time::Duration;

use house::House;

use super::{Key, StoreError, VaultError};

/// Runs each of these over every kind of store. A server alone is quick to start, so each test has its own; the others are shared.
macro_rules! over_every_store {
    ($($test:ident,)+) => {
        mod over_sqlite {
            use $crate::store::tests::house::House;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(House::sqlite()).await;
            })+
        }

        mod over_redis {
            use imitation::redis::Make;

            use $crate::store::tests::house::{House, Servers, over_tls};
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(House::redis()).await;
            })+

            async fn all(servers: Servers) {
                $(println!("{}", stringify!($test));
                super::$test(House::over(&servers)).await;)+
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn all_of_it_with_a_sentinel() {
                all(Servers::sentinel(&Make::redis())).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn all_of_it_in_a_cluster() {
                all(Servers::cluster(&Make::redis())).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn all_of_it_over_tls() {
                let folder = tempfile::tempdir().unwrap();
                let make = over_tls(&folder);
                all(Servers::single(&make)).await;
                all(Servers::sentinel(&make)).await;
                all(Servers::cluster(&make)).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn all_of_it_with_valkey() {
                let make = Make::valkey();
                all(Servers::single(&make)).await;
                all(Servers::sentinel(&make)).await;
                all(Servers::cluster(&make)).await;
            }
        }
    };
}
pub(super) use over_every_store;

/// How far two measurements of Redis's clock may be apart: an end is met for certain only behind that.
const APART: Duration = Duration::from_millis(100);

const MINUTE: Option<Duration> = Some(Duration::from_mins(1));

over_every_store! {
    what_was_written_is_read_by_every_process_that_opens_the_store,
    what_has_expired_is_gone_to_every_operation,
    of_fifty_who_claim_at_once_one_has_it,
    replacing_takes_the_version_that_was_read,
    a_counter_starts_anew_when_its_life_is_over,
    one_write_that_fails_leaves_those_committed_with_it_alone,
    a_store_opens_with_the_previous_key_and_stays_sealed_with_it,
    a_value_put_in_anothers_place_does_not_open,
}

fn key(name: &str) -> Key {
    Key::customer(name)
}

async fn what_was_written_is_read_by_every_process_that_opens_the_store(house: House) {
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

async fn what_has_expired_is_gone_to_every_operation(house: House) {
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
    house.clock.advance(Duration::from_secs(1) + APART);
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

async fn of_fifty_who_claim_at_once_one_has_it(house: House) {
    let vault = house.open().await;
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

async fn replacing_takes_the_version_that_was_read(house: House) {
    let vault = house.open().await;
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

async fn a_counter_starts_anew_when_its_life_is_over(house: House) {
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
    house.clock.advance(Duration::from_secs(15) + APART);
    assert_eq!(
        vault
            .count(&key("c"), Duration::from_mins(1))
            .await
            .unwrap(),
        1
    );
}

async fn one_write_that_fails_leaves_those_committed_with_it_alone(house: House) {
    let vault = house.open().await;
    let huge = "x".repeat(2 * 1024 * 1024);
    let (small_key, huge_key) = (key("small"), key("huge"));
    let (small, large) = tokio::join!(
        vault.put(&small_key, "value", None),
        vault.put(&huge_key, &huge, None)
    );
    assert!(small.is_ok());
    assert!(matches!(large, Err(StoreError::TooLarge(_))));
}

async fn a_store_opens_with_the_previous_key_and_stays_sealed_with_it(house: House) {
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
    let house = House::sqlite();
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
    let house = House::sqlite();
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
    let house = House::sqlite();
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

async fn a_value_put_in_anothers_place_does_not_open(house: House) {
    let vault = house.open().await;
    vault.put(&key("a"), "of a", None).await.unwrap();
    house.copy_entry(&key("a"), &key("b")).await;
    assert!(matches!(
        vault.get::<String>(&key("b")).await,
        Err(StoreError::Unreadable(_))
    ));
}
