//! Substitute links: which there are, where they lead, and what is said of those that lead nowhere.

mod support;

use std::process::Command;

use imitation::browser::Browser;
use support::{Town, at_portal, reason};

const LINKS: &str = r#"
[default.link.hilfe]
service_desk = "HELP"
aliases = ["support"]

[default.link.bill]
service_desk = "BILL"
enabled = false

[default.link.lost]
service_desk = "LOST"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn slugs_aliases_and_project_keys_lead_to_the_same_portal() {
    let town = Town::with(LINKS).await;
    let portal = format!(
        "/servicedesk/customer/portal/{}",
        town.atlassian.desk("HELP").portal_id
    );
    for path in ["/p/hilfe", "/p/support", "/p/help"] {
        let page = town.arrive(&Browser::new(), path, "ada").await;
        assert_eq!(
            at_portal(&page).1.as_ref(),
            Some(&portal),
            "{path}: {}",
            page.words()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_off_or_gone_or_unknown_says_so() {
    let town = Town::with(LINKS).await;
    for (path, expected, status) in [
        ("/p/bill", "link_off", 410),
        ("/p/lost", "link_off", 410),
        ("/p/nobody", "link_unknown", 404),
        ("/p/UPPER!", "link_unknown", 404),
    ] {
        let page = Browser::new().open(&town.at(path)).await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some(expected), status),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_no_portal_has_are_not_found() {
    let town = Town::new().await;
    for path in [
        "/p/help/BILL-1",
        "/p/help/help-1",
        "/p/help/create/x",
        "/p/help/create/1/2",
        "/p/help/group",
        "/p/help/elsewhere",
        "/p/help/%2e%2e/logout",
    ] {
        let page = Browser::new().open(&town.at(path)).await;
        assert_eq!(page.status, 404, "{path}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_outlive_a_restart_while_atlassian_is_away() {
    let mut town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.close().await;
    town.atlassian.set_unavailable(true);
    town.open().await;
    let login = Browser::new().open(&town.at("/p/help")).await;
    assert!(
        login.url.as_str().starts_with(&town.cognito.base()),
        "{}",
        login.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_link_is_for_its_groups_and_is_shown_to_them_alone() {
    let town = Town::with(
        "[default.link.help]\nservice_desk = \"HELP\"\naccess = \"private\"\ngroups = [\"acme\"]\n",
    )
    .await;
    let ada = Browser::new();
    let page = town.arrive(&ada, "/p/help", "ada").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("group_required"), 403)
    );
    assert!(town.atlassian.customers().is_empty());
    assert!(!ada.open(&town.at("/")).await.says("Help Desk"));
    let page = town.arrive(&Browser::new(), "/p/help", "charles").await;
    assert_eq!(at_portal(&page).0.as_deref(), Some("charles@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_records_whom_it_would_refuse_and_refuses_nobody() {
    let town = Town::with("[default.link.help]\nservice_desk = \"HELP\"\nenforce = false\n").await;
    let page = town.arrive(&Browser::new(), "/p/help", "boris").await;
    assert_eq!(
        at_portal(&page).0.as_deref(),
        Some("boris@blocked.example"),
        "{}",
        page.words()
    );
    assert!(town.events().await.contains(&"would_refuse".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_tell_links_and_checks_as_json() {
    let town = Town::with(LINKS).await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap_or_default();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_front-door"))
            .args(arguments)
            .current_dir(town.folder.path())
            .output()
    };
    let links = run(&["links", "--json"])
        .map(|output| output.stdout)
        .unwrap_or_default();
    let links: serde_json::Value = serde_json::from_slice(&links).unwrap_or_default();
    let help = links
        .as_array()
        .and_then(|links| links.iter().find(|link| link["slug"] == "hilfe"))
        .cloned()
        .unwrap_or_default();
    assert_eq!(help["url"], town.at("/p/hilfe"));
    assert_eq!(
        (
            help["state"].as_str(),
            help["access"].as_str(),
            help["hand_over"].as_str()
        ),
        (Some("on"), Some("default"), Some("saml"))
    );
    assert_eq!(help["service_desk"]["key"], "HELP");
    let check = run(&["check", "--json"])
        .map(|output| (output.status.code(), output.stdout))
        .unwrap_or_default();
    let report: serde_json::Value = serde_json::from_slice(&check.1).unwrap_or_default();
    assert_eq!(
        (check.0, report["ok"].as_bool()),
        (Some(0), Some(true)),
        "{report:#}"
    );
    town.atlassian.set_token_expired(true);
    assert_eq!(
        run(&["check"]).ok().and_then(|output| output.status.code()),
        Some(1),
        "a token that was revoked"
    );
}
