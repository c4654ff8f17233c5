//! Keeps the catalogue: read again and again in the background, and on demand; kept in the store, so that links outlive
//! a restart while Atlassian is away. A reading that fails changes nothing. What another front door has read is taken over within seconds.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::Instant;

use super::catalogue::Catalogue;
use super::reading::read;
use super::seen::{Seen, Sighting};
use super::shared::{Ended, Turn};
use crate::clock::Clock;
use crate::jsm::{Jsm, JsmError};
use crate::settings::{LinkSettings, Settings, Slug};
use crate::store::{Key, StoreError, Vault};

/// Readings on demand are at least this far apart; whoever asks sooner gets the last one's outcome.
const LEAST_INTERVAL: Duration = Duration::from_secs(5);
/// The most who wait for a reading because of an unknown link; anyone can make such links up, so all others are told what is known.
const MOST_WAITING: usize = 64;
/// How soon a failed reading is tried again; it doubles up to `links_refresh`.
const FIRST_RETRY: Duration = Duration::from_secs(5);
/// How often it is looked whether another front door has read.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

/// The catalogue as it is now, and how it is kept.
#[derive(Debug)]
pub struct CatalogueKeeper {
    jsm: Option<Jsm>,
    vault: Vault,
    clock: Clock,
    rules: Rules,
    now: watch::Sender<Now>,
    /// Held while one reading is under way.
    last: Mutex<Last>,
    /// Those who wait for one because of a link that nobody knows.
    waiting: Arc<Semaphore>,
}

/// What the settings say.
#[derive(Debug)]
struct Rules {
    links: BTreeMap<Slug, LinkSettings>,
    link_new: bool,
    refresh: Duration,
    /// The longest that somebody waits for a reading.
    patience: Duration,
    /// Whether every link is off.
    closed: bool,
    /// Where a login ends that no link began.
    land: Option<Slug>,
}

/// What everybody sees.
#[derive(Debug, Clone, Default)]
struct Now {
    catalogue: Arc<Catalogue>,
    empty_since: Option<Timestamp>,
    none_seen: bool,
    trouble: Option<Arc<RefreshError>>,
}

/// What the one who reads needs to know of the readings before.
#[derive(Debug, Default)]
struct Last {
    seen: Seen,
    ended: Option<Instant>,
    /// The number of the reading that `seen` is of.
    number: u64,
}

