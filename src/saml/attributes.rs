//! What a service provider is told about a person: the name identifier and the attributes.

use std::borrow::Cow;

use crate::settings::saml::{NameId, ServiceProviderKind, ServiceProviderSettings};
use crate::settings::template::Source;

/// What is known of the person after mapping: the ground of the defaults.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The provider's name of them, which never changes.
    pub subject: &'a str,
    /// The mail address, normalised.
    pub email: &'a str,
    /// The first name, when known.
    pub first_name: Option<&'a str>,
    /// The last name, when known.
    pub last_name: Option<&'a str>,
    /// What they are called.
    pub display_name: &'a str,
    /// The user name, when known.
    pub username: Option<&'a str>,
}

/// The name that a service provider knows the person by, and how it is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameIdentifier {
    /// A name identifier format (SAML 2.0 Core, section 8.3).
    pub format: &'static str,
    /// The name.
    pub value: String,
}

/// `NameID` format: the service provider may read it as it likes.
pub const FORMAT_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
/// `NameID` format: a mail address.
pub const FORMAT_EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
/// `NameID` format: a pseudonym that never changes.
pub const FORMAT_PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/// The format that a setting stands for.
#[must_use]
pub fn format_of(name_id: NameId) -> &'static str {
    match name_id {
        NameId::Email => FORMAT_EMAIL,
        NameId::Persistent => FORMAT_PERSISTENT,
        NameId::Unspecified => FORMAT_UNSPECIFIED,
    }
}

/// The name identifier by the settings. The pseudonym must differ between service providers, so that two of them
/// cannot tell that they serve the same person.
#[must_use]
pub fn name_identifier(name_id: NameId, email: &str, pseudonym: &str) -> NameIdentifier {
    let value = match name_id {
        NameId::Email | NameId::Unspecified => email,
        NameId::Persistent => pseudonym,
    };
    NameIdentifier {
        format: format_of(name_id),
        value: value.to_owned(),
    }
}

/// The attributes that a service provider gets: those of its settings, or the defaults of its kind. `claim` gives all
/// values of a claim. Attributes without a value are left out.
#[must_use]
pub fn attributes(
    service_provider: &ServiceProviderSettings,
    person: &Person<'_>,
    claim: impl Fn(&str) -> Vec<String>,
) -> Vec<(String, Vec<String>)> {
    if service_provider.attributes.is_empty() {
        return defaults(service_provider.kind, person);
    }
    service_provider
        .attributes
        .iter()
        .map(|(name, source)| (name.clone(), values(source, &claim)))
        .filter(|(_, values)| !values.is_empty())
        .collect()
}

/// One claim gives all its values; a template is one value, made of the first of each claim it names.
/// Characters that XML cannot carry are left out: one of them in a claim must not keep its person out for good.
fn values(source: &Source, claim: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let claim = |name: &str| -> Vec<String> {
        let written = |value: String| value.replace(super::xml::is_refused, "");
        claim(name).into_iter().map(written).collect()
    };
    match source {
        Source::Claim(name) => claim(name)
            .into_iter()
            .filter(|value| !value.is_empty())
            .collect(),
        Source::Template(_) => source
            .value(|name| claim(name).into_iter().next().map(Cow::Owned))
            .into_iter()
            .collect(),
    }
}

/// Groups are in no default: Data Center takes a person out of every group that a Response does not name, so who wants
/// them sent says which claim holds them all.
fn defaults(kind: ServiceProviderKind, person: &Person<'_>) -> Vec<(String, Vec<String>)> {
    let named: &[(&str, Option<&str>)] = match kind {
        ServiceProviderKind::PortalOnly | ServiceProviderKind::Guard => &[
            (EMAIL_CLAIM, Some(person.email)),
            (GIVEN_NAME_CLAIM, person.first_name),
            (NAME_CLAIM, Some(person.subject)),
            (SURNAME_CLAIM, person.last_name),
        ],
        ServiceProviderKind::DataCenter => &[
            ("displayName", Some(person.display_name)),
            ("email", Some(person.email)),
            ("username", Some(person.username.unwrap_or(person.email))),
        ],
        ServiceProviderKind::Other => &[
            ("displayName", Some(person.display_name)),
            ("email", Some(person.email)),
            ("firstName", person.first_name),
            ("lastName", person.last_name),
        ],
    };
    named
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), vec![(*value)?.to_owned()])))
        .collect()
}

/// The names that Atlassian reads; `name` is the one that never changes, so it is no person's name.
const EMAIL_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
const GIVEN_NAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname";
const NAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const SURNAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::fixtures::service_provider;

    const ANNA: Person<'static> = Person {
        subject: "5f0c",
        email: "anna@acme.example",
        first_name: Some("Anna"),
        last_name: None,
        display_name: "Anna",
        username: None,
    };

    fn names(attributes: &[(String, Vec<String>)]) -> Vec<&str> {
        attributes
            .iter()
            .map(|(name, _)| name.rsplit('/').next().unwrap())
            .collect()
    }

    #[test]
    fn atlassian_is_told_the_address_the_names_and_the_unchanging_subject() {
        for kind in [ServiceProviderKind::PortalOnly, ServiceProviderKind::Guard] {
            let attributes = defaults(kind, &ANNA);
            assert_eq!(names(&attributes), ["emailaddress", "givenname", "name"]);
            assert_eq!(attributes[2].1, ["5f0c"]);
        }
    }

    #[test]
    fn data_center_is_told_no_groups_unless_they_are_set() {
        let attributes = defaults(ServiceProviderKind::DataCenter, &ANNA);
        assert_eq!(names(&attributes), ["displayName", "email", "username"]);
        assert_eq!(attributes[2].1, ["anna@acme.example"]);
    }

    #[test]
    fn a_claim_gives_all_its_values_and_a_template_one() {
        let mut sp = service_provider();
        sp.attributes = vec![
            ("groups".into(), "cognito:groups".parse().unwrap()),
            (
                "label".into(),
                "{cognito:groups}/{missing}".parse().unwrap(),
            ),
            ("nothing".into(), "missing".parse().unwrap()),
        ];
        let attributes = attributes(&sp, &ANNA, |name| match name {
            "cognito:groups" => vec!["a".into(), String::new(), "b,c".into()],
            _ => Vec::new(),
        });
        assert_eq!(
            attributes,
            [
                ("groups".to_owned(), vec!["a".to_owned(), "b,c".to_owned()]),
                ("label".to_owned(), vec!["a/".to_owned()]),
            ]
        );
    }

    #[test]
    fn the_name_identifier_is_the_address_or_the_pseudonym() {
        let email = name_identifier(NameId::Email, "a@b.example", "p");
        assert_eq!((email.format, &*email.value), (FORMAT_EMAIL, "a@b.example"));
        let persistent = name_identifier(NameId::Persistent, "a@b.example", "p");
        assert_eq!(
            (persistent.format, &*persistent.value),
            (FORMAT_PERSISTENT, "p")
        );
        let unspecified = name_identifier(NameId::Unspecified, "a@b.example", "p");
        assert_eq!(unspecified.value, "a@b.example");
    }
}
