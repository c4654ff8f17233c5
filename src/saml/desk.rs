//! What every request at `/saml/sso` goes through: read, a login first where one is missing, then answered.

use std::sync::Arc;

use rocket::response::Redirect;

use crate::admission::{Admission, AdmissionError};
use crate::audit::{Event, EventName};
use crate::identity::Identity;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::hand_over::HandOvers;
use crate::login::choice::Choice;
use crate::login::resume::{self, Fresh as FreshLogin};
use crate::login::start::{self, no_provider};
use crate::login::{Again, Cookies, Current, Login, PendingRequest};
use crate::session::{Session, Sessions};
use crate::settings::ProviderName;
use crate::settings::saml::ServiceProviderSettings;
use crate::web::bundle::bundle;
use crate::web::pages::ProviderButton;
use crate::web::{Layout, LoginRate, Reason, Refusal, Room, Visit};

use super::assertion::Status;
use super::binding::{BadMessage, Message};
use super::request::{self, AuthnRequest, RequestError};
use super::sso::{Answer, IdentityProvider, elsewhere};

/// Everything that answering may need.
pub(super) struct Desk<'r> {
    pub(super) idp: &'r Room<IdentityProvider>,
    pub(super) visit: Visit,
    pub(super) current: Current<'r>,
    pub(super) cookies: Cookies<'r>,
    pub(super) layout: Layout,
    pub(super) login: &'r Room<Login>,
    pub(super) rate: &'r Room<LoginRate>,
    pub(super) links: &'r Room<Arc<CatalogueKeeper>>,
    pub(super) admission: &'r Room<Admission>,
    pub(super) sessions: &'r Room<Sessions>,
    pub(super) hand_overs: &'r Room<HandOvers>,
}

bundle!(Desk {
    idp,
    visit,
    current,
    cookies,
    layout,
    login,
    rate,
    links,
    admission,
    sessions,
    hand_overs
});

