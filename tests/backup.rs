//! Backups of both stores, made while customers come in, and put back by the scripts in `deploy/backup`: what was known then is known again, and whoever came
//! after it is nobody twice.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/scripts.rs"]
mod scripts;
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use imitation::browser::Browser;
use imitation::redis::RedisServer;
use scripts::script;
use support::people::is_signed_in;
use support::{Town, arrived};

/// Runs the program in the town's folder.
fn front_door(town: &Town, arguments: &[&str]) -> Output {
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_front-door"));
    command.args(arguments).current_dir(town.folder.path());
    command.output().unwrap()
}

/// Saves what the front door is called.
fn call_it(town: &Town, name: &str) {
    let file = town.folder.path().join("saved.toml");
    std::fs::write(&file, format!("[default.branding]\nname = {name:?}\n")).unwrap();
    let done = front_door(town, &["import", file.to_str().unwrap()]);
    assert!(done.status.success(), "{done:?}");
}

/// What is there before the backup: a customer with a session, a saved setting, a signing key.
struct Before {
    ada: Browser,
    metadata: String,
}

impl Before {
    async fn of(town: &Town) -> Self {
        let ada = Browser::new();
        let page = town.arrive(&ada, "/p/help", "ada").await;
        arrived(&page, "ada@customer.example");
        call_it(town, "As it was");
        Self {
            ada,
            metadata: anybody_sees(town, "/saml/metadata").await,
        }
    }

    /// All of it is there again, and nothing of what came after: `charles`, and another name.
    async fn is_there_again(&self, town: &Town, charles: &Browser) {
        assert!(is_signed_in(town, &self.ada).await, "the session goes on");
        assert!(!is_signed_in(town, charles).await, "asked to log in");
        assert_eq!(anybody_sees(town, "/saml/metadata").await, self.metadata);
        assert!(anybody_sees(town, "/").await.contains("As it was"));
        let customers = town.atlassian.customers().len();
        for (username, email) in [("ada", "ada@customer.example"), ("charles", CHARLES)] {
            let page = town.arrive(&Browser::new(), "/p/help", username).await;
            arrived(&page, email);
        }
        let page = self.ada.open(&town.at("/p/help")).await;
        arrived(&self.ada.post_on(page).await, "ada@customer.example");
        assert_eq!(town.atlassian.customers().len(), customers, "nobody twice");
        let chain = front_door(town, &["audit", "--verify"]);
        assert!(chain.status.success(), "{chain:?}");
    }
}

const CHARLES: &str = "charles@acme.example";

/// What a page says to somebody who is not signed in.
async fn anybody_sees(town: &Town, path: &str) -> String {
    Browser::new().open(&town.at(path)).await.text
}

/// What happens after the backup: somebody comes for the first time, and a setting is changed.
async fn life_goes_on(town: &Town) -> Browser {
    let charles = Browser::new();
    let page = town.arrive(&charles, "/p/help", "charles").await;
    arrived(&page, CHARLES);
    call_it(town, "As it became");
    charles
}

/// People who come in until the backup is made.
async fn while_people_come<T>(town: &Town, backup: impl Future<Output = T>) -> T {
    let mut backup = std::pin::pin!(backup);
    loop {
        let browser = Browser::new();
        tokio::select! {
            done = &mut backup => return done,
            _page = town.arrive(&browser, "/p/help", "ada") => {}
        }
    }
}

/// The only file of a folder.
fn only_file(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_copied_while_it_is_used_and_put_back() {
    let mut town = Town::new().await;
    let before = Before::of(&town).await;
    let (copies, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = town.folder.path().join("front-door.sqlite");
    let (from, to) = (
        database.clone(),
        [copies.path(), keys.path()].map(Path::to_owned),
    );
    let backup = move || script("backup/sqlite.sh", &[&from, &to[0], &to[1]]);
    let copy = while_people_come(&town, tokio::task::spawn_blocking(backup)).await;
    let copy = PathBuf::from(copy.unwrap());
    assert_eq!(copy, only_file(copies.path()));
    let charles = life_goes_on(&town).await;
    let ahead = town.folder.path().join("front-door.sqlite-wal");
    let left_by_a_crash = std::fs::read(&ahead).unwrap();
    town.close().await;
    town.until(|| !is_open(&database)).await;
    for name in ["front-door.sqlite", "front-door.sqlite.key"] {
        std::fs::remove_file(town.folder.path().join(name)).unwrap();
    }
    script("backup/sqlite-back.sh", &[&copy, &database]);
    let refused = front_door(&town, &["audit", "--verify"]);
    assert_eq!(
        refused.status.code(),
        Some(1),
        "without its key: {refused:?}"
    );
    assert!(!town.folder.path().join("front-door.sqlite.key").exists());
    // It must not get into the database that comes back.
    std::fs::write(&ahead, left_by_a_crash).unwrap();
    script(
        "backup/sqlite-back.sh",
        &[&copy, &database, &only_file(keys.path())],
    );
    town.open().await;
    town.wait_until_links_are_read().await;
    before.is_there_again(&town, &charles).await;
}

/// Whether this process has a database open: a connection that ends late takes away the log of whatever is there by then.
fn is_open(database: &Path) -> bool {
    let files = std::fs::read_dir("/proc/self/fd").unwrap();
    let mut open = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    open.any(|file| file == database)
}

/// Has Redis write its dump, and waits until it is there.
async fn dump(server: &RedisServer) {
    assert!(server.say("BGSAVE").contains("Background saving started"));
    while !server
        .say("INFO persistence")
        .contains("rdb_bgsave_in_progress:0")
    {
        tokio::task::yield_now().await;
    }
    assert!(
        server
            .say("INFO persistence")
            .contains("rdb_last_bgsave_status:ok")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_is_copied_while_it_is_used_and_put_back() {
    let mut server = RedisServer::new();
    let mut town = Town::over(&server.address()).await;
    let before = Before::of(&town).await;
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("dump.rdb");
    while_people_come(&town, dump(&server)).await;
    std::fs::copy(server.folder().join("dump.rdb"), &copy).unwrap();
    let charles = life_goes_on(&town).await;
    town.close().await;
    server.stop();
    std::fs::remove_file(server.folder().join("dump.rdb")).unwrap();
    script("backup/redis-back.sh", &[&copy, server.folder()]);
    server.start();
    town.open().await;
    town.wait_until_links_are_read().await;
    before.is_there_again(&town, &charles).await;
    server.kill();
    server.start();
    assert!(is_signed_in(&town, &before.ada).await, "it is kept again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_is_copied_into_a_file_and_served_from_there() {
    let server = RedisServer::new();
    let mut town = Town::over(&server.address()).await;
    let before = Before::of(&town).await;
    town.close().await;
    let done = front_door(&town, &["store", "copy", "store", "sqlite:copy.sqlite"]);
    assert!(done.status.success(), "{done:?}");
    let of_redis = town.settings.clone();
    town.open().await;
    town.wait_until_links_are_read().await;
    let charles = life_goes_on(&town).await;
    town.close().await;
    drop(server);
    town.settings = of_redis.replace(
        &format!("{:?}", address_in(&of_redis)),
        "\"sqlite:copy.sqlite\"",
    );
    town.open().await;
    town.wait_until_links_are_read().await;
    before.is_there_again(&town, &charles).await;
}

/// The address of the Redis in these settings.
fn address_in(settings: &str) -> String {
    let line = settings.lines().find(|line| line.starts_with("store = "));
    line.unwrap().split('"').nth(1).unwrap().to_owned()
}
