//! `/admin/account`: the Atlassian site, and the service account that acts there.

use crate::admin::Place;
use crate::admin::form::{Kind, Section, Spec};

use super::FormOnly;

/// The key above its fields.
pub(in crate::admin) const PREFIX: &str = "atlassian";

/// The page.
pub(in crate::admin) const PAGE: FormOnly = FormOnly {
    place: Place::Account,
    path: "/admin/account",
    title: "Service account",
    lead: "The Atlassian site, and the account that looks customers up and makes them there. Its token stays in this front door's own store, sealed.",
    prefix: PREFIX,
    sections: SECTIONS,
    more: &[(
        "/admin/account/test",
        "Test it: who the token is, what it may do, and which service desks it sees",
    )],
};

/// Its fields.
const SECTIONS: &[Section] = &[SITE, ACCOUNT, CUSTOMERS, SELDOM];

/// Those that the first hour asks for.
pub(in crate::admin) const FIRST: &[Section] = &[SITE, ACCOUNT, SELDOM];

const SITE: Section = Section {
    title: "Site",
    intro: "",
    fields: &[
        Spec {
            key: "site",
            label: "Site",
            hint: "The address of your Jira, as it stands in the browser.",
            kind: Kind::Text("https://acme.atlassian.net"),
        },
        Spec {
            key: "portal",
            label: "Help center",
            hint: "Only when your portals have an address of their own. Empty: the site.",
            kind: Kind::Text("https://help.acme.example"),
        },
    ],
};

const ACCOUNT: Section = Section {
    title: "Account",
    intro: "An account of its own for the front door is best: what it does can then be told from what people do.",
    fields: &[
        Spec {
            key: "token_kind",
            label: "Kind of token",
            hint: "",
            kind: Kind::Choice(&[
                ("classic", "API token without scopes"),
                ("scoped", "API token with scopes"),
                (
                    "oauth",
                    "Service account with OAuth 2.0 credentials (client id and secret)",
                ),
            ]),
        },
        Spec {
            key: "email",
            label: "E-mail address",
            hint: "Of the account that the API token belongs to.",
            kind: Kind::Text("bot@acme.example"),
        },
        Spec {
            key: "api_token",
            label: "API token",
            hint: "Made under id.atlassian.com, “Security”, “API tokens”.",
            kind: Kind::Secret,
        },
        Spec {
            key: "client_id",
            label: "Client ID",
            hint: "For OAuth 2.0 credentials alone.",
            kind: Kind::Text(""),
        },
        Spec {
            key: "client_secret",
            label: "Client secret",
            hint: "For OAuth 2.0 credentials alone.",
            kind: Kind::Secret,
        },
        Spec {
            key: "token_expires",
            label: "Expires on",
            hint: "Atlassian's tokens end after a year at most. You are warned 30, 14, 7 and 1 days before.",
            kind: Kind::Text("2027-06-30"),
        },
    ],
};

/// For those who want two tokens; the first hour leaves it out.
const CUSTOMERS: Section = Section {
    title: "A second token, for making customers",
    intro: "Only the making of customers needs a Jira administrator. With a second token, of an account that is one, customers are made with it and everything else is done with the token above, whose account then needs no administrator’s rights. Leave it empty, and the token above does everything.",
    fields: &[
        Spec {
            key: "customer_token",
            label: "API token for making customers",
            hint: "Of the same kind as the one above.",
            kind: Kind::Secret,
        },
        Spec {
            key: "customer_email",
            label: "E-mail address of its account",
            hint: "Another account than the one above: two tokens of one account may do the same.",
            kind: Kind::Text("customer-maker@acme.example"),
        },
        Spec {
            key: "customer_token_expires",
            label: "It expires on",
            hint: "You are warned of it like of the other.",
            kind: Kind::Text("2027-06-30"),
        },
    ],
};

const SELDOM: Section = Section {
    title: "Seldom needed",
    intro: "",
    fields: &[Spec {
        key: "budget",
        label: "Time for Jira's answers",
        hint: "How long all calls of one first visit may take together before the customer is asked to wait.",
        kind: Kind::Text("4s"),
    }],
};
