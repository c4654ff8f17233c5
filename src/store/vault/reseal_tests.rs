//! Leaving the previous key: everything opens without it afterwards, and nobody beside it notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use imitation::redis::TakeOver;
use tokio::runtime::Handle;

use crate::store::tests::house::{House, Servers};
use crate::store::tests::over_every_store;

use super::super::VaultError;
use super::*;

const HOUR: Duration = Duration::from_hours(1);

/// More than two batches.
const MANY: usize = 2 * BATCH + 7;

over_every_store! {
    the_key_can_be_changed_again_and_again,
    what_has_an_end_ends_when_it_would_have_ended,
    sessions_claims_counters_and_locks_stay_as_they_are,
    what_changes_between_reading_and_writing_stays_changed,
    whoever_read_before_it_and_writes_after_it_is_not_refused,
    of_many_who_write_meanwhile_nobody_loses_a_write,
}

/// Opens with these keys.
async fn open(house: &House, current: u8, previous: Option<u8>) -> Vault {
    house.open_with(Some(current), previous).await.unwrap()
}

/// Runs this in the database, behind the vault's back.
fn tamper(house: &House, sql: &str) {
    let raw = rusqlite::Connection::open(house.folder.path().join("store.sqlite")).unwrap();
    raw.execute_batch(sql).unwrap();
}

fn key(n: usize) -> Key {
    Key::customer(&format!("{n:04}"))
}

/// Values and members, each with its own number in it.
async fn fill(vault: &Vault) {
    for n in 0..MANY {
        let (entry, index) = (key(n), Key::sessions_of(&format!("{n:04}")));
        let (put, member) = tokio::join!(
            vault.put(&entry, &n, None),
            vault.index_put(&index, "member", &n, None)
        );
        put.and(member).unwrap();
    }
}

async fn is_full(vault: &Vault) {
    for n in 0..MANY {
        assert_eq!(vault.get(&key(n)).await.unwrap(), Some(n));
        let index = Key::sessions_of(&format!("{n:04}"));
        let members = vault.index_list::<usize>(&index).await.unwrap();
        assert_eq!(members, [("member".to_owned(), n)]);
    }
}

/// Leaves the previous key. Returns how many values were sealed again, and how many open with neither key.
async fn leave(vault: &Vault) -> (usize, usize) {
    let mut work = Reseal::of(vault);
    work.run_while(|| true).await.unwrap();
    (work.resealed, work.unreadable)
}

async fn the_key_can_be_changed_again_and_again(house: House) {
    let first = open(&house, 1, None).await;
    let pseudonym = first.pseudonym("customer", "ada@acme.example");
    fill(&first).await;
    for new in 2..5 {
        let vault = open(&house, new, Some(new - 1)).await;
        let everything = 2 * MANY + 1; // the key of pseudonyms is one more
        assert_eq!(leave(&vault).await, (everything, 0));
        assert_eq!(leave(&vault).await, (0, 0), "nothing is left to do");
        let alone = open(&house, new, None).await;
        is_full(&alone).await;
        assert_eq!(alone.pseudonym("customer", "ada@acme.example"), pseudonym);
    }
}

async fn what_has_an_end_ends_when_it_would_have_ended(house: House) {
    let index = Key::pending_hand_overs();
    let old = open(&house, 1, None).await;
    old.put(&key(1), "value", Some(HOUR)).await.unwrap();
    old.index_put(&index, "member", &1, Some(HOUR))
        .await
        .unwrap();
    house.clock.advance(HOUR / 4);
    let vault = open(&house, 2, Some(1)).await;
    leave(&vault).await;
    house.clock.advance(HOUR / 2);
    assert!(vault.exists(&key(1)).await.unwrap());
    assert_eq!(vault.index_list::<u8>(&index).await.unwrap().len(), 1);
    house.clock.advance(HOUR / 4 + Duration::from_secs(1));
    assert!(!vault.exists(&key(1)).await.unwrap());
    assert!(vault.index_list::<u8>(&index).await.unwrap().is_empty());
}

async fn sessions_claims_counters_and_locks_stay_as_they_are(house: House) {
    let (session, claim) = (Key::session("hash"), Key::attempt("hash"));
    let (counter, lock) = (Key::assertions("hash", "portal"), Key::person_lock("ada"));
    let old = open(&house, 1, None).await;
    old.put_under(&session, b"cookie", &7, Some(HOUR))
        .await
        .unwrap();
    old.claim(&claim, HOUR).await.unwrap();
    for _ in 0..2 {
        old.count(&counter, HOUR).await.unwrap();
    }
    let held = old.lock(&lock, HOUR, HOUR).await.unwrap().unwrap();
    let vault = open(&house, 2, Some(1)).await;
    assert_eq!(leave(&vault).await, (1, 0));
    let data = vault.get_under::<u8>(&session, b"cookie").await;
    assert_eq!(data.unwrap().unwrap().0, 7);
    assert!(!vault.claim(&claim, HOUR).await.unwrap());
    assert_eq!(vault.count(&counter, HOUR).await.unwrap(), 3);
    let second = vault.lock(&lock, HOUR, Duration::ZERO).await.unwrap();
    assert!(second.is_none(), "it is held");
    held.release().await.unwrap();
}

