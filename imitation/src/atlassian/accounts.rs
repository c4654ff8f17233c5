//! People and organizations, as the site knows them.

use std::collections::BTreeSet;

use crate::random;

/// What kind of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    /// Portal-only.
    Customer,
    /// A real Atlassian account.
    Atlassian,
    /// A bot.
    App,
}

impl AccountType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Atlassian => "atlassian",
            Self::App => "app",
        }
    }
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `accountId`; portal-only ones begin with `qm:`.
    pub id: String,
    /// What kind it is.
    pub kind: AccountType,
    /// Its address.
    pub email: String,
    /// Whether its owner hides the address from others.
    pub email_hidden: bool,
    /// Its name.
    pub display_name: String,
    /// Whether it may be used.
    pub active: bool,
}

impl Account {
    /// A portal-only customer with a new id.
    #[must_use]
    pub fn customer(email: &str, display_name: &str) -> Self {
        Self {
            id: format!("qm:{}:{}", random::uuid(), random::uuid()),
            kind: AccountType::Customer,
            email: email.to_owned(),
            email_hidden: false,
            display_name: display_name.to_owned(),
            active: true,
        }
    }

    /// An Atlassian account with a new id.
    #[must_use]
    pub fn atlassian(email: &str, display_name: &str) -> Self {
        Self {
            id: format!("712020:{}", random::uuid()),
            kind: AccountType::Atlassian,
            ..Self::customer(email, display_name)
        }
    }
}

/// One organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: u64,
    /// Its other id.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// Whether a directory manages its members.
    pub scim_managed: bool,
    /// Account ids.
    pub members: BTreeSet<String>,
    /// Ids of the service desks that it belongs to.
    pub desks: BTreeSet<u64>,
}
