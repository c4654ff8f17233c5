//! What kinds of service providers there are: what to enter over there, in its own words as far as they are known, and the fields that each kind has.

use crate::admin::form::{Kind, NamedKind, Section, SettingsForm, Spec};
use crate::settings::saml::ServiceProviderKind;
use crate::settings::{Saved, Settings, Slug};

/// One kind.
pub(in crate::admin) struct SpKind {
    /// The setting's word, and what stands in addresses.
    pub(in crate::admin) word: &'static str,
    /// What it is called.
    pub(in crate::admin) label: &'static str,
    /// Suggested as the name.
    pub(in crate::admin) name: &'static str,
    /// What must be so before anything is entered.
    pub(in crate::admin) before: &'static str,
    /// What to do over there with our values.
    pub(in crate::admin) steps: &'static [&'static str],
    /// What to do once theirs are saved here.
    pub(in crate::admin) afterwards: &'static [&'static str],
    /// What nobody has verified against a live one, and traps.
    pub(in crate::admin) mind: &'static [&'static str],
    pub(in crate::admin) sections: &'static [Section],
}

/// All of them; the first is what the front door is for.
pub(in crate::admin) static KINDS: [SpKind; 4] = [PORTAL_ONLY, GUARD, DATA_CENTER, OTHER];

impl NamedKind for SpKind {
    type Name = Slug;

    const THING: &'static str = "service provider";
    const NAMING: &'static str = "Small letters, digits, hyphens and underscores: what this desk, the audit trail and the settings call it. It cannot be changed later.";
    const TAKEN: &'static [&'static str] = &["new", "metadata", "general"];

    fn all() -> &'static [Self] {
        &KINDS
    }

    fn word(&self) -> &'static str {
        self.word
    }

    fn suggested_name(&self) -> &'static str {
        self.name
    }

    fn settings(&self, name: &str) -> SettingsForm {
        SettingsForm {
            prefix: format!("saml.service_provider.{name}"),
            sections: self.sections,
        }
    }

    fn is_there(name: &str, settings: &Settings) -> bool {
        settings.saml.service_providers.contains_key(name)
    }

    fn finish(&self, name: &str, saved: Saved) -> Saved {
        let path = ["saml", "service_provider", name, "kind"];
        saved.with_value(&path, Some(self.word.into()))
    }
}

/// The kind that is set.
pub(in crate::admin) fn of(kind: ServiceProviderKind) -> &'static SpKind {
    match kind {
        ServiceProviderKind::PortalOnly => &KINDS[0],
        ServiceProviderKind::Guard => &KINDS[1],
        ServiceProviderKind::DataCenter => &KINDS[2],
        ServiceProviderKind::Other => &KINDS[3],
    }
}

/// What a service provider is added with, and no form changes.
pub(in crate::admin) const FIXED: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Spec {
        key: "kind",
        label: "Kind",
        hint: "",
        kind: Kind::Choice(&[
            (PORTAL_ONLY.word, PORTAL_ONLY.label),
            (GUARD.word, GUARD.label),
            (DATA_CENTER.word, DATA_CENTER.label),
            (OTHER.word, OTHER.label),
        ]),
    }],
}];

const PORTAL_ONLY: SpKind = SpKind {
    word: "portal-only",
    label: "Atlassian, portal-only customers",
    name: "portal",
    before: "This is what signs customers in to the native portal. It needs Atlassian Guard Standard, or an Enterprise plan. A Jira site has one such identity provider; portal-only customers are not billed.",
    steps: &[
        "In Atlassian Administration choose Apps, the site, Jira Service Management, Portal-only customers.",
        "Open the menu “…”, choose Identity provider, then Set up SAML single sign-on.",
        "Enter the three values below: entity ID, SSO URL, X.509 certificate. Atlassian shows its own two values only after these are saved.",
        "Copy the two values that Atlassian shows then, the service provider entity URL and the service provider assertion consumer service URL, into the fields below, and save.",
    ],
    afterwards: &[
        "As a Jira administrator choose Settings, Apps, Jira Service Management, Authentication, and set single sign-on to test.",
        "Open the test URL that Atlassian shows in a private window, log in there, and see below what came of it.",
        "When the test has gone well, turn single sign-on on. Whether a password is allowed beside it is set on the same page.",
    ],
    mind: &[
        "Not verified against a live site: how Atlassian names these fields exactly, and whether a portal that is open without a login ever asks. If it does not, set the hand-over of the link to go by way of the portal’s login.",
        "An address that also has an Atlassian account is sent to Atlassian’s own login. The front door tells such a person before they get there.",
        "Atlassian has one field for the certificate. When the key is switched, the new one must be entered there at the same time.",
    ],
    sections: &[
        WHAT_ATLASSIAN_SHOWS,
        Section {
            title: "Who may sign in this way",
            intro: "Leave all three empty for everybody whom at least one link lets in by its own rules. Otherwise each that is given must hold as well.",
            fields: &[PROVIDERS, GROUPS, DOMAINS],
        },
        Section {
            title: "Seldom needed",
            intro: "Atlassian knows people by their mail address; these are right as they are.",
            fields: &[NAME_ID, ATTRIBUTES_OF_ATLASSIAN, SIGN],
        },
    ],
};

