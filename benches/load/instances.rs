//! One instance and four, on Redis: what they carry together, what it costs each, and what stands in the way of more.

use std::fmt::Write as _;
use std::time::Duration;

use super::customers::Customers;
use super::measure::{Run, run};
use super::process::{cores, keep_on_cores};
use super::town::{Kind, Town};
use super::{CHECKS_AT_ONCE, LOGINS_AT_ONCE, seed};

/// How many there are, at most.
const MOST: usize = 4;

/// Sessions in the store.
const SESSIONS: usize = 1_000;

/// How the machine's cores are parted: half of them for instances, as long as each has its own; Redis, the provider and the customers have the rest.
struct Cores {
    all: usize,
    for_instances: usize,
}

/// What some instances carried.
struct Carried {
    checks: Run,
    logins: Run,
}

/// One, then all, as text.
pub(crate) async fn instances(length: Duration) -> String {
    let cores = Cores::here();
    keep_on_cores(&cores.of_others(), std::process::id());
    let mut town = Town::over(Kind::Redis).await;
    keep_on_cores(&cores.of_others(), town.redis_process().unwrap());
    let cookies = seed::sessions(&town, SESSIONS).await;
    town.open_on(&[&cores.of(0)]).await;
    let customers = Customers::new(&town).await;
    let one = carried(&town, &customers, &cookies, 1, length).await;
    let each: Vec<String> = (0..MOST).map(|n| cores.of(n)).collect();
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    town.open_on(&each).await;
    let all = carried(&town, &customers, &cookies, MOST, length).await;
    cores.said(&one, &all)
}

async fn carried(
    town: &Town,
    customers: &Customers,
    cookies: &[String],
    instances: usize,
    length: Duration,
) -> Carried {
    let (door, store) = (town.door(), town.store());
    let entrance = town.entrance("/p/bill");
    customers.come_once(&entrance, cookies).await;
    let check = async |n: usize| {
        let cookies = &cookies[n % cookies.len()];
        entrance.check(&customers.client, n, cookies).await;
    };
    let log_in = async |n| drop(customers.log_in(&entrance, n).await);
    let store = store.as_ref();
    Carried {
        checks: run(&door, store, length, CHECKS_AT_ONCE * instances, check).await,
        logins: run(&door, store, length, LOGINS_AT_ONCE * instances, log_in).await,
    }
}

impl Cores {
    fn here() -> Self {
        let all = cores();
        let for_instances = (all / 2).clamp(1, MOST);
        Self { all, for_instances }
    }

    /// Of one instance: several share one where there are too few.
    fn of(&self, instance: usize) -> String {
        (instance % self.for_instances).to_string()
    }

    fn of_others(&self) -> String {
        format!("{}-{}", self.for_instances, self.all - 1)
    }

    fn said(&self, one: &Carried, all: &Carried) -> String {
        let mut text = String::from(
            "| instances | checks a second | CPU each, ms | of Redis, ms | logins a second | CPU each, ms | of Redis, ms | cores kept busy by checks, logins |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for (count, Carried { checks, logins }) in [(1, one), (MOST, all)] {
            let _ = writeln!(
                text,
                "| {count} | {:.0} | {:.3} | {:.3} | {:.0} | {:.3} | {:.3} | {:.2}, {:.2} |",
                checks.per_second,
                checks.cpu_ms,
                checks.store_cpu_ms.unwrap_or_default(),
                logins.per_second,
                logins.cpu_ms,
                logins.store_cpu_ms.unwrap_or_default(),
                checks.busy_cores(),
                logins.busy_cores(),
            );
        }
        let times = |figure: fn(&Carried) -> &Run| figure(all).per_second / figure(one).per_second;
        let _ = write!(
            text,
            "\n{MOST} instances carried {:.2} times the checks and {:.2} times the logins of one. {}",
            times(|one| &one.checks),
            times(|one| &one.logins),
            self.in_the_way(all)
        );
        text
    }

    /// Redis is one core for all of them: what a request costs it there says how many it carries.
    fn in_the_way(&self, all: &Carried) -> String {
        let most = |run: &Run| 1000.0 / run.store_cpu_ms.unwrap_or(f64::NAN);
        let redis = format!(
            "One Redis carries {:.0} checks or {:.0} logins a second before its one core is full.",
            most(&all.checks),
            most(&all.logins)
        );
        if self.for_instances == MOST {
            return redis;
        }
        format!(
            "In the way of more stand the {} cores of this machine: the instances had {} of them together, the provider, the customers and Redis the others. {redis}",
            self.all, self.for_instances
        )
    }
}
