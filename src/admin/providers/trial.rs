//! `/admin/providers/<name>/test`: is the provider set up as it should be? First what can be told without a person, then a login in a second window, of which
//! nothing comes but a table.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admission::Admission;
use crate::identity::map;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::trial::{Ended, Trial, TrialId};
use crate::login::{Cookies, Login, trying};
use crate::provider::{Case, Diagnosis, Finding, Outcome as Found, Provider, Told, UserInfo};
use crate::settings::ProviderName;
use crate::store::StoreError;
use crate::web::{Layout, LoginRate, Reason, Refusal, Room, Visit};

use crate::admin::outcome::{Outcome, outcome};
use crate::admin::{Administrator, Frame, Place, Posted};

use super::claims_table::{ClaimsTable, visible};

/// How long everything may take that is asked without a person.
const ASKING: Duration = Duration::from_secs(30);

/// How far the provider's clock may be from ours, for telling a login that was just made from one that was remembered.
const CLOCK_GRACE: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/provider_test.html")]
struct ProviderTestPage {
    layout: Frame,
    test: ProviderTest,
}

/// What the page shows of a test, whatever frame stands around it: `admin/provider_test_body.html` shows it by the name of `test`.
pub(super) struct ProviderTest {
    /// Where tests of this provider begin: the page's own address.
    address: String,
    label: String,
    is_pool: bool,
    /// What must be registered at the provider.
    callback: String,
    sign_out: String,
    stage: Stage,
}

/// How far the test is.
enum Stage {
    /// Nothing was asked yet. `gone`: the test that was asked for is not kept, or is somebody else's.
    Ready { gone: bool },
    /// The login is to be made, or under way.
    Waiting {
        findings: Vec<Finding>,
        login: String,
        result: String,
    },
    /// It went wrong.
    Failed {
        findings: Vec<Finding>,
        diagnosis: Diagnosis,
    },
    /// Somebody logged in.
    LoggedIn(Box<LoggedIn>),
}

/// What came of a login.
struct LoggedIn {
    findings: Vec<Finding>,
    claims: ClaimsTable,
    user_info: String,
    /// The provider asked nobody who they are; where to make it forget them, if it has a place.
    remembered: Option<Option<String>>,
    /// What the mapping cannot use.
    unmapped: Option<Diagnosis>,
    outcome: Outcome,
}

/// What judges the claims.
pub(super) struct Judges<'a> {
    pub(super) login: &'a Login,
    pub(super) admission: &'a Admission,
    pub(super) links: &'a CatalogueKeeper,
}

impl ProviderTest {
    /// Whether a result may come any time.
    fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. })
    }

    /// Whether something was found that makes logins fail.
    fn has_failures(&self) -> bool {
        let Stage::Waiting { findings, .. } = &self.stage else {
            return false;
        };
        findings.iter().any(|one| one.outcome == Found::Failed)
    }

    /// Before a test. `address` is where its form is posted to.
    fn ready(provider: &Provider, login: &Login, address: String, gone: bool) -> Self {
        Self {
            address,
            label: provider.settings().label.clone(),
            is_pool: provider.settings().domain.is_some(),
            callback: login.redirect_uri(provider.name()),
            sign_out: provider.settings().sign_out_url.clone(),
            stage: Stage::Ready { gone },
        }
    }

    /// A test as far as it is.
    async fn of(
        trial: Trial,
        id: &TrialId,
        provider: &Provider,
        judges: &Judges<'_>,
        address: String,
    ) -> Result<Self, Refusal> {
        let mut test = Self::ready(provider, judges.login, address, false);
        let Trial {
            findings,
            ended,
            begun,
            ..
        } = trial;
        test.stage = match ended {
            None => Stage::Waiting {
                findings,
                login: format!("{}/{id}/login", test.address),
                result: format!("{}/{id}", test.address),
            },
            Some(Ended::Failed(diagnosis)) => Stage::Failed {
                findings,
                diagnosis,
            },
            Some(Ended::Told(told)) => {
                let since = begun.saturating_sub(CLOCK_GRACE).unwrap_or(begun);
                let is_old = told.auth_time().is_some_and(|at| at < since);
                let logged_in = LoggedIn {
                    remembered: is_old.then(|| provider.log_out_address().map(String::from)),
                    ..logged_in(findings, &told, provider, judges).await?
                };
                Stage::LoggedIn(Box::new(logged_in))
            }
        };
        Ok(test)
    }
}

