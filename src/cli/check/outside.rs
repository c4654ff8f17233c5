//! The providers and Atlassian, asked for real.

use std::time::Duration;

use jiff::civil::Date;

use crate::clock::Clock;
use crate::jsm::{
    Deadline, Examination, Held, Jsm, Needed, PermissionFinding, ProjectKey, Token, days_left,
};
use crate::login::redirect_uri;
use crate::provider::{Outcome as Found, Providers};
use crate::settings::{AtlassianSettings, PublicUrl, Settings};
use crate::spans::try_collector;
use crate::web::http_client;

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

/// Whether the collector takes spans, where they are sent to one.
pub(super) async fn tracing(settings: &Settings) -> Option<Check> {
    let tracing = settings.tracing.as_ref()?;
    let http = match http_client(ASKING) {
        Ok(http) => http,
        Err(error) => {
            return Some(Check::new(
                "tracing",
                Outcome::Failed,
                error.to_string(),
                "",
            ));
        }
    };
    Some(match try_collector(tracing, &http).await {
        Ok(()) => Check::ok("tracing", "the collector takes spans"),
        Err(error) => Check::new(
            "tracing",
            Outcome::Warning,
            format!("the collector takes no spans: {error}"),
            "See whether tracing.endpoint leads to a collector that takes OTLP over HTTP, and whether it wants tracing.headers.",
        ),
    })
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
    checks.extend(accounts(&examination));
    checks.extend(tokens(atlassian, &examination));
    checks.extend(ends(atlassian, clock));
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

/// As whom the tokens sign in.
fn accounts(found: &Examination) -> Vec<Check> {
    let seen = found.service_desks.len();
    let first = found.account.as_ref().map(|account| {
        let whose = format!("the token is {}'s", account.display_name);
        let detail = format!("{whose}; it sees {seen} service desks");
        Check::ok("atlassian.account", detail)
    });
    let second = found.customer_account.as_ref().map(|account| {
        let detail = format!("customers are made as {}", account.display_name);
        Check::ok("atlassian.customer_account", detail)
    });
    first.into_iter().chain(second).collect()
}

/// Of each token, which permissions it needs and whether it has them, and of the first what it has beyond its needs.
fn tokens(atlassian: &AtlassianSettings, found: &Examination) -> Vec<Check> {
    let mut first = needs("atlassian.token", Token::Service, found);
    let mut checks = Vec::new();
    if atlassian.customer_token.is_some() {
        first.detail += "; it does not need \"Administer Jira\"";
        let mut second = needs("atlassian.customer_token", Token::Customer, found);
        second.detail += "; nothing else";
        checks.push(second);
        let excess = found.excess.map(|excess| {
            let (what, remedy) = (excess.to_string(), excess.remedy());
            Check::new("atlassian.token", Outcome::Warning, what, remedy)
        });
        checks.extend(excess);
    }
    checks.insert(0, first);
    checks
}

fn needs(name: &str, token: Token, found: &Examination) -> Check {
    let of_token = found.permissions.iter().filter(|one| one.token == token);
    let of_token: Vec<&PermissionFinding> = of_token.collect();
    let needed: Vec<String> = of_token.iter().copied().map(need).collect();
    let detail = match needed.as_slice() {
        [] => "what it may could not be told".to_owned(),
        needed => format!("needs {}", needed.join(", ")),
    };
    let is_well = !of_token.is_empty() && of_token.iter().all(|one| one.held == Held::Yes);
    if is_well {
        return Check::ok(name, detail);
    }
    let remedy = "The other lines about atlassian say what to do.";
    Check::new(name, Outcome::Warning, detail, remedy)
}

fn need(found: &PermissionFinding) -> String {
    let place = if Needed::GLOBAL.contains(&found.needed) {
        ""
    } else {
        " in each service project"
    };
    let held = match found.held {
        Held::Yes => "has it",
        Held::No => "lacks it",
        Held::Unknown => "could not be told",
    };
    format!("\"{}\"{place} ({held})", found.needed.name())
}

/// When each token ends.
fn ends(atlassian: &AtlassianSettings, clock: &Clock) -> Vec<Check> {
    let first = ("atlassian.token_expires", atlassian.token_expires);
    let second = atlassian.customer_token.as_ref();
    let second = second.map(|second| ("atlassian.customer_token_expires", second.expires));
    let ends = std::iter::once(first).chain(second);
    ends.map(|(name, expires)| token_days(name, expires, clock))
        .collect()
}

fn token_days(name: &str, expires: Option<Date>, clock: &Clock) -> Check {
    let remedy = if name.contains("customer") {
        "Make a new API token, and set customer_token and customer_token_expires."
    } else {
        "Make a new API token, and set api_token and token_expires."
    };
    let Some(expires) = expires else {
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
        days if days > 0 => Check::new(name, Outcome::Warning, detail, remedy),
        _ => Check::new(name, Outcome::Failed, detail, remedy),
    }
}