const GUARD: SpKind = SpKind {
    word: "guard",
    label: "Atlassian Guard, managed accounts",
    name: "guard",
    before: "This signs people with Atlassian accounts of your organization in, and makes nobody a customer. It needs Atlassian Guard.",
    steps: &[
        "In Atlassian Administration set up SAML single sign-on for your identity provider directory, and enter the values below.",
        "Copy the two values that Atlassian shows then into the fields below, and save.",
    ],
    afterwards: &[
        "Log in at Atlassian with a managed account in a private window, and see below what came of it.",
    ],
    mind: &[
        "Seen in use, but not documented: the entity ID looks like https://auth.atlassian.com/saml/…, the consumer address like https://auth.atlassian.com/login/callback?connection=saml-….",
    ],
    sections: &[
        WHAT_ATLASSIAN_SHOWS,
        WHO,
        Section {
            title: "Seldom needed",
            intro: "",
            fields: &[NAME_ID, ATTRIBUTES_OF_ATLASSIAN, SIGN],
        },
    ],
};

const DATA_CENTER: SpKind = SpKind {
    word: "data-center",
    label: "Jira or Confluence Data Center",
    name: "data-center",
    before: "Before anything else enable the way back in, login.jsp?auth_fallback: without it a mistake locks everybody out.",
    steps: &[
        "In the administration choose authentication methods, add a configuration of the type SAML single sign-on, and enter the values below.",
        "The audience (entity ID) is the base URL of the application, and the consumer address is the base URL followed by /plugins/servlet/samlconsumer. Enter both below, and save.",
    ],
    afterwards: &[
        "Open the application in a private window, choose single sign-on, and see below what came of it.",
    ],
    mind: &[
        "Just-in-time provisioning takes a person out of every group that is not named. Send all groups, or none: no group is sent unless an attribute below says so.",
    ],
    sections: &[
        Section {
            title: "What it is called there",
            intro: "",
            fields: &[
                entity_id("Audience (entity ID)"),
                acs_url("Assertion consumer service URL"),
            ],
        },
        WHO,
        Section {
            title: "What it is told",
            intro: "",
            fields: &[NAME_ID, ATTRIBUTES_OF_DATA_CENTER, SIGN],
        },
    ],
};

const OTHER: SpKind = SpKind {
    word: "other",
    label: "Another SAML 2.0 service provider",
    name: "service",
    before: "Anything that takes a signed SAML 2.0 Response by HTTP-POST, unencrypted.",
    steps: &[
        "Enter the values below there, or give it the address of our metadata, where all of them stand.",
        "Copy its entity ID and its consumer address into the fields below, and save.",
    ],
    afterwards: &["Log in there in a private window, and see below what came of it."],
    mind: &[],
    sections: &[
        Section {
            title: "What it is called there",
            intro: "",
            fields: &[
                entity_id("Entity ID"),
                acs_url("Assertion consumer service URL"),
            ],
        },
        WHO,
        Section {
            title: "What it is told",
            intro: "",
            fields: &[NAME_ID, ATTRIBUTES, SIGN],
        },
    ],
};

const WHAT_ATLASSIAN_SHOWS: Section = Section {
    title: "What Atlassian shows",
    intro: "",
    fields: &[
        entity_id("Service provider entity URL"),
        acs_url("Service provider assertion consumer service URL"),
    ],
};

const fn entity_id(label: &'static str) -> Spec {
    Spec {
        key: "entity_id",
        label,
        hint: "Exactly as it is shown there: it is compared letter by letter.",
        kind: Kind::Text(""),
    }
}

const fn acs_url(label: &'static str) -> Spec {
    Spec {
        key: "acs_url",
        label,
        hint: "The only address that anything is ever posted to.",
        kind: Kind::Text(""),
    }
}

const WHO: Section = Section {
    title: "Who may sign in there",
    intro: "Each of these three that is given must hold. While all are empty, nobody may.",
    fields: &[PROVIDERS, GROUPS, DOMAINS],
};

const PROVIDERS: Spec = Spec {
    key: "providers",
    label: "Identity providers",
    hint: "One a line, by name: people who log in at one of them.",
    kind: Kind::Lines("cognito"),
};

const GROUPS: Spec = Spec {
    key: "groups",
    label: "Groups",
    hint: "One a line: people in one of them. With several identity providers: provider:group.",
    kind: Kind::Lines("staff"),
};

const DOMAINS: Spec = Spec {
    key: "domains",
    label: "Domains",
    hint: "One a line: people whose mail address is there; *.acme.example for sub-domains.",
    kind: Kind::Lines("acme.example"),
};

const NAME_ID: Spec = Spec {
    key: "name_id",
    label: "How people are named (NameID)",
    hint: "",
    kind: Kind::Choice(&[
        ("email", "By mail address"),
        (
            "persistent",
            "By a pseudonym that never changes and is known there alone",
        ),
        (
            "unspecified",
            "By mail address, without saying that it is one",
        ),
    ]),
};

const SIGN: Spec = Spec {
    key: "sign",
    label: "What is signed",
    hint: "",
    kind: Kind::Choice(&[
        ("both", "The assertion and the Response around it"),
        ("assertion", "The assertion alone"),
        ("response", "The Response alone"),
    ]),
};

const fn attributes(hint: &'static str, example: &'static str) -> Spec {
    Spec {
        key: "attributes",
        label: "Attributes",
        hint,
        kind: Kind::Pairs(example),
    }
}

const ATTRIBUTES_OF_ATLASSIAN: Spec = attributes(
    "One a line: attribute = claim, or a template such as {given_name} {family_name}. Empty: mail address, first name, last name and an id that never changes, under the names that Atlassian reads.",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname = given_name",
);

const ATTRIBUTES_OF_DATA_CENTER: Spec = attributes(
    "One a line: attribute = claim, or a template such as {given_name} {family_name}. Empty: username, email and displayName.",
    "groups = cognito:groups",
);

const ATTRIBUTES: Spec = attributes(
    "One a line: attribute = claim, or a template such as {given_name} {family_name}. Empty: email, firstName, lastName and displayName.",
    "department = custom:department",
);
