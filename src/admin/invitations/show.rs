//! `/admin/invitations/<id>`: one invitation; `/admin/invitations/made/<reference>`: those that were made together. Both have the mail to send, and can
//! have Jira send its own.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admin::{Administrator, Frame, Place, Posted};
use crate::admission::invitations::{Invitation, InvitationId, JiraMail, all, find, withdraw};
use crate::link::Catalogue;
use crate::web::{Layout, Reason, Refusal, Visit};

use super::mail::{Text, texts};
use super::{Line, Rooms, address, address_of_all, link_of, none, send};

/// One invitation.
#[derive(Template, WebTemplate)]
#[template(path = "admin/invitations/show.html")]
struct ShowPage {
    layout: Frame,
    line: Line,
    /// What to send; none when it has ended.
    mail: Vec<Text>,
    can_mail: bool,
    done: Option<&'static str>,
}

/// Those that were made together.
#[derive(Template, WebTemplate)]
#[template(path = "admin/invitations/made.html")]
struct MadePage {
    layout: Frame,
    address: String,
    lines: Vec<Line>,
    mail: Vec<Text>,
    /// For how many Jira was to send a mail and did not.
    unsent: usize,
    done: Option<&'static str>,
}

#[get("/admin/invitations/<id>?<done>")]
async fn show(
    administrator: Administrator<'_>,
    id: InvitationId,
    done: Option<&str>,
    layout: Layout,
    rooms: Rooms<'_>,
) -> Result<ShowPage, Refusal> {
    let found = find(rooms.vault, &id).await?;
    let one = found.ok_or_else(none)?;
    let catalogue = rooms.links.current();
    let line = rooms.line(&one, &catalogue).await?;
    let done = rooms.notices.told(&administrator, &line.address, done);
    Ok(ShowPage {
        mail: mail(rooms, &one, &catalogue)?,
        can_mail: rooms.account.0.is_some(),
        done: done.and_then(said),
        layout: Frame::new(&administrator, layout, Place::Invitations),
        line,
    })
}

#[get("/admin/invitations/made/<reference>?<done>")]
async fn show_all(
    administrator: Administrator<'_>,
    reference: &str,
    done: Option<&str>,
    layout: Layout,
    rooms: Rooms<'_>,
) -> Result<MadePage, Refusal> {
    let made = together(rooms, reference).await?;
    let catalogue = rooms.links.current();
    let mut lines = Vec::with_capacity(made.len());
    for one in &made {
        lines.push(rooms.line(one, &catalogue).await?);
    }
    let pending = made.iter().find(|one| one.is_pending(rooms.now()));
    let address = address_of_all(reference);
    let done = rooms.notices.told(&administrator, &address, done);
    Ok(MadePage {
        mail: match pending {
            Some(one) => mail(rooms, one, &catalogue)?,
            None => Vec::new(),
        },
        unsent: unsent(rooms, &made).count(),
        done: done.and_then(said),
        layout: Frame::new(&administrator, layout, Place::Invitations),
        address,
        lines,
    })
}

/// Those that one request made; there is one at least.
async fn together(rooms: Rooms<'_>, reference: &str) -> Result<Vec<Invitation>, Refusal> {
    let mut made = all(rooms.vault).await?;
    made.retain(|one| one.reference == reference);
    if made.is_empty() {
        return Err(none());
    }
    Ok(made)
}

/// Those that Jira was to send a mail for, and did not.
fn unsent<'a>(rooms: Rooms<'_>, all: &'a [Invitation]) -> impl Iterator<Item = &'a Invitation> {
    let now = rooms.now();
    let is_due = |one: &&Invitation| matches!(one.mail, JiraMail::Due | JiraMail::Failed { .. });
    all.iter()
        .filter(is_due)
        .filter(move |one| one.is_pending(now))
}

/// What to send to whom it serves.
fn mail(rooms: Rooms<'_>, one: &Invitation, catalogue: &Catalogue) -> Result<Vec<Text>, Refusal> {
    let link = link_of(one, catalogue);
    let Some(link) = link.filter(|_| one.is_pending(rooms.now())) else {
        return Ok(Vec::new());
    };
    let texts = texts(link, rooms.public_url, one.expires);
    let texts = texts.map_err(|error| Refusal::new(Reason::Internal).because(error))?;
    Ok(texts.into())
}

#[post("/admin/invitations/<id>/mail", data = "<_posted>")]
async fn send_one(
    administrator: Administrator<'_>,
    _posted: Posted,
    id: InvitationId,
    rooms: Rooms<'_>,
) -> Result<Redirect, Refusal> {
    let found = find(rooms.vault, &id).await?;
    let one = found.ok_or_else(none)?;
    if one.is_pending(rooms.now()) {
        send::send(rooms, std::slice::from_ref(&one)).await?;
    }
    let page = address(&one, rooms.vault);
    Ok(Redirect::to(rooms.notices.telling(
        &administrator,
        &page,
        "asked",
    )))
}

#[post("/admin/invitations/made/<reference>/mail", data = "<_posted>")]
async fn send_all(
    administrator: Administrator<'_>,
    _posted: Posted,
    reference: &str,
    rooms: Rooms<'_>,
) -> Result<Redirect, Refusal> {
    let made = together(rooms, reference).await?;
    let unsent: Vec<Invitation> = unsent(rooms, &made).cloned().collect();
    send::send(rooms, &unsent).await?;
    let page = address_of_all(reference);
    Ok(Redirect::to(rooms.notices.telling(
        &administrator,
        &page,
        "asked",
    )))
}

#[post("/admin/invitations/<id>/withdraw", data = "<_posted>")]
async fn take_back(
    administrator: Administrator<'_>,
    _posted: Posted,
    id: InvitationId,
    visit: Visit,
    rooms: Rooms<'_>,
) -> Result<Redirect, Refusal> {
    let found = find(rooms.vault, &id).await?;
    let page = address(&found.ok_or_else(none)?, rooms.vault);
    let by = (administrator.actor(), visit.reference);
    let store = (&**rooms.vault, &**rooms.trail);
    let was = withdraw(store, &id, (&by.0, &by.1), rooms.now()).await?;
    let done = if was { "withdrawn" } else { "ended" };
    Ok(Redirect::to(rooms.notices.telling(
        &administrator,
        &page,
        done,
    )))
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "made" => Some("Invited. Nothing was sent by the front door: send them the link."),
        "asked" => Some("Jira was asked for its mail; below stands what came of it."),
        "withdrawn" => Some("The invitation is withdrawn: nobody comes in by it."),
        "ended" => Some("Nothing was changed: the invitation had ended already."),
        _ => None,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, show_all, send_one, send_all, take_back]
}
