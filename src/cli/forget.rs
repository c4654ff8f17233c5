//! `front-door forget`: erases a person from the front door's own records.

use std::collections::BTreeSet;
use std::process::ExitCode;

use crate::admission::customer::IdentityKey;
use crate::admission::forget::forget as forget_customer;
use crate::clock::Clock;
use crate::house::House;
use crate::identity::EmailAddress;
use crate::link::hand_over;
use crate::session::Sessions;
use crate::settings::Loaded;

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
    let known = forget_customer(&house.vault, &email)
        .await
        .map_err(CommandError::of)?;
    let identities = known.clone().unwrap_or_default();
    let ended = end_sessions(&house, clock, &identities).await?;
    let subjects = identities
        .iter()
        .map(|one| (one.provider.as_str(), one.subject.as_str()));
    house
        .trail
        .forget(email.as_str(), subjects)
        .await
        .map_err(CommandError::of)?;
    say(match known {
        Some(_) => format!("Forgotten: the customer's record, and {ended} sessions."),
        None => "No customer of this address was known.".to_owned(),
    })?;
    say(
        "What the audit trail says of them can no longer be read. Jira, the identity provider, the log and backups keep what they have.",
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn end_sessions(
    house: &House,
    clock: &Clock,
    identities: &BTreeSet<IdentityKey>,
) -> Result<usize, CommandError> {
    let sessions = Sessions::new(
        house.vault.clone(),
        house.settings.session.clone(),
        clock.clone(),
    );
    let mut ended = 0;
    for identity in identities {
        ended += sessions
            .end_all_of(identity)
            .await
            .map_err(CommandError::of)?;
        hand_over::forget(&house.vault, identity)
            .await
            .map_err(CommandError::of)?;
    }
    Ok(ended)
}
