//! A test login, there and back: everything is checked as for a real one, and nothing comes of it. No session is opened, nothing is recorded, and no count of
//! logins grows; what came is kept for the administrator who began it ([`super::trial`]).

use jiff::Timestamp;
use rocket::http::uri::Origin;
use rocket::response::Redirect;

use crate::provider::diagnosis::Answered;
use crate::provider::{Callback as Answer, Case, Provider};
use crate::settings::ProviderName;
use crate::web::{LoginRate, Reason, Refusal, Visit};

use super::ReturnTo;
use super::attempt::{LoginAttempt, Spent, Trace};
use super::callback::{Part, Query, Return};
use super::cookies::Cookies;
use super::query::form_field;
use super::service::Login;
use super::trial::{Ended, TrialId, Trials};

/// Where a test login ends, whatever became of it: the page that says that the window may be closed.
#[must_use]
pub fn end_address(provider: &ProviderName) -> String {
    format!("/admin/providers/{provider}/tested")
}

/// Sends the browser to the provider for a test, as a login that must ask who is there: it may be another account than the administrator's.
pub async fn go(
    id: &TrialId,
    provider: &Provider,
    login: &Login,
    visit: &Visit,
    rate: &LoginRate,
    cookies: &Cookies<'_>,
) -> Result<Redirect, Refusal> {
    rate.check(visit.client)?;
    let (name, now) = (provider.name(), login.now());
    let to: ReturnTo = end_address(name)
        .parse()
        .map_err(|error| Refusal::new(Reason::Internal).because(error))?;
    let mut attempt = LoginAttempt::begin(name.clone(), to, now);
    attempt.trial = Some(id.clone());
    attempt.begun_by = Some(visit.reference.clone());
    match login.departure(provider, &attempt, None, true).await {
        Ok(address) => {
            let mut attempts = cookies.attempts();
            attempts.add(attempt, now);
            cookies.set_attempts(attempts);
            Ok(Redirect::to(address))
        }
        Err(error) => {
            let callback = login.redirect_uri(name);
            let diagnosis = case(provider, &callback).of_error(&error);
            end(login, id, Ended::Failed(diagnosis)).await?;
            Ok(Redirect::to(attempt.return_to.to_string()))
        }
    }
}

impl Login {
    /// The tests that are kept.
    #[must_use]
    pub fn trials(&self) -> Trials<'_> {
        Trials(&self.vault)
    }
}

impl Return<'_> {
    /// The test that this callback belongs to. An error often comes without `state`: then it is the newest attempt's of this browser.
    pub(super) fn trial(&self, query: &Query, now: Timestamp) -> Option<(LoginAttempt, TrialId)> {
        let attempts = self.cookies.attempts();
        let trace = match &query.state {
            Some(state) => attempts.find(state, now)?,
            None if query.error.is_some() => attempts.newest_open(now)?,
            None => return None,
        };
        let Trace::Open(attempt) = trace else {
            return None;
        };
        let here = query.state.is_some() || attempt.provider == *self.at.name();
        let id = attempt.trial.clone().filter(|_| here)?;
        Some(((**attempt).clone(), id))
    }

    /// Ends a test, well or not, in the same place.
    pub(super) async fn try_out(
        &self,
        attempt: &LoginAttempt,
        id: &TrialId,
        query: &Query,
        uri: &Origin<'_>,
    ) -> Result<Redirect, Refusal> {
        if let Some(ended) = self.outcome(attempt, query, uri).await? {
            end(self.login, id, ended).await?;
        }
        Ok(Redirect::to(attempt.return_to.to_string()))
    }

    /// `None`: the same callback once more.
    async fn outcome(
        &self,
        attempt: &LoginAttempt,
        query: &Query,
        uri: &Origin<'_>,
    ) -> Result<Option<Ended>, Refusal> {
        let callback = self.login.redirect_uri(self.at.name());
        let case = case(self.at, &callback);
        let failed = |answered: &Answered<'_>| Ok(Some(Ended::Failed(case.of_answer(answered))));
        if let Some(error) = &query.error {
            let stated = query.state.is_some();
            let query = uri.query().map(|query| query.as_str());
            // A description that cannot be read says nothing; nor does one without the `state` that only the provider was told, for anybody could have written it.
            let description = form_field(query, "error_description").unwrap_or_default();
            let described = description.filter(|_| stated);
            let description = described.unwrap_or_default();
            return failed(&Answered::Back {
                error,
                description: &description,
            });
        }
        let Some(code) = query.code.as_deref().filter(|code| !code.is_empty()) else {
            return failed(&Answered::Nothing);
        };
        if attempt.provider != *self.at.name() {
            return failed(&Answered::Elsewhere);
        }
        if !self.claim(&attempt.state, Part::Completion).await? {
            return Ok(None);
        }
        let answer = Answer {
            code,
            pkce_verifier: &attempt.pkce_verifier,
            nonce: &attempt.nonce,
            redirect_uri: &callback,
            iss: query.iss.as_deref(),
            steps: &self.visit.steps,
        };
        let told = self.at.redeem_apart(&answer, &self.login.needed).await;
        self.spend_trial(attempt);
        Ok(Some(match told {
            Ok(told) => Ended::Told(Box::new(told)),
            Err(error) => Ended::Failed(case.of_error(&error)),
        }))
    }

    /// It does not count towards a loop.
    fn spend_trial(&self, attempt: &LoginAttempt) {
        let now = self.login.now();
        let spent = Spent {
            return_to: attempt.return_to.clone(),
            completed: now,
            went_well: false,
        };
        self.spend(&attempt.state, spent, now);
    }
}

fn case<'a>(provider: &'a Provider, callback: &'a str) -> Case<'a> {
    Case {
        settings: provider.settings(),
        callback,
    }
}

async fn end(login: &Login, id: &TrialId, ended: Ended) -> Result<(), Refusal> {
    let ended = login.trials().end(id, ended).await;
    ended.map_err(Refusal::from)
}
