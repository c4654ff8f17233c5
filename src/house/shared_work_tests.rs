//! When the shared work stops, and that none of it goes on then.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::*;

const QUICK: Pace = Pace {
    look_every: Duration::from_millis(1),
    life: Duration::from_millis(20),
};

/// What has not happened after so long never will.
const PATIENCE: Duration = Duration::from_mins(1);

/// Works at this pace while the answers say so, the last one for ever. Returns how often it looked; nothing of the work goes on by then.
async fn looks(pace: Pace, answers: &[Result<bool, StoreError>]) -> usize {
    let (alive, mut ended) = mpsc::channel::<()>(1);
    let looked = AtomicUsize::new(0);
    let is_held = || {
        let which = looked.fetch_add(1, Ordering::Relaxed);
        std::future::ready(answers[which.min(answers.len() - 1)].clone())
    };
    let begin = move || {
        let (mut work, alive) = (JoinSet::new(), alive.clone());
        work.spawn(async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        });
        work
    };
    let worked = timeout(PATIENCE, work_while(pace, is_held, begin)).await;
    assert!(worked.is_ok(), "it works on: {answers:?}");
    let gone = timeout(PATIENCE, ended.recv()).await;
    assert_eq!(gone, Ok(None), "some of the work goes on: {answers:?}");
    looked.into_inner()
}

fn away() -> Result<bool, StoreError> {
    Err(StoreError::Unavailable("away".to_owned()))
}

#[tokio::test]
async fn whoever_was_overtaken_stops() {
    assert_eq!(looks(QUICK, &[Ok(true), Ok(true), Ok(false)]).await, 3);
}

#[tokio::test]
async fn whoever_hears_nothing_for_as_long_as_the_duty_lasts_stops() {
    assert!(looks(QUICK, &[Ok(true), away()]).await > 1);
}

#[tokio::test]
async fn whoever_hears_nothing_for_less_works_on() {
    let patient = Pace {
        life: PATIENCE,
        ..QUICK
    };
    assert_eq!(
        looks(patient, &[away(), away(), Ok(true), Ok(false)]).await,
        4
    );
}
