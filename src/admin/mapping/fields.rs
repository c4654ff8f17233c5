//! The fields of the mapping: which claim becomes what of the customer.

use crate::admin::form::{Kind, Section, Spec};

/// All of them.
pub(super) const SECTIONS: &[Section] = &[Section {
    title: "",
    intro: "Write the name of a claim, or a template with claims in braces such as {given_name} {family_name}.",
    fields: &[
        Spec {
            key: "email",
            label: "E-mail address",
            hint: "Whose address it is. Everything else hangs on it.",
            kind: Kind::Text("email"),
        },
        Spec {
            key: "display_name",
            label: "Display name",
            hint: "Without a value: the claim name, then the user name, then what stands before the @.",
            kind: Kind::Text("{given_name} {family_name}"),
        },
        Spec {
            key: "first_name",
            label: "First name",
            hint: "",
            kind: Kind::Text("given_name"),
        },
        Spec {
            key: "last_name",
            label: "Last name",
            hint: "",
            kind: Kind::Text("family_name"),
        },
        Spec {
            key: "username",
            label: "User name",
            hint: "",
            kind: Kind::Text("cognito:username"),
        },
        Spec {
            key: "groups",
            label: "Groups",
            hint: "The claim that lists a person's groups.",
            kind: Kind::Text("cognito:groups"),
        },
        Spec {
            key: "details",
            label: "Customer detail fields",
            hint: "One a line: the name of the field in Jira, as it is there, and the claim or template. Jira takes them where the site has customer details (Customer Service Management).",
            kind: Kind::Pairs("Region = custom:region"),
        },
        Spec {
            key: "update",
            label: "Existing customers",
            hint: "",
            kind: Kind::Choice(&[
                ("always", "Follow the claims at every login"),
                (
                    "new",
                    "Leave them as they are; the mapping is for new customers alone",
                ),
            ]),
        },
    ],
}];
