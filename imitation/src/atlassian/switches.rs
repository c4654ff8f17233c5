//! What a test can make go wrong, and what it can see of what was asked.

use std::collections::{BTreeSet, HashMap};

use super::state::Switches;
use super::{Atlassian, Failure, Operation, Permission, Token};
use crate::http::{Call, Running};

impl Atlassian {
    /// The next call of this operation fails so; several wait in line.
    pub fn fail_next(&self, operation: Operation, failure: Failure) {
        self.site
            .change(|state| state.failures.push((operation, failure)));
    }

    /// The next `times` calls of this operation fail so.
    pub fn fail_times(&self, operation: Operation, times: usize, failure: &Failure) {
        for _ in 0..times {
            self.fail_next(operation, failure.clone());
        }
    }

    /// Forgets failures that were not met yet, and lets go whatever hangs.
    pub fn behave(&self) {
        self.site.change(|state| {
            state.failures.clear();
            state.switches.answered = None;
        });
        self.site.gate.open();
    }

    /// Answers every REST call with 503, or no longer.
    pub fn set_unavailable(&self, unavailable: bool) {
        self.site
            .change(|state| state.switches.unavailable = unavailable);
    }

    /// So many calls are answered, and then none until [`behave`](Self::behave): 500. The first of these is `done` all the same, or not. What is only read
    /// of service desks does not count.
    pub fn break_after(&self, calls: usize, done: bool) {
        self.site
            .change(|state| state.switches.answered = Some((calls, done)));
    }

    /// The API token has ended, or is good again.
    pub fn set_token_expired(&self, expired: bool) {
        self.switch(Token::Service, expired, |switches| &mut switches.expired);
    }

    /// The second account's API token has ended, or is good again.
    pub fn set_customer_token_expired(&self, expired: bool) {
        self.switch(Token::Customer, expired, |switches| &mut switches.expired);
    }

    /// The token is a scoped one, which fails on the site with a misleading 401.
    pub fn set_token_scoped(&self, scoped: bool) {
        self.switch(Token::Service, scoped, |switches| &mut switches.scoped);
    }

    /// The same of the second account's.
    pub fn set_customer_token_scoped(&self, scoped: bool) {
        self.switch(Token::Customer, scoped, |switches| &mut switches.scoped);
    }

    fn switch(
        &self,
        token: Token,
        on: bool,
        which: impl FnOnce(&mut Switches) -> &mut BTreeSet<Token>,
    ) {
        self.site.change(|state| {
            let which = which(&mut state.switches);
            if on {
                which.insert(token)
            } else {
                which.remove(&token)
            }
        });
    }

    /// The token sees no service desk, or all.
    pub fn set_blind(&self, blind: bool) {
        self.site.change(|state| state.switches.blind = blind);
    }

    /// The site has no Customer Service Management, or has it.
    pub fn set_without_customer_service(&self, without: bool) {
        self.site
            .change(|state| state.customer_service.missing = without);
    }

    /// How many calls of one endpoint (an address with its ids left out) a second takes; Atlassian's own limit is about 100. No limit at first.
    pub fn set_burst_limit(&self, calls: Option<usize>) {
        self.site.change(|state| state.burst.limit = calls);
    }

    /// How many calls the burst limit refused.
    #[must_use]
    pub fn burst_refusals(&self) -> usize {
        self.site.read(|state| state.burst.refused)
    }

    /// Takes a permission from the service account.
    pub fn revoke(&self, permission: Permission) {
        self.revoke_from(Token::Service, permission);
    }

    /// Takes it from either account.
    pub fn revoke_from(&self, token: Token, permission: Permission) {
        self.site
            .change(|state| state.switches.revoked.insert((token, permission)));
    }

    /// Gives it back.
    pub fn grant(&self, permission: Permission) {
        self.grant_to(Token::Service, permission);
    }

    /// Gives it to either account.
    pub fn grant_to(&self, token: Token, permission: Permission) {
        self.site
            .change(|state| state.switches.revoked.remove(&(token, permission)));
    }

    /// The largest page that the server gives, whatever limit is asked for.
    pub fn set_page_cap(&self, cap: usize) {
        self.site.change(|state| state.page_cap = cap);
    }

    /// All requests so far, portal pages included.
    #[must_use]
    pub fn calls(&self) -> Vec<Call<Operation>> {
        self.site.calls.all()
    }

    /// The requests to the REST API so far.
    #[must_use]
    pub fn rest_calls(&self) -> Vec<Call<Operation>> {
        let mut calls = self.calls();
        calls.retain(|call| call.operation.is_rest());
        calls
    }

    /// The requests so far that the second account's token signed.
    #[must_use]
    pub fn calls_with_customer_token(&self) -> Vec<Call<Operation>> {
        self.site.second_calls.all()
    }

    /// How often an operation was asked for.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.site.calls.count(operation)
    }

    /// How often each operation was asked for.
    #[must_use]
    pub fn counts(&self) -> HashMap<Operation, usize> {
        let mut counts = HashMap::new();
        for call in self.calls() {
            *counts.entry(call.operation).or_default() += 1;
        }
        counts
    }

    /// Forgets the requests so far.
    pub fn forget_calls(&self) {
        self.site.calls.forget();
        self.site.second_calls.forget();
    }

    /// Waits until an operation was asked for so many times.
    pub async fn wait_for(&self, operation: Operation, times: usize) {
        self.site.calls.wait_for(operation, times).await;
    }

    /// Stops listening: connections are refused from now on.
    pub async fn go_down(&mut self) {
        self.site.gate.open();
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Listens again, at the same address, knowing all that it knew.
    pub async fn come_back(&mut self) {
        if self.running.is_none() {
            self.running = Some(Running::start(&self.site, self.site.port()).await);
        }
    }
}
