//! The providers and Atlassian, asked for real.

use std::time::Duration;

use crate::clock::Clock;
use crate::jsm::{Deadline, Held, Jsm, Needed, PermissionFinding, ProjectKey, days_left};
use crate::login::redirect_uri;
use crate::provider::{Outcome as Found, Providers};
use crate::settings::{AtlassianSettings, PublicUrl, Settings};

use super::WARN_DAYS;
use super::report::{Check, Outcome};

/// How long Atlassian may take for everything that is asked of it.
const ASKING: Duration = Duration::from_secs(30);

pub(super) async fn providers(providers: &Providers, public_url: &PublicUrl) -> Vec<Check> {
    if providers.is_empty() {
        return vec![Check::new(
            "provider",
            Outcome::Failed,
            "no identity provider is set up",
            "Add a [default.provider.<name>] table.",
        )];
    }
    let mut checks = Vec::new();
    for provider in providers.iter() {
        for finding in provider
            .check(&redirect_uri(public_url, provider.name()))
            .await
        {
            let outcome = match finding.outcome {
                Found::Ok => Outcome::Ok,
                Found::Warning => Outcome::Warning,
                Found::Failed => Outcome::Failed,
            };
            checks.push(Check::new(
                format!("provider.{}.{}", provider.name(), finding.name),
                outcome,
                finding.detail,
                finding.remedy,
            ));
        }
    }
    checks
}

pub(super) async fn atlassian(settings: &Settings, jsm: Option<&Jsm>, clock: &Clock) -> Vec<Check> {
    let (Some(jsm), Some(atlassian)) = (jsm, &settings.atlassian) else {
        return vec![Check::new(
            "atlassian",
            Outcome::Failed,
            "nothing of Atlassian is set up",
            "Add the [default.atlassian] table.",
        )];
    };
    let examination = jsm.examine(Deadline::after(ASKING)).await;
    let mut checks: Vec<Check> = examination
        .problems
        .iter()
        .map(|problem| {
            Check::new(
                "atlassian",
                Outcome::Failed,
                problem.to_string(),
                problem.remedy(),
            )
        })
        .collect();
    let of_projects = |found: &&PermissionFinding| Needed::IN_PROJECTS.contains(&found.needed);
    let lacking = examination.permissions.iter().filter(of_projects);
    checks.extend(lacking.filter_map(lacking_in_projects));
    if let Some(account) = &examination.account {
        let seen = examination.service_desks.len();
        checks.push(Check::ok(
            "atlassian.account",
            format!(
                "the token is {}'s; it sees {seen} service desks",
                account.display_name
            ),
        ));
    }
    checks.push(token_days(atlassian, clock));
    checks
}

/// Not a failure: which of a project's permissions a portal needs depends on how it is set up.
fn lacking_in_projects(found: &PermissionFinding) -> Option<Check> {
    let projects: Vec<&str> = found.lacking_in.iter().map(ProjectKey::as_str).collect();
    let detail = format!(
        "the service account lacks the permission \"{}\" in {}. {}",
        found.needed.name(),
        projects.join(", "),
        found.needed.effect()
    );
    (found.held == Held::No).then(|| {
        let name = "atlassian.permissions";
        Check::new(name, Outcome::Warning, detail, found.needed.remedy())
    })
}

fn token_days(atlassian: &AtlassianSettings, clock: &Clock) -> Check {
    let name = "atlassian.token_expires";
    let Some(expires) = atlassian.token_expires else {
        return Check::new(
            name,
            Outcome::Warning,
            "not set: nothing will warn before the token ends",
            "Set it to the date that Atlassian showed when the token was made.",
        );
    };
    let days = days_left(
        expires,
        clock.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
    );
    let detail = format!("{days} days left");
    match i64::from(days) {
        days if days > WARN_DAYS => Check::ok(name, detail),
        days if days > 0 => Check::new(
            name,
            Outcome::Warning,
            detail,
            "Make a new API token, and set api_token and token_expires.",
        ),
        _ => Check::new(
            name,
            Outcome::Failed,
            detail,
            "Make a new API token, and set api_token and token_expires.",
        ),
    }
}
