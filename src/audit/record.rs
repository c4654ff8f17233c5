//! A recorded event: as it is stored, with its person sealed, and as it is shown.

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{EventName, Person};
use super::tally::{self, Numbers};

/// An event as the store keeps it. Its hash, over exactly these bytes, stands in the record after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) at: Timestamp,
    pub(super) event: EventName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<serde_json::Value>,
    /// Whose key the person's fields are sealed with, by pseudonym, and the fields in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) person: Option<(String, String)>,
    pub(super) previous: String,
}

impl Stored {
    /// Whether it is the same event, wherever in the chain it stands.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let elsewhere = Self {
            previous: self.previous.clone(),
            ..other.clone()
        };
        *self == elsewhere
    }
}

/// What of a recorded event is nobody's secret: enough to count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: EventName,
    /// The link's slug.
    pub link: Option<String>,
    /// The reason's name.
    pub reason: Option<String>,
    /// How many refusals it tells of that have no record of their own.
    pub counted: Numbers,
}

impl From<Stored> for Outline {
    fn from(stored: Stored) -> Self {
        Self {
            at: stored.at,
            event: stored.event,
            counted: tally::read(stored.event, stored.changes.as_ref()),
            link: stored.link,
            reason: stored.reason,
        }
    }
}

/// An event as it is exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: EventName,
    /// The reference of the request.
    pub reference: Option<String>,
    /// The provider.
    pub provider: Option<String>,
    /// The provider's subject.
    pub subject: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// JSM's `accountId`.
    pub customer: Option<String>,
    /// The link's slug.
    pub link: Option<String>,
    /// The reason's name.
    pub reason: Option<String>,
    /// The client's address.
    pub client: Option<String>,
    /// The administrator.
    pub actor: Option<String>,
    /// Old and new.
    pub changes: Option<serde_json::Value>,
    /// The hash of the record before it; all zeros at the beginning.
    pub previous: String,
}

impl Record {
    /// How many refusals it tells of that have no record of their own, by reason.
    #[must_use]
    pub fn counted(&self) -> Numbers {
        tally::read(self.event, self.changes.as_ref())
    }

    pub(super) fn of(stored: Stored, person: Person) -> Self {
        Self {
            at: stored.at,
            event: stored.event,
            reference: stored.reference,
            provider: person.provider,
            subject: person.subject,
            email: person.email,
            customer: person.customer,
            link: stored.link,
            reason: stored.reason,
            client: person.client,
            actor: stored.actor,
            changes: stored.changes.or(person.changes),
            previous: stored.previous,
        }
    }
}

/// What stands in `previous` of the first record.
pub(super) fn beginning() -> String {
    "0".repeat(64)
}

/// SHA-256 of a record's stored bytes, in hexadecimal.
pub(super) fn hash(stored: &[u8]) -> String {
    use std::fmt::Write as _;
    digest::digest(&digest::SHA256, stored)
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ok = write!(text, "{byte:02x}");
            text
        })
}
