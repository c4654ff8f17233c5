//! `front-door check`: tests everything that can be tested. It makes and changes nothing.

mod links;
mod outside;
mod report;
mod store;

use std::process::ExitCode;
use std::time::Duration;

use crate::clock::Clock;
use crate::house::House;
use crate::jsm::Jsm;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::redirect_uri;
use crate::provider::Providers;
use crate::saml::key_keeper::KeeperError;
use crate::settings::{Loaded, Problems, ProviderSettings, Settings};

use super::CommandError;
use links::{doors_beside_ours, links, service_providers};
use outside::{atlassian, providers, tracing};
use report::{Check, Outcome, report};

/// Days before its end from which a token or certificate is warned of.
const WARN_DAYS: i64 = 30;

/// How long one outgoing call may take.
const OUTGOING: Duration = Duration::from_secs(30);

pub(super) async fn check(
    loaded: &Loaded,
    clock: &Clock,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let mut checks = settings_checks(loaded);
    let (settings, of_house) = house_checks(loaded, clock).await;
    checks.extend(addresses(&settings));
    checks.extend(of_house);
    checks.extend(service_providers(&settings));
    checks.extend(tracing(&settings).await);
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
    let address = |provider: &ProviderSettings| {
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

/// The checks of everything but the settings, and the settings with what is saved in the store.
async fn house_checks(loaded: &Loaded, clock: &Clock) -> (Settings, Vec<Check>) {
    let outside = &loaded.settings;
    let (is_begun, mut checks) = store::look(&outside.store, clock).await;
    if !is_begun {
        checks.extend(outside_without_store(outside, clock).await);
        return (outside.clone(), checks);
    }
    let house = match House::open(loaded, clock).await {
        Ok(house) => house,
        Err(error) => {
            checks.push(Check::new(
                "store",
                Outcome::Failed,
                error.to_string(),
                "Bring back the store or the key that belongs to it.",
            ));
            return (outside.clone(), checks);
        }
    };
    let place = store::place(&outside.store);
    checks.push(Check::ok(
        "store",
        format!("{place} opens with the secret key"),
    ));
    checks.extend(house.ignored.iter().map(|problem| {
        Check::new(
            "settings",
            Outcome::Failed,
            format!("a saved setting is ignored: {problem}"),
            "Correct it with front-door export and import.",
        )
    }));
    checks.push(signing_key(&house, clock).await);
    checks.extend(providers(&house.providers, &house.settings.public_url).await);
    checks.extend(atlassian(&house.settings, house.jsm.as_ref(), clock).await);
    checks.extend(links(&house.settings, house.links.look().await));
    (house.settings, checks)
}

async fn outside_without_store(settings: &Settings, clock: &Clock) -> Vec<Check> {
    let http = match crate::web::http_client(OUTGOING) {
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
    let mut checks = providers(
        &Providers::new(&settings.providers, &http, clock),
        &settings.public_url,
    )
    .await;
    let jsm = settings
        .atlassian
        .as_ref()
        .map(|atlassian| Jsm::new(http, atlassian));
    checks.extend(atlassian(settings, jsm.as_ref(), clock).await);
    if let Some(jsm) = &jsm {
        let read = CatalogueKeeper::first_look(jsm, settings, clock).await;
        checks.extend(links(settings, read));
    }
    checks
}

async fn signing_key(house: &House, clock: &Clock) -> Check {
    let name = "signing key";
    let keys = match house.keys.signer().await {
        Ok(_) => house.keys.keys().await,
        Err(error) => Err(error),
    };
    match keys {
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
        Err(KeeperError::Missing) => Check::new(
            name,
            Outcome::Warning,
            "there is none yet",
            "Start the front door once: it makes the key.",
        ),
        Err(error) => Check::new(
            name,
            Outcome::Failed,
            error.to_string(),
            "Bring back the store or the secret key that belongs to it; a new key would have to be entered at every service provider.",
        ),
    }
}
