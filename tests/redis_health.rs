//! The health check of the compose file says that Redis is well when it is, and only then.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/compose.rs"]
mod compose;
#[path = "support/judges.rs"]
mod judges;
#[path = "support/scripts.rs"]
mod scripts;

use std::path::Path;
use std::process::Command;

use compose::{compose, redis_of_compose};
use imitation::redis::RedisServer;
use scripts::script;

/// The health check of the compose file, for a Redis on this machine.
struct Check(String);

impl Check {
    fn of(redis: &RedisServer) -> Self {
        let test = compose()["services"]["redis"]["healthcheck"]["test"].take();
        assert_eq!(test[0], "CMD-SHELL");
        let command = test[1].as_str().unwrap().replace("$$", "$");
        assert!(command.contains("redis-cli "), "{command}");
        let here = format!("redis-cli -p {} ", redis.port);
        Self(command.replace("redis-cli ", &here))
    }

    fn says_well(&self) -> bool {
        let mut shell = Command::new("sh");
        let done = shell.arg("-c").arg(&self.0).output();
        done.unwrap().status.success()
    }
}

/// The users that the script makes, and one who may do everything.
fn users_and_root(folder: &Path) {
    script("compose/secrets.sh", &[folder]);
    let file = folder.join("redis_users");
    let users = std::fs::read_to_string(&file).unwrap() + "user root on nopass ~* +@all\n";
    std::fs::write(file, users).unwrap();
}

#[test]
fn redis_is_called_well_when_it_is_and_not_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    users_and_root(&secrets);
    let mut redis = redis_of_compose(&secrets);
    let check = Check::of(&redis);
    assert!(check.says_well());
    let health = |words: &str| redis.say(&format!("AUTH health none\r\n{words}"));
    for words in ["GET front-door:a", "INFO", "ACL LIST", "PUBLISH a b"] {
        assert!(health(words).contains("NOPERM"), "{words}");
    }

    // A dump that cannot be put where a folder is.
    let in_the_way = redis.folder().join("dump.rdb");
    std::fs::create_dir_all(in_the_way.join("held")).unwrap();
    let root = |words: &str| redis.say(&format!("AUTH root none\r\n{words}"));
    assert!(root("BGSAVE").contains("started"));
    while !root("INFO persistence").contains("rdb_last_bgsave_status:err") {
        std::thread::yield_now();
    }
    assert!(!check.says_well(), "it cannot write its file");
    std::fs::remove_dir_all(in_the_way).unwrap();
    assert!(root("SAVE").contains("OK"));
    assert!(check.says_well());

    let users = secrets.join("redis_users");
    std::fs::write(users, "user default off\nuser root on nopass ~* +@all\n").unwrap();
    assert!(root("ACL LOAD").contains("OK"));
    assert!(!check.says_well(), "there is no such user");
    redis.stop();
    assert!(!check.says_well(), "it does not run");
}

#[test]
fn a_redis_that_still_reads_its_file_is_not_called_well() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    users_and_root(&secrets);
    let users = secrets.join("redis_users");
    let options = ["--aclfile", users.to_str().unwrap()];
    let slowly = [
        "--enable-debug-command",
        "yes",
        "--key-load-delay",
        "50000",
        "--rdbcompression",
        "no",
    ];
    let redis = RedisServer::with(&[&options[..], &slowly].concat());
    let root = |words: &str| redis.say(&format!("AUTH root none\r\n{words}"));
    // It looks up from reading every so many bytes alone.
    assert!(root("CONFIG SET loading-process-events-interval-bytes 1024").contains("+OK\r\n+OK"));
    for key in 0..40 {
        let set = root(&format!("SET key:{key} {}", "x".repeat(2000)));
        assert!(set.contains("+OK\r\n+OK"), "{set}");
    }
    let check = Check::of(&redis);
    assert!(check.says_well());
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| root("DEBUG RELOAD"));
        while check.says_well() {
            assert!(!reads.is_finished(), "it was called well while it read");
        }
    });
    assert!(check.says_well(), "once it has read it");
}
