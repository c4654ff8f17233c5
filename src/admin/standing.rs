//! What of the list of conflicts concerns somebody with given claims: who was refused, and what conflicts with what.

use crate::admission::conflicts::Pending;
use crate::admission::customer::IdentityKey;
use crate::admission::person::PersonId;
use crate::identity::Identity;
use crate::login::Login;
use crate::web::Reason;
use crate::web::pages::for_people;

/// One conflict, in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Who came with what, and when.
    pub(super) came: String,
    /// Why they were refused.
    pub(super) reason: &'static str,
    /// What it conflicts with.
    pub(super) why: String,
    /// What that means for the claims that are looked at.
    pub(super) means: &'static str,
    /// The page of the person whose address it is.
    pub(super) page: String,
}

impl Standing {
    /// `is_in`: whether these claims are known as a customer.
    pub(super) fn of(
        (id, pending): (PersonId, Pending),
        identity: &Identity,
        is_in: bool,
        login: &Login,
    ) -> Self {
        let is_own = pending.identity == IdentityKey::from(identity);
        let who = if is_own {
            "this account".to_owned()
        } else {
            another(&pending, login)
        };
        Self {
            came: format!(
                "On {} {who} came with the address {}",
                for_people(pending.at),
                pending.email
            ),
            reason: reason(&pending).name(),
            why: why(&pending),
            means: means(&pending, identity, is_in),
            page: format!("/admin/customers/{id}"),
        }
    }
}

/// Whether Jira said of this very address that it has an Atlassian account.
pub(super) fn has_account(pending: &Pending, identity: &Identity) -> bool {
    pending.account.is_some() && pending.email == identity.email
}

fn another(pending: &Pending, login: &Login) -> String {
    let IdentityKey { provider, subject } = &pending.identity;
    let label = match login.providers().get(provider) {
        Some(known) => known.settings().label.clone(),
        None => provider.to_string(),
    };
    let name = &pending.display_name;
    format!("another account, {name} at {label} ({subject}),")
}

fn reason(pending: &Pending) -> Reason {
    match pending.account {
        Some(_) => Reason::AtlassianAccount,
        None => Reason::IdentityConflict,
    }
}

fn why(pending: &Pending) -> String {
    match (&pending.account, &pending.known_as) {
        (Some(_), _) => "the address also has an Atlassian account".to_owned(),
        (None, Some(known)) => format!("that account is known as the customer of {known}"),
        (None, None) => "the customer of that address signs in with another account".to_owned(),
    }
}

fn means(pending: &Pending, identity: &Identity, is_in: bool) -> &'static str {
    if pending.identity == IdentityKey::from(identity) {
        "It is refused again until that is settled."
    } else if is_in {
        "That account is refused again until that is settled; the one with these claims is the customer, and is not."
    } else if has_account(pending, identity) {
        "Whoever has the address is refused until that is settled."
    } else {
        "That account is refused again until that is settled."
    }
}
