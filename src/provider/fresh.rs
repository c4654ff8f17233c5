//! Keeping endpoints and keys fresh in the background, so that people seldom wait for a fetch and a provider may come back at any time.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::cognito::{self, DomainFault};
use super::{Provider, ProviderError};

/// How often endpoints and keys are fetched anew while all is well. Cognito rotates its keys without a schedule.
const REFRESH: Duration = Duration::from_hours(1);
/// The first pause after a failure; each next one is twice as long …
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// One task a provider, so that none waits for another. Never ends; dropping it ends the tasks.
pub(super) async fn keep_all(providers: impl Iterator<Item = Arc<Provider>>) {
    let tasks: JoinSet<()> = providers.map(keep).collect();
    tasks.join_all().await;
}

async fn keep(provider: Arc<Provider>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match refresh(&provider).await {
            Ok(()) => {
                pause = FIRST_PAUSE;
                sleep(REFRESH).await;
            }
            Err(error) => {
                tracing::warn!(provider = %provider.name(), %error, "the provider cannot be reached; trying again in {pause:?}");
                sleep(pause).await;
                pause = longer(pause);
            }
        }
    }
}

async fn refresh(provider: &Provider) -> Result<(), ProviderError> {
    let endpoints = provider.discover_anew().await?;
    match cognito::domain_fault(provider.settings(), &endpoints) {
        None => {}
        Some(DomainFault::None) => tracing::error!(
            provider = %provider.name(),
            "the user pool has no domain: the login addresses that it advertises lead nowhere"
        ),
        Some(DomainFault::Another(advertised)) => tracing::warn!(
            provider = %provider.name(),
            "the user pool advertises {advertised}, not the domain of the settings"
        ),
    }
    provider.fetch_keys_anew(&endpoints).await?;
    Ok(())
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST_PAUSE)
}
