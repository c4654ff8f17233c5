//! `/admin/texts` and `/admin/texts-german`: own words in place of ours, for refusals and a few pages.

use crate::admin::Place;
use crate::admin::form::{Kind, Section, Spec};

use super::FormOnly;

/// What is said of both pages.
const LEAD: &str = "Own words in place of what happened and what to do next; titles and buttons stay. Plain text; lines stay as they are. A text stands for its own language alone: a reader of the other one sees ours.";

/// Each field of one language: key below `texts`, and what it is for.
macro_rules! sections {
    ($language:literal: $($key:literal $label:literal,)*) => {
        &[Section {
            title: "",
            intro: "",
            fields: &[$(Spec {
                key: concat!("texts.", $language, ".", $key),
                label: $label,
                hint: "",
                kind: Kind::Long(""),
            }),*],
        }]
    };
}

/// All of them, for a language.
macro_rules! language {
    ($language:literal) => {
        sections!($language:
            "welcome" "Welcome page",
            "signed_out" "Signed out",
            "links_closed" "All links are closed",
            "email_missing" "No e-mail address",
            "email_unverified" "Address not verified",
            "domain_not_allowed" "Domain not allowed",
            "group_required" "Not in a group that is asked for",
            "organization_required" "Not in an organization that is asked for",
            "claim_required" "A claim is missing",
            "blocked" "Blocked by hand",
            "not_invited" "Not a customer yet, and no new ones are made",
            "not_allowed" "Not allowed",
            "atlassian_account" "The address has an Atlassian account",
            "identity_conflict" "Two accounts with one address",
            "login_refused" "The provider said no",
            "login_expired" "The login took too long",
            "login_invalid" "The login could not be checked",
            "login_loop" "The browser is sent round and round",
            "link_off" "Link switched off",
            "link_unknown" "No such link",
            "provider_unavailable" "The provider does not answer",
            "atlassian_unavailable" "Jira does not answer",
            "store_unavailable" "The store does not answer",
            "too_many_requests" "Too many requests",
            "internal" "Something went wrong here",
            "not_found" "No such page",
            "bad_request" "A request that makes no sense",
            "too_large" "A request that is too large",
            "conflict" "Somebody else was quicker",
            "login_required" "Not signed in",
            "service_provider_unknown" "An unknown service provider asks",
            "saml_request_invalid" "A service provider's request is wrong, or was answered before",
        )
    };
}

/// In English.
pub(super) const ENGLISH: FormOnly = FormOnly {
    place: Place::Settings,
    path: "/admin/texts",
    title: "Texts in English",
    lead: LEAD,
    prefix: "",
    sections: language!("en"),
    more: &[
        ("/admin/texts-german", "Texts in German"),
        ("/admin/settings", "Settings"),
    ],
};

/// In German.
pub(super) const GERMAN: FormOnly = FormOnly {
    place: Place::Settings,
    path: "/admin/texts-german",
    title: "Texts in German",
    lead: LEAD,
    prefix: "",
    sections: language!("de"),
    more: &[
        ("/admin/texts", "Texts in English"),
        ("/admin/settings", "Settings"),
    ],
};
