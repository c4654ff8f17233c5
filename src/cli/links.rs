//! `front-door links`: the service desks with their substitute links, read afresh.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::house::House;
use crate::link::portal_address::native_address;
use crate::link::{DeepLink, Link, LinkState};
use crate::settings::link::LinkAccess;
use crate::settings::{Loaded, Settings};

use super::CommandError;
use super::output::{complain, say, say_json};

pub(super) async fn links(
    loaded: &Loaded,
    clock: &Clock,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let house = House::open_to_write(loaded, clock).await?;
    let settings = &house.settings;
    let (catalogue, fresh) = match house.links.refresh().await {
        Ok(catalogue) => (catalogue, true),
        Err(error) => {
            complain(format!(
                "The service desks could not be read, so these are the links as they were last known: {error}"
            ));
            explain(&house, settings).await;
            (house.links.current(), false)
        }
    };
    let lines: Vec<Value> = catalogue
        .links()
        .iter()
        .map(|link| line(link, settings))
        .collect();
    if as_json {
        say_json(&Value::Array(lines))?;
    } else {
        table(&lines, fresh)?;
    }
    if fresh && catalogue.links().is_empty() {
        explain(&house, settings).await;
    }
    for warning in catalogue.warnings() {
        complain(format!("warning: {warning}"));
    }
    Ok(if fresh {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Why the token sees nothing, as far as Atlassian lets on.
async fn explain(house: &House, settings: &Settings) {
    let (Some(jsm), Some(atlassian)) = (&house.jsm, &settings.atlassian) else {
        return;
    };
    let examination = jsm
        .examine(crate::jsm::Deadline::after(atlassian.budget * 3))
        .await;
    for problem in examination.problems {
        complain(format!("{problem}\n  What to do: {}", problem.remedy()));
    }
}

fn line(link: &Link, settings: &Settings) -> Value {
    let desk = link.service_desk.as_ref();
    let portal = settings
        .atlassian
        .as_ref()
        .map(|atlassian| &atlassian.portal);
    let native = desk
        .zip(portal)
        .map(|(desk, portal)| native_address(portal, &desk.portal_id, &DeepLink::Portal, false));
    json!({
        "slug": link.slug,
        "url": settings.public_url.with(&format!("/p/{}", link.slug)),
        "portal_url": native,
        "service_desk": {
            "id": desk.map(|desk| desk.id.as_str()),
            "key": link.project_key,
            "name": desk.map(|desk| desk.name.as_str()),
        },
        "state": match link.state { LinkState::On => "on", LinkState::Off | LinkState::Closed => "off", LinkState::Gone => "gone" },
        "access": match link.access { LinkAccess::Default => "default", LinkAccess::Private { .. } => "private", LinkAccess::Public => "public" },
        "hand_over": link.hand_over,
    })
}

fn table(lines: &[Value], fresh: bool) -> std::io::Result<()> {
    if lines.is_empty() {
        return say(if fresh {
            "There are no links: the service account sees no service desk."
        } else {
            "No links are known: the service desks have never been read."
        });
    }
    for line in lines {
        let text = |pointer: &str| {
            line.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or("-")
                .to_owned()
        };
        say(format!(
            "{:<5}{:<12}{}  {}  ({})",
            text("/state"),
            text("/service_desk/key"),
            text("/url"),
            text("/service_desk/name"),
            text("/portal_url")
        ))?;
    }
    Ok(())
}
