//! What an administrator wants to know of a provider before people find out.

use jiff::Timestamp;

use super::cognito::{self, DomainFault};
use super::discovery::Discovered;
use super::id_token::LEEWAY;
use super::{Provider, ProviderError};

/// How well one thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// It works, but somebody should look.
    Warning,
    /// Logins fail.
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What: `discovery`, `keys`, `login domain` or `clock`.
    pub name: &'static str,
    /// How it was found.
    pub outcome: Outcome,
    /// What was found.
    pub detail: String,
    /// What to do; empty when there is nothing to do.
    pub remedy: String,
}

impl Finding {
    fn new(
        name: &'static str,
        outcome: Outcome,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name,
            outcome,
            detail: detail.into(),
            remedy: remedy.into(),
        }
    }
}

/// Asks the provider and says what was found, the first obstacle last.
pub(super) async fn check(provider: &Provider) -> Vec<Finding> {
    let endpoints = match provider.discover_anew().await {
        Ok(endpoints) => endpoints,
        Err(error) => return vec![discovery_failed(&error)],
    };
    let settings = provider.settings();
    let mut findings = vec![Finding::new(
        "discovery",
        Outcome::Ok,
        format!("{} answers", settings.issuer),
        "",
    )];
    findings.push(match provider.fetch_keys_anew(&endpoints).await {
        Ok(count) => Finding::new(
            "keys",
            Outcome::Ok,
            format!("{count} keys at {}", endpoints.jwks_uri),
            "",
        ),
        Err(error) => Finding::new(
            "keys",
            Outcome::Failed,
            error.to_string(),
            "Make the address reachable from this machine.",
        ),
    });
    if cognito::is_user_pool(settings) {
        findings.push(login_domain(cognito::domain_fault(settings, &endpoints)));
    }
    findings.extend(clock(&endpoints, provider.now()));
    findings
}

fn discovery_failed(error: &ProviderError) -> Finding {
    let remedy = match error {
        ProviderError::Misconfigured(_) => {
            "Correct `user_pool` or `issuer`: it is compared to the letter."
        }
        _ => "Check `user_pool` or `issuer`, and that this machine reaches the address.",
    };
    Finding::new("discovery", Outcome::Failed, error.to_string(), remedy)
}

fn login_domain(fault: Option<DomainFault>) -> Finding {
    match fault {
        None => Finding::new(
            "login domain",
            Outcome::Ok,
            "the pool advertises the domain of the settings",
            "",
        ),
        Some(DomainFault::None) => Finding::new(
            "login domain",
            Outcome::Failed,
            "the user pool has no domain: the login addresses that it advertises lead nowhere",
            "Give the pool a domain (Cognito console: Branding, Domain), and put it into `domain`.",
        ),
        Some(DomainFault::Another(advertised)) => Finding::new(
            "login domain",
            Outcome::Warning,
            format!("people log in at {advertised}, but log out at the `domain` of the settings"),
            "Put the advertised domain into `domain`, or set `logout_url`.",
        ),
    }
}

/// Nothing when the provider does not tell the time.
fn clock(endpoints: &Discovered, now: Timestamp) -> Option<Finding> {
    let ahead = now.as_second().saturating_sub(endpoints.date?);
    let detail = format!(
        "this machine's clock differs from the provider's by {} s",
        ahead.abs()
    );
    let remedy = "Set this machine's clock by NTP.";
    Some(match ahead.abs() {
        0..=5 => Finding::new("clock", Outcome::Ok, detail, ""),
        6..=LEEWAY => Finding::new("clock", Outcome::Warning, detail, remedy),
        _ => Finding::new("clock", Outcome::Failed, detail, remedy),
    })
}
