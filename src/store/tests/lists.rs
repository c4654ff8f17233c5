//! Indexes, locks and logs: what several write at once.

use super::super::{Appended, Head, Vault};
use super::*;

over_every_store! {
    an_index_lists_its_own_members_until_they_are_taken_out,
    an_index_keeps_no_more_than_it_is_told_and_others_keep_theirs,
    one_entry_that_cannot_be_read_keeps_a_list_from_those_alone_who_need_it_whole,
    a_lock_has_one_holder_also_across_processes,
    a_log_grows_only_behind_the_head_that_was_seen,
    a_log_is_read_both_ways_and_dropped_from_its_beginning,
    members_are_read_by_their_ends_page_by_page,
    members_that_end_before_a_time_are_cut,
    sessions_are_counted_as_they_come_end_and_go,
    what_is_large_is_kept_up_to_its_bound,
    members_that_have_ended_are_gone_one_by_one,
}

async fn an_index_lists_its_own_members_until_they_are_taken_out(house: House) {
    let vault = house.open().await;
    vault.index_put(&key("i"), "b", &2, None).await.unwrap();
    vault.index_put(&key("i"), "a", &1, None).await.unwrap();
    vault.index_put(&key("other"), "c", &3, None).await.unwrap();
    assert_eq!(
        vault.index_list::<u8>(&key("i")).await.unwrap(),
        [("a".to_owned(), 1), ("b".to_owned(), 2)]
    );
    assert!(vault.index_remove(&key("i"), "a").await.unwrap());
    assert!(!vault.index_remove(&key("i"), "a").await.unwrap());
}

async fn one_entry_that_cannot_be_read_keeps_a_list_from_those_alone_who_need_it_whole(
    house: House,
) {
    let vault = house.open().await;
    vault.index_put(&key("i"), "a", &1, None).await.unwrap();
    vault
        .index_put(&key("i"), "b", &"no number", None)
        .await
        .unwrap();
    vault.index_put_damaged(&key("i"), "c").await;
    assert!(vault.index_list::<u8>(&key("i")).await.is_err());
    let readable = vault.index_readable::<u8>(&key("i")).await.unwrap();
    assert_eq!(readable, [("a".to_owned(), 1)]);
    let names = vault.index_names(&key("i")).await.unwrap();
    assert_eq!(names, ["a", "b", "c"]);
}

async fn an_index_keeps_no_more_than_it_is_told_and_others_keep_theirs(house: House) {
    let vault = house.open().await;
    for (index, member, hours) in [
        ("i", "c", 1),
        ("i", "b", 2),
        ("i", "a", 3),
        ("other", "d", 1),
    ] {
        let life = Some(Duration::from_hours(hours));
        let index = key(index);
        vault.index_put(&index, member, &0, life).await.unwrap();
    }
    assert_eq!(vault.index_keep(&key("i"), 2).await, Ok(1));
    assert_eq!(vault.index_keep(&key("i"), 2).await, Ok(0));
    let left = vault.index_list::<u8>(&key("i")).await.unwrap();
    assert_eq!(left, [("a".to_owned(), 0), ("b".to_owned(), 0)]);
    assert_eq!(
        vault.index_list::<u8>(&key("other")).await.unwrap().len(),
        1
    );
}

async fn a_lock_has_one_holder_also_across_processes(house: House) {
    let (here, there) = (house.open().await, house.open().await);
    let life = Duration::from_mins(1);
    let held = here
        .lock(&key("l"), life, Duration::ZERO)
        .await
        .unwrap()
        .expect("free");
    assert!(
        here.lock(&key("l"), life, Duration::from_millis(1))
            .await
            .unwrap()
            .is_none(),
        "held in this process"
    );
    assert!(
        there
            .lock(&key("l"), life, Duration::ZERO)
            .await
            .unwrap()
            .is_none(),
        "held in the other"
    );
    held.release().await.unwrap();
    let held = there
        .lock(&key("l"), life, Duration::ZERO)
        .await
        .unwrap()
        .expect("free again");
    house.clock.advance(life + APART);
    let next = here
        .lock(&key("l"), life, Duration::ZERO)
        .await
        .unwrap()
        .expect("its holder was dead");
    held.release().await.unwrap();
    assert!(
        there
            .lock(&key("l"), life, Duration::ZERO)
            .await
            .unwrap()
            .is_none(),
        "an old holder gives nothing of the new one back"
    );
    next.release().await.unwrap();
}

