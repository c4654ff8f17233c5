//! The soak: checks, logins, failed logins and garbage for ten minutes, and whether memory grows all the while.

use std::fmt::Write as _;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use reqwest::header::COOKIE;

use super::compare::keep_away;
use super::customers::Customers;
use super::entrance::Entrance;
use super::measure::for_a_while;
use super::town::{Kind, Town};
use super::usage::Watched;
use super::{LOGINS_AT_ONCE, options, results};

/// The argument that asks for this.
pub(crate) const ARGUMENT: &str = "soak";

/// How often memory is looked at.
const EACH: Duration = Duration::from_secs(10);

/// What counts as flat: a line through what was measured rises by less than this part of its beginning from end to end.
const FLAT: f64 = 0.02;

/// Sessions that are checked.
const SESSIONS: usize = 100;

/// Memory, in MB, and when it was looked at.
struct Sample {
    seconds: f64,
    resident: f64,
}

/// Soaks the front door over both stores.
pub(crate) async fn soak() {
    keep_away(1);
    let length = Duration::from_secs(options::number("--seconds", 600) as u64);
    let mut text = format!(
        "Checks, logins, failed logins and garbage in turn for {} s, after a fifth of that to warm up; resident memory each {} s. Flat: a line through the samples \
         (least squares) rises by less than {} % of its beginning from end to end.\n\n\
         | store | done | at the start, MB | at the end, MB | most, MB | rises by, MB an hour | of its beginning, from end to end | |\n|---|--:|--:|--:|--:|--:|--:|---|\n",
        length.as_secs(),
        EACH.as_secs(),
        FLAT * 100.0
    );
    for store in [Kind::Sqlite, Kind::Redis] {
        let (done, samples) = soaked(store, length).await;
        let _ = writeln!(text, "| {store:?} | {done} | {}", line(&samples));
    }
    results::publish(ARGUMENT, &text, &["docs/performance.md"]);
}

async fn soaked(store: Kind, length: Duration) -> (usize, Vec<Sample>) {
    let mut town = Town::over(store).await;
    town.open().await;
    let customers = Customers::new(&town).await;
    let entrance = town.entrance("/p/bill");
    let cookies = customers.sessions(&entrance, SESSIONS).await;
    let next = AtomicUsize::new(0);
    let one = async |n: usize| match n % 8 {
        0 | 1 => drop(customers.log_in(&entrance, n).await),
        2 => failed_login(&town, &customers, n).await,
        3 => garbage(&town, &customers, n).await,
        _ => look(&entrance, &customers, &cookies, n).await,
    };
    let door = town.door();
    for_a_while(length / 5, LOGINS_AT_ONCE, &next, &one).await;
    let (all, samples) = tokio::join!(
        for_a_while(length, LOGINS_AT_ONCE, &next, &one),
        sampled(&town, &door, length)
    );
    (all.len(), samples)
}

async fn look(entrance: &Entrance, customers: &Customers, cookies: &[String], n: usize) {
    let cookies = &cookies[n % cookies.len()];
    entrance.check(&customers.client, n, cookies).await;
}

/// A login that comes back with a code that the provider never gave.
async fn failed_login(town: &Town, customers: &Customers, n: usize) {
    let first = customers.client.get(town.at("/p/bill"));
    let first = first.header("Sec-Fetch-Mode", "navigate");
    let begun = first.send().await.unwrap();
    let header = |name| begun.headers().get(name).unwrap().to_str().unwrap();
    let cookie = header("set-cookie").split(';').next().unwrap();
    let state = header("location").split("state=").nth(1).unwrap();
    let state = state.split('&').next().unwrap();
    let back = town.at(&format!(
        "/login/callback/cognito?code=wrong-{n}&state={state}"
    ));
    let request = customers.client.get(back).header(COOKIE, cookie);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_client_error(), "{}", answer.status());
    answer.bytes().await.unwrap();
}

/// What no browser of a customer sends.
async fn garbage(town: &Town, customers: &Customers, n: usize) {
    let client = &customers.client;
    let request = match n / 8 % 5 {
        0 => client.get(town.at(&format!("/nothing/{n}"))),
        1 => client
            .get(town.at("/p/bill"))
            .header(COOKIE, format!("front-door={n}; front-door=x")),
        2 => client.get(town.at(&format!("/login/callback/cognito?state={n}"))),
        3 => client.get(town.at(&format!("/saml/sso?SAMLRequest={n}"))),
        _ => client.post(town.at("/saml/sso")).body("x".repeat(50_000)),
    };
    let answer = request.send().await.unwrap();
    assert!(!answer.status().is_server_error(), "{}", answer.status());
    answer.bytes().await.unwrap();
}

async fn sampled(town: &Town, door: &Watched, length: Duration) -> Vec<Sample> {
    let began = Instant::now();
    let mut samples = Vec::new();
    while began.elapsed() < length {
        samples.push(Sample {
            seconds: began.elapsed().as_secs_f64(),
            resident: door.memory().resident,
        });
        town.forget_calls();
        tokio::time::sleep(EACH.min(length / 10)).await;
    }
    samples
}

fn line(samples: &[Sample]) -> String {
    let (first, last) = (&samples[0], &samples[samples.len() - 1]);
    let most = samples.iter().map(|one| one.resident).fold(0.0, f64::max);
    let (at_zero, slope) = fitted(samples);
    let rise = slope * last.seconds / at_zero;
    let flat = if rise < FLAT { "flat" } else { "**not flat**" };
    format!(
        "{:.1} | {:.1} | {most:.1} | {:.2} | {:.2} % | {flat} |",
        first.resident,
        last.resident,
        slope * 3600.0,
        rise * 100.0
    )
}

/// Least squares: where the line begins, and how much it rises in a second.
fn fitted(samples: &[Sample]) -> (f64, f64) {
    let count: f64 = samples.iter().map(|_| 1.0).sum();
    let mean = |figure: fn(&Sample) -> f64| samples.iter().map(figure).sum::<f64>() / count;
    let (seconds, resident) = (mean(|one| one.seconds), mean(|one| one.resident));
    let together: f64 = samples
        .iter()
        .map(|one| (one.seconds - seconds) * (one.resident - resident))
        .sum();
    let spread: f64 = samples
        .iter()
        .map(|one| (one.seconds - seconds).powi(2))
        .sum();
    let slope = together / spread;
    (resident - slope * seconds, slope)
}
