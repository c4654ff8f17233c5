//! `front-door import`: saves the settings of a file in the store. A running server takes them up within five seconds.

use std::path::Path;
use std::process::ExitCode;

use crate::audit::{Event, EventName};
use crate::clock::Clock;
use crate::house::House;
use crate::settings::{Change, Loaded, Problems, Saved, recorded};
use crate::store::{Key, Version};

use super::CommandError;
use super::output::{complain, say};

pub(super) async fn import(
    loaded: &Loaded,
    clock: &Clock,
    file: &Path,
    dry_run: bool,
) -> Result<ExitCode, CommandError> {
    let house = House::open_to_write(loaded, clock).await?;
    let stored = house
        .vault
        .get_versioned::<Saved>(&Key::settings())
        .await
        .map_err(CommandError::of)?;
    let (before, version) = stored.map_or((Saved::default(), None), |(saved, version)| {
        (saved, Some(version))
    });
    let given = read(file)?.with_secrets_of(&before);
    let judged = loaded.outside.judge(&given);
    let layered = judged.map_err(|problems| mistakes(&problems))?;
    for warning in &layered.warnings {
        complain(format!("warning: {warning}"));
    }
    let changes = given.changes_since(&before);
    for change in &changes {
        say(line(change))?;
    }
    if changes.is_empty() {
        say("Nothing would change.")?;
    } else if !dry_run {
        save(&house, &given, version, &changes).await?;
        say(
            "Saved. A running front door takes it up within five seconds. What a file or a variable sets still counts more.",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Saved, CommandError> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::Usage(format!("{shown} cannot be read: {error}")))?;
    Saved::from_toml(&text, &shown).map_err(|problems| mistakes(&problems))
}

fn mistakes(problems: &Problems) -> CommandError {
    CommandError::Usage(format!(
        "The settings have mistakes; nothing was saved.\n{problems}"
    ))
}

fn line(change: &Change) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    format!(
        "{}: {} -> {}",
        change.key,
        value(&change.old),
        value(&change.new)
    )
}

async fn save(
    house: &House,
    given: &Saved,
    version: Option<Version>,
    changes: &[Change],
) -> Result<(), CommandError> {
    let changes = serde_json::to_value(recorded(changes)).map_err(CommandError::of)?;
    let event = Event::new(EventName::SettingsChanged)
        .actor("command line")
        .changes(changes);
    // First the trail: no change may hold that it does not know of.
    house.trail.record(event).await.map_err(CommandError::of)?;
    let key = Key::settings();
    let written = match version {
        Some(version) => house.vault.replace(&key, &version, given, None).await,
        None => house.vault.put_if_absent(&key, given, None).await,
    };
    if !written.map_err(CommandError::of)? {
        return Err(CommandError::Failed(
            "somebody else changed the settings meanwhile; nothing was saved".to_owned(),
        ));
    }
    Ok(())
}
