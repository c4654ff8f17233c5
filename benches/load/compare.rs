//! The front door against its peers, in one go and in turn: Apache with `mod_auth_openidc`, each with Redis and with its local store, and SATOSA.
//!
//! Whichever front is measured has one core with all its processes, Redis another, and the provider and the customers the rest. All fronts are opened anew for
//! each round, and people log in before their sessions are checked, at every front in the same way.

use std::time::Duration;

use super::apache::Apache;
use super::customers::Customers;
use super::entrance::Entrance;
use super::measure::{Run, run};
use super::process::{cores, keep_on_cores};
use super::satosa::Satosa;
use super::town::{Kind, Town};
use super::usage::{Memory, Watched};
use super::verdict;
use super::{CHECKS_AT_ONCE, LOGINS_AT_ONCE, bare, options};

/// The argument that asks for this.
pub(crate) const ARGUMENT: &str = "compare";

/// Sessions whose checks are measured. `mod_auth_openidc` looks through its shared memory from the beginning, and so is at its best with few.
const SESSIONS: usize = 100;

/// One front in one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// A front that only translates has no sessions to check.
    pub(crate) checks: Option<Run>,
    pub(crate) logins: Run,
    pub(crate) memory: Memory,
}

/// Two fronts that do the same.
pub(crate) struct Pair {
    pub(crate) what: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) ours: Vec<Measured>,
    pub(crate) theirs: Vec<Measured>,
}

/// How long, and how often.
struct Plan {
    length: Duration,
    rounds: usize,
}

/// Measures all of them, and says what came of it.
pub(crate) async fn compare() {
    let plan = Plan {
        length: Duration::from_secs(options::number("--seconds", 10) as u64),
        rounds: options::number("--rounds", 3),
    };
    keep_away(1);
    let machine = bare::machine(plan.length.min(Duration::from_secs(5))).await;
    let mut pairs = Vec::new();
    for (store, what) in [(Kind::Redis, "with Redis"), (Kind::Sqlite, "local store")] {
        if !options::given("--satosa") {
            pairs.push(plan.against_apache(store, what).await);
        }
    }
    if !options::given("--apache") {
        pairs.push(plan.against_satosa().await);
    }
    verdict::publish(&machine, &pairs, plan.length, plan.rounds);
}

/// Keeps this program, and whatever it starts and does not place itself, away from the cores that are measured.
pub(crate) fn keep_away(measured: usize) {
    let cores = cores();
    assert!(cores > measured, "needs more than {measured} cores");
    keep_on_cores(&format!("{measured}-{}", cores - 1), std::process::id());
}

impl Plan {
    async fn against_apache(&self, store: Kind, what: &'static str) -> Pair {
        keep_away(if store == Kind::Redis { 2 } else { 1 });
        let mut town = Town::over(store).await;
        town.open().await;
        let customers = Customers::new(&town).await;
        let mut pair = Pair::new(what, "mod_auth_openidc");
        for _ in 0..self.rounds {
            town.open().await;
            let ours = town.entrance("/p/bill");
            let measured = self.front(&town, &customers, &ours, &town.door()).await;
            pair.ours.push(measured);
            town.close();
            let apache = Apache::start(&town.cognito, town.redis_port());
            let (theirs, front) = (apache.entrance(), apache.watched());
            let measured = self.front(&town, &customers, &theirs, &front).await;
            pair.theirs.push(measured);
        }
        pair
    }

    async fn against_satosa(&self) -> Pair {
        let mut town = Town::new().await;
        town.open().await;
        let customers = Customers::new(&town).await;
        let mut pair = Pair::new("OpenID to SAML", "SATOSA");
        for _ in 0..self.rounds {
            town.open().await;
            let ours = town.entrance_by_request().await;
            let measured = self.logins(&town, &customers, &ours, &town.door()).await;
            pair.ours.push(measured);
            town.close();
            let satosa = Satosa::start(&town.cognito);
            let (theirs, front) = (satosa.entrance().await, satosa.watched());
            let measured = self.logins(&town, &customers, &theirs, &front).await;
            pair.theirs.push(measured);
        }
        pair
    }

    /// Checks, then logins.
    async fn front(
        &self,
        town: &Town,
        customers: &Customers,
        entrance: &Entrance,
        front: &Watched,
    ) -> Measured {
        let cookies = customers.sessions(entrance, SESSIONS).await;
        let store = town.store();
        let check = async |n: usize| {
            let cookies = &cookies[n % cookies.len()];
            entrance.check(&customers.client, n, cookies).await;
        };
        let checks = run(front, store.as_ref(), self.length, CHECKS_AT_ONCE, check).await;
        Measured {
            checks: Some(checks),
            ..self.logins(town, customers, entrance, front).await
        }
    }

    async fn logins(
        &self,
        town: &Town,
        customers: &Customers,
        entrance: &Entrance,
        front: &Watched,
    ) -> Measured {
        town.forget_calls();
        let log_in = async |n| {
            customers.log_in(entrance, n).await;
        };
        let store = town.store();
        let logins = run(front, store.as_ref(), self.length, LOGINS_AT_ONCE, log_in).await;
        Measured {
            checks: None,
            logins,
            memory: front.memory(),
        }
    }
}

impl Pair {
    fn new(what: &'static str, peer: &'static str) -> Self {
        Self {
            what,
            peer,
            ours: Vec::new(),
            theirs: Vec::new(),
        }
    }
}
