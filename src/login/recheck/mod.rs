//! Live sessions follow the provider: whoever has one is asked about again there, once its word is older than `session.recheck`.
//!
//! [`current`] is the guard by which handlers learn who is there now; [`work`] asks, one at a time for each session, and goes on when the visitor has gone away
//! meanwhile, since a refresh token may be good for one use. Nobody gets anything on a word that is too old: where the provider does not answer they are told so,
//! and where it can be asked by a login alone they go through one.

pub mod current;
mod work;

use std::fmt;
use std::sync::Arc;

use crate::admission::Admission;
use crate::audit::Trail;
use crate::identity::{Identity, NeededClaims};
use crate::provider::{Provider, Providers, Renewal};
use crate::session::Sessions;
use crate::settings::{MappingSettings, ProviderName};
use crate::store::Vault;
use crate::web::Refusal;

use super::Login;

pub use current::Current;

/// Whether anything here is still for somebody of whom the provider has said something new. Links and administrators are other rooms' knowledge: they are asked.
pub struct WhoMayStay(Box<Judge>);

type Judge = dyn Fn(&Identity, &str) -> Result<(), Refusal> + Send + Sync;

impl WhoMayStay {
    /// By whoever knows. It is told the path that is asked for, to say what speaks against them there.
    #[must_use]
    pub fn new(
        judge: impl Fn(&Identity, &str) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(judge))
    }

    fn judge(&self, identity: &Identity, path: &str) -> Result<(), Refusal> {
        (self.0)(identity, path)
    }
}

impl fmt::Debug for WhoMayStay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WhoMayStay(…)")
    }
}

/// All that asking again needs. Clones share it.
#[derive(Debug, Clone)]
pub struct Recheck(Arc<Inner>);

struct Inner {
    providers: Providers,
    mapping: MappingSettings,
    needed: NeededClaims,
    sessions: Sessions,
    vault: Vault,
    trail: Trail,
    admission: Admission,
    may_stay: WhoMayStay,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inner(…)")
    }
}

impl Recheck {
    /// By the rules of logins.
    #[must_use]
    pub fn new(
        login: &Login,
        sessions: Sessions,
        admission: Admission,
        may_stay: WhoMayStay,
    ) -> Self {
        Self(Arc::new(Inner {
            providers: login.providers.clone(),
            mapping: login.mapping.clone(),
            needed: login.needed.clone(),
            vault: login.vault.clone(),
            trail: login.trail.clone(),
            sessions,
            admission,
            may_stay,
        }))
    }
}

/// Hands the refresh token of a session that has ended back to its provider. Nobody waits for that.
pub fn hand_back(providers: &Providers, provider: &ProviderName, renewal: Renewal) {
    let Some(provider) = providers.get(provider).map(Arc::clone) else {
        return;
    };
    tokio::spawn(async move { Provider::revoke(&provider, &renewal).await });
}
