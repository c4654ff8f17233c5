//! `/saml/sso` and `/saml/metadata`: a service provider asks who somebody is, or who we are.

use rocket::data::ToByteUnit as _;
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header};
use rocket::response::Redirect;
use rocket::{Data, Responder, Route, get, post, routes};
use serde_json::json;

use crate::audit::Trail;
use crate::clock::Clock;
use crate::login::query::parameter;
use crate::login::resume::{self, Resume};
use crate::metrics::Metrics;
use crate::settings::{PublicUrl, SamlSettings, SessionSettings};
use crate::store::Vault;
use crate::web::pages::HandOverPage;
use crate::web::{Reason, Refusal, Room};

use super::binding::{self, BadMessage, LARGEST_FORM};
use super::desk::Desk;
use super::key_keeper::{KeeperError, KeyKeeper};
use super::metadata::metadata;

/// The longest issuer of a stranger that the trail is told of.
const LONGEST_TOLD: usize = 200;

/// We as identity provider.
pub struct IdentityProvider {
    pub(super) settings: SamlSettings,
    pub(super) sso_url: String,
    pub(super) keys: KeyKeeper,
    pub(super) session: SessionSettings,
    pub(super) vault: Vault,
    pub(super) trail: Trail,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
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
            metrics: Metrics::default(),
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

    /// What the trail is told of a request that was refused: why, and whose it was, or who said that it was theirs.
    pub(super) fn told_of(&self, why: &str, issuer: Option<String>) -> serde_json::Value {
        let Some(issuer) = issuer else {
            return json!({ "why": why });
        };
        let mut known = self.settings.service_providers.values();
        if let Some(provider) = known.find(|provider| provider.entity_id == issuer) {
            return json!({ "service_provider": provider.name, "why": why });
        }
        let issuer: String = issuer.chars().take(LONGEST_TOLD).collect();
        json!({ "issuer": issuer, "why": why })
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
async fn metadata_document(idp: &Room<IdentityProvider>) -> Result<Metadata, Refusal> {
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
        parameter(Some(query), "resume").map_err(|error| desk.invalid(&error.to_string()))?;
    if let Some(sealed) = sealed {
        return desk.resume(&sealed).await;
    }
    let message = match binding::from_redirect(query) {
        Ok(message) => message,
        Err(error) => return Err(desk.bad_message(error).await),
    };
    let request = desk.read(&message).await?;
    desk.answer(request, None).await
}

/// A post from another site carries no session cookie, so the request is sealed and goes on by GET.
#[post("/saml/sso", data = "<body>")]
async fn by_post(
    uri: &Origin<'_>,
    content_type: Option<&ContentType>,
    body: Data<'_>,
    desk: Desk<'_>,
) -> Result<Answer, Refusal> {
    let form = match form(uri, content_type, body).await {
        Ok(form) => form,
        Err(error) => return Err(desk.bad_message(error).await),
    };
    let message = match binding::from_post(&form) {
        Ok(message) => message,
        Err(error) => return Err(desk.bad_message(error).await),
    };
    let request = desk.read(&message).await?;
    let resume = Resume {
        request,
        person: None,
        fresh: None,
        at: desk.idp.clock.now(),
    };
    resume::at_saml(&desk.idp.vault, &resume).map(elsewhere)
}

/// The raw form: it is read once, by the same rules as a query, so that no field can stand twice.
async fn form(
    uri: &Origin<'_>,
    content_type: Option<&ContentType>,
    body: Data<'_>,
) -> Result<String, BadMessage> {
    if uri.query().is_some() || content_type.is_none_or(|kind| !kind.is_form()) {
        return Err(BadMessage::Mixed);
    }
    let text = body.open(LARGEST_FORM.bytes()).into_string().await;
    let text = text.map_err(|_| BadMessage::NotText)?;
    if text.is_complete() {
        Ok(text.into_inner())
    } else {
        Err(BadMessage::TooLong)
    }
}

pub(super) fn elsewhere(redirect: Redirect) -> Answer {
    Answer::Elsewhere(Box::new(redirect))
}

pub(super) fn keeper_refusal(error: &KeeperError) -> Refusal {
    let reason = if matches!(error, KeeperError::Store(_)) {
        Reason::StoreUnavailable
    } else {
        Reason::Internal
    };
    Refusal::new(reason).because(error)
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![metadata_document, by_redirect, by_post]
}
