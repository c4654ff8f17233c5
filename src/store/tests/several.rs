//! Several front doors on one store: which keys they may have beside one another, and when a key is left behind.

use super::super::vault::Sealing;
use super::super::{Discord, NotEntered, Register, Unfit, Vault};
use super::*;

over_every_store! {
    of_two_that_begin_at_once_with_different_keys_one_begins,
    front_doors_share_a_store_when_each_opens_what_the_other_seals,
    of_two_that_enter_at_once_with_different_keys_one_stays,
    one_that_died_keeps_nobody_out_for_long,
    one_that_stood_still_looks_before_it_seals,
    one_whose_key_was_left_while_it_stood_still_seals_nothing_more,
    one_that_finds_other_keys_when_it_comes_back_seals_nothing_more,
    a_rolling_change_of_the_key_seals_in_one_direction_and_says_when_it_is_over,
    one_that_comes_and_goes_meanwhile_is_noticed,
    a_key_that_is_to_be_the_next_is_told_from_one_that_is_left,
    a_command_with_a_key_that_was_left_is_refused,
}

/// What has not happened after so long never will.
const PATIENCE: Duration = Duration::from_mins(2);

/// A front door with these keys, entered.
async fn enter(
    house: &House,
    current: u8,
    previous: Option<u8>,
) -> Result<(Vault, Register), NotEntered> {
    let vault = house.open_with(Some(current), previous).await.unwrap();
    let register = Register::new(vault.clone(), house.clock.clone())?;
    register.enter().await?;
    Ok((vault, register))
}

/// Enters a front door that stays, and is alive.
async fn stays(house: &House, current: u8, previous: Option<u8>) -> Staying {
    let (vault, register) = enter(house, current, previous).await.unwrap();
    let alive = tokio::spawn(register.clone().keep());
    Staying {
        vault,
        register,
        alive,
    }
}

struct Staying {
    vault: Vault,
    register: Register,
    alive: tokio::task::JoinHandle<()>,
}

impl Staying {
    async fn stops(self) {
        self.alive.abort();
        self.register.leave(Duration::ZERO).await.unwrap();
    }

    /// Dies without a word.
    fn dies(self) {
        self.alive.abort();
    }
}

async fn of_two_that_begin_at_once_with_different_keys_one_begins(house: House) {
    let (one, other) = tokio::join!(
        house.open_with(Some(1), None),
        house.open_with(Some(2), None)
    );
    let begun = [&one, &other].into_iter().filter(|done| done.is_ok());
    assert_eq!(begun.count(), 1);
    for done in [one, other] {
        assert!(matches!(done, Ok(_) | Err(VaultError::Sealed)));
    }
}

async fn front_doors_share_a_store_when_each_opens_what_the_other_seals(house: House) {
    // Who is there, who comes, and whether that goes well.
    let (seals_otherwise, cannot_open) = (Discord::SealsOtherwise, Discord::CannotOpen);
    for (there, comes, expected) in [
        ((1, None), (1, None), None),
        ((1, None), (1, Some(2)), None),
        ((1, Some(2)), (2, Some(1)), None),
        ((1, Some(2)), (1, Some(3)), None),
        ((1, None), (2, Some(1)), Some(cannot_open)),
        ((1, Some(3)), (2, Some(1)), Some(cannot_open)),
        ((2, Some(1)), (1, None), Some(seals_otherwise)),
        ((2, Some(1)), (1, Some(3)), Some(seals_otherwise)),
    ] {
        let first = stays(&house, there.0, there.1).await;
        let watched = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            house.clock.advance(Duration::from_secs(5));
        };
        let (second, ()) = tokio::join!(enter(&house, comes.0, comes.1), watched);
        let found = match &second {
            Ok(_) => None,
            Err(NotEntered::Discord(discord)) => Some(*discord),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found, expected, "{there:?} and {comes:?}");
        if let Ok((_, register)) = second {
            register.leave(Duration::ZERO).await.unwrap();
        }
        first.stops().await;
    }
}

