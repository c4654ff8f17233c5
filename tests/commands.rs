//! The command line, as an operator and their scripts meet it.

mod support;

use std::path::Path;
use std::process::Command;

use imitation::browser::Browser;
use serde_json::Value;
use support::Town;

struct Done {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn front_door(folder: &Path, arguments: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Done {
        status: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// A town with something in its audit trail, and its settings in a file.
async fn lived_in() -> Town {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.arrive(&Browser::new(), "/p/help", "boris").await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap_or_default();
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_is_exported_as_json_a_line_and_as_csv() {
    let town = lived_in().await;
    let json = front_door(town.folder.path(), &["audit", "--json"]);
    let events: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_default())
        .collect();
    let names: Vec<&str> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "signed_in",
            "customer_created",
            "customer_added",
            "handed_over",
            "assertion_sent",
            "signed_in",
            "refused"
        ]
    );
    assert!(events.iter().all(|event| {
        event["previous"]
            .as_str()
            .is_some_and(|hash| hash.len() == 64)
    }));
    let csv = front_door(town.folder.path(), &["audit", "--csv"]);
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert!(lines[0].starts_with("at,event,reference,provider,subject,email,"));
    assert_eq!(lines.len(), events.len() + 1);
    assert_eq!((json.status, csv.status), (Some(0), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn since_takes_a_time_or_a_duration_and_nothing_else() {
    let town = lived_in().await;
    let count = |since: &str| {
        let done = front_door(town.folder.path(), &["audit", "--since", since]);
        (done.status, done.stdout.lines().count())
    };
    assert_eq!(count("1h"), (Some(0), 7));
    assert_eq!(count("2020-01-01T00:00:00Z"), (Some(0), 7));
    assert_eq!(count("2100-01-01T00:00:00Z"), (Some(0), 0));
    let wrong = front_door(town.folder.path(), &["audit", "--since", "yesterday"]);
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("24h"), "{}", wrong.stderr);
    let both = front_door(town.folder.path(), &["audit", "--json", "--csv"]);
    assert_eq!(both.status, Some(2), "{}", both.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_somebody_changed_is_told_from_one_that_is_whole() {
    let mut town = lived_in().await;
    town.close().await;
    let whole = front_door(town.folder.path(), &["audit", "--verify"]);
    assert_eq!(whole.status, Some(0), "{}", whole.stderr);
    assert!(whole.stdout.contains("The chain holds: 7 records"));
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite"));
    let deleted = store.and_then(|store| store.execute("DELETE FROM log WHERE position = 3", []));
    assert!(deleted.is_ok());
    for command in [&["audit"][..], &["audit", "--verify"]] {
        let done = front_door(town.folder.path(), command);
        assert_eq!(done.status, Some(1), "{command:?}");
        assert!(
            done.stderr.contains("broken at record 4"),
            "{}",
            done.stderr
        );
    }
}

#[test]
fn every_mistake_in_the_settings_is_named_at_once_and_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let settings = "[default]\npublic_url = \"http://sso.example.com\"\nlink_nwe = \"on\"\n[default.session]\nidle = \"2 fortnights\"\n[default.atlassian]\nsite = \"https://acme.atlassian.net\"\n";
    std::fs::write(folder.path().join("Rocket.toml"), settings).unwrap_or_default();
    for command in [
        &[][..],
        &["serve"],
        &["links"],
        &["audit"],
        &["saml", "certificate"],
    ] {
        let done = front_door(folder.path(), command);
        assert_eq!(done.status, Some(2), "{command:?}: {}", done.stderr);
        for part in [
            "public_url",
            "link_nwe",
            "session.idle",
            "atlassian.email",
            "Rocket.toml:3",
        ] {
            assert!(
                done.stderr.contains(part),
                "{command:?} names {part}: {}",
                done.stderr
            );
        }
    }
    let check = front_door(folder.path(), &["check", "--json"]);
    let report: Value = serde_json::from_str(&check.stdout).unwrap_or_default();
    assert_eq!(
        (check.status, &report["ok"]),
        (Some(1), &Value::from(false))
    );
    assert!(
        !folder.path().join("front-door.sqlite").exists(),
        "nothing was made"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_what_is_wrong_and_what_to_do_about_it() {
    let town = lived_in().await;
    let outcome = |report: &Value, outcome: &str| -> Vec<String> {
        let checks = report["checks"].as_array().cloned().unwrap_or_default();
        let such = checks.iter().filter(|check| check["outcome"] == outcome);
        such.map(|check| format!("{}: {} {}", check["name"], check["detail"], check["remedy"]))
            .collect()
    };
    let check = || {
        let done = front_door(town.folder.path(), &["check", "--json"]);
        let report: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
        (done.status, report)
    };
    let (status, report) = check();
    assert_eq!(
        (status, outcome(&report, "failed")),
        (Some(0), vec![]),
        "{report:#}"
    );
    town.atlassian.set_blind(true);
    let (status, report) = check();
    let failed = outcome(&report, "failed").join("\n") + &outcome(&report, "warning").join("\n");
    assert!(failed.contains("service desk"), "{status:?} {report:#}");
    town.atlassian.set_blind(false);
    town.atlassian.set_token_expired(true);
    let (status, report) = check();
    assert_eq!(status, Some(1), "{report:#}");
    assert!(
        outcome(&report, "failed").join("\n").contains("token"),
        "{report:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_certificate_are_printed_for_people_and_programs() {
    let town = lived_in().await;
    let links = front_door(town.folder.path(), &["links"]);
    assert!(
        links.stdout.contains(&town.at("/p/help")),
        "{}",
        links.stdout
    );
    let certificate = front_door(town.folder.path(), &["saml", "certificate"]);
    assert!(
        certificate
            .stdout
            .starts_with("-----BEGIN CERTIFICATE-----\n")
    );
    let metadata = Browser::new().open(&town.at("/saml/metadata")).await.text;
    let body: String = certificate
        .stdout
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    assert!(
        metadata.contains(&body),
        "the very certificate of the metadata"
    );
    assert!(certificate.stderr.contains(&town.at("/saml/sso")));
}

#[tokio::test(flavor = "multi_thread")]
async fn preparing_a_key_twice_is_recorded_once() {
    let town = lived_in().await;
    for _ in 0..2 {
        let done = front_door(town.folder.path(), &["saml", "rotate", "--prepare"]);
        assert_eq!(done.status, Some(0), "{}", done.stderr);
    }
    let rotated = town
        .events()
        .await
        .into_iter()
        .filter(|name| name == "key_rotated");
    assert_eq!(rotated.count(), 1);
}
