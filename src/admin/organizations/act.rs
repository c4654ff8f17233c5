//! Moving a rule up, and deleting it: which is asked first, with what that means.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::web::{Layout, Refusal, Room};

use super::edit::may_change;
use super::rules::{ADDRESS, Rules};

#[derive(Template, WebTemplate)]
#[template(path = "admin/organization_delete.html")]
struct DeletePage {
    layout: Frame,
    /// The organization; empty when a claim names it.
    name: String,
    action: String,
}

#[get("/admin/organizations/<place>/delete?<was>")]
async fn ask(
    place: usize,
    was: &str,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<DeletePage, Refusal> {
    may_change(editor)?;
    let rules = Rules::of(&editor.saved().await?);
    let place = rules.find(place, was)?;
    let rule = rules.get(place).and_then(|rule| rule.get("name"));
    let name = rule.and_then(toml::Value::as_str).unwrap_or_default();
    Ok(DeletePage {
        layout: Frame::new(&administrator, layout, Place::Organizations),
        name: name.to_owned(),
        action: format!("{ADDRESS}/{place}/delete?was={}", rules.mark(place)),
    })
}

#[post("/admin/organizations/<place>/delete?<was>", data = "<_posted>")]
async fn delete(
    place: usize,
    was: &str,
    _administrator: Administrator<'_>,
    _posted: Posted,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    review(editor, place, was, Rules::remove).await
}

#[post("/admin/organizations/<place>/up?<was>", data = "<_posted>")]
async fn raise(
    place: usize,
    was: &str,
    _administrator: Administrator<'_>,
    _posted: Posted,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    review(editor, place, was, Rules::raise).await
}

/// On to the review of the rules after this.
async fn review(
    editor: &Editor,
    place: usize,
    was: &str,
    act: impl FnOnce(&mut Rules, usize),
) -> Result<Redirect, Refusal> {
    may_change(editor)?;
    let saved = editor.saved().await?;
    let mut rules = Rules::of(&saved);
    let place = rules.find(place, was)?;
    act(&mut rules, place);
    let after = rules.put(saved.clone());
    let review = editor.review(&saved, &after, ADDRESS).await?;
    Ok(review.unwrap_or_else(|| Redirect::to(ADDRESS)))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, delete, raise]
}
