//! The users of a pool, and a few ready ones for the demo and the tests.

use std::collections::BTreeMap;

/// The password of all ready people.
pub const PASSWORD: &str = "correct horse battery staple";

/// One user of the pool.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// What they type at the login page.
    pub username: String,
    /// What else they type.
    pub password: String,
    /// Their subject, a UUID.
    pub sub: String,
    /// Their address; `None`: the pool has none.
    pub email: Option<String>,
    /// Whether the pool has verified it.
    pub email_verified: bool,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// Full name.
    pub name: Option<String>,
    /// The groups, most important first.
    pub groups: Vec<String>,
    /// Custom attributes, without `custom:`.
    pub custom: BTreeMap<String, String>,
    /// Whether an administrator of the pool has disabled them.
    pub disabled: bool,
    /// What is special about them, shown beside their button.
    pub note: String,
}

impl Person {
    /// A user with a verified address, no group, and the password of all ready people.
    #[must_use]
    pub fn new(username: &str, given_name: &str, family_name: &str, email: &str) -> Self {
        Self {
            username: username.to_owned(),
            password: PASSWORD.to_owned(),
            sub: subject_of(username),
            email: Some(email.to_owned()),
            email_verified: true,
            given_name: Some(given_name.to_owned()),
            family_name: Some(family_name.to_owned()),
            name: Some(format!("{given_name} {family_name}")),
            ..Self::default()
        }
    }

    /// With a note for the login page.
    #[must_use]
    pub fn noted(mut self, note: &str) -> Self {
        note.clone_into(&mut self.note);
        self
    }

    /// In these groups.
    #[must_use]
    pub fn in_groups(mut self, groups: &[&str]) -> Self {
        self.groups = groups.iter().map(|&group| group.to_owned()).collect();
        self
    }

    /// With a custom attribute, named without `custom:`.
    #[must_use]
    pub fn with_custom(mut self, name: &str, value: &str) -> Self {
        self.custom.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With an address that the pool has not verified.
    #[must_use]
    pub fn unverified(mut self) -> Self {
        self.email_verified = false;
        self
    }

    /// What the login page calls them.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.username)
    }
}

/// A subject that is the same at every start, so that a restarted demo knows its people again.
fn subject_of(username: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, username.as_bytes());
    let hex: String = digest
        .as_ref()
        .iter()
        .flat_map(|byte| {
            [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('0'))
        })
        .collect();
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

/// People for every way that a login can end.
#[must_use]
pub fn ready_people() -> Vec<Person> {
    vec![
        Person::new("ada", "Ada", "Lovelace", "ada@customer.example")
            .noted("everything is fine: lands in the portal"),
        Person::new("charles", "Charles", "Babbage", "charles@acme.example")
            .in_groups(&["acme"])
            .with_custom("company", "Acme GmbH")
            .noted("in the group acme: lands in the portal"),
        Person::new("mary", "Mary", "Somerville", "mary@acme.example")
            .in_groups(&["acme", "billing"])
            .with_custom("company", "Acme GmbH")
            .noted("in the groups acme and billing: lands in the portal"),
        Person::new("ulf", "Ulf", "Unverified", "ulf@customer.example")
            .unverified()
            .noted("address not verified: refused"),
        Person::new("anna", "Anna", "Atlassian", "anna@acme.example")
            .noted("address has an Atlassian account: told what to do"),
        Person::new("boris", "Boris", "Blocked", "boris@blocked.example")
            .noted("address of a blocked domain: refused"),
        Person::new("grace", "Grace", "Hopper", "grace@helpdesk.example")
            .in_groups(&["helpdesk-admins"])
            .noted("in the group of the help desk's administrators: lands in the portal, and may open /admin too"),
    ]
}
