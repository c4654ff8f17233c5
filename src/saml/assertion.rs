//! Lays out a Response: with an Assertion about one person, or with the status that tells why there is none.
//!
//! The rules are those of the Web Browser SSO profile (SAML 2.0 Profiles, section 4.1.4).

use std::time::Duration;

use jiff::Timestamp;

use super::attributes::NameIdentifier;
use super::instant;
use super::xml::{Element, Prefix};

/// How far an Assertion's validity reaches back: the clocks of service providers may be minutes behind ours.
const CLOCK_ALLOWANCE: Duration = Duration::from_mins(3);

/// How long an Assertion may be used: time enough for a slow browser to post it, too little to carry it elsewhere.
const LIFE: Duration = Duration::from_mins(5);

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// What every Response says, whatever its outcome.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The Response's own id, drawn with [`new_id`].
    pub id: &'a str,
    /// Our entity id.
    pub issuer: &'a str,
    /// The service provider's registered address: where the Response is posted, and nowhere else.
    pub acs_url: &'a str,
    /// The id of the request that is answered; `None` when nobody asked.
    pub in_response_to: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
}

/// What an Assertion says about a person.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// The Assertion's own id, drawn with [`new_id`].
    pub id: &'a str,
    /// The service provider's entity id: nobody else may use the Assertion.
    pub audience: &'a str,
    /// Who the person is to the service provider.
    pub name_id: &'a NameIdentifier,
    /// Attribute name and values, each name once; empty values, and attributes without any, are left out.
    pub attributes: &'a [(String, Vec<String>)],
    /// Names our session at this service provider; must not be what opens the session.
    pub session_index: &'a str,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// When our session ends at the latest.
    pub session_end: Timestamp,
}

/// Why a Response carries no Assertion: the second-level status codes of SAML 2.0 Core, section 3.2.2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// `IsPassive` was asked, and nobody is signed in.
    NoPassive,
    /// A new login was asked, and the identity provider did not give one.
    AuthnFailed,
    /// The request wants the person named in a way that is not configured.
    InvalidNameIdPolicy,
    /// The person may not go there.
    RequestDenied,
}

/// A Response before it is signed.
#[derive(Debug, Clone)]
pub struct UnsignedResponse {
    pub(super) response: Element,
    pub(super) assertion: Option<Element>,
}

/// A fresh id for a Response or an Assertion: 128 random bits, as an XML name may begin with no digit.
#[must_use]
pub fn new_id() -> String {
    format!("_{:032x}", u128::from_be_bytes(crate::random::bytes()))
}

/// A Response whose Assertion lets the person in.
#[must_use]
pub fn success(envelope: &Envelope<'_>, statement: &Statement<'_>) -> UnsignedResponse {
    let status = status(status_code(SUCCESS));
    UnsignedResponse {
        response: response(envelope).child(status),
        assertion: Some(assertion(envelope, statement)),
    }
}

/// A Response that says why nobody is let in.
#[must_use]
pub fn failure(envelope: &Envelope<'_>, why: Status) -> UnsignedResponse {
    let code = status_code(why.top_level()).child(status_code(why.second_level()));
    UnsignedResponse {
        response: response(envelope).child(status(code)),
        assertion: None,
    }
}

impl Status {
    fn top_level(self) -> &'static str {
        match self {
            Self::InvalidNameIdPolicy => "urn:oasis:names:tc:SAML:2.0:status:Requester",
            Self::NoPassive | Self::AuthnFailed | Self::RequestDenied => {
                "urn:oasis:names:tc:SAML:2.0:status:Responder"
            }
        }
    }

    fn second_level(self) -> &'static str {
        match self {
            Self::NoPassive => "urn:oasis:names:tc:SAML:2.0:status:NoPassive",
            Self::AuthnFailed => "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
            Self::InvalidNameIdPolicy => "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy",
            Self::RequestDenied => "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
        }
    }
}

fn saml(name: &'static str) -> Element {
    Element::new(Prefix::Saml, name)
}

