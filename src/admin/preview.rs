//! `/admin/preview`: what would become of somebody with these claims, link by link? The very functions that a real visit goes through, and nothing is
//! created or recorded. The claims are typed, or are those of a login that was not long ago.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, State, get, post, routes};
use serde_json::{Map, Value};

use crate::identity::{Claims, Identity, VerifiedClaims};
use crate::login::Login;
use crate::provider::Provider;
use crate::store::StoreError;
use crate::trace::{MOST_LOGINS, RecentLogin, Traces};
use crate::web::pages::for_people;
use crate::web::{Layout, Reference, Refusal};

use super::outcome::{Judges, Outcome, outcome};
use super::recent::LoginLine;
use super::{Administrator, Frame, Place, Posted};

/// How many logins are listed unless somebody asks for all.
const FIRST: usize = 10;

/// The page: the form and the logins to choose from, and below them what came of it.
#[derive(Template, WebTemplate)]
#[template(path = "admin/preview.html")]
struct PreviewPage {
    layout: Frame,
    /// Name and label of each provider, and whether it is chosen.
    providers: Vec<(String, String, bool)>,
    claims: String,
    /// What is wrong with the claims.
    problem: Option<String>,
    /// Whether the provider that was chosen is not there any more.
    is_gone: bool,
    /// Whether what was said at the login that was chosen is not kept any more.
    is_forgotten: bool,
    /// When the login was whose claims these are.
    said_at: Option<String>,
    logins: Vec<LoginLine>,
    /// How many are kept beside those that are listed.
    more: usize,
    outcome: Option<Outcome>,
}

impl PreviewPage {
    /// The most logins that are ever kept.
    const MOST: usize = MOST_LOGINS;

    async fn new(
        layout: Frame,
        login: &Login,
        traces: &Traces,
        (chosen, claims): (&str, String),
    ) -> Result<Self, StoreError> {
        let choice = |provider: &Arc<Provider>| {
            let name = provider.name().to_string();
            let is_chosen = name == chosen;
            (name, provider.settings().label.clone(), is_chosen)
        };
        let mut logins = LoginLine::all(traces, login, |_| true).await?;
        let more = logins.len().saturating_sub(FIRST);
        logins.truncate(FIRST);
        Ok(Self {
            layout,
            providers: login.providers().iter().map(choice).collect(),
            claims,
            problem: None,
            is_gone: false,
            is_forgotten: false,
            said_at: None,
            logins,
            more,
            outcome: None,
        })
    }

    /// Shows what becomes of these claims, or why that cannot be told.
    async fn judge(
        &mut self,
        provider: &str,
        claims: Result<VerifiedClaims, String>,
        judges: &Judges<'_>,
    ) -> Result<(), Refusal> {
        let name = provider.parse().ok();
        let provider = name.and_then(|name| judges.login.providers().get(&name));
        match (provider, claims) {
            (Some(provider), Ok(claims)) => {
                self.outcome = Some(outcome(provider, claims, judges).await?);
            }
            (Some(_), Err(mistake)) => self.problem = Some(mistake),
            // One that was taken away meanwhile; the form has those that there are.
            (None, _) => self.is_gone = !self.providers.is_empty(),
        }
        Ok(())
    }
}

#[get("/admin/preview?<login>&<all>")]
async fn form(
    administrator: Administrator<'_>,
    login: Option<&str>,
    all: Option<&str>,
    layout: Layout,
    judges: Judges<'_>,
    traces: &State<Traces>,
) -> Result<PreviewPage, Refusal> {
    let frame = Frame::new(&administrator, layout, Place::Preview);
    let found = match login.and_then(Reference::typed) {
        Some(reference) => find(traces, &reference).await?,
        None => None,
    };
    let identity = administrator.identity();
    let shown = match (&found, identity) {
        (Some(found), _) => (found.said.provider.as_str(), text_of(found)),
        (None, Some(own)) => (own.provider.as_str(), own_claims(own)),
        (None, None) => ("", pretty(&example())),
    };
    let mut page = PreviewPage::new(frame, judges.login, traces, shown).await?;
    if all.is_some() {
        page.logins = LoginLine::all(traces, judges.login, |_| true).await?;
        page.more = 0;
    }
    page.is_forgotten = login.is_some() && found.is_none();
    if let Some(RecentLogin { at, said, .. }) = found {
        page.said_at = Some(for_people(at));
        let claims = VerifiedClaims {
            subject: said.subject,
            claims: said.claims,
            auth_time: None,
        };
        let provider = said.provider.as_str();
        page.judge(provider, Ok(claims), &judges).await?;
    }
    Ok(page)
}

async fn find(traces: &Traces, reference: &Reference) -> Result<Option<RecentLogin>, StoreError> {
    traces.written().await;
    traces.login(reference.as_str()).await
}

#[post("/admin/preview", data = "<posted>")]
async fn preview(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    judges: Judges<'_>,
    traces: &State<Traces>,
) -> Result<PreviewPage, Refusal> {
    let frame = Frame::new(&administrator, layout, Place::Preview);
    let (chosen, claims) = (posted.get("provider"), posted.get("claims"));
    let typed = (chosen, claims.to_owned());
    let mut page = PreviewPage::new(frame, judges.login, traces, typed).await?;
    page.judge(chosen, read(claims), &judges).await?;
    Ok(page)
}

/// The administrator's own.
fn own_claims(identity: &Identity) -> String {
    with_subject(&identity.subject, &identity.claims)
}

fn text_of(login: &RecentLogin) -> String {
    with_subject(&login.said.subject, &login.said.claims)
}

/// Without the subject the preview would take somebody for another with the same address.
fn with_subject(subject: &str, claims: &Claims) -> String {
    let mut all: Map<String, Value> = claims
        .iter()
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    all.insert("sub".to_owned(), subject.into());
    pretty(&Value::Object(all))
}

fn pretty(claims: &Value) -> String {
    format!("{claims:#}")
}

/// Where nobody's own are at hand.
fn example() -> Value {
    serde_json::json!({ "email": "ada@acme.example", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace" })
}

/// The claims, or in words where the mistake is.
fn read(claims: &str) -> Result<VerifiedClaims, String> {
    let object: Map<String, Value> =
        serde_json::from_str(claims).map_err(|error| mistake(&error))?;
    let subject = object.get("sub").and_then(Value::as_str);
    Ok(VerifiedClaims {
        subject: subject.unwrap_or("preview").to_owned(),
        claims: Claims::new(object).of_the_person(),
        auth_time: None,
    })
}

/// With line and column, and without anything of what was typed.
fn mistake(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let what = if error.is_data() {
        "another kind of value stands there"
    } else if error.is_eof() {
        "it ends too early there"
    } else {
        "it cannot be read from there on"
    };
    format!(
        "This is not a JSON object such as {{ \"email\": \"ada@acme.example\" }}: line {line}, column {column}: {what}."
    )
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![form, preview]
}
