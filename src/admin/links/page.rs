//! `/admin/links/<slug>`: one link, all that is to know of it, and the form over its settings.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};
use url::form_urlencoded::byte_serialize;

use crate::admin::closed::Closed;
use crate::admin::form::{Form, SettingsForm, Taken, Way};
use crate::admin::{Administrator, Answer, Frame, Place, Posted};
use crate::link::{Catalogue, Link};
use crate::settings::{Outside, Problem, Saved};
use crate::web::{Layout, Reason, Refusal};

use super::address_of;
use super::edit::{aliases, finished, has_table, taken_by, with_table};
use super::fields::SECTIONS;
use super::line::Line;
use super::mail::Mail;
use super::pilot::Pilot;
use super::rename::Renaming;
use super::rooms::{LinkRooms, found};
use super::warnings::warnings;

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/link.html")]
pub(super) struct LinkPage {
    layout: Frame,
    line: Line,
    /// Other names that lead here.
    aliases: Vec<String>,
    warnings: Vec<String>,
    /// Why every link is closed, when it is.
    closed: Option<Closed>,
    form: Form,
    action: String,
    button: &'static str,
    renaming: Renaming,
    /// Whether something is saved that can be taken away.
    has_table: bool,
    /// Whom it would have refused, when it is a pilot.
    pilot: Option<Pilot>,
    /// Whether first visits wait for approval, and how many do; `None`: neither.
    approvals: Option<(bool, usize)>,
    mail: Mail,
}

/// The form over the settings of a link.
pub(in crate::admin) fn settings_form(link: &Link) -> SettingsForm {
    SettingsForm {
        prefix: format!("link.{}", link.slug),
        sections: SECTIONS,
    }
}

/// What the form shows: a link without a table is on or off all the same.
pub(in crate::admin) fn with_what_holds(saved: &Saved, link: &Link, outside: &Outside) -> Saved {
    with_table(saved.clone(), link, outside)
}

impl LinkPage {
    pub(super) async fn of(
        administrator: &Administrator<'_>,
        layout: Layout,
        rooms: LinkRooms<'_>,
        link: &Link,
        form: Form,
        renaming: Renaming,
    ) -> Result<Self, Refusal> {
        rooms.count().await?;
        let catalogue = rooms.catalogue();
        let saved = rooms.editor.saved().await?;
        let shown = Line::of(link, &catalogue, rooms);
        let pilot = if link.enforce {
            None
        } else {
            Some(Pilot::of(link, rooms).await?)
        };
        Ok(Self {
            layout: Frame::new(administrator, layout, Place::Links),
            mail: Mail::of(&shown.name, &shown.address)
                .map_err(|error| Refusal::new(Reason::Internal).because(error))?,
            aliases: link.aliases.iter().map(ToString::to_string).collect(),
            warnings: warnings(link, &catalogue, &saved, rooms.editor.outside()),
            closed: Closed::of(rooms.editor),
            action: address_of(&link.slug),
            button: "Review the change",
            has_table: has_table(&saved, &link.slug),
            form,
            renaming,
            pilot,
            approvals: approvals(link, rooms).await?,
            line: shown,
        })
    }
}

async fn approvals(link: &Link, rooms: LinkRooms<'_>) -> Result<Option<(bool, usize)>, Refusal> {
    let Some(desk) = &link.service_desk else {
        return Ok(None);
    };
    let waiting = rooms.customers.waiting_at(&desk.id).await?;
    Ok((link.approval || waiting > 0).then_some((link.approval, waiting)))
}

#[get("/admin/links/<slug>?<name>&<way..>")]
async fn show(
    slug: &str,
    name: Option<&str>,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<Answer<LinkPage>, Refusal> {
    let catalogue = rooms.catalogue();
    let link = found(&catalogue, slug)?;
    if link.slug.as_str() != slug {
        return Ok(Answer::on(Redirect::to(to_own_name(link, &way))));
    }
    let (editor, outside) = (rooms.editor, rooms.editor.outside());
    let saved = editor.saved().await?;
    let view = |seen: &Saved| {
        // A draft that takes the whole table away says nothing about the fields.
        let takes_away = has_table(&saved, &link.slug) && !has_table(seen, &link.slug);
        with_what_holds(if takes_away { &saved } else { seen }, link, outside)
    };
    let form = settings_form(link);
    let form = form.show_as(editor, &way, &administrator, view).await?;
    let renaming = Renaming::of(link, outside, name);
    let page = LinkPage::of(&administrator, layout, rooms, link, form, renaming).await?;
    Ok(Answer::page(page))
}

/// The page of a link that was asked for by another of its names.
fn to_own_name(link: &Link, way: &Way) -> String {
    let own = address_of(&link.slug);
    match way.claimed() {
        Some(change) => {
            let change: String = byte_serialize(change.as_bytes()).collect();
            format!("{own}?saved={change}")
        }
        None => own,
    }
}

#[post("/admin/links/<slug>", data = "<posted>")]
async fn change(
    slug: &str,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<Answer<LinkPage>, Refusal> {
    let catalogue = rooms.catalogue();
    let link = found(&catalogue, slug)?;
    let (editor, outside) = (rooms.editor, rooms.editor.outside());
    let saved = editor.saved().await?;
    let view = |saved: &Saved| with_what_holds(saved, link, outside);
    let finish = |typed| whole(&saved, typed, link, &catalogue, outside);
    let taken = settings_form(link)
        .take_unless(editor, &posted, &address_of(&link.slug), view, finish)
        .await?;
    let form = match taken {
        Taken::On(redirect) => return Ok(Answer::on(redirect)),
        Taken::Again(form) => form,
    };
    let (renaming, status) = (Renaming::of(link, outside, None), form.status());
    let page = LinkPage::of(&administrator, layout, rooms, link, form, renaming).await?;
    Ok(Answer::again(status, page))
}

/// What was typed into the form of a link, made whole, and what is wrong with it that the settings do not know.
pub(in crate::admin) fn whole(
    before: &Saved,
    typed: Saved,
    link: &Link,
    catalogue: &Catalogue,
    outside: &Outside,
) -> (Saved, Vec<Problem>) {
    let after = finished(before, typed, link, outside);
    let clashes = clashes(link, catalogue, &after, outside);
    (after, clashes)
}

/// Aliases that are somebody else's. The settings alone do not know the links that no table names.
fn clashes(link: &Link, catalogue: &Catalogue, after: &Saved, outside: &Outside) -> Vec<Problem> {
    let clash = |alias| {
        let owner = taken_by(catalogue, &alias, link, after, outside)?;
        Some(Problem {
            key: format!("link.{}.aliases", link.slug),
            origin: "what was typed".to_owned(),
            message: format!("holds {alias}, which leads to {owner} already"),
        })
    };
    aliases(after, link).into_iter().filter_map(clash).collect()
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, change]
}
