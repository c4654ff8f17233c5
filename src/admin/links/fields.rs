//! The fields of a link's form.

use crate::admin::form::{Kind, Section, Spec};

/// What this version knows of `link.<slug>`, but for its service desk.
pub(in crate::admin) const SECTIONS: &[Section] = &[
    Section {
        title: "On or off",
        intro: "",
        fields: &[
            Spec {
                key: "enabled",
                label: "Link",
                hint: "",
                kind: Kind::Flag(
                    true,
                    "On",
                    "Off: whoever opens it is told that it is switched off",
                ),
            },
            Spec {
                key: "enforce",
                label: "Rules",
                hint: "",
                kind: Kind::Flag(
                    true,
                    "Enforced: whoever does not pass is refused",
                    "Pilot: whoever would be refused is written down, and comes in",
                ),
            },
        ],
    },
    Section {
        title: "Who may come in",
        intro: "",
        fields: &[
            Spec {
                key: "access",
                label: "Access",
                hint: "",
                kind: Kind::Choice(&[
                    (
                        "default",
                        "Everybody who passes the rules of the page Access",
                    ),
                    (
                        "private",
                        "Of those, only who is in one of the groups or organizations below",
                    ),
                    (
                        "public",
                        "Everybody who signs in, whatever the page Access asks of domains, groups and claims",
                    ),
                ]),
            },
            Spec {
                key: "groups",
                label: "Groups",
                hint: "For private access. One a line. With several identity providers: provider:group.",
                kind: Kind::Lines("customers"),
            },
            Spec {
                key: "organizations",
                label: "Organizations",
                hint: "For private access. One a line, named as in the rules about organizations.",
                kind: Kind::Lines("Acme GmbH"),
            },
            Spec {
                key: "approval",
                label: "First visit",
                hint: "Approval is asked for at a pilot too. Who is a customer of this service desk by the front door already is not asked for it.",
                kind: Kind::Flag(
                    false,
                    "Waits until an administrator has approved it",
                    "Comes in at once",
                ),
            },
        ],
    },
    Section {
        title: "How they reach the portal",
        intro: "",
        fields: &[
            Spec {
                key: "hand_over",
                label: "Hand-over",
                hint: "",
                kind: Kind::Choice(&[
                    (
                        "saml",
                        "Signed in: Atlassian asks the front door who they are (single sign-on for portal-only customers, which needs Atlassian Guard)",
                    ),
                    (
                        "gate",
                        "At the portal's own login: Atlassian asks them once more",
                    ),
                ]),
            },
            Spec {
                key: "hand_over_via",
                label: "Way",
                hint: "A portal that is open without a login may never ask who somebody is. Whether its login page always does has not been tried at a live site.",
                kind: Kind::Choice(&[
                    ("direct", "Straight to the portal"),
                    ("login", "By way of the portal’s login page"),
                ]),
            },
        ],
    },
    Section {
        title: "Other names",
        intro: "",
        fields: &[Spec {
            key: "aliases",
            label: "Aliases",
            hint: "One a line. Each is another address that leads here: for the alias support, the link's address with /p/support.",
            kind: Kind::Lines("support"),
        }],
    },
];

/// What a link is born with: its page shows it, and no form changes it.
pub(in crate::admin) const FIXED: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Spec {
        key: "service_desk",
        label: "Service desk",
        hint: "",
        kind: Kind::Text("HELP"),
    }],
}];