#[tokio::test]
async fn what_opens_with_neither_key_is_counted_and_left_alone() {
    let house = House::sqlite();
    fill(&open(&house, 1, None).await).await;
    tamper(
        &house,
        "UPDATE entry SET value = zeroblob(40) WHERE name = 'customer:0005'",
    );
    let vault = open(&house, 2, Some(1)).await;
    assert_eq!(leave(&vault).await, (2 * MANY, 1));
    let alone = open(&house, 2, None).await;
    assert!(alone.get::<usize>(&key(5)).await.is_err());
    assert_eq!(alone.get(&key(6)).await.unwrap(), Some(6));
    assert!(alone.exists(&key(5)).await.unwrap());
}

/// All values, whatever they are sealed with.
async fn everything(vault: &Vault) -> Vec<(Place, Vec<u8>)> {
    let (mut all, mut walk) = (Vec::new(), Some(Walk::Beginning));
    while let Some(from) = walk {
        let (records, next) = vault.inner.backend.walk(from, BATCH).await.unwrap();
        all.extend(values(records));
        walk = next;
    }
    // Redis may give some of it twice.
    all.sort();
    all.dedup();
    all
}

async fn what_changes_between_reading_and_writing_stays_changed(house: House) {
    fill(&open(&house, 1, None).await).await;
    let vault = open(&house, 2, Some(1)).await;
    let read = everything(&vault).await;
    vault.put(&key(3), &1_000_000, None).await.unwrap();
    vault.remove(&key(4)).await.unwrap();
    let mut work = Reseal::of(&vault);
    assert_eq!(work.batch(read).await.unwrap(), 2 * MANY);
    assert_eq!(work.resealed, 2 * MANY - 2);
    assert_eq!(vault.get(&key(3)).await.unwrap(), Some(1_000_000));
    assert!(!vault.exists(&key(4)).await.unwrap());
}

async fn whoever_read_before_it_and_writes_after_it_is_not_refused(house: House) {
    fill(&open(&house, 1, None).await).await;
    let vault = open(&house, 2, Some(1)).await;
    let read = vault.get_versioned::<usize>(&key(1)).await.unwrap();
    let version = read.unwrap().1;
    leave(&vault).await;
    assert!(vault.replace(&key(1), &version, &10, None).await.unwrap());
    assert!(
        !vault.replace(&key(1), &version, &11, None).await.unwrap(),
        "somebody else wrote"
    );
    assert_eq!(vault.get(&key(1)).await.unwrap(), Some(10));
}

async fn of_many_who_write_meanwhile_nobody_loses_a_write(house: House) {
    fill(&open(&house, 1, None).await).await;
    let vault = open(&house, 2, Some(1)).await;
    let writers = (0..8).map(|_| {
        let vault = vault.clone();
        tokio::spawn(async move {
            for n in 0..MANY {
                add_one(&vault, &key(n)).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    leave(&vault).await;
    for writer in writers {
        writer.await.unwrap();
    }
    let alone = open(&house, 2, None).await;
    for n in 0..MANY {
        assert_eq!(alone.get(&key(n)).await.unwrap(), Some(n + 8));
    }
}

async fn add_one(vault: &Vault, key: &Key) {
    loop {
        let (value, version) = vault.get_versioned::<usize>(key).await.unwrap().unwrap();
        let written = vault.replace(key, &version, &(value + 1), None).await;
        if written.unwrap() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_time_over_leaves_nothing_out_though_another_server_takes_over() {
    let pair = Arc::new(TakeOver::new().await);
    let house = House::over(&Servers::TakeOver(Arc::clone(&pair)));
    fill(&open(&house, 1, None).await).await;
    let vault = open(&house, 2, Some(1)).await;
    pair.happens_at("GET", MANY / 2);
    let mut work = Reseal::of(&vault);
    let found = work.go_over_all(&|| true).await.unwrap();
    assert!(pair.has_happened() && found >= 2 * MANY, "{found}");
    work.run_while(|| true).await.unwrap();
    is_full(&open(&house, 2, None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_seals_with_the_previous_key_behind_it_is_found_the_next_time_over() {
    let house = House::sqlite();
    let old = open(&house, 1, None).await;
    fill(&old).await;
    let vault = open(&house, 2, Some(1)).await;
    let steps = AtomicUsize::new(0);
    let late = || {
        // In the second step the first value has been passed by.
        if steps.fetch_add(1, Ordering::SeqCst) == 1 {
            let put = async { old.put(&key(0), &0, None).await };
            tokio::task::block_in_place(|| Handle::current().block_on(put)).unwrap();
        }
        true
    };
    assert!(Reseal::of(&vault).run_while(late).await.unwrap());
    is_full(&open(&house, 2, None).await).await;
}

#[tokio::test]
async fn what_was_cut_short_needs_the_previous_key_until_it_is_done() {
    let house = House::sqlite();
    fill(&open(&house, 1, None).await).await;
    tamper(
        &house,
        "CREATE TRIGGER no_further BEFORE UPDATE ON member WHEN NEW.name = 'sessions-of:0200'
         BEGIN SELECT RAISE(ABORT, 'no further'); END",
    );
    let vault = open(&house, 2, Some(1)).await;
    let mut work = Reseal::of(&vault);
    let error = work.run_while(|| true).await.unwrap_err();
    assert!(error.to_string().contains("no further"), "{error}");
    assert_eq!(work.resealed, MANY + BATCH);
    let too_early = house.open_with(Some(2), None).await;
    assert!(matches!(too_early, Err(VaultError::Sealed)));
    is_full(&open(&house, 2, Some(1)).await).await;
    tamper(&house, "DROP TRIGGER no_further");
    let again = open(&house, 2, Some(1)).await;
    assert_eq!(leave(&again).await, (MANY - BATCH + 1, 0));
    is_full(&open(&house, 2, None).await).await;
}
