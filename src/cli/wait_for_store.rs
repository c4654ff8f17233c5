//! Waiting for a store on the network that is away when the server starts: closed doors until it answers, and then everything as usual.

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

/// What does not answer for so long is waited for behind closed doors: whoever asks whether this process lives is not kept waiting.
const SOON: Duration = Duration::from_millis(500);

/// The house as soon as the store answers; nothing when a signal ended the waiting. Whatever else is wrong is an error at once.
pub(super) async fn house_with_store(
    loaded: &Loaded,
    rocket: &Figment,
    clock: &Clock,
    signals: &mut Signals,
) -> Result<Option<Rocket<Build>>, CommandError> {
    let StoreAddress::Redis(address) = &loaded.settings.store else {
        return Ok(Some(
            front_door(loaded, rocket.clone(), clock.clone()).await?,
        ));
    };
    loop {
        let redis = Redis::at(address, clock.clone());
        if timeout(SOON, redis.is_begun()).await.is_ok() {
            match front_door(loaded, rocket.clone(), clock.clone()).await {
                Ok(house) => return Ok(Some(house)),
                Err(error) if error.store_is_away() => {
                    tracing::error!(%error, "the front door waits for its store, with closed doors");
                }
                Err(error) => return Err(error.into()),
            }
        } else {
            tracing::error!(
                "the store does not answer; the front door waits for it, with closed doors"
            );
        }
        let closed = web::closed(rocket.clone(), &loaded.settings);
        if !wait(closed, &redis, signals).await? {
            return Ok(None);
        }
    }
}

/// Keeps the closed house until the store answers or a signal comes. Returns whether it was the store.
async fn wait(
    closed: Rocket<Build>,
    redis: &Redis,
    signals: &mut Signals,
) -> Result<bool, CommandError> {
    let closed = closed.ignite().await.map_err(CommandError::of)?;
    let shutdown: Shutdown = closed.shutdown();
    let launched = tokio::spawn(closed.launch());
    let answers = tokio::select! {
        () = answer(redis) => true,
        () = signals.first() => false,
    };
    shutdown.notify();
    match launched.await {
        // Looked at whatever happens: a rocket::Error that is dropped unread panics.
        Ok(Err(error)) => match error.kind() {
            rocket::error::ErrorKind::Shutdown(..) => Ok(answers),
            kind => Err(CommandError::of(kind)),
        },
        Ok(Ok(_)) => Ok(answers),
        Err(error) => Err(CommandError::of(error)),
    }
}

/// Ends when the store answers. Each new reason why it does not is logged once.
async fn answer(redis: &Redis) {
    let mut told = None;
    while let Err(error) = redis.is_begun().await {
        if told.as_ref() != Some(&error) {
            tracing::warn!(%error, "the store is still away");
            told = Some(error);
        }
        tokio::time::sleep(TRY_EVERY).await;
    }
}
