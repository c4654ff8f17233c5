//! Another name for a link. Its old address goes on leading to it.

use rocket::response::Redirect;
use rocket::{Route, post, routes};

use crate::admin::{Administrator, Answer, Posted};
use crate::link::{Catalogue, Link};
use crate::settings::{Outside, Saved, Slug};
use crate::web::{Layout, Refusal};

use super::address_of;
use super::edit::{locked_by, renamed, taken_by};
use super::page::{LinkPage, settings_form, with_what_holds};
use super::rooms::{LinkRooms, found};

/// The little form.
pub(super) struct Renaming {
    /// The new name as it was typed.
    pub(super) name: String,
    pub(super) error: Option<String>,
    /// What keeps it from being renamed here.
    pub(super) locked: Option<String>,
}

impl Renaming {
    pub(super) fn of(link: &Link, outside: &Outside, name: Option<&str>) -> Self {
        Self {
            name: name.unwrap_or(link.slug.as_str()).to_owned(),
            error: None,
            locked: locked_by(outside, &link.slug, None),
        }
    }
}

#[post("/admin/links/<slug>/rename", data = "<posted>")]
async fn rename(
    slug: &str,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<Answer<LinkPage>, Refusal> {
    let catalogue = rooms.catalogue();
    let link = found(&catalogue, slug)?;
    let outside = rooms.editor.outside();
    let saved = rooms.editor.saved().await?;
    let typed = posted.get("name").trim();
    let error = match judged(typed, link, &catalogue, &saved, outside) {
        Err(error) => error,
        Ok(new) => {
            let after = renamed(saved.clone(), link, &new, outside);
            let back = format!("{}?name={new}", address_of(&link.slug));
            let review = rooms.editor.review(&saved, &after, &back).await?;
            let on = review.unwrap_or_else(|| Redirect::to(back));
            return Ok(Answer::on(on));
        }
    };
    let mut renaming = Renaming::of(link, outside, Some(typed));
    renaming.error = Some(error);
    let shown = with_what_holds(&saved, link, outside);
    let form = settings_form(link).of(&shown, rooms.editor);
    let page = LinkPage::of(&administrator, layout, rooms, link, form, renaming).await?;
    Ok(Answer::page(page))
}

/// The name, if the link can have it.
fn judged(
    typed: &str,
    link: &Link,
    catalogue: &Catalogue,
    saved: &Saved,
    outside: &Outside,
) -> Result<Slug, String> {
    if let Some(by) = locked_by(outside, &link.slug, None) {
        return Err(format!(
            "cannot be changed here: this link is set by {by}, so it is renamed there"
        ));
    }
    let new: Slug = typed
        .parse()
        .map_err(|error: crate::settings::names::BadName| error.to_string())?;
    if new == link.slug {
        return Err("is the one that it has".to_owned());
    }
    match taken_by(catalogue, &new, link, saved, outside) {
        Some(owner) => Err(format!("leads to {owner} already")),
        None => Ok(new),
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![rename]
}
