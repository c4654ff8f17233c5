//! `/saml/sso`: a service provider asks who somebody is. Read, judged, answered by a page that posts itself.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rocket::form::Form;
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header};
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, State, get, post, routes};

use crate::admission::Admission;
use crate::admission::policy::LinkRules;
use crate::audit::{EventName, Trail};
use crate::clock::Clock;
use crate::identity::Identity;
use crate::link::LinkState;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::follow::rules;
use crate::link::hand_over::HandOvers;
use crate::login::query::parameter;
use crate::login::resume::{self, Fresh as FreshLogin, Resume};
use crate::login::start::{self, no_provider};
use crate::login::{Begin, Cookies, Fresh, Login, PendingRequest, ReturnTo};
use crate::session::{Session, Sessions, Visitor};
use crate::settings::saml::{ServiceProviderKind, ServiceProviderSettings};
use crate::settings::{PublicUrl, SamlSettings, SessionSettings};
use crate::store::{Key, StoreError, Vault};
use crate::web::pages::HandOverPage;
use crate::web::{Layout, LoginRate, Reason, Refusal, Visit};

use super::assertion::{self, Envelope, Statement, Status, UnsignedResponse};
use super::attributes::{self, Person};
use super::binding::{self, BadMessage, Message};
use super::key_keeper::{KeeperError, KeyKeeper};
use super::metadata::metadata;
use super::request::{self, RequestError};

/// How long an answered request is remembered: longer than a request stays fresh and a login may take together.
const REMEMBER_ANSWERED: Duration = Duration::from_mins(30);

/// Assertions for one service provider in one session within a minute that are a loop.
const LOOP_COUNT: u64 = 5;

/// See [`LOOP_COUNT`].
const LOOP_WINDOW: Duration = Duration::from_mins(1);

/// We as identity provider.
pub struct IdentityProvider {
    settings: SamlSettings,
    sso_url: String,
    keys: KeyKeeper,
    session: SessionSettings,
    vault: Vault,
    trail: Trail,
    clock: Clock,
}

impl IdentityProvider {
    /// The identity provider with these service providers.
    #[must_use]
    pub fn new(
        settings: SamlSettings,
        public_url: &PublicUrl,
        session: SessionSettings,
        keys: KeyKeeper,
        vault: Vault,
        trail: Trail,
        clock: Clock,
    ) -> Self {
        Self {
            settings,
            sso_url: sso_url(public_url),
            keys,
            session,
            vault,
            trail,
            clock,
        }
    }
}

/// Where service providers send their requests.
#[must_use]
pub fn sso_url(public_url: &PublicUrl) -> String {
    public_url.with("/saml/sso")
}

/// What a request leads to.
#[derive(Responder)]
pub enum Answer {
    /// The Response, posted by the browser.
    Post(Box<HandOverPage>),
    /// A login first, or on to where the request is answered.
    Elsewhere(Box<Redirect>),
}

/// Our metadata document.
#[derive(Responder)]
struct Metadata {
    xml: (ContentType, String),
    cache: Header<'static>,
}

#[get("/saml/metadata")]
async fn metadata_document(idp: &State<IdentityProvider>) -> Result<Metadata, Refusal> {
    let keys = idp
        .keys
        .keys()
        .await
        .map_err(|error| keeper_refusal(&error))?;
    let xml = metadata(&idp.settings.entity_id, &idp.sso_url, &keys)
        .map_err(|error| Refusal::new(Reason::Internal).because(error))?;
    let kind = ContentType::new("application", "samlmetadata+xml");
    Ok(Metadata {
        xml: (kind, xml),
        cache: Header::new("Cache-Control", "public, max-age=300"),
    })
}

#[get("/saml/sso")]
async fn by_redirect(uri: &Origin<'_>, desk: Desk<'_>) -> Result<Answer, Refusal> {
    let query = uri.query().map_or("", |query| query.as_str());
    let sealed =
        parameter(Some(query), "resume").map_err(|error| desk.refused(&error.to_string()))?;
    if let Some(sealed) = sealed {
        return desk.resume(&sealed).await;
    }
    let message = binding::from_redirect(query).map_err(|error| desk.bad_message(error))?;
    let request = desk.read(&message).await?;
    desk.answer(request, None).await
}

