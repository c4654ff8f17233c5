//! Counting from the trail: beside it, after a restart, and by several processes on one store.

use super::*;
use crate::audit::{Event, EventName};

const GENEROUS: Duration = Duration::from_mins(10);

async fn vault(folder: &tempfile::TempDir, clock: &Clock) -> Vault {
    Vault::in_folder(folder.path(), clock).await
}

fn process(vault: &Vault, clock: &Clock) -> (Trail, Figures) {
    let trail = Trail::new(vault.clone(), clock.clone());
    let figures = Figures::new(trail.clone(), vault.clone(), clock.clone());
    (trail, figures)
}

async fn log_in(trail: &Trail, count: usize) {
    for _ in 0..count {
        trail
            .record_soon(Event::new(EventName::SignedIn))
            .await
            .unwrap();
    }
    trail.flush().await.unwrap();
}

fn logins(figures: &Figures) -> u64 {
    figures.days(30).iter().map(|slot| slot.sum.logins).sum()
}

#[tokio::test]
async fn what_is_in_the_trail_is_counted_once() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let (trail, figures) = process(&vault(&folder, &clock).await, &clock);
    for expected in [PAGE, 2 * PAGE, 2 * PAGE + 1] {
        log_in(
            &trail,
            expected - usize::try_from(logins(&figures)).unwrap(),
        )
        .await;
        assert_eq!(figures.catch_up(GENEROUS).await, Ok(true));
        assert_eq!(figures.catch_up(GENEROUS).await, Ok(true));
        assert_eq!(logins(&figures), expected as u64);
    }
}

#[tokio::test]
async fn without_time_it_says_that_there_is_more_and_goes_on_the_next_time() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let (trail, figures) = process(&vault(&folder, &clock).await, &clock);
    log_in(&trail, 2 * PAGE + 1).await;
    let mut more = 0;
    while !figures.catch_up(Duration::ZERO).await.unwrap() {
        more += 1;
    }
    assert_eq!((more, logins(&figures)), (2, 2 * PAGE as u64 + 1));
}

#[tokio::test]
async fn a_restart_goes_on_from_what_was_stored() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let vault = vault(&folder, &clock).await;
    let (trail, before) = process(&vault, &clock);
    log_in(&trail, 5).await;
    before.catch_up(GENEROUS).await.unwrap();
    before.store().await.unwrap();
    log_in(&trail, 2).await;
    let raw = rusqlite::Connection::open(folder.path().join("store.sqlite")).unwrap();
    let dropped = raw.execute("DELETE FROM log WHERE position <= 5", []);
    assert_eq!(dropped.unwrap(), 5, "what was counted is not read again");
    let (_, after) = process(&vault, &clock);
    after.catch_up(GENEROUS).await.unwrap();
    assert_eq!(logins(&after), 7);
}

#[tokio::test]
async fn of_several_processes_whoever_counted_further_is_believed() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let vault = vault(&folder, &clock).await;
    let (trail, slow) = process(&vault, &clock);
    let (_, quick) = process(&vault, &clock);
    log_in(&trail, 3).await;
    slow.catch_up(GENEROUS).await.unwrap();
    log_in(&trail, 4).await;
    quick.catch_up(GENEROUS).await.unwrap();
    for figures in [&slow, &quick, &slow] {
        figures.store().await.unwrap();
    }
    let stored: Counts = vault.get(&Key::figures()).await.unwrap().unwrap();
    assert_eq!(stored.place, 7);
    slow.catch_up(GENEROUS).await.unwrap();
    assert_eq!((logins(&slow), logins(&quick)), (7, 7));
}

#[tokio::test]
async fn stored_figures_that_cannot_be_read_are_counted_anew() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let vault = vault(&folder, &clock).await;
    vault.put(&Key::figures(), "nonsense", None).await.unwrap();
    let (trail, figures) = process(&vault, &clock);
    log_in(&trail, 3).await;
    figures.catch_up(GENEROUS).await.unwrap();
    figures.store().await.unwrap();
    let stored: Counts = vault.get(&Key::figures()).await.unwrap().unwrap();
    assert_eq!((logins(&figures), stored.place), (3, 3));
}

#[tokio::test]
async fn the_newest_refusals_are_told_newest_first() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let (trail, figures) = process(&vault(&folder, &clock).await, &clock);
    for n in 0..14 {
        let event = Event::new(EventName::Refused).reason("not_allowed");
        let event = event.email(&format!("p{n}@acme.example"));
        trail.record(event).await.unwrap();
        log_in(&trail, 1).await;
    }
    figures.catch_up(GENEROUS).await.unwrap();
    let emails: Vec<String> = figures
        .newest_refusals()
        .await
        .unwrap()
        .into_iter()
        .filter_map(|record| record.email)
        .collect();
    let expected: Vec<String> = (4..14)
        .rev()
        .map(|n| format!("p{n}@acme.example"))
        .collect();
    assert_eq!(emails, expected);
    assert!(figures.newest_unanswered().await.unwrap().is_empty());
}
