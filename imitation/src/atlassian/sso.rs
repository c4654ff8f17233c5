//! The site as SAML service provider: it asks, remembers what it asked, and judges what is posted back.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::accounts::AccountType;
use super::portal;
use super::state::State;
use crate::html::{self, escape};
use crate::http::{Answer, Asked};
use crate::random;
use crate::saml::{
    self, Assertion, AuthnRequest, EMAIL_ADDRESS, Expected, IdentityProvider, Refusal,
};

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

/// Sends the browser to the identity provider; without one, Atlassian's own login is all there is.
pub(super) fn ask(
    state: &mut State,
    base: &str,
    now: Timestamp,
    name: &str,
    destination: &str,
) -> Answer {
    let mut known = state.service_providers.iter_mut();
    let Some(known) = known.find(|known| known.name == name) else {
        return portal::not_found();
    };
    let Some(trusted) = known.trusted.clone() else {
        return portal::own_login(destination);
    };
    let binding = known.asking.binding;
    let sso_url = match binding {
        Binding::Redirect => &trusted.sso_url,
        Binding::Post => &trusted.sso_post_url,
    };
    let mut request = AuthnRequest::new(&entity_id(base, name), &acs_url(base, name), sso_url, now);
    request.force_authn = known.asking.force_authn;
    request.is_passive = known.asking.is_passive;
    request.name_id_format = known
        .asking
        .name_id_format
        .clone()
        .or(request.name_id_format);
    let relay_state = match &known.asking.relay_state {
        RelayState::Opaque => Some(format!("{} +/=&%\"'<ü>", random::token())),
        RelayState::Destination => Some(format!("{base}{destination}")),
        RelayState::Exactly(text) => Some(text.clone()),
        RelayState::Absent => None,
    };
    let pending = Pending {
        destination: destination.to_owned(),
        relay_state: relay_state.clone(),
    };
    known.pending.insert(request.id.clone(), pending);
    match binding {
        Binding::Redirect => {
            let url = saml::redirect_url(sso_url, &request.xml(), relay_state.as_deref());
            Answer::redirect(url.as_str())
        }
        Binding::Post => posting_page(sso_url, &request.xml(), relay_state.as_deref()),
    }
}

fn posting_page(to: &str, xml: &str, relay_state: Option<&str>) -> Answer {
    let relay = relay_state.map_or_else(String::new, |text| {
        format!(
            "<input type=\"hidden\" name=\"RelayState\" value=\"{}\">",
            escape(text)
        )
    });
    let main = format!(
        "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"SAMLRequest\" value=\"{}\">{relay}\
         <button type=\"submit\">Continue</button></form>",
        escape(to),
        STANDARD.encode(xml)
    );
    Answer::page(
        200,
        html::page(
            portal::OWNER,
            "Signing you in",
            "data-page=\"saml-request\"",
            &main,
        ),
    )
}

/// The assertion consumer service: judges, records, opens a session.
fn consume(state: &mut State, base: &str, now: Timestamp, asked: &Asked, name: &str) -> Answer {
    let form = asked.form();
    let relay_state = form.get("RelayState").map(str::to_owned);
    let xml = STANDARD
        .decode(form.text("SAMLResponse"))
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    let mut all = state.service_providers.iter_mut();
    let Some(known) = all.find(|known| known.name == name) else {
        return portal::not_found();
    };
    let judged = judge(known, base, now, &xml, relay_state.as_deref());
    let customers_only = known.customers_only;
    let (outcome, answer) = match judged {
        Err(refusal) => (Err(refusal.to_string()), refused(&refusal.to_string())),
        Ok((assertion, destination)) => match welcome(state, &assertion, customers_only) {
            Ok(()) => {
                let answer = open_session(state, name, &assertion.name_id, &destination);
                (Ok(assertion), answer)
            }
            Err((why, answer)) => (Err(why), answer),
        },
    };
    state.hand_overs.push(HandOver {
        service_provider: name.to_owned(),
        outcome,
        relay_state,
    });
    answer
}

/// The assertion, and where its person wanted to go. A request is used up by the first Response that passes.
fn judge(
    known: &mut ServiceProvider,
    base: &str,
    now: Timestamp,
    xml: &str,
    relay_state: Option<&str>,
) -> Result<(Assertion, String), Refusal> {
    let trusted = known
        .trusted
        .as_ref()
        .ok_or(Refusal::Unexpected("a Response"))?;
    let claimed = saml::claimed_request(xml);
    let pending = claimed.as_ref().and_then(|id| known.pending.get(id));
    let unsolicited = claimed.is_none() && known.asking.allow_unsolicited;
    let expected = Expected {
        entity_id: &entity_id(base, &known.name),
        acs_url: &acs_url(base, &known.name),
        issuer: &trusted.entity_id,
        certificate: &trusted.certificate,
        in_response_to: claimed.as_deref(),
        now,
    };
    let assertion = saml::judge(xml, &expected)?;
    let destination = match pending {
        Some(pending) if pending.relay_state.as_deref() == relay_state => {
            pending.destination.clone()
        }
        Some(_) => return Err(Refusal::Unexpected("RelayState")),
        None if unsolicited => "/servicedesk/customer/portals".to_owned(),
        None => return Err(Refusal::Replayed),
    };
    if !known.seen.insert(assertion.id.clone()) {
        return Err(Refusal::Replayed);
    }
    if let Some(id) = claimed {
        known.pending.remove(&id);
    }
    Ok((assertion, destination))
}

/// Whether the portal knows this person as one who comes this way.
fn welcome(
    state: &State,
    assertion: &Assertion,
    customers_only: bool,
) -> Result<(), (String, Answer)> {
    if !customers_only {
        return Ok(());
    }
    let email = &assertion.name_id;
    if assertion.name_id_format != EMAIL_ADDRESS {
        let why = "the NameID is no mail address".to_owned();
        return Err((why.clone(), refused(&why)));
    }
    match state.by_email(email) {
        Some(account) if account.kind != AccountType::Customer => Err((
            "the address has an Atlassian account".to_owned(),
            Answer::redirect(&portal::atlassian_login_url(email)),
        )),
        Some(account) if account.active => Ok(()),
        _ => {
            let why = "there is no such customer".to_owned();
            Err((why.clone(), refused(&why)))
        }
    }
}

fn open_session(state: &mut State, name: &str, name_id: &str, destination: &str) -> Answer {
    let cookie = random::token();
    let session = PortalSession {
        service_provider: name.to_owned(),
        name_id: name_id.to_owned(),
    };
    state.sessions.insert(cookie.clone(), session);
    Answer::redirect(destination).with_cookie(
        &cookie_name(name),
        &cookie,
        "Path=/; HttpOnly; SameSite=Lax",
    )
}

fn refused(why: &str) -> Answer {
    let attributes = format!("data-page=\"saml-error\" data-error=\"{}\"", escape(why));
    let main = format!(
        "<p><code>access_denied</code></p><p>{}</p><p>Contact your administrator.</p>",
        escape(why)
    );
    Answer::page(
        403,
        html::page(portal::OWNER, "We couldn't log you in", &attributes, &main),
    )
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
