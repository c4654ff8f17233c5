//! The client that the rest of the house holds.

use serde::de::DeserializeOwned;
use url::Url;

use super::account::Account;
use super::answer::Answer;
use super::call::Call;
use super::creator::Creator;
use super::deadline::Deadline;
use super::error::JsmError;
use super::send::send;
use crate::settings::AtlassianSettings;
use crate::settings::atlassian::TokenKind;
use crate::trace::Steps;

/// The REST API of one Atlassian site, called as its service account. Clones share connections.
#[derive(Debug, Clone)]
pub struct Jsm {
    http: reqwest::Client,
    account: Account,
    /// The account that makes customers, when it is another one.
    pub(super) creator: Option<Creator>,
    pub(super) site: Url,
    pub(super) gateway: Url,
    pub(super) kind: TokenKind,
    /// Where the calls of one visit are noted.
    steps: Option<Steps>,
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
            site: settings.site.clone(),
            gateway: settings.gateway.clone(),
            kind: settings.credentials.kind(),
            steps: None,
        }
    }

    /// The same for one visit: each call is noted among its steps.
    #[must_use]
    pub fn noting(&self, steps: &Steps) -> Self {
        Self {
            steps: Some(steps.clone()),
            ..self.clone()
        }
    }

    /// The same credentials at another base address.
    pub(super) fn at(&self, base: Url) -> Self {
        Self {
            account: self.account.at(base),
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

    async fn send(&self, call: &Call, deadline: Deadline) -> Result<Answer, JsmError> {
        let steps = self.steps.as_ref();
        send(&self.http, &self.account, call, deadline, steps).await
    }
}
