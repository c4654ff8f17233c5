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

/// What a scrape brought: each series, as it is written, with its value.
struct Scraped(BTreeMap<String, String>);

impl Scraped {
    /// The value of a series that counts whole things; one that is not there has none.
    fn value(&self, series: &str) -> i64 {
        let value = self.0.get(series);
        value.map_or(0, |value| value.parse().unwrap())
    }

    fn names(&self) -> BTreeSet<&String> {
        self.0.keys().collect()
    }

    fn refusals(&self, reason: &str) -> i64 {
        self.value(&format!("front_door_refusals_total{{reason=\"{reason}\"}}"))
    }

    fn requests(&self, method: &str, route: &str, status: u16) -> i64 {
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
            .map(|(series, value)| (series.to_owned(), value.to_owned()))
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
    assert!(town.settings.contains(&token));
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
            1,
        ),
        (
            "front_door_hand_overs_total{kind=\"saml\",link=\"help\"}",
            1,
        ),
        (
            "front_door_assertions_total{service_provider=\"portal\"}",
            1,
        ),
        ("front_door_login_seconds_count", 1),
        (
            "front_door_provider_seconds_count{call=\"token\",provider=\"cognito\"}",
            1,
        ),
        (
            "front_door_atlassian_requests_total{operation=\"create_customer\",status=\"201\"}",
            1,
        ),
        (
            "front_door_atlassian_seconds_count{operation=\"create_customer\"}",
            1,
        ),
        ("front_door_sessions", 1),
        ("front_door_api_token_days_left", 40),
    ] {
        assert_eq!(scraped.value(series), value, "{series}");
    }
    assert!(scraped.value("front_door_certificate_days_left") > 365);
    assert!(scraped.value("front_door_store_seconds_count{operation=\"get\"}") > 1);
    for private in ["ada", "@", ".example", "10000"] {
        let told = scraped
            .names()
            .into_iter()
            .find(|one| one.contains(private));
        assert_eq!(told, None, "nobody is named");
    }
    let callback = scraped.requests("GET", "/login/callback/<provider>", 303);
    assert_eq!(callback, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_count_by_their_reasons_whoever_is_refused_and_however() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 12",
    )
    .await;
    let before = scrape(&town).await;
    town.arrive(&Browser::new(), "/p/help", "boris").await;
    for (line, headers) in [
        ("GET /p/nowhere HTTP/1.1", ""),
        ("GET /nowhere HTTP/1.1", ""),
        ("GET /me HTTP/1.1", "Sec-Fetch-Dest: empty\r\n"),
        ("GET /saml/sso?SAMLRequest=x HTTP/1.1", ""),
        ("BREW /me HTTP/1.1", ""),
        (
            "GET /login/callback/cognito?error=access_denied HTTP/1.1",
            "",
        ),
    ] {
        raw::ask(&town, line, headers).await;
    }
    let (browser, code) = (Browser::new(), "0000-0000-0000-0000");
    let field = browser.open(&town.at("/admin/code")).await;
    let refused = browser
        .submit(&field.form_with("code"), &[("code", code)])
        .await;
    assert_eq!(refused.status, 403, "a page of its own");
    let mut attempts = 0;
    while raw::ask(&town, "GET /login?provider=cognito HTTP/1.1", "")
        .await
        .status()
        != 429
    {
        attempts += 1;
        assert!(attempts < 20);
    }
    let after = scrape(&town).await;
    for (reason, times) in [
        ("domain_not_allowed", 1),
        ("link_unknown", 1),
        ("not_found", 1),
        ("saml_request_invalid", 1),
        ("bad_request", 1),
        ("login_refused", 1),
        ("not_allowed", 1),
        ("too_many_requests", 1),
        ("blocked", 0),
    ] {
        let counted = after.refusals(reason) - before.refusals(reason);
        assert_eq!(counted, times, "{reason}");
        let series = format!("front_door_refusals_total{{reason=\"{reason}\"}}");
        assert!(before.names().contains(&series), "{reason} begins at zero");
    }
    let login = |outcome: &str| {
        after.value(&format!(
            "front_door_logins_total{{outcome=\"{outcome}\",provider=\"cognito\"}}"
        ))
    };
    assert_eq!(
        ["signed_in", "login_refused", "too_many_requests"].map(login),
        [1, 1, 1]
    );
    assert_eq!(after.requests("(other)", "none", 400), 1, "BREW");
    assert_eq!(after.requests("GET", "/p/<slug>/<_..>", 404), 1);
}

/// Requests by which somebody might try to be counted by a name of their own.
fn hostile(number: usize) -> String {
    let tricks = [
        format!("GET /{number} HTTP/1.1"),
        format!("GET /p/nowhere-{number} HTTP/1.1"),
        format!("GET /p/help/{number} HTTP/1.1"),
        format!("GET /login?provider=made-up-{number} HTTP/1.1"),
        format!("GET /login/callback/made-up-{number}?code=1&state=2 HTTP/1.1"),
        format!("GET /login/callback/cognito?code=1&state={number} HTTP/1.1"),
        format!("GET /login/callback/%22%0A{number} HTTP/1.1"),
        format!("BREW{number} /me HTTP/1.1"),
        format!("GET http://made-up-{number}.example/metrics HTTP/1.1"),
        format!("GET /saml/sso?SAMLRequest={number} HTTP/1.1"),
    ];
    let turn = number % tricks.len();
    tricks.into_iter().nth(turn).unwrap()
}

