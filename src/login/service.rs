//! Everything that signing in needs, in one place: providers, mapping, attempts.

use jiff::Timestamp;

use crate::audit::{EventName, Trail};
use crate::clock::Clock;
use crate::identity::{MappingError, NeededClaims};
use crate::metrics::{LoginOutcome, Metrics};
use crate::provider::{Provider, ProviderError, Providers, StartLogin};
use crate::settings::{MappingSettings, ProviderName, PublicUrl, Settings};
use crate::store::Vault;
use crate::web::{LoginRate, Reason, Refusal, Visit};

use super::ReturnTo;
use super::again::start_again;
use super::attempt::{Fresh, LoginAttempt, PendingRequest};
use super::denied::{Denied, ToTrail};
use super::jar::AttemptJar;
use super::which_link::WhichLink;

/// The query by which the start page is told that somebody comes from a login that no link began.
pub const LANDING: &str = "landing";

/// The login desk.
pub struct Login {
    pub(super) providers: Providers,
    pub(super) mapping: MappingSettings,
    /// The claims that mapping, access, organizations and service providers read.
    pub(super) needed: NeededClaims,
    pub(super) public_url: PublicUrl,
    pub(super) vault: Vault,
    pub(super) trail: Trail,
    pub(super) clock: Clock,
    pub(super) links: WhichLink,
    pub(super) metrics: Metrics,
    /// Whether a login that no link began ends elsewhere than at the start page.
    lands: bool,
}

/// What a login is begun for.
pub struct Begin<'a> {
    /// Which provider; `None` is the only one.
    pub provider: &'a ProviderName,
    /// Where the person wants to go.
    pub return_to: ReturnTo,
    /// The AuthnRequest that waits for it.
    pub saml: Option<PendingRequest>,
    /// Whether the login must be a new one.
    pub fresh: Option<Fresh>,
    /// The address that the person typed.
    pub login_hint: Option<&'a str>,
    /// Whether the person wants another account than the one that the provider remembers.
    pub another_account: bool,
}

impl<'a> Begin<'a> {
    /// A login that ends at a page of ours.
    #[must_use]
    pub fn at(provider: &'a ProviderName, return_to: ReturnTo) -> Self {
        Self {
            provider,
            return_to,
            saml: None,
            fresh: None,
            login_hint: None,
            another_account: false,
        }
    }
}

impl Login {
    /// A login desk with these settings.
    #[must_use]
    pub fn new(
        settings: &Settings,
        providers: Providers,
        vault: Vault,
        trail: Trail,
        clock: Clock,
        links: WhichLink,
    ) -> Self {
        Self {
            providers,
            mapping: settings.mapping.clone(),
            needed: needed(settings),
            public_url: settings.public_url.clone(),
            vault,
            trail,
            clock,
            links,
            metrics: Metrics::default(),
            lands: settings.home.land.is_some(),
        }
    }

    /// The same, counted.
    #[must_use]
    pub fn metered(self, metrics: &Metrics) -> Self {
        Self {
            metrics: metrics.clone(),
            ..self
        }
    }

    /// Where a login that was to lead there ends. What "home" is then is for the start page to tell: it knows which links somebody may open.
    pub(super) fn end(&self, to: &ReturnTo) -> String {
        if self.lands && to.is_home() {
            format!("/?{LANDING}")
        } else {
            to.to_string()
        }
    }

    /// The providers, for choosers and pages.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// Where everything lasts.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// From claims to identity.
    #[must_use]
    pub fn mapping(&self) -> &MappingSettings {
        &self.mapping
    }

    /// The redirect URI of one provider: what must be registered there.
    #[must_use]
    pub fn redirect_uri(&self, provider: &ProviderName) -> String {
        redirect_uri(&self.public_url, provider)
    }

    /// Begins an attempt: puts it into the jar, and tells where at the provider the browser goes.
    pub async fn begin(
        &self,
        begin: Begin<'_>,
        visit: &Visit,
        rate: &LoginRate,
        jar: &mut AttemptJar<'_>,
    ) -> Result<String, Refusal> {
        let provider = self
            .providers
            .get(begin.provider)
            .ok_or_else(|| Refusal::new(Reason::NotFound).because("no such provider"))?;
        let left = match rate.check(visit.client) {
            Ok(()) => self.leave(provider, begin, visit, jar).await,
            Err(too_many) => Err(too_many),
        };
        left.inspect_err(|refusal| self.count_refusal(provider.name(), refusal))
    }

