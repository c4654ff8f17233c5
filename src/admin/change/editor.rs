//! The one hand that writes the saved settings for the desk.

use std::time::Duration;

use tokio::sync::{Notify, watch};

use std::sync::Arc;

use crate::audit::{EventName, Trail};
use crate::clock::Clock;
use crate::settings::{
    Change, Conflict, Edit, GivenFor, Layered, Loaded, Outside, Problem, Problems, Saved, Settings,
    recorded,
};
use crate::store::{Key, StoreError, Vault};
use crate::web::{Reason, Refusal, Visit};

use super::history::{Entry, remember};

/// How long a save waits for its effect. It comes in any case, within a few seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// When the lock on saving is free again, should its holder die.
const LOCK_LIFE: Duration = Duration::from_secs(20);

/// Tells the caretaker that settings were saved, and learns when they are in effect.
#[derive(Clone)]
pub struct Effect {
    wake: Arc<Notify>,
    in_effect: watch::Sender<Saved>,
}

impl Effect {
    /// These are in effect now.
    #[must_use]
    pub fn new(saved: Saved) -> Self {
        Self {
            wake: Arc::default(),
            in_effect: watch::Sender::new(saved),
        }
    }

    /// Waits until somebody has saved something.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// These are in effect from now on.
    pub fn reached(&self, saved: Saved) {
        self.in_effect.send_replace(saved);
    }

    async fn wait_for(&self, saved: &Saved) {
        let mut seen = self.in_effect.subscribe();
        self.wake.notify_one();
        let reached = seen.wait_for(|now| now == saved);
        if tokio::time::timeout(PATIENCE, reached).await.is_err() {
            tracing::warn!("saved settings are not in effect yet");
        }
    }
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Somebody else changed the same keys meanwhile.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The settings would have mistakes.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SaveError> for Refusal {
    fn from(error: SaveError) -> Self {
        let reason = match &error {
            SaveError::Conflict(_) => Reason::Conflict,
            SaveError::Problems(_) => Reason::BadRequest,
            SaveError::Store(_) => Reason::StoreUnavailable,
        };
        Self::new(reason).because(error)
    }
}

/// What is saved, what stands above it, and how to change it.
pub struct Editor {
    pub(super) vault: Vault,
    pub(super) trail: Trail,
    pub(super) clock: Clock,
    outside: Outside,
    settings: Settings,
    ignored: Vec<Problem>,
    is_shut: bool,
    effect: Effect,
}

impl Editor {
    /// Writes into this store, below these files and variables. `layered` is what holds now.
    #[must_use]
    pub fn new(
        vault: Vault,
        trail: Trail,
        clock: Clock,
        (outside, layered): (Outside, &Layered),
        effect: Effect,
    ) -> Self {
        Self {
            vault,
            trail,
            clock,
            outside,
            settings: layered.settings.clone(),
            ignored: layered.ignored.clone(),
            is_shut: layered.is_shut,
            effect,
        }
    }

    /// Everything together, as it holds now.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is saved and cannot be used.
    #[must_use]
    pub fn ignored(&self) -> &[Problem] {
        &self.ignored
    }

    /// Whether every door is shut because of it.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        self.is_shut
    }

    /// What is saved now.
    pub async fn saved(&self) -> Result<Saved, StoreError> {
        let saved: Option<Saved> = self.vault.get(&Key::settings()).await?;
        Ok(saved.unwrap_or_default())
    }

    /// The store, for what goes along with a form.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What files and variables say.
    #[must_use]
    pub fn outside(&self) -> &Outside {
        &self.outside
    }

    /// Whether these could be saved; every mistake counts, wherever a file hides it.
    pub fn judge(&self, saved: &Saved) -> Result<Loaded, Problems> {
        self.outside.judge(saved)
    }

    /// Whether these could be saved in place of those: also, no secret may go to another address than it was given for.
    pub fn judge_change(&self, before: &Saved, after: &Saved) -> Result<Loaded, Problems> {
        self.outside.judge_change(before, after)
    }

    /// The same of what comes of these edits, whose secrets may have been given for an address of another time.
    pub fn judge_edits(
        &self,
        (edits, given_for): (&[Edit], &GivenFor),
        before: &Saved,
        after: &Saved,
    ) -> Result<Loaded, Problems> {
        let loaded = self.judge_change(before, after)?;
        match given_for.problems(edits, before, after) {
            none if none.is_empty() => Ok(loaded),
            problems => Err(Problems(problems)),
        }
    }

    /// Saves these edits, which set no secret.
    pub async fn save(
        &self,
        edits: &[Edit],
        visit: &Visit,
        actor: &str,
        fits: impl Fn(&Settings) -> Result<(), Problems>,
    ) -> Result<String, SaveError> {
        let no_secret = GivenFor::default();
        self.save_given((edits, &no_secret), visit, actor, fits)
            .await
    }

    /// Saves these edits on top of whatever is saved by now, if `fits` finds nothing wrong with what comes of it, and waits until they are in effect. Returns
    /// the name of the change in the history. The trail knows of it first: no change may hold that it does not know of.
    pub async fn save_given(
        &self,
        (edits, given_for): (&[Edit], &GivenFor),
        visit: &Visit,
        actor: &str,
        fits: impl Fn(&Settings) -> Result<(), Problems>,
    ) -> Result<String, SaveError> {
        let lock = self
            .vault
            .lock(&Key::settings_lock(), LOCK_LIFE, PATIENCE)
            .await?
            .ok_or_else(busy)?;
        let stored = self.vault.get_versioned(&Key::settings()).await?;
        let (before, version) = stored.map_or((Saved::default(), None), |(saved, version)| {
            (saved, Some(version))
        });
        let after = before.edited(edits)?;
        let judged = self.judge_edits((edits, given_for), &before, &after)?;
        fits(&judged.settings)?;
        self.record(edits, visit, actor).await?;
        let key = Key::settings();
        let written = match version {
            Some(version) => self.vault.replace(&key, &version, &after, None).await?,
            None => self.vault.put_if_absent(&key, &after, None).await?,
        };
        if !written {
            return Err(busy().into()); // by a command, which takes no lock
        }
        let entry = Entry {
            at: self.clock.now(),
            actor: actor.to_owned(),
            edits: edits.to_vec(),
            went_to: GivenFor::of(edits, &before),
        };
        let name = remember(&self.vault, &entry).await?;
        drop(lock);
        self.effect.wait_for(&after).await;
        Ok(name)
    }

    /// Into the trail, a link's as its own event.
    async fn record(&self, edits: &[Edit], visit: &Visit, actor: &str) -> Result<(), StoreError> {
        let changes: Vec<Change> = edits.iter().map(Edit::change).collect();
        let event = match only_link(edits) {
            Some(link) => visit.event(EventName::LinkChanged).link(link),
            None => visit.event(EventName::SettingsChanged),
        };
        let changes = serde_json::to_value(recorded(&changes)).unwrap_or_default();
        self.trail.record(event.actor(actor).changes(changes)).await
    }
}

fn busy() -> StoreError {
    StoreError::Unavailable("somebody else saves settings at this moment".to_owned())
}

/// The one link that all edits are about, if it is so.
fn only_link(edits: &[Edit]) -> Option<&str> {
    let (first, slug) = edits.first()?.place();
    let same = |edit: &Edit| edit.place() == ("link", slug);
    (first == "link" && edits.iter().all(same)).then_some(slug)
}
