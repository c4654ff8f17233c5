//! `/admin/preview`: what would become of somebody with these claims, link by link? The very functions that a real visit goes through, and nothing is
//! created or recorded.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::admission::Admission;
use crate::identity::{Claims, Identity, VerifiedClaims};
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::Login;
use crate::provider::Provider;
use crate::web::{Layout, Refusal, Room};

use super::outcome::{Outcome, outcome};
use super::{Administrator, Frame, Place, Posted};

/// The page: the form, and below it what came of it.
#[derive(Template, WebTemplate)]
#[template(path = "admin/preview.html")]
struct PreviewPage {
    layout: Frame,
    /// Name and label of each provider, and whether it is chosen.
    providers: Vec<(String, String, bool)>,
    claims: String,
    problem: Option<String>,
    outcome: Option<Outcome>,
}

#[get("/admin/preview")]
fn form(administrator: Administrator<'_>, layout: Layout, login: &Room<Login>) -> PreviewPage {
    let frame = Frame::new(&administrator, layout, Place::Preview);
    let identity = administrator.identity();
    let claims = identity.map_or_else(example, own_claims);
    let chosen = identity.map_or("", |identity| identity.provider.as_str());
    page(frame, login, chosen, claims)
}

/// The administrator's own.
fn own_claims(identity: &Identity) -> String {
    let mut own = serde_json::to_value(&identity.claims).unwrap_or_default();
    if let Some(claims) = own.as_object_mut() {
        // Without it the preview would take the administrator for somebody else with the same address.
        claims.insert("sub".to_owned(), identity.subject.clone().into());
    }
    serde_json::to_string_pretty(&own).unwrap_or_default()
}

/// Where nobody's own are at hand.
fn example() -> String {
    let example = serde_json::json!({ "email": "ada@acme.example", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace" });
    serde_json::to_string_pretty(&example).unwrap_or_default()
}

#[post("/admin/preview", data = "<posted>")]
async fn preview(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    login: &Room<Login>,
    admission: &Room<Admission>,
    links: &Room<Arc<CatalogueKeeper>>,
) -> Result<PreviewPage, Refusal> {
    let frame = Frame::new(&administrator, layout, Place::Preview);
    let (chosen, claims) = (posted.get("provider"), posted.get("claims"));
    let mut page = page(frame, login, chosen, claims.to_owned());
    let name = chosen.parse().ok();
    let provider = name.and_then(|name| login.providers().get(&name));
    let (Some(provider), Some(claims)) = (provider, read(claims)) else {
        page.problem = Some("This is not a JSON object such as { \"email\": \"ada@acme.example\" }. Mend it, or start from the example again.".to_owned());
        return Ok(page);
    };
    page.outcome = Some(outcome(provider, claims, login, admission, links).await?);
    Ok(page)
}

fn page(frame: Frame, login: &Login, chosen: &str, claims: String) -> PreviewPage {
    let choice = |provider: &Arc<Provider>| {
        let name = provider.name().to_string();
        let is_chosen = name == chosen;
        (name, provider.settings().label.clone(), is_chosen)
    };
    PreviewPage {
        layout: frame,
        providers: login.providers().iter().map(choice).collect(),
        claims,
        problem: None,
        outcome: None,
    }
}

fn read(claims: &str) -> Option<VerifiedClaims> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(claims).ok()?;
    let subject = object.get("sub").and_then(serde_json::Value::as_str);
    Some(VerifiedClaims {
        subject: subject.unwrap_or("preview").to_owned(),
        claims: Claims::new(object).of_the_person(),
        auth_time: None,
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![form, preview]
}
