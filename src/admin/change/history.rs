//! `/admin/changes`: what administrators changed, newest first, and the way to take one of them back.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use jiff::{SignedDuration, Timestamp};
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};

use crate::admin::form::Way;
use crate::admin::wording::{Thing, things};
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::random;
use crate::settings::{Edit, GivenFor};
use crate::store::{Key, Mark, StoreError, Vault};
use crate::web::pages::for_people;
use crate::web::{Layout, Reason, Refusal, Room};

use super::{Draft, Editor};

/// How long a change can be taken back from here. The audit trail keeps it longer, without its secrets.
const KEPT: Duration = Duration::from_hours(24 * 90);

/// The most changes that are kept: a logo among them is large, old and new.
const MOST_KEPT: usize = 500;

/// The most changes that are read for the page.
const MOST: usize = 100;

/// For how long a page says that a change was saved just now.
const NEWS: SignedDuration = SignedDuration::from_mins(5);

/// One change as it was saved.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) edits: Vec<Edit>,
    /// The addresses that the secrets went to which it took away or replaced. An older one does not say.
    #[serde(default)]
    pub(super) went_to: GivenFor,
}

/// Keeps a change for later, and names it.
pub(super) async fn remember(vault: &Vault, entry: &Entry) -> Result<String, StoreError> {
    let name = format!("{}-{}", entry.at.as_millisecond(), random::token::<6>());
    let history = Key::settings_history();
    vault.index_put(&history, &name, entry, Some(KEPT)).await?;
    vault.index_keep(&history, MOST_KEPT).await?;
    Ok(name)
}

#[derive(Template, WebTemplate)]
#[template(path = "admin/changes.html")]
struct ChangesPage {
    layout: Frame,
    lines: Vec<Line>,
    is_cut: bool,
    /// What was taken back just now.
    taken_back: Option<Vec<Thing>>,
}

struct Line {
    name: String,
    at: String,
    actor: String,
    things: Vec<Thing>,
}

impl Editor {
    /// The change that an address names as saved, if this administrator saved it just now: an address can say anything.
    pub async fn news(
        &self,
        change: Option<&str>,
        administrator: &Administrator<'_>,
    ) -> Result<Option<String>, Refusal> {
        let Some(change) = change else {
            return Ok(None);
        };
        let entry = self.remembered(change).await?;
        let is_news = entry.is_some_and(|entry| {
            let age = self.clock.now().duration_since(entry.at);
            entry.actor == administrator.actor() && age < NEWS
        });
        Ok(is_news.then(|| change.to_owned()))
    }

    async fn remembered(&self, change: &str) -> Result<Option<Entry>, StoreError> {
        let history = Key::settings_history();
        self.vault.index_get(&history, change).await
    }
}

#[get("/admin/changes?<way..>")]
async fn changes(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<ChangesPage, Refusal> {
    let history = Key::settings_history();
    let newest: Vec<(Mark, Entry)> = editor.vault.index_latest(&history, None, MOST).await?;
    let saved = editor.saved().await?;
    let shown = |entry: &Entry| things(&entry.edits, &saved, editor.outside());
    let line = |(mark, entry): &(Mark, Entry)| Line {
        name: mark.member.clone(),
        at: for_people(entry.at),
        actor: entry.actor.clone(),
        things: shown(entry),
    };
    // Only what is taken back leads here.
    let news = way.saved(editor, &administrator).await?;
    let news = newest
        .iter()
        .find(|(mark, _)| Some(&mark.member) == news.as_ref());
    Ok(ChangesPage {
        layout: Frame::new(&administrator, layout, Place::Changes),
        is_cut: newest.len() == MOST,
        taken_back: news.map(|(_, entry)| shown(entry)),
        lines: newest.iter().map(line).collect(),
    })
}

/// Makes a draft of the way back: it is shown before it is saved, as every change is. A secret comes back only for the address that it went to.
#[post("/admin/changes/undo", data = "<posted>")]
async fn undo(
    _administrator: Administrator<'_>,
    posted: Posted,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    let named = editor.remembered(posted.get("change")).await;
    let entry = named?.ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no such change")
            .own_path("See all changes", "/admin/changes")
    })?;
    let draft = Draft {
        edits: entry.edits.iter().map(Edit::reversed).collect(),
        given_for: entry.went_to,
        from: "/admin/changes".to_owned(),
    };
    Ok(editor.keep(&draft).await?)
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![changes, undo]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn no_more_than_the_newest_changes_are_kept() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
        let vault = Vault::in_folder(folder.path(), &clock).await;
        let mut names = Vec::new();
        for _ in 0..=MOST_KEPT {
            clock.advance(Duration::from_secs(1));
            let entry = Entry {
                at: clock.now(),
                actor: String::new(),
                edits: Vec::new(),
                went_to: GivenFor::default(),
            };
            names.push(remember(&vault, &entry).await.unwrap());
        }
        let kept = vault.index_list::<Entry>(&Key::settings_history()).await;
        let kept: Vec<String> = kept.unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(kept, names[1..]);
    }
}
