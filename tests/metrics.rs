//! The metrics: what is there after a login, what counts as what, and that nobody who visits makes a series of their own.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use imitation::browser::Browser;
use support::raw::{self, Answer};
use support::{Town, arrived};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Every metric, and exactly its labels. A histogram's own `le` is left out.
const CONTRACT: [(&str, &[&str]); 14] = [
    ("front_door_logins_total", &["outcome", "provider"]),
    ("front_door_refusals_total", &["reason"]),
    ("front_door_hand_overs_total", &["kind", "link"]),
    ("front_door_assertions_total", &["service_provider"]),
    ("front_door_login_seconds", &[]),
    ("front_door_provider_seconds", &["call", "provider"]),
    (
        "front_door_atlassian_requests_total",
        &["operation", "status"],
    ),
    ("front_door_atlassian_seconds", &["operation"]),
    ("front_door_store_seconds", &["operation"]),
    ("front_door_sessions", &[]),
    ("front_door_api_token_days_left", &[]),
    ("front_door_certificate_days_left", &[]),
    ("http_requests_total", &["method", "route", "status"]),
    ("http_request_seconds", &["route"]),
];

/// The token's end is known.
const EXPIRES: &str = "api_token = \"secret\"\ntoken_expires = ";

/// What a scrape brought: each series, as it is written, with its value.
struct Scraped(BTreeMap<String, f64>);

impl Scraped {
    /// The value of a series; none is zero.
    fn value(&self, series: &str) -> f64 {
        self.0.get(series).copied().unwrap_or_default()
    }

    fn has(&self, series: &str) -> bool {
        self.0.contains_key(series)
    }

    fn names(&self) -> BTreeSet<&String> {
        self.0.keys().collect()
    }

    fn refusals(&self, reason: &str) -> f64 {
        self.value(&format!("front_door_refusals_total{{reason=\"{reason}\"}}"))
    }

    fn requests(&self, method: &str, route: &str, status: u16) -> f64 {
        self.value(&format!(
            "http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"
        ))
    }

    /// The labels of each metric, without `le` and by the metric's own name.
    fn labels(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for series in self.0.keys() {
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let parts = ["_bucket", "_sum", "_count"];
            let histogram = parts.iter().find_map(|part| name.strip_suffix(part));
            let name = histogram.unwrap_or(name).to_owned();
            let names = labels.split("\",").filter_map(|one| one.split_once('='));
            let names = names.map(|(name, _)| name.to_owned());
            all.entry(name)
                .or_default()
                .extend(names.filter(|name| name != "le"));
        }
        all
    }
}

/// An answer of the operations address to these bytes.
async fn operations(town: &Town, bytes: &str) -> Answer {
    let mut stream = TcpStream::connect(town.operations.unwrap()).await.unwrap();
    let _refused = stream.write_all(bytes.as_bytes()).await;
    raw::read(stream).await
}

async fn scrape(town: &Town) -> Scraped {
    let answer = operations(town, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let (_, body) = answer.text().split_once("\r\n\r\n").unwrap();
    let lines = body.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.rsplit_once(' ').unwrap());
    Scraped(
        pairs
            .map(|(series, value)| (series.to_owned(), value.parse().unwrap()))
            .collect(),
    )
}

/// A front door whose token's end is so many days away.
async fn town(days: i64) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    let at = town.clock.now() + jiff::SignedDuration::from_hours(24 * days);
    let at = at.strftime("%Y-%m-%d");
    let token = format!("api_token = {:?}", town.atlassian.api_token());
    assert!(town.settings.contains(&token) && EXPIRES.starts_with("api_token"));
    let more = format!("{token}\ntoken_expires = \"{at}\"");
    town.settings = town.settings.replace(&token, &more);
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_login_every_metric_is_there_with_exactly_its_labels() {
    let town = town(40).await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let scraped = scrape(&town).await;
    let expected: BTreeMap<String, BTreeSet<String>> = CONTRACT
        .iter()
        .map(|(name, labels)| {
            let labels = labels.iter().map(|&label| label.to_owned());
            ((*name).to_owned(), labels.collect())
        })
        .collect();
    assert_eq!(scraped.labels(), expected);
    for (series, value) in [
        (
            "front_door_logins_total{outcome=\"signed_in\",provider=\"cognito\"}",
            1.0,
        ),
        (
            "front_door_hand_overs_total{kind=\"saml\",link=\"help\"}",
            1.0,
        ),
        (
            "front_door_assertions_total{service_provider=\"portal\"}",
            1.0,
        ),
        ("front_door_login_seconds_count", 1.0),
        (
            "front_door_provider_seconds_count{call=\"token\",provider=\"cognito\"}",
            1.0,
        ),
        (
            "front_door_atlassian_requests_total{operation=\"create_customer\",status=\"201\"}",
            1.0,
        ),
        (
            "front_door_atlassian_seconds_count{operation=\"create_customer\"}",
            1.0,
        ),
        ("front_door_sessions", 1.0),
        ("front_door_api_token_days_left", 40.0),
    ] {
        assert_eq!(scraped.value(series).to_bits(), value.to_bits(), "{series}");
    }
    assert!(scraped.value("front_door_certificate_days_left") > 365.0);
    assert!(scraped.value("front_door_store_seconds_count{operation=\"get\"}") > 1.0);
    let callback = scraped.requests("GET", "/login/callback/<provider>", 303);
    assert_eq!(callback.to_bits(), 1.0_f64.to_bits());
}
