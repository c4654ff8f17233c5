//! `/admin/providers/<name>/test`: is the provider set up as it should be? First what can be told without a person, then a login in a second window, of which
//! nothing comes but a table.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use crate::admin::outcome::{Judges, Outcome};
use crate::admin::setup::note_tested;
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::identity::Identity;
use crate::login::trial::{Trial, TrialId};
use crate::login::{Cookies, Login, trying};
use crate::provider::{Finding, Outcome as Found, Provider};
use crate::settings::ProviderName;
use crate::store::Vault;
use crate::web::{Layout, LoginRate, Reason, Refusal, Room, Visit};

use super::trial::{ProviderTest, Stage};

/// How long everything may take that is asked without a person.
const ASKING: Duration = Duration::from_secs(30);

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/provider_test.html")]
struct ProviderTestPage {
    layout: Frame,
    test: ProviderTest,
}

/// Whom a test, or a form that waits, belongs to: the person, also while a setup code lets them in, or the session of whoever is nobody.
pub(in crate::admin) fn owner(administrator: &Administrator<'_>) -> String {
    administrator
        .signed_in()
        .map_or_else(|| administrator.csrf().as_str().to_owned(), Identity::key)
}

pub(in crate::admin) fn address(name: &ProviderName) -> String {
    format!("/admin/providers/{name}/test")
}

fn known<'a>(login: &'a Login, name: &ProviderName) -> Result<&'a Arc<Provider>, Refusal> {
    let provider = login.providers().get(name);
    provider.ok_or_else(|| Refusal::new(Reason::NotFound).because("no such provider"))
}

#[get("/admin/providers/<name>/test")]
fn ready(
    administrator: Administrator<'_>,
    name: ProviderName,
    layout: Layout,
    login: &Room<Login>,
) -> Result<ProviderTestPage, Refusal> {
    let provider = known(login, &name)?;
    Ok(ProviderTestPage {
        layout: Frame::new(&administrator, layout, Place::Providers),
        test: ProviderTest::ready(provider, login, address(&name), false),
    })
}

/// Asks the provider what can be asked without a person, and keeps it as a new test of this administrator's.
pub(in crate::admin) async fn begin_of(
    administrator: &Administrator<'_>,
    provider: &Provider,
    login: &Login,
) -> Result<TrialId, Refusal> {
    let callback = login.redirect_uri(provider.name());
    let findings = tokio::time::timeout(ASKING, provider.check(&callback)).await;
    let findings = findings.unwrap_or_else(|_| vec![Finding::too_slow(ASKING)]);
    let trials = login.trials();
    trials
        .begin(
            &owner(administrator),
            provider.name(),
            findings,
            login.now(),
        )
        .await
        .map_err(Refusal::from)
}

#[post("/admin/providers/<name>/test", data = "<_posted>")]
async fn begin(
    administrator: Administrator<'_>,
    name: ProviderName,
    _posted: Posted,
    login: &Room<Login>,
) -> Result<Redirect, Refusal> {
    let id = begin_of(&administrator, known(login, &name)?, login).await?;
    Ok(Redirect::to(format!("{}/{id}", address(&name))))
}

#[get("/admin/providers/<name>/test/<id>")]
async fn show(
    administrator: Administrator<'_>,
    name: ProviderName,
    id: TrialId,
    layout: Layout,
    login: &Room<Login>,
    judges: Judges<'_>,
    vault: &State<Vault>,
) -> Result<(Status, ProviderTestPage), Refusal> {
    let provider = known(login, &name)?;
    let layout = Frame::new(&administrator, layout, Place::Providers);
    let here = address(&name);
    let (status, test) = so_far(&administrator, provider, &id, &judges, vault, here).await?;
    Ok((status, ProviderTestPage { layout, test }))
}

/// A test as far as it is, whose pages are at this address; one that is not kept is told to begin anew.
pub(in crate::admin) async fn so_far(
    administrator: &Administrator<'_>,
    provider: &Provider,
    id: &TrialId,
    judges: &Judges<'_>,
    vault: &Vault,
    address: String,
) -> Result<(Status, ProviderTest), Refusal> {
    let login = judges.login;
    let Some(trial) = kept(administrator, login, provider.name(), id).await? else {
        let test = ProviderTest::ready(provider, login, address, true);
        return Ok((Status::NotFound, test));
    };
    let test = ProviderTest::of(trial, id, provider, judges, address).await?;
    if test.is_passed() {
        note_tested(vault, provider.settings(), login.mapping()).await?;
    }
    Ok((Status::Ok, test))
}

/// The test, if it is this administrator's and of this provider.
pub(in crate::admin) async fn kept(
    administrator: &Administrator<'_>,
    login: &Login,
    name: &ProviderName,
    id: &TrialId,
) -> Result<Option<Trial>, Refusal> {
    let trial = login.trials().of(&owner(administrator), id).await?;
    Ok(trial.filter(|trial| trial.provider == *name))
}

/// The second window: only who began the test may log in for it, and nobody else knows its name.
#[get("/admin/providers/<name>/test/<id>/login")]
async fn log_in(
    administrator: Administrator<'_>,
    name: ProviderName,
    id: TrialId,
    visit: Visit,
    cookies: Cookies<'_>,
    rate: &Room<LoginRate>,
    login: &Room<Login>,
) -> Result<Redirect, Refusal> {
    let provider = known(login, &name)?;
    if kept(&administrator, login, &name, &id).await?.is_none() {
        return Ok(Redirect::to(format!("{}/{id}", address(&name))));
    }
    trying::go(&id, provider, login, &visit, rate, &cookies).await
}

/// The end of the second window.
#[derive(Template, WebTemplate)]
#[template(path = "admin/provider_tested.html")]
struct TestedPage {
    layout: Frame,
}

#[get("/admin/providers/<_name>/tested")]
fn tested(administrator: Administrator<'_>, _name: ProviderName, layout: Layout) -> TestedPage {
    TestedPage {
        layout: Frame::new(&administrator, layout, Place::Providers),
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ready, begin, show, log_in, tested]
}
