//! Step 1 once more: a provider of the wrong kind is taken away, after a question, for one of another kind.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, post, routes};
use toml::Value;

use crate::admin::change::Editor;
use crate::admin::form::NamedKind as _;
use crate::admin::providers::kinds::{KINDS, ProviderKind};
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Frame, Posted};
use crate::settings::{ProviderName, Saved, Settings};
use crate::web::{Refusal, Room, Visit};

/// Asks before a provider is taken away for one of another kind.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_start_over.html")]
pub(super) struct StartOverPage {
    layout: Frame,
    /// What the provider is called that is there.
    label: String,
    /// The kind that is wanted.
    kind: &'static ProviderKind,
    /// What sets the provider, when that is not the desk.
    locked: Option<String>,
}

impl StartOverPage {
    pub(super) fn new(
        layout: Frame,
        name: &ProviderName,
        kind: &'static ProviderKind,
        editor: &Editor,
    ) -> Self {
        let label = editor.settings().providers.get(name);
        let locked = editor.outside().locked(&format!("provider.{name}"));
        Self {
            layout,
            label: label.map_or_else(|| name.to_string(), |it| it.label.clone()),
            kind,
            locked: locked.map(|locked| locked.by),
        }
    }
}

/// Takes the provider away, with what was chosen for it alone, and begins anew with another kind.
#[post("/setup/provider/start-over?<kind>", data = "<_posted>")]
async fn start_over(
    kind: &str,
    holder: InSetup<'_>,
    _posted: Posted,
    visit: Visit,
    editor: &Room<Editor>,
) -> Result<Redirect, Refusal> {
    let kind = ProviderKind::of_word(kind).unwrap_or(&KINDS[0]);
    let next = format!("{}?kind={}", Step::Provider.address(), kind.name);
    let Some(name) = editor.settings().providers.keys().next() else {
        return Ok(Redirect::to(next));
    };
    let saved = editor.saved().await?;
    let after = saved.clone().with_value(&["provider", name.as_str()], None);
    let after = kind.with_groups(without_its_groups(after, name), editor.outside());
    let edits = saved.edits_to(&after);
    if !edits.is_empty() {
        let nothing_more = |_: &Settings| Ok(());
        let by = holder.actor();
        let done = editor.save(&edits, &visit, &by, nothing_more).await;
        done.map_err(|error| Refusal::from(error).own_path("Go back", Step::Provider.address()))?;
    }
    Ok(Redirect::to(next))
}

/// Administrators' groups that are named with their provider go with it.
fn without_its_groups(saved: Saved, name: &ProviderName) -> Saved {
    const GROUPS: [&str; 2] = ["admin", "groups"];
    let Some(Value::Array(groups)) = saved.value(&GROUPS).cloned() else {
        return saved;
    };
    let its = format!("{name}:");
    let is_its = |group: &Value| group.as_str().is_some_and(|group| group.starts_with(&its));
    let others: Vec<Value> = groups.into_iter().filter(|group| !is_its(group)).collect();
    let others = (!others.is_empty()).then_some(Value::Array(others));
    saved.with_value(&GROUPS, others)
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![start_over]
}
