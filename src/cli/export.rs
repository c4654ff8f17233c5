//! `front-door export`: the settings that are in effect, as a file that another front door can import.

use std::process::ExitCode;

use crate::clock::Clock;
use crate::house::House;
use crate::settings::Loaded;

use super::CommandError;
use super::output::say;

pub(super) async fn export(loaded: &Loaded, clock: &Clock) -> Result<ExitCode, CommandError> {
    let house = House::open(loaded, clock).await?;
    let all = loaded.outside.everything(&house.saved);
    let text = all.to_toml().map_err(CommandError::of)?;
    say(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
