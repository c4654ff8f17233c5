//! Keys that a store has lost although it had confirmed them, and people who stay forgotten.

use super::*;
use crate::clock::Clock;

struct House {
    _folder: tempfile::TempDir,
    vault: Vault,
    ada: Person,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
    let ada = Person {
        email: Some("ada@acme.example".to_owned()),
        ..Person::default()
    };
    House {
        _folder: folder,
        vault,
        ada,
    }
}

impl House {
    /// A process of its own.
    fn process(&self) -> Persons {
        Persons::new(self.vault.clone())
    }

    async fn seal(&self, persons: &Persons) -> (String, String) {
        persons.seal(&self.ada).await.unwrap().unwrap()
    }

    /// Whether another process can read it.
    async fn reads(&self, sealed: &(String, String)) -> bool {
        self.process().open(Some(sealed)).await.unwrap() == self.ada
    }

    /// What a failover takes away.
    async fn lose(&self, sealed: &(String, String)) {
        let key = Key::person_key(&sealed.0);
        assert!(self.vault.remove(&key).await.unwrap());
    }

    async fn forget(&self, persons: &Persons) {
        let emails = ["ada@acme.example"].into_iter();
        persons.forget(emails, std::iter::empty()).await.unwrap();
    }
}

async fn a_minute_later(persons: &Persons) {
    persons
        .confirm(Instant::now() + CONFIRM_AFTER)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_key_that_the_store_has_lost_is_written_again() {
    let house = house().await;
    let (made, read) = (house.process(), house.process());
    for one in [&made, &read] {
        let sealed = house.seal(one).await;
        house.lose(&sealed).await;
        let later = house.seal(one).await;
        one.confirm(Instant::now()).await.unwrap();
        assert!(!house.reads(&sealed).await, "not at once");
        a_minute_later(one).await;
        assert!(house.reads(&sealed).await && house.reads(&later).await);
    }
}

#[tokio::test]
async fn where_another_key_took_its_place_all_use_that() {
    let house = house().await;
    let (one, other) = (house.process(), house.process());
    let lost = house.seal(&one).await;
    house.lose(&lost).await;
    let theirs = house.seal(&other).await;
    a_minute_later(&one).await;
    let ours = house.seal(&one).await;
    assert!(house.reads(&theirs).await && house.reads(&ours).await);
}

#[tokio::test]
async fn who_was_forgotten_stays_so_whatever_another_process_has_at_hand() {
    let house = house().await;
    let (one, other) = (house.process(), house.process());
    let before = house.seal(&one).await;
    house.forget(&other).await;
    a_minute_later(&one).await;
    assert!(!house.reads(&before).await);
    for back in [&one, &other] {
        let sealed = house.seal(back).await;
        assert!(house.reads(&sealed).await, "who comes back is known again");
    }
    assert!(!house.reads(&before).await);
}

#[tokio::test]
async fn a_key_is_not_written_again_by_who_could_not_look_for_long() {
    let house = house().await;
    let one = house.process();
    let sealed = house.seal(&one).await;
    house.lose(&sealed).await;
    one.confirm(Instant::now() + CONFIRM_WITHIN).await.unwrap();
    assert!(!house.reads(&sealed).await);
    assert!(CONFIRM_WITHIN < DESTROYED_FOR);
}

#[tokio::test]
async fn a_key_that_was_lost_much_later_is_missed_after_a_while() {
    let house = house().await;
    let one = house.process();
    let sealed = house.seal(&one).await;
    a_minute_later(&one).await;
    house.lose(&sealed).await;
    for at_hand in one.at_hand.lock().unwrap().values_mut() {
        at_hand.since = at_hand.since.checked_sub(BELIEVED).unwrap();
    }
    let later = house.seal(&one).await;
    assert!(house.reads(&later).await);
}
