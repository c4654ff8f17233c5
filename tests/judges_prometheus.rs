//! promtool judges what Prometheus reads of us: a real scrape, the alert rules with what they ring at, and the questions of the dashboard.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

mod support;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use imitation::browser::Browser;
use serde_json::Value;
use support::{Town, arrived};

/// A file of those that operators take along.
fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(name)
}

/// Asks promtool, with this at its standard input.
fn promtool(arguments: &[&str], input: &str) -> Output {
    let started = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = started.unwrap_or_else(|error| {
        panic!("promtool does not start ({error}): tests/run installs what the tests need")
    });
    let mut asked = child.stdin.take().unwrap();
    // It may have seen enough before it has read everything.
    let _unread = asked.write_all(input.as_bytes());
    drop(asked);
    child.wait_with_output().unwrap()
}

/// That it accepts, or refuses, written down for the table of `tests/run`.
#[track_caller]
fn judged(what: &str, judgement: &Output, is_good: bool) {
    let said =
        String::from_utf8_lossy(&judgement.stdout) + String::from_utf8_lossy(&judgement.stderr);
    let is_accepted = judgement.status.success() || is_about_days_alone(&said);
    if let Some(path) = std::env::var_os("JUDGED") {
        let result = match (is_accepted, is_good) {
            (true, true) => "accepted",
            (false, false) => "refused",
            (true, false) => "accepted, WRONGLY",
            (false, true) => "refused, WRONGLY",
        };
        let mut rows = OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        writeln!(rows, "promtool\t{what}\t1\t{result}").unwrap();
    }
    assert_eq!(is_accepted, is_good, "{what}: {said}");
}

/// promtool would have every time in seconds. What is read by people, and ends on a day, is told in days on purpose.
fn is_about_days_alone(said: &str) -> bool {
    let is_about_days =
        |line: &str| line.ends_with("_days_left use base unit \"seconds\" instead of \"days\"");
    let mut lines = said.lines().filter(|line| !line.is_empty()).peekable();
    lines.peek().is_some() && lines.all(is_about_days)
}

/// The text of a scrape after a login and a refusal.
async fn scraped() -> String {
    let town = Town::new().await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    town.arrive(&Browser::new(), "/p/help", "boris").await;
    let address = format!("http://{}/metrics", town.operations.unwrap());
    Browser::new().open(&address).await.text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_is_what_prometheus_reads_and_finds_nothing_amiss_with() {
    let text = scraped().await;
    let check = ["check", "metrics"];
    judged("metrics of the front door", &promtool(&check, &text), true);
    for (fault, planted) in [
        ("planted: bad text", text.replacen("} ", "} x", 1)),
        (
            "planted: bad name of a counter",
            text.replace("front_door_logins_total", "front_door_logins"),
        ),
        (
            "planted: bad for being there twice",
            format!("{text}{text}"),
        ),
    ] {
        judged(fault, &promtool(&check, &planted), false);
    }
}

/// Debian's promtool knows no Kubernetes: what finds the pods is left out, and the rest judged.
#[test]
fn the_job_for_a_cluster_is_one_that_prometheus_takes() {
    let text = std::fs::read_to_string(deployed("prometheus/scrape-kubernetes.yml")).unwrap();
    let finds =
        "kubernetes_sd_configs:\n      - role: pod\n        namespaces: { names: [front-door] }";
    assert!(text.contains(finds));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prometheus.yml");
    let judge = |text: &str| {
        std::fs::write(
            &file,
            text.replace(finds, "static_configs: [{ targets: [\"a:9464\"] }]"),
        )
        .unwrap();
        promtool(&["check", "config", file.to_str().unwrap()], "")
    };
    judged("job for a cluster", &judge(&text), true);
    let planted = text.replace("action: keep", "action: kept");
    judged("planted: bad job", &judge(&planted), false);
    assert!(
        text.contains("job_name: front-door\n"),
        "the name that the rules know"
    );
}

#[test]
fn the_alert_rules_are_rules_and_ring_when_they_should_alone() {
    let (rules, tests) = (deployed("prometheus/alerts.yml"), "alerts_test.yml");
    let check = ["check", "rules", rules.to_str().unwrap()];
    judged("alert rules", &promtool(&check, ""), true);
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(&rules).unwrap();
    let cases = std::fs::read(deployed("prometheus").join(tests)).unwrap();
    std::fs::write(folder.path().join(tests), cases).unwrap();
    let ring = |rules: &str| {
        std::fs::write(folder.path().join("alerts.yml"), rules).unwrap();
        let file = folder.path().join(tests);
        promtool(&["test", "rules", file.to_str().unwrap()], "")
    };
    judged("when the alerts ring", &ring(&text), true);
    for (right, wrong) in [
        ("days_left) < 14", "days_left) < 15"),
        ("days_left) < 30", "days_left) < -5"),
        ("== 0", "== 2"),
        ("> 0.5 *", "> 0.1 *"),
    ] {
        assert!(text.contains(right), "{right}");
        judged(
            "planted: bad alert rules",
            &ring(&text.replace(right, wrong)),
            false,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_alerts_and_dashboard_ask_for_is_there_to_be_had() {
    let text = scraped().await;
    let dashboard = std::fs::read(deployed("grafana/front-door.json")).unwrap();
    let dashboard: Value = serde_json::from_slice(&dashboard).unwrap();
    let rules: Vec<String> = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap())
        .map(|target| target["expr"].as_str().unwrap())
        .map(|asked| asked.replace("$__rate_interval", "5m"))
        .enumerate()
        .map(|(number, asked)| format!("  - record: asked:{number}\n    expr: {asked:?}\n"))
        .collect();
    let rules = format!("groups:\n- name: dashboard\n  rules:\n{}", rules.concat());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dashboard.yml");
    std::fs::write(&file, &rules).unwrap();
    let check = ["check", "rules", file.to_str().unwrap()];
    judged("questions of the dashboard", &promtool(&check, ""), true);
    let alerts = std::fs::read_to_string(deployed("prometheus/alerts.yml")).unwrap();
    let asked = format!("{rules}{alerts}");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = asked
        .split(|c| !is_name(c))
        .collect::<std::collections::BTreeSet<_>>();
    let names = words
        .into_iter()
        .filter(|word| word.starts_with("front_door_") || word.starts_with("http_request"));
    let (mut count, unknown_without_its_end) = (0, "front_door_api_token_days_left");
    for name in names {
        let histogram = ["_bucket", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let kind = format!("# TYPE {} ", histogram.unwrap_or(name));
        let is_there = text.contains(&kind);
        assert!(is_there || name == unknown_without_its_end, "{name}");
        count += 1;
    }
    assert!(count >= 13, "{count}");
}
