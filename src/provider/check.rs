//! What an administrator wants to know of a provider before people find out.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cognito::{self, DomainFault, Regions};
use super::diagnosis::{Case, Diagnosis};
use super::discovery::Discovered;
use super::id_token::LEEWAY;
use super::{Misfit, Provider, probe};
use crate::settings::ProviderSettings;

/// How well one thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// It works, but somebody should look.
    Warning,
    /// Logins fail.
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What: `discovery`, `keys`, `login domain`, `login page`, `client` or `clock`.
    pub name: Cow<'static, str>,
    /// How it was found.
    pub outcome: Outcome,
    /// What was found.
    pub detail: String,
    /// What to do; empty when there is nothing to do.
    pub remedy: String,
}

impl Finding {
    pub(super) fn new(
        name: &'static str,
        outcome: Outcome,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            outcome,
            detail: detail.into(),
            remedy: remedy.into(),
        }
    }

    /// What is said of a provider that takes longer than this for everything.
    #[must_use]
    pub fn too_slow(than: Duration) -> Self {
        let detail = format!("the provider did not answer everything within {than:?}");
        let remedy = "Check that this machine reaches the provider's addresses.";
        Self::new("time", Outcome::Failed, detail, remedy)
    }

    pub(super) fn failed(name: &'static str, diagnosis: Diagnosis) -> Self {
        let Diagnosis { cause, remedy, .. } = diagnosis;
        Self::new(name, Outcome::Failed, cause, remedy)
    }
}

/// Asks the provider and says what was found; it stops where the rest can tell nothing.
pub(super) async fn check(provider: &Provider, callback: &str) -> Vec<Finding> {
    let settings = provider.settings();
    let case = Case { settings, callback };
    let endpoints = match provider.discover_anew().await {
        Ok(endpoints) => endpoints,
        Err(error) => return vec![Finding::failed("discovery", case.of_error(&error))],
    };
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
            format!(
                "{count} {} at {}",
                if count == 1 { "key" } else { "keys" },
                endpoints.jwks_uri
            ),
            "",
        ),
        Err(error) => Finding::failed("keys", case.of_error(&error)),
    });
    let fault = cognito::domain_fault(settings, &endpoints);
    let has_login_page = fault != Some(DomainFault::None);
    if cognito::is_user_pool(settings) {
        findings.push(login_domain(fault, &case));
    }
    if has_login_page {
        findings.push(probe::login_page(provider, &case).await);
        findings.push(probe::client(provider, &endpoints, &case).await);
    }
    findings.extend(clock(&endpoints, provider.now()));
    findings
}

fn login_domain(fault: Option<DomainFault>, case: &Case<'_>) -> Finding {
    let name = "login domain";
    match fault {
        None => Finding::new(
            name,
            Outcome::Ok,
            "the pool advertises the domain of the settings",
            "",
        ),
        Some(DomainFault::None) => Finding::failed(name, case.of_error(&Misfit::NoDomain.into())),
        Some(DomainFault::Another(advertised)) => another_domain(case.settings, &advertised),
    }
}

/// People log in where the pool says, and log out where the settings say.
fn another_domain(settings: &ProviderSettings, advertised: &str) -> Finding {
    let mut detail =
        format!("people log in at {advertised}, but log out at the domain of the settings");
    let Regions { issuer, domain, .. } = cognito::regions(settings);
    if let (Some(issuer), Some(domain)) = (issuer, domain)
        && issuer != domain
    {
        detail = format!("{detail}: that one is in {domain}, the user pool in {issuer}");
    }
    Finding::new(
        "login domain",
        Outcome::Warning,
        detail,
        "Put the advertised domain into “Domain” on the identity provider's page (domain), or set “Logout endpoint” there (logout_url).",
    )
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
