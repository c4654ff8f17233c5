//! `/admin/preview`: what would become of somebody with these claims, link by link? The very functions that a real visit goes through, and nothing is
//! created or recorded.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::admission::Admission;
use crate::admission::plan::{Destination, Step};
use crate::identity::{Claims, Identity, VerifiedClaims, map};
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::follow::rules;
use crate::link::{Link, LinkState};
use crate::login::{Login, mapping_refusal};
use crate::provider::Provider;
use crate::web::{Layout, Reason, Refusal, Room};

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

/// What the claims lead to.
enum Outcome {
    /// Nobody is signed in.
    Refused { reason: &'static str, why: String },
    /// They are signed in as this, and get so far.
    SignedIn {
        identity: Vec<(&'static str, String)>,
        links: Vec<LinkOutcome>,
    },
}

/// What becomes of them at one link.
struct LinkOutcome {
    name: String,
    verdict: String,
    steps: Vec<String>,
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

async fn outcome(
    provider: &Provider,
    claims: VerifiedClaims,
    login: &Login,
    admission: &Admission,
    links: &CatalogueKeeper,
) -> Result<Outcome, Refusal> {
    let identity = match map(login.mapping(), provider.settings(), claims) {
        Ok(identity) => identity,
        Err(error) => {
            let refusal = mapping_refusal(&error);
            return Ok(Outcome::Refused {
                reason: refusal.reason().name(),
                why: error.to_string(),
            });
        }
    };
    let unavailable = |error| Refusal::new(Reason::StoreUnavailable).because(error);
    let blocked = admission.is_blocked(&identity).await;
    if blocked.map_err(unavailable)? {
        return Ok(Outcome::Refused {
            reason: Reason::Blocked.name(),
            why: "blocked by an administrator".to_owned(),
        });
    }
    let known = admission.known(&identity).await.map_err(unavailable)?;
    let known = match known {
        Ok(known) => known,
        Err(conflict) => {
            return Ok(Outcome::Refused {
                reason: Reason::IdentityConflict.name(),
                why: conflict.to_string(),
            });
        }
    };
    let catalogue = links.current();
    let on = |link: &&Link| link.state == LinkState::On;
    let at = |link: &Link| LinkOutcome {
        name: format!("/p/{}", link.slug),
        verdict: verdict(admission, &identity, link),
        steps: link
            .open()
            .map(|desk| {
                let destination = Destination::ServiceDesk {
                    id: desk.id.clone(),
                };
                let plan = admission.plan(&identity, &destination, known.as_ref());
                plan.steps
                    .iter()
                    .map(|step| in_words(step, &desk.name))
                    .collect()
            })
            .unwrap_or_default(),
    };
    Ok(Outcome::SignedIn {
        links: catalogue.links().iter().filter(on).map(at).collect(),
        identity: facts(&identity),
    })
}

fn verdict(admission: &Admission, identity: &Identity, link: &Link) -> String {
    let verdict = admission.verdict(identity, &rules(link));
    match verdict.objection {
        None => "let in".to_owned(),
        Some(why) if verdict.enforced => format!("refused ({}): {why}", why.reason().name()),
        Some(why) => format!(
            "let in, since the link is a pilot; otherwise refused ({}): {why}",
            why.reason().name()
        ),
    }
}

fn facts(identity: &Identity) -> Vec<(&'static str, String)> {
    let groups: Vec<&str> = identity
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    vec![
        ("E-mail address", identity.email.to_string()),
        ("Display name", identity.display_name.clone()),
        ("First name", text(&identity.first_name)),
        ("Last name", text(&identity.last_name)),
        ("User name", text(&identity.username)),
        (
            "Groups",
            if groups.is_empty() {
                "none".to_owned()
            } else {
                groups.join(", ")
            },
        ),
    ]
}

fn in_words(step: &Step, service_desk: &str) -> String {
    match step {
        Step::BecomeCustomer { create: true } => {
            "find the customer of this address at Jira, or create it".to_owned()
        }
        Step::BecomeCustomer { create: false } => {
            "find the customer of this address at Jira; none is created (access.create_customers)"
                .to_owned()
        }
        Step::JoinServiceDesk { .. } => format!("add the customer to {service_desk}"),
        Step::JoinOrganization(one) if one.create => {
            format!(
                "add the customer to the organization {}, made if need be",
                one.name
            )
        }
        Step::JoinOrganization(one) => format!("add the customer to the organization {}", one.name),
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![form, preview]
}
