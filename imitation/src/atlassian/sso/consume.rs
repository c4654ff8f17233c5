//! Judging what the identity provider posts back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::super::accounts::AccountType;
use super::super::portal;
use super::super::state::State;
use super::{HandOver, PortalSession, ServiceProvider, acs_url, cookie_name, entity_id};
use crate::html::{self, escape};
use crate::http::{Answer, Asked};
use crate::random;
use crate::saml::{self, Assertion, EMAIL_ADDRESS, Expected, Refusal};

/// The assertion consumer service: judges, records, opens a session.
pub(super) fn consume(
    state: &mut State,
    base: &str,
    now: Timestamp,
    asked: &Asked,
    name: &str,
) -> Answer {
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
