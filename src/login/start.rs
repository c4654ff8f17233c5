//! Where a login starts: `GET /login`, the chooser when there are several providers, and `POST /login` with an address.

use rocket::form::Form;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, State, get, post, routes};

use crate::settings::ProviderName;
use crate::web::pages::{ChooserPage, ProviderButton};
use crate::web::{Layout, LoginRate, Reason, Refusal, SameOrigin, Visit};

use super::ReturnTo;
use super::cookies::Cookies;
use super::query::parameter;
use super::service::{Begin, Login, start_again};

/// Brings somebody back to the chooser whose address no provider is for.
const UNKNOWN_DOMAIN: &str = "unknown-domain";

/// A login that begins: at the provider, or with a choice of them.
#[derive(Responder)]
pub enum Start {
    /// Off to the provider.
    AtProvider(Box<Redirect>),
    /// Which provider?
    Choose(Box<ChooserPage>),
}

impl From<Redirect> for Start {
    fn from(redirect: Redirect) -> Self {
        Self::AtProvider(Box::new(redirect))
    }
}

/// Starts an attempt for one provider and puts its cookies into the answer. What every way into a login ends in.
pub async fn go(
    begin: Begin<'_>,
    login: &Login,
    visit: &Visit,
    rate: &LoginRate,
    cookies: &Cookies<'_>,
) -> Result<Redirect, Refusal> {
    let mut attempts = cookies.attempts();
    let address = login.begin(begin, visit, rate, &mut attempts).await?;
    cookies.set_attempts(attempts);
    Ok(Redirect::to(address))
}

/// Starts a login for somebody who came without a session: at the only provider, or by the chooser.
pub async fn go_anywhere(
    to: ReturnTo,
    login: &Login,
    visit: &Visit,
    rate: &LoginRate,
    cookies: &Cookies<'_>,
) -> Result<Redirect, Refusal> {
    if !visit.navigation.is_browser() {
        return Err(Refusal::new(Reason::LoginRequired));
    }
    let Some(only) = login.providers.only() else {
        return if login.providers.is_empty() {
            Err(no_provider())
        } else {
            Ok(Redirect::to(start_again(&to)))
        };
    };
    let begin = Begin {
        provider: only.name(),
        return_to: to,
        saml: None,
        fresh: None,
        login_hint: None,
    };
    go(begin, login, visit, rate, cookies).await
}

#[get("/login")]
async fn start(
    uri: &Origin<'_>,
    layout: Layout,
    visit: Visit,
    cookies: Cookies<'_>,
    rate: &State<LoginRate>,
    login: &State<Login>,
) -> Result<Start, Refusal> {
    let query = uri.query().map(|query| query.as_str());
    let bad = |error| Refusal::new(Reason::BadRequest).because(error);
    let to = return_to(parameter(query, "to").map_err(bad)?);
    let provider = match parameter(query, "provider")
        .map_err(bad)?
        .map(|name| name.parse::<ProviderName>())
    {
        Some(Ok(name)) => name,
        Some(Err(_)) => return Err(Refusal::new(Reason::NotFound).because("no such provider")),
        None if login.providers.only().is_some() => {
            return go_anywhere(to, login, &visit, rate, &cookies)
                .await
                .map(Start::from);
        }
        None if login.providers.is_empty() => return Err(no_provider()),
        None => return Ok(Start::Choose(Box::new(chooser(login, layout, &to, query)))),
    };
    if !visit.navigation.is_browser() {
        return Err(Refusal::new(Reason::LoginRequired));
    }
    let begin = Begin {
        provider: &provider,
        return_to: to,
        saml: None,
        fresh: None,
        login_hint: None,
    };
    go(begin, login, &visit, rate, &cookies)
        .await
        .map(Start::from)
}

/// The chooser's field.
#[derive(FromForm)]
struct ByAddress<'r> {
    email: &'r str,
    to: &'r str,
}

#[post("/login", data = "<form>")]
async fn by_address(
    _ours: SameOrigin,
    form: Form<ByAddress<'_>>,
    visit: Visit,
    cookies: Cookies<'_>,
    rate: &State<LoginRate>,
    login: &State<Login>,
) -> Result<Redirect, Refusal> {
    let to = return_to(Some(form.to.to_owned()));
    let email = form.email.trim();
    let Some(provider) = route(login, email) else {
        let back = start_again(&to);
        let separator = if back.contains('?') { '&' } else { '?' };
        return Ok(Redirect::to(format!("{back}{separator}{UNKNOWN_DOMAIN}")));
    };
    let begin = Begin {
        provider: &provider,
        return_to: to,
        saml: None,
        fresh: None,
        login_hint: Some(email),
    };
    go(begin, login, &visit, rate, &cookies).await
}

/// The provider for an address's domain: the one that is believed for it, else the one that is believed for any. It looks at settings alone, so the
/// answer never tells whether a person exists.
fn route(login: &Login, email: &str) -> Option<ProviderName> {
    let email: crate::identity::EmailAddress = email.parse().ok()?;
    let named = login.providers.iter().find(|provider| {
        provider
            .settings()
            .email_domains
            .iter()
            .any(|rule| rule.holds(email.domain()))
    });
    let any = || {
        login
            .providers
            .iter()
            .find(|provider| provider.settings().email_domains.is_empty())
    };
    named.or_else(any).map(|provider| provider.name().clone())
}

/// The chooser.
fn chooser(login: &Login, layout: Layout, to: &ReturnTo, query: Option<&str>) -> ChooserPage {
    let unknown = query.is_some_and(|query| query.split('&').any(|one| one == UNKNOWN_DOMAIN));
    ChooserPage {
        layout,
        providers: buttons(login, Some(to)),
        ask_email: true,
        email: String::new(),
        problem: unknown
            .then_some("There is no sign-in for this address. Check it, or choose from the list."),
        to: to.to_string(),
    }
}

/// One button a provider.
#[must_use]
pub fn buttons(login: &Login, to: Option<&ReturnTo>) -> Vec<ProviderButton> {
    let button = |provider: &std::sync::Arc<crate::provider::Provider>| {
        ProviderButton::new(
            provider.name(),
            &provider.settings().label,
            to.map(ReturnTo::as_str),
        )
    };
    login.providers.iter().map(button).collect()
}

/// The return address that was asked for; home for anything that is none of ours.
fn return_to(asked: Option<String>) -> ReturnTo {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return ReturnTo::home();
    };
    asked.parse().unwrap_or_else(|_| {
        tracing::warn!(
            event = "redirect_rejected",
            "a return address that is not ours was replaced by home"
        );
        ReturnTo::home()
    })
}

/// Nobody can sign in yet.
pub fn no_provider() -> Refusal {
    Refusal::new(Reason::ProviderUnavailable).because("no identity provider is set up")
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![start, by_address]
}
