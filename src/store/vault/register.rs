//! The register of the front doors that use one store now, each with the marks of its keys.
//!
//! All of them must be able to open what any of them seals, or somebody is locked out by the one what the other let in. So a front door enters itself before
//! it does anything, and does not start where that is not so. Its entry ends soon, by the store's clock, unless it is renewed: one that died is forgotten. Whether one with other
//! keys is alive is told by watching, not by clocks: who is renews the entry meanwhile.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::random;

use super::super::{Key, StoreError};
use super::leave::Progress;
use super::sealing::Sealing;
use super::standing::{Standing, Unfit};
use super::{NoKey, Vault, read};

/// How often an entry is renewed.
const BEAT: SignedDuration = SignedDuration::from_secs(4);

/// How long an entry outlives its front door, should that die.
const LIFE: Duration = Duration::from_secs(12);

/// How long the entry of one that starts outlives it. Longer than it is watched whether it is alive: it is renewed only when it serves.
const STARTING: Duration = Duration::from_secs(18);

/// How long it is watched whether those with other keys are alive.
const WATCHED: Duration = Duration::from_secs(15);

/// How long one that starts waits for others that found other keys and watch.
const TURN: Duration = Duration::from_mins(1);

/// The lock of those.
const WATCHING: &str = "start";

/// How soon the entry is tried to be renewed again when that failed.
const RETRY: SignedDuration = SignedDuration::from_secs(1);

/// How often it is looked whether those with other keys are alive.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Why two front doors cannot share a store. The words are for whoever starts one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Discord {
    /// It seals with what does not open here.
    #[error(
        "another front door on this store seals with a key that is neither secret_key nor previous_secret_key here: give all of them the same keys"
    )]
    SealsOtherwise,
    /// It cannot open what would be sealed here.
    #[error(
        "another front door on this store has not this secret_key, and could not open what is sealed with it: first give it to every one of them as previous_secret_key, then make it secret_key, one after the other"
    )]
    CannotOpen,
}

/// Why a front door is not entered.
#[derive(Debug, thiserror::Error)]
pub enum NotEntered {
    /// Another one has other keys.
    #[error(transparent)]
    Discord(#[from] Discord),
    /// A command has a key that the servers have left behind.
    #[error(
        "the front doors on this store have left behind what is secret_key here: give this command the same keys as they have; or, where it is to be used again, start them with it first"
    )]
    Left,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No mark could be made.
    #[error(transparent)]
    NoKey(#[from] NoKey),
}

/// What the register says of one front door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    seals_with: String,
    opens_with: Vec<String>,
    /// Another one each time that it is renewed.
    beat: String,
}

/// One entry, and its bytes; `None`: sealed with another key.
type Seen = (String, Option<Entry>, Vec<u8>);

/// The place of this front door in the register. Clones share it.
#[derive(Clone)]
pub struct Register {
    vault: Vault,
    clock: Clock,
    name: Arc<str>,
    marks: Arc<Marks>,
    others: Arc<Mutex<Others>>,
    progress: Arc<Mutex<Progress>>,
    /// Since when each of those that have other keys is seen.
    discords: Arc<Mutex<HashMap<String, Instant>>>,
    /// Whether it has to be said yet that this front door begins to seal.
    begins: Arc<AtomicBool>,
}

/// The marks of our keys.
pub(super) struct Marks {
    pub(super) current: String,
    pub(super) previous: Option<String>,
}

/// What was last seen of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Others {
    /// How many there are.
    pub count: usize,
    /// How many of them seal with another key than this one.
    pub sealing_otherwise: usize,
    /// How many of them can open what is sealed with `previous_secret_key`.
    pub opening_previous: usize,
    /// What keeps one of them from sharing the store.
    pub discord: Option<Discord>,
}

