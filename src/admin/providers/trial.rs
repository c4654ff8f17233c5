//! A provider's test as far as it is: what was found without a person, and what came of the login.

use crate::admin::outcome::{Judges, Outcome, outcome};
use crate::admin::setup::note_tested;
use crate::identity::map;
use crate::login::Login;
use crate::login::trial::{Ended, Trial, TrialId};
use crate::provider::{Case, Diagnosis, Finding, Outcome as Found, Provider, Told, UserInfo};
use crate::web::Refusal;

use super::claims_table::{ClaimsTable, visible};

/// How far the provider's clock may be from ours, for telling a login that was just made from one that was remembered.
const CLOCK_GRACE: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// What the page shows of a test, whatever frame stands around it: `admin/provider_test_body.html` shows it by the name of `test`.
pub(in crate::admin) struct ProviderTest {
    /// Where tests of this provider begin: the page's own address.
    pub(in crate::admin) address: String,
    pub(in crate::admin) label: String,
    pub(in crate::admin) is_pool: bool,
    /// What must be registered at the provider.
    pub(in crate::admin) callback: String,
    pub(in crate::admin) sign_out: String,
    pub(in crate::admin) stage: Stage,
}

/// How far the test is.
pub(in crate::admin) enum Stage {
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

/// The provider asked nobody who they are.
pub(in crate::admin) struct Remembered {
    /// Where to make it forget them, if it has a place.
    pub(in crate::admin) log_out: Option<String>,
}

/// What came of a login.
pub(in crate::admin) struct LoggedIn {
    pub(in crate::admin) findings: Vec<Finding>,
    pub(in crate::admin) claims: ClaimsTable,
    pub(in crate::admin) user_info: String,
    /// Set when nobody had to log in.
    pub(in crate::admin) remembered: Option<Remembered>,
    /// What the mapping cannot use.
    pub(in crate::admin) unmapped: Option<Diagnosis>,
    pub(in crate::admin) outcome: Outcome,
}

impl ProviderTest {
    /// Whether a result may come any time.
    pub(in crate::admin) fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. })
    }

    /// Whether somebody logged in of whom the mapping makes a customer.
    pub(in crate::admin) fn is_passed(&self) -> bool {
        matches!(&self.stage, Stage::LoggedIn(result) if result.unmapped.is_none())
    }

    /// Whether something was found that makes logins fail.
    pub(in crate::admin) fn has_failures(&self) -> bool {
        let Stage::Waiting { findings, .. } = &self.stage else {
            return false;
        };
        findings.iter().any(|one| one.outcome == Found::Failed)
    }

    /// Before a test. `address` is where its form is posted to.
    pub(in crate::admin) fn ready(
        provider: &Provider,
        login: &Login,
        address: String,
        gone: bool,
    ) -> Self {
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
    pub(in crate::admin) async fn of(
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
                    remembered: is_old.then(|| Remembered {
                        log_out: provider.log_out_address().map(String::from),
                    }),
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
    let login = judges.login;
    let mapping = login.mapping();
    let callback = login.redirect_uri(provider.name());
    let case = Case {
        settings: provider.settings(),
        callback: &callback,
    };
    let mapped = map(mapping, provider.settings(), told.verified());
    if mapped.is_ok() {
        note_tested(login.vault(), provider.settings(), mapping).await?;
    }
    Ok(LoggedIn {
        findings,
        claims: ClaimsTable::of(told, mapping),
        user_info: about_user_info(&told.user_info),
        remembered: None,
        unmapped: mapped.err().map(|error| case.of_mapping(&error, mapping)),
        outcome: outcome(provider, told.verified(), judges).await?,
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
