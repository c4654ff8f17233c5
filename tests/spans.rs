//! Spans for a collector: one trace a visit, from the link to the portal, in words that say nothing of anybody; and that no visit ever waits for the collector.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/collector.rs"]
mod collector;
mod support;

use std::collections::BTreeSet;
use std::fs::File;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use collector::{Came, Collector, Span};
use imitation::browser::Browser;
use support::{Town, arrived, reason};

const FOLLOW: &str = "GET /p/<slug>/<_..>";
const CALLBACK: &str = "GET /login/callback/<provider>";
const LAST: &str = "GET /saml/sso";

/// A town that sends everything to a collector.
async fn watched(more: &str) -> (Town, Collector) {
    let collector = Collector::start();
    let town = Town::with(&format!("{}{more}", collector.settings())).await;
    (town, collector)
}

/// The spans of the visit of the link.
fn visit(came: &Came) -> Vec<Span> {
    let trace = &came.span(FOLLOW).trace;
    let of_it = came.spans.iter().filter(|span| span.trace == *trace);
    of_it.cloned().collect()
}

/// The spans of its requests, in the order in which they began.
fn requests(visit: &[Span]) -> Vec<Span> {
    let mut found = visit.to_vec();
    found.retain(|span| span.kind == "SERVER");
    found.sort_by_key(|span| span.start);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn one_visit_is_one_trace_from_the_link_to_the_portal() {
    let (town, mut collector) = watched("").await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let came = collector.until(|came| came.holds(LAST)).await;
    let visit = visit(&came);
    let requests = requests(&visit);
    let names: Vec<&str> = requests.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, [FOLLOW, CALLBACK, FOLLOW, LAST]);
    let (first, callback, again) = (&requests[0], &requests[1], &requests[2]);
    assert_eq!(first.parent, "");
    for span in &visit {
        assert_eq!(span.resource["service.name"], "front-door");
        if span.kind == "SERVER" && span.id != first.id {
            assert_eq!(span.parent, first.id, "{}", span.name);
        }
    }
    assert_eq!(came.span("provider token").parent, callback.id);
    assert_eq!(
        came.span("provider token").says("front_door.provider"),
        "cognito"
    );
    assert_eq!(came.span("atlassian create_customer").parent, again.id);
    assert_eq!(browser.cookie("visit"), None, "the visit is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_lies_within_the_request_that_led_to_it() {
    let (town, mut collector) = watched("").await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let came = collector.until(|came| came.holds(LAST)).await;
    let calls = came.spans.iter().filter(|span| span.kind == "CLIENT");
    let mut kinds = BTreeSet::new();
    for call in calls {
        let above = came.spans.iter().find(|span| span.id == call.parent);
        let above = above.unwrap_or_else(|| panic!("nothing is above {}", call.name));
        assert_eq!(above.kind, "SERVER", "{}", call.name);
        let rounding = 1_000_000;
        let is_within = above.start <= call.start + rounding && call.end <= above.end + rounding;
        assert!(is_within, "{call:?} {above:?}");
        assert!(
            !call.failed || call.says.contains_key("error.type"),
            "{call:?}"
        );
        kinds.insert(call.name.split(' ').next().unwrap().to_owned());
    }
    let all = ["atlassian", "provider", "store"].map(str::to_owned);
    assert_eq!(kinds, BTreeSet::from(all));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_of_an_error_page_finds_its_trace() {
    let (town, mut collector) = watched("").await;
    let page = town.arrive(&Browser::new(), "/p/help", "ulf").await;
    let reference = support::traces::reference(&page);
    let is_it = |span: &Span| span.says("front_door.reference") == reference;
    let came = collector.until(|came| came.spans.iter().any(is_it)).await;
    let span = came.spans.iter().find(|span| is_it(span)).unwrap();
    assert_eq!(Some(span.says("error.type")), reason(&page).as_deref());
    assert_eq!(span.says["http.response.status_code"], page.status);
    let of_trace = |other: &&Span| other.trace == span.trace;
    let names: Vec<&str> = came
        .spans
        .iter()
        .filter(of_trace)
        .map(|one| one.name.as_str())
        .collect();
    assert!(names.contains(&"provider token"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_waits_for_elsewhere_is_a_part_of_it() {
    let (town, mut collector) = watched("").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    // By then the provider is asked again, in a task of its own.
    town.advance(Duration::from_mins(16));
    browser.open(&town.at("/p/help")).await;
    let came = collector.until(|came| came.holds("provider refresh")).await;
    let refresh = came.span("provider refresh").clone();
    let is_above = |span: &Span| span.id == refresh.parent;
    let came = collector
        .until(|came| came.spans.iter().any(is_above))
        .await;
    let above = came.spans.iter().find(|span| is_above(span)).unwrap();
    assert_eq!(above.name, FOLLOW);
    assert_ne!(above.trace, came.span(FOLLOW).trace, "another visit");
}

/// A request for a link that brings this along; the trace that its span belongs to, and how many others it is linked with.
async fn trace_of(town: &Town, collector: &mut Collector, parent: &str) -> Option<Span> {
    let browser = Browser::new().with_header("traceparent", parent);
    browser.open_once(&town.at("/p/help")).await;
    // Whoever comes later is sent later: then it is known whether the first was.
    let page = town
        .browser()
        .open(&town.at("/login/callback/cognito"))
        .await;
    let reference = support::traces::reference(&page);
    let is_last = |span: &Span| span.says("front_door.reference") == reference;
    let came = collector.until(|came| came.spans.iter().any(is_last)).await;
    let follow = |span: &&Span| span.name == FOLLOW;
    came.spans.iter().rev().find(follow).cloned()
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PROXY: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_believed_about_a_trace_but_a_proxy_where_the_settings_say_so() {
    let trusted = "link_new = \"on\"\ntrusted_proxies = [\"127.0.0.0/8\", \"::1/128\"]";
    for (proxies, believed, is_gone_on_with) in [
        (false, "", false),
        (false, "traceparent = true\n", false),
        (true, "", false),
        (true, "traceparent = true\n", true),
    ] {
        let (mut town, mut collector) = watched(believed).await;
        if proxies {
            town.close().await;
            town.settings = town.settings.replace("link_new = \"on\"", trusted);
            town.open().await;
            town.wait_until_links_are_read().await;
        }
        let span = trace_of(&town, &mut collector, PROXY).await.unwrap();
        assert_eq!(span.trace == TRACE, is_gone_on_with, "{proxies} {believed}");
        let parent = if is_gone_on_with {
            "00f067aa0ba902b7"
        } else {
            ""
        };
        assert_eq!(span.parent, parent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_believed_proxy_does_not_trace_is_not_sent() {
    let (mut town, mut collector) = watched("traceparent = true\n").await;
    town.close().await;
    let proxies = "link_new = \"on\"\ntrusted_proxies = [\"127.0.0.0/8\", \"::1/128\"]";
    town.settings = town.settings.replace("link_new = \"on\"", proxies);
    town.open().await;
    town.wait_until_links_are_read().await;
    let quiet = PROXY.replace("-01", "-00");
    assert!(trace_of(&town, &mut collector, &quiet).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_made_up_is_none() {
    let (town, mut collector) = watched("").await;
    let browser = Browser::new();
    browser.plant_cookie(&town.at("/"), "visit", PROXY);
    let login = browser.open_once(&town.at("/p/help")).await;
    assert_eq!(login.status, 303);
    let came = collector.until(|came| came.holds(FOLLOW)).await;
    assert_ne!(came.span(FOLLOW).trace, TRACE);
    assert_eq!(came.span(FOLLOW).parent, "");
}

/// The traces of the requests for links, in their order, once there are so many.
async fn follows(collector: &mut Collector, count: usize) -> Vec<String> {
    let follow = |span: &&Span| span.name == FOLLOW;
    let are_there = |came: &Came| came.spans.iter().filter(follow).count() >= count;
    let came = collector.until(are_there).await;
    let requests = requests(&came.spans);
    let found = requests.iter().filter(follow);
    found.map(|span| span.trace.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_ends_when_it_was_to_end_at_its_beginning() {
    let (town, mut collector) = watched("").await;
    let browser = Browser::new();
    let mut seen = Vec::new();
    for minutes in [0, 10, 6] {
        town.advance(Duration::from_mins(minutes));
        let login = browser.open_once(&town.at("/p/help")).await;
        assert_eq!(login.status, 303);
        seen = follows(&mut collector, seen.len() + 1).await;
    }
    assert_eq!(seen[0], seen[1], "two logins share a trace");
    assert_ne!(seen[1], seen[2], "after 16 minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_is_sent_again_and_again_makes_no_trace_without_end() {
    let (town, mut collector) = watched("").await;
    let browser = Browser::new();
    browser.open_once(&town.at("/p/help")).await;
    let cookie = browser.cookie("visit").unwrap();
    for _ in 0..110 {
        let again = Browser::new();
        again.plant_cookie(&town.at("/"), "visit", &cookie);
        again.open_once(&town.at("/logout")).await;
    }
    let question = |span: &&Span| span.name == "GET /logout";
    let all_came = |came: &Came| came.spans.iter().filter(question).count() == 110;
    let came = collector.until(all_came).await;
    let trace = &came.span(FOLLOW).trace;
    let of_it = came.spans.iter().filter(question);
    assert_eq!(of_it.filter(|span| span.trace == *trace).count(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_nothing_is_begun() {
    let town = Town::new().await;
    let browser = Browser::new();
    browser.open(&town.at("/p/help")).await;
    assert_eq!(browser.cookie("visit"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_collectors_token_goes_along() {
    let token = "headers = \"Authorization=Bearer%20of-the-collector\"\n";
    let (town, mut collector) = watched(token).await;
    town.browser().open(&town.at("/p/help")).await;
    let came = collector.until(|came| came.messages > 0).await;
    assert_eq!(came.headers[0]["authorization"], "Bearer of-the-collector");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_whether_the_collector_takes_spans() {
    let (mut town, mut collector) = watched("").await;
    town.close().await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    for (status, said) in [
        (200, "takes spans"),
        (401, "takes no spans: it answered 401"),
    ] {
        collector.answers(status, 0);
        let check = Command::new(env!("CARGO_BIN_EXE_front-door"))
            .arg("check")
            .current_dir(town.folder.path())
            .output()
            .unwrap();
        let told = String::from_utf8(check.stdout).unwrap();
        assert!(told.contains(said), "{told}");
    }
}

/// The program itself, on the town's store and settings, its words kept in a file.
async fn program(town: &mut Town) -> Child {
    town.close().await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let words = File::create(town.folder.path().join("words.log")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", town.public_url.rsplit(':').next().unwrap())
        .env("FRONT_DOOR_OPERATIONS", "off")
        .env("ROCKET_SHUTDOWN", "{grace=0,mercy=1}")
        .stdout(words.try_clone().unwrap())
        .stderr(words)
        .spawn()
        .unwrap();
    town.wait_until_links_are_read().await;
    child
}

/// Tells it to stop, and waits until it has.
async fn stopped(mut child: Child) -> ExitStatus {
    let pid = child.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(told.unwrap().success());
    let ended = tokio::task::spawn_blocking(move || child.wait());
    ended.await.unwrap().unwrap()
}

/// The lines of the log that warn of anything about spans.
fn warnings(town: &Town) -> Vec<String> {
    let words = std::fs::read_to_string(town.folder.path().join("words.log")).unwrap();
    let lines = words
        .lines()
        .filter(|line| line.contains("\"WARN\"") && line.contains("spans"));
    lines.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_sends_what_is_not_sent_yet() {
    let (mut town, mut collector) = watched("").await;
    let child = program(&mut town).await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(stopped(child).await.success());
    let came = collector.came();
    for name in [
        FOLLOW,
        CALLBACK,
        LAST,
        "provider token",
        "atlassian create_customer",
    ] {
        assert!(came.holds(name), "{name}: {:?}", came.names());
    }
    assert_eq!(warnings(&town), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_takes_nothing_costs_one_warning_and_no_visit() {
    let (mut town, mut collector) = watched("").await;
    let child = program(&mut town).await;
    collector.answers(503, 0);
    for (email, messages) in [("ada@customer.example", 1), ("charles@acme.example", 2)] {
        let before = collector.came().messages;
        let username = email.split('@').next().unwrap();
        let page = town.arrive(&Browser::new(), "/p/help", username).await;
        arrived(&page, email);
        collector.until(|came| came.messages > before).await;
        assert!(collector.came().messages >= messages);
    }
    assert_eq!(warnings(&town).len(), 1, "{:?}", warnings(&town));
    collector.answers(200, 0);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    collector.until(|came| came.holds(LAST)).await;
    assert!(stopped(child).await.success());
    let warnings = warnings(&town);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[1].contains("\"dropped\":"), "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_never_answers_delays_no_visit_and_no_stop() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let more = format!("[default.tracing]\nendpoint = \"http://{address}\"\n");
    let mut town = Town::with(&more).await;
    let child = program(&mut town).await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    // How long it may take is in the program; what shows here is that it ends.
    assert!(stopped(child).await.success());
    let warnings = warnings(&town);
    assert!(
        warnings
            .iter()
            .any(|line| line.contains("did not take the last spans in time")),
        "{warnings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_a_collector_refuses_are_counted() {
    let (mut town, mut collector) = watched("").await;
    let child = program(&mut town).await;
    collector.answers(200, 1);
    town.browser().open(&town.at("/p/help")).await;
    assert!(stopped(child).await.success());
    let warnings = warnings(&town);
    assert!(
        warnings.iter().any(|line| line.contains("refuses spans")),
        "{warnings:?}"
    );
    assert!(
        warnings.iter().any(|line| line.contains("\"dropped\":1")),
        "{warnings:?}"
    );
}
