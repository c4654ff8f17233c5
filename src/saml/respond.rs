//! Answering: the Response is laid out, signed, and given to the browser on a page that posts itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::audit::EventName;
use crate::identity::{EmailAddress, Identity};
use crate::login::PendingRequest;
use crate::session::Session;
use crate::settings::saml::{ServiceProviderKind, ServiceProviderSettings};
use crate::web::pages::{HandOverPage, News};
use crate::web::{Reason, Refusal};

use super::assertion::{self, Envelope, Statement, Status, UnsignedResponse};
use super::attributes::{self, Person};
use super::desk::Desk;
use super::entitle::to;
use super::sso::{Answer, keeper_refusal};

impl Desk<'_> {
    /// An assertion for those who may have one.
    pub(super) async fn assert(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<Answer, Refusal> {
        self.still_open(request, provider).await?;
        // Both at once: the store commits together what comes together.
        let (asked, looping) = tokio::join!(
            self.asked_for(provider, session),
            self.stop_loops(provider, session),
        );
        asked?;
        let customer = match self.entitle(provider, session).await {
            Ok(customer) => customer,
            Err(refusal) if request.is_passive && refusal.reason() != Reason::StoreUnavailable => {
                return self.status(request, provider, Status::RequestDenied).await;
            }
            Err(refusal) => return Err(refusal),
        };
        if let Err(refusal) = looping {
            if request.is_passive {
                return self.status(request, provider, Status::RequestDenied).await;
            }
            return Err(refusal);
        }
        // The address is what a portal finds the account by: the one that it has there.
        let email = customer
            .as_ref()
            .and_then(|customer| customer.address.as_ref())
            .unwrap_or(&session.data.identity.email);
        let response = self.response(request, provider, session, email);
        let news = match provider.kind {
            ServiceProviderKind::PortalOnly => News::ToThePortal,
            _ => News::SignedIn,
        };
        let page = self.sign(request, provider, response, news).await?;
        self.once(request, provider).await?;
        let event = self
            .visit
            .event(EventName::AssertionSent)
            .identity(&session.data.identity)
            .changes(to(provider));
        self.record(event).await?;
        self.idp.metrics.assertion(&provider.name);
        let sent = format!("signed, for {}", provider.name);
        self.visit.steps.note("Assertion", sent);
        self.visit.steps.completed();
        Ok(page)
    }

    /// A portal has asked for somebody who was handed over to it.
    async fn asked_for(
        &self,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<(), Refusal> {
        if provider.kind != ServiceProviderKind::PortalOnly {
            return Ok(());
        }
        let answered = self.hand_overs.answered(&session.data.identity).await;
        answered.map_err(Refusal::from)
    }

    fn response(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        session: &Session,
        email: &EmailAddress,
    ) -> UnsignedResponse {
        let (identity, now) = (&session.data.identity, self.idp.clock.now());
        let vault = &self.idp.vault;
        let pseudonym = vault.pseudonym(
            "name-id",
            &format!("{} {}", provider.entity_id, identity.key()),
        );
        let name_id = attributes::name_identifier(provider.name_id, email.as_str(), &pseudonym);
        let values = |name: &str| identity.claims.list(name);
        let attributes = attributes::attributes(provider, &person(identity, email), values);
        let session_index = format!(
            "_{}",
            vault.pseudonym(
                "session-index",
                &format!("{} {}", provider.entity_id, session.id().hash())
            )
        );
        let statement = Statement {
            id: &assertion::new_id(),
            audience: &provider.entity_id,
            name_id: &name_id,
            attributes: &attributes,
            session_index: &session_index,
            auth_time: identity.auth_time.unwrap_or(session.data.started),
            session_end: session
                .data
                .started
                .saturating_add(self.idp.session.absolute)
                .unwrap_or(now),
        };
        assertion::success(
            &self.envelope(&assertion::new_id(), request, provider, now),
            &statement,
        )
    }

    /// A Response without an assertion: the service provider is told why. What it costs is limited where anyone could ask for it.
    pub(super) async fn status(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        status: Status,
    ) -> Result<Answer, Refusal> {
        let stranger = self.current.session()?.is_none();
        if stranger {
            self.rate.check(self.visit.client)?;
        }
        self.once(request, provider).await?;
        let id = assertion::new_id();
        let response = assertion::failure(
            &self.envelope(&id, request, provider, self.idp.clock.now()),
            status,
        );
        let changes = serde_json::json!({ "service_provider": provider.name, "status": format!("{status:?}") });
        let told = format!("{status:?}, for {}", provider.name);
        self.visit.steps.failed("Response without assertion", told);
        self.visit.steps.completed();
        let event = self.visit.event(EventName::SamlRefused).changes(changes);
        self.record_whoever(event).await?;
        self.sign(request, provider, response, News::NotSignedIn)
            .await
    }

    fn envelope<'a>(
        &'a self,
        id: &'a str,
        request: &'a PendingRequest,
        provider: &'a ServiceProviderSettings,
        now: Timestamp,
    ) -> Envelope<'a> {
        Envelope {
            id,
            issuer: &self.idp.settings.entity_id,
            acs_url: &provider.acs_url,
            in_response_to: request.id.as_deref(),
            now,
        }
    }

    async fn sign(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        response: UnsignedResponse,
        news: News,
    ) -> Result<Answer, Refusal> {
        let signer = self
            .idp
            .keys
            .signer()
            .await
            .map_err(|error| keeper_refusal(&error))?;
        let xml = signer
            .sign(response, provider.sign)
            .map_err(|error| Refusal::new(Reason::Internal).because(error))?;
        Ok(Answer::Post(Box::new(HandOverPage {
            layout: self.layout.clone(),
            news,
            acs_url: provider.acs_url.clone(),
            saml_response: STANDARD.encode(xml),
            relay_state: request.relay_state.clone(),
        })))
    }
}

fn person<'a>(identity: &'a Identity, email: &'a EmailAddress) -> Person<'a> {
    Person {
        subject: &identity.subject,
        email: email.as_str(),
        first_name: identity.first_name.as_deref(),
        last_name: identity.last_name.as_deref(),
        display_name: &identity.display_name,
        username: identity.username.as_deref(),
    }
}
