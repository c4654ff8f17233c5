//! Invitations: an administrator says beforehand that whoever has an address may become a customer of one service desk.
//!
//! An invitation is no secret. It is bound to an address that the invited person proves by logging in, so that what they are sent is the ordinary
//! substitute link, and whoever steals the mail has nothing. It serves one identity and once: it is taken before anything is done at Atlassian, is still
//! good for the same identity until that is done, and used when the customer was let in. While nobody else has become the customer of the address, and until
//! it expires, another identity that proves the same address may take it over: people have several ways of signing in. [`making`] makes and withdraws,
//! [`using`] takes and uses.
//!
//! It stands in place of approval and of `create_customers`, and of nothing else. A service desk has one link, whatever its name is by now: so the id of
//! the service desk is what an invitation remembers of its link.

mod making;
mod using;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rocket::request::FromParam;
use serde::{Deserialize, Serialize};

use crate::identity::EmailAddress;
use crate::jsm::ServiceDeskId;
use crate::settings::Slug;
use crate::store::{Key, StoreError, Vault};

use super::customer::IdentityKey;
use super::linking::lock_one;
use super::person::{NoPersonId, PersonId};

pub use making::{
    BadTerms, LONGEST_LIFE, MAX_TOGETHER, MOST, MOST_ORGANIZATIONS, MakeError, SHORTEST_LIFE,
    Terms, USUAL_LIFE, make, withdraw,
};

/// How long an invitation is shown after its end.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// One invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The address that must be proved.
    pub email: EmailAddress,
    /// The service desk of its link.
    pub desk: ServiceDeskId,
    /// What the link was called when it was made.
    pub slug: Slug,
    /// The organizations that it gives, by name.
    pub organizations: BTreeSet<String>,
    /// Until when it can be taken.
    pub expires: Timestamp,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The reference of the request that made it; those that were made together have the same. Empty: the command line made it.
    pub reference: String,
    /// How far it is.
    pub stage: Stage,
    /// What became of Jira's own mail.
    pub mail: JiraMail,
}

/// How far an invitation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nobody has come.
    Open,
    /// This identity came, and is not let in yet.
    Taken {
        /// Who.
        by: IdentityKey,
        /// When.
        at: Timestamp,
    },
    /// This identity was let in.
    Used {
        /// Who.
        by: IdentityKey,
        /// When.
        at: Timestamp,
    },
    /// An administrator took it back.
    Withdrawn {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// What became of the mail that Jira was asked to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JiraMail {
    /// It was not asked for.
    NotWanted,
    /// It is still to be asked for.
    Due,
    /// Jira says that it is on its way.
    Sent {
        /// Since when.
        at: Timestamp,
    },
    /// Jira sent none, since the address has an account there.
    HasAccount {
        /// When it said so.
        at: Timestamp,
    },
    /// Jira failed at it.
    Failed {
        /// When.
        at: Timestamp,
        /// In words, for administrators.
        why: String,
        /// Whether the mail may have been sent all the same.
        in_doubt: bool,
    },
}

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can be taken.
    Open,
    /// Somebody came by it, and is not let in yet.
    Taken,
    /// Somebody was let in by it.
    Used,
    /// It was taken back.
    Withdrawn,
    /// Nobody came in time.
    Expired,
}

