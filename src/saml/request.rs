//! Reads an AuthnRequest, strictly: what is not understood is refused, and nothing is ever sent to an address that is not registered.
//!
//! The order of checks is the order of trust: well-formed and small, then an AuthnRequest, then from a service provider we know, then for us and now,
//! and only then what it asks (SAML 2.0 Core, section 3.4.1).

use std::time::Duration;

use jiff::Timestamp;
use roxmltree::{Document, Node, NodeType, ParsingOptions};

use crate::settings::SamlSettings;
use crate::settings::saml::ServiceProviderSettings;

use super::attributes::{FORMAT_EMAIL, FORMAT_UNSPECIFIED, format_of};
use super::instant;

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The most XML nodes, attributes among them. Real requests have about twenty.
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
    /// Meant for another identity provider.
    #[error("its Destination is another address")]
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
    /// A flag that is neither true nor false.
    #[error("ForceAuthn or IsPassive is neither true nor false")]
    Flag,
}

/// Reads and checks a request that arrives now, at our address `sso_url`.
pub fn read<'s>(
    xml: &str,
    settings: &'s SamlSettings,
    sso_url: &str,
    now: Timestamp,
) -> Result<AuthnRequest<'s>, RequestError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options).map_err(|_| RequestError::Xml)?;
    if has_odd_parts(&document) {
        return Err(RequestError::Xml);
    }
    let root = document.root_element();
    if !root.has_tag_name((SAMLP, "AuthnRequest")) || root.attribute("Version") != Some("2.0") {
        return Err(RequestError::NotAuthnRequest);
    }
    let id = root
        .attribute("ID")
        .filter(|id| is_id(id))
        .ok_or(RequestError::Id)?;
    let service_provider = service_provider(root, settings)?;
    addressed_to(root, sso_url, now)?;
    answerable(root, service_provider)?;
    Ok(AuthnRequest {
        id: id.to_owned(),
        service_provider,
        force_authn: flag(root, "ForceAuthn")?,
        is_passive: flag(root, "IsPassive")?,
        unsuited_name_id: !suits(root, service_provider),
    })
}

/// Comments split texts and processing instructions hide them: readers disagree about both, and a message needs neither.
fn has_odd_parts(document: &Document<'_>) -> bool {
    document
        .descendants()
        .any(|node| matches!(node.node_type(), NodeType::Comment | NodeType::PI))
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
    let mut issuers = root
        .children()
        .filter(|node| node.is_element() && node.tag_name().name() == "Issuer");
    let issuer = issuers
        .next()
        .filter(|issuer| issuer.has_tag_name((SAML, "Issuer")))
        .ok_or(RequestError::Issuer)?;
    let mut parts = issuer.children();
    let text = parts
        .next()
        .filter(Node::is_text)
        .and_then(|part| part.text())
        .ok_or(RequestError::Issuer)?;
    if issuers.next().is_some() || parts.next().is_some() {
        return Err(RequestError::Issuer);
    }
    settings
        .service_providers
        .values()
        .find(|sp| sp.entity_id == text)
        .ok_or(RequestError::UnknownServiceProvider)
}

