//! `front-door serve`: serves until it is told to stop.

use std::process::ExitCode;

use crate::clock::Clock;
use crate::house::front_door;
use crate::settings::Loaded;
use crate::web;

use super::CommandError;

pub(super) async fn serve(loaded: Loaded, clock: Clock) -> Result<ExitCode, CommandError> {
    let level = loaded
        .rocket
        .extract_inner("log_level")
        .unwrap_or(rocket::config::LogLevel::Normal);
    web::log::start(level)
        .map_err(|_| CommandError::Failed("the log was started twice".to_owned()))?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let house = front_door(&loaded.settings, loaded.rocket, clock).await?;
    tracing::info!(
        public_url = loaded.settings.public_url.origin(),
        "the front door opens"
    );
    match house.launch().await {
        Ok(_) => Ok(ExitCode::SUCCESS),
        // Looked at whatever happens: a rocket::Error that is dropped unread panics.
        Err(error) => Err(CommandError::of(error.kind())),
    }
}
