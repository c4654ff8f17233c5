//! `/admin/mapping`: which claim becomes what of the customer.

use crate::admin::Place;
use crate::admin::form::{Kind, Section, Spec};

use super::FormOnly;

/// Its fields, which the first hour shows beside a table of real claims.
pub(in crate::admin) const SECTIONS: &[Section] = &[Section {
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

/// The page.
pub(super) const PAGE: FormOnly = FormOnly {
    place: Place::Mapping,
    path: "/admin/mapping",
    title: "Attribute mapping",
    lead: "What the identity provider says of a person, and what becomes of it. Try a change with real claims on the page Preview once it is saved.",
    prefix: "mapping",
    sections: SECTIONS,
    more: &[(
        "/admin/preview",
        "Preview: what becomes of somebody by this mapping",
    )],
};
