//! Making invitations and taking them back: bounded in number, in time and in what they give.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::audit::{Event, EventName, Trail};
use crate::identity::EmailAddress;
use crate::jsm::ServiceDeskId;
use crate::settings::Slug;
use crate::store::{Key, StoreError, Vault};

use super::super::linking::lock_one;
use super::super::organizations::is_a_name;
use super::{Invitation, InvitationId, JiraMail, Stage, all, find};

/// The most invitations that there are at a time. Those that have ended make room for new ones.
pub const MOST: usize = 10_000;

/// The most people who are invited at once.
pub const MAX_TOGETHER: usize = 100;

/// The most organizations that one gives.
pub const MOST_ORGANIZATIONS: usize = 20;

/// The shortest time that one holds.
pub const SHORTEST_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The longest time that one holds.
pub const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The time that one holds when nothing is said of it.
pub const USUAL_LIFE: SignedDuration = SignedDuration::from_hours(24 * 14);

/// What invitations that are made together have in common.
#[derive(Debug, Clone)]
pub struct Terms {
    desk: ServiceDeskId,
    slug: Slug,
    organizations: BTreeSet<String>,
    life: SignedDuration,
}

/// Why there can be no such invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTerms {
    /// JSM takes no such name.
    #[error("An organization’s name is one line of at most 200 characters.")]
    Organization,
    /// More than [`MOST_ORGANIZATIONS`].
    #[error("An invitation gives {MOST_ORGANIZATIONS} organizations at most.")]
    TooManyOrganizations,
    /// Outside the bounds.
    #[error("An invitation holds for 1 hour at least and 90 days at most.")]
    Life,
}

impl Terms {
    /// These, when they are within the bounds.
    pub fn new(
        (desk, slug): (&ServiceDeskId, &Slug),
        organizations: BTreeSet<String>,
        life: SignedDuration,
    ) -> Result<Self, BadTerms> {
        if organizations.len() > MOST_ORGANIZATIONS {
            return Err(BadTerms::TooManyOrganizations);
        }
        if !organizations.iter().all(|name| is_a_name(name)) {
            return Err(BadTerms::Organization);
        }
        if !(SHORTEST_LIFE..=LONGEST_LIFE).contains(&life) {
            return Err(BadTerms::Life);
        }
        Ok(Self {
            desk: desk.clone(),
            slug: slug.clone(),
            organizations,
            life,
        })
    }

    fn invite(&self, email: &EmailAddress, by: &str, now: Timestamp) -> Invitation {
        Invitation {
            email: email.clone(),
            desk: self.desk.clone(),
            slug: self.slug.clone(),
            organizations: self.organizations.clone(),
            expires: now.saturating_add(self.life).unwrap_or(Timestamp::MAX),
            by: by.to_owned(),
            at: now,
            reference: String::new(),
            stage: Stage::Open,
            mail: JiraMail::NotWanted,
        }
    }
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// There would be more than [`MOST`].
    #[error(
        "There would be more than {MOST} invitations that nobody has used yet. Withdraw some, or wait until they have expired."
    )]
    Full,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Invites these addresses. An earlier invitation of the same address to the same link ends with it.
pub async fn make(
    (vault, trail): (&Vault, &Trail),
    emails: &BTreeSet<EmailAddress>,
    terms: &Terms,
    (by, reference, mail): (&str, &str, JiraMail),
    now: Timestamp,
) -> Result<Vec<Invitation>, MakeError> {
    make_room(vault, emails.len(), now).await?;
    let mut made = Vec::with_capacity(emails.len());
    for email in emails {
        let invitation = Invitation {
            reference: reference.to_owned(),
            mail: mail.clone(),
            ..terms.invite(email, by, now)
        };
        let lock = lock_one(vault, email).await?;
        let event = event(&invitation, by, reference);
        // First the trail: nobody may come in by what it does not know of.
        trail
            .record(event.changes_of_the_person(told(&invitation)))
            .await?;
        invitation.write(vault, now).await?;
        lock.release().await?;
        made.push(invitation);
    }
    Ok(made)
}

/// Drops those that have ended, the earliest first, as far as it takes for so many more.
async fn make_room(vault: &Vault, more: usize, now: Timestamp) -> Result<(), MakeError> {
    let all = all(vault).await?;
    let excess = (all.len() + more).saturating_sub(MOST);
    let ended = all.iter().rev().filter(|one| !one.is_pending(now));
    let ended: Vec<&Invitation> = ended.take(excess).collect();
    if ended.len() < excess {
        return Err(MakeError::Full);
    }
    for one in ended {
        let id = one.id(vault);
        vault.index_remove(&Key::invitations(), id.as_str()).await?;
    }
    Ok(())
}

/// Takes an invitation back, unless it has ended. Whether it was.
pub async fn withdraw(
    (vault, trail): (&Vault, &Trail),
    id: &InvitationId,
    (by, reference): (&str, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(found) = find(vault, id).await? else {
        return Ok(false);
    };
    let lock = lock_one(vault, &found.email).await?;
    let found = find(vault, id).await?;
    let pending = found.filter(|one| one.is_pending(now));
    if let Some(one) = &pending {
        let stage = Stage::Withdrawn {
            by: by.to_owned(),
            at: now,
        };
        let withdrawn = Invitation {
            stage,
            ..one.clone()
        };
        withdrawn.write(vault, now).await?;
        let changes = serde_json::json!({ "invitation": { "old": "open", "new": "withdrawn" } });
        let event = event(one, by, reference);
        trail.record(event.changes(changes)).await?;
    }
    lock.release().await?;
    Ok(pending.is_some())
}

fn event(one: &Invitation, by: &str, reference: &str) -> Event {
    let event = Event::new(EventName::InvitationMade)
        .actor(by)
        .email(one.email.as_str())
        .link(one.slug.as_str());
    if reference.is_empty() {
        event
    } else {
        event.reference(reference)
    }
}

fn told(one: &Invitation) -> serde_json::Value {
    serde_json::json!({
        "expires": one.expires,
        "organizations": one.organizations,
        "jira_mail": one.mail != JiraMail::NotWanted,
    })
}
