//! Whoever comes back after the hour that a setup code gives: they are asked for another code, and what they typed waits for it meanwhile ([`super::kept`]).
//!
//! Only a browser that had a desk session can leave something here, with a form of ours of that session, and one form alone: the last. Whoever is signed in and
//! no administrator is refused at the desk whatever the browser had; in the first run, which has no administrators yet, they may go on with another code.

use rocket::http::Status;
use rocket::http::uri::Origin;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};
use rocket::{Route, State, async_trait, post, routes};

use crate::store::{StoreError, Vault};
use crate::web::{CsrfToken, Layout, Navigation, Reason, Reference, Refusal, RefusedBy};

use super::desk_session::{DeskSession, DeskSessions, REMEMBERED};
use super::enter::{CodePage, Door};
use super::guard::Asking;
use super::kept::{self, Kept, KeptName};
use super::posted::{Posted, TooLate};
use super::setup::FirstRun;

/// What became of what was sent without a desk session.
pub(super) enum Typed {
    /// Nothing was sent: they wanted to see a page.
    Nothing,
    /// It waits until then.
    Waits(String),
    /// There is no room for it.
    TooMuch,
    /// Files do not wait.
    File,
    /// Nobody knows whose it was.
    Lost,
}

/// Somebody's browser that had a desk session, which has ended, and that nothing else lets in.
#[derive(Clone, Copy)]
pub(super) struct Lapsed<'r>(&'r DeskSession);

impl Lapsed<'_> {
    /// The token that its forms carried.
    pub(super) fn csrf(self) -> CsrfToken {
        self.0.csrf()
    }

    async fn keep(self, page: &str, posted: Posted, vault: &Vault) -> Result<Typed, StoreError> {
        let until = self.0.forgotten().strftime("%H:%M UTC").to_string();
        if posted.has(kept::FIELD) {
            // Whoever was too slow to send what waits finds it where it was.
            return Ok(Typed::Waits(until));
        }
        let kept = Kept {
            page: page.to_owned(),
            fields: posted.into_fields(),
        };
        let csrf = self.csrf();
        let name = KeptName::of_session(&csrf, vault);
        let is_kept = kept.keep(&name, vault, csrf.as_str(), REMEMBERED).await?;
        Ok(if is_kept {
            Typed::Waits(until)
        } else {
            Typed::TooMuch
        })
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Lapsed<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match lapsed(request).await {
            Ok(Some(lapsed)) => Outcome::Success(lapsed),
            Ok(None) => Outcome::Forward(Status::NotFound),
            Err(refusal) => refusal.from_guard(request),
        }
    }
}

async fn lapsed<'r>(request: &'r Request<'_>) -> Result<Option<Lapsed<'r>>, Refusal> {
    if !Navigation::of(request).is_browser() {
        return Ok(None);
    }
    let Some(ended) = DeskSessions::ended_of(request).await? else {
        return Ok(None);
    };
    let may_go_on = match Asking::of(request).await? {
        Asking::Stranger | Asking::Untold(_) => true,
        Asking::Customer(_) => is_of_setup(request),
        Asking::Administrator(_) => false,
    };
    Ok(may_go_on.then_some(Lapsed(ended)))
}

fn is_of_setup(request: &Request<'_>) -> bool {
    request.uri().path().segments().next() == Some("setup")
}

/// The page with the field for a code, for somebody who wanted something else.
pub(super) fn instead(
    door: Door,
    typed: Typed,
    page: &str,
    layout: Layout,
    reference: &Reference,
) -> RefusedBy<CodePage> {
    let page = CodePage::instead_of(page, door, typed, layout, reference);
    RefusedBy(Reason::LoginRequired, page)
}

async fn wait(
    lapsed: Lapsed<'_>,
    form: TooLate,
    page: &str,
    vault: &Vault,
) -> Result<Typed, StoreError> {
    match form {
        TooLate::Form(posted) => lapsed.keep(page, posted, vault).await,
        TooLate::File => Ok(Typed::File),
    }
}

#[post("/admin/<_..>", data = "<form>", rank = 18)]
async fn at_desk(
    lapsed: Lapsed<'_>,
    form: TooLate,
    uri: &Origin<'_>,
    layout: Layout,
    reference: &Reference,
    vault: &State<Vault>,
) -> Result<RefusedBy<CodePage>, Refusal> {
    let page = uri.to_string();
    let typed = wait(lapsed, form, &page, vault).await?;
    Ok(instead(Door::Desk, typed, "", layout, reference))
}

#[post("/setup/<_..>", data = "<form>", rank = 18)]
async fn in_setup(
    lapsed: Lapsed<'_>,
    form: TooLate,
    uri: &Origin<'_>,
    layout: Layout,
    reference: &Reference,
    vault: &State<Vault>,
    first_run: &State<FirstRun>,
) -> Result<RefusedBy<CodePage>, Refusal> {
    if first_run.is_over().await? {
        return Err(super::setup::is_over());
    }
    let page = uri.to_string();
    let typed = wait(lapsed, form, &page, vault).await?;
    Ok(instead(Door::Setup, typed, "", layout, reference))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![at_desk, in_setup]
}
