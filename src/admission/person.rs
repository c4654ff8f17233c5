//! A person as administrators meet them: an address, and everything that the front door keeps about it.

use rocket::request::FromParam;

use crate::identity::EmailAddress;
use crate::store::{Key, Mark, StoreError, Vault};

use super::approvals::{self, Approval};
use super::blocks::{self, Block};
use super::conflicts::{self, Pending};
use super::customer::CustomerRecord;
use super::invitations::{self, Invitation};
use super::visits::{self, Visit};

/// The pseudonym of an address: what the desk calls a person by in its own addresses, so that no mail address stands in them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonId(String);

/// How long a pseudonym is: 32 bytes in base64url.
const LENGTH: usize = 43;

/// A text that can be no pseudonym.
#[derive(Debug, Clone, Copy)]
pub struct NoPersonId;

impl PersonId {
    /// Whose address this is.
    #[must_use]
    pub fn of(vault: &Vault, email: &EmailAddress) -> Self {
        Self(vault.pseudonym("customer", email.as_str()))
    }

    /// Of another pseudonym that stands for somebody.
    pub(super) fn of_text(pseudonym: String) -> Self {
        Self(pseudonym)
    }

    /// Whose entry stands there.
    pub(super) fn at(mark: Mark) -> Self {
        Self(mark.member)
    }

    /// The pseudonym as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> FromParam<'a> for PersonId {
    type Error = NoPersonId;

    fn from_param(text: &'a str) -> Result<Self, NoPersonId> {
        let spelled = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if text.len() <= LENGTH && text.bytes().all(spelled) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoPersonId)
        }
    }
}

/// All that is kept about one address.
#[derive(Debug)]
pub struct Person {
    /// Whose it is.
    pub id: PersonId,
    /// The address; `None`: they were forgotten, and only a block is left.
    pub email: Option<EmailAddress>,
    /// The customer of the address.
    pub record: Option<CustomerRecord>,
    /// When somebody last signed in with the address.
    pub visit: Option<Visit>,
    /// Whether they are blocked.
    pub block: Option<Block>,
    /// First visits that wait for approval, or were decided of.
    pub approvals: Vec<(String, Approval)>,
    /// What an administrator has to look at, newest first.
    pub conflicts: Vec<(String, Pending)>,
    /// To which links they were invited, newest first.
    pub invitations: Vec<Invitation>,
    /// Whom the customer's identities come as by now, if with another address.
    pub moved_to: Option<EmailAddress>,
}

impl Person {
    /// Everything about this person; `None`: nobody is known by this pseudonym.
    pub async fn find(vault: &Vault, id: PersonId) -> Result<Option<Self>, StoreError> {
        let record = customer(vault, &id).await?;
        let visit = visits::last(vault, &id).await?;
        let block = blocks::of(vault, &id).await?;
        let approvals = approvals::of(vault, &id).await?;
        let conflicts = conflicts::of(vault, &id).await?;
        let addresses = addresses(vault, record.as_ref()).await?;
        let own = |email: &&EmailAddress| PersonId::of(vault, email) == id;
        let known = visit.iter().map(|visit| &visit.email);
        let blocked = block.iter().filter_map(|block| block.email.as_ref());
        let invitations = invitations::of_person(vault, &id).await?;
        let invited = invitations.iter().map(|one| &one.email);
        let asked = approvals.iter().map(|(_, one)| &one.identity.email);
        let in_conflict = conflicts.iter().flat_map(|(_, one)| one.addresses());
        let email = known
            .chain(blocked)
            .chain(asked)
            .chain(in_conflict)
            .chain(invited)
            .chain(&addresses)
            .find(own)
            .cloned();
        if email.is_none() && record.is_none() && block.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            moved_to: addresses.into_iter().find(|address| !own(&address)),
            id,
            email,
            record,
            visit,
            block,
            approvals,
            conflicts,
            invitations,
        }))
    }
}

/// The customer of one person's address.
pub async fn customer(vault: &Vault, id: &PersonId) -> Result<Option<CustomerRecord>, StoreError> {
    vault.get(&Key::customer(id.as_str())).await
}

/// The addresses that the identities of a customer come with.
async fn addresses(
    vault: &Vault,
    record: Option<&CustomerRecord>,
) -> Result<Vec<EmailAddress>, StoreError> {
    let mut addresses = Vec::new();
    for identity in record.iter().flat_map(|record| &record.identities) {
        addresses.extend(identity.address(vault).await?);
    }
    Ok(addresses)
}