/// The fields of HTTP-POST.
#[derive(FromForm)]
struct PostFields<'r> {
    #[field(name = "SAMLRequest")]
    saml_request: &'r str,
    #[field(name = "RelayState")]
    relay_state: Option<&'r str>,
}

/// A post from another site carries no session cookie, so the request is sealed and goes on by GET.
#[post("/saml/sso", data = "<form>")]
async fn by_post(form: Form<PostFields<'_>>, desk: Desk<'_>) -> Result<Answer, Refusal> {
    let message = binding::from_post(form.saml_request, form.relay_state)
        .map_err(|error| desk.bad_message(error))?;
    let request = desk.read(&message).await?;
    let resume = Resume {
        request,
        session: String::new(),
        fresh: None,
        at: desk.idp.clock.now(),
    };
    resume::at_saml(&desk.idp.vault, &resume).map(elsewhere)
}

/// Everything that answering may need.
struct Desk<'r> {
    idp: &'r State<IdentityProvider>,
    visit: Visit,
    visitor: Visitor<'r>,
    cookies: Cookies<'r>,
    layout: Layout,
    login: &'r State<Login>,
    rate: &'r State<LoginRate>,
    links: &'r State<Arc<CatalogueKeeper>>,
    admission: &'r State<Admission>,
    sessions: &'r State<Sessions>,
    hand_overs: &'r State<HandOvers>,
}

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Desk<'r> {
    type Error = &'static str;

    async fn from_request(
        request: &'r rocket::Request<'_>,
    ) -> rocket::request::Outcome<Self, &'static str> {
        use rocket::outcome::Outcome;
        let missing = (
            rocket::http::Status::InternalServerError,
            "the house was put together without a room",
        );
        macro_rules! guard {
            () => {
                match request.guard().await {
                    Outcome::Success(value) => value,
                    _ => return Outcome::Error(missing),
                }
            };
        }
        Outcome::Success(Self {
            idp: guard!(),
            visit: guard!(),
            visitor: guard!(),
            cookies: guard!(),
            layout: guard!(),
            login: guard!(),
            rate: guard!(),
            links: guard!(),
            admission: guard!(),
            sessions: guard!(),
            hand_overs: guard!(),
        })
    }
}

