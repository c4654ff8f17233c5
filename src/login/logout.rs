//! Signing out: ours first, then the provider's, then a page that says which other sessions may live on.

use std::sync::Arc;

use rocket::form::Form;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};

use crate::audit::EventName;
use crate::provider::Provider;
use crate::session::{Sessions, Visitor};
use crate::settings::ProviderName;
use crate::web::pages::{
    LogoutPage, NotSignedInPage, OtherSession, Person, ProviderButton, SignedOutPage,
};
use crate::web::{CsrfToken, Key, Layout, Refusal, Room, SameOrigin, Visit};

use super::cookies::Cookies;
use super::leaving;
use super::recheck::hand_back;
use super::service::Login;

/// Where the native portal is, for the page after the logout.
#[derive(Debug, Clone)]
pub struct PortalAddress(pub Option<url::Url>);

/// The question, or what is left to sign out of.
#[derive(Responder)]
enum Logout {
    Ask(Box<LogoutPage>),
    NotSignedIn(Box<NotSignedInPage>),
}

#[get("/logout")]
fn ask(layout: Layout, visitor: Visitor<'_>, login: &Room<Login>) -> Result<Logout, Refusal> {
    let Some(session) = visitor.session()? else {
        return Ok(Logout::NotSignedIn(Box::new(NotSignedInPage {
            layout,
            providers: log_outs(login),
        })));
    };
    let identity = &session.data.identity;
    Ok(Logout::Ask(Box::new(LogoutPage {
        layout: layout.signed_in(),
        csrf: CsrfToken::of_session(session.id().secret())
            .as_str()
            .to_owned(),
        person: Person {
            name: identity.display_name.clone(),
            email: identity.email.to_string(),
        },
    })))
}

/// One button a provider that has a logout.
fn log_outs(login: &Login) -> Vec<ProviderButton> {
    let button = |provider: &Arc<Provider>| {
        let address = provider.log_out_address()?;
        let label = &provider.settings().label;
        Some(ProviderButton::new(label, address.into()))
    };
    login.providers.iter().filter_map(button).collect()
}

/// The button's form.
#[derive(FromForm)]
struct Confirmed<'r> {
    csrf: &'r str,
}

#[post("/logout", data = "<form>")]
async fn log_out(
    _ours: SameOrigin,
    form: Form<Confirmed<'_>>,
    visit: Visit,
    visitor: Visitor<'_>,
    cookies: Cookies<'_>,
    login: &Room<Login>,
    sessions: &Room<Sessions>,
) -> Result<Redirect, Refusal> {
    // The second of two clicks finds no session, and must not keep the browser from the provider's logout.
    let Some(session) = visitor.session()? else {
        return Ok(leave_only(login));
    };
    CsrfToken::of_session(session.id().secret())
        .check(form.csrf)
        .map_err(|stale| stale.page_again("/logout"))?;
    sessions.end(session).await?;
    cookies.drop_session();
    let identity = &session.data.identity;
    if let Some(grounds) = &session.data.grounds {
        hand_back(
            &login.providers,
            &identity.provider,
            grounds.renewal.clone(),
        );
    }
    let event = visit.event(EventName::SignedOut).identity(identity);
    login.trail.record(event).await?;
    Ok(leave(login, &identity.provider))
}

/// Ours has ended; the provider's comes next, where it has a way that we know.
pub fn leave(login: &Login, provider: &ProviderName) -> Redirect {
    let provider = login.providers.get(provider);
    let next = provider.and_then(|provider| provider.log_out_address());
    Redirect::to(next.map_or_else(|| "/signed-out".to_owned(), Into::into))
}

/// Somebody without a session wants to leave: to the only provider's logout, or to where one is chosen.
#[must_use]
pub fn leave_only(login: &Login) -> Redirect {
    let only = login.providers.only();
    only.map_or_else(|| Redirect::to("/logout"), |only| leave(login, only.name()))
}

/// Where a logout ends, or on to what it was for, or the question for somebody who is signed in after all.
#[derive(Responder)]
enum SignedOut {
    Done(Box<SignedOutPage>),
    NotYet(Box<Redirect>),
}

#[get("/signed-out")]
fn signed_out(
    layout: Layout,
    visitor: Visitor<'_>,
    cookies: Cookies<'_>,
    login: &Room<Login>,
    portal: &Room<PortalAddress>,
) -> Result<SignedOut, Refusal> {
    if let Some(on) = leaving::way_back(&cookies, login.now()) {
        return Ok(SignedOut::NotYet(Box::new(on)));
    }
    if visitor.session()?.is_some() {
        return Ok(SignedOut::NotYet(Box::new(Redirect::to("/logout"))));
    }
    let help_desk = portal.0.as_ref().map(|portal| OtherSession {
        name: Key("signed-out-portal"),
        address: Some(portal.to_string()),
    });
    let account = OtherSession {
        name: Key("signed-out-account"),
        address: None,
    };
    let others = help_desk.into_iter().chain([account]);
    Ok(SignedOut::Done(Box::new(SignedOutPage {
        layout,
        others: others.collect(),
    })))
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![ask, log_out, signed_out]
}
