//! Erasing a person from the front door's own records: what the desk and the command line do alike.

use crate::admission::blocks;
use crate::admission::customer::IdentityKey;
use crate::admission::forget::Forgetting;
use crate::admission::person::PersonId;
use crate::audit::Trail;
use crate::identity::EmailAddress;
use crate::link::hand_over;
use crate::session::Sessions;
use crate::store::{StoreError, Traces, Vault};
use crate::trace;

/// What was erased.
#[derive(Debug)]
pub struct Erased {
    /// Whether they were a customer.
    pub was_customer: bool,
    /// How many sessions ended.
    pub sessions: usize,
    /// How many invitations were removed.
    pub invitations: usize,
    /// Whether a block of theirs is left, which names nobody.
    pub still_blocked: bool,
    /// What is left of it in the store's files.
    pub traces: Traces,
}

/// Erases whoever has this address, with every identity and address that was linked to it.
pub async fn erase(
    (vault, trail, sessions): (&Vault, &Trail, &Sessions),
    email: &EmailAddress,
    actor: &str,
) -> Result<Erased, StoreError> {
    let forgetting = Forgetting::begin(vault, email).await?;
    let mut identities = forgetting.identities().clone();
    for address in forgetting.addresses() {
        identities.extend(sessions.identities_of(address).await?);
    }
    let mut ended = 0;
    for identity in &identities {
        ended += sessions.end_all_of(identity).await?;
        hand_over::forget(vault, identity).await?;
        blocks::forget_account(vault, identity).await?;
    }
    let subjects = identities
        .iter()
        .map(|one| (one.provider.as_str(), one.subject.as_str()));
    let addresses = forgetting.addresses().map(EmailAddress::as_str);
    trail.forget(addresses, subjects, actor).await?;
    trace::forget(vault, |said| {
        let is = |one: &IdentityKey| one.provider == said.provider && one.subject == said.subject;
        let has = |email: &EmailAddress| said.email.as_ref() == Some(email);
        identities.iter().any(is) || forgetting.addresses().any(has)
    })
    .await?;
    // Last, so that whoever begins anew after a failure finds the same identities.
    for address in forgetting.addresses() {
        sessions.forget_identities_of(address).await?;
    }
    let was_customer = forgetting.was_customer();
    let invitations = forgetting.finish().await?;
    let block = blocks::of(vault, &PersonId::of(vault, email)).await?;
    Ok(Erased {
        was_customer,
        sessions: ended,
        invitations,
        still_blocked: block.is_some(),
        traces: vault.leave_no_trace().await?,
    })
}
