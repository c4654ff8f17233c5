//! Indexes, locks and logs: what several write at once.

use super::*;

#[tokio::test]
async fn an_index_lists_its_own_members_until_they_are_taken_out() {
    let vault = House::new().open().await;
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

#[tokio::test]
async fn one_entry_that_cannot_be_read_keeps_a_list_from_those_alone_who_need_it_whole() {
    let vault = House::new().open().await;
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

#[tokio::test]
async fn an_index_keeps_no_more_than_it_is_told_and_others_keep_theirs() {
    let vault = House::new().open().await;
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

#[tokio::test]
async fn a_lock_has_one_holder_also_across_processes() {
    let house = House::new();
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
    house.clock.advance(life);
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

#[tokio::test]
async fn a_log_grows_only_behind_the_head_that_was_seen() {
    let vault = House::new().open().await;
    let log = Key::audit();
    assert!(
        vault
            .append(&log, 0, vec![b"one".to_vec(), b"two".to_vec()])
            .await
            .unwrap()
    );
    assert!(!vault.append(&log, 1, vec![b"lost".to_vec()]).await.unwrap());
    assert!(
        vault
            .append(&log, 2, vec![b"three".to_vec()])
            .await
            .unwrap()
    );
    assert_eq!(
        vault.read_log(&log, 1, 10).await.unwrap(),
        [(2, b"two".to_vec()), (3, b"three".to_vec())]
    );
    assert_eq!(
        vault.last_of_log(&log).await.unwrap(),
        Some((3, b"three".to_vec()))
    );
}
