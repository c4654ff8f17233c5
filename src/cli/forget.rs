//! `front-door forget`: erases a person from the front door's own records.

use std::process::ExitCode;

use crate::admission::forget::Forgetting;
use crate::clock::Clock;
use crate::house::House;
use crate::identity::EmailAddress;
use crate::link::hand_over;
use crate::session::Sessions;
use crate::settings::Loaded;
use crate::store::StoreError;

use super::CommandError;
use super::output::say;

pub(super) async fn forget(
    loaded: &Loaded,
    clock: &Clock,
    email: &str,
) -> Result<ExitCode, CommandError> {
    let email: EmailAddress = email
        .parse()
        .map_err(|error| CommandError::Usage(format!("{email:?} is no mail address: {error}")))?;
    let house = House::open(loaded, clock).await?;
    let done = erase(&house, clock, &email)
        .await
        .map_err(CommandError::of)?;
    say(match (done.was_customer, done.sessions) {
        (true, sessions) => format!("Forgotten: the customer's record, and {sessions} sessions."),
        (false, 0) => "Nobody of this address was known.".to_owned(),
        (false, sessions) => format!("Forgotten: {sessions} sessions. They were no customer."),
    })?;
    say(
        "What the audit trail says of them can no longer be read. Jira, the identity provider, the log and backups keep what they have.",
    )?;
    if !done.without_a_trace {
        say(
            "The store is in use: what was removed is overwritten in its files when it is next written back.",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What was erased.
struct Erased {
    was_customer: bool,
    sessions: usize,
    without_a_trace: bool,
}

async fn erase(house: &House, clock: &Clock, email: &EmailAddress) -> Result<Erased, StoreError> {
    let sessions = Sessions::new(
        house.vault.clone(),
        house.settings.session.clone(),
        clock.clone(),
    );
    let forgetting = Forgetting::begin(&house.vault, email).await?;
    let mut identities = sessions.identities_of(email).await?;
    identities.extend(forgetting.identities().into_iter().flatten().cloned());
    let mut ended = 0;
    for identity in &identities {
        ended += sessions.end_all_of(identity).await?;
        hand_over::forget(&house.vault, identity).await?;
    }
    let subjects = identities
        .iter()
        .map(|one| (one.provider.as_str(), one.subject.as_str()));
    house.trail.forget(email.as_str(), subjects).await?;
    let was_customer = forgetting.identities().is_some();
    forgetting.finish().await?;
    Ok(Erased {
        was_customer,
        sessions: ended,
        without_a_trace: house.vault.leave_no_trace().await?,
    })
}
