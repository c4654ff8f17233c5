//! Claims to try a mapping with: those of the last test login; without one, those of the administrator's own.

use crate::admin::Administrator;
use crate::admin::providers::claims_table::{ClaimsTable, visible};
use crate::admin::providers::testing::owner;
use crate::identity::{Claims, Identity, VerifiedClaims};
use crate::login::Login;
use crate::provider::Told;
use crate::settings::{MappingSettings, ProviderName};
use crate::web::Refusal;

/// The most names that a field offers.
const MOST_OFFERS: usize = 200;

/// Somebody's claims.
pub(super) struct Sample {
    /// Who says so.
    pub(super) provider: ProviderName,
    from: From,
}

/// Where they are from.
enum From {
    Test(Box<Told>),
    Own(Box<VerifiedClaims>),
}

impl Sample {
    /// What is at hand for this administrator.
    pub(super) async fn of(
        administrator: &Administrator<'_>,
        login: &Login,
    ) -> Result<Option<Self>, Refusal> {
        let told = login.trials().last_told(&owner(administrator)).await?;
        if let Some((provider, told)) = told {
            let from = From::Test(told);
            return Ok(Some(Self { provider, from }));
        }
        Ok(administrator.identity().map(Self::own))
    }

    fn own(identity: &Identity) -> Self {
        Self {
            provider: identity.provider.clone(),
            from: From::Own(Box::new(VerifiedClaims {
                subject: identity.subject.clone(),
                claims: identity.claims.clone(),
                auth_time: identity.auth_time,
            })),
        }
    }

    /// Whether they are the administrator's.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.from, From::Own(_))
    }

    /// What a sign-in would go on with.
    pub(super) fn verified(&self) -> VerifiedClaims {
        match &self.from {
            From::Test(told) => told.verified(),
            From::Own(own) => VerifiedClaims::clone(own),
        }
    }

    pub(super) fn table(&self, mapping: &MappingSettings) -> ClaimsTable {
        match &self.from {
            From::Test(told) => ClaimsTable::of(told, mapping),
            From::Own(own) => ClaimsTable::of_claims(&own.claims, mapping),
        }
    }

    /// The names that a field may hold: of claims that a sign-in can read, as far as they can be seen.
    pub(super) fn offers(&self) -> Vec<String> {
        let claims = self.verified().claims;
        let can_be_read = |name: &&str| visible(name) == **name && !Claims::is_used_once(name);
        let names = claims.names().filter(can_be_read).map(str::to_owned);
        names.take(MOST_OFFERS).collect()
    }
}
