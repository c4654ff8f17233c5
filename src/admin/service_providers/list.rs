//! The list of service providers, and which kinds can be added.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, routes};

use crate::admin::change::Editor;
use crate::admin::form::Way;
use crate::admin::{Administrator, Frame, Place};
use crate::settings::saml::{ServiceProviderKind, ServiceProviderSettings};
use crate::web::{Layout, Refusal};

use super::Ours;
use super::around::Around;
use super::kinds::{self, KINDS, SpKind};
use super::outcomes::Lately;

#[derive(Template, WebTemplate)]
#[template(path = "admin/service_providers.html")]
struct ListPage {
    layout: Frame,
    lines: Vec<Line>,
    ours: Ours,
    /// Those that can be added.
    kinds: Vec<&'static SpKind>,
    saved: Option<String>,
}

struct Line {
    name: String,
    kind: &'static str,
    entity_id: String,
    acs_url: String,
    /// Who may have an assertion, in words.
    who: String,
    is_nobody: bool,
    /// How many had one lately.
    lately: String,
    /// What sets it, when that is not the desk.
    locked: Option<String>,
}

#[get("/admin/service-providers?<way..>")]
async fn list(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<ListPage, Refusal> {
    let lately = Lately::of(around.trail, around.clock.now()).await?;
    let known = &around.editor.settings().saml.service_providers;
    let line = |settings: &ServiceProviderSettings| line(settings, &lately, around.editor);
    let is_portal = |one: &ServiceProviderSettings| one.kind == ServiceProviderKind::PortalOnly;
    let has_portal = known.values().any(is_portal);
    let may_add = |kind: &&'static SpKind| !(has_portal && kind.word == KINDS[0].word);
    Ok(ListPage {
        layout: Frame::new(&administrator, layout, Place::ServiceProviders),
        lines: known.values().map(line).collect(),
        ours: around.ours().await?,
        kinds: KINDS.iter().filter(may_add).collect(),
        saved: way.saved(around.editor, &administrator).await?,
    })
}

fn line(settings: &ServiceProviderSettings, lately: &Lately, editor: &Editor) -> Line {
    let key = format!("saml.service_provider.{}", settings.name);
    let who = who(settings);
    Line {
        kind: kinds::of(settings.kind).label,
        entity_id: settings.entity_id.clone(),
        acs_url: settings.acs_url.clone(),
        is_nobody: who.is_none(),
        who: who.unwrap_or_else(|| "nobody: name providers, groups or domains".to_owned()),
        lately: lately.words(&settings.name),
        locked: editor.outside().locked(&key).map(|locked| locked.by),
        name: settings.name.clone(),
    }
}

/// Who may have an assertion; `None`: nobody.
fn who(settings: &ServiceProviderSettings) -> Option<String> {
    let part = |before: &str, all: Vec<String>| {
        (!all.is_empty()).then(|| format!("{before} {}", all.join(" or ")))
    };
    let providers = settings.providers.iter().map(ToString::to_string);
    let groups = settings.groups.iter();
    let groups = groups.map(|group| format!("{}:{}", group.provider, group.name));
    let domains = settings.domains.iter().map(ToString::to_string);
    let parts: Vec<String> = [
        part("who log in at", providers.collect()),
        part("in the group", groups.collect()),
        part("with an address at", domains.collect()),
    ]
    .into_iter()
    .flatten()
    .collect();
    match (settings.kind, parts.is_empty()) {
        (ServiceProviderKind::PortalOnly, true) => Some("everybody whom a link lets in".to_owned()),
        (ServiceProviderKind::PortalOnly, false) => Some(format!(
            "those whom a link lets in, {}",
            parts.join(", and ")
        )),
        (_, true) => None,
        (_, false) => Some(format!("those {}", parts.join(", and "))),
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![list]
}
