//! `/admin/texts` and `/admin/texts-german`: own words in place of ours, for refusals and a few pages.

use crate::admin::Place;
use crate::admin::form::{Kind, Section, Spec};

use super::FormOnly;

/// What is said of both pages.
const LEAD: &str = "Own words in place of what happened and what to do next; titles stay. Plain text; lines stay as they are. A text stands for its own language alone: a reader of the other one sees ours.";

/// Each field of one language: key below `texts`, and what it is for.
macro_rules! sections {
    ($language:literal: $($key:literal $label:literal,)* buttons: $($button:literal $on:literal $hint:literal,)*) => {
        &[Section {
            title: "",
            intro: "",
            fields: &[$(Spec {
                key: concat!("texts.", $language, ".", $key),
                label: $label,
                hint: "",
                kind: Kind::Long(""),
            }),*],
        }, Section {
            title: "Buttons",
            intro: "Own words on buttons, one short line each.",
            fields: &[$(Spec {
                key: concat!("texts.", $language, ".", $button),
                label: $on,
                hint: $hint,
                kind: Kind::Text(""),
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
            "network_not_allowed" "Not from an allowed network",
            "outside_hours" "Outside opening hours",
            "blocked" "Blocked by hand",
            "not_invited" "Not a customer yet, and not invited",
            "awaiting_approval" "Waiting for approval",
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
            buttons:
            "button_sign_in" "Sign in, one for each provider" "{provider} stands for its label.",
            "button_continue" "Continue, at the choice of a provider and on the way to the portal" "",
            "button_go" "Go to a pasted portal address" "",
            "button_start_again" "Start again, after a refusal" "",
            "button_another_account" "Use another account, after a refusal" "",
            "button_home" "Go to the start page" "",
            "button_portal" "Go to the portal, after a refusal" "",
            "button_page_again" "Go to the page again, after a stale form" "",
            "button_sign_out" "Sign out" "",
            "button_sign_out_of" "Sign out of a provider" "{provider} stands for its label.",
            "button_sign_out_everywhere" "Sign out everywhere" "",
            "button_sign_in_again" "Sign in again, after signing out" "",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ENGLISH, FormOnly, GERMAN};
    use crate::settings::texts::{BUTTONS, KEYS};

    fn fields(page: &FormOnly) -> BTreeSet<&'static str> {
        let specs = page.sections.iter().flat_map(|section| section.fields);
        specs.map(|spec| spec.key).collect()
    }

    #[test]
    fn every_text_of_ones_own_can_be_typed_in_either_language() {
        for (page, language) in [(&ENGLISH, "en"), (&GERMAN, "de")] {
            let buttons = BUTTONS.iter().map(|(key, _)| *key);
            let all = KEYS.into_iter().chain(buttons);
            let keys: BTreeSet<_> = all.map(|key| format!("texts.{language}.{key}")).collect();
            assert_eq!(fields(page), keys.iter().map(String::as_str).collect());
        }
    }
}