async fn of_two_that_enter_at_once_with_different_keys_one_stays(house: House) {
    drop(house.open_with(Some(1), None).await.unwrap());
    let start = async |(current, previous)| {
        let (vault, register) = enter(&house, current, previous).await?;
        let alive = tokio::spawn(register.clone().keep());
        Ok::<_, NotEntered>(Staying {
            vault,
            register,
            alive,
        })
    };
    let started = tokio::join!(start((1, None)), start((2, Some(1))));
    let started = [started.0, started.1];
    let refused = |one: &&Result<_, _>| matches!(one, Err(NotEntered::Discord(_)));
    assert_eq!(started.iter().filter(refused).count(), 1);
    for one in started.into_iter().flatten() {
        one.stops().await;
    }
}

/// Stands still until the others have forgotten it.
async fn stands_still(house: &House, staying: &mut Staying) {
    staying.alive.abort();
    let _aborted = (&mut staying.alive).await;
    house.clock.advance(Duration::from_secs(19));
    staying.vault.stand_still();
}

async fn one_that_stood_still_looks_before_it_seals(house: House) {
    let mut staying = stays(&house, 1, None).await;
    stands_still(&house, &mut staying).await;
    let put = async || staying.vault.put(&key("a"), "value", None).await;
    assert!(matches!(put().await, Err(StoreError::Unavailable(_))));
    let before = Sealing::read(&staying.vault).await.unwrap().0;
    let _alive = tokio::spawn(staying.register.clone().keep());
    while put().await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let after = Sealing::read(&staying.vault).await.unwrap().0;
    assert_ne!(before, after, "it says that it begins to seal again");
}

async fn one_whose_key_was_left_while_it_stood_still_seals_nothing_more(house: House) {
    let mut old = stays(&house, 1, Some(2)).await;
    old.vault.put(&key("a"), "value", None).await.unwrap();
    let new = stays(&house, 2, Some(1)).await;
    stands_still(&house, &mut old).await;
    leaves_until(&new, async || opens_with(&house, 2).await).await;
    let left = async || !Sealing::read(&new.vault).await.unwrap().0.left.is_empty();
    leaves_until(&new, left).await;
    let _alive = tokio::spawn(old.register.clone().keep());
    assert_eq!(old.register.ends().await, Unfit::Left);
    let put = old.vault.put(&key("b"), "value", None).await;
    assert!(matches!(put, Err(StoreError::Unavailable(_))));
    new.vault.put(&key("b"), "value", None).await.unwrap();
}

async fn one_that_finds_other_keys_when_it_comes_back_seals_nothing_more(house: House) {
    let mut old = stays(&house, 1, None).await;
    stands_still(&house, &mut old).await;
    let _new = stays(&house, 2, Some(1)).await;
    let _alive = tokio::spawn(old.register.clone().keep());
    let why = old.register.ends().await;
    assert!(
        matches!(why, Unfit::Unreadable | Unfit::Discord(_)),
        "{why:?}"
    );
    let put = old.vault.put(&key("b"), "value", None).await;
    assert!(matches!(put, Err(StoreError::Unavailable(_))));
}

async fn one_that_died_keeps_nobody_out_for_long(house: House) {
    stays(&house, 1, None).await.dies();
    let clock = house.clock.clone();
    let passes = tokio::spawn(async move {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            clock.advance(Duration::from_secs(1));
        }
    });
    enter(&house, 2, Some(1)).await.unwrap();
    passes.await.unwrap();
}

/// What somebody left who sealed with this key alone.
async fn opens_with(house: &House, only: u8) -> bool {
    match house.open_with(Some(only), None).await {
        Ok(vault) => vault.get::<String>(&key("a")).await.is_ok(),
        Err(_) => false,
    }
}

