//! `front-door serve`: serves until it is told to stop.

use std::process::ExitCode;

use rocket::config::LogLevel;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;

use crate::audit::Trail;
use crate::clock::Clock;
use crate::health::Draining;
use crate::house::front_door;
use crate::settings::Loaded;
use crate::trace::Traces;
use crate::web;

use super::CommandError;
use super::stop::{Signals, stop_gently};

pub(super) async fn serve(loaded: Loaded, clock: Clock) -> Result<ExitCode, CommandError> {
    let level = loaded.rocket.extract_inner("log_level");
    web::log::start(level.unwrap_or(LogLevel::Normal))
        .map_err(|_| CommandError::Failed("the log was started twice".to_owned()))?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let signals = Signals::listen().map_err(CommandError::of)?;
    let public_url = loaded.settings.public_url.origin().to_owned();
    // Rocket would stop listening at the first signal, before a load balancer has heard of it.
    let rocket = loaded
        .rocket
        .clone()
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()));
    let house = front_door(&loaded, rocket, clock).await?;
    let house = house.attach(AdHoc::on_liftoff("stopping gently", |rocket| {
        Box::pin(async move {
            let Some(draining) = rocket.state::<Draining>().cloned() else {
                return rocket.shutdown().notify(); // a house that could not be stopped gently shall not open
            };
            let grace = rocket.config().shutdown.grace;
            tokio::spawn(stop_gently(signals, draining, grace, rocket.shutdown()));
        })
    }));
    tracing::info!(public_url, "the front door opens");
    let (trail, traces) = (house.state::<Trail>(), house.state::<Traces>());
    let (trail, traces) = (trail.cloned(), traces.cloned());
    let served = house.launch().await;
    if let Some(traces) = traces {
        traces.write_rest().await;
    }
    if let Some(trail) = trail {
        trail.flush().await.map_err(CommandError::of)?;
    }
    match served {
        Ok(_) => Ok(ExitCode::SUCCESS),
        // Looked at whatever happens: a rocket::Error that is dropped unread panics.
        Err(error) => match error.kind() {
            ErrorKind::Shutdown(..) => {
                tracing::warn!("some requests were not finished in time");
                Ok(ExitCode::SUCCESS)
            }
            kind => Err(CommandError::of(kind)),
        },
    }
}
