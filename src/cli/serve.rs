//! `front-door serve`: serves until it is told to stop.

use std::process::ExitCode;

use rocket::config::LogLevel;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};

use crate::admin::setup::FirstRun;
use crate::clock::Clock;
use crate::health::Draining;
use crate::settings::Loaded;
use crate::store::Register;
use crate::web;

use super::CommandError;
use super::finish::Rest;
use super::output::say;
use super::stop::{Signals, stop_gently};
use super::wait_for_store::house_with_store;

pub(super) async fn serve(loaded: Loaded, clock: Clock) -> Result<ExitCode, CommandError> {
    let level = loaded.rocket.extract_inner("log_level");
    web::log::start(level.unwrap_or(LogLevel::Normal))
        .map_err(|_| CommandError::Failed("the log was started twice".to_owned()))?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let mut signals = Signals::listen().map_err(CommandError::of)?;
    let public_url = loaded.settings.public_url.origin().to_owned();
    // Rocket would stop listening at the first signal, before a load balancer has heard of it.
    let rocket = loaded
        .rocket
        .clone()
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()));
    let house = house_with_store(&loaded, &rocket, &clock, &mut signals).await?;
    let Some(house) = house else {
        return Ok(ExitCode::SUCCESS); // told to stop before there was a store
    };
    let house = house.attach(AdHoc::on_liftoff("stopping gently", |rocket| {
        Box::pin(async move {
            let Some(draining) = rocket.state::<Draining>().cloned() else {
                return rocket.shutdown().notify(); // a house that could not be stopped gently shall not open
            };
            let grace = rocket.config().shutdown.grace;
            tokio::spawn(stop_gently(signals, draining, grace, rocket.shutdown()));
        })
    }));
    let house = house.attach(ending());
    let where_to_begin = say_where_to_begin(&loaded, &house).await?;
    let house = house.attach(where_to_begin);
    tracing::info!(public_url, "the front door opens");
    let rest = Rest::of(&house);
    let register = house.state::<Register>().cloned();
    let served = house.launch().await;
    if let Some(unfit) = register.as_ref().and_then(Register::unfit) {
        let _looked_at = served.map_err(|error| error.kind().to_string()); // one that is dropped unread panics
        return Err(CommandError::of(unfit)); // nothing can be written any more
    }
    let is_written = rest.finish().await;
    match served {
        Ok(_) => {}
        // Looked at whatever happens: a rocket::Error that is dropped unread panics.
        Err(error) => match error.kind() {
            ErrorKind::Shutdown(..) => {
                tracing::warn!("some requests were not finished in time");
            }
            kind => return Err(CommandError::of(kind)),
        },
    }
    if !is_written {
        let lost = "the last records of the audit trail are not in the store";
        return Err(CommandError::Failed(lost.to_owned()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the server when the keys of this front door no longer fit.
fn ending() -> AdHoc {
    AdHoc::on_liftoff("ending with keys that fit no longer", |rocket| {
        Box::pin(async move {
            if let Some(register) = rocket.state::<Register>().cloned() {
                let shutdown = rocket.shutdown();
                tokio::spawn(async move {
                    register.ends().await;
                    shutdown.notify();
                });
            }
        })
    })
}

/// One line for whoever starts a front door that nobody has set up, as soon as it can be: where that is done, and how to get in.
async fn say_where_to_begin(loaded: &Loaded, house: &Rocket<Build>) -> Result<AdHoc, CommandError> {
    let settings = &loaded.settings;
    let lacks_something = settings.providers.is_empty()
        || settings.atlassian.is_none()
        || settings.admin_groups.is_empty();
    let over = match house.state::<FirstRun>() {
        Some(first_run) => first_run.is_over().await.map_err(CommandError::of)?,
        None => true,
    };
    let line = (lacks_something && !over).then(|| {
        let setup = settings.public_url.with("/setup");
        format!(
            "Set up the front door at {setup}, with the code that `front-door setup-code` prints."
        )
    });
    Ok(AdHoc::on_liftoff("where to begin", |_| {
        Box::pin(async move {
            if let Some(Err(error)) = line.map(say) {
                tracing::warn!(%error, "where to begin could not be said");
            }
        })
    }))
}
