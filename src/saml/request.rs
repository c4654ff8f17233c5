//! Reads an AuthnRequest, strictly: what is not understood is refused, and nothing is ever sent to an address that is not registered.
//!
//! The order of checks is the order of trust: well-formed and small, then an AuthnRequest, then from a service provider we know, then for us and now,
//! and only then what it asks (SAML 2.0 Core, section 3.4.1).

use std::time::Duration;

use jiff::Timestamp;
use roxmltree::{Document, Node, ParsingOptions};

use crate::settings::SamlSettings;
use crate::settings::saml::ServiceProviderSettings;

use super::attributes::{FORMAT_EMAIL, FORMAT_UNSPECIFIED, format_of};
use super::binding::Message;
use super::instant;

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The most XML nodes; how many attributes they have is bounded by the size. Real requests have about twenty of both.
const MOST_NODES: u32 = 200;

/// The longest ID.
const LONGEST_ID: usize = 128;

/// How far a request's time may be from ours, either way.
const FRESH: Duration = Duration::from_mins(5);

/// A request of a service provider that we know.
#[derive(Debug, Clone)]
pub struct AuthnRequest<'s> {
    /// Its ID, which the answer names.
    pub id: String,
    /// Whose it is.
    pub service_provider: &'s ServiceProviderSettings,
    /// A new login is demanded.
    pub force_authn: bool,
    /// No page may be shown.
    pub is_passive: bool,
    /// The person is to be named in a way that is not configured.
    pub unsuited_name_id: bool,
}

/// Why a request is not answered. Which check it was is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not XML, too large, or with parts that have no place in a message.
    #[error("it is not plain, small XML")]
    Xml,
    /// Not an AuthnRequest of SAML 2.0.
    #[error("it is not an AuthnRequest of SAML 2.0")]
    NotAuthnRequest,
    /// Its ID is none.
    #[error("its ID is no XML name of at most 128 characters")]
    Id,
    /// No issuer, or more than one, or one that is not plain text.
    #[error("it has no single, plain Issuer")]
    Issuer,
    /// Nobody we know.
    #[error("its Issuer is no registered service provider")]
    UnknownServiceProvider,
    /// Meant for another identity provider, or signed without saying for whom.
    #[error("its Destination is not our address")]
    Destination,
    /// Old, from the future, or no time.
    #[error("its IssueInstant is missing, unreadable or more than five minutes away")]
    IssueInstant,
    /// It asks for an answer to another address.
    #[error("its AssertionConsumerService is not the registered one")]
    ConsumerService,
    /// It asks for an answer by another binding.
    #[error("its ProtocolBinding is not HTTP-POST")]
    Binding,
    /// It says more than once how the person is to be named.
    #[error("it has more than one NameIDPolicy")]
    NameIdPolicy,
    /// A flag that is neither true nor false.
    #[error("ForceAuthn or IsPassive is neither true nor false")]
    Flag,
}

/// Reads and checks a request that arrives now, at our address `sso_url`.
///
/// A `Subject`, a `RequestedAuthnContext` and extensions change nothing: who is signed in, and how, is our own knowledge.
pub fn read<'s>(
    message: &Message,
    settings: &'s SamlSettings,
    sso_url: &str,
    now: Timestamp,
) -> Result<AuthnRequest<'s>, RequestError> {
    let document = parse(&message.xml)?;
    let root = document.root_element();
    if !root.has_tag_name((SAMLP, "AuthnRequest")) || root.attribute("Version") != Some("2.0") {
        return Err(RequestError::NotAuthnRequest);
    }
    let id = root
        .attribute("ID")
        .filter(|id| is_id(id))
        .ok_or(RequestError::Id)?;
    let service_provider = service_provider(root, settings)?;
    addressed_to(root, message.signed, sso_url)?;
    fresh(root, now)?;
    answerable(root, service_provider)?;
    Ok(AuthnRequest {
        id: id.to_owned(),
        service_provider,
        force_authn: flag(root, "ForceAuthn")?,
        is_passive: flag(root, "IsPassive")?,
        unsuited_name_id: !suits(root, service_provider)?,
    })
}

/// Who says that a request is theirs, for the trail; nobody has checked it. `None`: it cannot be told.
pub(super) fn issuer(message: &Message) -> Option<String> {
    let document = parse(&message.xml).ok()?;
    issuer_of(document.root_element()).ok().map(str::to_owned)
}

/// Comments split texts and processing instructions hide them: readers disagree about both, and a message needs neither. `<!` opens comments, document
/// types and CDATA sections, and stands nowhere else in XML.
fn parse(xml: &str) -> Result<Document<'_>, RequestError> {
    if xml.contains("<!") || has_a_name_without_its_prefix(xml) || !is_declared_utf8(xml) {
        return Err(RequestError::Xml);
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options).map_err(|_| RequestError::Xml)?;
    let is_odd = |node: Node<'_, '_>| node.is_pi() || declares_a_prefix_oddly(node);
    if document.root().descendants().any(is_odd) {
        return Err(RequestError::Xml);
    }
    Ok(document)
}

