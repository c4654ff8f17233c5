//! The client that the rest of the house holds.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use url::Url;

use super::account::Account;
use super::answer::Answer;
use super::breaker::Breaker;
use super::call::Call;
use super::creator::Creator;
use super::deadline::Deadline;
use super::error::JsmError;
use super::gateway::{Api, Gateway};
use super::requests::Requests;
use super::send::{Exit, send};
use crate::metrics::Metrics;
use crate::settings::AtlassianSettings;
use crate::settings::atlassian::TokenKind;
use crate::trace::Steps;

/// The REST API of one Atlassian site, called as its service account. Clones share connections and what is known of the site's being away.
#[derive(Debug, Clone)]
pub struct Jsm {
    http: reqwest::Client,
    account: Account,
    /// The account that makes customers, when it is another one.
    pub(super) creator: Option<Creator>,
    /// Where details of customers are.
    customer_service: Arc<Gateway>,
    pub(super) site: Url,
    pub(super) gateway: Url,
    pub(super) kind: TokenKind,
    breaker: Arc<Breaker>,
    /// Of the API for details of customers, which may be away while the site is not.
    details_breaker: Arc<Breaker>,
    /// Whether calls go past the breaker.
    anyway: bool,
    /// Where the calls of one visit are noted.
    steps: Option<Steps>,
    metrics: Metrics,
}

impl Jsm {
    /// `http` must not follow redirects: they would take the token along.
    #[must_use]
    pub fn new(http: reqwest::Client, settings: &AtlassianSettings) -> Self {
        let account = Account::of(settings);
        let second = settings.customer_token.as_ref();
        Self {
            http,
            creator: second.map(|second| Creator::new(account.of_customers(second))),
            account,
            customer_service: Arc::new(Gateway::new(
                &settings.site,
                &settings.gateway,
                Api::CustomerService,
            )),
            site: settings.site.clone(),
            gateway: settings.gateway.clone(),
            kind: settings.credentials.kind(),
            breaker: Arc::default(),
            details_breaker: Arc::default(),
            anyway: false,
            steps: None,
            metrics: Metrics::default(),
        }
    }

    /// The same, with every request counted and timed.
    #[must_use]
    pub fn metered(self, metrics: &Metrics) -> Self {
        Self {
            metrics: metrics.clone(),
            ..self
        }
    }

    /// The same by what another client knows of the site's being away, if its calls go to the same place.
    #[must_use]
    pub fn knowing(self, before: Option<&Self>) -> Self {
        match before {
            Some(before) if before.goes_where(&self) => Self {
                breaker: Arc::clone(&before.breaker),
                details_breaker: Arc::clone(&before.details_breaker),
                ..self
            },
            _ => self,
        }
    }

    fn goes_where(&self, other: &Self) -> bool {
        (&self.site, &self.gateway, self.kind) == (&other.site, &other.gateway, other.kind)
    }

    /// The same for somebody who wants to know how the site does now: no call is spared because the site was away before.
    #[must_use]
    pub(super) fn anyway(&self) -> Self {
        Self {
            anyway: true,
            ..self.clone()
        }
    }

    /// For how long the site has been away and calls have failed at once, if they do.
    #[must_use]
    pub fn away_for(&self) -> Option<Duration> {
        self.breaker.open_for()
    }

    /// The same for one visit: each call is noted among its steps.
    #[must_use]
    pub fn noting(&self, steps: &Steps) -> Self {
        Self {
            steps: Some(steps.clone()),
            ..self.clone()
        }
    }

    /// The same credentials at another base address, which may be away while this one is not.
    pub(super) fn at(&self, base: Url) -> Self {
        Self {
            account: self.account.at(base),
            breaker: Arc::default(),
            ..self.clone()
        }
    }

    /// The same credentials at the API for details of customers.
    pub(super) fn at_customer_service(&self) -> Self {
        Self {
            account: self.account.behind(self.customer_service.clone()),
            breaker: Arc::clone(&self.details_breaker),
            ..self.clone()
        }
    }

    /// The same as whoever makes customers. Nothing goes out this way but that, and the examination of the second token.
    pub(super) fn as_creator(&self) -> Self {
        let account = self.creator.as_ref().map(|creator| &creator.account);
        Self {
            account: account.unwrap_or(&self.account).clone(),
            ..self.clone()
        }
    }

    /// Makes a call whose answer is wanted.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        call: &Call,
        deadline: Deadline,
    ) -> Result<T, JsmError> {
        let answer = self.send(call, deadline).await?;
        answer.read(call.operation)
    }

    /// Makes a call of which only success matters.
    pub(super) async fn tell(&self, call: &Call, deadline: Deadline) -> Result<(), JsmError> {
        let answer = self.send(call, deadline).await?;
        answer.nothing(call.operation)
    }

    /// Makes a call whose success may have something to say, which nobody needs.
    pub(super) async fn change(&self, call: &Call, deadline: Deadline) -> Result<(), JsmError> {
        let answer = self.send(call, deadline).await?;
        answer.object_or_nothing(call.operation)
    }

    async fn send(&self, call: &Call, deadline: Deadline) -> Result<Answer, JsmError> {
        let exit = Exit {
            http: Requests {
                client: &self.http,
                metrics: &self.metrics,
            },
            account: &self.account,
            breaker: &self.breaker,
            anyway: self.anyway,
            steps: self.steps.as_ref(),
        };
        send(exit, call, deadline).await
    }
}
