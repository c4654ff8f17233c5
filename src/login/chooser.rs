//! `/login`: off to the provider that is named or that is the only one; otherwise the page where a person chooses, by a button or by their address.

use std::sync::Arc;

use rocket::form::Form;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};

use crate::identity::EmailAddress;
use crate::provider::Provider;
use crate::settings::ProviderName;
use crate::web::pages::{ChooserPage, ProviderButton};
use crate::web::{Key, Layout, LoginRate, Reason, Refusal, Room, SameOrigin, Visit};

use super::ReturnTo;
use super::again::{ANOTHER_ACCOUNT, with_another_account};
use super::choice::Choice;
use super::cookies::Cookies;
use super::leaving;
use super::query::parameter;
use super::right_provider::provider_for;
use super::service::{Begin, Login};
use super::start::{self, no_provider};

/// Brings somebody back to the chooser whose address no provider is for.
const UNKNOWN_DOMAIN: &str = "unknown-domain";

/// A login that begins: at the provider, or with a choice of them.
#[derive(Responder)]
enum Start {
    /// Off to the provider.
    AtProvider(Box<Redirect>),
    /// Which provider?
    Choose(Box<ChooserPage>),
}

/// What the login is for: a page of ours, or a service provider's request.
struct Wanted {
    to: ReturnTo,
    /// The request, and its sealed text as it came.
    request: Option<(Choice, String)>,
    /// Whether the account that the provider remembers is not the wanted one.
    another_account: bool,
}

#[get("/login")]
async fn by_button(
    uri: &Origin<'_>,
    layout: Layout,
    visit: Visit,
    cookies: Cookies<'_>,
    rate: &Room<LoginRate>,
    login: &Room<Login>,
) -> Result<Start, Refusal> {
    let query = uri.query().map(|query| query.as_str());
    let text = |name| {
        parameter(query, name).map_err(|error| Refusal::new(Reason::BadRequest).because(error))
    };
    let mut wanted = Wanted::read(login, text("to")?, text("request")?)?;
    wanted.another_account = text(ANOTHER_ACCOUNT)?.is_some();
    let named = text("provider")?;
    let provider = match named {
        Some(name) => wanted.named(login, &name)?,
        None => match wanted.offered(login).as_slice() {
            [] => return Err(no_provider()),
            [only] => only.name().clone(),
            _ => {
                return Ok(Start::Choose(Box::new(
                    wanted.chooser(login, layout, query),
                )));
            }
        },
    };
    if !visit.navigation.is_browser() {
        return Err(Refusal::new(Reason::LoginRequired));
    }
    if wanted.another_account
        && let Some(at) = login.providers.get(&provider)
    {
        rate.check(visit.client)?;
        let on_to = wanted.address(Some(&provider));
        if let Some(redirect) = leaving::leave(login, at, on_to, &cookies)? {
            return Ok(Start::AtProvider(Box::new(redirect)));
        }
    }
    let begin = wanted.begin(login, &provider, None);
    let redirect = start::go(begin, login, &visit, rate, &cookies).await?;
    Ok(Start::AtProvider(Box::new(redirect)))
}

/// The chooser's field.
#[derive(FromForm)]
struct ByAddress<'r> {
    email: &'r str,
    to: &'r str,
    request: Option<&'r str>,
}

#[post("/login", data = "<form>")]
async fn by_address(
    _ours: SameOrigin,
    form: Form<ByAddress<'_>>,
    visit: Visit,
    cookies: Cookies<'_>,
    rate: &Room<LoginRate>,
    login: &Room<Login>,
) -> Result<Redirect, Refusal> {
    let request = form.request.filter(|sealed| !sealed.is_empty());
    let wanted = Wanted::read(login, Some(form.to.to_owned()), request.map(str::to_owned))?;
    let email = form.email.trim();
    let Some(provider) = route(&wanted.offered(login), email) else {
        let back = wanted.address(None);
        let separator = if back.contains('?') { '&' } else { '?' };
        return Ok(Redirect::to(format!("{back}{separator}{UNKNOWN_DOMAIN}")));
    };
    let begin = wanted.begin(login, &provider, Some(email));
    start::go(begin, login, &visit, rate, &cookies).await
}

