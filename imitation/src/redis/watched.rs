//! A master, its replica, and a sentinel that sees to it that there always is a master.

use tempfile::TempDir;

use super::{Make, RedisServer};

/// A master, a replica, and a sentinel that watches over them under the name `main`.
pub struct RedisWatched {
    /// The master at first.
    pub master: RedisServer,
    /// Who takes its place.
    pub replica: RedisServer,
    /// Who sees to that.
    pub sentinel: RedisServer,
    _configuration: TempDir,
}

impl Default for RedisWatched {
    fn default() -> Self {
        Self::new()
    }
}

impl RedisWatched {
    /// Starts them, until the replica has all that the master has.
    #[must_use]
    pub fn new() -> Self {
        Self::made(&Make::redis(), "")
    }

    /// The same, of servers of this make, and with more lines in the sentinel's configuration.
    ///
    /// # Panics
    ///
    /// When one of them does not start.
    #[must_use]
    pub fn made(make: &Make, more: &str) -> Self {
        let master = RedisServer::made(make, &[]);
        let of = format!("127.0.0.1 {}", master.port);
        let options = ["--replicaof", &of, "--repl-diskless-sync-delay", "0"];
        let replica = RedisServer::made(make, &options);
        while !replica
            .say("INFO replication")
            .contains("master_link_status:up")
        {
            std::thread::yield_now();
        }
        let folder = TempDir::new().unwrap_or_else(|error| panic!("a folder: {error}"));
        let file = folder.path().join("sentinel.conf");
        let watch = format!(
            "sentinel monitor main {of} 1\nsentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n{more}"
        );
        std::fs::write(&file, watch).unwrap_or_else(|error| panic!("{error}"));
        let file = file.display().to_string();
        let sentinel = RedisServer::started_as(make, Some(&file), &["--sentinel"]);
        // It looks at the master's replicas every ten seconds; a sentinel with a password lets nobody look who has none.
        while !knows_of_one(&sentinel.say("SENTINEL REPLICAS main")) {
            std::thread::yield_now();
        }
        Self {
            master,
            replica,
            sentinel,
            _configuration: folder,
        }
    }

    /// Waits until the replica has all that the master has confirmed so far.
    pub fn until_replica_has_all(&self) {
        until_it_has_all_of(&self.replica, &self.master);
    }

    /// Its address as the setting `store` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        let make = &self.sentinel.make;
        let host = self.sentinel.host();
        format!("redis{}+sentinel://{host}/main{}", make.s(), make.ca())
    }
}

fn knows_of_one(answer: &str) -> bool {
    answer.starts_with("*1") || answer.starts_with("-NOAUTH")
}

pub(super) fn until_it_has_all_of(replica: &RedisServer, master: &RedisServer) {
    let confirmed = offset(master);
    while offset(replica) < confirmed {
        std::thread::yield_now();
    }
}

fn offset(server: &RedisServer) -> Option<u64> {
    let info = server.say("INFO replication");
    let line = |line: &str| line.strip_prefix("master_repl_offset:")?.parse().ok();
    info.lines().find_map(line)
}
