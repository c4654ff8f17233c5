//! A change that was typed and not saved yet. It waits in the store, sealed, and not in the page: secrets that were typed are not sent back.

use std::time::Duration;

use rocket::response::Redirect;
use serde::{Deserialize, Serialize};

use crate::random;
use crate::settings::{Edit, GivenFor, Saved};
use crate::store::{Key, StoreError};

use super::Editor;

/// How long it waits.
const LIFE: Duration = Duration::from_hours(1);

/// The change, and the page where it was typed.
#[derive(Serialize, Deserialize)]
pub struct Draft {
    /// What would change.
    pub edits: Vec<Edit>,
    /// The addresses that its secrets were given for.
    #[serde(default)]
    pub given_for: GivenFor,
    /// Our own path of the page that it was typed at.
    pub from: String,
}

impl Draft {
    /// What would change, with the addresses that its secrets were given for.
    pub(super) fn change(&self) -> (&[Edit], &GivenFor) {
        (&self.edits, &self.given_for)
    }
}

impl Editor {
    /// Keeps the change as a draft for a while, and leads on to its review, which leads back to `from`. `None` when nothing would change.
    pub async fn review(
        &self,
        before: &Saved,
        after: &Saved,
        from: &str,
    ) -> Result<Option<Redirect>, StoreError> {
        let edits = before.edits_to(after);
        if edits.is_empty() {
            return Ok(None);
        }
        let draft = Draft {
            given_for: GivenFor::of(&edits, after),
            edits,
            from: from.to_owned(),
        };
        self.keep(&draft).await.map(Some)
    }

    /// Leads on to the review of this draft.
    pub(super) async fn keep(&self, draft: &Draft) -> Result<Redirect, StoreError> {
        let name = random::token::<16>();
        let key = Key::draft(&name);
        self.vault.put(&key, draft, Some(LIFE)).await?;
        Ok(Redirect::to(format!("/admin/changes/{name}")))
    }

    /// The draft of this name, unless its time is over.
    pub async fn drafted(&self, name: &str) -> Result<Option<Draft>, StoreError> {
        self.vault.get(&Key::draft(name)).await
    }

    pub(super) async fn drop_draft(&self, name: &str) -> Result<(), StoreError> {
        self.vault.remove(&Key::draft(name)).await?;
        Ok(())
    }
}
