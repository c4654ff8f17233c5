//! The pool's memory, and which function answers which address.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::config::{CognitoConfig, Endpoint};
use super::faults::Fault;
use super::grants::{Access, Grant, Refresh, SignedIn};
use super::people::Person;
use super::{authorize, discovery, login, logout, revoke, token, user_info};
use crate::Clock;
use crate::html;
use crate::http::{Answer, Asked, Calls, Flood, Gate, Pace, Site, Ticket};
use crate::keys::PoolKey;

/// The state behind one running pool.
#[derive(Debug)]
pub(super) struct Pool {
    state: Mutex<State>,
    port: AtomicU16,
    pub(super) clock: Clock,
    pub(super) calls: Calls<Endpoint>,
    pub(super) gate: Gate,
    pub(super) flood: Arc<Flood>,
}

/// What changes.
#[derive(Debug)]
pub(super) struct State {
    pub(super) config: CognitoConfig,
    pub(super) key: PoolKey,
    pub(super) faults: Vec<Fault>,
    /// Value of the `cognito` cookie → who.
    pub(super) sessions: HashMap<String, SignedIn>,
    pub(super) codes: HashMap<String, Grant>,
    pub(super) accesses: HashMap<String, Access>,
    pub(super) refreshes: HashMap<String, Refresh>,
    /// The hidden token of a login page → when it was opened.
    pub(super) login_pages: HashMap<String, Timestamp>,
}

impl State {
    pub(super) fn person(&self, username: &str) -> Option<&Person> {
        self.config
            .people
            .iter()
            .find(|person| person.username == username)
    }

    /// A user whom nobody has disabled.
    pub(super) fn enabled(&self, username: &str) -> Option<&Person> {
        self.person(username).filter(|person| !person.disabled)
    }

    pub(super) fn suffers(&self, fault: &Fault) -> bool {
        self.faults.contains(fault)
    }
}

impl Pool {
    pub(super) fn new(config: CognitoConfig) -> Self {
        Self {
            state: Mutex::new(State {
                config,
                key: PoolKey::first(),
                faults: Vec::new(),
                sessions: HashMap::new(),
                codes: HashMap::new(),
                accesses: HashMap::new(),
                refreshes: HashMap::new(),
                login_pages: HashMap::new(),
            }),
            port: AtomicU16::new(0),
            clock: Clock::default(),
            calls: Calls::default(),
            gate: Gate::default(),
            flood: Arc::default(),
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

    pub(super) fn issuer(&self) -> String {
        let pool = self.read(|state| state.config.pool.clone());
        format!("{}/{pool}", self.base())
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn endpoint(&self, path: &str) -> Endpoint {
        let of_pool = self.read(|state| format!("/{}/.well-known/", state.config.pool));
        match path {
            "/oauth2/authorize" => Endpoint::Authorize,
            "/login" => Endpoint::Login,
            "/oauth2/token" => Endpoint::Token,
            "/oauth2/revoke" => Endpoint::Revoke,
            "/oauth2/userInfo" => Endpoint::UserInfo,
            "/logout" => Endpoint::Logout,
            "/error" => Endpoint::Error,
            other => match other.strip_prefix(&of_pool) {
                Some("openid-configuration") => Endpoint::Discovery,
                Some("jwks.json") => Endpoint::Keys,
                _ => Endpoint::Unknown,
            },
        }
    }

    /// The answer as faults have it that can befall any endpoint.
    fn spoiled(&self, answer: Answer, endpoint: Endpoint, ticket: &Ticket) -> Answer {
        let endless = |answer: Answer, pace| answer.endless(&self.flood, pace, ticket.clone());
        let faults = self.read(|state| state.faults.clone());
        faults
            .into_iter()
            .fold(answer, |answer, fault| match fault {
                Fault::Endless(at) if at == endpoint => endless(answer, Pace::Fast),
                Fault::Trickles(at) if at == endpoint => endless(answer, Pace::OneByOne),
                Fault::Gzip(at) if at == endpoint => answer.packed(0),
                Fault::GzipBomb(at) if at == endpoint => answer.packed(256),
                _ => answer,
            })
    }
}

impl Site for Pool {
    async fn answer(self: Arc<Self>, asked: Asked) -> Answer {
        let ticket = self.gate.ticket();
        let endpoint = self.endpoint(&asked.path);
        self.calls.record(endpoint, &asked.method, &asked.path);
        let answer = match (endpoint, asked.method.as_str()) {
            (Endpoint::Discovery, "GET") => discovery::document(&self),
            (Endpoint::Keys, "GET") => discovery::keys(&self),
            (Endpoint::Authorize, "GET") => authorize::authorize(&self, &asked),
            (Endpoint::Login, "GET") => login::show(&self, &asked),
            (Endpoint::Login, "POST") => login::submit(&self, &asked),
            (Endpoint::Token, "POST") => token::token(&self, &asked, ticket.clone()).await,
            (Endpoint::Revoke, "POST") => revoke::revoke(&self, &asked),
            (Endpoint::UserInfo, "GET" | "POST") => user_info::user_info(&self, &asked),
            (Endpoint::Logout, "GET") => logout::logout(&self, &asked),
            (Endpoint::Error, "GET") => error_page(asked.parameters().text("error")),
            (Endpoint::Unknown | Endpoint::Error, _) => error_page("not_found"),
            _ => Answer::empty(405),
        };
        self.spoiled(answer, endpoint, &ticket)
    }
}

/// Cognito's own dead end: it leads nowhere.
pub(super) fn error_page(error: &str) -> Answer {
    let main = format!(
        "<p>An error was encountered with the requested page.</p><p>{}</p>",
        html::escape(error)
    );
    Answer::page(
        400,
        html::page(
            "Imitation of Amazon Cognito",
            "Something went wrong",
            "data-page=\"cognito-error\"",
            &main,
        ),
    )
}
