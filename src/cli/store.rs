//! `front-door store copy FROM TO`: moves everything between SQLite and Redis.

use std::process::ExitCode;

use clap::Subcommand;

use crate::clock::Clock;
use crate::settings::{Loaded, StoreAddress};
use crate::store;

use super::CommandError;
use super::output::say;

/// What stands for the store of the settings, so that no password need be typed where others could see it.
const OURS: &str = "store";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Copies everything from one store to an empty one, and compares. No front door may run on either.
    Copy {
        /// An address as the setting store takes it, or the word store: what the settings say.
        from: String,
        /// The same.
        to: String,
    },
}

pub(super) async fn store(
    loaded: &Loaded,
    clock: &Clock,
    command: Command,
) -> Result<ExitCode, CommandError> {
    let Command::Copy { from, to } = command;
    let (from, to) = (address("FROM", &from, loaded)?, address("TO", &to, loaded)?);
    if from == to {
        return Err(CommandError::Usage("FROM and TO are the same".to_owned()));
    }
    let copied = store::copy(&from, &to, clock);
    let copied = copied.await.map_err(CommandError::of)?;
    say(format!(
        "Copied and compared: {} values, {} members of lists, {} entries of the audit trail.",
        copied.entries, copied.members, copied.logged
    ))?;
    if let StoreAddress::Sqlite(path) = &from
        && loaded.settings.secrets.current.is_none()
    {
        say(format!(
            "The copy opens with the same secret key only: set secret_key_file to {}.key.",
            path.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn address(name: &str, text: &str, loaded: &Loaded) -> Result<StoreAddress, CommandError> {
    if text == OURS {
        return Ok(loaded.settings.store.clone());
    }
    let wrong = |message| CommandError::Usage(format!("{name} {message}"));
    StoreAddress::typed(text).map_err(wrong)
}
