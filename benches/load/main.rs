//! Load: what session checks and logins cost the front door in CPU, how many it does a second, how quickly it starts and how much memory it takes.
//!
//! The front door runs as its own process on one core (`taskset`), the imitations of Cognito and Atlassian and the customers on the others. CPU is read
//! from `/proc` around each run, so it is the front door's alone. A bare Rocket redirect and a bare RSA signature, measured in the same minute on the
//! same core, say how fast the machine is. Arguments are the numbers of sessions in the store; 1,000, 30,000 and 300,000 when there are none. With the
//! argument `storm` it is first visits that come, and nothing else is measured; with `compare` the front door is measured against its peers, with `soak` for a long
//! time, with `grow` at several sizes and as several instances.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures and prints, and stops when it cannot"
)]

mod apache;
mod bare;
mod compare;
mod customers;
mod entrance;
mod grow;
mod instances;
mod measure;
mod options;
mod process;
mod report;
mod results;
mod satosa;
mod seed;
mod service_provider;
mod soak;
mod storm;
mod town;
mod usage;
mod verdict;

use std::time::Duration;

use customers::Customers;
use entrance::Entrance;
use measure::{Run, run};
use report::Row;
use town::Town;

/// How long each thing is measured. CPU is counted in hundredths of a second, so this is good to a part in five hundred.
const LENGTH: Duration = Duration::from_secs(8);

/// Requests under way at a time: enough to keep one core busy, few enough that p50 says something.
const CHECKS_AT_ONCE: usize = 8;

/// Logins under way at a time.
const LOGINS_AT_ONCE: usize = 16;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure_all());
}

async fn measure_all() {
    match std::env::args().nth(1).as_deref() {
        Some(bare::ARGUMENT) => return bare::serve().await,
        Some(bare::RSA) => return println!("{}", bare::measure_rsa()),
        Some(storm::ARGUMENT) => {
            let arguments: Vec<String> = std::env::args().skip(2).collect();
            return storm::storms(&arguments).await;
        }
        Some(compare::ARGUMENT) => return compare::compare().await,
        Some(soak::ARGUMENT) => return soak::soak().await,
        Some(grow::ARGUMENT) => return grow::grow().await,
        _ => {}
    }
    let sizes = sizes();
    let redirect = bare::redirect(LENGTH, CHECKS_AT_ONCE).await;
    report::machine(redirect);
    let mut rows = Vec::new();
    for sessions in sizes {
        rows.push(at_size(sessions).await);
        report::row(rows.last().unwrap());
    }
    report::growth(&rows);
}

fn sizes() -> Vec<usize> {
    let given: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if given.is_empty() {
        vec![1_000, 30_000, 300_000]
    } else {
        given
    }
}

async fn at_size(sessions: usize) -> Row {
    let mut town = Town::new().await;
    let cookies = seed::sessions(&town, sessions).await;
    let start = town.open().await;
    let customers = Customers::new(&town).await;
    let (door, entrance) = (town.door(), town.entrance("/p/bill"));
    customers.come_once(&entrance, &cookies).await;
    let checks = run(&door, None, LENGTH, CHECKS_AT_ONCE, async |n| {
        let cookies = &cookies[n % cookies.len()];
        entrance.check(&customers.client, n, cookies).await;
    })
    .await;
    let memory = door.memory();
    let gate = logins(&town, &customers, &entrance).await;
    let rsa_ms = bare::rsa_signature_ms();
    let portal = town.entrance_to_portal("/p/help");
    let saml = logins(&town, &customers, &portal).await;
    Row {
        sessions,
        start,
        checks,
        gate,
        saml,
        rsa_ms,
        memory: memory.resident,
        memory_after: door.memory().resident,
    }
}

async fn logins(town: &Town, customers: &Customers, entrance: &Entrance) -> Run {
    town.forget_calls();
    let run = run(&town.door(), None, LENGTH, LOGINS_AT_ONCE, async |n| {
        customers.log_in(entrance, n).await;
    })
    .await;
    assert_eq!(
        town.atlassian_calls(),
        0,
        "a returning customer's login costs no Atlassian call"
    );
    run
}