fn samlp(name: &'static str) -> Element {
    Element::new(Prefix::Samlp, name)
}

fn status(code: Element) -> Element {
    samlp("Status").child(code)
}

fn status_code(value: &str) -> Element {
    samlp("StatusCode").attribute("Value", value)
}

fn issuer(entity_id: &str) -> Element {
    saml("Issuer").text(entity_id)
}

fn response(envelope: &Envelope<'_>) -> Element {
    samlp("Response")
        .attribute("Destination", envelope.acs_url)
        .attribute("ID", envelope.id)
        .attribute("InResponseTo", envelope.in_response_to.unwrap_or_default())
        .attribute("IssueInstant", instant::write(envelope.now))
        .attribute("Version", "2.0")
        .child(issuer(envelope.issuer))
}

fn assertion(envelope: &Envelope<'_>, statement: &Statement<'_>) -> Element {
    let attributes = attribute_statement(statement.attributes);
    saml("Assertion")
        .attribute("ID", statement.id)
        .attribute("IssueInstant", instant::write(envelope.now))
        .attribute("Version", "2.0")
        .child(issuer(envelope.issuer))
        .child(subject(envelope, statement))
        .child(conditions(envelope, statement))
        .child(authn_statement(statement))
        .children(attributes)
}

fn subject(envelope: &Envelope<'_>, statement: &Statement<'_>) -> Element {
    let name_id = saml("NameID")
        .attribute("Format", statement.name_id.format)
        .text(&statement.name_id.value);
    let data = saml("SubjectConfirmationData")
        .attribute("InResponseTo", envelope.in_response_to.unwrap_or_default())
        .attribute("NotOnOrAfter", instant::write(ends(envelope.now)))
        .attribute("Recipient", envelope.acs_url);
    let confirmation = saml("SubjectConfirmation")
        .attribute("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
        .child(data);
    saml("Subject").child(name_id).child(confirmation)
}

fn conditions(envelope: &Envelope<'_>, statement: &Statement<'_>) -> Element {
    let begins = envelope
        .now
        .checked_sub(CLOCK_ALLOWANCE)
        .unwrap_or(envelope.now);
    let audience = saml("Audience").text(statement.audience);
    saml("Conditions")
        .attribute("NotBefore", instant::write(begins))
        .attribute("NotOnOrAfter", instant::write(ends(envelope.now)))
        .child(saml("AudienceRestriction").child(audience))
}

/// How the person proved who they are is the identity provider's matter, so the class of it stays unsaid.
fn authn_statement(statement: &Statement<'_>) -> Element {
    let class =
        saml("AuthnContextClassRef").text("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified");
    saml("AuthnStatement")
        .attribute("AuthnInstant", instant::write(statement.auth_time))
        .attribute("SessionIndex", statement.session_index)
        .attribute("SessionNotOnOrAfter", instant::write(statement.session_end))
        .child(saml("AuthnContext").child(class))
}

/// `None` without any attribute: the schema wants at least one in the statement.
fn attribute_statement(attributes: &[(String, Vec<String>)]) -> Option<Element> {
    let written: Vec<_> = attributes
        .iter()
        .filter_map(|(name, values)| attribute(name, values))
        .collect();
    (!written.is_empty()).then(|| saml("AttributeStatement").children(written))
}

fn attribute(name: &str, values: &[String]) -> Option<Element> {
    let values: Vec<_> = values
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| saml("AttributeValue").text(value))
        .collect();
    (!values.is_empty()).then(|| {
        saml("Attribute")
            .attribute("Name", name)
            .attribute("NameFormat", name_format(name))
            .children(values)
    })
}

/// SAML 2.0 Core, section 8.2.
fn name_format(name: &str) -> &'static str {
    if name.contains("://") || name.starts_with("urn:") {
        "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
    } else {
        "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
    }
}

fn ends(now: Timestamp) -> Timestamp {
    now.checked_add(LIFE).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
