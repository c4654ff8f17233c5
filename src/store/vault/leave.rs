//! Leaves the previous secret key behind, where several front doors share a store: one of them does it, in one direction, and the log says what may be done
//! with the key.
//!
//! As long as any front door still seals with another key, going over the store would be in vain, and two that go in opposite directions would never end: so
//! it begins when all that are alive seal with the current key. The key may be removed when everything was gone over since the last one began to seal. A key
//! that nothing was sealed with since this front door has it is one that is to be the next, also where it was left behind at some time before: of that the
//! log says when all have it.

use std::time::Duration;

use super::super::StoreError;
use super::register::Register;
use super::reseal::Reseal;
use super::sealing::Sealing;

/// How often it is looked how the others seal.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How soon it is tried again when the store does not do it.
const RETRY: Duration = Duration::from_mins(1);

/// The duty of whoever goes over the store, and when it is free again should its holder die.
const DUTY: (&str, Duration) = ("reseal", Duration::from_secs(10));

/// Where leaving the key has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Another front door still seals with another key.
    OthersSeal,
    /// Another front door is going over the store.
    OthersLeave,
    /// Somebody began to seal while it was gone over, or it was taken over.
    Again,
    /// Nothing is sealed with it any more; so many values were, until now.
    Left(usize),
    /// Nothing is sealed with it since it is here, and another front door does not have it yet.
    New,
    /// Nothing is sealed with it since it is here, and every front door has it.
    NewToAll,
}

/// How far leaving the key has come while this process runs.
#[derive(Debug, Default)]
pub(super) struct Progress {
    said: Option<Stage>,
    /// Whether something was sealed with it since this front door has it.
    was_in_use: bool,
}

impl Register {
    /// Sees to it that the previous secret key can be removed, and says when. To be run in the background of a server; ends at once when there is none.
    pub async fn leave_previous_key(self) {
        if !self.vault().ring().has_previous() {
            return;
        }
        loop {
            let pause = match self.step().await {
                Ok(stage) => {
                    self.say(stage);
                    LOOK_EVERY
                }
                Err(error) => {
                    tracing::warn!(%error, "not everything could be sealed again with secret_key yet; previous_secret_key is still needed");
                    RETRY
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Says it once, also when this work is begun anew.
    fn say(&self, stage: Stage) {
        let said = self.progress().said.replace(stage);
        if !said.is_some_and(|said| stage.is_as(said)) {
            stage.log();
        }
    }

    async fn step(&self) -> Result<Stage, StoreError> {
        let Some(previous) = self.marks().previous.as_deref() else {
            return Ok(Stage::Left(0));
        };
        let (sealing, _) = Sealing::read(self.vault()).await?;
        let is_known = sealing.in_use.contains(previous);
        self.progress().was_in_use |= is_known;
        if self.others().sealing_otherwise > 0 {
            return Ok(Stage::OthersSeal);
        }
        if sealing.left.contains(previous) {
            return Ok(self.left(0));
        }
        let (name, life) = DUTY;
        let Some(duty) = self.vault().take_duty(name, life, Duration::ZERO).await? else {
            return Ok(Stage::OthersLeave);
        };
        let stage = self.go_over(previous).await;
        duty.give_back().await?;
        stage
    }

    /// Nothing is sealed with the key: it is done with, or has not begun.
    fn left(&self, resealed: usize) -> Stage {
        let others = self.others();
        if resealed > 0 || self.progress().was_in_use {
            Stage::Left(resealed)
        } else if others.opening_previous < others.count {
            Stage::New
        } else {
            Stage::NewToAll
        }
    }

    /// Goes over everything, while all seal with the current key.
    async fn go_over(&self, previous: &str) -> Result<Stage, StoreError> {
        let (sealing, version) = Sealing::read(self.vault()).await?;
        let mut work = Reseal::of(self.vault());
        let may_seal = || self.vault().inner.standing.may_seal();
        let goes_on = || may_seal() && self.others().sealing_otherwise == 0;
        if !work.run_while(goes_on).await? {
            return Ok(Stage::OthersSeal);
        }
        let keys = (self.marks().current.as_str(), previous);
        if !sealing.only(self.vault(), version, keys).await? {
            return Ok(Stage::Again);
        }
        if work.unreadable > 0 {
            tracing::warn!(
                values = work.unreadable,
                "some values in the store open with neither secret_key nor previous_secret_key"
            );
        }
        Ok(self.left(work.resealed))
    }

    #[cfg(test)]
    pub(in crate::store) fn has_said(&self) -> &'static str {
        self.progress().said.map_or("", Stage::words)
    }
}

impl Stage {
    fn is_as(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    fn log(self) {
        let words = self.words();
        match self {
            Self::Again => {}
            Self::Left(resealed) => tracing::info!(resealed, "{words}"),
            _ => tracing::info!("{words}"),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::OthersSeal => {
                "another front door on this store seals with the key that is previous_secret_key here: it is needed until all seal with secret_key"
            }
            Self::OthersLeave => "another front door seals the store again with secret_key",
            Self::Again => "",
            Self::Left(_) => {
                "what previous_secret_key had sealed is sealed with secret_key; previous_secret_key may now be removed. Whoever was not here since has a session, or a login under way, that ends with it"
            }
            Self::New => {
                "previous_secret_key has sealed nothing since it is set; before it is made secret_key, every other front door on this store must have it as previous_secret_key too"
            }
            Self::NewToAll => {
                "previous_secret_key has sealed nothing since it is set, and every front door on this store has it: where it is the next key, it may now be made secret_key, one front door after the other; where it is the last one, it is not needed any more"
            }
        }
    }
}
