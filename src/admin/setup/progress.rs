//! How far the first hour is: what the settings say, what was seen of Atlassian, and whether a login was tested.

use crate::link::{Catalogue, LinkState};
use crate::settings::link::HandOver;
use crate::settings::saml::ServiceProviderKind;
use crate::settings::{ProviderSettings, Settings};
use crate::store::{Key, StoreError, Vault};

use super::Step;

/// The steps that are done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress(Vec<Step>);

impl Progress {
    /// Whether this one is.
    #[must_use]
    pub fn is_done(&self, step: Step) -> bool {
        self.0.contains(&step)
    }
}

/// What the settings alone say, made anew with them.
pub struct Settled {
    done: Vec<Step>,
    /// Whether there is a service account.
    account: bool,
    /// The mark of each provider's test.
    tests: Vec<Key>,
    vault: Vault,
}

impl Settled {
    /// By these settings.
    #[must_use]
    pub fn by(settings: &Settings, vault: Vault) -> Self {
        let sp = settings.saml.service_providers.values();
        let mut portals = sp.filter(|sp| sp.kind == ServiceProviderKind::PortalOnly);
        let facts = [
            (Step::Provider, !settings.providers.is_empty()),
            (Step::SignIn, portals.next().is_some()),
            (Step::Administrators, !settings.admin_groups.is_empty()),
        ];
        let providers = settings.providers.values();
        Self {
            done: done(facts),
            account: settings.atlassian.is_some(),
            tests: providers.map(|one| test_of(&vault, one)).collect(),
            vault,
        }
    }

    /// Together with what is seen now.
    pub async fn progress(&self, catalogue: &Catalogue) -> Result<Progress, StoreError> {
        let tested = self.all_are_tested().await?;
        let on = || {
            let links = catalogue.links().iter();
            links.filter(|link| link.state == LinkState::On)
        };
        let all_at_the_gate = on().all(|link| link.hand_over == HandOver::Gate);
        let seen = [
            (Step::Test, tested),
            (Step::Mapping, tested),
            (Step::Account, self.account && catalogue.read_at().is_some()),
            (Step::Links, on().next().is_some()),
            (Step::SignIn, on().next().is_some() && all_at_the_gate),
        ];
        Ok(Progress([self.done.clone(), done(seen)].concat()))
    }

    async fn all_are_tested(&self) -> Result<bool, StoreError> {
        for test in &self.tests {
            if !self.vault.exists(test).await? {
                return Ok(false);
            }
        }
        Ok(!self.tests.is_empty())
    }
}

fn done<const N: usize>(facts: [(Step, bool); N]) -> Vec<Step> {
    let done = facts.into_iter().filter(|(_, done)| *done);
    done.map(|(step, _)| step).collect()
}

/// Notes that a login at this provider, as it is set now, came back with claims of which the mapping made an identity. Written once a provider.
pub async fn note_tested(vault: &Vault, provider: &ProviderSettings) -> Result<(), StoreError> {
    let test = test_of(vault, provider);
    if !vault.exists(&test).await? {
        vault.put_if_absent(&test, "tested", None).await?;
    }
    Ok(())
}

/// Another pool or client is another provider, and was not tested.
fn test_of(vault: &Vault, provider: &ProviderSettings) -> Key {
    let set = [
        provider.name.as_str(),
        &provider.issuer,
        &provider.client_id,
    ];
    Key::login_tested(&vault.pseudonym("login test", &set.join("\n")))
}
