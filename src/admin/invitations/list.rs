//! The list: what is open, and what has ended in the last 30 days.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, routes};

use crate::admin::{Administrator, Frame, Place};
use crate::admission::invitations::{Invitation, all};
use crate::web::{Layout, Refusal};

use super::{Line, Rooms, link_of};

/// How many of each are shown at once; a search narrows them down.
const SHOWN: usize = 200;

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/invitations/list.html")]
struct ListPage {
    layout: Frame,
    /// What was searched for; empty: all.
    text: String,
    pending: Vec<Line>,
    ended: Vec<Line>,
    /// How many there are of each.
    counts: (usize, usize),
}

#[get("/admin/invitations?<q>")]
async fn list(
    administrator: Administrator<'_>,
    q: Option<&str>,
    layout: Layout,
    rooms: Rooms<'_>,
) -> Result<ListPage, Refusal> {
    let text = q.unwrap_or_default().trim().to_owned();
    let mut found = all(rooms.vault).await?;
    let part = text.to_lowercase();
    found.retain(|one| one.email.as_str().contains(&part));
    let now = rooms.now();
    let (pending, ended): (Vec<_>, Vec<_>) = found.iter().partition(|one| one.is_pending(now));
    let catalogue = rooms.links.current();
    let line = |one: &&Invitation| Line::of(one, link_of(one, &catalogue), rooms.vault, now);
    let shown = |all: &[&Invitation]| all.iter().take(SHOWN).map(line).collect();
    Ok(ListPage {
        layout: Frame::new(&administrator, layout, Place::Invitations),
        text,
        counts: (pending.len(), ended.len()),
        pending: shown(&pending),
        ended: shown(&ended),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![list]
}
