//! Duties: one holder at a time, and nothing of a holder who was overtaken is written.

use super::super::{Duty, Vault};
use super::*;

over_every_store! {
    of_many_who_want_a_duty_one_has_it_and_each_holder_has_a_higher_number,
    who_stood_still_until_another_took_over_writes_nothing_more,
    who_was_robbed_of_a_number_by_a_master_that_forgot_it_writes_nothing,
}

const LIFE: Duration = Duration::from_secs(10);

async fn take(vault: &Vault) -> Option<Duty> {
    vault
        .take_duty("catalogue", LIFE, Duration::ZERO)
        .await
        .unwrap()
}

async fn of_many_who_want_a_duty_one_has_it_and_each_holder_has_a_higher_number(house: House) {
    let vaults = [house.open().await, house.open().await, house.open().await];
    let mut last = 0;
    for round in 0..4 {
        let all = vaults.iter().map(take);
        let held: Vec<Duty> = rocket::futures::future::join_all(all)
            .await
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(held.len(), 1, "round {round}");
        for duty in held {
            assert!(duty.number() > last && duty.is_held().await.unwrap());
            last = duty.number();
            duty.give_back().await.unwrap();
        }
    }
}

async fn who_stood_still_until_another_took_over_writes_nothing_more(house: House) {
    let (one, other) = (house.open().await, house.open().await);
    let stood_still = take(&one).await.unwrap();
    assert!(stood_still.put(&Key::catalogue(), "first").await.unwrap());
    assert!(take(&other).await.is_none(), "it is alive");
    house.clock.advance(LIFE + APART);
    let new = take(&other).await.unwrap();
    assert!(!stood_still.is_held().await.unwrap());
    assert!(!stood_still.put(&Key::catalogue(), "late").await.unwrap());
    let read: Option<String> = one.get(&Key::catalogue()).await.unwrap();
    assert_eq!(read.as_deref(), Some("first"), "before the new one wrote");
    assert!(new.put(&Key::catalogue(), "second").await.unwrap());
    assert!(!stood_still.put(&Key::catalogue(), "late").await.unwrap());
    let read: Option<String> = one.get(&Key::catalogue()).await.unwrap();
    assert_eq!(read.as_deref(), Some("second"));
    stood_still.give_back().await.unwrap();
    assert!(
        take(&one).await.is_none(),
        "giving back what is another's leaves it with the other"
    );
    assert!(new.is_held().await.unwrap());
}

async fn who_was_robbed_of_a_number_by_a_master_that_forgot_it_writes_nothing(house: House) {
    let (one, other) = (house.open().await, house.open().await);
    take(&one).await.unwrap().give_back().await.unwrap();
    house
        .copy_entry(&Key::duty("catalogue"), &key("kept"))
        .await;
    let robbed = take(&one).await.unwrap();
    house
        .copy_entry(&key("kept"), &Key::duty("catalogue"))
        .await;
    house.clock.advance(LIFE + APART);
    let new = take(&other).await.unwrap();
    assert_eq!(new.number(), robbed.number(), "the number is used twice");
    assert!(!robbed.put(&Key::catalogue(), "late").await.unwrap());
    assert!(new.put(&Key::catalogue(), "new").await.unwrap());
}
