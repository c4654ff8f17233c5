//! Sending the browser to the identity provider with a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::super::portal;
use super::super::state::State;
use super::{Binding, Pending, RelayState, acs_url, entity_id};
use crate::html::{self, escape};
use crate::http::Answer;
use crate::random;
use crate::saml::{self, AuthnRequest};

/// Sends the browser to the identity provider; without one, Atlassian's own login is all there is.
pub(in crate::atlassian) fn ask(
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
