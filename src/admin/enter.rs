//! `/admin/code`: where a setup code opens the desk when single sign-on cannot, and where the desk session that it opened is ended.

use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::http::CookieJar;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, State, async_trait, get, post, routes};
use url::form_urlencoded;

use crate::audit::{EventName, Trail};
use crate::login::ReturnTo;
use crate::store::{StoreError, Vault};
use crate::web::{
    CookieNames, CsrfToken, Layout, LoginRate, Reason, Reference, Refusal, RefusedBy, Room,
    SameOrigin, Visit,
};

use super::desk_session::{self, DeskSession, DeskSessions};
use super::guard::{Asking, SETUP_CODE};
use super::kept::{self, Kept, KeptName};
use super::lapsed::Typed;
use super::setup::{FirstRun, Step};
use super::setup_code::SetupCodes;
use super::{Administrator, Posted};

/// Where a code may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// The first run.
    Setup,
    /// The desk.
    Desk,
}

impl Door {
    /// Where its field is, and where it is posted to.
    pub(super) fn address(self) -> &'static str {
        match self {
            Self::Setup => "/setup",
            Self::Desk => "/admin/code",
        }
    }

    /// Where its field is for whoever goes on with this page.
    pub(super) fn on_the_way_to(self, page: &str) -> String {
        let page: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
        format!("{}?to={page}", self.address())
    }

    /// What is behind it, if this page is not.
    fn leads_on_to(self, page: &str) -> String {
        let inside = match self {
            Self::Setup => Step::of(page).map(|step| step.address().to_owned()),
            Self::Desk => {
                let page = page.parse::<ReturnTo>().ok();
                let page = page.map(|page| page.as_str().to_owned());
                page.filter(|page| page.starts_with("/admin/"))
            }
        };
        inside.unwrap_or_else(|| self.leads_to().to_owned())
    }

    /// What is behind it.
    fn leads_to(self) -> &'static str {
        match self {
            Self::Setup => "/setup",
            Self::Desk => "/admin",
        }
    }
}

/// The field for a code.
#[derive(Template, WebTemplate)]
#[template(path = "admin/code.html")]
pub(super) struct CodePage {
    layout: Layout,
    door: Door,
    /// The reference of the request in which a code was refused.
    refused: Option<String>,
    /// What somebody wanted whose desk session has ended.
    instead: Option<Instead>,
    /// The page to go on with.
    to: String,
}

/// Where the field stands in the place of what was asked for.
struct Instead {
    typed: Typed,
    reference: String,
}

impl CodePage {
    /// Before anything was typed.
    pub(super) fn at(door: Door, layout: Layout) -> Self {
        Self {
            layout,
            door,
            refused: None,
            instead: None,
            to: String::new(),
        }
    }

    /// In the place of what somebody asked for who has no desk session any more, and may go on with this page.
    pub(super) fn instead_of(
        page: &str,
        door: Door,
        typed: Typed,
        layout: Layout,
        reference: &Reference,
    ) -> Self {
        let reference = reference.as_str().to_owned();
        Self {
            instead: Some(Instead { typed, reference }),
            to: page.to_owned(),
            ..Self::at(door, layout)
        }
    }

    /// The reason and the reference that the page carries.
    fn marks(&self) -> Option<(Reason, &str)> {
        let refused = self.refused.as_deref();
        let refused = refused.map(|reference| (Reason::NotAllowed, reference));
        let instead = self.instead.as_ref();
        refused.or(instead.map(|it| (Reason::LoginRequired, it.reference.as_str())))
    }
}

/// The field's form.
#[derive(FromForm)]
pub(super) struct Code<'r> {
    #[field(default = "")]
    code: &'r str,
    /// The page to go on with.
    #[field(default = "")]
    to: &'r str,
}

/// What comes of a code.
#[derive(Responder)]
pub(super) enum Answer {
    /// It was the right one.
    In(Box<Redirect>),
    /// It was not; the field again.
    Refused(Box<RefusedBy<CodePage>>),
}

/// Whoever lets people in by a code: everything that it takes.
pub(super) struct Porter<'r> {
    visit: Visit,
    rate: &'r LoginRate,
    trail: &'r Trail,
    codes: &'r SetupCodes,
    desks: &'r DeskSessions,
    /// The desk session that this browser has already.
    held: Option<&'r DeskSession>,
    /// The one that it had.
    ended: Option<&'r DeskSession>,
    vault: &'r Vault,
    jar: &'r CookieJar<'r>,
    names: CookieNames,
}

#[async_trait]
impl<'r> FromRequest<'r> for Porter<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match Self::ready(request).await {
            Ok(porter) => Outcome::Success(porter),
            Err(refusal) => refusal.from_guard(request),
        }
    }
}

impl<'r> Porter<'r> {
    async fn ready(request: &'r Request<'_>) -> Result<Self, Refusal> {
        let visit = request.guard::<Visit>().await.succeeded();
        let rooms = Room::<LoginRate>::of(request).zip(Room::<Trail>::of(request));
        let house = request.rocket();
        let held = DeskSessions::of(request).await?;
        let ended = DeskSessions::ended_of(request).await?;
        let managed = house
            .state::<SetupCodes>()
            .zip(house.state::<DeskSessions>());
        let kept = house.state::<Vault>().zip(house.state::<CookieNames>());
        let (Some(visit), Some((rate, trail)), Some((codes, desks)), Some((vault, names))) =
            (visit, rooms, managed, kept)
        else {
            return Err(Refusal::new(Reason::Internal).because("a house without its porter"));
        };
        Ok(Self {
            visit,
            rate,
            trail,
            codes,
            desks,
            held,
            ended,
            vault,
            jar: request.cookies(),
            names: *names,
        })
    }

