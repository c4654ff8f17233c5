//! Which provider is believed about an address, and the way there for somebody who came by another one.

use std::sync::Arc;

use crate::identity::{EmailAddress, MappingError};
use crate::provider::{Provider, Providers};
use crate::settings::ProviderName;
use crate::web::Refusal;

use super::service::mapping_refusal;

/// The provider for an address's domain: the one that names it, else the one that names none. It looks at settings alone, so the answer never tells whether a
/// person exists.
pub(super) fn provider_for<'a>(
    among: impl Iterator<Item = &'a Arc<Provider>>,
    email: &EmailAddress,
) -> Option<&'a Arc<Provider>> {
    let believed = among.filter(|one| one.settings().speaks_for(email.domain()));
    believed.min_by_key(|one| one.settings().email_domains.is_empty())
}

/// What somebody is told whose claims make no identity; if another provider is the right one for their address, with the login there. `way` is the address of
/// a login at a provider.
pub(super) fn refuse(
    error: &MappingError,
    at: &ProviderName,
    providers: &Providers,
    way: impl FnOnce(&ProviderName) -> Result<String, Refusal>,
) -> Result<Refusal, Refusal> {
    let refusal = mapping_refusal(error);
    let MappingError::DomainNotAllowed { email } = error else {
        return Ok(refusal);
    };
    match provider_for(providers.iter(), email).filter(|right| right.name() != at) {
        Some(right) => {
            let path = way(right.name())?;
            Ok(refusal.right_provider(&right.settings().label, &path))
        }
        None => Ok(refusal),
    }
}
