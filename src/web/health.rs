//! What load balancers ask: is it alive, is it ready, and what is amiss.

use std::collections::BTreeMap;

use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::serde::json::Json;
use rocket::{Request, Route, get, routes};
use serde::Serialize;

/// The state of the house: a line a dependency. The whole is as bad as its worst part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    status: HealthStatus,
    checks: BTreeMap<String, String>,
}

/// The whole, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// Everything is as it should be.
    Ok,
    /// Something is amiss, but people are served.
    Degraded,
    /// Send nobody here: 503.
    Unavailable,
}

/// What is said of one dependency. The lines hold no secret and no address of the inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It works.
    Ok,
    /// It does not, and people are served all the same.
    Degraded(String),
    /// It does not, and nobody can be served.
    Unavailable(String),
}

impl Default for Health {
    fn default() -> Self {
        Self {
            status: HealthStatus::Ok,
            checks: BTreeMap::new(),
        }
    }
}

impl Health {
    /// Adds what was found of one dependency: `store`, `keys`, `provider.<name>`, `atlassian`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, check: Check) -> Self {
        let (status, line) = match check {
            Check::Ok => (HealthStatus::Ok, "ok".to_owned()),
            Check::Degraded(line) => (HealthStatus::Degraded, line),
            Check::Unavailable(line) => (HealthStatus::Unavailable, line),
        };
        self.status = self.status.max(status);
        self.checks.insert(name.into(), line);
        self
    }

    /// Each check by its name, and how it does.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, String)> {
        self.checks
            .iter()
            .map(|(name, line)| (name.clone(), line.clone()))
            .collect()
    }

    /// The whole, in one word.
    #[must_use]
    pub fn status(&self) -> HealthStatus {
        self.status
    }
}

impl<'r> Responder<'r, 'static> for Health {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = match self.status {
            HealthStatus::Unavailable => Status::ServiceUnavailable,
            HealthStatus::Ok | HealthStatus::Degraded => Status::Ok,
        };
        (status, Json(self)).respond_to(request)
    }
}

/// Alive: it answers. Nothing else is looked at, so that no outage elsewhere restarts us.
#[get("/health/live")]
fn live() -> Health {
    Health::default()
}

/// The address that needs no knowledge of the house; `/health/ready` is answered where that knowledge is.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![live]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_is_as_bad_as_its_worst_part() {
        let health = Health::default().with("store", Check::Ok);
        assert_eq!(health.status(), HealthStatus::Ok);
        let health = health.with("atlassian", Check::Degraded("not set up".into()));
        assert_eq!(health.status(), HealthStatus::Degraded);
        let health = health
            .with(
                "keys",
                Check::Unavailable("a sealed key does not open".into()),
            )
            .with("provider.cognito", Check::Ok);
        assert_eq!(
            serde_json::to_value(&health).unwrap(),
            serde_json::json!({
                "status": "unavailable",
                "checks": {
                    "store": "ok",
                    "atlassian": "not set up",
                    "keys": "a sealed key does not open",
                    "provider.cognito": "ok",
                },
            })
        );
    }
}