/// Has the previous key left behind until this is so.
async fn leaves_until(staying: &Staying, is_so: impl AsyncFn() -> bool) {
    let leaving = tokio::spawn(staying.register.clone().leave_previous_key());
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, waiting).await;
    leaving.abort();
    assert!(in_time.is_ok(), "the previous key is never left behind");
}

async fn a_rolling_change_of_the_key_seals_in_one_direction_and_says_when_it_is_over(house: House) {
    let first = [stays(&house, 1, None).await, stays(&house, 1, None).await];
    first[0].vault.put(&key("a"), "value", None).await.unwrap();
    let mut second = Vec::new();
    for old in first {
        old.stops().await;
        second.push(stays(&house, 1, Some(2)).await);
    }
    let other = second.pop().unwrap();
    second.remove(0).stops().await;
    let new = stays(&house, 2, Some(1)).await;
    // As long as the other one seals with the old key, the new one leaves everything as it is, and both open whatever either seals.
    assert_eq!(new.register.others().sealing_otherwise, 1);
    let leaving = tokio::spawn(new.register.clone().leave_previous_key());
    for n in 0..10 {
        let (from, to) = if n % 2 == 0 {
            (&new, &other)
        } else {
            (&other, &new)
        };
        from.vault.put(&key("b"), &n, None).await.unwrap();
        assert_eq!(to.vault.get(&key("b")).await.unwrap(), Some(n));
    }
    assert!(
        opens_with(&house, 1).await,
        "nothing of it was sealed again"
    );
    leaving.abort();
    other.stops().await;
    let last = stays(&house, 2, Some(1)).await;
    house.clock.advance(Duration::from_secs(5));
    leaves_until(&last, async || opens_with(&house, 2).await).await;
    assert!(!opens_with(&house, 1).await);
}

async fn one_that_comes_and_goes_meanwhile_is_noticed(house: House) {
    let staying = stays(&house, 2, Some(1)).await;
    let (before, version) = Sealing::read(&staying.vault).await.unwrap();
    let (_, register) = enter(&house, 1, Some(2)).await.unwrap();
    register.leave(Duration::ZERO).await.unwrap();
    let only = before.only(&staying.vault, version, ("2", "1")).await;
    assert!(!only.unwrap(), "it may have sealed something");
}

/// Leaves the previous key until the log has said this.
async fn says(staying: &Staying, words: &str) {
    leaves_until(staying, async || {
        staying.register.has_said().contains(words)
    })
    .await;
}

async fn a_key_that_is_to_be_the_next_is_told_from_one_that_is_left(house: House) {
    const NEXT: &str = "it may now be made secret_key";
    const LEFT: &str = "previous_secret_key may now be removed";
    // The second time the key that comes next was left behind before.
    for (old, new) in [(1, 2), (2, 1), (1, 2)] {
        let without = stays(&house, old, None).await;
        let with = stays(&house, old, Some(new)).await;
        says(&with, "every other front door on this store must have it").await;
        without.stops().await;
        house.clock.advance(Duration::from_secs(5));
        says(&with, NEXT).await;
        with.stops().await;
        let turned = stays(&house, new, Some(old)).await;
        says(&turned, LEFT).await;
        turned.stops().await;
    }
}

async fn a_command_with_a_key_that_was_left_is_refused(house: House) {
    let staying = stays(&house, 1, Some(2)).await;
    says(&staying, "it may now be made secret_key").await;
    let command = async |current, previous| {
        let vault = house.open_with(Some(current), previous).await.unwrap();
        let register = Register::new(vault, house.clock.clone()).unwrap();
        register.enter_command().await
    };
    let refused = command(2, Some(1)).await;
    assert!(matches!(refused, Err(NotEntered::Left)), "{refused:?}");
    let before = Sealing::read(&staying.vault).await.unwrap().0;
    command(1, Some(2)).await.unwrap();
    let after = Sealing::read(&staying.vault).await.unwrap().0;
    assert_ne!(before, after, "it says that it seals");
}
