//! `/admin/settings`: everything that holds for the whole front door.

use crate::admin::Place;
use crate::admin::form::{Kind, Section, Spec};

use super::FormOnly;

/// The page.
pub(super) const PAGE: FormOnly = FormOnly {
    place: Place::Settings,
    path: "/admin/settings",
    title: "Settings",
    lead: "What holds for the whole front door.",
    prefix: "",
    sections: SECTIONS,
    more: &[
        ("/admin/logo", "Logo"),
        ("/admin/texts", "Texts: own words for refusals and pages"),
        ("/admin/transfer", "Export and import of all settings"),
    ],
};

const SECTIONS: &[Section] = &[
    Section {
        title: "Administrators",
        intro: "",
        fields: &[
            Spec {
                key: "admin.groups",
                label: "Groups of administrators",
                hint: "One a line. Whoever is in one of them may use this desk. With several identity providers: provider:group.",
                kind: Kind::Lines("helpdesk-admins"),
            },
            Spec {
                key: "admin.login_within",
                label: "Changes need a login not older than",
                hint: "Whoever logged in longer ago logs in again before a change is taken. Reading needs nothing.",
                kind: Kind::Text("12h"),
            },
        ],
    },
    Section {
        title: "Sessions",
        intro: "How long a login lasts. Durations are a number and s, m, h or d, as in 90m.",
        fields: &[
            Spec {
                key: "session.idle",
                label: "Without a visit",
                hint: "A session ends this long after its last visit.",
                kind: Kind::Text("2h"),
            },
            Spec {
                key: "session.absolute",
                label: "At the longest",
                hint: "A session ends this long after its login, whatever happens.",
                kind: Kind::Text("12h"),
            },
            Spec {
                key: "session.recheck",
                label: "The provider is asked again after",
                hint: "How long somebody who is signed in may go on before a change at the identity provider, such as a lost group or a disabled user, or of their customer record counts for them.",
                kind: Kind::Text("15m"),
            },
        ],
    },
    Section {
        title: "Name and help",
        intro: "",
        fields: &[
            Spec {
                key: "branding.name",
                label: "Name",
                hint: "What the pages call you.",
                kind: Kind::Text("Front Door"),
            },
            Spec {
                key: "branding.support",
                label: "Support contact",
                hint: "A mail address or a link that begins with https://. It stands on every page.",
                kind: Kind::Text("help@acme.example"),
            },
            Spec {
                key: "branding.accent",
                label: "Accent colour",
                hint: "As in #0b5563. It is made darker or lighter where it could not be read, and refused where that does not help.",
                kind: Kind::Text("#0b5563"),
            },
        ],
    },
    Section {
        title: "Start page",
        intro: "",
        fields: &[
            Spec {
                key: "home.welcome",
                label: "Whoever is not signed in",
                hint: "",
                kind: Kind::Choice(&[
                    ("page", "Sees a welcome page with a button"),
                    (
                        "login",
                        "Goes to the login at once, where there is one provider",
                    ),
                ]),
            },
            Spec {
                key: "home.land",
                label: "After a login without a link",
                hint: "The name of the link where people land. Empty: the start page with all portals that they may open.",
                kind: Kind::Text("help"),
            },
        ],
    },
    Section {
        title: "Links",
        intro: "",
        fields: &[
            Spec {
                key: "links_closed",
                label: "All links",
                hint: "One switch for a day when nobody shall come in. What is said then stands under Texts.",
                kind: Kind::Flag(
                    false,
                    "Closed, with a message",
                    "Open, each by its own rules",
                ),
            },
            Spec {
                key: "link_new",
                label: "Service desks that are seen for the first time",
                hint: "",
                kind: Kind::Choice(&[
                    ("off", "Their link is off until you switch it on"),
                    ("on", "Their link is on at once"),
                ]),
            },
            Spec {
                key: "links_refresh",
                label: "Service desks are read again every",
                hint: "",
                kind: Kind::Text("5m"),
            },
        ],
    },
    Section {
        title: "Audit trail",
        intro: "",
        fields: &[Spec {
            key: "audit.keep",
            label: "Kept for",
            hint: "Older events are dropped. The chain of hashes still holds.",
            kind: Kind::Text("400d"),
        }],
    },
];
