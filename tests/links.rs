//! Substitute links: which there are, where they lead, and what is said of those that lead nowhere.

mod support;

use std::process::Command;

use imitation::atlassian::{Operation, ServiceDesk};
use imitation::browser::Browser;
use support::{Town, arrived, at_portal, reason};

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
    arrived(&page, "charles@acme.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_records_whom_it_would_refuse_and_refuses_nobody() {
    let town = Town::with("[default.link.help]\nservice_desk = \"HELP\"\nenforce = false\n").await;
    let boris = Browser::new();
    let page = town.arrive(&boris, "/p/help", "boris").await;
    arrived(&page, "boris@blocked.example");
    for _ in 0..2 {
        let page = boris.open(&town.at("/p/help")).await;
        arrived(&boris.post_on(page).await, "boris@blocked.example");
    }
    let events = town.events().await.into_iter();
    let would_refuse = events.filter(|event| event == "would_refuse");
    assert_eq!(would_refuse.count(), 1, "however often they come");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_service_desk_that_was_just_made_is_found_when_its_link_is_opened() {
    let town = Town::new().await;
    town.atlassian
        .add_desk(ServiceDesk::new(9, 12, "NEW", "New Desk"));
    town.atlassian.forget_calls();
    let mut page = Browser::new().open(&town.at("/p/new")).await;
    while page.status == 404 {
        // Strangers who try addresses do not make the front door ask again and again; the first one after the least interval does.
        tokio::task::yield_now().await;
        page = Browser::new().open(&town.at("/p/new")).await;
    }
    assert!(
        page.url.as_str().starts_with(&town.cognito.base()),
        "{}",
        page.words()
    );
    assert_eq!(
        town.atlassian.count(Operation::ListRequestTypes),
        1,
        "only the new one is asked for its portal"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_desk_that_vanished_keeps_its_link_and_says_that_it_is_gone() {
    let mut town = Town::new().await;
    town.atlassian.remove_desk("HELP");
    town.close().await;
    town.open().await;
    town.wait_until_links_are_read().await;
    let mut page = Browser::new().open(&town.at("/p/help")).await;
    while page.status != 410 {
        tokio::task::yield_now().await;
        page = Browser::new().open(&town.at("/p/help")).await;
    }
    assert_eq!(reason(&page).as_deref(), Some("link_off"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_that_atlassian_never_answers_is_recorded() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    browser.open_once(&town.at("/p/help")).await;
    town.advance(std::time::Duration::from_secs(61));
    Box::pin(front_door_watch(&town)).await;
    let unanswered = town.events().await;
    let unanswered = unanswered
        .iter()
        .filter(|name| *name == "hand_over_unanswered");
    assert_eq!(unanswered.count(), 1, "the first one was answered");
}

/// What the front door does every quarter of a minute.
async fn front_door_watch(town: &Town) {
    let loaded = front_door::settings::Settings::from_toml(&town.settings, town.folder.path());
    let Ok(loaded) = loaded else { return };
    if let Ok(house) = front_door::House::open(&loaded, &town.clock).await {
        let hand_overs = front_door::link::hand_over::HandOvers::new(
            None,
            None,
            house.vault,
            house.trail,
            town.clock.clone(),
        );
        assert!(hand_overs.record_unanswered().await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_pasted_from_a_mail_goes_through_the_right_link() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let home = browser.open(&town.at("/")).await;
    let form = home.form_with("address");
    for (pasted, expected) in [
        ("/servicedesk/customer/portal/4", "/p/help"),
        (
            "/servicedesk/customer/portal/7/create/701",
            "/p/bill/create/701",
        ),
        ("/servicedesk/customer/portal/4/HELP-12", "/p/help/HELP-12"),
    ] {
        let address = format!(" {}{pasted} ", town.atlassian.site());
        let page = browser.submit_once(&form, &[("address", &address)]).await;
        assert_eq!(
            page.location().map(|to| to.path().to_owned()).as_deref(),
            Some(expected),
            "{pasted}: {}",
            page.words()
        );
    }
    for pasted in [
        "/servicedesk/customer/portals",
        "/servicedesk/customer/user/requests",
    ] {
        let address = format!("{}{pasted}", town.atlassian.site());
        let page = browser.submit_once(&form, &[("address", &address)]).await;
        assert!(page.says("Choose the portal you want"), "{pasted}");
        assert!(!page.says("not the address"), "{pasted}");
    }
    for pasted in [
        "https://evil.test/servicedesk/customer/portal/4",
        "help",
        "javascript:alert(1)",
    ] {
        let page = browser.submit_once(&form, &[("address", pasted)]).await;
        assert_eq!(page.status, 200, "{pasted}");
        assert!(
            page.says("not the address of one of our portals"),
            "{pasted}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_address_is_not_lost_with_a_session_that_ended() {
    let town = Town::new().await;
    let browser = Browser::new();
    let mut address = browser.open(&town.at("/")).await.url;
    let pasted = format!("{}/servicedesk/customer/portal/7", town.atlassian.site());
    address.query_pairs_mut().append_pair("address", &pasted);
    let welcome = browser.open(address.as_str()).await;
    let login = browser.click(&welcome, "Sign in with").await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    let page = browser.post_on(page).await;
    let expected = Some("/servicedesk/customer/portal/7".to_owned());
    assert_eq!(at_portal(&page).1, expected, "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_deep_link_survives_the_login() {
    let town = Town::new().await;
    for path in [
        "/create/401",
        "/create/401?summary=It%20does%20not%20start&description=a%26b",
        "/group/40",
        "/group/40/create/402",
        "/HELP-12",
    ] {
        let page = town
            .arrive(&Browser::new(), &format!("/p/help{path}"), "ada")
            .await;
        let expected = format!("/servicedesk/customer/portal/4{path}");
        assert_eq!(at_portal(&page).1, Some(expected), "{}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_from_a_deep_link_or_spelled_otherwise_keeps_nobody_from_logging_in() {
    let town = Town::new().await;
    let tracker = "t".repeat(4000);
    for (query, expected) in [
        (format!("?utm_source={tracker}"), String::new()),
        ("?summary=a\\b".to_owned(), "?summary=a%5Cb".to_owned()),
        ("?summary=a+b&x=1".to_owned(), "?summary=a%20b".to_owned()),
    ] {
        for slug in ["help"] {
            let path = format!("/p/{slug}/create/401{query}");
            let page = town.arrive(&Browser::new(), &path, "ada").await;
            let expected = format!("/servicedesk/customer/portal/4/create/401{expected}");
            assert_eq!(at_portal(&page).1, Some(expected), "{}", page.words());
        }
    }
}
