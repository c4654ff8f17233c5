//! Deleting a provider: asked first, with what that means.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::settings::ProviderName;
use crate::web::{Layout, Refusal, Room};

use super::edit::is_there;

#[derive(Template, WebTemplate)]
#[template(path = "admin/provider_delete.html")]
struct DeletePage {
    layout: Frame,
    name: String,
    /// What sets it, when that is not the desk: then it cannot be deleted here.
    locked: Option<String>,
}

#[get("/admin/providers/<name>/delete")]
fn ask(
    name: ProviderName,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<DeletePage, Refusal> {
    is_there(&name, editor)?;
    Ok(DeletePage {
        layout: Frame::new(&administrator, layout, Place::Providers),
        locked: editor
            .outside()
            .locked(&format!("provider.{name}"))
            .map(|locked| locked.by),
        name: name.to_string(),
    })
}

#[post("/admin/providers/<name>/delete", data = "<_posted>")]
async fn delete(
    name: ProviderName,
    _administrator: Administrator<'_>,
    _posted: Posted,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    is_there(&name, editor)?;
    let saved = editor.saved().await?;
    let after = saved.clone().with_value(&["provider", name.as_str()], None);
    let review = editor.review(&saved, &after, "/admin/providers").await?;
    Ok(review.unwrap_or_else(|| Redirect::to(format!("/admin/providers/{name}"))))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, delete]
}