async fn a_log_grows_only_behind_the_head_that_was_seen(house: House) {
    let vault = house.open().await;
    let log = Key::audit();
    let newest = Appended::Behind(Some((2, b"two".to_vec())));
    for (head, entries, expected) in [
        (Head::at(1, b"one"), vec!["lost"], Appended::Behind(None)),
        (Head::empty(), vec!["one", "two"], Appended::Done),
        (Head::empty(), vec!["lost"], newest.clone()),
        (Head::at(1, b"one"), vec!["lost"], newest.clone()),
        (Head::at(3, b"two"), vec!["lost"], newest.clone()),
        (Head::at(2, b"another two"), vec!["lost"], newest),
        (Head::at(2, b"two"), vec!["three"], Appended::Done),
    ] {
        let entries = entries.into_iter().map(|entry| entry.as_bytes().to_vec());
        let done = vault.append(&log, head.clone(), entries.collect()).await;
        assert_eq!(done, Ok(expected), "behind {head:?}");
    }
    assert_eq!(
        vault.read_log(&log, 1, 10).await.unwrap(),
        [(2, b"two".to_vec()), (3, b"three".to_vec())]
    );
    assert_eq!(
        vault.last_of_log(&log).await.unwrap(),
        Some((3, b"three".to_vec()))
    );
}

async fn a_log_is_read_both_ways_and_dropped_from_its_beginning(house: House) {
    let vault = house.open().await;
    let log = Key::audit();
    assert_eq!(vault.last_of_log(&log).await.unwrap(), None);
    let entry = |n: u64| (n, format!("entry {n}").into_bytes());
    let ten: Vec<_> = (1..=10).map(|n| entry(n).1).collect();
    assert_eq!(
        vault.append(&log, Head::empty(), ten).await,
        Ok(Appended::Done)
    );
    for (through, first) in [(0, 1), (3, 4), (2, 4), (99, 10)] {
        vault.trim_log(&log, through).await.unwrap();
        let all: Vec<_> = (first..=10).map(entry).collect();
        assert_eq!(vault.read_log(&log, 0, 99).await.unwrap(), all, "{through}");
        let back: Vec<_> = (first..=10).rev().map(entry).collect();
        let read = vault.read_log_back(&log, u64::MAX, 99).await;
        assert_eq!(read.unwrap(), back, "{through}");
    }
    let head = Head::at(10, &entry(10).1);
    let done = vault.append(&log, head, vec![entry(11).1]).await;
    assert_eq!(done, Ok(Appended::Done));
    let read = vault.read_log_back(&log, 11, 1).await.unwrap();
    assert_eq!(read, [entry(10)]);
    assert_eq!(vault.read_log(&log, 11, 1).await.unwrap(), []);
    assert_eq!(vault.read_log_back(&log, 10, 1).await.unwrap(), []);
    assert_eq!(vault.last_of_log(&log).await.unwrap(), Some(entry(11)));
}

/// The names of all members with an end, read two at a time.
async fn by_their_ends(vault: &Vault, index: &Key) -> Vec<String> {
    let (mut all, mut behind) = (Vec::new(), None);
    loop {
        let page = vault.index_latest::<u8>(index, behind, 2).await.unwrap();
        let Some((last, _)) = page.last() else {
            return all;
        };
        behind = Some(last.clone());
        all.extend(page.into_iter().map(|(mark, _)| mark.member));
    }
}