async fn attack(town: &Town, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let line = hostile(number);
        let headers = format!(
            "X-Forwarded-Host: made-up-{number}.example\r\nUser-Agent: made-up-{number}\r\n"
        );
        raw::ask(town, &line, &headers).await;
        let host = format!("{line}\r\nHost: made-up-{number}.example\r\nConnection: close\r\n\r\n");
        raw::send(town, host.as_bytes()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_strangers_send_makes_no_series_of_its_own() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 100000",
    )
    .await;
    attack(&town, 0..10).await;
    scrape(&town).await;
    let before = scrape(&town).await;
    attack(&town, 10..510).await;
    let after = scrape(&town).await;
    assert_eq!(after.names(), before.names());
    assert!(after.refusals("not_found") > before.refusals("not_found") + 100);
    let made_up = after.names().into_iter().find(|name| name.contains("made"));
    assert_eq!(made_up, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_live_through_a_change_of_the_settings_and_what_is_gone_is_dropped() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let signed_in = |provider: &str| {
        format!("front_door_logins_total{{outcome=\"signed_in\",provider=\"{provider}\"}}")
    };
    let two = format!(
        "[default.provider.second]\ndomain = {0:?}\nissuer = {1:?}\nclient_id = \"second\"\nemail_domains = [\"second.example\"]\n",
        town.cognito.base(),
        town.cognito.issuer(),
    );
    for (settings, is_there) in [(two.as_str(), true), ("[default]\n", false)] {
        std::fs::write(town.folder.path().join("import.toml"), settings).unwrap();
        let (status, _, said) = town.command(&["import", "import.toml"]);
        assert_eq!(status, Some(0), "{said}");
        while scrape(&town).await.names().contains(&signed_in("second")) != is_there {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let scraped = scrape(&town).await;
        assert_eq!(scraped.value(&signed_in("cognito")), 1);
        assert_eq!(
            scraped.value("front_door_hand_overs_total{kind=\"saml\",link=\"help\"}"),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_is_answered_while_the_store_is_away_without_what_stands_in_it() {
    let town = Town::new().await;
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap();
    store
        .execute_batch("ALTER TABLE entry RENAME TO gone")
        .unwrap();
    let scraped = scrape(&town).await;
    for gone in ["front_door_sessions", "front_door_certificate_days_left"] {
        assert!(!scraped.labels().contains_key(gone), "{gone}");
    }
    assert!(scraped.labels().contains_key("front_door_refusals_total"));
    assert!(
        !scraped
            .labels()
            .contains_key("front_door_api_token_days_left"),
        "nobody has said when it ends"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_serves_the_metrics_to_whoever_reads_and_nothing_else() {
    let town = Town::new().await;
    for (line, status) in [
        ("GET /metrics", 200),
        ("HEAD /metrics", 200),
        ("POST /metrics", 405),
        ("BREW /metrics", 405),
        ("GET /", 404),
        ("GET /metrics/", 404),
        ("GET /health/live", 404),
        ("GET /admin", 404),
    ] {
        let answer = operations(&town, &format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        assert_eq!(answer.status(), status, "{line}: {}", answer.text());
        assert_eq!(answer.header("set-cookie"), None, "{line}");
    }
    let head = operations(&town, "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(head.text().ends_with("\r\n\r\n"));
    let kind = head.header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    let long = "x".repeat(64 * 1024);
    let long = format!("GET /metrics HTTP/1.1\r\nX: {long}\r\n\r\n");
    assert!([0, 400, 431].contains(&operations(&town, &long).await.status()));
    let elsewhere = Browser::new().open(&town.at("/metrics")).await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_connect_and_say_nothing_keep_nobody_out() {
    let town = Town::new().await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(town.operations.unwrap()).await.unwrap());
    }
    scrape(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_is_free_again_when_the_front_door_has_closed() {
    let mut town = Town::new().await;
    let address = town.operations.unwrap();
    town.close().await;
    TcpListener::bind(address).unwrap();
    let here = format!("operations = \"{address}\"");
    town.settings = town.settings.replace("operations = \"127.0.0.1:0\"", &here);
    town.open().await;
    assert_eq!(town.operations, Some(address));
    scrape(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn off_is_off() {
    let town = Town::replacing("\"127.0.0.1:0\"", "\"off\"").await;
    assert_eq!(town.operations, None);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[test]
fn an_address_that_is_taken_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(folder.path())
        .env("FRONT_DOOR_OPERATIONS", address.to_string())
        .env("ROCKET_PORT", "0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    for words in ["operations: ", &address.to_string(), "\"off\""] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let made = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(made, 0, "nothing was made");
}
