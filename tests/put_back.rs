//! What the scripts in `deploy/backup` put back replaces nothing while it is in use, and nothing by what is no copy; what was there is kept.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/scripts.rs"]
mod scripts;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use imitation::browser::Browser;
use imitation::redis::RedisServer;
use scripts::{run, script};
use support::Town;

/// One of the scripts refuses, says why, and leaves this folder as it was.
#[track_caller]
fn refused(name: &str, arguments: &[&Path], folder: &Path, why: &str) {
    let before = everything_in(folder);
    let done = run(name, arguments);
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(said.contains(why), "{why}: {said}");
    assert!(said.ends_with("nothing was changed\n"), "{said}");
    let after = everything_in(folder);
    assert!(before.keys().eq(after.keys()), "{:?}", after.keys());
    assert!(before == after, "what is in a file has changed: {why}");
}

/// Every file below a folder, and what is in it.
fn everything_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for found in std::fs::read_dir(folder).unwrap() {
        let path = found.unwrap().path();
        if path.is_dir() {
            files.extend(everything_in(&path));
        }
        files.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
    }
    files
}

/// What is in the only file or folder beside this one that was set aside.
fn set_aside(path: &Path) -> PathBuf {
    let begins = format!("{}.before-", path.display());
    let found = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let mut paths = found.map(|file| file.unwrap().path());
    let is_it = |path: &PathBuf| {
        let name = path.to_str().unwrap();
        name.starts_with(&begins) && name.ends_with('Z')
    };
    paths.find(is_it).unwrap()
}

/// Whether this process has a database open: a connection that ends late takes away the log of whatever is there by then.
fn is_open(database: &Path) -> bool {
    let files = std::fs::read_dir("/proc/self/fd").unwrap();
    let mut open = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    open.any(|file| file == database)
}

/// A copy with its key, and a folder for what is none.
struct Copies {
    folder: tempfile::TempDir,
    copy: PathBuf,
    key: PathBuf,
}

impl Copies {
    fn of(database: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        let copy = PathBuf::from(script("backup/sqlite.sh", &[database, place, place]));
        let key = copy.with_extension("sqlite.key");
        Self { folder, copy, key }
    }

    fn other(&self, name: &str, holds: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, holds).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_not_replaced_while_it_is_open_or_by_what_is_no_copy() {
    let mut town = Town::new().await;
    let _page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    let database = town.folder.path().join("front-door.sqlite");
    let copies = Copies::of(&database);
    let (copy, key) = (copies.copy.as_path(), copies.key.as_path());
    let named = run("backup/sqlite-back.sh", &[copy, &database, key]);
    let said = String::from_utf8_lossy(&named.stderr);
    assert_eq!(named.status.code(), Some(1), "{said}");
    assert!(said.contains("open: stop the front door first"), "{said}");
    town.close().await;
    town.until(|| !is_open(&database)).await;

    let is_refused = |copy: &Path, key: &Path, why: &str| {
        let arguments = [copy, &database, key];
        refused("backup/sqlite-back.sh", &arguments, town.folder.path(), why);
    };
    let whole = std::fs::read(copy).unwrap();
    let (nothing, missing) = (
        copies.other("nothing", b""),
        copies.folder.path().join("missing"),
    );
    is_refused(&missing, key, "there is no file");
    is_refused(&nothing, key, "is no store of a front door");
    let half = copies.other("half", &whole[..whole.len() / 2]);
    is_refused(&half, key, "is damaged");
    let text = copies.other("text", b"What was copied was something else.");
    is_refused(&text, key, "is damaged, or no database");
    is_refused(key, copy, "is damaged, or no database");
    is_refused(copy, &missing, "there is no file");
    for holds in ["", "short\n", &"A".repeat(88), &"AAAA\n".repeat(22)] {
        let no_key = copies.other("no_key", holds.as_bytes());
        is_refused(copy, &no_key, "holds no key");
    }

    let as_it_was = std::fs::read(&database).unwrap();
    script("backup/sqlite-back.sh", &[copy, &database, key]);
    assert_eq!(std::fs::read(&database).unwrap(), whole);
    let aside = set_aside(&database);
    assert_eq!(std::fs::read(&aside).unwrap(), as_it_was);
    let key_aside = format!("{}.key", aside.display());
    assert_eq!(
        std::fs::read(key_aside).unwrap(),
        std::fs::read(key).unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_is_not_replaced_while_it_runs_or_by_what_is_no_dump() {
    let mut server = RedisServer::new();
    let _set = server.say(&format!("SET front-door:a {}", "as-it-was".repeat(500)));
    assert!(server.say("SAVE").contains("OK"));
    let copies = tempfile::tempdir().unwrap();
    let other = |name: &str, holds: &[u8]| {
        let path = copies.path().join(name);
        std::fs::write(&path, holds).unwrap();
        path
    };
    let whole = std::fs::read(server.folder().join("dump.rdb")).unwrap();
    let copy = other("dump.rdb", &whole);
    let _set = server.say("SET front-door:a as-it-became");
    let is_refused = |server: &RedisServer, dump: &Path, why: &str| {
        let arguments = [dump, server.folder()];
        refused("backup/redis-back.sh", &arguments, server.folder(), why);
    };
    is_refused(&server, &copy, "a Redis runs in");
    server.stop();
    is_refused(&server, &copies.path().join("missing"), "there is no file");
    is_refused(&server, copies.path(), "there is no file");
    is_refused(&server, &other("nothing", b""), "is empty");
    is_refused(&server, &other("text", b"something"), "is no dump of Redis");
    let half = other("half", &whole[..whole.len() / 2]);
    is_refused(&server, &half, "is damaged");
    server.start();
    assert!(server.say("GET front-door:a").contains("as-it-became"));

    server.stop();
    script("backup/redis-back.sh", &[&copy, server.folder()]);
    let aside = set_aside(&server.folder().join("appendonlydir"));
    assert!(aside.join("appendonly.aof.manifest").exists());
    server.start();
    assert!(server.say("GET front-door:a").contains("as-it-was"));
}
