//! Waiting while the server starts, for a store on the network that is away or for others in the register to be told dead: closed doors meanwhile, and an ear
//! for signals.

use std::time::Duration;

use rocket::figment::Figment;
use rocket::{Build, Rocket, Shutdown};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::house::front_door;
use crate::settings::{Loaded, StoreAddress};
use crate::store::Redis;
use crate::web;

use super::CommandError;
use super::stop::Signals;

/// How often the store is tried.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// What is not done after so long is waited for behind closed doors: whoever asks whether this process lives is not kept waiting.
const SOON: Duration = Duration::from_millis(500);

/// The house as soon as it stands; nothing when a signal ended the waiting. A store that does not answer is waited for; whatever else is wrong is an error
/// at once.
pub(super) async fn house_with_store(
    loaded: &Loaded,
    rocket: &Figment,
    clock: &Clock,
    signals: &mut Signals,
) -> Result<Option<Rocket<Build>>, CommandError> {
    let redis = match &loaded.settings.store {
        StoreAddress::Redis(address) => Some(Redis::at(address, clock.clone())),
        StoreAddress::Sqlite(_) => None,
    };
    let doors = || web::closed(rocket.clone(), &loaded.settings);
    let mut pause = Duration::ZERO;
    loop {
        if let Some(redis) = &redis {
            let answers = answer(redis, pause);
            if behind(doors, answers, signals).await?.is_none() {
                return Ok(None);
            }
        }
        let building = Box::pin(front_door(loaded, rocket.clone(), clock.clone()));
        match behind(doors, building, signals).await? {
            None => return Ok(None),
            Some(Ok(house)) => return Ok(Some(house)),
            Some(Err(error)) if error.store_is_away() && redis.is_some() => {
                tracing::error!(%error, "the front door waits for its store, with closed doors");
                pause = TRY_EVERY;
            }
            Some(Err(error)) => return Err(error.into()),
        }
    }
}

/// Waits for something, behind closed doors unless it is done soon; nothing when a signal comes first.
async fn behind<T>(
    doors: impl Fn() -> Rocket<Build>,
    doing: impl Future<Output = T>,
    signals: &mut Signals,
) -> Result<Option<T>, CommandError> {
    let mut doing = std::pin::pin!(doing);
    tokio::select! {
        soon = timeout(SOON, &mut doing) => if let Ok(done) = soon {
            return Ok(Some(done));
        },
        () = signals.first() => return Ok(None),
    }
    tracing::warn!("the front door cannot open yet; it waits with closed doors");
    let closed = doors().ignite().await.map_err(CommandError::of)?;
    let shutdown: Shutdown = closed.shutdown();
    let launched = tokio::spawn(closed.launch());
    let done = tokio::select! {
        done = doing => Some(done),
        () = signals.first() => None,
    };
    shutdown.notify();
    match launched.await {
        // Looked at whatever happens: a rocket::Error that is dropped unread panics.
        Ok(Err(error)) => match error.kind() {
            rocket::error::ErrorKind::Shutdown(..) => Ok(done),
            kind => Err(CommandError::of(kind)),
        },
        Ok(Ok(_)) => Ok(done),
        Err(error) => Err(CommandError::of(error)),
    }
}

/// Ends when the store answers, tried after this pause. Each new reason why it does not is logged once.
async fn answer(redis: &Redis, pause: Duration) {
    tokio::time::sleep(pause).await;
    let mut told = None;
    while let Err(error) = redis.is_begun().await {
        if told.as_ref() != Some(&error) {
            tracing::warn!(%error, "the store does not answer; the front door waits for it");
            told = Some(error);
        }
        tokio::time::sleep(TRY_EVERY).await;
    }
}
