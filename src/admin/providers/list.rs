//! The list of providers, and which kinds can be added.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, routes};

use crate::admin::change::Editor;
use crate::admin::form::Way;
use crate::admin::{Administrator, Frame, Place};
use crate::login::Login;
use crate::settings::ProviderSettings;
use crate::web::{Layout, Refusal, Room};

use super::kinds::{KINDS, ProviderKind};

#[derive(Template, WebTemplate)]
#[template(path = "admin/providers.html")]
struct ProvidersPage {
    layout: Frame,
    lines: Vec<Line>,
    kinds: &'static [ProviderKind],
    saved: Option<String>,
}

struct Line {
    name: String,
    label: String,
    issuer: String,
    is_on: bool,
    /// How it does, in words.
    state: String,
    is_well: bool,
    /// What sets it, when that is not the desk.
    locked: Option<String>,
}

#[get("/admin/providers?<way..>")]
async fn list(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    login: &Room<Login>,
    editor: &Room<Editor>,
) -> Result<ProvidersPage, Refusal> {
    let line = |settings: &ProviderSettings| line(settings, login, editor);
    Ok(ProvidersPage {
        layout: Frame::new(&administrator, layout, Place::Providers),
        lines: editor.settings().providers.values().map(line).collect(),
        kinds: &KINDS,
        saved: way.saved(editor, &administrator).await?,
    })
}

fn line(settings: &ProviderSettings, login: &Login, editor: &Editor) -> Line {
    let name = settings.name.to_string();
    let status = login.providers().get(&settings.name).map(|it| it.status());
    let failing = status.as_ref().and_then(|status| status.failing.as_ref());
    let discovered = status.as_ref().is_some_and(|it| it.discovered.is_some());
    let state = match (settings.enabled, failing, discovered) {
        (false, ..) => "switched off".to_owned(),
        (true, Some(failing), _) => format!("does not answer: {}", failing.why),
        (true, None, true) => "answers".to_owned(),
        (true, None, false) => "not asked yet".to_owned(),
    };
    Line {
        label: settings.label.clone(),
        issuer: settings.issuer.clone(),
        is_on: settings.enabled,
        is_well: failing.is_none(),
        locked: editor
            .outside()
            .locked(&format!("provider.{name}"))
            .map(|locked| locked.by),
        state,
        name,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![list]
}