impl Desk<'_> {
    /// Reads a message that arrives now.
    async fn read(&self, message: &Message) -> Result<PendingRequest, Refusal> {
        let read = request::read(
            message,
            &self.idp.settings,
            &self.idp.sso_url,
            self.idp.clock.now(),
        );
        match read {
            Ok(request) => Ok(PendingRequest {
                service_provider: request.service_provider.name.clone(),
                id: request.id,
                relay_state: message.relay_state.clone(),
                force_authn: request.force_authn,
                is_passive: request.is_passive,
                unsuited_name_id: request.unsuited_name_id,
            }),
            Err(error) => {
                let reason = match error {
                    RequestError::UnknownServiceProvider => Reason::ServiceProviderUnknown,
                    _ => Reason::SamlRequestInvalid,
                };
                self.record(
                    self.visit
                        .event(EventName::SamlRefused)
                        .reason(reason.name()),
                )
                .await?;
                Err(Refusal::new(reason).because(error))
            }
        }
    }

    /// Goes on with a request after a login, or after it came by POST.
    async fn resume(&self, sealed: &str) -> Result<Answer, Refusal> {
        let now = self.idp.clock.now();
        let resume = resume::open(&self.idp.vault, sealed, now)
            .ok_or_else(|| self.refused("a request that is not ours to go on with, or too old"))?;
        if !resume.session.is_empty() {
            let same = self
                .visitor
                .session()?
                .is_some_and(|session| session.id().hash() == resume.session);
            if !same {
                return Err(self.refused("the request belongs to another session"));
            }
        }
        self.answer(resume.request, resume.fresh).await
    }

    /// Answers a request, or asks for a login first.
    async fn answer(
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
        match self.visitor.session()? {
            Some(session) if !demanded => self.assert(&request, provider, session).await,
            _ if request.is_passive => self.status(&request, provider, Status::NoPassive).await,
            _ => self.log_in_first(request).await,
        }
    }

    async fn log_in_first(&self, request: PendingRequest) -> Result<Answer, Refusal> {
        let providers = self.login.providers();
        if !self.visit.navigation.is_browser() {
            return Err(Refusal::new(Reason::LoginRequired));
        }
        let allowed = self
            .idp
            .settings
            .service_providers
            .get(&request.service_provider)
            .map(|sp| sp.providers.as_slice())
            .unwrap_or_default();
        let chosen = match (providers.only(), allowed) {
            (Some(only), _) => only.name().clone(),
            (None, [one]) => one.clone(),
            (None, _) => providers
                .iter()
                .next()
                .ok_or_else(no_provider)?
                .name()
                .clone(),
        };
        let since = self.idp.clock.now();
        let fresh = request.force_authn.then_some(Fresh {
            since,
            second_try: false,
        });
        let begin = Begin {
            provider: &chosen,
            return_to: ReturnTo::home(),
            saml: Some(request),
            fresh,
            login_hint: None,
        };
        start::go(begin, self.login, &self.visit, self.rate, &self.cookies)
            .await
            .map(elsewhere)
    }

    /// An assertion for those who may have one.
    async fn assert(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<Answer, Refusal> {
        if let Err(refusal) = self.entitle(provider, session).await {
            if request.is_passive && refusal.reason() != Reason::StoreUnavailable {
                return self.status(request, provider, Status::RequestDenied).await;
            }
            return Err(refusal);
        }
        self.stop_loops(provider, session).await?;
        self.once(request, provider).await?;
        let response = self.response(request, provider, session);
        let page = self.sign(request, provider, response).await?;
        let event = self
            .visit
            .event(EventName::AssertionSent)
            .identity(&session.data.identity)
            .changes(to(provider));
        self.record(event).await?;
        self.hand_overs
            .answered(session)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(page)
    }

    async fn entitle(
        &self,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<(), Refusal> {
        let identity = &session.data.identity;
        if !listed(provider, identity) {
            let refused = self
                .visit
                .event(EventName::Refused)
                .identity(identity)
                .reason(Reason::NotAllowed.name())
                .changes(to(provider));
            self.record(refused).await?;
            return Err(Refusal::new(Reason::NotAllowed).because(format!(
                "not among those who may sign in to {}",
                provider.name
            )));
        }
        if provider.kind != ServiceProviderKind::PortalOnly {
            return Ok(());
        }
        let open: Vec<LinkRules> = self
            .links
            .current()
            .links()
            .iter()
            .filter(|link| link.state == LinkState::On)
            .map(rules)
            .collect();
        let known = self.sessions.fresh_customer(session);
        let customer = self
            .admission
            .enter_portal(&self.visit, identity, &open, known)
            .await?;
        if known != Some(&customer) {
            self.sessions
                .remember(session, customer)
                .await
                .map_err(|error| unavailable(&error))?;
        }
        Ok(())
    }

    async fn stop_loops(
        &self,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<(), Refusal> {
        let key = Key::assertions(&session.id().hash(), &provider.name);
        let count = self
            .idp
            .vault
            .count(&key, LOOP_WINDOW)
            .await
            .map_err(|error| unavailable(&error))?;
        if count < LOOP_COUNT {
            return Ok(());
        }
        Err(Refusal::new(Reason::LoginLoop).because(format!(
            "the fifth assertion for {} within a minute",
            provider.name
        )))
    }

    /// A request is answered once. Recorded when the Response is written, so that a login in between does no harm.
    async fn once(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
    ) -> Result<(), Refusal> {
        let name = self
            .idp
            .vault
            .pseudonym("answered", &format!("{} {}", provider.name, request.id));
        let first = self
            .idp
            .vault
            .claim(&Key::answered_request(&name), REMEMBER_ANSWERED)
            .await
            .map_err(|error| unavailable(&error))?;
        if first {
            return Ok(());
        }
        self.record(
            self.visit
                .event(EventName::SamlRefused)
                .reason(Reason::SamlRequestInvalid.name())
                .changes(to(provider)),
        )
        .await?;
        Err(self.refused("the request was answered already"))
    }

    fn response(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> UnsignedResponse {
        let (identity, now) = (&session.data.identity, self.idp.clock.now());
        let vault = &self.idp.vault;
        let pseudonym = vault.pseudonym(
            "name-id",
            &format!("{} {}", provider.entity_id, identity.key()),
        );
        let name_id =
            attributes::name_identifier(provider.name_id, identity.email.as_str(), &pseudonym);
        let values = |name: &str| identity.claims.list(name);
        let attributes = attributes::attributes(provider, &person(identity), values);
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

    /// A Response without an assertion: the service provider is told why.
    async fn status(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        status: Status,
    ) -> Result<Answer, Refusal> {
        self.once(request, provider).await?;
        let envelope_id = assertion::new_id();
        let response = assertion::failure(
            &self.envelope(&envelope_id, request, provider, self.idp.clock.now()),
            status,
        );
        let event = self.visit.event(EventName::SamlRefused).changes(serde_json::json!({ "service_provider": provider.name, "status": format!("{status:?}") }));
        self.record(event).await?;
        self.sign(request, provider, response).await
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
            acs_url: provider.acs_url.as_str(),
            in_response_to: Some(&request.id),
            now,
        }
    }

    async fn sign(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
        response: UnsignedResponse,
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
            acs_url: provider.acs_url.to_string(),
            saml_response: STANDARD.encode(xml),
            relay_state: request.relay_state.clone(),
        })))
    }

    fn bad_message(&self, error: BadMessage) -> Refusal {
        self.refused(&error.to_string())
    }

    /// A request that is not answered; the portal is the way on.
    fn refused(&self, why: &str) -> Refusal {
        let refusal = Refusal::new(Reason::SamlRequestInvalid).because(why);
        match self.hand_overs.portal() {
            Some(portal) => refusal.portal(portal),
            None => refusal,
        }
    }

    async fn record(&self, event: crate::audit::Event) -> Result<(), Refusal> {
        self.idp
            .trail
            .record(event)
            .await
            .map_err(|error| unavailable(&error))
    }
}

