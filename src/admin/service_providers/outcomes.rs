//! What came of the newest requests of a service provider, as the audit trail tells it; and how many were answered lately.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{Span, Timestamp, ToSpan as _};
use serde_json::Value;

use crate::admin::words;
use crate::audit::{Bounds, EventName, Filter, Older, Record, Trail};
use crate::settings::saml::{ServiceProviderKind, ServiceProviderSettings};
use crate::store::StoreError;
use crate::web::pages::for_people;

/// How far the trail is looked through: pages wait for it.
const BOUNDS: Bounds = Bounds {
    found: 500,
    looked_at: 20_000,
    within: Duration::from_secs(1),
};

/// The most outcomes that a page shows.
const MOST: usize = 10;

/// One request, and what came of it.
pub(in crate::admin) struct Outcome {
    pub(in crate::admin) at: String,
    pub(in crate::admin) is_well: bool,
    pub(in crate::admin) words: String,
    pub(in crate::admin) who: Option<String>,
    pub(in crate::admin) reference: Option<String>,
}

/// The newest outcomes of one service provider, newest first; among them requests that named nobody we know, which may be its own.
pub(in crate::admin) async fn newest(
    trail: &Trail,
    provider: &ServiceProviderSettings,
) -> Result<Vec<Outcome>, StoreError> {
    let filter = Filter {
        events: vec![
            EventName::AssertionSent,
            EventName::SamlRefused,
            EventName::Refused,
            EventName::AtlassianAccountFound,
        ],
        ..Filter::default()
    };
    let found = trail.search(&filter, None, &BOUNDS).await?;
    let records = found.records.into_iter().map(|(_, record)| record);
    let theirs = records.filter(|record| is_theirs(record, provider));
    Ok(theirs.take(MOST).map(Outcome::of).collect())
}

fn is_theirs(record: &Record, provider: &ServiceProviderSettings) -> bool {
    let of_portal = provider.kind == ServiceProviderKind::PortalOnly;
    match told(record, "service_provider") {
        Some(name) => name == provider.name,
        None if record.event == EventName::SamlRefused => true,
        None => of_portal && told(record, "destination") == Some("portal"),
    }
}

fn told<'r>(record: &'r Record, what: &str) -> Option<&'r str> {
    record.changes.as_ref()?.get(what).and_then(Value::as_str)
}

impl Outcome {
    fn of(record: Record) -> Self {
        Self {
            at: for_people(record.at),
            is_well: record.event == EventName::AssertionSent,
            words: in_words(&record),
            who: record.email,
            reference: record.reference,
        }
    }
}

fn in_words(record: &Record) -> String {
    if record.event == EventName::AssertionSent {
        return "It asked, and an assertion was sent".to_owned();
    }
    if let Some(issuer) = told(record, "issuer") {
        return format!(
            "A request came under the entity ID “{issuer}”, which nobody has here. If it is this one’s, enter exactly that entity ID"
        );
    }
    if let Some(why) = told(record, "why") {
        return format!("A request was refused: {why}");
    }
    match (told(record, "status"), record.reason.as_deref()) {
        (Some(status), _) => format!("It asked, and was told {status}: nobody was signed in"),
        (None, Some(reason)) => format!("It asked, and was refused: {}", words::reason(reason)),
        (None, None) => words::event(record),
    }
}

/// Assertions of the last 24 hours, by service provider, in words.
pub(super) struct Lately {
    counts: BTreeMap<String, usize>,
    /// Whether there were more than were counted.
    is_cut: bool,
}

impl Lately {
    /// Counts them.
    pub(super) async fn of(trail: &Trail, now: Timestamp) -> Result<Self, StoreError> {
        let day: Span = 24.hours();
        let filter = Filter {
            events: vec![EventName::AssertionSent],
            from: now.checked_sub(day).ok(),
            ..Filter::default()
        };
        let found = trail.search(&filter, None, &BOUNDS).await?;
        let mut counts = BTreeMap::new();
        for (_, record) in &found.records {
            let name = told(record, "service_provider").unwrap_or_default();
            *counts.entry(name.to_owned()).or_insert(0) += 1;
        }
        Ok(Self {
            counts,
            is_cut: found.older != Older::None,
        })
    }

    /// How many one had.
    pub(super) fn words(&self, name: &str) -> String {
        let count = self.counts.get(name).copied().unwrap_or(0);
        match (count, self.is_cut) {
            (0, false) => "none".to_owned(),
            (count, false) => count.to_string(),
            (count, true) => format!("{count} or more"),
        }
    }
}
