//! `front-door audit`: exports the trail, oldest first, and checks its chain on the way; or checks the chain alone.

use std::process::ExitCode;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::audit::{Checked, Format, Trail};
use crate::clock::Clock;
use crate::house::House;
use crate::settings::Loaded;

use super::CommandError;
use super::output::say;

#[derive(Args)]
pub(super) struct Arguments {
    /// Only what happened since: a time such as 2026-11-01T00:00:00Z, or a duration such as 24h.
    #[arg(long)]
    since: Option<String>,
    /// One JSON object a line; what is printed without an option too.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Comma-separated values with a heading.
    #[arg(long)]
    csv: bool,
    /// Exports nothing: only checks the chain of hashes, and says where it breaks.
    #[arg(long, conflicts_with_all = ["since", "json", "csv"])]
    verify: bool,
}

pub(super) async fn audit(
    loaded: &Loaded,
    clock: &Clock,
    arguments: &Arguments,
) -> Result<ExitCode, CommandError> {
    let since = arguments
        .since
        .as_deref()
        .map(|text| parse_since(text, clock.now()))
        .transpose()?;
    let house = House::open(loaded, clock).await?;
    if arguments.verify {
        return verify(&house.trail).await;
    }
    let format = if arguments.csv {
        Format::Csv
    } else {
        Format::JsonLines
    };
    export(&house.trail, since, format).await
}

async fn export(
    trail: &Trail,
    since: Option<Timestamp>,
    format: Format,
) -> Result<ExitCode, CommandError> {
    let mut export = trail.export();
    format.heading().map_or(Ok(()), say)?;
    loop {
        let page = export.next(since).await.map_err(CommandError::of)?;
        if page.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        for record in &page {
            say(format.line(record).map_err(CommandError::of)?)?;
        }
    }
}

/// Status 1, and where, when the chain is broken.
async fn verify(trail: &Trail) -> Result<ExitCode, CommandError> {
    let Checked {
        records,
        newest,
        position,
        hash,
        ..
    } = trail.check(None).await.map_err(CommandError::of)?;
    match newest {
        None => say("The audit trail is empty.")?,
        Some(at) => say(format!(
            "The chain holds: {records} records, none changed and none missing between the first and the last.\n\
             The last is number {position}, of {at}, with the hash {hash}. Keep these: a later check that ends before it means that records were taken away from the end."
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn parse_since(text: &str, now: Timestamp) -> Result<Timestamp, CommandError> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let ago = crate::settings::duration::parse(text)
        .ok()
        .and_then(|duration| SignedDuration::try_from(duration).ok());
    let wrong = || {
        CommandError::Usage(format!(
            "--since {text:?} is neither a time such as 2026-11-01T00:00:00Z nor a duration such as 24h"
        ))
    };
    ago.and_then(|ago| now.checked_sub(ago).ok())
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_time_or_a_duration() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        assert_eq!(
            parse_since("24h", now).unwrap().to_string(),
            "2026-11-20T10:00:00Z"
        );
        assert_eq!(
            parse_since("2026-11-01T00:00:00Z", now)
                .unwrap()
                .to_string(),
            "2026-11-01T00:00:00Z"
        );
        assert!(parse_since("yesterday", now).is_err());
    }
}