fn addressed_to(root: Node<'_, '_>, sso_url: &str, now: Timestamp) -> Result<(), RequestError> {
    if root
        .attribute("Destination")
        .is_some_and(|destination| destination != sso_url)
    {
        return Err(RequestError::Destination);
    }
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
    let other_url = url.is_some_and(|url| url != service_provider.acs_url.as_str());
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

/// Whether we name the person as the request wants: any way is fine, or a mail address, or the very way that is configured.
fn suits(root: Node<'_, '_>, service_provider: &ServiceProviderSettings) -> bool {
    let policy = root
        .children()
        .find(|node| node.has_tag_name((SAMLP, "NameIDPolicy")));
    let Some(format) = policy.and_then(|policy| policy.attribute("Format")) else {
        return true;
    };
    let ours = format_of(service_provider.name_id);
    format == FORMAT_UNSPECIFIED
        || format == ours
        || (format == FORMAT_EMAIL && ours == FORMAT_UNSPECIFIED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::fixtures::settings;

    const SSO: &str = "https://sso.example.test/saml/sso";

    fn now() -> Timestamp {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    fn good() -> String {
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a1" Version="2.0" IssueInstant="2026-11-21T09:59:00Z" Destination="https://sso.example.test/saml/sso" AssertionConsumerServiceURL="https://sp.example/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example/saml</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/></samlp:AuthnRequest>"#.to_owned()
    }

    fn judge(xml: &str) -> Result<(), RequestError> {
        read(xml, &settings(), SSO, now()).map(|_| ())
    }

    #[test]
    fn a_plain_request_of_a_registered_service_provider_is_read() {
        let settings = settings();
        let request = read(&good(), &settings, SSO, now()).unwrap();
        assert_eq!(
            (request.id.as_str(), request.service_provider.name.as_str()),
            ("_a1", "portal")
        );
        assert!(!request.force_authn && !request.is_passive && !request.unsuited_name_id);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of one row a change")]
    fn every_change_that_matters_is_refused() {
        let changes = [
            (
                "<samlp:AuthnRequest",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><samlp:AuthnRequest",
                RequestError::Xml,
            ),
            (
                "</samlp:AuthnRequest>",
                "<!-- --></samlp:AuthnRequest>",
                RequestError::Xml,
            ),
            (
                "</samlp:AuthnRequest>",
                "<?x y?></samlp:AuthnRequest>",
                RequestError::Xml,
            ),
            (
                "sp.example/saml<",
                "sp.example/saml<!-- -->.evil<",
                RequestError::Xml,
            ),
            ("</samlp:AuthnRequest>", "", RequestError::Xml),
            (
                "samlp:AuthnRequest",
                "samlp:LogoutRequest",
                RequestError::NotAuthnRequest,
            ),
            (
                "SAML:2.0:protocol",
                "SAML:1.1:protocol",
                RequestError::NotAuthnRequest,
            ),
            (
                "Version=\"2.0\"",
                "Version=\"2.1\"",
                RequestError::NotAuthnRequest,
            ),
            ("ID=\"_a1\"", "ID=\"1a\"", RequestError::Id),
            (
                "ID=\"_a1\"",
                "ID=\"x&quot; onload=&quot;\"",
                RequestError::Id,
            ),
            ("ID=\"_a1\"", "", RequestError::Id),
            (
                "https://sp.example/saml<",
                "https://other.example/saml<",
                RequestError::UnknownServiceProvider,
            ),
            (
                "https://sp.example/saml<",
                " https://sp.example/saml<",
                RequestError::UnknownServiceProvider,
            ),
            ("https://sp.example/saml<", "<", RequestError::Issuer),
            (
                "https://sp.example/saml<",
                "https://sp.example/saml<b/><",
                RequestError::Issuer,
            ),
            (
                "<samlp:NameIDPolicy",
                "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">x</saml:Issuer><samlp:NameIDPolicy",
                RequestError::Issuer,
            ),
            (
                "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
                "xmlns:saml=\"urn:other\"",
                RequestError::Issuer,
            ),
            (
                "https://sso.example.test/saml/sso",
                "https://other.example/saml/sso",
                RequestError::Destination,
            ),
            ("09:59:00Z", "09:54:59Z", RequestError::IssueInstant),
            ("09:59:00Z", "10:05:01Z", RequestError::IssueInstant),
            (
                "2026-11-21T09:59:00Z",
                "2026-13-99T09:59:00Z",
                RequestError::IssueInstant,
            ),
            (
                "https://sp.example/acs",
                "https://evil.test/acs",
                RequestError::ConsumerService,
            ),
            (
                "https://sp.example/acs",
                "https://sp.example/acs?x",
                RequestError::ConsumerService,
            ),
            (
                "https://sp.example/acs",
                "https://sp.example/ACS",
                RequestError::ConsumerService,
            ),
            (
                "https://sp.example/acs",
                "https://sp.example.evil.test/acs",
                RequestError::ConsumerService,
            ),
            (
                "https://sp.example/acs",
                "javascript:alert(1)",
                RequestError::ConsumerService,
            ),
            (
                "Version=",
                "AssertionConsumerServiceIndex=\"0\" Version=",
                RequestError::ConsumerService,
            ),
            (
                "bindings:HTTP-POST",
                "bindings:HTTP-Artifact",
                RequestError::Binding,
            ),
            (
                "Version=",
                "ForceAuthn=\"yes\" Version=",
                RequestError::Flag,
            ),
        ];
        for (from, to, expected) in changes {
            let other = good().replace(from, to);
            assert_ne!(other, good(), "{from}");
            assert_eq!(judge(&other), Err(expected), "{to}");
        }
    }

    #[test]
    fn index_zero_alone_names_the_registered_address_and_no_other_index_does() {
        for (index, expected) in [
            ("0", Ok(())),
            ("1", Err(RequestError::ConsumerService)),
            ("-1", Err(RequestError::ConsumerService)),
        ] {
            let changed = good().replace(
                "AssertionConsumerServiceURL=\"https://sp.example/acs\"",
                &format!("AssertionConsumerServiceIndex=\"{index}\""),
            );
            assert_eq!(judge(&changed), expected, "{index}");
        }
    }

    #[test]
    fn another_way_to_name_the_person_is_noticed() {
        let settings = settings();
        for (format, unsuited) in [
            ("SAML:1.1:nameid-format:unspecified", false),
            ("SAML:2.0:nameid-format:transient", true),
            ("SAML:2.0:nameid-format:persistent", true),
        ] {
            let xml = good().replace("SAML:1.1:nameid-format:emailAddress", format);
            assert_eq!(
                read(&xml, &settings, SSO, now()).unwrap().unsuited_name_id,
                unsuited,
                "{format}"
            );
        }
    }

    #[test]
    fn more_parts_than_any_real_request_has_are_refused() {
        let many = good().replace(
            "</samlp:AuthnRequest>",
            &format!("{}</samlp:AuthnRequest>", "<a/>".repeat(500)),
        );
        assert_eq!(judge(&many), Err(RequestError::Xml));
        let deep = format!("{}{}", "<a>".repeat(2000), "</a>".repeat(2000));
        assert_eq!(judge(&deep), Err(RequestError::Xml));
    }
}
