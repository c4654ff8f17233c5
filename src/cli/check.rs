//! `front-door check`: tests everything that can be tested. It makes and changes nothing.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use crate::clock::Clock;
use crate::house::House;
use crate::jsm::{Deadline, days_left};
use crate::login::redirect_uri;
use crate::provider::Outcome as Found;
use crate::saml::sso::sso_url;
use crate::settings::link::HandOver;
use crate::settings::saml::ServiceProviderKind;
use crate::settings::{AtlassianSettings, Loaded, Problems, Settings, StoreAddress};

use super::CommandError;
use super::output::{say, say_json};

/// Days before its end from which a token or certificate is warned of.
const WARN_DAYS: i64 = 30;

/// One thing that was tested.
#[derive(Debug, Serialize)]
struct Check {
    name: String,
    outcome: Outcome,
    detail: String,
    remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok,
    Warning,
    Failed,
}

impl Check {
    fn new(
        name: impl Into<String>,
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

    fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(name, Outcome::Ok, detail, "")
    }
}

pub(super) async fn check(
    loaded: &Loaded,
    clock: &Clock,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let settings = &loaded.settings;
    let mut checks = settings_checks(loaded);
    checks.extend(addresses(settings));
    checks.extend(house_checks(settings, clock).await);
    checks.extend(service_providers(settings));
    checks.push(doors_beside_ours());
    report(&checks, as_json)
}

/// The mistakes in the settings as failed checks: nothing else can be tested then.
pub(super) fn report_problems(problems: &Problems) -> ExitCode {
    let check = |problem: &crate::settings::Problem| {
        Check::new(
            "settings",
            Outcome::Failed,
            problem.to_string(),
            "Correct the setting where it is set.",
        )
    };
    let checks: Vec<Check> = problems.0.iter().map(check).collect();
    report(&checks, true).unwrap_or(ExitCode::FAILURE)
}

