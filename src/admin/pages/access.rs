//! `/admin/access`: who may come in, at every link.

use crate::admin::Place;
use crate::admin::form::{Kind, Section, Spec};

use super::FormOnly;

/// The page.
pub(super) const PAGE: FormOnly = FormOnly {
    place: Place::Access,
    path: "/admin/access",
    title: "Access",
    lead: "Who may come in. These rules hold at every link; a link can ask for more, or be open to the public. What guards the native portal itself are the permissions in Jira.",
    prefix: "access",
    sections: &[
        Section {
            title: "Addresses",
            intro: "",
            fields: &[
                Spec {
                    key: "domains",
                    label: "Allowed domains",
                    hint: "One a line: acme.example, or *.acme.example for its sub-domains. Empty: every domain.",
                    kind: Kind::Lines("acme.example"),
                },
                Spec {
                    key: "blocked_domains",
                    label: "Blocked domains",
                    hint: "One a line. They stay out even where the list above would let them in.",
                    kind: Kind::Lines("spam.example"),
                },
                Spec {
                    key: "disposable",
                    label: "Throw-away addresses",
                    hint: "Addresses at domains that are known for giving anybody a mailbox for ten minutes.",
                    kind: Kind::Choice(&[("refuse", "Refuse them"), ("allow", "Let them in")]),
                },
                Spec {
                    key: "disposable_domains",
                    label: "More throw-away domains",
                    hint: "One a line. Beside those that are known; they count while throw-away addresses are refused.",
                    kind: Kind::Lines("ten-minutes.example"),
                },
                Spec {
                    key: "not_disposable",
                    label: "No throw-away domains",
                    hint: "One a line: domains that are taken for throw-away ones and are none. A domain that stands among the allowed ones by its own name is let in anyway.",
                    kind: Kind::Lines("letters.example"),
                },
            ],
        },
        Section {
            title: "People",
            intro: "",
            fields: &[
                Spec {
                    key: "groups",
                    label: "Groups",
                    hint: "One a line. Whoever is in none of them is refused; empty: no group is asked for. With several identity providers: provider:group.",
                    kind: Kind::Lines("customers"),
                },
                Spec {
                    key: "claims",
                    label: "Claims",
                    hint: "One a line, as in: custom:customer = yes. Each must hold; who lacks one is refused.",
                    kind: Kind::Pairs("custom:customer = yes"),
                },
                Spec {
                    key: "create_customers",
                    label: "New customers",
                    hint: "What happens when somebody who passes the rules comes for the first time.",
                    kind: Kind::Choice(&[
                        ("always", "Make them a customer"),
                        (
                            "invited",
                            "Make them a customer if they were invited; else refuse them",
                        ),
                        (
                            "never",
                            "Refuse them: only those that Jira knows already come in",
                        ),
                    ]),
                },
                Spec {
                    key: "first_time_per_hour",
                    label: "New customers an hour",
                    hint: "How many people whom the front door does not know yet come in, or begin to wait for approval, at one link within an hour. Whoever is beyond it is told when to come back.",
                    kind: Kind::Number("200"),
                },
                Spec {
                    key: "attempts_per_minute",
                    label: "Logins a minute",
                    hint: "How many logins one network address may begin. A whole office may share one.",
                    kind: Kind::Number("600"),
                },
            ],
        },
        Section {
            title: "From where and when",
            intro: "These hold for everybody, at public links too.",
            fields: &[
                Spec {
                    key: "networks",
                    label: "Networks",
                    hint: "One a line: 203.0.113.0/24, 2001:db8::/32 or one address. Whoever comes from elsewhere is refused; empty: from anywhere. Behind a proxy this needs trusted_proxies.",
                    kind: Kind::Lines("203.0.113.0/24"),
                },
                Spec {
                    key: "hours",
                    label: "Hours",
                    hint: "Days, times and a time zone; several stretches parted by commas. Empty: always.",
                    kind: Kind::Text("Mon-Fri 08:00-18:00, Sat 09:00-12:00 Europe/Berlin"),
                },
            ],
        },
    ],
    more: &[(
        "/admin/preview",
        "Preview: what becomes of somebody by these rules",
    )],
};