async fn members_are_read_by_their_ends_page_by_page(house: House) {
    let vault = house.open().await;
    let index = key("i");
    let hour = |n| Some(Duration::from_hours(n));
    vault.index_put(&index, "endless", &0, None).await.unwrap();
    for (member, life) in [("late", hour(3)), ("early", hour(1))] {
        vault.index_put(&index, member, &0, life).await.unwrap();
    }
    // These end in the same millisecond, unless the clock of this machine goes on meanwhile.
    for member in ["a", "b", "ä", "ab", "B"] {
        let life = hour(2);
        vault.index_put(&index, member, &0, life).await.unwrap();
    }
    let read = by_their_ends(&vault, &index).await;
    assert_eq!(read.len(), 7);
    assert_eq!((&*read[0], &*read[6]), ("late", "early"));
    let mut between = read[1..6].to_vec();
    between.sort_unstable();
    assert_eq!(between, ["B", "a", "ab", "b", "ä"]);
    assert_eq!(vault.index_count(&index).await.unwrap(), 8);
}

async fn members_that_end_before_a_time_are_cut(house: House) {
    let vault = house.open().await;
    let index = key("i");
    for (member, hours) in [("a", Some(1)), ("b", Some(2)), ("c", Some(3)), ("d", None)] {
        let life = hours.map(Duration::from_hours);
        vault.index_put(&index, member, &0, life).await.unwrap();
    }
    let time = house.clock.now() + Duration::from_mins(150);
    assert_eq!(vault.index_cut(&index, time).await, Ok(2));
    assert_eq!(vault.index_cut(&index, time).await, Ok(0));
    let left = vault.index_list::<u8>(&index).await.unwrap();
    assert_eq!(left, [("c".to_owned(), 0), ("d".to_owned(), 0)]);
    assert_eq!(vault.index_get::<u8>(&index, "a").await.unwrap(), None);
}

async fn sessions_are_counted_as_they_come_end_and_go(house: House) {
    let vault = house.open().await;
    let session = |n: u8| Key::session(&format!("{}hash", char::from(b'A' + n)));
    for n in 0..5 {
        let life = Some(Duration::from_hours(u64::from(n) + 1));
        vault.put_under(&session(n), b"x", &n, life).await.unwrap();
    }
    vault.put(&key("other"), &1, MINUTE).await.unwrap();
    assert_eq!(vault.count_sessions().await, Ok(5));
    vault.remove(&session(4)).await.unwrap();
    assert_eq!(vault.count_sessions().await, Ok(4));
    house.clock.advance(Duration::from_hours(1) + APART);
    assert_eq!(vault.count_sessions().await, Ok(3));
}

async fn what_is_large_is_kept_up_to_its_bound(house: House) {
    let vault = house.open().await;
    let large = "x".repeat(1024 * 1024 - 100);
    vault.put(&key("a"), &large, None).await.unwrap();
    vault.index_put(&key("i"), "m", &large, None).await.unwrap();
    assert_eq!(
        vault.get::<String>(&key("a")).await.unwrap().unwrap(),
        large
    );
    let members = vault.index_list::<String>(&key("i")).await.unwrap();
    assert_eq!(members, [("m".to_owned(), large)]);
    let larger = "x".repeat(1024 * 1024);
    for done in [
        vault.put(&key("a"), &larger, None).await,
        vault.index_put(&key("i"), "m", &larger, None).await,
    ] {
        assert!(matches!(done, Err(StoreError::TooLarge(_))));
    }
}

async fn members_that_have_ended_are_gone_one_by_one(house: House) {
    let vault = house.open().await;
    let index = key("i");
    for hours in 1..=3 {
        let life = Some(Duration::from_hours(hours));
        let member = hours.to_string();
        vault.index_put(&index, &member, &0, life).await.unwrap();
    }
    for left in (0..3).rev() {
        house.clock.advance(Duration::from_hours(1) + APART);
        assert_eq!(vault.index_count(&index).await, Ok(left));
        assert_eq!(vault.index_list::<u8>(&index).await.unwrap().len(), left);
        assert_eq!(by_their_ends(&vault, &index).await.len(), left);
    }
    vault.index_put(&index, "new", &0, MINUTE).await.unwrap();
    assert_eq!(vault.index_count(&index).await, Ok(1));
}
