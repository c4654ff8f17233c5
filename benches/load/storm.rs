//! The storm: people whom nobody knows yet come at a steady pace, more of them than Atlassian bears at once, against the imitation with Atlassian's burst
//! limit. Their sessions are in the store before, so that it is first visits alone.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, LOCATION, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use rocket::futures::future::join_all;

use super::customers::client;
use super::seed;
use super::town::Town;

/// The argument that asks for this instead of the rest; then the seconds, and people a second, as often as wanted.
pub(crate) const ARGUMENT: &str = "storm";

/// Atlassian's burst limit: calls a second of one endpoint.
const BURST: usize = 100;

/// How long a storm lasts when nobody says it.
const SECONDS: usize = 300;

/// How many come a second when nobody says it: what first visits begin without waiting, and what has to wait.
const PACES: [usize; 2] = [30, 200];

/// What one person met.
struct Visit {
    came: Duration,
    let_in: Duration,
    /// How often the page said to come back.
    told_to_wait: usize,
}

/// Runs the storms that the arguments ask for.
pub(crate) async fn storms(arguments: &[String]) {
    let numbers: Vec<usize> = arguments
        .iter()
        .filter_map(|one| one.parse().ok())
        .collect();
    let (seconds, paces) = match numbers.split_first() {
        None => (SECONDS, &PACES[..]),
        Some((seconds, [])) => (*seconds, &PACES[..]),
        Some((seconds, paces)) => (*seconds, paces),
    };
    println!(
        "| people a second | people | told to wait | calls a visit | 429 | let in p50, s | p99, s | last, s | overtaken by at most, s |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    for pace in paces {
        storm(*pace, seconds).await;
    }
}

async fn storm(pace: usize, seconds: usize) {
    let mut town = Town::new().await;
    let people = pace * seconds;
    let sessions = seed::everybody(&town, people).await;
    let cookies: Vec<String> = sessions
        .iter()
        .map(|session| format!("front-door={session}"))
        .collect();
    town.open().await;
    town.forget_calls();
    town.atlassian.set_burst_limit(Some(BURST));
    let (client, link) = (client(), town.at("/p/help"));
    let begin = Instant::now();
    let visits = cookies.iter().enumerate().map(async |(n, cookie)| {
        let came = Duration::from_secs_f64(seconds_of(n) / seconds_of(pace));
        tokio::time::sleep(came).await;
        let told_to_wait = come_in(&client, &link, cookie).await;
        let let_in = begin.elapsed();
        Visit {
            came,
            let_in,
            told_to_wait,
        }
    });
    let visits = join_all(visits).await;
    let customers = town.atlassian.customers();
    let addresses: HashSet<_> = customers.iter().map(|one| one.email.clone()).collect();
    assert_eq!(customers.len(), people, "everybody is made");
    assert_eq!(addresses.len(), people, "nobody twice");
    report(pace, &visits, &town);
}

/// Follows the link until it leads to the portal: how often it was told to come back.
async fn come_in(client: &Client, link: &str, cookie: &str) -> usize {
    for told in 0.. {
        let request = client.get(link).header("Sec-Fetch-Mode", "navigate");
        let answer = request.header(COOKIE, cookie).send().await.unwrap();
        let header = |name| answer.headers().get(name)?.to_str().ok();
        let wait = header(RETRY_AFTER).and_then(|wait| wait.parse().ok());
        match (answer.status(), wait) {
            (StatusCode::SEE_OTHER, _) => {
                let portal = header(LOCATION).unwrap();
                assert!(portal.contains("/servicedesk/customer/portal/"), "{portal}");
                return told;
            }
            (StatusCode::SERVICE_UNAVAILABLE, Some(wait)) => {
                tokio::time::sleep(Duration::from_secs(wait)).await;
            }
            (status, _) => panic!("refused: {status}: {}", answer.text().await.unwrap()),
        }
    }
    0
}

fn report(pace: usize, visits: &[Visit], town: &Town) {
    let mut took: Vec<Duration> = visits
        .iter()
        .map(|one| one.let_in.saturating_sub(one.came))
        .collect();
    took.sort_unstable();
    let waited = visits.iter().filter(|one| one.told_to_wait > 0).count();
    let last = visits.iter().map(|one| one.let_in).max().unwrap();
    println!(
        "| {pace} | {} | {waited} | {:.3} | {} | {:.2} | {:.2} | {:.1} | {:.1} |",
        visits.len(),
        seconds_of(town.atlassian_calls()) / seconds_of(visits.len()),
        town.atlassian.burst_refusals(),
        took[took.len() / 2].as_secs_f64(),
        took[took.len() * 99 / 100].as_secs_f64(),
        last.as_secs_f64(),
        overtaken(visits).as_secs_f64(),
    );
}

/// The longest that somebody was let in after one who had come later.
fn overtaken(visits: &[Visit]) -> Duration {
    let (mut first_after, mut most) = (Duration::MAX, Duration::ZERO);
    for visit in visits.iter().rev() {
        most = most.max(visit.let_in.saturating_sub(first_after));
        first_after = first_after.min(visit.let_in);
    }
    most
}

fn seconds_of(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}