/// Whether a tag holds a name such as `:Issuer` or `:ID`, which the parser would take for one without a colon; other readers would not.
fn has_a_name_without_its_prefix(xml: &str) -> bool {
    let (mut before, mut in_tag, mut quote) = (b'>', false, None);
    for byte in xml.bytes() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b':') if in_tag && !is_name_byte(before) => return true,
            (None, b'"' | b'\'') if in_tag => quote = Some(byte),
            (None, b'<' | b'>') => in_tag = byte == b'<',
            _ => {}
        }
        before = byte;
    }
    false
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) || !byte.is_ascii()
}

/// Only XML 1.1 takes a prefix back, and nobody may declare `xmlns`; the parser minds neither.
fn declares_a_prefix_oddly(node: Node<'_, '_>) -> bool {
    node.namespaces().any(|namespace| {
        namespace.name() == Some("xmlns")
            || (namespace.name().is_some() && namespace.uri().is_empty())
    })
}

/// Whether the XML declaration, if there is one, leaves the encoding what it is.
fn is_declared_utf8(xml: &str) -> bool {
    let declaration = xml
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .map_or("", |(declaration, _)| declaration);
    !declaration.contains("encoding") || declaration.to_ascii_lowercase().contains("utf-8")
}

/// An ASCII `NCName`: what goes back as `InResponseTo` needs no escaping anywhere.
fn is_id(id: &str) -> bool {
    let first = id
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first
        && id.len() <= LONGEST_ID
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

fn service_provider<'s>(
    root: Node<'_, '_>,
    settings: &'s SamlSettings,
) -> Result<&'s ServiceProviderSettings, RequestError> {
    let issuer = issuer_of(root)?;
    settings
        .service_providers
        .values()
        .find(|sp| sp.entity_id == issuer)
        .ok_or(RequestError::UnknownServiceProvider)
}

fn issuer_of<'a>(root: Node<'a, '_>) -> Result<&'a str, RequestError> {
    only_child(root, "Issuer", RequestError::Issuer)?
        .filter(|issuer| issuer.has_tag_name((SAML, "Issuer")))
        .and_then(only_text)
        .ok_or(RequestError::Issuer)
}

/// The child of this name, in whatever namespace; a second one is an error.
fn only_child<'a, 'i>(
    root: Node<'a, 'i>,
    name: &str,
    error: RequestError,
) -> Result<Option<Node<'a, 'i>>, RequestError> {
    let mut found = root
        .children()
        .filter(|node| node.is_element() && node.tag_name().name() == name);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(error),
    }
}

fn only_text<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let mut parts = node.children();
    match (parts.next(), parts.next()) {
        (Some(part), None) if part.is_text() => part.text(),
        _ => None,
    }
}

/// A signed message must name its destination (SAML 2.0 Bindings, sections 3.4.5.2 and 3.5.5.2).
fn addressed_to(
    root: Node<'_, '_>,
    signed_outside: bool,
    sso_url: &str,
) -> Result<(), RequestError> {
    let signature = |node: Node<'_, '_>| node.has_tag_name((DS, "Signature"));
    match root.attribute("Destination") {
        Some(destination) if destination == sso_url => Ok(()),
        None if !signed_outside && !root.children().any(signature) => Ok(()),
        _ => Err(RequestError::Destination),
    }
}

fn fresh(root: Node<'_, '_>, now: Timestamp) -> Result<(), RequestError> {
    let instant = root
        .attribute("IssueInstant")
        .and_then(instant::read)
        .ok_or(RequestError::IssueInstant)?;
    if now.duration_since(instant).unsigned_abs() > FRESH {
        Err(RequestError::IssueInstant)
    } else {
        Ok(())
    }
}

/// The answer goes to the registered address by HTTP-POST, so the request must not ask for anything else. Only one address is registered, so its
/// index can only be the default.
fn answerable(
    root: Node<'_, '_>,
    service_provider: &ServiceProviderSettings,
) -> Result<(), RequestError> {
    let url = root.attribute("AssertionConsumerServiceURL");
    let index = root.attribute("AssertionConsumerServiceIndex");
    let other_url = url.is_some_and(|url| url != service_provider.acs_url);
    let other_index = index.is_some_and(|index| index != "0" || url.is_some());
    if other_url || other_index {
        return Err(RequestError::ConsumerService);
    }
    if root
        .attribute("ProtocolBinding")
        .is_some_and(|binding| binding != POST)
    {
        return Err(RequestError::Binding);
    }
    Ok(())
}

fn flag(root: Node<'_, '_>, name: &str) -> Result<bool, RequestError> {
    match root.attribute(name) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(RequestError::Flag),
    }
}

/// Whether we name the person as the request wants: any way is fine, or a mail address, or the very way that is configured; and for whoever asks.
fn suits(
    root: Node<'_, '_>,
    service_provider: &ServiceProviderSettings,
) -> Result<bool, RequestError> {
    let Some(policy) = only_child(root, "NameIDPolicy", RequestError::NameIdPolicy)? else {
        return Ok(true);
    };
    let wanted = policy.attribute("Format").unwrap_or(FORMAT_UNSPECIFIED);
    let ours = format_of(service_provider.name_id);
    let by_format = wanted == FORMAT_UNSPECIFIED
        || wanted == ours
        || (wanted == FORMAT_EMAIL && ours == FORMAT_UNSPECIFIED);
    let for_itself = policy
        .attribute("SPNameQualifier")
        .is_none_or(|qualifier| qualifier == service_provider.entity_id);
    Ok(by_format && for_itself)
}

#[cfg(test)]
mod tests;
