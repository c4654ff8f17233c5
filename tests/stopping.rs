//! Stopping: load balancers hear of it first, what is under way is finished, and the exit status says that all is well.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::process::{Child, Command, Stdio};

use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;
use support::{Town, arrived};

/// The program itself, on the town's store and settings.
async fn program(town: &mut Town, shutdown: &str) -> Child {
    town.close().await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let port = town.public_url.rsplit(':').next().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", port)
        .env("ROCKET_SHUTDOWN", shutdown)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    town.wait_until_links_are_read().await;
    child
}

fn terminate(child: &Child) {
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_ends_does_not_keep_it_from_ending() {
    let atlassian = "[default.atlassian]";
    let patient = format!("{atlassian}\nbudget = \"30s\"");
    let mut town = Town::replacing(atlassian, &patient).await;
    let mut child = program(&mut town, "{grace=1,mercy=1}").await;
    town.atlassian
        .fail_next(Operation::CreateCustomer, Failure::hangs());
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let back = town.cognito.log_in_once(&browser, &login, "ada").await;
    let callback = back.location().unwrap();
    let visit = browser.try_open(callback.as_str());
    let stopping = async {
        town.atlassian.wait_for(Operation::CreateCustomer, 1).await;
        terminate(&child);
        let ended = tokio::task::spawn_blocking(move || child.wait()).await;
        assert!(ended.unwrap().unwrap().success());
    };
    let (visit, ()) = tokio::join!(visit, stopping);
    assert!(visit.is_err(), "it was not finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_fails_first_and_a_login_under_way_is_finished() {
    let mut town = Town::new().await;
    let mut child = program(&mut town, "{grace=3,mercy=1}").await;
    town.atlassian
        .fail_next(Operation::CreateCustomer, Failure::hangs().after_doing_it());
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let arriving = town.cognito.log_in(&browser, &login, "ada");
    let stopping = async {
        town.atlassian.wait_for(Operation::CreateCustomer, 1).await;
        terminate(&child);
        let mut ready = browser.open(&town.at("/health/ready")).await;
        while ready.status == 200 {
            tokio::task::yield_now().await;
            ready = browser.open(&town.at("/health/ready")).await;
        }
        assert!(ready.says("draining"), "{}", ready.text);
        assert_eq!(browser.open(&town.at("/health/live")).await.status, 200);
        town.atlassian.behave();
    };
    let (page, ()) = tokio::join!(arriving, stopping);
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
    let status = tokio::task::spawn_blocking(move || child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success(), "{status}");
}
