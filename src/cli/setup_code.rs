//! `front-door setup-code`: prints a one-time code that opens `/setup` or, once that is over, the admin desk.

use std::process::ExitCode;

use crate::admin::setup::FirstRun;
use crate::admin::setup_code::{LIFE, MOST_WRONG, SetupCodes};
use crate::audit::{Event, EventName};
use crate::clock::Clock;
use crate::house::House;
use crate::settings::Loaded;

use super::CommandError;
use super::output::{complain, say};

pub(super) async fn setup_code(loaded: &Loaded, clock: &Clock) -> Result<ExitCode, CommandError> {
    let house = House::open_to_write(loaded, clock).await?;
    let made = Event::new(EventName::SetupCodeMade).actor("command line");
    // First the trail: no code may work that it does not know of.
    house.trail.record(made).await.map_err(CommandError::of)?;
    let codes = SetupCodes::new(house.vault.clone(), clock.clone());
    let code = codes.make().await.map_err(CommandError::of)?;
    say(code.shown())?;
    let over = FirstRun::new(house.vault.clone()).is_over().await;
    let page = if over.map_err(CommandError::of)? {
        "/admin/code"
    } else {
        "/setup"
    };
    complain(format!(
        "Enter it within {} minutes at {}. It works once; {MOST_WRONG} wrong guesses end it, and so does a newer code.",
        LIFE.as_secs() / 60,
        house.settings.public_url.with(page),
    ));
    Ok(ExitCode::SUCCESS)
}
