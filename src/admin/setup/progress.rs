//! How far the first hour is: what the settings say, what was seen of Atlassian, whether a login was tested, and whether the present mapping lets one in.

use crate::link::{Catalogue, LinkState};
use crate::settings::link::HandOver;
use crate::settings::saml::ServiceProviderKind;
use crate::settings::{MappingSettings, ProviderSettings, Settings};
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
    /// The mark of each with the present mapping.
    mapped: Vec<Key>,
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
        let providers = || settings.providers.values();
        let mapping = &settings.mapping;
        Self {
            done: done(facts),
            account: settings.atlassian.is_some(),
            tests: providers().map(|one| test_of(&vault, one)).collect(),
            mapped: providers()
                .map(|one| mapped_of(&vault, one, mapping))
                .collect(),
            vault,
        }
    }

    /// Together with what is seen now. `failing`: the last test login could not sign in as things are.
    pub async fn progress(
        &self,
        catalogue: &Catalogue,
        failing: bool,
    ) -> Result<Progress, StoreError> {
        let tested = !failing && self.all_are_there(&self.tests).await?;
        let mapped = tested && self.all_are_there(&self.mapped).await?;
        let on = || {
            let links = catalogue.links().iter();
            links.filter(|link| link.state == LinkState::On)
        };
        let all_at_the_gate = on().all(|link| link.hand_over == HandOver::Gate);
        let seen = [
            (Step::Test, tested),
            (Step::Mapping, mapped),
            (Step::Account, self.account && catalogue.read_at().is_some()),
            (Step::Links, on().next().is_some()),
            (Step::SignIn, on().next().is_some() && all_at_the_gate),
        ];
        Ok(Progress([self.done.clone(), done(seen)].concat()))
    }

    async fn all_are_there(&self, marks: &[Key]) -> Result<bool, StoreError> {
        for mark in marks {
            if !self.vault.exists(mark).await? {
                return Ok(false);
            }
        }
        Ok(!marks.is_empty())
    }
}

fn done<const N: usize>(facts: [(Step, bool); N]) -> Vec<Step> {
    let done = facts.into_iter().filter(|(_, done)| *done);
    done.map(|(step, _)| step).collect()
}

/// Notes that a login at this provider, as it is set now, came back with claims of which this mapping made an identity. Written once for each.
pub async fn note_tested(
    vault: &Vault,
    provider: &ProviderSettings,
    mapping: &MappingSettings,
) -> Result<(), StoreError> {
    note(vault, &test_of(vault, provider)).await?;
    note(vault, &mapped_of(vault, provider, mapping)).await
}

/// Notes that this mapping makes an identity of the claims of a login that was tested before.
pub async fn note_mapped(
    vault: &Vault,
    provider: &ProviderSettings,
    mapping: &MappingSettings,
) -> Result<(), StoreError> {
    if vault.exists(&test_of(vault, provider)).await? {
        note(vault, &mapped_of(vault, provider, mapping)).await?;
    }
    Ok(())
}

async fn note(vault: &Vault, mark: &Key) -> Result<(), StoreError> {
    if !vault.exists(mark).await? {
        vault.put_if_absent(mark, "tested", None).await?;
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

/// Another source of the address, or other rules about it, may let nobody in.
fn mapped_of(vault: &Vault, provider: &ProviderSettings, mapping: &MappingSettings) -> Key {
    let set = [
        provider.name.as_str().to_owned(),
        provider.issuer.clone(),
        provider.client_id.clone(),
        format!("{:?}", mapping.email),
        format!("{:?}", provider.email_domains),
        provider.assume_verified.to_string(),
    ];
    Key::login_tested(&vault.pseudonym("mapped login test", &set.join("\n")))
}
