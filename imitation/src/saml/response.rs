//! Judging a Response: the checks of SAML 2.0's Web Browser SSO profile (4.1.4.2, 4.1.4.3), all of them.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use roxmltree::{Document, Node};

use super::certificate::Certificate;
use super::signature::is_signed;
use super::{ASSERTION, PROTOCOL, XMLDSIG};

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
/// No honest Response comes near.
const MAX_BYTES: usize = 256 * 1024;

/// What a Response must fit.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// Our own entity id: the audience.
    pub entity_id: &'a str,
    /// Our assertion consumer service: destination and recipient.
    pub acs_url: &'a str,
    /// The identity provider's entity id: the issuer.
    pub issuer: &'a str,
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// The request that it answers; `None` expects an unsolicited one.
    pub in_response_to: Option<&'a str>,
    /// When it is judged.
    pub now: Timestamp,
}

/// What an accepted assertion says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its ID, good for once.
    pub id: String,
    /// Whom it is about.
    pub name_id: String,
    /// The format of that name.
    pub name_id_format: String,
    /// Attribute name → values, in order.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// The session at the identity provider.
    pub session_index: Option<String>,
    /// When the person logged in there.
    pub authn_instant: Option<Timestamp>,
    /// Whether the Response around it was signed.
    pub response_signed: bool,
    /// Whether it was signed itself.
    pub assertion_signed: bool,
}

/// Why a Response was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no Response, or not well formed.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// A signature is wrong in itself.
    #[error("the signature is wrong: {0}")]
    Signature(&'static str),
    /// Signed, but not with the certificate entered here.
    #[error("Invalid thumbprint")]
    Thumbprint,
    /// Nothing that covers the assertion is signed.
    #[error("the assertion is not signed")]
    Unsigned,
    /// The identity provider could or would not: the innermost status code.
    #[error("the identity provider says {0}")]
    Status(String),
    /// Something in it is for somebody else.
    #[error("{0} is not as expected")]
    Unexpected(&'static str),
    /// It is too old.
    #[error("assertion has expired")]
    Expired,
    /// It is not valid yet.
    #[error("assertion is not valid yet")]
    TooEarly,
    /// It, or the request that it answers, was used before, or never made.
    #[error("the request is unknown or was answered before")]
    Replayed,
}

/// The assertion of a Response that passes every check.
pub fn judge(xml: &str, expected: &Expected<'_>) -> Result<Assertion, Refusal> {
    let document = parse(xml)?;
    let response = document.root_element();
    same(response.has_tag_name((PROTOCOL, "Response")), "root")?;
    let response_signed = is_signed(response, expected.certificate)?;
    check_frame(response, expected)?;
    let assertion = only(response, ASSERTION, "Assertion")?;
    let assertion_signed = is_signed(assertion, expected.certificate)?;
    if !response_signed && !assertion_signed {
        return Err(Refusal::Unsigned);
    }
    same(assertion.attribute("Version") == Some("2.0"), "Version")?;
    check_issuer(assertion, expected)?;
    let (name_id, name_id_format) = subject(assertion, expected)?;
    check_conditions(only(assertion, ASSERTION, "Conditions")?, expected)?;
    let authn = only(assertion, ASSERTION, "AuthnStatement")?;
    Ok(Assertion {
        id: assertion.attribute("ID").unwrap_or_default().to_owned(),
        name_id,
        name_id_format,
        attributes: attributes(assertion)?,
        session_index: authn.attribute("SessionIndex").map(str::to_owned),
        authn_instant: authn
            .attribute("AuthnInstant")
            .and_then(|at| at.parse().ok()),
        response_signed,
        assertion_signed,
    })
}

/// The request that a Response says it answers, before anything of it is believed.
pub(crate) fn claimed_request(xml: &str) -> Option<String> {
    let document = parse(xml).ok()?;
    let id = document.root_element().attribute("InResponseTo")?;
    Some(id.to_owned())
}

/// One parser for everything: no DOCTYPE, no comment, no processing instruction, no ID twice, no signature in an odd place.
fn parse(xml: &str) -> Result<Document<'_>, Refusal> {
    let unreadable = |why: &str| Refusal::Unreadable(why.to_owned());
    if xml.len() > MAX_BYTES {
        return Err(unreadable("too long"));
    }
    let document = Document::parse(xml).map_err(|error| unreadable(&error.to_string()))?;
    let mut ids = HashSet::new();
    for node in document.descendants() {
        if node.is_comment() || node.is_pi() {
            return Err(unreadable("a comment or processing instruction"));
        }
        if let Some(id) = node.attribute("ID")
            && !ids.insert(id)
        {
            return Err(unreadable("an ID stands twice"));
        }
        if node.has_tag_name((XMLDSIG, "Signature")) && !may_hold_signature(node.parent()) {
            return Err(Refusal::Signature("it stands in an odd place"));
        }
    }
    Ok(document)
}

fn may_hold_signature(parent: Option<Node<'_, '_>>) -> bool {
    parent.is_some_and(|parent| {
        let is_response = parent.has_tag_name((PROTOCOL, "Response"));
        let is_assertion = parent.has_tag_name((ASSERTION, "Assertion"));
        let root = parent.document().root_element();
        (is_response && parent == root) || (is_assertion && parent.parent_element() == Some(root))
    })
}

