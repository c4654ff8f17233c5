//! Settings that are saved in the store: exported, imported, and taken up by a server that runs.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::process::{Command, Output};
use std::time::Duration;

use imitation::browser::Browser;
use support::{Town, arrived, reason};

fn front_door(town: &Town, arguments: &[&str]) -> Output {
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    Command::new(env!("CARGO_BIN_EXE_front-door"))
        .args(arguments)
        .current_dir(town.folder.path())
        .output()
        .unwrap()
}

/// What a command changes reaches a running server so soon.
async fn within_five_seconds(is_so: impl AsyncFn() -> bool) {
    let until_it_is = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let soon = tokio::time::timeout(Duration::from_secs(5), until_it_is);
    assert!(soon.await.is_ok());
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Imports these settings; its exit status, and what it printed.
fn import(town: &Town, settings: &str, options: &[&str]) -> (Option<i32>, String) {
    let file = town.folder.path().join("import.toml");
    std::fs::write(&file, settings).unwrap();
    let arguments = [&["import", "import.toml"], options].concat();
    let done = front_door(town, &arguments);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_takes_up_what_is_imported_and_keeps_its_sessions() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let rule = "[default.access]\nclaims = { \"custom:company\" = \"Acme GmbH\" }\n[default.branding]\nname = \"Acme Help\"";
    let (status, said) = import(&town, rule, &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("branding.name: not set -> \"Acme Help\""),
        "{said}"
    );
    within_five_seconds(async || browser.open(&town.at("/")).await.says("Acme Help")).await;
    let refused = browser.open(&town.at("/p/help")).await;
    assert_eq!(
        reason(&refused).as_deref(),
        Some("claim_required"),
        "the same session, the new rule"
    );
    let page = town.arrive(&Browser::new(), "/p/help", "charles").await;
    arrived(&page, "charles@acme.example");
    let changed = town
        .trail()
        .await
        .into_iter()
        .find(|event| event["event"] == "settings_changed");
    let changed = changed.unwrap();
    assert_eq!(changed["actor"], "command line");
    assert_eq!(changed["changes"][1]["new"], "\"Acme Help\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_outlives_a_restart_and_gives_way_to_the_file() {
    let mut town = Town::new().await;
    import(
        &town,
        "[default.branding]\nname = \"Saved\"\n[default.provider.cognito]\nlabel = \"Saved\"",
        &[],
    );
    town.close().await;
    town.open().await;
    let welcome = Browser::new().open(&town.at("/")).await;
    assert!(
        welcome.says("Saved") && welcome.says("Sign in with Customer account"),
        "{}",
        welcome.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_and_a_mistake_save_nothing() {
    let town = Town::new().await;
    let (status, said) = import(&town, "[default.branding]\nname = \"Dry\"", &["--dry-run"]);
    assert!(
        status == Some(0) && said.contains("branding.name: not set -> \"Dry\""),
        "{said}"
    );
    for (mistake, key) in [
        ("[default]\nlink_new = \"maybe\"", "link_new"),
        (
            "[default]\npublic_url = \"https://evil.example\"",
            "public_url",
        ),
        ("[default.acess]\ndomains = []", "acess"),
        ("this is not TOML", "import.toml"),
    ] {
        let (status, said) = import(&town, mistake, &[]);
        assert!(status == Some(2) && said.contains(key), "{status:?} {said}");
    }
    let exported = text(&front_door(&town, &["export"]).stdout);
    assert!(
        !exported.contains("maybe") && !exported.contains("Dry"),
        "{exported}"
    );
    assert!(!town.events().await.contains(&"settings_changed".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_can_be_imported_elsewhere_and_holds_no_secret() {
    let town = Town::new().await;
    let exported = text(&front_door(&town, &["export"]).stdout);
    for secret in [
        town.cognito.client_secret().unwrap(),
        town.atlassian.api_token(),
    ] {
        assert!(!exported.contains(&secret));
    }
    let (status, said) = import(&town, &exported, &[]);
    assert_eq!(status, Some(0), "{said}");
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_switched_off_is_off_within_five_seconds() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/bill", "ada").await;
    let (status, said) = import(
        &town,
        "[default.link.bill]\nservice_desk = \"BILL\"\nenabled = false",
        &[],
    );
    assert_eq!(status, Some(0), "{said}");
    let told = async || reason(&browser.open(&town.at("/p/bill")).await);
    within_five_seconds(async || told().await.as_deref() == Some("link_off")).await;
    import(&town, "[default]\n", &[]);
    within_five_seconds(async || told().await.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_texts_and_the_switch_are_taken_up_and_a_path_is_not() {
    let town = Town::new().await;
    let browser = Browser::new();
    let logo = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
    let change = format!(
        "[default]\nlinks_closed = true\n[default.branding]\nlogo = \"data:image/svg+xml;base64,{logo}\"\naccent = \"#aa3300\"\n[default.texts.en]\nlinks_closed = \"Back on Monday.\"",
    );
    let (status, said) = import(&town, &change, &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        !said.contains(logo),
        "a picture is told by its size: {said}"
    );
    let closed = async || browser.open(&town.at("/p/help")).await;
    within_five_seconds(async || closed().await.says("Back on Monday.")).await;
    let page = closed().await;
    assert!(page.text.contains("<img class=\"logo\"") && page.text.contains("/accent.css"));
    std::fs::copy("static/icon.svg", town.folder.path().join("icon.svg")).unwrap();
    let (status, said) = import(&town, "[default.branding]\nlogo = \"icon.svg\"", &[]);
    assert!(
        status == Some(2) && said.contains("branding.logo"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_provider_that_is_away_just_now_forgets_nothing_of_it() {
    let mut town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.go_down().await;
    let browser = Browser::new();
    let change =
        "[default.provider.cognito]\ntimeout = \"9s\"\n[default.branding]\nname = \"Acme Help\"";
    let (status, said) = import(&town, change, &[]);
    assert_eq!(status, Some(0), "{said}");
    within_five_seconds(async || browser.open(&town.at("/")).await.says("Acme Help")).await;
    assert_eq!(browser.open(&town.at("/health/ready")).await.status, 200);
    town.cognito.come_back().await;
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_variables_say_is_not_exported() {
    let town = Town::new().await;
    std::fs::write(
        town.folder.path().join("Rocket.toml"),
        "[default]\nlink_new = \"on\"",
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .arg("export")
        .current_dir(town.folder.path())
        .env(
            "FRONT_DOOR_ATLASSIAN",
            "{ site = \"https://acme.atlassian.net\", email = \"a@acme.example\", api_token = \"hush\" }",
        )
        .env("FRONT_DOOR_ACCESS__DOMAINS", "acme.example,other.example")
        .output()
        .unwrap();
    let exported = text(&output.stdout);
    assert!(
        output.status.success() && exported.contains("link_new"),
        "{}",
        text(&output.stderr)
    );
    assert!(
        !exported.contains("hush") && !exported.contains("acme"),
        "{exported}"
    );
}
