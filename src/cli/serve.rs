//! `front-door serve`: serves until it is told to stop.

use std::process::ExitCode;

use crate::clock::Clock;
use crate::house::front_door;
use crate::settings::Loaded;
use crate::web;

use super::CommandError;

pub(super) async fn serve(loaded: Loaded, clock: Clock) -> Result<ExitCode, CommandError> {
    let level = loaded.rocket.extract_inner("log_level").unwrap_or(rocket::config::LogLevel::Normal);
    web::log::start(level).map_err(|_| CommandError::Failed("the log was started twice".to_owned()))?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let house = front_door(&loaded.settings, loaded.rocket, clock).await?;
    tracing::info!(public_url = loaded.settings.public_url.origin(), "the front door opens");
    // A rocket::Error that is dropped unread panics, so it is always looked at.
    match house.launch().await {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(CommandError::of(error.pretty_print_line())),
    }
}
