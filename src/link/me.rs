//! `/me`: what the help desk knows of the person who asks, and the button that ends all their sessions.

use std::sync::Arc;

use rocket::form::Form;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};

use crate::admin::Administrators;
use crate::admission::Admission;
use crate::audit::{EventName, Trail};
use crate::identity::Identity;
use crate::login::logout::{leave, leave_only};
use crate::login::recheck::hand_back;
use crate::login::{Cookies, Current, Login, ReturnTo, start};
use crate::session::{Session, Sessions, Visitor};
use crate::store::StoreError;
use crate::web::pages::{MePage, SessionLine};
use crate::web::{CsrfToken, Key, Layout, LoginRate, Refusal, Room, SameOrigin, Visit};

use super::catalogue_keeper::CatalogueKeeper;
use super::home::{person, portals};

/// The page, or the login in front of it.
#[derive(Responder)]
enum Me {
    Page(Box<MePage>),
    Login(Box<Redirect>),
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[get("/me")]
async fn me(
    uri: &Origin<'_>,
    layout: Layout,
    visit: Visit,
    current: Current<'_>,
    cookies: Cookies<'_>,
    login: &Room<Login>,
    rate: &Room<LoginRate>,
    sessions: &Room<Sessions>,
    links: &Room<Arc<CatalogueKeeper>>,
    admission: &Room<Admission>,
    administrators: &Room<Administrators>,
) -> Result<Me, Refusal> {
    let Some(session) = current.session()? else {
        let to = uri.to_string().parse().unwrap_or_else(|_| ReturnTo::home());
        return start::go_anywhere(&current, to, login, &visit, rate, &cookies)
            .await
            .map(|redirect| Me::Login(Box::new(redirect)));
    };
    let identity = &session.data.identity;
    let provider = login
        .providers()
        .get(&identity.provider)
        .map_or(identity.provider.as_str(), |one| &one.settings().label);
    Ok(Me::Page(Box::new(MePage {
        layout: layout
            .signed_in()
            .with_desk(administrators.include(identity)),
        csrf: CsrfToken::of_session(session.id().secret())
            .as_str()
            .to_owned(),
        person: person(identity),
        provider: provider.to_owned(),
        attributes: attributes(identity),
        groups: identity
            .groups
            .iter()
            .map(|group| group.name.clone())
            .collect(),
        organizations: organizations(session, admission).await?,
        portals: portals(identity, &links.current(), admission, visit.client),
        sessions: open_sessions(sessions, session).await?,
    })))
}

fn attributes(identity: &Identity) -> Vec<(Key, String)> {
    let all = [
        (Key("me-first-name"), identity.first_name.clone()),
        (Key("me-last-name"), identity.last_name.clone()),
        (Key("me-username"), identity.username.clone()),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// As the last admission in this session left them; before the first one, as the customer's record has them.
async fn organizations(session: &Session, admission: &Admission) -> Result<Vec<String>, Refusal> {
    let recorded;
    let customer = if let Some((customer, _)) = &session.data.customer {
        Some(customer)
    } else {
        let known = admission.known(&session.data.identity).await;
        recorded = known?.ok().flatten();
        recorded.as_ref()
    };
    Ok(customer
        .map(|customer| customer.joined().map(str::to_owned).collect())
        .unwrap_or_default())
}

async fn open_sessions(
    sessions: &Sessions,
    session: &Session,
) -> Result<Vec<SessionLine>, StoreError> {
    let all = sessions.all_of(session).await?;
    let line = |(open, this_one): (crate::session::OpenSession, bool)| SessionLine {
        started: open.started,
        last_seen: this_one.then_some(session.data.last_seen),
        this_one,
    };
    Ok(all.into_iter().map(line).collect())
}

/// The button's form.
#[derive(FromForm)]
struct Everywhere<'r> {
    csrf: &'r str,
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[post("/me/sign-out-everywhere", data = "<form>")]
async fn everywhere(
    _ours: SameOrigin,
    form: Form<Everywhere<'_>>,
    visit: Visit,
    visitor: Visitor<'_>,
    cookies: Cookies<'_>,
    sessions: &Room<Sessions>,
    login: &Room<Login>,
    trail: &Room<Trail>,
) -> Result<Redirect, Refusal> {
    // The second of two clicks finds no session, and must not keep the browser from the provider's logout.
    let Some(session) = visitor.session()? else {
        return Ok(leave_only(login));
    };
    CsrfToken::of_session(session.id().secret())
        .check(form.csrf)
        .map_err(|stale| stale.page_again("/me"))?;
    let identity = &session.data.identity;
    let ended = sessions.end_everywhere(identity).await?;
    let changes = serde_json::json!({ "sessions": ended });
    let event = visit
        .event(EventName::SessionEnded)
        .identity(identity)
        .changes(changes);
    trail.record(event).await?;
    if let Some(grounds) = &session.data.grounds {
        hand_back(
            login.providers(),
            &identity.provider,
            grounds.renewal.clone(),
        );
    }
    cookies.drop_session();
    Ok(leave(login, &identity.provider))
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![me, everywhere]
}
