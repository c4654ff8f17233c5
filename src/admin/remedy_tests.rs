//! Where each refusal leads.

use std::collections::BTreeSet;

use super::*;
use crate::admission::AdmissionError;
use crate::admission::policy::{Few, Objection};
use crate::identity::MappingError;

fn at(reason: Reason, why: &str, link: Option<&str>) -> Vec<String> {
    let about = About {
        why,
        link,
        provider: Some("cognito"),
        person: None,
    };
    let found = remedy(reason, &about);
    assert!(!found.words.is_empty());
    found
        .places
        .into_iter()
        .map(|(_, address)| address)
        .collect()
}

#[test]
fn every_reason_leads_to_a_page_or_says_what_else_to_do() {
    let without: BTreeSet<&str> = Reason::ALL
        .iter()
        .filter(|reason| at(**reason, "", Some("help")).is_empty())
        .map(|reason| reason.name())
        .collect();
    let expected = [
        "bad_request",
        "conflict",
        "internal",
        "login_expired",
        "login_loop",
        "login_required",
        "not_found",
        "too_large",
    ];
    assert_eq!(without, BTreeSet::from(expected));
}

fn unmet() -> Objection {
    Objection::Claim {
        name: "custom:a".to_owned(),
        value: Few::of(["gold (or so)"]),
    }
}

fn private(groups: &[&str], organizations: &[&str]) -> Objection {
    Objection::NotInPrivate {
        groups: Few::of(groups),
        organizations: Few::of(organizations),
    }
}

#[test]
fn a_refusal_leads_to_where_its_rule_is_changed() {
    let link = Some("help");
    let few = |value: &str| Few::of([value]);
    for (objection, place) in [
        (
            Objection::DomainNotListed(few("a.example")),
            "/admin/access",
        ),
        (Objection::NoGroup(few("a")), "/admin/access"),
        (
            Objection::Network([192, 0, 2, 1].into(), few("198.51.100.0/24")),
            "/admin/access",
        ),
        (unmet(), "/admin/access"),
        (
            Objection::Disposable("x.example".to_owned()),
            "/admin/access",
        ),
        (private(&["a"], &["b"]), "/admin/links/help"),
        (private(&[], &["b"]), "/admin/links/help"),
        (private(&[], &[]), "/admin/links/help"),
    ] {
        let places = at(objection.reason(), &objection.to_string(), link);
        assert_eq!(places[0], place, "{objection}");
    }
    let not_created = AdmissionError::NotCreated.to_string();
    let not_believed = MappingError::DomainNotAllowed {
        email: "ada@acme.example".parse().unwrap(),
    };
    let not_believed = not_believed.to_string();
    let no_link = AdmissionError::NoLink(None).to_string();
    let revoked = AdmissionError::Revoked.to_string();
    for (reason, why, link, place) in [
        (
            Reason::DomainNotAllowed,
            not_believed.as_str(),
            link,
            "/admin/providers/cognito",
        ),
        (Reason::DomainNotAllowed, "", link, "/admin/access"),
        (
            Reason::EmailUnverified,
            "",
            None,
            "/admin/providers/cognito",
        ),
        (Reason::EmailMissing, "", None, "/admin/mapping"),
        (
            Reason::LoginInvalid,
            "",
            None,
            "/admin/providers/cognito/test",
        ),
        (
            Reason::NotAllowed,
            revoked.as_str(),
            link,
            "/admin/customers",
        ),
        (
            Reason::NotAllowed,
            not_created.as_str(),
            link,
            "/admin/access",
        ),
        (Reason::NotAllowed, no_link.as_str(), None, "/admin/links"),
        (
            Reason::NotAllowed,
            "not among those who may sign in to wiki",
            None,
            "/admin/service-providers/wiki",
        ),
        (
            Reason::LinkOff,
            "the link is switched off",
            link,
            "/admin/links/help",
        ),
        (
            Reason::LinkOff,
            "every link is closed (links_closed)",
            link,
            "/admin/settings",
        ),
        (
            Reason::AtlassianUnavailable,
            "",
            link,
            "/admin/account/test",
        ),
        (
            Reason::IdentityConflict,
            "",
            link,
            "/admin/customers/conflicts",
        ),
    ] {
        assert_eq!(at(reason, why, link)[0], place, "{reason:?} {why}");
    }
}

#[test]
fn the_rule_that_decided_is_named_as_its_field_is() {
    let about = About {
        why: "the address is of none of the allowed domains: a.example (access.domains)",
        ..About::default()
    };
    let found = remedy(Reason::DomainNotAllowed, &about);
    assert_eq!(found.places[0].0, "Access → Allowed domains");
}
