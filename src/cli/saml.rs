//! `front-door saml`: the certificate to enter at a service provider, and the change of keys.

use std::process::ExitCode;

use clap::Subcommand;

use crate::audit::{Event, EventName};
use crate::clock::Clock;
use crate::house::House;
use crate::saml::key_keeper::told;
use crate::saml::keys::SigningKey;
use crate::saml::sso::sso_url;
use crate::settings::Loaded;

use super::CommandError;
use super::output::{complain, say};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Prints the certificate that signs now.
    Certificate,
    /// Changes the key: first prepare, enter the new certificate at the service provider, then switch.
    Rotate {
        /// Makes the next key and prints its certificate.
        #[arg(long, required_unless_present = "switch", conflicts_with = "switch")]
        prepare: bool,
        /// Signs with the prepared key from now on.
        #[arg(long)]
        switch: bool,
    },
}

pub(super) async fn saml(
    loaded: &Loaded,
    clock: &Clock,
    command: Command,
) -> Result<ExitCode, CommandError> {
    let house = House::open_to_write(loaded, clock).await?;
    let now = clock.now();
    house.keys.make_first(now).await.map_err(CommandError::of)?;
    match command {
        Command::Certificate => {
            let keys = house.keys.keys().await.map_err(CommandError::of)?;
            complain(format!(
                "Entity id:  {}\nSSO address: {}",
                house.settings.saml.entity_id,
                sso_url(&house.settings.public_url)
            ));
            print(&keys.current)?;
        }
        Command::Rotate { switch: true, .. } => {
            let keys = house.keys.switch().await.map_err(CommandError::of)?;
            record(&house, "switched", &keys.current).await?;
            complain("The front door signs with this key from now on.");
            print(&keys.current)?;
        }
        Command::Rotate { .. } => {
            let prepared = house.keys.prepare(now).await.map_err(CommandError::of)?;
            let next = prepared.next;
            if prepared.new {
                record(&house, "prepared", &next).await?;
            }
            complain(
                "The next certificate. Enter it at the service provider, then run: front-door saml rotate --switch",
            );
            print(&next)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(key: &SigningKey) -> Result<(), CommandError> {
    let certificate = key.certificate();
    complain(format!(
        "SHA-256:     {}\nValid until: {}",
        certificate.thumbprint(),
        certificate.expires
    ));
    Ok(say(certificate.pem().trim_end())?)
}

async fn record(house: &House, what: &str, key: &SigningKey) -> Result<(), CommandError> {
    let event = Event::new(EventName::KeyRotated)
        .actor("command line")
        .changes(told(what, key));
    house.trail.record(event).await.map_err(CommandError::of)
}
