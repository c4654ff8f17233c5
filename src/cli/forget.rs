//! `front-door forget`: erases a person from the front door's own records.

use std::process::ExitCode;

use crate::admin::erase::erase;
use crate::clock::Clock;
use crate::house::House;
use crate::identity::EmailAddress;
use crate::session::Sessions;
use crate::settings::Loaded;
use crate::store::Traces;

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
    let house = House::open_to_write(loaded, clock).await?;
    let sessions = Sessions::new(
        house.vault.clone(),
        house.settings.session.clone(),
        clock.clone(),
    );
    let rooms = (&house.vault, &house.trail, &sessions);
    let done = erase(rooms, &email, "command line")
        .await
        .map_err(CommandError::of)?;
    say(match (done.was_customer, done.sessions) {
        (true, sessions) => format!("Forgotten: the customer's record, and {sessions} sessions."),
        (false, 0) => "Nobody of this address has signed in.".to_owned(),
        (false, sessions) => format!("Forgotten: {sessions} sessions. They were no customer."),
    })?;
    match done.invitations {
        0 => {}
        1 => say("Forgotten: 1 invitation.")?,
        many => say(format!("Forgotten: {many} invitations."))?,
    }
    if done.still_blocked {
        say(
            "They stay blocked, without a name: unblock them in the admin desk, by their address.",
        )?;
    }
    say(
        "What the audit trail says of them can no longer be read. Jira, the identity provider, the log and backups keep what they have.",
    )?;
    match done.traces {
        Traces::None => {}
        Traces::UntilWrittenBack => say(
            "The store is in use: what was removed is overwritten in its files when it is next written back.",
        )?,
        Traces::UntilWrittenAnew => say(
            "Redis was asked to write its files anew: what was removed lies in them until it has, and in those of replicas until they do so by themselves.",
        )?,
        Traces::Left => say(
            "Redis could not be asked to write its files anew, and what was removed still lies in them: run BGREWRITEAOF on every server.",
        )?,
    }
    Ok(ExitCode::SUCCESS)
}
