//! `front-door invite`: lets whoever proves an address become a customer of one service desk, and prints the link to send them.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use crate::admin::invitations::warnings;
use crate::admission::invitations::{Invitation, JiraMail, Terms, USUAL_LIFE, make};
use crate::clock::Clock;
use crate::house::House;
use crate::identity::EmailAddress;
use crate::link::{Catalogue, Link};
use crate::settings::{Loaded, Slug};
use crate::web::pages::for_people;

use super::CommandError;
use super::output::{complain, say, say_json};

/// Whom, to which link, and on what terms.
#[derive(Args)]
pub(super) struct Arguments {
    /// The mail address that the person will prove by logging in.
    email: String,
    /// The name of the link, as in its address: help, of /p/help.
    #[arg(long, value_name = "SLUG")]
    link: String,
    /// An organization to add them to, by its name at Jira; may be given more than once.
    #[arg(long, value_name = "NAME")]
    organization: Vec<String>,
    /// For how many days the invitation holds, 1 to 90; 14 when nothing is said.
    #[arg(long)]
    days: Option<u16>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn invite(
    loaded: &Loaded,
    clock: &Clock,
    arguments: &Arguments,
) -> Result<ExitCode, CommandError> {
    let email = &arguments.email;
    let email: EmailAddress = email
        .parse()
        .map_err(|error| CommandError::Usage(format!("{email:?} is no mail address: {error}")))?;
    let house = House::open_to_write(loaded, clock).await?;
    let catalogue = catalogue(&house, &arguments.link).await?;
    let link = found(&catalogue, &arguments.link)?;
    let terms = terms(link, arguments)?;
    let rooms = (&house.vault, &house.trail);
    let how = ("command line", "", JiraMail::NotWanted);
    let emails = BTreeSet::from([email]);
    let made = make(rooms, &emails, &terms, how, clock.now()).await;
    for one in made.map_err(CommandError::of)? {
        tell(&house, link, &one, arguments.json).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The links as they were last read; read again when the one that is meant is not among them.
async fn catalogue(house: &House, name: &str) -> Result<Arc<Catalogue>, CommandError> {
    let known = house.links.current();
    if found(&known, name).is_ok() {
        return Ok(known);
    }
    let read = house.links.refresh().await;
    read.map_err(|error| {
        CommandError::Failed(format!(
            "the link {name:?} is not known, and the service desks could not be read: {error}"
        ))
    })
}

fn found<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Link, CommandError> {
    let slug: Option<Slug> = name.parse().ok();
    let link = slug.and_then(|slug| catalogue.find(&slug).ok());
    link.ok_or_else(|| {
        CommandError::Usage(format!(
            "no link is called {name:?}; `front-door links` lists them"
        ))
    })
}

fn terms(link: &Link, arguments: &Arguments) -> Result<Terms, CommandError> {
    let gone = || CommandError::Usage(format!("the service desk of {:?} is gone", arguments.link));
    let desk = link.service_desk.as_ref().ok_or_else(gone)?;
    let days = arguments
        .days
        .map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    let names = arguments
        .organization
        .iter()
        .map(|name| name.trim().to_owned());
    let which = (&desk.id, &link.slug);
    Terms::new(which, names.collect(), days.unwrap_or(USUAL_LIFE))
        .map_err(|bad| CommandError::Usage(bad.to_string()))
}

async fn tell(
    house: &House,
    link: &Link,
    one: &Invitation,
    as_json: bool,
) -> Result<(), CommandError> {
    let url = house.settings.public_url.with(&format!("/p/{}", link.slug));
    let warnings = warnings(&house.settings, &house.vault, one, Some(link)).await;
    let warnings = warnings.map_err(CommandError::of)?;
    if as_json {
        return Ok(say_json(&json!({
            "email": one.email,
            "link": link.slug,
            "url": url,
            "expires": one.expires,
            "organizations": one.organizations,
            "warnings": warnings,
        }))?);
    }
    say(&url)?;
    complain(format!(
        "Invited until {}. Send {} the link above: it is the ordinary one, and lets them in when they log in with that address.",
        for_people(one.expires),
        one.email,
    ));
    for warning in warnings {
        complain(format!("warning: {warning}"));
    }
    Ok(())
}