impl Desk<'_> {
    /// Reads a message that arrives now.
    pub(super) async fn read(&self, message: &Message) -> Result<PendingRequest, Refusal> {
        let read = request::read(
            message,
            &self.idp.settings,
            &self.idp.sso_url,
            self.idp.clock.now(),
        );
        match read {
            Ok(request) => {
                self.visit.steps.note("AuthnRequest", told(&request));
                Ok(PendingRequest {
                    service_provider: request.service_provider.name.clone(),
                    id: Some(request.id),
                    relay_state: message.relay_state.clone(),
                    force_authn: request.force_authn,
                    is_passive: request.is_passive,
                    unsuited_name_id: request.unsuited_name_id,
                })
            }
            Err(error) => {
                let reason = match error {
                    RequestError::UnknownServiceProvider => Reason::ServiceProviderUnknown,
                    _ => Reason::SamlRequestInvalid,
                };
                let issuer = request::issuer(message);
                Err(self.unanswered(reason, &error.to_string(), issuer).await)
            }
        }
    }

    /// A message that cannot be read.
    pub(super) async fn bad_message(&self, error: BadMessage) -> Refusal {
        self.unanswered(Reason::SamlRequestInvalid, &error.to_string(), None)
            .await
    }

    /// A request from nobody we know, or that cannot be read. Anyone can send such: what it costs is limited like a login attempt.
    async fn unanswered(&self, reason: Reason, why: &str, issuer: Option<String>) -> Refusal {
        let event = self
            .visit
            .event(EventName::SamlRefused)
            .reason(reason.name())
            .changes(self.idp.told_of(why, issuer));
        let recorded = match self.rate.check(self.visit.client) {
            Ok(()) => self.record_stranger(event).await,
            Err(too_many) => Err(too_many),
        };
        match recorded {
            Err(refusal) => refusal,
            Ok(()) if reason == Reason::SamlRequestInvalid => self.invalid(why),
            Ok(()) => Refusal::new(reason).because(why),
        }
    }

    /// Goes on with a request after a login, or after it came by POST.
    pub(super) async fn resume(&self, sealed: &str) -> Result<Answer, Refusal> {
        let now = self.idp.clock.now();
        let resume = resume::open(&self.idp.vault, sealed, now)
            .ok_or_else(|| self.invalid("a request that is not ours to go on with, or too old"))?;
        let sp = &resume.request.service_provider;
        self.visit
            .steps
            .note("AuthnRequest", format!("of {sp} goes on"));
        if let Some(person) = &resume.person {
            let same = self
                .current
                .session()?
                .is_some_and(|session| session.data.identity.key() == *person);
            if !same {
                return Err(self.invalid("the request belongs to somebody else's login"));
            }
        }
        self.answer(resume.request, resume.fresh).await
    }

    /// Answers a request, or asks for a login first.
    pub(super) async fn answer(
        &self,
        request: PendingRequest,
        fresh: Option<FreshLogin>,
    ) -> Result<Answer, Refusal> {
        let provider = self
            .idp
            .settings
            .service_providers
            .get(&request.service_provider);
        let provider = provider.ok_or_else(|| {
            Refusal::new(Reason::ServiceProviderUnknown).because("it was removed meanwhile")
        })?;
        if request.unsuited_name_id {
            return self
                .status(&request, provider, Status::InvalidNameIdPolicy)
                .await;
        }
        if fresh == Some(FreshLogin::Failed) {
            return self.status(&request, provider, Status::AuthnFailed).await;
        }
        let demanded = request.force_authn && fresh.is_none();
        match self.current.session()? {
            Some(session) if !demanded => {
                let answer = self.assert(&request, provider, session).await;
                answer
                    .or_else(|refusal| Err(self.with_another_account(refusal, &request, session)?))
            }
            _ if request.is_passive => self.status(&request, provider, Status::NoPassive).await,
            _ => self.log_in_first(request, provider).await,
        }
    }

    /// Somebody who is refused may have another account that is not; the request waits for it.
    fn with_another_account(
        &self,
        refusal: Refusal,
        request: &PendingRequest,
        session: &Session,
    ) -> Result<Refusal, Refusal> {
        let (provider, now) = (&session.data.identity.provider, self.idp.clock.now());
        let again = Again::with(request, provider, &self.idp.vault, now)?;
        Ok(again.offer_another_account(refusal))
    }

    /// To the provider; where several may be asked, to the page that lets the person choose.
    async fn log_in_first(
        &self,
        request: PendingRequest,
        asking: &ServiceProviderSettings,
    ) -> Result<Answer, Refusal> {
        if !self.visit.navigation.is_browser() {
            return Err(Refusal::new(Reason::LoginRequired));
        }
        let (providers, now) = (asked(self.login, asking), self.idp.clock.now());
        let choice = Choice {
            request,
            providers: providers.clone(),
            second_try: false,
            at: now,
        };
        let known = self.current.at().filter(|name| providers.contains(name));
        match known.map_or(providers.as_slice(), std::slice::from_ref) {
            [] => Err(no_provider()),
            [only] => {
                let begin = choice.begin(only, now);
                start::go(begin, self.login, &self.visit, self.rate, &self.cookies)
                    .await
                    .map(elsewhere)
            }
            _ => {
                let sealed = choice.seal(&self.idp.vault)?;
                let chooser = ProviderButton::address(None, None, Some(&sealed));
                Ok(elsewhere(Redirect::to(chooser)))
            }
        }
    }

    /// Somebody who was not admitted to the portal.
    pub(super) fn not_admitted(&self, error: AdmissionError) -> Refusal {
        self.hand_overs.refusal(error)
    }

    /// A request that is not answered; the portal is the way on.
    pub(super) fn invalid(&self, why: &str) -> Refusal {
        let refusal = Refusal::new(Reason::SamlRequestInvalid).because(why);
        match self.hand_overs.portal() {
            Some(portal) => refusal.portal(portal),
            None => refusal,
        }
    }

    pub(super) async fn record_stranger(&self, event: Event) -> Result<(), Refusal> {
        let recorded = self.idp.trail.record_stranger(event).await;
        recorded.map_err(Refusal::from)
    }

    /// An event of somebody who may be signed in, or may not.
    pub(super) async fn record_whoever(&self, event: Event) -> Result<(), Refusal> {
        match self.current.session()? {
            Some(session) => self.record_once(event, &session.data.identity).await,
            None => self.record_stranger(event).await,
        }
    }

    /// An event that this person can cause again and again.
    pub(super) async fn record_once(
        &self,
        event: Event,
        identity: &Identity,
    ) -> Result<(), Refusal> {
        let (trail, whose) = (&self.idp.trail, identity.key());
        trail
            .record_once(event, &whose)
            .await
            .map_err(Refusal::from)
    }

    pub(super) async fn record(&self, event: Event) -> Result<(), Refusal> {
        self.idp.trail.record(event).await.map_err(Refusal::from)
    }
}

/// The providers that may be asked who somebody is: those that the service provider names, or all.
fn asked(login: &Login, asking: &ServiceProviderSettings) -> Vec<ProviderName> {
    let names = login.providers().iter().map(|provider| provider.name());
    names
        .filter(|name| asking.providers.is_empty() || asking.providers.contains(name))
        .cloned()
        .collect()
}

/// What of a request holds, and what it asks for.
fn told(request: &AuthnRequest<'_>) -> String {
    let flag = |set: bool, words: &'static str| if set { words } else { "" };
    format!(
        "of {}: issuer, destination, time and consumer address hold{}{}",
        request.service_provider.name,
        flag(request.force_authn, "; it demands a new login"),
        flag(request.is_passive, "; it wants no page shown"),
    )
}
