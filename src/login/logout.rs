//! Signing out: ours first, then the provider's, then a page that says which other sessions may live on.

use rocket::form::Form;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, State, get, post, routes};

use crate::audit::EventName;
use crate::session::{Sessions, Visitor};
use crate::web::pages::{LogoutPage, OtherSession, Person, SignedOutPage};
use crate::web::{CsrfToken, Layout, Refusal, SameOrigin, Visit};

use super::cookies::Cookies;
use super::service::{Login, unavailable};

/// Where the native portal is, for the page after the logout.
#[derive(Debug, Clone)]
pub struct PortalAddress(pub Option<url::Url>);

/// The question, or the page that there is nothing to ask.
#[derive(Responder)]
enum Logout {
    Ask(Box<LogoutPage>),
    Already(Box<Redirect>),
}

#[get("/logout")]
fn ask(layout: Layout, visitor: Visitor<'_>) -> Result<Logout, Refusal> {
    let Some(session) = visitor.session()? else {
        return Ok(Logout::Already(Box::new(Redirect::to("/signed-out"))));
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
    login: &State<Login>,
    sessions: &State<Sessions>,
) -> Result<Redirect, Refusal> {
    let Some(session) = visitor.session()? else {
        return Ok(Redirect::to("/signed-out"));
    };
    CsrfToken::of_session(session.id().secret()).check(form.csrf)?;
    sessions
        .end(session)
        .await
        .map_err(|error| unavailable(&error))?;
    cookies.drop_session();
    let identity = &session.data.identity;
    let event = visit.event(EventName::SignedOut).identity(identity);
    login
        .trail
        .record(event)
        .await
        .map_err(|error| unavailable(&error))?;
    let provider = login.providers.get(&identity.provider);
    let next = provider.and_then(|provider| provider.log_out_address());
    Ok(Redirect::to(
        next.map_or_else(|| "/signed-out".to_owned(), Into::into),
    ))
}

#[get("/signed-out")]
fn signed_out(
    layout: Layout,
    visitor: Visitor<'_>,
    portal: &State<PortalAddress>,
) -> Result<SignedOutPage, Refusal> {
    let layout = if visitor.session()?.is_some() {
        layout.signed_in()
    } else {
        layout
    };
    let help_desk = portal.0.as_ref().map(|portal| OtherSession {
        name: "The help desk's portal".to_owned(),
        address: Some(portal.to_string()),
    });
    let others = help_desk.into_iter().chain([OtherSession { name: "The account you used to sign in, if it belongs to another service such as Google or your company".to_owned(), address: None }]);
    Ok(SignedOutPage {
        layout,
        others: others.collect(),
    })
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![ask, log_out, signed_out]
}