async fn logged_in(
    findings: Vec<Finding>,
    told: &Told,
    provider: &Provider,
    judges: &Judges<'_>,
) -> Result<LoggedIn, Refusal> {
    let Judges {
        login,
        admission,
        links,
    } = judges;
    let mapping = login.mapping();
    let callback = login.redirect_uri(provider.name());
    let case = Case {
        settings: provider.settings(),
        callback: &callback,
    };
    let mapped = map(mapping, provider.settings(), told.verified());
    Ok(LoggedIn {
        findings,
        claims: ClaimsTable::of(told, mapping),
        user_info: about_user_info(&told.user_info),
        remembered: None,
        unmapped: mapped.err().map(|error| case.of_mapping(&error, mapping)),
        outcome: outcome(provider, told.verified(), login, admission, links).await?,
    })
}

fn about_user_info(user_info: &UserInfo) -> String {
    match user_info {
        UserInfo::NotOffered => "This provider has no userInfo: there is only the ID token.".to_owned(),
        UserInfo::Needed(_) => {
            "The ID token lacks something that the settings ask for, so every login asks userInfo too.".to_owned()
        }
        UserInfo::NotNeeded(_) => {
            "The ID token says everything that the settings ask for: logins do not ask userInfo, and what it says is shown for comparison alone.".to_owned()
        }
        UserInfo::Failed(why) => format!(
            "The ID token says everything that the settings ask for, so logins do not need userInfo. It did not answer the test: {}.",
            visible(why)
        ),
    }
}

/// Whom a test belongs to: the person, or the session of whoever has none.
fn owner(administrator: &Administrator<'_>) -> String {
    administrator.identity().map_or_else(
        || administrator.csrf().as_str().to_owned(),
        crate::identity::Identity::key,
    )
}

fn address(name: &ProviderName) -> String {
    format!("/admin/providers/{name}/test")
}

fn known<'a>(login: &'a Login, name: &ProviderName) -> Result<&'a Arc<Provider>, Refusal> {
    let provider = login.providers().get(name);
    provider.ok_or_else(|| Refusal::new(Reason::NotFound).because("no such provider"))
}

fn unavailable(error: StoreError) -> Refusal {
    Refusal::new(Reason::StoreUnavailable).because(error)
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

#[post("/admin/providers/<name>/test", data = "<_posted>")]
async fn begin(
    administrator: Administrator<'_>,
    name: ProviderName,
    _posted: Posted,
    login: &Room<Login>,
) -> Result<Redirect, Refusal> {
    let provider = known(login, &name)?;
    let callback = login.redirect_uri(&name);
    let findings = tokio::time::timeout(ASKING, provider.check(&callback)).await;
    let findings = findings.unwrap_or_else(|_| vec![Finding::too_slow(ASKING)]);
    let id = login
        .trials()
        .begin(&owner(&administrator), &name, findings, login.now())
        .await
        .map_err(unavailable)?;
    Ok(Redirect::to(format!("{}/{id}", address(&name))))
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[get("/admin/providers/<name>/test/<id>")]
async fn show(
    administrator: Administrator<'_>,
    name: ProviderName,
    id: TrialId,
    layout: Layout,
    login: &Room<Login>,
    admission: &Room<Admission>,
    links: &Room<Arc<CatalogueKeeper>>,
) -> Result<(Status, ProviderTestPage), Refusal> {
    let provider = known(login, &name)?;
    let layout = Frame::new(&administrator, layout, Place::Providers);
    let Some(trial) = kept(&administrator, login, &name, &id).await? else {
        let test = ProviderTest::ready(provider, login, address(&name), true);
        return Ok((Status::NotFound, ProviderTestPage { layout, test }));
    };
    let judges = Judges {
        login,
        admission,
        links,
    };
    let test = ProviderTest::of(trial, &id, provider, &judges, address(&name)).await?;
    Ok((Status::Ok, ProviderTestPage { layout, test }))
}

/// The test, if it is this administrator's and of this provider.
async fn kept(
    administrator: &Administrator<'_>,
    login: &Login,
    name: &ProviderName,
    id: &TrialId,
) -> Result<Option<Trial>, Refusal> {
    let trial = login.trials().of(&owner(administrator), id).await;
    let trial = trial.map_err(unavailable)?;
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
