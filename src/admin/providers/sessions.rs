//! Ending the sessions of one provider's people, who would otherwise stay when it is switched off, deleted, or made another under the same name.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::notice::Notices;
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::audit::{EventName, Trail};
use crate::session::Sessions;
use crate::settings::ProviderName;
use crate::web::{Layout, Refusal, Room, Visit};

use super::edit::is_there;

#[derive(Template, WebTemplate)]
#[template(path = "admin/provider_sessions.html")]
struct SessionsPage {
    layout: Frame,
    name: ProviderName,
    is_done: bool,
}

#[get("/admin/providers/<name>/sessions?<done>")]
fn ask(
    name: ProviderName,
    done: Option<&str>,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    notices: &State<Notices>,
) -> Result<SessionsPage, Refusal> {
    is_there(&name, editor)?;
    Ok(SessionsPage {
        layout: Frame::new(&administrator, layout, Place::Providers),
        is_done: notices.told(&administrator, &path(&name), done).is_some(),
        name,
    })
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[post("/admin/providers/<name>/sessions", data = "<_posted>")]
async fn end(
    name: ProviderName,
    administrator: Administrator<'_>,
    _posted: Posted,
    visit: Visit,
    editor: &Room<Editor>,
    sessions: &Room<Sessions>,
    trail: &Room<Trail>,
    notices: &State<Notices>,
) -> Result<Redirect, Refusal> {
    is_there(&name, editor)?;
    let ended = sessions.end_all_at(&name).await?;
    if ended > 0 {
        let event = visit.event(EventName::SessionEnded);
        let event = event
            .actor(&administrator.actor())
            .provider(name.as_str())
            .changes(serde_json::json!({ "sessions": ended }));
        trail.record(event).await?;
    }
    let on = notices.telling(&administrator, &path(&name), "ended");
    Ok(Redirect::to(on))
}

fn path(name: &ProviderName) -> String {
    format!("/admin/providers/{name}/sessions")
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, end]
}