    /// A login ended in this refusal.
    pub(super) fn count_refusal(&self, provider: &ProviderName, refusal: &Refusal) {
        let outcome = LoginOutcome::Refused(refusal.reason().name());
        self.metrics.login(provider, outcome);
    }

    async fn leave(
        &self,
        provider: &Provider,
        begin: Begin<'_>,
        visit: &Visit,
        jar: &mut AttemptJar<'_>,
    ) -> Result<String, Refusal> {
        let now = self.clock.now();
        let mut attempt = LoginAttempt::begin(begin.provider.clone(), begin.return_to, now);
        attempt.saml = begin.saml;
        attempt.fresh = begin.fresh;
        attempt.begun_by = Some(visit.reference.clone());
        let again = start_again(&attempt.return_to);
        let fresh = attempt.fresh.is_some() || begin.another_account;
        let departure = self.departure(provider, &attempt, begin.login_hint, fresh);
        let address = visit
            .steps
            .timed("Address of the login", departure)
            .await
            .map_err(|error| refusal(&error).start_again(&again))?;
        jar.add(attempt, now);
        Ok(address)
    }

    /// Where at the provider this attempt begins.
    pub(super) async fn departure(
        &self,
        provider: &Provider,
        attempt: &LoginAttempt,
        login_hint: Option<&str>,
        fresh: bool,
    ) -> Result<String, ProviderError> {
        let redirect_uri = self.redirect_uri(provider.name());
        let start = StartLogin {
            redirect_uri: &redirect_uri,
            state: &attempt.state,
            nonce: &attempt.nonce,
            pkce_verifier: &attempt.pkce_verifier,
            login_hint,
            fresh,
        };
        provider.start(&start).await.map(String::from)
    }

    /// Records a login that was refused, as far as it is to be.
    pub(super) async fn record_refusal(
        &self,
        visit: &Visit,
        provider: &ProviderName,
        denied: Denied,
    ) -> Refusal {
        let mut event = visit
            .event(EventName::Refused)
            .provider(provider.as_str())
            .reason(denied.refusal.reason().name());
        if let Some(link) = &denied.link {
            event = event.link(link.as_str());
        }
        if let Some(email) = &denied.email {
            event = event.email(email.as_str());
        }
        let recorded = match denied.to_trail {
            ToTrail::No => Ok(()),
            ToTrail::AsAStrangers => self.trail.record_stranger(event).await,
            ToTrail::Yes => self.trail.record(event).await,
        };
        match recorded {
            Ok(()) => denied.refusal,
            Err(error) => error.into(),
        }
    }

    /// The house's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The redirect URI of one provider.
#[must_use]
pub fn redirect_uri(public_url: &PublicUrl, provider: &ProviderName) -> String {
    public_url.with(&format!("/login/callback/{provider}"))
}

/// What a person is told of a provider's failure.
pub(super) fn refusal(error: &ProviderError) -> Refusal {
    let reason = match error {
        ProviderError::Expired(_) => Reason::LoginExpired,
        ProviderError::Invalid(_) => Reason::LoginInvalid,
        ProviderError::Unavailable(_) | ProviderError::Misconfigured(_) => {
            Reason::ProviderUnavailable
        }
    };
    Refusal::new(reason).because(error)
}

/// What a person is told whose claims make no identity.
pub fn mapping_refusal(error: &MappingError) -> Refusal {
    let reason = match error {
        MappingError::EmailMissing => Reason::EmailMissing,
        MappingError::EmailUnverified { .. } => Reason::EmailUnverified,
        MappingError::DomainNotAllowed { .. } => Reason::DomainNotAllowed,
    };
    Refusal::new(reason).because(error)
}

fn needed(settings: &Settings) -> NeededClaims {
    let access = settings.access.claims.iter().map(|(name, _)| name.as_str());
    let organizations = settings
        .organizations
        .iter()
        .filter_map(|rule| rule.claim.as_ref().map(|(name, _)| name.as_str()));
    let attributes = settings
        .saml
        .service_providers
        .values()
        .flat_map(|sp| &sp.attributes)
        .flat_map(|(_, source)| source.claims());
    NeededClaims::new(
        &settings.mapping,
        access.chain(organizations).chain(attributes),
    )
}
