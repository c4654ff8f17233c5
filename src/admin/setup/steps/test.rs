//! Step 2, `/setup/test`: a real login at the first provider, shown claim by claim, of which nothing comes.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use crate::admin::outcome::{Judges, Outcome};
use crate::admin::providers::testing::{begin_of, kept, so_far};
use crate::admin::providers::trial::{ProviderTest, Stage};
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Frame, Posted};
use crate::login::trial::TrialId;
use crate::login::{Cookies, Login, trying};
use crate::provider::{Outcome as Found, Provider};
use crate::store::Vault;
use crate::web::{Layout, LoginRate, Refusal, Room, Visit};

const HERE: &str = "/setup/test";

/// The page. Before there is a provider, there is nothing to test.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_test.html")]
struct TestPage {
    layout: Frame,
    test: Option<ProviderTest>,
}

/// The one that the first hour is about.
fn first(login: &Login) -> Option<&Arc<Provider>> {
    login.providers().iter().next()
}

fn test_of(id: &TrialId) -> String {
    format!("{HERE}/{id}")
}

#[get("/setup/test")]
fn ready(holder: InSetup<'_>, layout: Layout, login: &Room<Login>) -> TestPage {
    let ready = |provider: &Arc<Provider>| ProviderTest::ready(provider, login, HERE.into(), false);
    TestPage {
        layout: Frame::setup(&holder, layout, Step::Test),
        test: first(login).map(ready),
    }
}

#[post("/setup/test", data = "<_posted>")]
async fn begin(
    holder: InSetup<'_>,
    _posted: Posted,
    login: &Room<Login>,
) -> Result<Redirect, Refusal> {
    Ok(Redirect::to(match first(login) {
        Some(provider) => test_of(&begin_of(&holder, provider, login).await?),
        None => HERE.to_owned(),
    }))
}

#[get("/setup/test/<id>")]
async fn show(
    holder: InSetup<'_>,
    id: TrialId,
    layout: Layout,
    login: &Room<Login>,
    judges: Judges<'_>,
    vault: &State<Vault>,
) -> Result<(Status, TestPage), Refusal> {
    let layout = Frame::setup(&holder, layout, Step::Test);
    let Some(provider) = first(login) else {
        return Ok((Status::NotFound, TestPage { layout, test: None }));
    };
    let (status, test) = so_far(&holder, provider, &id, &judges, vault, HERE.into()).await?;
    let test = Some(test);
    Ok((status, TestPage { layout, test }))
}

/// The second window.
#[get("/setup/test/<id>/login")]
async fn log_in(
    holder: InSetup<'_>,
    id: TrialId,
    visit: Visit,
    cookies: Cookies<'_>,
    rate: &Room<LoginRate>,
    login: &Room<Login>,
) -> Result<Redirect, Refusal> {
    let Some(provider) = first(login) else {
        return Ok(Redirect::to(HERE));
    };
    if kept(&holder, login, provider.name(), &id).await?.is_none() {
        return Ok(Redirect::to(test_of(&id)));
    }
    trying::go(&id, provider, login, &visit, rate, &cookies).await
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ready, begin, show, log_in]
}
