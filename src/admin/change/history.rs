//! `/admin/changes`: what administrators changed, newest first, and the way to take one of them back.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use jiff::Timestamp;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};

use crate::admin::{Administrator, Frame, Place, Posted};
use crate::random;
use crate::settings::{Change, Edit};
use crate::store::{Key, StoreError, Vault};
use crate::web::{Layout, Reason, Refusal, Room};

use super::{Draft, Editor};

/// How long a change can be taken back from here. The audit trail keeps it longer, without its secrets.
const KEPT: Duration = Duration::from_hours(24 * 90);

/// The most changes on one page.
const MOST: usize = 100;

/// One change as it was saved.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) edits: Vec<Edit>,
}

/// Keeps a change for later, and names it.
pub(super) async fn remember(vault: &Vault, entry: &Entry) -> Result<String, StoreError> {
    let name = format!("{}-{}", entry.at.as_millisecond(), random::token::<6>());
    vault
        .index_put(&Key::settings_history(), &name, entry, Some(KEPT))
        .await?;
    Ok(name)
}

#[derive(Template, WebTemplate)]
#[template(path = "admin/changes.html")]
struct ChangesPage {
    layout: Frame,
    lines: Vec<Line>,
    is_cut: bool,
}

struct Line {
    name: String,
    at: String,
    actor: String,
    changes: Vec<Change>,
}

impl Editor {
    async fn history(&self) -> Result<Vec<(String, Entry)>, StoreError> {
        let mut all = self.vault.index_list(&Key::settings_history()).await?;
        all.sort_by_key(|(_, entry): &(String, Entry)| std::cmp::Reverse(entry.at));
        Ok(all)
    }
}

#[get("/admin/changes")]
async fn changes(
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<ChangesPage, Refusal> {
    let all = editor.history().await.map_err(unavailable)?;
    let line = |(name, entry): &(String, Entry)| Line {
        name: name.clone(),
        at: entry.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        actor: entry.actor.clone(),
        changes: entry.edits.iter().map(Edit::change).collect(),
    };
    Ok(ChangesPage {
        layout: Frame::new(&administrator, layout, Place::Changes),
        is_cut: all.len() > MOST,
        lines: all.iter().take(MOST).map(line).collect(),
    })
}

/// Makes a draft of the way back: it is shown before it is saved, as every change is.
#[post("/admin/changes/undo", data = "<posted>")]
async fn undo(
    _administrator: Administrator<'_>,
    posted: Posted,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    let all = editor.history().await.map_err(unavailable)?;
    let named = all.iter().find(|(name, _)| name == posted.get("change"));
    let (_, entry) = named.ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no such change")
            .own_path("See all changes", "/admin/changes")
    })?;
    let draft = Draft {
        edits: entry.edits.iter().map(Edit::reversed).collect(),
        from: "/admin/changes".to_owned(),
    };
    let name = editor.keep(&draft).await.map_err(unavailable)?;
    Ok(Redirect::to(format!("/admin/changes/{name}")))
}

pub(super) fn unavailable(error: StoreError) -> Refusal {
    Refusal::new(Reason::StoreUnavailable).because(error)
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![changes, undo]
}