impl Register {
    /// A front door that is not entered yet.
    pub fn new(vault: Vault, clock: Clock) -> Result<Self, NoKey> {
        let (current, previous) = vault.ring().marks()?;
        let name = |mark: String| vault.pseudonym("secret key", &mark);
        let marks = Marks {
            current: name(current),
            previous: previous.map(name),
        };
        // Whoever came later has the greater name.
        let came = clock.now().as_millisecond();
        Ok(Self {
            name: format!("{came:015}-{}", random::token::<12>()).into(),
            marks: Arc::new(marks),
            others: Arc::default(),
            progress: Arc::default(),
            discords: Arc::default(),
            begins: Arc::default(),
            vault,
            clock,
        })
    }

    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was last seen of the others.
    #[must_use]
    pub fn others(&self) -> Others {
        *self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters this front door, unless one that is alive has other keys: then nothing is left of it here. Where the store takes no writes, which readiness
    /// tells, nothing is sealed either; it is entered as soon as it can be.
    pub async fn enter(&self) -> Result<(), NotEntered> {
        if let Err(error) = self.renew(STARTING).await {
            self.agree().await?;
            tracing::warn!(%error, "this front door could not be entered in the register of this store; it is tried again");
            return Ok(());
        }
        let entered = self.begin_in_turn().await;
        if entered.is_err() {
            self.leave(Duration::ZERO).await?;
        }
        entered
    }

    /// Waits until nobody has other keys, and says that this front door begins to seal. Those that find other keys wait one after the other, and who waits
    /// for its turn is not entered meanwhile: of two that start at the same time, one is there when the other looks.
    async fn begin_in_turn(&self) -> Result<(), NotEntered> {
        self.look().await?;
        if let Some(discord) = self.others().discord {
            self.leave(Duration::ZERO).await?;
            let watching = Key::duty_lock(WATCHING);
            let turn = self.vault.lock(&watching, LIFE, TURN).await?;
            let turn = turn.ok_or(discord)?;
            self.renew(STARTING).await?;
            let agreed = self.watch(true).await;
            turn.release().await?;
            agreed?;
        }
        Ok(Sealing::begin(&self.vault, &self.marks.current).await?)
    }

    /// Enters a command that seals, and begins: unless its key is one that the servers have left behind. Its entry ends by itself.
    pub async fn enter_command(&self) -> Result<(), NotEntered> {
        self.agree().await?;
        let (sealing, _) = Sealing::read(&self.vault).await?;
        if sealing.left.contains(&self.marks.current) {
            return Err(NotEntered::Left);
        }
        self.renew(LIFE).await?;
        Ok(Sealing::begin(&self.vault, &self.marks.current).await?)
    }

    /// Waits until nobody has other keys who may be alive, or is known to be.
    pub async fn agree(&self) -> Result<(), NotEntered> {
        self.watch(false).await
    }

    /// The same; one that is entered stays so meanwhile, and is seen to be alive itself.
    async fn watch(&self, stays: bool) -> Result<(), NotEntered> {
        let (_, before) = self.look().await?;
        if self.others().discord.is_none() {
            return Ok(());
        }
        tracing::warn!(
            "a front door with other keys is in the register of this store; it is watched whether it is alive"
        );
        let until = Instant::now() + WATCHED;
        while let Some(discord) = self.others().discord {
            if stays {
                self.renew(STARTING).await?;
            }
            let (_, now) = self.look().await?;
            // What is sealed again meanwhile has other bytes, but says the same.
            let same = |one: &Seen, other: &Seen| {
                one.0 == other.0 && (one.2 == other.2 || one.1.is_some() && one.1 == other.1)
            };
            let renewed = |one: &&Seen| !before.iter().any(|other| same(one, other));
            let alive = now.iter().filter(renewed);
            let mut discords = alive.filter_map(|(_, entry, _)| self.judge(entry.as_ref()));
            if let Some(discord) = discords.next() {
                return Err(discord.into());
            }
            if Instant::now() > until {
                return Err(discord.into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Keeps the entry for as long as the house stands, or until its keys no longer fit.
    pub async fn keep(self) {
        while self.unfit().is_none() {
            let pause = match self.beat().await {
                Ok(()) => BEAT,
                Err(error) => {
                    tracing::warn!(%error, "the register of front doors could not be kept");
                    RETRY
                }
            };
            let next = self.clock.now().checked_add(pause);
            tokio::select! {
                () = self.clock.wait_until(next.unwrap_or(Timestamp::MAX)) => {}
                () = self.asked_to_seal(pause == BEAT) => {}
            }
        }
    }

    /// Waits until somebody would seal and may not: then it is looked at once, unless that has just failed.
    async fn asked_to_seal(&self, at_once: bool) {
        if !at_once {
            std::future::pending::<()>().await;
        }
        self.standing().asked().await;
    }

    /// Renews the entry, if the keys still fit. Whoever was away for longer than it lasts may have sealed what nobody counted on any more, and says so.
    async fn beat(&self) -> Result<(), StoreError> {
        let (before, now) = (self.others(), self.standing().now());
        let (is_entered, seen) = self.look().await?;
        if let Some(unfit) = self.misfit(is_entered, &seen).await? {
            self.standing().close(unfit);
            return Ok(());
        }
        if !is_entered {
            self.begins.store(true, Ordering::Release);
        }
        let mut begun = Ok(());
        if self.begins.load(Ordering::Acquire) {
            begun = Sealing::begin(&self.vault, &self.marks.current).await;
            self.begins.store(begun.is_err(), Ordering::Release);
        }
        self.renew(LIFE).await?;
        begun?;
        self.standing().lasts(now, LIFE);
        let discord = self.others().discord;
        if let Some(discord) = discord.filter(|_| before.discord != discord) {
            tracing::error!("{discord}");
        }
        Ok(())
    }

    /// What keeps this front door from sealing on. Who was away is the one to go; and of two that were both there for long, the one that came later.
    async fn misfit(&self, is_entered: bool, seen: &[Seen]) -> Result<Option<Unfit>, StoreError> {
        match Sealing::read(&self.vault).await {
            Ok((sealing, _)) if sealing.left.contains(&self.marks.current) => {
                return Ok(Some(Unfit::Left));
            }
            Err(StoreError::Unreadable(_)) => return Ok(Some(Unfit::Unreadable)),
            read => read?,
        };
        if !is_entered {
            return Ok(self.others().discord.map(Unfit::Discord));
        }
        let mut since = self.discords.lock().unwrap_or_else(PoisonError::into_inner);
        let discords = seen.iter().filter_map(|(name, entry, _)| {
            let discord = self.judge(entry.as_ref())?;
            Some((name, discord))
        });
        let discords: HashMap<_, _> = discords.collect();
        since.retain(|name, _| discords.contains_key(name));
        for (name, discord) in discords {
            let first = *since.entry(name.clone()).or_insert_with(Instant::now);
            let came_later = **name < *self.name;
            if first.elapsed() > if came_later { WATCHED } else { WATCHED * 2 } {
                return Ok(Some(Unfit::Discord(discord)));
            }
        }
        Ok(None)
    }

    fn standing(&self) -> &Standing {
        &self.vault.inner.standing
    }

    /// Why this front door has to end, if it has.
    #[must_use]
    pub fn unfit(&self) -> Option<Unfit> {
        self.standing().unfit()
    }

    /// Waits until this front door has to end.
    pub async fn ends(&self) -> Unfit {
        self.standing().closed().await
    }

    /// Leaves the register, at once or when this much time is over in which the last requests are finished.
    pub async fn leave(&self, after: Duration) -> Result<(), StoreError> {
        if after.is_zero() {
            let key = Key::instances();
            return self.vault.index_remove(&key, &self.name).await.map(|_| ());
        }
        let now = self.standing().now();
        self.renew(after).await?;
        self.standing().lasts(now, after);
        Ok(())
    }

    /// Writes the entry.
    async fn renew(&self, life: Duration) -> Result<(), StoreError> {
        let entry = Entry {
            seals_with: self.marks.current.clone(),
            opens_with: self.marks.all().map(str::to_owned).collect(),
            beat: random::token::<8>(),
        };
        let key = Key::instances();
        self.vault
            .index_put(&key, &self.name, &entry, Some(life))
            .await
    }

    /// Reads the others, and remembers what is to be known of them. Returns also whether this one is entered.
    async fn look(&self) -> Result<(bool, Vec<Seen>), StoreError> {
        let key = Key::instances();
        let mut all = self.vault.inner.backend.index_list(&key).await?;
        let count = all.len();
        all.retain(|(name, _)| **name != *self.name);
        let is_entered = all.len() < count;
        let others: Vec<Seen> = all
            .into_iter()
            .map(|(name, sealed)| {
                let opened = self.vault.ring().open(key.as_str(), &sealed);
                (name, read(&key, opened).ok(), sealed)
            })
            .collect();
        *self.others.lock().unwrap_or_else(PoisonError::into_inner) = self.sum(&others);
        Ok((is_entered, others))
    }

    fn sum(&self, others: &[Seen]) -> Others {
        let entries = || others.iter().map(|(_, entry, _)| entry.as_ref());
        let all = |is: &dyn Fn(&Entry) -> bool| entries().flatten().filter(|one| is(one)).count();
        let previous = self.marks.previous.as_ref();
        let same = all(&|one| one.seals_with == self.marks.current);
        Others {
            count: others.len(),
            sealing_otherwise: others.len() - same,
            opening_previous: all(&|one| previous.is_some_and(|key| one.opens_with.contains(key))),
            discord: entries().find_map(|entry| self.judge(entry)),
        }
    }

    /// What keeps the front door of this entry from sharing the store with this one.
    fn judge(&self, entry: Option<&Entry>) -> Option<Discord> {
        let opens = |mark: &str| self.marks.all().any(|own| own == mark);
        match entry {
            Some(entry) if !opens(&entry.seals_with) => Some(Discord::SealsOtherwise),
            Some(entry) if !entry.opens_with.contains(&self.marks.current) => {
                Some(Discord::CannotOpen)
            }
            Some(_) => None,
            None => Some(Discord::SealsOtherwise),
        }
    }
}

impl Marks {
    fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.current.as_str()).chain(self.previous.as_deref())
    }
}
