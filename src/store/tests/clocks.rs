//! Front doors on one Redis whose machines have different times: what one of them holds stays its own, however wrong the clock of another is.

use jiff::SignedDuration;

use crate::clock::Clock;

use super::super::vault::Sealing;
use super::super::{Discord, NotEntered, Register, Vault};
use super::house::Servers;
use super::*;

/// How many seconds the clocks are apart: the other is behind, ahead, far ahead.
const APART: [i64; 3] = [-20, 20, 300];

/// How long a lock or a duty is held by who has died.
const LIFE: Duration = Duration::from_secs(6);

fn off(seconds: i64) -> Clock {
    Clock::off_by(SignedDuration::from_secs(seconds))
}

async fn instance(
    house: &House,
    clock: &Clock,
    (current, previous): (u8, Option<u8>),
) -> (Vault, Register) {
    let vault = house.open_by(clock, Some(current), previous).await.unwrap();
    let register = Register::new(vault.clone(), clock.clone()).unwrap();
    (vault, register)
}

async fn a_duty_and_a_lock_stay_with_their_holder(house: House) {
    let (here, _) = instance(&house, &house.clock, (1, None)).await;
    let person = Key::person_lock("ada");
    let duty = here.take_duty("caretaker", LIFE, Duration::ZERO).await;
    let duty = duty.unwrap().unwrap();
    let lock = here.lock(&person, LIFE, Duration::ZERO).await.unwrap();
    assert!(lock.is_some());
    for apart in APART {
        let (there, _) = instance(&house, &off(apart), (1, None)).await;
        let taken = there.take_duty("caretaker", LIFE, Duration::ZERO).await;
        assert!(taken.unwrap().is_none(), "{apart}");
        let locked = there.lock(&person, LIFE, Duration::ZERO).await;
        assert!(locked.unwrap().is_none(), "{apart}");
    }
    assert!(duty.is_held().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_kept_from_a_machine_whose_clock_is_wrong() {
    a_duty_and_a_lock_stay_with_their_holder(House::redis()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_kept_so_in_a_cluster_too() {
    let servers = Servers::cluster(&imitation::redis::Make::redis());
    a_duty_and_a_lock_stay_with_their_holder(House::over(&servers)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_keys_are_found_whatever_the_clocks_say() {
    for apart in APART {
        let house = House::redis();
        let (_vault, there) = instance(&house, &house.clock, (1, None)).await;
        there.enter().await.unwrap();
        let alive = tokio::spawn(there.clone().keep());
        let (_vault, comes) = instance(&house, &off(apart), (2, Some(1))).await;
        let done = comes.enter().await;
        assert!(
            matches!(done, Err(NotEntered::Discord(Discord::CannotOpen))),
            "{apart}: {done:?}"
        );
        alive.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_left_while_one_whose_clock_is_behind_seals_with_it() {
    for apart in APART {
        let house = House::redis();
        let (vault, old) = instance(&house, &house.clock, (1, Some(2))).await;
        vault.put(&key("a"), "value", None).await.unwrap();
        old.enter().await.unwrap();
        let (_, new) = instance(&house, &off(apart), (2, Some(1))).await;
        new.enter().await.unwrap();
        let work = [
            tokio::spawn(new.clone().keep()),
            tokio::spawn(new.clone().leave_previous_key()),
        ];
        // Its own beats, and one look of who leaves a key.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(new.others().sealing_otherwise, 1, "{apart}");
        let (sealing, _) = Sealing::read(&vault).await.unwrap();
        assert!(sealing.left.is_empty(), "{apart}: {sealing:?}");
        work.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