fn report(checks: &[Check], as_json: bool) -> Result<ExitCode, CommandError> {
    let failed = checks.iter().any(|check| check.outcome == Outcome::Failed);
    if as_json {
        say_json(&json!({ "ok": !failed, "checks": checks }))?;
    } else {
        for check in checks {
            let mark = match check.outcome {
                Outcome::Ok => "ok     ",
                Outcome::Warning => "warning",
                Outcome::Failed => "FAILED ",
            };
            say(format!("{mark}  {}: {}", check.name, check.detail))?;
            if !check.remedy.is_empty() {
                say(format!("         {}", check.remedy))?;
            }
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn settings_checks(loaded: &Loaded) -> Vec<Check> {
    let mut checks = vec![Check::ok("settings", "no mistakes")];
    checks.extend(
        loaded
            .warnings
            .iter()
            .map(|warning| Check::new("settings", Outcome::Warning, warning.to_string(), "")),
    );
    checks
}

/// What has to be registered at each provider. Only a real login proves that it is.
fn addresses(settings: &Settings) -> Vec<Check> {
    let address = |provider: &crate::settings::ProviderSettings| {
        let callback = redirect_uri(&settings.public_url, &provider.name);
        Check::ok(
            format!("provider.{}.addresses", provider.name),
            format!(
                "to register there: callback {callback}, sign-out {}",
                provider.sign_out_url
            ),
        )
    };
    settings.providers.values().map(address).collect()
}

async fn house_checks(settings: &Settings, clock: &Clock) -> Vec<Check> {
    let StoreAddress::Sqlite(path) = &settings.store;
    if !path.exists() {
        let detail = format!(
            "{} does not exist yet; it will be made at the first start, and the signing key with it",
            path.display()
        );
        let mut checks = vec![Check::new(
            "store",
            Outcome::Warning,
            detail,
            "Start the front door once, then check again.",
        )];
        checks.extend(outside_without_store(settings, clock).await);
        return checks;
    }
    let house = match House::open(settings, clock).await {
        Ok(house) => house,
        Err(error) => {
            return vec![Check::new(
                "store",
                Outcome::Failed,
                error.to_string(),
                "Bring back the store or the key that belongs to it.",
            )];
        }
    };
    let mut checks = vec![Check::ok(
        "store",
        format!("{} opens with the secret key", path.display()),
    )];
    checks.push(signing_key(&house, clock).await);
    checks.extend(providers(&house.providers).await);
    checks.extend(atlassian(settings, house.jsm.as_ref(), clock).await);
    checks.extend(links(settings, &house).await);
    checks
}

async fn outside_without_store(settings: &Settings, clock: &Clock) -> Vec<Check> {
    let http = match crate::web::http_client(std::time::Duration::from_secs(30)) {
        Ok(http) => http,
        Err(error) => {
            return vec![Check::new(
                "outgoing connections",
                Outcome::Failed,
                error.to_string(),
                "",
            )];
        }
    };
    let mut checks = providers(&crate::provider::Providers::new(
        &settings.providers,
        &http,
        clock,
    ))
    .await;
    let jsm = settings
        .atlassian
        .as_ref()
        .map(|atlassian| crate::jsm::Jsm::new(http, atlassian));
    checks.extend(atlassian(settings, jsm.as_ref(), clock).await);
    checks
}

async fn signing_key(house: &House, clock: &Clock) -> Check {
    let name = "signing key";
    match house.keys.keys().await {
        Ok(keys) => {
            let days = keys.current.certificate().days_left(clock.now());
            let detail = format!(
                "certificate {}, {days} days left",
                keys.current.certificate().thumbprint()
            );
            if days > WARN_DAYS {
                return Check::ok(name, detail);
            }
            let outcome = if days < 0 {
                Outcome::Failed
            } else {
                Outcome::Warning
            };
            Check::new(
                name,
                outcome,
                detail,
                "Run front-door saml rotate --prepare, enter the certificate at Atlassian, then front-door saml rotate --switch.",
            )
        }
        Err(error) => Check::new(
            name,
            Outcome::Warning,
            error.to_string(),
            "Start the front door once: it makes the key.",
        ),
    }
}

async fn providers(providers: &crate::provider::Providers) -> Vec<Check> {
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
        for finding in provider.check().await {
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

async fn atlassian(
    settings: &Settings,
    jsm: Option<&crate::jsm::Jsm>,
    clock: &Clock,
) -> Vec<Check> {
    let (Some(jsm), Some(atlassian)) = (jsm, &settings.atlassian) else {
        return vec![Check::new(
            "atlassian",
            Outcome::Failed,
            "nothing of Atlassian is set up",
            "Add the [default.atlassian] table.",
        )];
    };
    let examination = jsm
        .examine(Deadline::after(std::time::Duration::from_secs(30)))
        .await;
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

async fn links(settings: &Settings, house: &House) -> Vec<Check> {
    if settings.atlassian.is_none() {
        return Vec::new();
    }
    let catalogue = match house.links.look().await {
        Ok(catalogue) => catalogue,
        Err(error) => {
            return vec![Check::new(
                "links",
                Outcome::Failed,
                error.to_string(),
                "See the lines about atlassian above.",
            )];
        }
    };
    let on = catalogue
        .links()
        .iter()
        .filter(|link| link.open().is_some())
        .count();
    let mut checks = vec![if on == 0 {
        Check::new(
            "links",
            Outcome::Warning,
            "no link is on",
            "Add a [default.link.<slug>] table with the project key of a service desk, or set link_new = \"on\".",
        )
    } else {
        Check::ok(
            "links",
            format!("{on} of {} links are on", catalogue.links().len()),
        )
    }];
    checks.extend(
        catalogue
            .warnings()
            .iter()
            .map(|warning| Check::new("links", Outcome::Warning, warning.to_string(), "")),
    );
    let signs_on = settings
        .saml
        .service_providers
        .values()
        .any(|sp| sp.kind == ServiceProviderKind::PortalOnly);
    if !signs_on
        && catalogue
            .links()
            .iter()
            .any(|link| link.open().is_some() && link.hand_over == HandOver::Saml)
    {
        let detail = "links hand over by saml, but no service provider of the kind portal-only is set: customers will be asked to log in again";
        checks.push(Check::new("links", Outcome::Warning, detail, "Set up single sign-on at Atlassian and add [default.saml.service_provider.portal], or set hand_over = \"gate\"."));
    }
    checks
}

fn service_providers(settings: &Settings) -> Vec<Check> {
    let ours = format!(
        "entity id {}, SSO address {}",
        settings.saml.entity_id,
        sso_url(&settings.public_url)
    );
    let mut checks = vec![Check::ok(
        "saml",
        format!("to enter at service providers: {ours}"),
    )];
    for sp in settings.saml.service_providers.values() {
        let name = format!("saml.service_provider.{}", sp.name);
        let nobody = sp.kind != ServiceProviderKind::PortalOnly
            && sp.providers.is_empty()
            && sp.groups.is_empty()
            && sp.domains.is_empty();
        checks.push(if nobody {
            Check::new(
                name,
                Outcome::Warning,
                "providers, groups and domains are all empty: nobody gets an assertion",
                "Say who may sign in there.",
            )
        } else {
            Check::ok(name, format!("Responses go to {}", sp.acs_url))
        });
    }
    checks
}

/// Atlassian's API does not tell whether a portal lets strangers in.
fn doors_beside_ours() -> Check {
    Check::new(
        "doors beside ours",
        Outcome::Warning,
        "a link guards the link; who may open the native portal is decided by JSM's own permissions, which the API does not tell",
        "In each service project under Customer permissions: let only customers who were added send requests; in Jira's settings under Jira Service Management, Configuration: no self sign-up.",
    )
}
