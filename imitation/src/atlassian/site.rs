//! Which function answers which address.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use super::config::AtlassianConfig;
use super::operation::{Operation, Token};
use super::state::State;
use super::{portal, rest, sso};
use crate::Clock;
use crate::http::{self, Answer, Asked, Calls, Gate};

/// One of the hosts under which Atlassian serves a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entrance {
    /// The site's own.
    Site,
    /// The API gateway, below the site's id.
    Gateway,
    /// The API gateway, where Customer Service Management is.
    CustomerService,
    /// The API gateway, below the id of some other site.
    AnotherSite,
}

/// The state behind one running site.
#[derive(Debug)]
pub(super) struct Site {
    state: Mutex<State>,
    port: AtomicU16,
    pub(super) clock: Clock,
    pub(super) calls: Calls<Operation>,
    /// Those that the second account's token signed.
    pub(super) second_calls: Calls<Operation>,
    pub(super) gate: Gate,
}

impl Site {
    pub(super) fn new(config: AtlassianConfig) -> Self {
        Self {
            state: Mutex::new(State::new(config)),
            port: AtomicU16::new(0),
            clock: Clock::default(),
            calls: Calls::default(),
            second_calls: Calls::default(),
            gate: Gate::default(),
        }
    }

    pub(super) fn listens_on(&self, port: u16) {
        self.port.store(port, Ordering::Relaxed);
    }

    pub(super) fn port(&self) -> u16 {
        self.port.load(Ordering::Relaxed)
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl http::Site for Site {
    async fn answer(self: Arc<Self>, asked: Asked) -> Answer {
        let ticket = self.gate.ticket();
        let owned = asked.segments();
        let whole: Vec<&str> = owned.iter().map(String::as_str).collect();
        let (entrance, path) = self.entrance(&whole);
        let operation = Operation::of(&asked.method, path);
        let now = self.clock.now();
        if let Err(refused) = self.change(|state| state.burst.admit(operation, now)) {
            self.record(operation, &asked);
            return refused;
        }
        // Taken before the call can be seen: whoever waits for the call and then forgives finds it under way.
        let failure = self.change(|state| {
            let broken = state.switches.broken(operation);
            broken.or_else(|| state.next_failure(operation))
        });
        self.record(operation, &asked);
        if let Some(failure) = failure {
            if failure.done {
                // Its answer is what gets lost.
                let _ = self.respond(entrance, operation, &asked, path);
            }
            return failure.answer(ticket).await;
        }
        self.respond(entrance, operation, &asked, path)
    }
}

impl Site {
    fn record(&self, operation: Operation, asked: &Asked) {
        if self.read(|state| state.token_of(asked)) == Some(Token::Customer) {
            self.second_calls
                .record(operation, &asked.method, &asked.path);
        }
        self.calls.record(operation, &asked.method, &asked.path);
    }

    /// By which of Atlassian's hosts a path is meant, and the path there. The imitation has one port for all of them.
    fn entrance<'p, 'a>(&self, path: &'p [&'a str]) -> (Entrance, &'p [&'a str]) {
        let (entrance, id, rest) = match path {
            ["ex", "jira", id, rest @ ..] => (Entrance::Gateway, id, rest),
            ["jsm", "csm", "cloudid", id, ..] => (Entrance::CustomerService, id, path),
            path => return (Entrance::Site, path),
        };
        let ours = self.read(|state| state.cloud_id == *id);
        (
            if ours {
                entrance
            } else {
                Entrance::AnotherSite
            },
            rest,
        )
    }

    fn respond(
        &self,
        entrance: Entrance,
        operation: Operation,
        asked: &Asked,
        path: &[&str],
    ) -> Answer {
        let (base, now) = (self.base(), self.clock.now());
        self.change(|state| match path {
            _ if entrance == Entrance::AnotherSite => Answer::json(404, &json!({"code": 404})),
            ["oauth", "token"] => rest::access_token(state, asked),
            ["rest" | "jsm" | "_edge", ..] => {
                rest::answer(state, &base, entrance, operation, asked, path)
            }
            ["saml", ..] => sso::answer(state, &base, now, asked, path),
            _ => portal::answer(state, &base, now, asked, path),
        })
    }
}
