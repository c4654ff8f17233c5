//! Deleting a service provider: asked first, with what that means.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::settings::Slug;
use crate::settings::saml::ServiceProviderKind;
use crate::web::{Layout, Refusal, Room};

use super::find;

#[derive(Template, WebTemplate)]
#[template(path = "admin/service_provider_delete.html")]
struct DeletePage {
    layout: Frame,
    name: String,
    /// Whether customers reach the portal by it.
    is_portal: bool,
    /// What sets it, when that is not the desk: then it cannot be deleted here.
    locked: Option<String>,
}

#[get("/admin/service-providers/<name>/delete")]
fn ask(
    name: Slug,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<DeletePage, Refusal> {
    let known = find(&name, editor)?;
    let key = format!("saml.service_provider.{name}");
    Ok(DeletePage {
        layout: Frame::new(&administrator, layout, Place::ServiceProviders),
        is_portal: known.kind == ServiceProviderKind::PortalOnly,
        locked: editor.outside().locked(&key).map(|locked| locked.by),
        name: name.to_string(),
    })
}

#[post("/admin/service-providers/<name>/delete", data = "<_posted>")]
async fn delete(
    name: Slug,
    _administrator: Administrator<'_>,
    _posted: Posted,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    find(&name, editor)?;
    let saved = editor.saved().await?;
    let path = ["saml", "service_provider", name.as_str()];
    let after = saved.clone().with_value(&path, None);
    let from = "/admin/service-providers";
    let review = editor.review(&saved, &after, from).await?;
    Ok(review.unwrap_or_else(|| Redirect::to(format!("{from}/{name}"))))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, delete]
}
