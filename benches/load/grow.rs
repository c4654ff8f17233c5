//! Growth: what a check and a login cost with many sessions in the store, many links, many rules, and on several instances.

use std::fmt::Write as _;
use std::time::Duration;

use super::customers::Customers;
use super::instances::instances;
use super::measure::{Run, run};
use super::town::{Kind, Plan, Town};
use super::{CHECKS_AT_ONCE, LOGINS_AT_ONCE, options, results, seed};

/// The argument that asks for this.
pub(crate) const ARGUMENT: &str = "grow";

/// The argument before a word: only sizes that have it in their name, such as `sessions`, `links`, `rules` or `instances`.
const ONLY: &str = "--only";

/// Sessions in the store.
const SESSIONS: [usize; 3] = [1_000, 30_000, 300_000];

/// Links, and rules that give people organizations.
const MANY: [u64; 2] = [10, 1_000];

/// What grows, one at a time; the rest stays small.
struct Size {
    what: String,
    sessions: usize,
    plan: Plan,
}

/// What it cost then.
struct Cost {
    check: Run,
    login: Run,
}

/// Measures all of it.
pub(crate) async fn grow() {
    super::compare::keep_away(2);
    let length = Duration::from_secs(options::number("--seconds", 10) as u64);
    let mut text = String::from(
        "| what | store | check, CPU, ms | check, p50, ms | login, CPU, ms | login, p50, ms | CPU of Redis, check and login, ms |\n|---|---|--:|--:|--:|--:|--:|\n",
    );
    let only = options::text(ONLY);
    let wanted = |what: &str| only.as_ref().is_none_or(|only| what.contains(only));
    for size in sizes().into_iter().filter(|size| wanted(&size.what)) {
        let (what, store) = (size.what.clone(), size.plan.store);
        let line = cost(size, length).await.line(&what, store);
        println!("{line}");
        let _ = writeln!(text, "{line}");
    }
    if wanted("instances") {
        text = format!("{text}\n{}", instances(length).await);
    }
    results::publish(ARGUMENT, &text, &["docs/performance.md"]);
}

fn sizes() -> Vec<Size> {
    let mut sizes = Vec::new();
    for store in [Kind::Sqlite, Kind::Redis] {
        sizes.extend(SESSIONS.map(|sessions| Size {
            what: format!("{sessions} sessions"),
            sessions,
            plan: Plan {
                store,
                ..Plan::default()
            },
        }));
    }
    let few = |what, plan| Size {
        what,
        sessions: SESSIONS[0],
        plan,
    };
    sizes.extend(MANY.map(|more_desks| {
        let plan = Plan {
            more_desks,
            ..Plan::default()
        };
        few(format!("{more_desks} more links"), plan)
    }));
    sizes.extend(MANY.map(|count| {
        let plan = Plan {
            more_settings: rules(count),
            ..Plan::default()
        };
        few(format!("{count} rules"), plan)
    }));
    sizes
}

fn rules(count: u64) -> String {
    let rule = |n| {
        format!(
            "[[default.organization]]\nname = \"Organization {n}\"\ndomains = [\"company-{n}.example\"]\nmanaged = false\n"
        )
    };
    (0..count).map(rule).collect()
}

async fn cost(size: Size, length: Duration) -> Cost {
    let mut town = Town::with(size.plan).await;
    let cookies = seed::sessions(&town, size.sessions).await;
    town.open().await;
    let customers = Customers::new(&town).await;
    measured(&town, &customers, &cookies, length).await
}

async fn measured(
    town: &Town,
    customers: &Customers,
    cookies: &[String],
    length: Duration,
) -> Cost {
    let (door, store) = (town.door(), town.store());
    let entrance = town.entrance("/p/bill");
    customers.come_once(&entrance, cookies).await;
    let check = async |n: usize| {
        let cookies = &cookies[n % cookies.len()];
        entrance.check(&customers.client, n, cookies).await;
    };
    let log_in = async |n| drop(customers.log_in(&entrance, n).await);
    Cost {
        check: run(&door, store.as_ref(), length, CHECKS_AT_ONCE, check).await,
        login: run(&door, store.as_ref(), length, LOGINS_AT_ONCE, log_in).await,
    }
}

impl Cost {
    fn line(&self, what: &str, store: Kind) -> String {
        let (check, login) = (&self.check, &self.login);
        let of_store = check.store_cpu_ms.zip(login.store_cpu_ms);
        format!(
            "| {what} | {store:?} | {:.3} | {:.2} | {:.3} | {:.2} | {} |",
            check.cpu_ms,
            check.p50_ms,
            login.cpu_ms,
            login.p50_ms,
            of_store.map_or_else(String::new, |(check, login)| format!(
                "{check:.3}, {login:.3}"
            )),
        )
    }
}
