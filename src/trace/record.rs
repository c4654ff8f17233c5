//! A trace as it is kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::budget::Kind;
use super::logins::RecentLogin;
use super::steps::{Noted, Step, Steps, Worth};

/// What one visit went through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The reference that stands on its error page.
    pub reference: String,
    /// When the visit began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// The template of the address, such as `/p/<slug>`.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
    /// What happened.
    pub steps: Vec<Step>,
    /// How many steps more there were.
    #[serde(default)]
    pub left_out: u32,
    /// References of the visits that led to this one, oldest first.
    #[serde(default)]
    pub before: Vec<String>,
}

/// A visit that is over: its trace, and what goes beside it.
pub(super) struct Over {
    pub(super) trace: Trace,
    /// The login that it was.
    pub(super) login: Option<RecentLogin>,
    /// The link that it was about.
    pub(super) link: Option<String>,
    /// Why it ended on an error page, if so.
    pub(super) refused: Option<String>,
}

/// The outside of a visit, once it is over.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Its reference.
    pub reference: &'a str,
    /// The template of its address; `None` where there was no such page.
    pub route: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
}

impl Trace {
    /// The visit that ends now, when it is worth keeping: somebody was refused, or completed a part of a login. Nobody needs to know why a
    /// stranger does not find a page that does not exist.
    pub(super) fn of(
        answered: &Answered<'_>,
        steps: &Steps,
        now: Timestamp,
    ) -> Option<(Over, Kind)> {
        let (begun, noted) = steps.taken();
        let kind = kind(&noted, answered.route.is_some())?;
        let passed = begun.elapsed();
        let at = SignedDuration::try_from(passed).ok();
        let at = at.and_then(|at| now.checked_sub(at).ok()).unwrap_or(now);
        let login = noted.said.map(|said| RecentLogin {
            reference: answered.reference.to_owned(),
            at,
            refused: noted.refused.clone(),
            said: *said,
        });
        let trace = Self {
            reference: answered.reference.to_owned(),
            at,
            ms: u64::try_from(passed.as_millis()).unwrap_or(u64::MAX),
            route: answered.route.unwrap_or("no page of ours").to_owned(),
            status: answered.status,
            steps: noted.steps,
            left_out: noted.left_out,
            before: noted.before,
        };
        let over = Over {
            trace,
            login,
            link: noted.link,
            refused: noted.refused,
        };
        Some((over, kind))
    }
}

fn kind(noted: &Noted, has_page: bool) -> Option<Kind> {
    match (noted.worth, noted.vouched) {
        (Worth::Nothing, _) => None,
        (_, false) => has_page.then_some(Kind::Stranger),
        (Worth::Completed, true) => Some(Kind::Completed),
        (Worth::Refused, true) => Some(Kind::Refused),
    }
}
