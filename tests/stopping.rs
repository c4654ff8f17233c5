//! Stopping: load balancers hear of it first, what is under way is finished, and the exit status says that all is well.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/collector.rs"]
mod collector;
mod support;

use std::fs::File;
use std::process::{Child, Command, Stdio};

use collector::Collector;
use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;
use support::{Town, arrived, in_time, told};

/// The program itself, on the town's store and settings.
async fn program(town: &mut Town, shutdown: &str) -> Child {
    town.close().await;
    let child = start(town, shutdown);
    town.wait_until_links_are_read().await;
    child
}

/// Starts it, with its words in a file.
fn start(town: &Town, shutdown: &str) -> Child {
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let port = town.public_url.rsplit(':').next().unwrap();
    let words = File::create(town.folder.path().join(WORDS)).unwrap();
    Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", port)
        .env("ROCKET_SHUTDOWN", shutdown)
        .env("FRONT_DOOR_OPERATIONS", "off")
        .stdout(words)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

const WORDS: &str = "words.log";

/// Waits until it has ended. Returns its exit status.
async fn ended(mut child: Child) -> Option<i32> {
    let waiting = tokio::task::spawn_blocking(move || child.wait());
    let status = in_time("the front door to stop", waiting).await;
    status.unwrap().unwrap().code()
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

/// What `SELECT count(*)` with these words finds in the store.
fn count(town: &Town, words: &str) -> u32 {
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap();
    let count = format!("SELECT count(*) FROM {words}");
    store.query_row(&count, [], |row| row.get(0)).unwrap()
}

const ENTERED: &str = "member WHERE name = 'instances'";

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_cannot_be_written_is_told_and_keeps_nothing_else_from_being_done() {
    let mut collector = Collector::start();
    let mut town = Town::with(&collector.settings()).await;
    let child = program(&mut town, "{grace=0,mercy=1}").await;
    assert_eq!(count(&town, ENTERED), 1);
    // What was refused as too many is counted, and told in the trail at the end.
    let browser = Browser::new();
    while browser.open_once(&town.at("/p/help")).await.status != 429 {}
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap();
    store
        .execute_batch("ALTER TABLE log RENAME TO log_away")
        .unwrap();
    browser.open_once(&town.at("/logout")).await;
    terminate(&child);
    assert_eq!(ended(child).await, Some(1));
    assert_eq!(count(&town, ENTERED), 0, "the register is left");
    let came = collector.came();
    assert!(came.holds("GET /logout"), "{:?}", came.names());
}

/// The settings with these keys.
fn with_keys(settings: &str, current: char, previous: Option<char>) -> String {
    let key = |letter: char| format!("\"{}AA==\"", letter.to_string().repeat(84));
    let mut keys = format!("[default]\nsecret_key = {}", key(current));
    if let Some(previous) = previous {
        keys = format!("{keys}\nprevious_secret_key = {}", key(previous));
    }
    settings.replacen("[default]", &keys, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_open_yet_says_that_it_lives_and_can_be_told_to_stop() {
    let mut town = Town::new().await;
    town.close().await;
    town.take_a_new_store();
    let settings = town.settings.clone();
    town.settings = with_keys(&settings, 'a', None);
    let mut dies = start(&town, "{grace=0,mercy=1}");
    town.wait_until_links_are_read().await;
    dies.kill().unwrap();
    dies.wait().unwrap();
    // Until it is known that the one before is dead nobody may seal with a key that it has not.
    town.settings = with_keys(&settings, 'b', Some('a'));
    let child = start(&town, "{grace=0,mercy=1}");
    let (browser, live) = (Browser::new(), town.at("/health/live"));
    let listening = async {
        while browser.try_open(&live).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    in_time("the closed doors", listening).await;
    let page = browser.open(&town.at("/p/help")).await;
    assert_eq!(told(&page), (Some("store_unavailable".to_owned()), 503));
    terminate(&child);
    assert_eq!(ended(child).await, Some(0));
    let words = std::fs::read_to_string(town.folder.path().join(WORDS)).unwrap();
    assert!(words.contains("it waits with closed doors"), "{words}");
    assert!(!words.contains("the front door opens"), "{words}");
}