/// What stands on the Response itself.
fn check_frame(response: Node<'_, '_>, expected: &Expected<'_>) -> Result<(), Refusal> {
    same(response.attribute("Version") == Some("2.0"), "Version")?;
    same(
        response.attribute("Destination") == Some(expected.acs_url),
        "Destination",
    )?;
    same(
        response.attribute("InResponseTo") == expected.in_response_to,
        "InResponseTo",
    )?;
    instant(response, "IssueInstant")?;
    check_issuer(response, expected)?;
    let status = only(response, PROTOCOL, "Status")?;
    let codes: Vec<_> = status
        .descendants()
        .filter(|node| node.has_tag_name((PROTOCOL, "StatusCode")))
        .filter_map(|node| node.attribute("Value"))
        .collect();
    match codes.as_slice() {
        [SUCCESS] => Ok(()),
        [.., innermost] => Err(Refusal::Status((*innermost).to_owned())),
        [] => Err(Refusal::Unexpected("Status")),
    }
}

fn check_issuer(element: Node<'_, '_>, expected: &Expected<'_>) -> Result<(), Refusal> {
    let issuer = text(only(element, ASSERTION, "Issuer")?)?;
    same(issuer == expected.issuer, "Issuer")
}

/// Whom the assertion is about, confirmed for us, for this request and at this time.
fn subject(assertion: Node<'_, '_>, expected: &Expected<'_>) -> Result<(String, String), Refusal> {
    let subject = only(assertion, ASSERTION, "Subject")?;
    let name_id = only(subject, ASSERTION, "NameID")?;
    let confirmation = only(subject, ASSERTION, "SubjectConfirmation")?;
    same(confirmation.attribute("Method") == Some(BEARER), "Method")?;
    let data = only(confirmation, ASSERTION, "SubjectConfirmationData")?;
    same(
        data.attribute("Recipient") == Some(expected.acs_url),
        "Recipient",
    )?;
    same(
        data.attribute("InResponseTo") == expected.in_response_to,
        "InResponseTo of the subject",
    )?;
    // The profile forbids NotBefore here (4.1.4.2).
    same(
        data.attribute("NotBefore").is_none(),
        "NotBefore of the subject",
    )?;
    if instant(data, "NotOnOrAfter")? <= expected.now {
        return Err(Refusal::Expired);
    }
    let format = name_id.attribute("Format").unwrap_or_default().to_owned();
    Ok((text(name_id)?.to_owned(), format))
}

fn check_conditions(conditions: Node<'_, '_>, expected: &Expected<'_>) -> Result<(), Refusal> {
    if instant(conditions, "NotBefore")? > expected.now {
        return Err(Refusal::TooEarly);
    }
    if instant(conditions, "NotOnOrAfter")? <= expected.now {
        return Err(Refusal::Expired);
    }
    let restriction = only(conditions, ASSERTION, "AudienceRestriction")?;
    let audience = text(only(restriction, ASSERTION, "Audience")?)?;
    same(audience == expected.entity_id, "Audience")
}

/// Names that stand twice are refused: Data Center does so.
fn attributes(assertion: Node<'_, '_>) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
    let mut attributes = BTreeMap::new();
    let named = assertion
        .descendants()
        .filter(|node| node.has_tag_name((ASSERTION, "Attribute")));
    for attribute in named {
        let name = attribute.attribute("Name").unwrap_or_default().to_owned();
        let values = attribute
            .children()
            .filter(|node| node.has_tag_name((ASSERTION, "AttributeValue")))
            .map(|value| text(value).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()?;
        if attributes.insert(name, values).is_some() {
            return Err(Refusal::Unexpected("an attribute that stands twice"));
        }
    }
    Ok(attributes)
}

fn same(as_expected: bool, what: &'static str) -> Result<(), Refusal> {
    if as_expected {
        Ok(())
    } else {
        Err(Refusal::Unexpected(what))
    }
}

/// The only child of this name.
fn only<'a, 'i>(
    parent: Node<'a, 'i>,
    namespace: &str,
    name: &'static str,
) -> Result<Node<'a, 'i>, Refusal> {
    let mut found = parent
        .children()
        .filter(|child| child.has_tag_name((namespace, name)));
    match (found.next(), found.next()) {
        (Some(node), None) => Ok(node),
        _ => Err(Refusal::Unexpected(name)),
    }
}

/// The text of an element that holds nothing else.
fn text<'a>(node: Node<'a, '_>) -> Result<&'a str, Refusal> {
    let mut children = node.children();
    match (children.next(), children.next()) {
        (Some(child), None) if child.is_text() => Ok(child.text().unwrap_or_default()),
        _ => Err(Refusal::Unexpected("the content of a text element")),
    }
}

fn instant(node: Node<'_, '_>, name: &'static str) -> Result<Timestamp, Refusal> {
    let text = node.attribute(name).ok_or(Refusal::Unexpected(name))?;
    text.parse().map_err(|_| Refusal::Unexpected(name))
}
