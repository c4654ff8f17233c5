//! A change by an administrator whose login is too old (`admin.login_within`): they are asked to log in again, and what they typed waits for them meanwhile.
//!
//! It waits sealed in the store, one form an administrator, for as long as a login may take.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, State, get, post, routes};
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::login::attempt::LIFE;
use crate::login::{Again, ReturnTo};
use crate::store::{Key, StoreError, Vault};
use crate::web::{Layout, Navigation, Reason, Reference, Refusal};

use super::posted::TooLate;
use super::{Administrator, Frame, Place};

/// Where a form that waits is found again.
const WAITING: &str = "/admin/again";

/// A form that waits.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Where it was posted to.
    page: String,
    /// What was typed.
    fields: Vec<(String, String)>,
}

/// The demand for a login.
#[derive(Template, WebTemplate)]
#[template(path = "admin/log_in_again.html")]
struct LogInAgainPage {
    layout: Frame,
    login: String,
    /// Whether what was typed waits for them.
    kept: bool,
    reference: String,
}

#[post("/admin/<_..>", data = "<form>", rank = 19)]
async fn ask(
    administrator: Administrator<'_>,
    form: TooLate,
    uri: &Origin<'_>,
    navigation: Navigation,
    reference: &Reference,
    layout: Layout,
    vault: &State<Vault>,
) -> Result<(Status, LogInAgainPage), Refusal> {
    let required = Refusal::new(Reason::LoginRequired).because("the login is too old for a change");
    let Some(identity) = administrator.identity().filter(|_| navigation.is_browser()) else {
        return Err(required);
    };
    let page = uri.to_string();
    let kept = keep(vault, identity, &page, form).await?;
    let back = if kept { WAITING } else { uri.path().as_str() };
    let back: ReturnTo = back.parse().unwrap_or_else(|_| ReturnTo::home());
    let page = LogInAgainPage {
        layout: Frame::new(&administrator, layout, Place::of(&page)),
        login: Again::proved_anew(&identity.provider, &back),
        kept,
        reference: reference.as_str().to_owned(),
    };
    Ok((Reason::LoginRequired.status(), page))
}

/// Whether there was room for it.
async fn keep(
    vault: &Vault,
    identity: &Identity,
    page: &str,
    form: TooLate,
) -> Result<bool, Refusal> {
    let kept = Kept {
        page: page.to_owned(),
        fields: form.0.into_fields(),
    };
    match vault.put(&key(vault, identity), &kept, Some(LIFE)).await {
        Ok(()) => Ok(true),
        Err(StoreError::TooLarge(_)) => Ok(false),
        Err(error) => Err(unavailable(&error)),
    }
}

/// The form that waited.
#[derive(Template, WebTemplate)]
#[template(path = "admin/send_again.html")]
struct SendAgainPage {
    layout: Frame,
    form: Kept,
}

/// What is there for who is back.
#[derive(Responder)]
enum Back {
    Send(Box<SendAgainPage>),
    Nothing(Box<Redirect>),
}

#[get("/admin/again")]
async fn back(
    administrator: Administrator<'_>,
    layout: Layout,
    vault: &State<Vault>,
) -> Result<Back, Refusal> {
    let kept = match administrator.identity() {
        Some(identity) => vault.get::<Kept>(&key(vault, identity)).await,
        None => Ok(None),
    };
    Ok(match kept.map_err(|error| unavailable(&error))? {
        Some(form) => Back::Send(Box::new(SendAgainPage {
            layout: Frame::new(&administrator, layout, Place::of(&form.page)),
            form,
        })),
        None => Back::Nothing(Box::new(Redirect::to("/admin"))),
    })
}

fn key(vault: &Vault, identity: &Identity) -> Key {
    Key::kept_form(&vault.pseudonym("kept form", &identity.key()))
}

fn unavailable(error: &StoreError) -> Refusal {
    Refusal::new(Reason::StoreUnavailable).because(error)
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, back]
}
