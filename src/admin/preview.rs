//! `/admin/preview`: what would become of somebody with these claims, link by link? The very functions that a real visit goes through, and nothing is
//! created or recorded.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::identity::{Claims, Identity, VerifiedClaims};
use crate::login::Login;
use crate::provider::Provider;
use crate::web::{Layout, Refusal, Room};

use super::outcome::{Judges, Outcome, outcome};
use super::{Administrator, Frame, Place, Posted};

/// The page: the form, and below it what came of it.
#[derive(Template, WebTemplate)]
#[template(path = "admin/preview.html")]
struct PreviewPage {
    layout: Frame,
    /// Name and label of each provider, and whether it is chosen.
    providers: Vec<(String, String, bool)>,
    claims: String,
    /// What is wrong with the claims.
    problem: Option<String>,
    /// Whether the provider that was chosen is not there any more.
    is_gone: bool,
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
    judges: Judges<'_>,
) -> Result<PreviewPage, Refusal> {
    let frame = Frame::new(&administrator, layout, Place::Preview);
    let (chosen, claims) = (posted.get("provider"), posted.get("claims"));
    let login = judges.login;
    let mut page = page(frame, login, chosen, claims.to_owned());
    let name = chosen.parse().ok();
    let provider = name.and_then(|name| login.providers().get(&name));
    match (provider, read(claims)) {
        (Some(provider), Ok(claims)) => {
            page.outcome = Some(outcome(provider, claims, &judges).await?);
        }
        (Some(_), Err(mistake)) => page.problem = Some(mistake),
        // One that was taken away meanwhile; the form has those that there are.
        (None, _) => page.is_gone = !page.providers.is_empty(),
    }
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
        is_gone: false,
        outcome: None,
    }
}

/// The claims, or in words where the mistake is.
fn read(claims: &str) -> Result<VerifiedClaims, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(claims).map_err(|error| mistake(&error))?;
    let subject = object.get("sub").and_then(serde_json::Value::as_str);
    Ok(VerifiedClaims {
        subject: subject.unwrap_or("preview").to_owned(),
        claims: Claims::new(object).of_the_person(),
        auth_time: None,
    })
}

/// With line and column, and without anything of what was typed.
fn mistake(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let what = if error.is_data() {
        "another kind of value stands there"
    } else if error.is_eof() {
        "it ends too early there"
    } else {
        "it cannot be read from there on"
    };
    format!(
        "This is not a JSON object such as {{ \"email\": \"ada@acme.example\" }}: line {line}, column {column}: {what}."
    )
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![form, preview]
}
