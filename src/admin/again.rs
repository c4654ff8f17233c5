//! A change by an administrator whose login is too old (`admin.login_within`): they are asked to log in again, or for a setup code where nobody can
//! log in, and what they typed waits for them meanwhile ([`super::kept`]).

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, State, get, post, routes};

use crate::identity::Identity;
use crate::login::attempt::LIFE;
use crate::login::{Again, ReturnTo};
use crate::store::{StoreError, Vault};
use crate::web::{Layout, Navigation, Reason, Reference, Refusal, RefusedBy};

use super::enter::Door;
use super::kept::{self, Kept, KeptName};
use super::posted::{Posted, TooLate};
use super::providers::testing::owner;
use super::{Administrator, Frame, Place};

/// What became of what was sent.
enum Sent {
    /// It waits.
    Kept(KeptName),
    /// There is no room for it.
    TooMuch,
    /// Files do not wait.
    File,
}

/// The demand for a login.
#[derive(Template, WebTemplate)]
#[template(path = "admin/log_in_again.html")]
struct LogInAgainPage {
    layout: Frame,
    login: String,
    /// Whether any login will do, since only the provider has to be asked.
    unproved: bool,
    /// The field for a setup code, for when nobody can log in.
    code: String,
    sent: Sent,
    reference: String,
}

impl LogInAgainPage {
    /// `page` is where the form was sent to.
    fn new(
        sent: Sent,
        page: &str,
        layout: Frame,
        (administrator, identity): (&Administrator<'_>, &Identity),
        reference: &Reference,
    ) -> RefusedBy<Self> {
        let back = match &sent {
            Sent::Kept(name) => name.address(),
            Sent::TooMuch | Sent::File => page.to_owned(),
        };
        let back = back.parse().unwrap_or_else(|_| ReturnTo::home());
        let (provider, unproved) = (&identity.provider, administrator.is_unproved());
        let page = Self {
            layout,
            login: if unproved {
                Again::at_provider(provider, &back)
            } else {
                Again::proved_anew(provider, &back)
            },
            unproved,
            code: Door::Desk.on_the_way_to(back.as_str()),
            sent,
            reference: reference.as_str().to_owned(),
        };
        RefusedBy(Reason::LoginRequired, page)
    }
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
) -> Result<RefusedBy<LogInAgainPage>, Refusal> {
    let required = Refusal::new(Reason::LoginRequired)
        .because("the login is too old for a change, or has to be confirmed");
    let Some(identity) = administrator.identity().filter(|_| navigation.is_browser()) else {
        return Err(required);
    };
    let page = uri.to_string();
    let sent = match form {
        TooLate::Form(posted) => keep(vault, identity, &page, posted).await,
        TooLate::File => Ok(Sent::File),
    };
    let sent = sent?;
    let layout = Frame::new(&administrator, layout, Place::of(&page));
    let who = (&administrator, identity);
    Ok(LogInAgainPage::new(sent, &page, layout, who, reference))
}

async fn keep(
    vault: &Vault,
    identity: &Identity,
    page: &str,
    posted: Posted,
) -> Result<Sent, StoreError> {
    // Whoever was too slow to send what waits finds it where it was.
    if let Ok(name) = posted.get(kept::FIELD).parse() {
        return Ok(Sent::Kept(name));
    }
    let kept = Kept {
        page: page.to_owned(),
        fields: posted.into_fields(),
    };
    let name = KeptName::fresh();
    let is_kept = kept.keep(&name, vault, &identity.key(), LIFE).await?;
    Ok(if is_kept {
        Sent::Kept(name)
    } else {
        Sent::TooMuch
    })
}

/// The form that waited.
#[derive(Template, WebTemplate)]
#[template(path = "admin/send_again.html")]
struct SendAgainPage {
    layout: Frame,
    /// What the navigation calls the page that it belongs to.
    place: &'static str,
    /// Whether it was a setup code that was to be entered first.
    by_code: bool,
    page: String,
    /// What was typed, secrets masked.
    fields: Vec<(String, String)>,
    name: KeptName,
}

/// What is there for who is back.
#[derive(Responder)]
enum Back {
    LogIn(Box<RefusedBy<LogInAgainPage>>),
    Send(Box<SendAgainPage>),
    Nothing(Box<Redirect>),
}

#[get("/admin/again/<name>")]
async fn back(
    name: KeptName,
    administrator: Administrator<'_>,
    reference: &Reference,
    layout: Layout,
    vault: &State<Vault>,
) -> Result<Back, Refusal> {
    let kept = Kept::of(&name, vault, &owner(&administrator)).await;
    let Some(form) = kept? else {
        return Ok(Back::Nothing(Box::new(Redirect::to("/admin"))));
    };
    let layout = Frame::of_page(&administrator, layout, &form.page);
    if let Some(identity) = administrator.identity()
        && administrator.must_log_in_again()
    {
        let who = (&administrator, identity);
        let page = LogInAgainPage::new(Sent::Kept(name), &form.page, layout, who, reference);
        return Ok(Back::LogIn(Box::new(page)));
    }
    Ok(Back::Send(Box::new(SendAgainPage {
        place: layout.label(),
        by_code: administrator.desk_session().is_some(),
        layout,
        fields: form.shown(),
        page: form.page,
        name,
    })))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, back]
}
