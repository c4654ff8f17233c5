//! The site as SAML service provider: it asks, remembers what it asked, and judges what is posted back.

mod ask;
mod consume;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::portal;
use super::state::State;
use crate::html::{self, escape};
use crate::http::{Answer, Asked};
use crate::saml::{Assertion, IdentityProvider};
pub(super) use ask::ask;
use consume::consume;

/// The name of the service provider that signs portal-only customers in.
pub const PORTAL: &str = "portal";

/// How a service provider asks.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// A login by hand is demanded.
    pub force_authn: bool,
    /// No page may be shown on the way.
    pub is_passive: bool,
    /// What `RelayState` holds.
    pub relay_state: RelayState,
    /// How requests travel.
    pub binding: Binding,
    /// Another format of `NameID` is asked for.
    pub name_id_format: Option<String>,
    /// Responses that nobody asked for are taken.
    pub allow_unsolicited: bool,
}

/// What `RelayState` holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RelayState {
    /// Something random with characters that are easily damaged on the way.
    #[default]
    Opaque,
    /// The address that was first asked for.
    Destination,
    /// Exactly this.
    Exactly(String),
    /// It is not sent.
    Absent,
}

/// How requests travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Binding {
    /// In the address, deflated.
    #[default]
    Redirect,
    /// In a form that posts itself.
    Post,
}

/// One Response that was posted, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// To whom.
    pub service_provider: String,
    /// What was accepted, or why it was not. A good assertion about nobody whom the portal knows is refused too.
    pub outcome: Result<Assertion, String>,
    /// `RelayState` as it came back.
    pub relay_state: Option<String>,
}

/// Somebody signed in by an assertion.
#[derive(Debug, Clone)]
pub(super) struct PortalSession {
    pub(super) service_provider: String,
    pub(super) name_id: String,
}

/// One service provider.
#[derive(Debug)]
pub(super) struct ServiceProvider {
    pub(super) name: String,
    /// Only portal-only customers of the site may come; otherwise anybody with an assertion.
    customers_only: bool,
    pub(super) trusted: Option<IdentityProvider>,
    pub(super) asking: Asking,
    pending: HashMap<String, Pending>,
    seen: HashSet<String>,
}

/// A request that waits for its Response.
#[derive(Debug)]
struct Pending {
    destination: String,
    relay_state: Option<String>,
}

impl ServiceProvider {
    pub(super) fn portal() -> Self {
        Self {
            customers_only: true,
            ..Self::guard(PORTAL)
        }
    }

    pub(super) fn guard(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            customers_only: false,
            trusted: None,
            asking: Asking::default(),
            pending: HashMap::new(),
            seen: HashSet::new(),
        }
    }
}

pub(super) fn entity_id(base: &str, name: &str) -> String {
    format!("{base}/saml/{name}")
}

pub(super) fn acs_url(base: &str, name: &str) -> String {
    format!("{base}/saml/{name}/acs")
}

pub(super) fn login_url(base: &str, name: &str) -> String {
    format!("{base}/saml/{name}/login")
}

/// The cookie that a service provider's session is kept in.
fn cookie_name(name: &str) -> String {
    match name {
        PORTAL => "customer.account.session.token".to_owned(),
        other => format!("{other}.session.token"),
    }
}

/// Who is signed in at a service provider, in the browser that asks.
pub(super) fn signed_in(state: &State, asked: &Asked, name: &str) -> Option<String> {
    let session = state.sessions.get(asked.cookie(&cookie_name(name))?)?;
    (session.service_provider == name).then(|| session.name_id.clone())
}

/// Ends the session at the portal.
pub(super) fn sign_out(state: &mut State, asked: &Asked) -> Answer {
    let name = cookie_name(PORTAL);
    if let Some(cookie) = asked.cookie(&name) {
        state.sessions.remove(cookie);
    }
    Answer::redirect("/servicedesk/customer/portals").with_cookie(&name, "", "Path=/; Max-Age=0")
}

/// What stands below `/saml`.
pub(super) fn answer(
    state: &mut State,
    base: &str,
    now: Timestamp,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    match (asked.method.as_str(), path) {
        ("POST", [_, name, "acs"]) => consume(state, base, now, asked, name),
        ("GET", [_, PORTAL, "login"]) => {
            ask(state, base, now, PORTAL, "/servicedesk/customer/portals")
        }
        ("GET", [_, name, "login"]) => ask(state, base, now, name, &format!("/saml/{name}/home")),
        ("GET", [_, name, "home"]) => home(state, base, now, asked, name),
        _ => portal::not_found(),
    }
}

/// The page of a service provider that is no portal.
fn home(state: &mut State, base: &str, now: Timestamp, asked: &Asked, name: &str) -> Answer {
    match signed_in(state, asked, name) {
        None => ask(state, base, now, name, &asked.target()),
        Some(name_id) => {
            let who = escape(&name_id);
            let attributes = format!(
                "data-page=\"guard\" data-service-provider=\"{}\" data-signed-in-as=\"{who}\"",
                escape(name)
            );
            let main = format!("<p>You are signed in as <strong>{who}</strong>.</p>");
            Answer::page(
                200,
                html::page(
                    "Imitation of Atlassian Guard",
                    "Your work",
                    &attributes,
                    &main,
                ),
            )
        }
    }
}
