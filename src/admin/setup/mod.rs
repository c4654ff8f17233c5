//! `/setup`, the first run: the seven steps of the first hour for the holder of a setup code, until an administrator was at the desk.
//!
//! | who asks | before that | afterwards |
//! |---|---|---|
//! | the holder of a desk session | the steps | 303 to `/admin` |
//! | an administrator by group | ends the first run by asking | 303 to `/admin` |
//! | a browser whose desk session has ended | the field for a code, in the place of every page; what was typed waits ([`super::lapsed`]) | 404 |
//! | anybody else | `/setup`: the field for a code; below it 403, or for a stranger's browser the field: 303 to it, or it with 401 after a form | 404 |

mod begun;
mod first_run;
mod guard;
mod progress;
mod step;
mod steps;

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, post, routes};

use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::Login;
use crate::provider::Diagnosis;
use crate::web::{Layout, Navigation, Reason, Reference, Refusal, RefusedBy, Room, SameOrigin};

use super::Frame;
use super::change::Editor;
use super::enter::{Answer, Code, CodePage, Door, Porter};
use super::lapsed::{Lapsed, Typed, instead};
use super::mapping::Making;
use super::providers::edit::open_to_all;

pub use first_run::FirstRun;
use guard::AtSetup;
pub use guard::InSetup;
pub use progress::{Progress, Settled, note_mapped, note_tested};
pub use step::{State, Step};

/// The steps.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup.html")]
struct StepsPage {
    layout: Frame,
    steps: Vec<(Step, State)>,
    /// Why the last test login could not sign in as things are.
    failing: Option<Box<Diagnosis>>,
    /// What to look at.
    warnings: Vec<String>,
}

/// What `/setup` is.
#[derive(Responder)]
enum Setup {
    Steps(Box<StepsPage>),
    Ask(Box<CodePage>),
    Elsewhere(Box<Redirect>),
}

#[get("/setup")]
async fn setup(
    at: AtSetup<'_>,
    layout: Layout,
    settled: &Room<Settled>,
    links: &Room<Arc<CatalogueKeeper>>,
    editor: &Room<Editor>,
    login: &Room<Login>,
) -> Result<Setup, Refusal> {
    let holder = match at {
        AtSetup::Holder(holder) => holder,
        AtSetup::Over { administrator } => return over(administrator).map(Setup::Elsewhere),
        AtSetup::Customer | AtSetup::Stranger => {
            return Ok(Setup::Ask(Box::new(CodePage::at(Door::Setup, layout))));
        }
    };
    let making = Making {
        administrator: &holder,
        editor,
        login,
    };
    let failing = making.failing().await?;
    let links = links.current();
    let progress = settled.progress(&links, failing.is_some()).await?;
    let state = |step: Step| (step, step.state(&progress));
    Ok(Setup::Steps(Box::new(StepsPage {
        layout: Frame::setup(&holder, layout, None),
        steps: Step::ALL.map(state).to_vec(),
        failing,
        warnings: open_to_all(editor.settings()),
    })))
}

#[post("/setup", data = "<form>")]
async fn enter(
    _ours: SameOrigin,
    at: AtSetup<'_>,
    form: Form<Code<'_>>,
    porter: Porter<'_>,
    layout: Layout,
) -> Result<Answer, Refusal> {
    if let AtSetup::Over { administrator } = at {
        return over(administrator).map(Answer::In);
    }
    porter.let_in(&form, Door::Setup, layout).await
}

/// A code first.
#[derive(Responder)]
enum First {
    Elsewhere(Box<Redirect>),
    Code(Box<RefusedBy<CodePage>>),
}

/// Whatever has no page of its own.
#[get("/setup/<_..>", rank = 20)]
fn other(
    at: AtSetup<'_>,
    lapsed: Option<Lapsed<'_>>,
    navigation: Navigation,
    uri: &Origin<'_>,
    layout: Layout,
    reference: &Reference,
) -> Result<First, Refusal> {
    match at {
        AtSetup::Over { administrator } => over(administrator).map(First::Elsewhere),
        AtSetup::Holder(_) => Err(no_page().own_path("All steps", "/setup")),
        _ if lapsed.is_some() => {
            let page = uri.to_string();
            let code = instead(Door::Setup, Typed::Nothing, &page, layout, reference);
            Ok(First::Code(Box::new(code)))
        }
        AtSetup::Customer => Err(Refusal::new(Reason::NotAllowed).because("no setup code")),
        AtSetup::Stranger if navigation.is_browser() => {
            Ok(First::Elsewhere(Box::new(Redirect::to("/setup"))))
        }
        AtSetup::Stranger => Err(Refusal::new(Reason::LoginRequired)),
    }
}

#[post("/setup/<_..>", rank = 20)]
fn post_there(
    at: AtSetup<'_>,
    navigation: Navigation,
    layout: Layout,
    reference: &Reference,
) -> Result<RefusedBy<CodePage>, Refusal> {
    Err(match at {
        AtSetup::Stranger if navigation.is_browser() => {
            return Ok(instead(Door::Setup, Typed::Lost, "", layout, reference));
        }
        AtSetup::Over {
            administrator: true,
        } => no_page().own_path("Go on at the admin desk", "/admin"),
        AtSetup::Over { .. } | AtSetup::Holder(_) => no_page(),
        AtSetup::Customer => Refusal::new(Reason::NotAllowed).because("no setup code"),
        AtSetup::Stranger => Refusal::new(Reason::LoginRequired),
    })
}

/// Everything is at the desk now; to whom that says nothing, there is nothing here.
fn over(administrator: bool) -> Result<Box<Redirect>, Refusal> {
    if administrator {
        Ok(Box::new(Redirect::to("/admin")))
    } else {
        Err(is_over())
    }
}

/// There is no setup any more.
pub(super) fn is_over() -> Refusal {
    Refusal::new(Reason::NotFound).because("the first run is over")
}

fn no_page() -> Refusal {
    Refusal::new(Reason::NotFound).because("no page of the setup")
}

/// The addresses of this room.
pub(super) fn routes() -> Vec<Route> {
    let own = routes![setup, enter, other, post_there];
    [steps::routes(), own].concat()
}

#[cfg(test)]
mod tests;
