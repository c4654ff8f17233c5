//! Ids and keys of Atlassian's, checked so that they are safe in an address and mean one thing each.

use std::fmt;

/// A text that is not the id or key it was meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct BadId(&'static str);

macro_rules! checked {
    ($(#[$doc:meta])* $type:ident, $check:expr, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl TryFrom<String> for $type {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                let holds: fn(&str) -> bool = $check;
                if holds(&text) { Ok(Self(text)) } else { Err(BadId($allowed)) }
            }
        }

        impl std::str::FromStr for $type {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                text.to_owned().try_into()
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> Self {
                id.0
            }
        }

        impl $type {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked!(
    /// A service desk's id.
    ServiceDeskId, is_number, "1 to 18 digits"
);
checked!(
    /// A portal's id: what stands in the portal's address. It is not always the service desk's.
    PortalId, is_number, "1 to 18 digits"
);
checked!(
    /// An organization's id.
    OrganizationId, is_number, "1 to 18 digits"
);
checked!(
    /// A request type's id.
    RequestTypeId, is_number, "1 to 18 digits"
);
checked!(
    /// The id of a group of request types in a portal.
    GroupId, is_number, "1 to 18 digits"
);
checked!(
    /// An account's id: `qm:…` for many portal-only customers, otherwise opaque; at most 128 characters, as Atlassian documents.
    AccountId, is_account_id, "1 to 128 visible characters"
);
checked!(
    /// A project's key, such as `HELP`.
    ProjectKey, is_project_key, "2 to 60 upper-case letters, digits and underscores, beginning with a letter"
);

impl From<ServiceDeskId> for PortalId {
    /// A portal's id is read from its request types; where there are none, the service desk's id is the best guess.
    fn from(id: ServiceDeskId) -> Self {
        Self(id.0)
    }
}

impl OrganizationId {
    /// The id as the number that request bodies want.
    pub(super) fn number(&self) -> u64 {
        self.0
            .bytes()
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    }
}

impl AccountId {
    /// Whether the id alone tells a portal-only customer: those have begun with `qm:` from the first.
    pub(super) fn is_portal_only(&self) -> bool {
        self.0.starts_with("qm:")
    }
}

/// 18 digits stay below 2⁶³.
fn is_number(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_account_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_project_key(text: &str) -> bool {
    (2..=60).contains(&text.len())
        && text.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_digits_alone() {
        assert!("10001".parse::<PortalId>().is_ok());
        for bad in ["", "-1", "1/2", "1%2F", " 1", "１", "1234567890123456789"] {
            assert!(bad.parse::<PortalId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_are_upper_case_and_begin_with_a_letter() {
        for good in ["HELP", "H2", "IT_OPS"] {
            assert!(good.parse::<ProjectKey>().is_ok(), "{good}");
        }
        for bad in ["", "H", "help", "2H", "_H", "HE-LP", "HÉLP"] {
            assert!(bad.parse::<ProjectKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_organization_id_is_also_a_number() {
        assert_eq!("42".parse::<OrganizationId>().unwrap().number(), 42);
    }
}