impl Invitation {
    /// How it stands.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        match self.stage {
            Stage::Open if now >= self.expires => State::Expired,
            Stage::Open => State::Open,
            Stage::Taken { .. } => State::Taken,
            Stage::Used { .. } => State::Used,
            Stage::Withdrawn { .. } => State::Withdrawn,
        }
    }

    /// Whether somebody may still come in by it.
    #[must_use]
    pub fn is_pending(&self, now: Timestamp) -> bool {
        matches!(self.state(now), State::Open | State::Taken)
    }

    /// Whether this identity, whose address it is, may come in by it. `is_free`: nobody else is the customer of the address.
    #[must_use]
    pub fn serves(&self, identity: &IdentityKey, is_free: bool, now: Timestamp) -> bool {
        match &self.stage {
            Stage::Taken { by, .. } => by == identity || (is_free && now < self.expires),
            _ => self.state(now) == State::Open,
        }
    }

    /// Whether this identity has taken it.
    fn is_taken_by(&self, identity: &IdentityKey) -> bool {
        matches!(&self.stage, Stage::Taken { by, .. } if by == identity)
    }

    /// Who came by it.
    fn taken_by(&self) -> Option<&IdentityKey> {
        match &self.stage {
            Stage::Taken { by, .. } | Stage::Used { by, .. } => Some(by),
            Stage::Open | Stage::Withdrawn { .. } => None,
        }
    }

    /// What the desk calls it.
    #[must_use]
    pub fn id(&self, vault: &Vault) -> InvitationId {
        InvitationId::of(vault, &self.email, &self.desk)
    }

    async fn write(&self, vault: &Vault, now: Timestamp) -> Result<(), StoreError> {
        let id = self.id(vault);
        let ends = self.expires.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
        let life = Duration::try_from(ends.duration_since(now)).unwrap_or_default();
        vault
            .index_put(&Key::invitations(), id.as_str(), self, Some(life))
            .await
    }
}

/// What the desk calls an invitation in its own addresses, so that no mail address stands in them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InvitationId(String);

impl InvitationId {
    /// The one of this address for this service desk: there is one at a time.
    fn of(vault: &Vault, email: &EmailAddress, desk: &ServiceDeskId) -> Self {
        Self(vault.pseudonym("invitation", &format!("{desk} {email}")))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for InvitationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> FromParam<'a> for InvitationId {
    type Error = NoPersonId;

    fn from_param(text: &'a str) -> Result<Self, NoPersonId> {
        PersonId::from_param(text).map(|same| Self(same.as_str().to_owned()))
    }
}

/// The invitation of this id.
pub async fn find(vault: &Vault, id: &InvitationId) -> Result<Option<Invitation>, StoreError> {
    vault.index_get(&Key::invitations(), id.as_str()).await
}

/// The invitation of this address for this service desk.
pub async fn of(
    vault: &Vault,
    email: &EmailAddress,
    desk: &ServiceDeskId,
) -> Result<Option<Invitation>, StoreError> {
    find(vault, &InvitationId::of(vault, email, desk)).await
}

/// All that there are, the newest first; some that have ended among them.
pub async fn all(vault: &Vault) -> Result<Vec<Invitation>, StoreError> {
    let all = vault
        .index_readable::<Invitation>(&Key::invitations())
        .await?;
    let mut all: Vec<Invitation> = all.into_iter().map(|(_, one)| one).collect();
    all.sort_by(|one, other| other.at.cmp(&one.at).then(one.email.cmp(&other.email)));
    Ok(all)
}

/// Those of one address, the newest first.
pub async fn of_person(vault: &Vault, id: &PersonId) -> Result<Vec<Invitation>, StoreError> {
    let mut all = all(vault).await?;
    all.retain(|one| PersonId::of(vault, &one.email) == *id);
    Ok(all)
}

/// Notes what became of Jira's mail, unless the invitation is not there any more.
pub async fn note_mail(
    vault: &Vault,
    invitation: &Invitation,
    mail: JiraMail,
    now: Timestamp,
) -> Result<(), StoreError> {
    let lock = lock_one(vault, &invitation.email).await?;
    if let Some(found) = find(vault, &invitation.id(vault)).await? {
        Invitation { mail, ..found }.write(vault, now).await?;
    }
    lock.release().await
}

/// Removes every invitation of these addresses, and those that these identities came by. Returns how many.
pub(super) async fn forget<'a>(
    vault: &Vault,
    addresses: impl Iterator<Item = &'a EmailAddress>,
    identities: &BTreeSet<IdentityKey>,
) -> Result<usize, StoreError> {
    let addresses: BTreeSet<&EmailAddress> = addresses.collect();
    let mut forgotten = 0;
    let index = Key::invitations();
    // Whoever is forgotten is forgotten whole.
    for (_, one) in vault.index_list::<Invitation>(&index).await? {
        let by_them = one.taken_by().is_some_and(|by| identities.contains(by));
        if by_them || addresses.contains(&one.email) {
            let id = one.id(vault);
            forgotten += usize::from(vault.index_remove(&index, id.as_str()).await?);
        }
    }
    Ok(forgotten)
}