impl Wanted {
    fn read(login: &Login, to: Option<String>, sealed: Option<String>) -> Result<Self, Refusal> {
        let to = return_to(to);
        let Some(sealed) = sealed else {
            return Ok(Self {
                to,
                request: None,
                another_account: false,
            });
        };
        let choice = Choice::open(&login.vault, &sealed, login.now()).ok_or_else(|| {
            Refusal::new(Reason::LoginExpired)
                .because("a SAML request that is not ours to go on with, or too old")
        })?;
        Ok(Self {
            to,
            request: Some((choice, sealed)),
            another_account: false,
        })
    }

    /// The providers to choose from.
    fn offered<'l>(&self, login: &'l Login) -> Vec<&'l Arc<Provider>> {
        let of_request = |name| match &self.request {
            Some((choice, _)) => choice.providers.contains(name),
            None => true,
        };
        let all = login.providers.iter();
        all.filter(|provider| of_request(provider.name())).collect()
    }

    fn named(&self, login: &Login, name: &str) -> Result<ProviderName, Refusal> {
        let offered = self.offered(login);
        let named = offered
            .iter()
            .find(|provider| provider.name().as_str() == name);
        named
            .map(|provider| provider.name().clone())
            .ok_or_else(|| Refusal::new(Reason::NotFound).because("no such provider"))
    }

    fn begin<'a>(
        self,
        login: &Login,
        provider: &'a ProviderName,
        login_hint: Option<&'a str>,
    ) -> Begin<'a> {
        let begin = match self.request {
            Some((choice, _)) => choice.begin(provider, login.now()),
            None => Begin::at(provider, self.to),
        };
        Begin {
            login_hint,
            another_account: self.another_account,
            ..begin
        }
    }

    /// The chooser's own address, or that of one of its buttons.
    fn address(&self, provider: Option<&ProviderName>) -> String {
        ProviderButton::address(provider, Some(self.to.as_str()), self.sealed())
    }

    fn sealed(&self) -> Option<&str> {
        self.request.as_ref().map(|(_, sealed)| sealed.as_str())
    }

    fn chooser(&self, login: &Login, layout: Layout, query: Option<&str>) -> ChooserPage {
        let unknown = query.is_some_and(|query| query.split('&').any(|one| one == UNKNOWN_DOMAIN));
        let button = |provider: &&Arc<Provider>| {
            let mut address = self.address(Some(provider.name()));
            if self.another_account {
                address = with_another_account(&address);
            }
            ProviderButton::new(&provider.settings().label, address)
        };
        ChooserPage {
            layout,
            providers: self.offered(login).iter().map(button).collect(),
            ask_email: true,
            email: String::new(),
            problem: unknown.then_some(Key("chooser-unknown-domain")),
            to: self.to.to_string(),
            request: self.sealed().unwrap_or_default().to_owned(),
        }
    }
}

fn route(offered: &[&Arc<Provider>], email: &str) -> Option<ProviderName> {
    let email: EmailAddress = email.parse().ok()?;
    let found = provider_for(offered.iter().copied(), &email)?;
    Some(found.name().clone())
}

/// One button a provider, for the welcome page; each leads to `to`, or home.
#[must_use]
pub fn buttons(login: &Login, to: Option<ReturnTo>) -> Vec<ProviderButton> {
    let to = to.unwrap_or_else(ReturnTo::home);
    let button = |provider: &Arc<Provider>| {
        let address = ProviderButton::address(Some(provider.name()), Some(to.as_str()), None);
        ProviderButton::new(&provider.settings().label, address)
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

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![by_button, by_address]
}