/// Why the catalogue could not be read again. What was known stays.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Nothing of Atlassian is set.
    #[error("Atlassian is not set up")]
    NotSetUp,
    /// Atlassian gave no complete answer.
    #[error(transparent)]
    Jsm(#[from] JsmError),
    /// Some service desks could not be read; all others were.
    #[error("some service desks are left out until they can be read: {0}")]
    LeftOut(#[source] JsmError),
    /// Somebody else has read them meanwhile, or is reading them for long.
    #[error("another front door is reading the service desks at this moment")]
    Overtaken,
    /// What another front door says of its reading.
    #[error("{0}")]
    Elsewhere(String),
    /// The new catalogue is in use, but could not be stored.
    #[error("the links could not be stored: {0}")]
    Store(#[from] StoreError),
}

/// How the catalogue does, for health and check.
#[derive(Debug, Clone)]
pub struct CatalogueStatus {
    /// When the service desks were last read; `None`: never.
    pub read_at: Option<Timestamp>,
    /// Since when Atlassian has answered with an empty list that is not believed yet.
    pub empty_since: Option<Timestamp>,
    /// Whether Atlassian shows no service desk at all, as far as is believed.
    pub none_seen: bool,
    /// What went wrong with the last reading.
    pub trouble: Option<Arc<RefreshError>>,
    /// Since when Atlassian has been away, and is asked now and then alone.
    pub away_since: Option<Timestamp>,
}

impl Rules {
    fn of(settings: &Settings) -> Self {
        Self {
            links: settings.links.clone(),
            link_new: settings.link_new,
            refresh: settings.links_refresh,
            patience: settings
                .atlassian
                .as_ref()
                .map_or(Duration::ZERO, |atlassian| atlassian.budget),
            closed: settings.links_closed,
            land: settings.home.land.clone(),
        }
    }

    fn catalogue(&self, seen: &Seen) -> Catalogue {
        let catalogue = Catalogue::new(seen, &self.links).landing(self.land.as_ref());
        if self.closed {
            catalogue.closed()
        } else {
            catalogue
        }
    }
}

impl CatalogueKeeper {
    /// Begins with what the store has. Never fails: with a store that is away, links are unknown until they are read.
    pub async fn open(jsm: Option<Jsm>, vault: Vault, clock: Clock, settings: &Settings) -> Self {
        let rules = Rules::of(settings);
        Self::with(jsm, vault, clock, rules).await
    }

    async fn with(jsm: Option<Jsm>, vault: Vault, clock: Clock, rules: Rules) -> Self {
        let seen = match vault.get::<Seen>(&Key::catalogue()).await {
            Ok(seen) => seen.unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "the stored links cannot be read; they are read afresh");
                Seen::default()
            }
        };
        let (now, _) = watch::channel(Now::of(&seen, &rules, None));
        let last = Mutex::new(Last {
            seen,
            ..Last::default()
        });
        Self {
            jsm,
            vault,
            clock,
            rules,
            now,
            last,
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
        }
    }

    /// The catalogue as it is now.
    #[must_use]
    pub fn current(&self) -> Arc<Catalogue> {
        Arc::clone(&self.now.borrow().catalogue)
    }

    /// How it does.
    #[must_use]
    pub fn status(&self) -> CatalogueStatus {
        let now = self.now.borrow();
        CatalogueStatus {
            read_at: now.catalogue.read_at(),
            empty_since: now.empty_since,
            none_seen: now.none_seen,
            trouble: now.trouble.clone(),
            away_since: self.away_since(),
        }
    }

    fn away_since(&self) -> Option<Timestamp> {
        let away_for = self.jsm.as_ref()?.away_for()?;
        let seconds = i64::try_from(away_for.as_secs()).ok()?;
        let since = Timestamp::from_second(self.clock.now().as_second() - seconds);
        since.ok()
    }

    /// Reads the service desks again. All who ask while one reading is under way, or shortly after it, share its outcome.
    pub async fn refresh(&self) -> Result<Arc<Catalogue>, Arc<RefreshError>> {
        let mut last = self.last.lock().await;
        let is_old = |ended: Instant| ended.elapsed() >= LEAST_INTERVAL;
        if last.ended.is_none_or(is_old) {
            let trouble = self.read_again(&mut last).await.err().map(Arc::new);
            last.ended = Some(Instant::now());
            self.now
                .send_replace(Now::of(&last.seen, &self.rules, trouble));
        }
        drop(last);
        let now = self.now.borrow();
        match &now.trouble {
            Some(trouble) => Err(Arc::clone(trouble)),
            None => Ok(Arc::clone(&now.catalogue)),
        }
    }

    /// The same for a link that nobody knows: what another front door has read a moment ago is as good.
    async fn refresh_for_a_stranger(&self) -> Result<(), Arc<RefreshError>> {
        let ended = Ended::last(&self.vault).await.ok().flatten();
        let age = ended.map(|ended| self.clock.now().duration_since(ended.at));
        let is_new = |age: SignedDuration| age.unsigned_abs() < LEAST_INTERVAL;
        if age.is_some_and(is_new) {
            let followed = self.follow().await;
            return followed.map_err(|error| Arc::new(error.into()));
        }
        self.refresh().await.map(|_| ())
    }

    /// The catalogue after a reading, if that ends within Atlassian's budget; else as it is. The reading goes on: others want it, too.
    pub async fn refreshed(self: &Arc<Self>) -> Arc<Catalogue> {
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            return self.current();
        };
        let keeper = Arc::clone(self);
        let reading = tokio::spawn(async move {
            if let Err(error) = keeper.refresh_for_a_stranger().await {
                tracing::warn!(%error, "the service desks could not be read for an unknown link");
            }
            drop(place);
        });
        // Whether it ended, was too slow or broke off: what is there now is the best that there is.
        drop(tokio::time::timeout(self.rules.patience, reading).await);
        self.current()
    }

    /// The catalogue as a reading now would make it; nothing is kept or changed.
    pub async fn look(&self) -> Result<Catalogue, RefreshError> {
        let mut seen = self.last.lock().await.seen.clone();
        let jsm = self.jsm.as_ref().ok_or(RefreshError::NotSetUp)?;
        let reading = read(jsm, &seen).await?;
        seen.take_in(reading.sightings, self.rules.link_new, self.clock.now());
        Ok(self.rules.catalogue(&seen))
    }

    /// The catalogue as the first reading would make it where no store is yet.
    pub async fn first_look(
        jsm: &Jsm,
        settings: &Settings,
        clock: &Clock,
    ) -> Result<Catalogue, RefreshError> {
        let mut seen = Seen::default();
        let reading = read(jsm, &seen).await?;
        seen.take_in(reading.sightings, settings.link_new, clock.now());
        Ok(Rules::of(settings).catalogue(&seen))
    }

    /// Refreshes at once and then every `links_refresh`, sooner after a failure, until `shutdown`.
    pub async fn keep_fresh(self: Arc<Self>, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        if self.jsm.is_none() {
            return shutdown.await;
        }
        let mut retry = FIRST_RETRY;
        loop {
            let pause = match self.refresh().await {
                Ok(_) => {
                    retry = FIRST_RETRY;
                    self.rules.refresh
                }
                Err(error) => {
                    tracing::warn!(%error, "the service desks could not be read");
                    let pause = retry.min(self.rules.refresh);
                    retry = retry.saturating_mul(2);
                    pause
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = &mut shutdown => return,
            }
        }
    }

    /// Takes over what other front doors read, for as long as the house stands.
    pub async fn keep_following(self: Arc<Self>) {
        loop {
            tokio::time::sleep(FOLLOW_EVERY).await;
            if let Err(error) = self.follow().await {
                tracing::warn!(%error, "what another front door has read of the service desks could not be taken over");
            }
        }
    }

    /// Takes over what another front door has read since, if any has.
    async fn follow(&self) -> Result<(), StoreError> {
        let Some(ended) = Ended::last(&self.vault).await? else {
            return Ok(());
        };
        let mut last = self.last.lock().await;
        if ended.number == last.number {
            return Ok(());
        }
        if let Some(seen) = self.vault.get::<Seen>(&Key::catalogue()).await? {
            last.seen = seen;
        }
        last.number = ended.number;
        let trouble = ended.trouble.map(RefreshError::Elsewhere).map(Arc::new);
        self.now
            .send_replace(Now::of(&last.seen, &self.rules, trouble));
        Ok(())
    }

    /// One reading, taken in and stored.
    async fn read_again(&self, last: &mut Last) -> Result<(), RefreshError> {
        let jsm = self.jsm.as_ref().ok_or(RefreshError::NotSetUp)?;
        let turn = match Turn::take(&self.vault).await {
            Ok(turn) => turn.ok_or(RefreshError::Overtaken)?,
            // The links are known all the same, if to this front door alone.
            Err(error) => {
                let reading = read(jsm, &last.seen).await?;
                self.take_in(&mut last.seen, &reading.sightings);
                return Err(error.into());
            }
        };
        let number = turn.number();
        let done = self.read_in_turn(jsm, &turn, last).await;
        let trouble = done.as_ref().err().map(ToString::to_string);
        turn.end(self.clock.now(), trouble).await?;
        last.number = number;
        done
    }

    async fn read_in_turn(
        &self,
        jsm: &Jsm,
        turn: &Turn,
        last: &mut Last,
    ) -> Result<(), RefreshError> {
        let reading = read(jsm, &last.seen).await?;
        let stored = self.vault.get::<Seen>(&Key::catalogue()).await;
        let mut seen = match &stored {
            Ok(Some(theirs)) => theirs.clone(),
            _ => last.seen.clone(),
        };
        self.take_in(&mut seen, &reading.sightings);
        match stored {
            Ok(_) if !turn.store(&seen).await? => return Err(RefreshError::Overtaken),
            Ok(_) => last.seen = seen,
            Err(error) => {
                last.seen = seen;
                return Err(error.into());
            }
        }
        reading
            .left_out
            .map_or(Ok(()), |error| Err(RefreshError::LeftOut(error)))
    }

    fn take_in(&self, seen: &mut Seen, answer: &[Sighting]) {
        seen.take_in(answer.to_vec(), self.rules.link_new, self.clock.now());
        self.rules.catalogue(seen).remember_slugs(seen);
    }
}

impl Now {
    fn of(seen: &Seen, rules: &Rules, trouble: Option<Arc<RefreshError>>) -> Self {
        Self {
            catalogue: Arc::new(rules.catalogue(seen)),
            empty_since: seen.empty_since(),
            none_seen: seen.desks().iter().all(|desk| desk.gone),
            trouble,
        }
    }
}

#[cfg(test)]
#[path = "catalogue_keeper_tests.rs"]
mod tests;
