//! `front-door audit`: exports the trail, oldest first, and checks its chain on the way.

use std::process::ExitCode;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::audit::Record;
use crate::clock::Clock;
use crate::house::House;
use crate::settings::Loaded;

use super::CommandError;
use super::output::say;

/// The columns of CSV, which are the fields of JSON.
const COLUMNS: [&str; 13] = [
    "at",
    "event",
    "reference",
    "provider",
    "subject",
    "email",
    "customer",
    "link",
    "reason",
    "client",
    "actor",
    "changes",
    "previous",
];

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
    let mut export = house.trail.export();
    if arguments.csv {
        say(COLUMNS.join(","))?;
    }
    loop {
        let page = export.next(since).await.map_err(CommandError::of)?;
        if page.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        for record in &page {
            say(if arguments.csv {
                csv(record)?
            } else {
                serde_json::to_string(record).map_err(CommandError::of)?
            })?;
        }
    }
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

fn csv(record: &Record) -> Result<String, CommandError> {
    let object = serde_json::to_value(record).map_err(CommandError::of)?;
    let cells = COLUMNS.map(|column| match &object[column] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => cell(text),
        other => cell(&other.to_string()),
    });
    Ok(cells.join(","))
}

/// A cell that a spreadsheet shows and never calculates: what begins like a formula gets an apostrophe in front.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let shown = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if shown.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", shown.replace('"', "\"\""))
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_to_every_spreadsheet() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1),2"), "\"'@SUM(A1),2\"");
        assert_eq!(cell("say \"hi\"\n"), "\"say \"\"hi\"\"\n\"");
    }

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