    /// Opens a desk session if this is the code.
    pub(super) async fn let_in(
        self,
        form: &Code<'_>,
        door: Door,
        layout: Layout,
    ) -> Result<Answer, Refusal> {
        self.rate.check(self.visit.client)?;
        // A button that was pressed with nothing in the field is no guess.
        let right = !form.code.trim().is_empty() && self.codes.redeem(form.code).await?;
        if !right {
            return self.refuse(form.to, door, layout).await;
        }
        let used = self.visit.event(EventName::SetupCodeUsed).actor(SETUP_CODE);
        let (id, ()) = tokio::try_join!(
            self.desks.open(self.held.or(self.ended)),
            self.trail.record(used)
        )?;
        self.end_held().await?;
        let waits = self.what_waits(&CsrfToken::of_session(id.secret())).await?;
        let name = self.names.desk().to_owned();
        // The cookie outlives the session, so that what is sent with it afterwards can wait for another code.
        let life = Some(desk_session::REMEMBERED);
        self.jar
            .add(self.names.build(name, id.cookie_value(), life));
        // Whoever comes from a form that waits goes back to that one.
        let waits = waits.filter(|_| !form.to.starts_with(kept::ADDRESS));
        let on = waits.map_or_else(|| door.leads_on_to(form.to), |name| name.address());
        Ok(Answer::In(Box::new(Redirect::to(on))))
    }

    /// The form that waited for this code, which is that of the new session now.
    async fn what_waits(&self, now: &CsrfToken) -> Result<Option<KeptName>, StoreError> {
        let Some(ended) = self.ended else {
            return Ok(None);
        };
        let form =
            Kept::hand_over(self.vault, &ended.csrf(), now, desk_session::REMEMBERED).await?;
        self.desks.end(ended).await?;
        Ok(form)
    }

    async fn refuse(self, to: &str, door: Door, layout: Layout) -> Result<Answer, Refusal> {
        let reason = Reason::NotAllowed;
        let refused = self.visit.event(EventName::Refused).reason(reason.name());
        self.trail.record_stranger(refused).await?;
        if !self.visit.navigation.is_browser() {
            return Err(Refusal::new(reason).because("no setup code of now"));
        }
        let page = CodePage {
            refused: Some(self.visit.reference),
            to: to.to_owned(),
            ..CodePage::at(door, layout)
        };
        Ok(Answer::Refused(Box::new(RefusedBy(reason, page))))
    }

    async fn end_held(&self) -> Result<(), Refusal> {
        match self.held {
            Some(held) => self.desks.end(held).await.map_err(Refusal::from),
            None => Ok(()),
        }
    }

    /// Ends the desk session of this browser, and says so in the trail.
    async fn see_out(self) -> Result<(), Refusal> {
        if self.held.is_some() {
            self.end_held().await?;
            self.jar
                .add(self.names.expired(self.names.desk().to_owned()));
            let out = self.visit.event(EventName::SignedOut).actor(SETUP_CODE);
            self.trail.record(out).await?;
        }
        Ok(())
    }
}

/// What `GET /admin/code` is.
#[derive(Responder)]
enum AtTheDoor {
    Ask(Box<CodePage>),
    /// They are inside already.
    In(Box<Redirect>),
}

/// Who is signed in gets the field too: a code may do what their login is too old for, or what would shut them out.
#[get("/admin/code?<to>")]
fn ask(asking: Asking<'_>, to: Option<&str>, layout: Layout) -> AtTheDoor {
    let to = to.unwrap_or_default();
    match asking {
        Asking::Administrator(administrator) if administrator.desk_session().is_some() => {
            AtTheDoor::In(Box::new(Redirect::to(Door::Desk.leads_on_to(to))))
        }
        _ => AtTheDoor::Ask(Box::new(CodePage {
            to: to.to_owned(),
            ..CodePage::at(Door::Desk, layout)
        })),
    }
}

#[post("/admin/code", data = "<form>")]
async fn enter(
    _ours: SameOrigin,
    form: Form<Code<'_>>,
    porter: Porter<'_>,
    layout: Layout,
) -> Result<Answer, Refusal> {
    porter.let_in(&form, Door::Desk, layout).await
}

#[post("/admin/code/end", data = "<_posted>")]
async fn end(
    administrator: Administrator<'_>,
    _posted: Posted,
    porter: Porter<'_>,
    first_run: &State<FirstRun>,
) -> Result<Redirect, Refusal> {
    porter.see_out().await?;
    if administrator.signed_in().is_some() {
        return Ok(Redirect::to(Door::Desk.leads_to()));
    }
    let over = first_run.is_over().await;
    let door = if over? { Door::Desk } else { Door::Setup };
    Ok(Redirect::to(door.address()))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, enter, end]
}