/// Whether the settings of the service provider let this identity have an assertion: each list that is given must hold. All empty lets nobody in,
/// but at the portal-only kind, where admission decides.
fn listed(provider: &ServiceProviderSettings, identity: &Identity) -> bool {
    let given = !(provider.providers.is_empty()
        && provider.groups.is_empty()
        && provider.domains.is_empty());
    let by_provider =
        provider.providers.is_empty() || provider.providers.contains(&identity.provider);
    let by_group = provider.groups.is_empty()
        || identity
            .groups
            .iter()
            .any(|group| provider.groups.contains(group));
    let by_domain = provider.domains.is_empty()
        || provider
            .domains
            .iter()
            .any(|rule| rule.holds(identity.email.domain()));
    (given || provider.kind == ServiceProviderKind::PortalOnly)
        && by_provider
        && by_group
        && by_domain
}

fn person(identity: &Identity) -> Person<'_> {
    Person {
        subject: &identity.subject,
        email: identity.email.as_str(),
        first_name: identity.first_name.as_deref(),
        last_name: identity.last_name.as_deref(),
        display_name: &identity.display_name,
        username: identity.username.as_deref(),
    }
}

fn to(provider: &ServiceProviderSettings) -> serde_json::Value {
    serde_json::json!({ "service_provider": provider.name })
}

fn elsewhere(redirect: Redirect) -> Answer {
    Answer::Elsewhere(Box::new(redirect))
}

fn keeper_refusal(error: &KeeperError) -> Refusal {
    let reason = if matches!(error, KeeperError::Store(_)) {
        Reason::StoreUnavailable
    } else {
        Reason::Internal
    };
    Refusal::new(reason).because(error)
}

fn unavailable(error: &StoreError) -> Refusal {
    Refusal::new(Reason::StoreUnavailable).because(error)
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![metadata_document, by_redirect, by_post]
}
